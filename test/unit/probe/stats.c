/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include "probe/stats.h"

TEST(stats_know_nothing_without_samples)
{
	struct fact_rtt rtt;
	struct stats s;

	stats_init(&s, NULL, 0);
	stats_rtt(&s, &rtt);
	CHECK(rtt.min == FACT_NONE && rtt.avg == FACT_NONE && rtt.p50 == FACT_NONE);
	CHECK(rtt.p95 == FACT_NONE && rtt.p99 == FACT_NONE);
	CHECK(rtt.max == FACT_NONE && rtt.mdev == FACT_NONE);
}

TEST(stats_are_exact_while_samples_fit)
{
	uint64_t room[100];
	struct fact_rtt rtt;
	struct stats s;

	stats_init(&s, room, ARRAY_LEN(room));
	for (uint64_t i = 100; i >= 1; i--)
		stats_add(&s, i * 1000);
	stats_rtt(&s, &rtt);
	CHECK_EQ(rtt.min, 1000);
	CHECK_EQ(rtt.max, 100000);
	CHECK_EQ(rtt.avg, 50500);
	CHECK_EQ(rtt.p50, 50000);
	CHECK_EQ(rtt.p95, 95000);
	CHECK_EQ(rtt.p99, 99000);
	CHECK_EQ(rtt.mdev, 28866); /* sqrt((100^2 - 1) / 12) thousands */
}

TEST(stats_of_one_sample_are_that_sample)
{
	uint64_t room[4];
	struct fact_rtt rtt;
	struct stats s;

	stats_init(&s, room, ARRAY_LEN(room));
	stats_add(&s, 77);
	stats_rtt(&s, &rtt);
	CHECK(rtt.min == 77 && rtt.avg == 77 && rtt.p50 == 77 && rtt.p99 == 77 && rtt.max == 77);
	CHECK_EQ(rtt.mdev, 0);
}

TEST(stats_without_room_still_know_what_needs_none)
{
	struct fact_rtt rtt;
	struct stats s;

	stats_init(&s, NULL, 0);
	stats_add(&s, 10);
	stats_add(&s, 20);
	stats_rtt(&s, &rtt);
	CHECK(rtt.min == 10 && rtt.avg == 15 && rtt.max == 20 && rtt.mdev == 5);
	CHECK(rtt.p50 == FACT_NONE && rtt.p95 == FACT_NONE && rtt.p99 == FACT_NONE);
}

/* The rank of a percentile may be off by the header's figure; four deviations are allowed. */
TEST(stats_percentiles_stay_near_beyond_the_room)
{
	static uint64_t room[STATS_ROOM_FULL];
	struct fact_rtt rtt;
	struct stats s;

	stats_init(&s, room, STATS_ROOM_FULL);
	for (uint64_t i = 0; i < 1000000; i++)
		stats_add(&s,
			  i * 7919 % 1000003); /* every value of 0..1000002 but a few, scattered */
	stats_rtt(&s, &rtt);
	CHECK_EQ(s.n, 1000000);
	CHECK(rtt.p50 > 500000 - 32000 && rtt.p50 < 500000 + 32000);
	CHECK(rtt.p95 > 950000 - 16000 && rtt.p95 < 950000 + 16000);
	CHECK(rtt.p99 > 990000 - 8000 && rtt.p99 < 990000 + 8000);
	CHECK(rtt.avg > 499000 && rtt.avg < 501000);
}

TEST(stats_go_on_after_a_look)
{
	uint64_t room[3];
	struct fact_rtt rtt;
	struct stats s;

	stats_init(&s, room, ARRAY_LEN(room));
	stats_add(&s, 30);
	stats_add(&s, 10);
	stats_rtt(&s, &rtt);
	stats_add(&s, 20);
	stats_rtt(&s, &rtt);
	CHECK(rtt.p50 == 20 && rtt.min == 10 && rtt.max == 30);
}
