/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grid run to its end against simulated networks: lossy, slow, narrow, silent, refusing. */
#include "probe/grid.h"

#include <errno.h>

#include "grid_bench.h"

TEST(nothing_to_ask_is_over_at_once)
{
	struct bench none = bench_of(0, 4, all_answer, 1), no_asks = bench_of(4, 0, all_answer, 1);

	bench_begin(&none);
	bench_begin(&no_asks);
	CHECK(grid_over(&none.g));
	CHECK(grid_over(&no_asks.g));
	CHECK(grid_loss(&none.g) < 0);
	CHECK(grid_missed(&none.g) == 0);
	bench_done(&none);
	bench_done(&no_asks);
}

TEST(a_sweep_in_which_all_answer_asks_each_once_and_ends_with_the_last_answer)
{
	struct bench b = bench_of(65536, 1, all_answer, 1);

	b.sim.rtt_ns = 100 * NS_PER_US;
	bench_run(&b);
	CHECK_EQ(wrong(&b), 0);
	CHECK_EQ(b.g.count.answered, 65536);
	CHECK_EQ(b.g.count.sent, b.sim.sent);
	CHECK(b.sim.sent < 65536 * 1.04);
	CHECK(b.sim.sent > 65536 + 500); /* canaries */
	CHECK(seconds(&b) < 0.085);      /* a million a second is all this sender can do */
	CHECK(grid_loss(&b.g) == 0);
	bench_done(&b);
}

TEST(ten_ports_on_a_link_take_some_ten_milliseconds)
{
	struct bench b = bench_of(1, 10, mixture, 1);

	b.sim.rtt_ns = 100 * NS_PER_US;
	bench_run(&b);
	CHECK_EQ(wrong(&b), 0);
	CHECK(seconds(&b) < 0.02);
	CHECK(b.sim.sent < 40);
	CHECK(b.g.count.canaries > 0);
	bench_done(&b);
}

TEST(where_nobody_answers_everything_is_asked_twice)
{
	struct bench b = bench_of(3000, 2, none_answers, 1);

	bench_run(&b);
	CHECK_EQ(b.sim.sent, 12000);
	CHECK(grid_loss(&b.g) < 0);
	for (uint32_t i = 0; i < 6000; i++) {
		CHECK_EQ(b.cell[i].state, CELL_SILENT);
		CHECK_EQ(b.cell[i].tries, 2);
	}
	bench_done(&b);
}

TEST(a_single_try_is_a_single_try)
{
	struct bench b = bench_of(3000, 2, none_answers, 1);

	b.conf.tries_max = 1;
	bench_run(&b);
	CHECK_EQ(b.sim.sent, 6000);
	bench_done(&b);
}

TEST(the_least_of_tries_is_made_without_any_loss)
{
	struct bench b = bench_of(5000, 1, one_in_hundred, 1);

	b.conf.tries_min = 3;
	bench_run(&b);
	CHECK_EQ(wrong(&b), 0);
	CHECK_EQ(b.g.pass, 2);
	bench_done(&b);
}

/* The bar: no wrong verdict in ten runs, and the loss told within a factor of two. */
static void check_lossy(double loss)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct bench b = bench_of(256, 256, mixture, seed);

		b.sim.loss = loss;
		b.sim.doubled = 0.01;
		b.sim.rtt_ns = 20 * NS_PER_MS;
		b.sim.jitter_ns = 20 * NS_PER_MS;
		bench_run(&b);
		CHECK_EQ(wrong(&b), 0);
		CHECK(grid_loss(&b.g) > sim_loss(&b.sim) / 2);
		CHECK(grid_loss(&b.g) < sim_loss(&b.sim) * 2);
		CHECK(grid_missed(&b.g) <= 0.01);
		CHECK(b.g.count.rescued > 0);
		CHECK(b.g.count.canaries > 300);
		CHECK(b.g.count.duplicates > 100);
		CHECK(seconds(&b) < 5);
		bench_done(&b);
	}
}

TEST(loss_of_a_tenth_of_a_percent_costs_no_verdict)
{
	check_lossy(0.001);
}

TEST(loss_of_one_percent_costs_no_verdict)
{
	check_lossy(0.01);
}

TEST(loss_of_five_percent_costs_no_verdict)
{
	check_lossy(0.05);
}

TEST(loss_of_ten_percent_costs_no_verdict)
{
	check_lossy(0.1);
}

TEST(few_answerers_on_a_lossy_link_are_found_too)
{
	for (uint64_t seed = 1; seed <= 5; seed++) {
		struct bench b = bench_of(65536, 1, one_in_hundred, seed);

		b.conf.by_slot = true;
		b.conf.tries_min = 2;
		b.sim.loss = 0.05;
		b.sim.rtt_ns = 20 * NS_PER_MS;
		b.sim.jitter_ns = 20 * NS_PER_MS;
		bench_run(&b);
		CHECK_EQ(wrong(&b), 0);
		CHECK(grid_loss(&b.g) > sim_loss(&b.sim) / 2);
		CHECK(grid_loss(&b.g) < sim_loss(&b.sim) * 2);
		bench_done(&b);
	}
}

