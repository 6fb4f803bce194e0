/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/limited.h"

#include <stdlib.h>

#include "limiter_sim.h"
#include "test.h"

#define SEEDS 10

/* A default Linux of today over IPv4, on a link: 100 ports, 5 of them not closed. */
static struct sim_conf linux4(void)
{
	return (struct sim_conf){
		.slots = 1,
		.ask_n = 100,
		.sources = 1,
		.family = 4,
		.rate = 1,
		.burst = 6,
		.start = -1,
		.global = SIM_GLOBAL_LAST,
		.global_rate = 1000,
		.global_burst = 50,
		.open_n = 2,
		.silent_n = 3,
		.delay_ns = 100 * NS_PER_US,
	};
}

static struct sim_conf lossy(struct sim_conf c)
{
	c.loss = 0.05;
	c.duplicates = 0.01;
	c.delay_ns = 5 * NS_PER_MS;
	c.jitter_ns = 20 * NS_PER_MS;
	return c;
}

static double seconds(uint64_t ns)
{
	return (double)ns / (double)NS_PER_S;
}

/* @n seeds: everything right, nothing given up, and none slower than @ratio of the best possible, or @slack_s. */
static void check_all(struct sim_conf c, unsigned n, double ratio, double slack_s)
{
	for (c.seed = 1; c.seed <= n; c.seed++) {
		struct sim_result r = limiter_sim(&c);

		CHECK(r.over);
		CHECK_EQ(r.wrong, 0);
		CHECK_EQ(r.limited, 0);
		CHECK_EQ(r.missed_open, 0);
		CHECK(seconds(r.ns) <= r.ideal_s * ratio + slack_s);
	}
}

TEST(a_default_linux_target_is_right_and_near_the_best_possible)
{
	check_all(linux4(), SEEDS, 1.04, 0);
}

TEST(kernels_that_take_the_global_token_first_are_no_slower)
{
	struct sim_conf c = linux4();

	c.global = SIM_GLOBAL_FIRST;
	check_all(c, SEEDS, 1.04, 0);
}

TEST(a_bucket_that_is_not_full_at_the_start_makes_no_wrong_verdict)
{
	struct sim_conf c = linux4();

	for (c.start = 0; c.start < 6; c.start++)
		check_all(c, SEEDS, 1.04, 0);
}

TEST(rates_over_ipv6_are_found_out)
{
	static const double rate[] = { 4, 10, 16 };
	struct sim_conf c = linux4();

	c.family = 6;
	c.ask_n = 500;
	for (size_t i = 0; i < ARRAY_LEN(rate); i++) {
		c.rate = rate[i];
		check_all(c, 2, 1.07, 0.5);
		c.seed = 1;
		CHECK_EQ(limiter_sim(&c).guess.rate, rate[i]);
	}
}

/* As check_all(), and no port is asked more than @tries times. */
static void check_few(struct sim_conf c, uint32_t tries, double slack_s)
{
	check_all(c, SEEDS, 1.1, slack_s);
	for (c.seed = 1; c.seed <= SEEDS; c.seed++)
		CHECK(limiter_sim(&c).tries_most <= tries);
}

TEST(few_ports_are_asked_few_times)
{
	struct sim_conf c = linux4();

	c.ask_n = 6;
	c.open_n = 0;
	c.silent_n = 1;
	check_few(c, 6, 3.5);
	c.start = 0;
	check_few(c, 6, 3.5);
	/* One port, and one that is closed most likely: what explains a single port asks. */
	c.ask_n = 2;
	check_few(c, 6, 3.5);
	c.start = -1;
	check_few(c, 6, 1);
	c.ask_n = 12;
	c.silent_n = 3;
	check_few(c, 8, 4);
	c.rate = 0;
	c.global = SIM_GLOBAL_NONE;
	check_few(c, 4, 0.2);
}

TEST(few_ports_make_no_wrong_verdict_on_a_lossy_link)
{
	struct sim_conf c = lossy(linux4());

	c.ask_n = 6;
	c.open_n = 0;
	c.silent_n = 1;
	check_all(c, 10 * SEEDS, 1, 20);
}

TEST(a_limit_of_some_refusals_only_gives_no_port_up)
{
	struct sim_conf c = linux4();

	c.rate = 0;
	c.global = SIM_GLOBAL_NONE;
	c.reject = 0.1;
	c.reject_rate = 1;
	c.reject_burst = 5;
	check_all(c, SEEDS, 1, 25);
}

