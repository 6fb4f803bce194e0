/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grid before queues that are deep, and before what only looks like one. */
#include "grid_bench.h"

#define PROBES (1u << 18)
#define CAP    100000

/* As through a bad line that passes so much on and drops nothing: 40 ms, jitter, loss. */
static struct bench deep_queue(uint64_t seed)
{
	struct bench b = bench_of(PROBES / 1024, 1024, all_answer, seed);

	b.sim.rtt_ns = 30 * NS_PER_MS;
	b.sim.jitter_ns = 20 * NS_PER_MS;
	b.sim.loss = 0.01;
	b.sim.cap_pps = CAP;
	b.sim.queue = 1e9;
	return b;
}

TEST(a_queue_that_never_overflows_is_kept_short)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct bench b = deep_queue(seed);

		bench_run(&b);
		CHECK_EQ(wrong(&b), 0);
		CHECK(b.pace.braked > 0);
		CHECK(b.sim.backlog_most < 0.3 * CAP);
		CHECK(seconds(&b) < 1.1 * PROBES / CAP + 0.8);
		bench_done(&b);
	}
}

TEST(a_deep_queue_is_kept_short_whatever_the_distances)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct bench b = deep_queue(seed);

		b.sim.rtt_ns = 5 * NS_PER_MS;
		b.sim.spread_ns = 300 * NS_PER_MS;
		bench_run(&b);
		CHECK_EQ(wrong(&b), 0);
		CHECK(b.sim.backlog_most < 1.2 * CAP);
		CHECK(seconds(&b) < 1.2 * PROBES / CAP + 5);
		bench_done(&b);
	}
}

TEST(targets_at_all_distances_are_not_taken_for_a_queue)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct bench b = deep_queue(seed);

		b.sim.rtt_ns = 5 * NS_PER_MS;
		b.sim.spread_ns = 300 * NS_PER_MS;
		b.sim.cap_pps = 0;
		bench_run(&b);
		CHECK_EQ(wrong(&b), 0);
		CHECK_EQ(b.pace.braked, 0);
		CHECK(seconds(&b) < 3);
		bench_done(&b);
	}
}

TEST(jitter_is_not_a_queue)
{
	static const uint64_t jitter_ms[] = { 1, 10, 50, 200 };

	for (size_t i = 0; i < ARRAY_LEN(jitter_ms); i++) {
		for (uint64_t seed = 1; seed <= 4; seed++) {
			struct bench b = deep_queue(seed);

			b.sim.cap_pps = 0;
			b.sim.jitter_ns = jitter_ms[i] * NS_PER_MS;
			bench_run(&b);
			CHECK_EQ(wrong(&b), 0);
			CHECK_EQ(b.pace.braked, 0);
			CHECK(seconds(&b) < 3);
			bench_done(&b);
		}
	}
}

/* The rate @span_ns after @change took place in the middle of a scan. */
static double rate_after(struct bench *b, void (*change)(struct sim *s), uint64_t span_ns)
{
	bench_begin(b);
	CHECK(!sim_run(&b->sim, &b->g, START_NS + NS_PER_S));
	change(&b->sim);
	CHECK(!sim_run(&b->sim, &b->g, START_NS + NS_PER_S + span_ns));
	return b->pace.rate;
}

static void longer(struct sim *s)
{
	s->rtt_ns += 100 * NS_PER_MS;
}

TEST(a_path_that_becomes_longer_is_not_taken_for_a_queue_for_long)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct bench b = deep_queue(seed);

		b.sim.cap_pps = 0;
		b.rate.max_pps = 50000;
		CHECK(rate_after(&b, longer, 2 * NS_PER_S) > 45000);
		CHECK(b.pace.braked <= 2);
		bench_done(&b);
	}
}

static void narrower(struct sim *s)
{
	s->cap_pps = 40000;
}

TEST(a_bottleneck_that_becomes_narrower_is_found_again)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct bench b = deep_queue(seed);
		double rate = rate_after(&b, narrower, 3 * NS_PER_S);

		CHECK(rate > 16000 && rate < 52000);
		CHECK(b.sim.backlog < 0.3 * 40000);
		CHECK(sim_run(&b.sim, &b.g, LONG_NS));
		CHECK_EQ(wrong(&b), 0);
		bench_done(&b);
	}
}

static void wider(struct sim *s)
{
	s->cap_pps = 400000;
}

TEST(a_bottleneck_that_becomes_wider_is_used)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct bench b = deep_queue(seed);

		b.sim.cap_pps = 40000;
		CHECK(rate_after(&b, wider, NS_PER_S) > 100000);
		bench_done(&b);
	}
}

/* What a busy machine does: nothing gets through for a moment, and then all of it. */
static void stalled(struct sim *s)
{
	s->backlog += 0.06 * s->cap_pps;
}

TEST(a_stall_costs_little)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct bench b = deep_queue(seed);

		b.rate.max_pps = 60000;
		CHECK(rate_after(&b, stalled, NS_PER_S) > 45000);
		bench_done(&b);
	}
}
