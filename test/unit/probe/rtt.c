/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/rtt.h"

#include "test.h"

#define MS NS_PER_MS

static uint64_t draw(uint64_t *state)
{
	*state = *state * 6364136223846793005 + 1442695040888963407;
	return *state >> 33;
}

TEST(without_samples_the_first_wait_is_the_callers)
{
	struct rtt r;

	rtt_init(&r);
	CHECK_EQ(rtt_wait(&r, 500 * MS, 5 * MS, 3000 * MS), 500 * MS);
	CHECK_EQ(rtt_wait(&r, 1 * MS, 5 * MS, 3000 * MS), 1 * MS);
	CHECK_EQ(rtt_wait(&r, 5000 * MS, 5 * MS, 3000 * MS), 3000 * MS);
}

TEST(one_sample_is_trusted_little)
{
	struct rtt r;

	rtt_init(&r);
	rtt_add(&r, 20 * MS);
	CHECK_EQ(r.srtt_ns, 20 * MS);
	CHECK_EQ(rtt_wait(&r, 500 * MS, 5 * MS, 3000 * MS), 80 * MS);
}

TEST(the_wait_stays_between_floor_and_ceiling)
{
	struct rtt r;

	rtt_init(&r);
	rtt_add(&r, 30000);
	CHECK_EQ(rtt_wait(&r, 500 * MS, 5 * MS, 3000 * MS), 5 * MS);
	rtt_add(&r, 2000 * MS);
	CHECK_EQ(rtt_wait(&r, 500 * MS, 5 * MS, 3000 * MS), 3000 * MS);
}

TEST(steady_times_make_a_short_wait)
{
	struct rtt r;

	rtt_init(&r);
	for (int i = 0; i < 10000; i++)
		rtt_add(&r, 20 * MS);
	CHECK(rtt_wait(&r, 500 * MS, 0, 3000 * MS) >= 21 * MS);
	CHECK(rtt_wait(&r, 500 * MS, 0, 3000 * MS) <= 30 * MS);
	CHECK_EQ(r.srtt_ns, 20 * MS);
}

TEST(uniform_jitter_is_waited_for_and_not_much_longer)
{
	struct rtt r;
	uint64_t seed = 1;

	rtt_init(&r);
	for (int i = 0; i < 5000; i++)
		rtt_add(&r, 20 * MS + draw(&seed) % (40 * MS));
	CHECK(rtt_wait(&r, 500 * MS, 0, 3000 * MS) > 60 * MS);
	CHECK(rtt_wait(&r, 500 * MS, 0, 3000 * MS) < 150 * MS);
}

/* Half of the samples in each further 10 ms: one in a million is 20 halvings away. */
TEST(a_long_tail_is_followed_to_one_in_a_million)
{
	struct rtt r;
	uint64_t seed = 5;

	rtt_init(&r);
	for (int i = 0; i < 20000; i++) {
		uint64_t ns = 20 * MS;

		for (; draw(&seed) & 1; ns += 10 * MS)
			;
		rtt_add(&r, ns + draw(&seed) % (10 * MS));
	}
	CHECK(rtt_wait(&r, 500 * MS, 0, 3000 * MS) > 200 * MS);
	CHECK(rtt_wait(&r, 500 * MS, 0, 3000 * MS) < 500 * MS);
}

TEST(one_host_in_a_thousand_that_takes_a_second_is_waited_for)
{
	struct rtt r;

	rtt_init(&r);
	for (int i = 0; i < 10000; i++)
		rtt_add(&r, i % 1000 == 999 ? 1000 * MS : MS);
	CHECK(rtt_wait(&r, 500 * MS, 5 * MS, 3000 * MS) > 1000 * MS);
}

TEST(absurd_times_are_harmless)
{
	struct rtt r;

	rtt_init(&r);
	rtt_add(&r, 0);
	CHECK_EQ(rtt_wait(&r, MS, 2 * MS, 3 * MS), 2 * MS);
	rtt_add(&r, UINT64_MAX);
	rtt_add(&r, UINT64_MAX / 2);
	CHECK_EQ(r.n, 3);
	CHECK_EQ(rtt_wait(&r, MS, 2 * MS, 3 * MS), 3 * MS);
	CHECK(rtt_wait(&r, MS, 2 * MS, UINT64_MAX) > 3 * MS);
}

TEST(what_a_queue_did_is_forgotten_when_enough_has_come_since)
{
	struct rtt r;

	rtt_init(&r);
	for (int i = 0; i < 5000; i++)
		rtt_add(&r, 900 * MS);
	CHECK(!rtt_forget(&r));
	rtt_anew(&r);
	for (int i = 0; i < RTT_FEW - 1; i++)
		rtt_add(&r, 20 * MS);
	CHECK(!rtt_forget(&r));
	CHECK(rtt_soon(&r, 1000 * MS, MS, 3000 * MS) >= 900 * MS);
	rtt_add(&r, 21 * MS);
	CHECK(rtt_forget(&r));
	CHECK_EQ(r.n, RTT_FEW);
	CHECK_EQ(r.max_ns, 21 * MS);
	CHECK(rtt_soon(&r, 1000 * MS, MS, 3000 * MS) < 40 * MS);
	CHECK(!rtt_forget(&r));
	rtt_anew(&r);
	CHECK_EQ(r.since_n, 0);
}

TEST(stragglers_count_but_are_not_smoothed)
{
	struct rtt r;

	rtt_init(&r);
	for (int i = 0; i < 100000; i++)
		rtt_add(&r, 20 * MS);
	for (int i = 0; i < 10; i++)
		rtt_straggler(&r, 1000 * MS);
	CHECK_EQ(r.n, 100010);
	CHECK_EQ(r.max_ns, 1000 * MS);
	CHECK(r.srtt_ns < 21 * MS);
	CHECK(rtt_soon(&r, 1000 * MS, MS, 3000 * MS) < 40 * MS);
	CHECK(rtt_wait(&r, 1000 * MS, MS, 3000 * MS) >= 1000 * MS);
}