TEST(this_host_itself_is_known_to_have_no_limit)
{
	struct sim_conf c = linux4();
	struct sim_result r;

	c.local = true;
	c.rate = 0;
	c.global = SIM_GLOBAL_NONE;
	c.ask_n = 10;
	c.seed = 1;
	r = limiter_sim(&c);
	CHECK_EQ(r.predicted_ns, 0);
	check_all(c, SEEDS, 1, 0.2);
	c.ask_n = 65535;
	check_all(c, 1, 1, 1);
	/* One that drops all is not waited for either. */
	c.ask_n = 100;
	c.open_n = c.silent_n = 0;
	c.silent = 1;
	check_all(c, 2, 1, 4);
}

TEST(a_range_of_hosts_takes_as_long_as_one_of_them)
{
	struct sim_conf c = linux4();
	struct sim_result one, all;

	c.ask_n = 20;
	c.seed = 1;
	one = limiter_sim(&c);
	c.slots = 254;
	all = limiter_sim(&c);
	CHECK_EQ(one.wrong + all.wrong + one.limited + all.limited, 0);
	CHECK(seconds(all.ns) <= seconds(one.ns) + 2.5);
}

TEST(sixty_four_sources_are_near_the_best_possible)
{
	struct sim_conf c = linux4();

	c.ask_n = 1000;
	c.sources = 64;
	check_all(c, 5, 1.15, 0);
	c.start = 1;
	check_all(c, 2, 1.15, 0);
}

TEST(all_ports_over_ipv6_with_120_sources_are_near_the_best_possible)
{
	struct sim_conf c = linux4();

	c.family = 6;
	c.rate = 10;
	c.ask_n = 65535;
	c.sources = 120;
	c.silent_n = 30;
	check_all(c, 1, 1.1, 0);
}

TEST(a_limit_by_the_second_is_found_out)
{
	struct sim_conf c = linux4();

	c.rate = 0;
	c.global = SIM_GLOBAL_SECOND;
	c.global_rate = c.global_burst = 200;
	c.ask_n = 2000;
	check_all(c, 5, 1.2, 0.5);
	c.sources = 8;
	check_all(c, 5, 1.2, 0.5);
}

TEST(a_host_without_a_limit_takes_no_time)
{
	struct sim_conf c = linux4();

	c.rate = 0;
	c.global = SIM_GLOBAL_NONE;
	c.ask_n = 65535;
	check_all(c, 1, 1, 1);
	c.ask_n = 1000;
	c.silent_n = 500;
	check_all(c, SEEDS, 1, 1);
	c.silent_n = 950;
	check_all(c, SEEDS, 1, 3);
}

TEST(a_host_that_drops_everything_is_done_in_seconds)
{
	struct sim_conf c = linux4();

	c.silent = 1;
	c.open_n = c.silent_n = 0;
	check_all(c, 2, 1, 6);
	c.ask_n = 20000;
	check_all(c, 1, 1, 10);
}

TEST(many_silent_ports_take_little_longer_than_the_closed_among_them)
{
	struct sim_conf c = linux4();

	c.ask_n = 1000;
	c.silent_n = 950;
	check_all(c, SEEDS, 1.05, 10);
	c.silent_n = 700;
	check_all(c, 2, 1.1, 0);
	/* As well where the rate is another than supposed: it is found out on the way. */
	c.family = 6;
	c.silent_n = 950;
	for (c.rate = 4; c.rate < 20; c.rate *= 2)
		check_all(c, 3, 1.05, 5);
}

TEST(a_firewall_that_rejects_with_a_limit_is_believed_only_when_it_speaks)
{
	struct sim_conf c = linux4();

	c.reject = 0.3;
	c.reject_rate = 1;
	c.reject_burst = 5;
	check_all(c, SEEDS, 2, 10);
	c.open_n = c.silent_n = 0;
	c.silent = c.reject = 0.5;
	check_all(c, SEEDS, 2, 130);
}

TEST(loss_jitter_and_duplicates_make_no_wrong_verdict)
{
	struct sim_conf c = lossy(linux4());

	check_all(c, 3 * SEEDS, 2.5, 0);
	c.silent_n = 30;
	check_all(c, SEEDS, 3, 0);
}

