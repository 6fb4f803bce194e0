/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/pace.h"

#include "test.h"

#define START_NS (1000 * NS_PER_S)

/* What left within @span_ns when the caller wakes as it is told to. */
static uint64_t sent_in(struct pace *p, uint64_t *now_ns, uint64_t span_ns)
{
	uint64_t end_ns = *now_ns + span_ns, sent = 0;

	while (*now_ns < end_ns) {
		uint64_t wake_ns = 0;
		unsigned n = pace_allow(p, *now_ns, &wake_ns);

		if (n == 0) {
			assert_true(wake_ns > *now_ns);
			*now_ns = wake_ns;
			continue;
		}
		pace_sent(p, n);
		sent += n;
	}
	return sent;
}

TEST(a_fixed_rate_is_kept_exactly)
{
	static const uint64_t rate[] = { 1, 10, 333, 1000, 20000, 50000, 300000, 2000000 };

	for (size_t i = 0; i < ARRAY_LEN(rate); i++) {
		struct pace_conf conf = { .fixed_pps = rate[i], .batch = 64 };
		uint64_t now = START_NS, sent;
		struct pace p;

		pace_init(&p, &conf, now);
		sent = sent_in(&p, &now, 10 * NS_PER_S);
		CHECK(sent >= 10 * rate[i]);
		CHECK(sent <= 10 * rate[i] + 65);
	}
}

TEST(a_fixed_rate_minds_no_loss_but_counts_it)
{
	struct pace_conf conf = { .fixed_pps = 5000, .batch = 64 };
	uint64_t now = START_NS;
	struct pace p;

	pace_init(&p, &conf, now);
	CHECK(pace_loss(&p) < 0);
	for (int i = 0; i < 1000; i++)
		pace_canary(&p, i % 4 == 0, now);
	pace_dropped(&p, 100, now);
	CHECK_EQ(p.rate, 5000);
	CHECK(pace_loss(&p) == 0.25);
	pace_canary_late(&p, now);
	CHECK_EQ(p.canaries_lost, 249);
}

TEST(batches_leave_together_at_high_rates_and_one_by_one_at_low)
{
	struct pace_conf fast = { .fixed_pps = 100000, .batch = 64 };
	struct pace_conf slow = { .fixed_pps = 100, .batch = 64 };
	uint64_t now = START_NS, wake;
	struct pace p;

	pace_init(&p, &fast, now);
	CHECK_EQ(pace_allow(&p, now, &wake), 64);
	pace_sent(&p, 64);
	CHECK_EQ(pace_allow(&p, now, &wake), 0);
	CHECK(wake > now + 630 * NS_PER_US && wake < now + 650 * NS_PER_US);
	CHECK(pace_allow(&p, wake, &wake) >= 64);

	pace_init(&p, &slow, now);
	CHECK_EQ(pace_allow(&p, now, &wake), 1);
	pace_sent(&p, 1);
	CHECK_EQ(pace_allow(&p, now, &wake), 0);
	CHECK(wake >= now + 10 * NS_PER_MS && wake < now + 10 * NS_PER_MS + 1000);
}

TEST(the_greatest_rate_never_waits)
{
	struct pace_conf conf = { .fixed_pps = PACE_MAX_PPS, .batch = 64 };
	uint64_t wake;
	struct pace p;

	pace_init(&p, &conf, START_NS);
	for (int i = 0; i < 1000; i++) {
		CHECK(pace_allow(&p, START_NS, &wake) >= 64);
		pace_sent(&p, 64);
	}
}

TEST(bounds_are_exact)
{
	struct pace_conf conf = { .max_pps = 30000, .start_pps = 1000, .batch = 64 };
	struct pace_conf fixed = { .fixed_pps = 30000, .max_pps = 1000, .batch = 64 };
	struct pace_conf tiny = { .max_pps = 5, .batch = 64 };
	uint64_t now = START_NS, sent;
	struct pace p;

	pace_init(&p, &conf, now);
	CHECK_EQ(p.rate, 1000);
	sent_in(&p, &now, NS_PER_S);
	CHECK_EQ(p.rate, 30000);
	sent = sent_in(&p, &now, NS_PER_S);
	CHECK(sent >= 29900 && sent <= 30100);

	pace_init(&p, &fixed, now);
	CHECK_EQ(p.rate, 1000);
	pace_init(&p, &tiny, now);
	CHECK_EQ(p.rate, 5);
	pace_init(&p, &(struct pace_conf){ .batch = 64 }, now);
	CHECK_EQ(p.rate, PACE_START_PPS);
}

TEST(it_doubles_each_epoch_that_is_used)
{
	struct pace_conf conf = { .batch = 64 };
	uint64_t now = START_NS;
	struct pace p;

	pace_init(&p, &conf, now);
	pace_rtt(&p, 50000);
	sent_in(&p, &now, 6 * NS_PER_MS);
	CHECK(p.rate >= 16.0 * PACE_START_PPS);
}

TEST(an_idle_sender_learns_nothing_of_higher_rates)
{
	struct pace_conf conf = { .batch = 64 };
	uint64_t now = START_NS, wake;
	struct pace p;

	pace_init(&p, &conf, now);
	for (int i = 0; i < 100; i++, now += 20 * NS_PER_MS) {
		pace_allow(&p, now, &wake);
		pace_sent(&p, 1);
	}
	CHECK_EQ(p.rate, PACE_START_PPS);
}

TEST(a_clock_that_jumps_grants_one_burst)
{
	struct pace_conf conf = { .fixed_pps = 100000, .batch = 64 };
	uint64_t now = START_NS, wake = 0;
	struct pace p;

	pace_init(&p, &conf, now);
	sent_in(&p, &now, NS_PER_S);
	now += 3600 * NS_PER_S;
	CHECK(pace_allow(&p, now, &wake) <= 264);
	now = UINT64_MAX / 2;
	CHECK(pace_allow(&p, now, &wake) <= 264);
	pace_sent(&p, pace_allow(&p, now, &wake));
	CHECK_EQ(pace_allow(&p, START_NS, &wake), 0);
	CHECK(wake > now);
}

TEST(what_the_back_end_drops_lowers_the_rate_once_a_round_trip)
{
	struct pace_conf conf = { .start_pps = 100000, .batch = 64 };
	struct pace p;

	pace_init(&p, &conf, START_NS);
	pace_dropped(&p, 0, START_NS);
	CHECK_EQ(p.rate, 100000);
	pace_dropped(&p, 5, START_NS + 1);
	CHECK_EQ(p.rate, 80000);
	pace_dropped(&p, 5, START_NS + 2);
	CHECK_EQ(p.rate, 80000);
}

TEST(it_never_goes_below_the_least_whatever_is_lost)
{
	struct pace_conf conf = { .batch = 64 };
	uint64_t now = START_NS;
	struct pace p;

	pace_init(&p, &conf, now);
	pace_rtt(&p, UINT64_MAX);
	for (int i = 0; i < 20000; i++) {
		now += NS_PER_MS;
		sent_in(&p, &now, NS_PER_MS);
		pace_canary(&p, i % 3 != 0, now);
		if (i % 7 == 0)
			pace_dropped(&p, 9, now);
		CHECK(p.rate >= PACE_LEAST_PPS);
	}
}
