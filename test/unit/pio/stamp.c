/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include "pio/stamp.h"
#include "sys/clock.h"

#define HOUR_NS (3600 * NS_PER_S)
#define WALL_NS (1800000000 * NS_PER_S) /* 2027 */
#define MONO_NS (5 * HOUR_NS)           /* the machine has been up for so long */
#define MS      NS_PER_MS

TEST(an_age_is_taken_from_the_time_of_reading)
{
	const struct stamp_clocks now = { MONO_NS, WALL_NS };

	CHECK_EQ(stamp_mono(WALL_NS, &now, MONO_NS - 100 * MS), MONO_NS);
	CHECK_EQ(stamp_mono(WALL_NS - 1, &now, MONO_NS - 100 * MS), MONO_NS - 1);
	CHECK_EQ(stamp_mono(WALL_NS - 20 * MS, &now, MONO_NS - 100 * MS), MONO_NS - 20 * MS);
}

TEST(the_floor_itself_can_be_and_what_is_below_cannot)
{
	const struct stamp_clocks now = { MONO_NS, WALL_NS };
	uint64_t floor = MONO_NS - 100 * MS;

	CHECK_EQ(stamp_mono(WALL_NS - 100 * MS, &now, floor), floor);
	CHECK_EQ(stamp_mono(WALL_NS - 100 * MS - 1, &now, floor), MONO_NS);
	CHECK_EQ(stamp_mono(WALL_NS - 1, &now, MONO_NS), MONO_NS);
}

TEST(a_machine_that_has_just_come_up_has_no_time_before_it)
{
	const struct stamp_clocks now = { 2 * MS, WALL_NS };

	CHECK_EQ(stamp_mono(WALL_NS - 1 * MS, &now, 0), 1 * MS);
	CHECK_EQ(stamp_mono(WALL_NS - 3 * MS, &now, 0), 2 * MS);
	CHECK_EQ(stamp_mono(0, &now, 0), 2 * MS);
}

TEST(stamps_that_are_no_times_are_the_time_of_reading)
{
	const struct stamp_clocks now = { MONO_NS, WALL_NS };

	CHECK_EQ(stamp_mono(UINT64_MAX, &now, 0), MONO_NS);
	CHECK_EQ(stamp_mono(0, &now, 0), MONO_NS);
	/* A wall clock before its epoch's first second is none either. */
	CHECK_EQ(stamp_mono(5, &(struct stamp_clocks){ MONO_NS, 3 }, 0), MONO_NS);
	/* A floor of the future is a mistake of the caller's, and yields no time of the future. */
	CHECK_EQ(stamp_mono(WALL_NS, &now, UINT64_MAX), MONO_NS);
	CHECK_EQ(stamp_mono(WALL_NS - 1, &now, UINT64_MAX), MONO_NS);
}

/*
 * A probe leaves, its answer arrives @rtt later and is read @lag after that; between arrival and
 * reading somebody moves the wall clock by @jump. Returns the round-trip time that is seen.
 */
static int64_t seen(uint64_t rtt, uint64_t lag, int64_t jump)
{
	uint64_t sent = MONO_NS, arrived = sent + rtt, read = arrived + lag;
	uint64_t stamp = WALL_NS + (arrived - MONO_NS);
	const struct stamp_clocks now = { read, (uint64_t)((int64_t)(WALL_NS + (read - MONO_NS)) +
							   jump) };
	uint64_t t = stamp_mono(stamp, &now, sent);

	CHECK(t >= sent && t <= read);
	return (int64_t)(t - sent);
}

TEST(a_clock_that_is_not_set_shows_round_trips_as_they_are)
{
	for (uint64_t rtt = 0; rtt < 300 * MS; rtt += 7 * MS)
		for (uint64_t lag = 0; lag < 50 * MS; lag += 9 * MS)
			CHECK_EQ(seen(rtt, lag, 0), rtt);
}

TEST(a_clock_that_jumps_by_hours_costs_no_more_than_the_time_until_reading)
{
	static const int64_t hours[] = { 1, 2, 5, 24, 24 * 365, 24 * 365 * 50 };

	for (size_t i = 0; i < ARRAY_LEN(hours); i++) {
		for (uint64_t lag = 0; lag < 50 * MS; lag += 9 * MS) {
			CHECK_EQ(seen(20 * MS, lag, hours[i] * (int64_t)HOUR_NS), 20 * MS + lag);
			CHECK_EQ(seen(20 * MS, lag, -hours[i] * (int64_t)HOUR_NS), 20 * MS + lag);
		}
	}
}

/* A small step passes for an age: no round trip is negative for it, nor longer than the reading. */
TEST(a_clock_that_jumps_by_little_is_wrong_by_no_more_than_that)
{
	for (int64_t jump = -200; jump <= 200; jump += 3) {
		int64_t rtt = seen(20 * MS, 5 * MS, jump * (int64_t)MS);

		CHECK(rtt >= 0 && rtt <= (int64_t)(25 * MS));
	}
}

TEST(both_clocks_are_read_at_one_moment)
{
	uint64_t before = clock_mono_ns();
	struct stamp_clocks c = stamp_clocks_read();

	CHECK(c.mono >= before && c.mono <= clock_mono_ns());
	CHECK(c.wall > 0);
}