TEST(loss_makes_no_wrong_verdict_with_many_sources_or_no_limit)
{
	struct sim_conf c = lossy(linux4());

	c.ask_n = 1000;
	c.sources = 64;
	check_all(c, 5, 3, 0);
	c.sources = 8;
	c.family = 6;
	c.rate = 10;
	check_all(c, 5, 1.6, 0);
	c.sources = 1;
	c.rate = 0;
	c.global = SIM_GLOBAL_NONE;
	check_all(c, 5, 1, 3);
}

TEST(the_time_is_foretold_before_the_first_probe)
{
	struct sim_conf c = linux4();
	struct sim_result r;

	c.seed = 1;
	r = limiter_sim(&c);
	CHECK(seconds(r.predicted_ns) > seconds(r.ns) * 0.9);
	CHECK(seconds(r.predicted_ns) < seconds(r.ns) * 1.2);
	/* Over IPv6 as the common kernels of today do it, though it begins more carefully. */
	c.family = 6;
	c.rate = 10;
	r = limiter_sim(&c);
	CHECK(seconds(r.predicted_ns) > seconds(r.ns) * 0.8);
	CHECK(seconds(r.predicted_ns) < seconds(r.ns) * 1.2);
}

TEST(the_impatient_are_told_what_is_not_known)
{
	struct sim_conf c = linux4();
	struct sim_result r;

	c.impatient = true;
	c.seed = 1;
	r = limiter_sim(&c);
	CHECK(r.over);
	CHECK_EQ(r.wrong, 0);
	CHECK(r.limited >= 80);
	CHECK(seconds(r.ns) < 2);
	CHECK_EQ(r.predicted_ns, 0);
}

TEST(a_host_that_runs_out_of_time_is_told_as_limited)
{
	struct sim_conf c = linux4();
	struct sim_result r;

	c.host_timeout_ns = 20 * NS_PER_S;
	c.seed = 1;
	r = limiter_sim(&c);
	CHECK(r.over);
	CHECK_EQ(r.wrong, 0);
	CHECK(r.limited > 60 && r.limited < 85);
	CHECK(seconds(r.ns) < 22);
}

TEST(a_host_that_falls_silent_is_given_up)
{
	struct sim_conf c = linux4();
	struct sim_result r;

	c.deaf = true;
	c.seed = 1;
	r = limiter_sim(&c);
	CHECK(r.over);
	CHECK_EQ(r.wrong, 0);
	CHECK(r.limited > 60);
	CHECK(seconds(r.ns) < 60);
}

#define ASKS 4

struct rig {
	struct limited *l;
	struct probe_cell cell[ASKS];
	struct ask ask[ASKS];
	struct pace pace;
	struct rtt rtt;
	void *memory;
};

static void rig_init(struct rig *rig, const struct probe_cell *first)
{
	static const uint8_t family[] = { 4 };
	struct pace_conf pace = { .fixed_pps = 1000000, .batch = 1 };
	struct limited_conf conf = {
		.slots = 1,
		.ask_n = ASKS,
		.ask = rig->ask,
		.sources = 2,
		.family = family,
		.share = 0.95,
		.miss_max = 0.01,
		.tries_max = 10,
		.wait_first_ns = NS_PER_S,
		.wait_min_ns = NS_PER_MS,
		.wait_max_ns = 3 * NS_PER_S,
	};

	*rig = (struct rig){ .memory = calloc(1, limited_size(&conf)) };
	CHECK(rig->memory);
	for (unsigned i = 0; i < ASKS; i++)
		rig->ask[i] = (struct ask){ .kind = ASK_UDP, .port = (uint16_t)(30000 + i) };
	if (first)
		rig->cell[0] = *first;
	pace_init(&rig->pace, &pace, NS_PER_S);
	rtt_init(&rig->rtt);
	rig->l = limited_init(&conf, rig->memory, rig->cell, &rig->pace, &rig->rtt, NS_PER_S);
}

TEST(cells_decided_by_a_former_run_are_not_asked)
{
	struct probe_cell open = { .state = CELL_ANSWERED, .kind = REPLY_ANSWER };
	struct probe_shot shot[16];
	struct rig rig;
	uint64_t wake_ns;

	rig_init(&rig, &open);
	CHECK_EQ(limited_next(rig.l, 2 * NS_PER_S, shot, 16, &wake_ns), ASKS - 1);
	for (unsigned i = 0; i < ASKS - 1; i++)
		CHECK(shot[i].ask > 0 && shot[i].ask < ASKS);
	free(rig.memory);
}