/* A bottleneck is met within a second, and from then on next to nothing is lost at it. */
static void check_bottleneck(uint64_t rtt_ns, double loss, uint64_t seed)
{
	struct bench b = bench_of(1 << 18, 1, all_answer, seed);
	uint64_t sent, congested, from_ns;

	b.sim.rtt_ns = rtt_ns;
	b.sim.loss = loss;
	b.sim.cap_pps = 50000;
	b.sim.queue = 200;
	bench_begin(&b);
	CHECK(!sim_run(&b.sim, &b.g, START_NS + NS_PER_S));
	sent = b.sim.sent;
	congested = b.sim.congested;
	from_ns = b.sim.now_ns;
	CHECK(!sim_run(&b.sim, &b.g, START_NS + 4 * NS_PER_S));
	sent = b.sim.sent - sent;
	congested = b.sim.congested - congested;
	from_ns = b.sim.now_ns - from_ns;
	CHECK((double)congested < (loss > 0 ? 0.05 : 0.02) * (double)sent);
	CHECK((double)(sent - congested) > 0.7 * 50000 * (double)from_ns / (double)NS_PER_S);
	CHECK(sim_run(&b.sim, &b.g, LONG_NS));
	CHECK_EQ(wrong(&b), 0);
	bench_done(&b);
}

TEST(a_bottleneck_nearby_is_found_and_kept_to)
{
	check_bottleneck(100 * NS_PER_US, 0, 1);
}

TEST(a_bottleneck_far_away_is_found_and_kept_to)
{
	check_bottleneck(20 * NS_PER_MS, 0, 1);
}

TEST(a_bottleneck_behind_a_lossy_link_is_told_from_its_loss)
{
	for (uint64_t seed = 1; seed <= 4; seed++) {
		check_bottleneck(100 * NS_PER_US, 0.05, seed);
		check_bottleneck(20 * NS_PER_MS, 0.05, seed);
	}
}

TEST(a_lossy_link_is_not_taken_for_a_bottleneck)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct bench b = bench_of(1 << 17, 1, all_answer, seed);

		b.sim.loss = 0.05;
		b.sim.rtt_ns = 5 * NS_PER_MS;
		bench_begin(&b);
		sim_run(&b.sim, &b.g, START_NS + NS_PER_S);
		CHECK(b.sim.sent > 100000);
		bench_done(&b);
	}
}

TEST(a_host_that_vanishes_ends_the_run_all_the_same)
{
	struct bench b = bench_of(1, 20000, mixture, 1);

	b.sim.vanish_ns = START_NS + 20 * NS_PER_MS;
	bench_run(&b);
	CHECK(grid_loss(&b.g) > 0.2);
	CHECK(seconds(&b) < 60);
	for (uint32_t i = 0; i < 20000; i++)
		CHECK(b.cell[i].state == CELL_ANSWERED || b.cell[i].state == CELL_SILENT);
	bench_done(&b);
}

TEST(answers_that_do_not_tell_their_try_are_enough)
{
	struct bench b = bench_of(4096, 2, mixture, 3);

	b.sim.tryless = true;
	b.sim.loss = 0.02;
	b.conf.by_slot = true;
	bench_run(&b);
	CHECK_EQ(wrong(&b), 0);
	CHECK(grid_loss(&b.g) > sim_loss(&b.sim) / 2);
	CHECK(grid_loss(&b.g) < sim_loss(&b.sim) * 2);
	bench_done(&b);
}

TEST(what_does_not_leave_is_asked_again_and_counts_as_no_try)
{
	struct bench b = bench_of(64, 64, mixture, 1);

	b.sim.refuse = 3;
	bench_run(&b);
	CHECK_EQ(wrong(&b), 0);
	CHECK(b.sim.refused > 1000);
	CHECK_EQ(b.g.count.sent, b.sim.sent);
	bench_done(&b);
}

TEST(what_never_leaves_is_given_up_as_unsent)
{
	struct bench b = bench_of(64, 64, mixture, 1);

	b.sim.refuse = 1;
	bench_run(&b);
	CHECK(seconds(&b) < 10);
	CHECK(b.sim.calls < 20000);
	CHECK_EQ(b.g.count.sent, 0);
	for (uint32_t i = 0; i < 64 * 64; i++) {
		CHECK_EQ(b.cell[i].state, CELL_UNSENT);
		CHECK_EQ(b.cell[i].code, EAGAIN);
	}
	bench_done(&b);
}