TEST(a_reply_fills_its_cell_once_and_strangers_none)
{
	struct reply r = { .kind = REPLY_ERROR, .type = 3, .code = 3, .ttl = 61 };
	struct probe_shot shot[16];
	struct rig rig;
	uint64_t wake_ns;

	rig_init(&rig, NULL);
	CHECK_EQ(limited_next(rig.l, 2 * NS_PER_S, shot, 16, &wake_ns), ASKS);
	r.t_ns = 2 * NS_PER_S + 5 * NS_PER_MS;
	CHECK(!limited_reply(rig.l, 1, 0, 0, 0, &r));
	CHECK(!limited_reply(rig.l, 0, ASKS, 0, 0, &r));
	CHECK(!limited_reply(rig.l, 0, 0, 2, 0, &r));
	CHECK(limited_reply(rig.l, 0, 2, 0, 7, &r));
	CHECK(!limited_reply(rig.l, 0, 2, 0, 9, &r));
	CHECK_EQ(rig.cell[2].state, CELL_ANSWERED);
	CHECK_EQ(rig.cell[2].kind, REPLY_ERROR);
	CHECK_EQ(rig.cell[2].from, 7);
	CHECK_EQ(rig.cell[2].type, 3);
	CHECK_EQ(rig.cell[2].code, 3);
	CHECK_EQ(rig.cell[2].ttl, 61);
	CHECK_EQ(rig.cell[2].tries, 1);
	CHECK_EQ(rig.cell[2].rtt_us, 5000);
	free(rig.memory);
}

TEST(a_reply_to_a_try_that_was_never_sent_is_not_believed)
{
	struct reply r = { .kind = REPLY_ERROR, .type = 3, .code = 3, .ttl = 61 };
	struct probe_shot shot[16];
	struct rig rig;
	uint64_t wake_ns;

	rig_init(&rig, NULL);
	CHECK(!limited_reply(rig.l, 0, 0, 0, 0, &r));
	CHECK_EQ(limited_strays(rig.l), 1);
	CHECK_EQ(limited_next(rig.l, 2 * NS_PER_S, shot, 16, &wake_ns), ASKS);
	r.t_ns = 2 * NS_PER_S + 5 * NS_PER_MS;
	r.try = 1;
	CHECK(!limited_reply(rig.l, 0, 0, 0, 0, &r));
	CHECK_EQ(limited_strays(rig.l), 2);
	CHECK_EQ(rig.cell[0].state, CELL_OPEN_QUESTION);
	r.try = 0;
	CHECK(limited_reply(rig.l, 0, 0, 0, 0, &r));
	r.try = -1;
	CHECK(limited_reply(rig.l, 0, 1, 0, 0, &r));
	CHECK_EQ(limited_strays(rig.l), 2);
	free(rig.memory);
}

TEST(a_probe_that_did_not_leave_is_sent_again_or_given_up)
{
	struct probe_shot shot[16];
	struct rig rig;
	uint64_t wake_ns, now_ns = 2 * NS_PER_S;
	unsigned again = 0;

	rig_init(&rig, NULL);
	CHECK_EQ(limited_next(rig.l, now_ns, shot, 16, &wake_ns), ASKS);
	limited_unsent(rig.l, &shot[0], 101);
	limited_unsent(rig.l, &shot[1], 0);
	CHECK_EQ(rig.cell[shot[0].ask].state, CELL_UNSENT);
	CHECK_EQ(rig.cell[shot[0].ask].code, 101);
	CHECK_EQ(rig.cell[shot[1].ask].state, CELL_OPEN_QUESTION);
	CHECK_EQ(rig.cell[shot[1].ask].tries, 0);
	while (!limited_over(rig.l) && now_ns < 60 * NS_PER_S) {
		struct probe_shot more[16];
		unsigned n = limited_next(rig.l, now_ns, more, 16, &wake_ns);

		for (unsigned i = 0; i < n; i++) {
			CHECK(more[i].ask != shot[0].ask);
			again += more[i].ask == shot[1].ask;
		}
		now_ns = n ? now_ns + 1000 : MAX(now_ns + 1000, MIN(wake_ns, now_ns + NS_PER_S));
	}
	CHECK(limited_over(rig.l));
	CHECK(again >= 2);
	/* Nothing at all ever came: silent, not certified. */
	CHECK_EQ(rig.cell[shot[1].ask].state, CELL_SILENT);
	free(rig.memory);
}
