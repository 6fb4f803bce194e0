/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How traces go over a whole path: what they cost, when they end, and how the end is found. */
#include "test.h"

#include <errno.h>
#include <stdlib.h>

#include "icmp/number.h"
#include "trace_sim.h"

#define MS NS_PER_MS

static void check_end(const struct chain *s, enum trace_end end, uint8_t hops)
{
	uint8_t at;

	CHECK_EQ(trace_end(s->t, &at), end);
	CHECK_EQ(at, hops);
}

/* Hop @hops: so many sent, received; none waits. */
static void check_hop(const struct chain *s, uint8_t hops, uint32_t sent, uint32_t received)
{
	const struct trace_hop *h = trace_hop(s->t, hops);

	CHECK_EQ(h->sent, sent);
	CHECK_EQ(h->received, received);
	CHECK_EQ(h->waiting, 0);
}

TEST(fifteen_hops_take_one_round_trip)
{
	struct chain s = chain_of(15, 40 * MS);

	CHECK_EQ(chain_all(&s), 600 * MS); /* to the nanosecond: nothing else is waited for */
	check_end(&s, TRACE_REACHED, 15);
	CHECK_EQ(s.sent, 30); /* in flight before anything was known */
	for (uint8_t h = 1; h <= 15; h++) {
		check_hop(&s, h, 1, 1);
		CHECK_EQ(trace_hop(s.t, h)->who_n, 1);
		CHECK(ip_eq(&trace_who(s.t, h, 0)->addr, &s.hop[h].addr));
		CHECK_EQ(trace_who(s.t, h, 0)->last_rtt_ns, h * 40 * MS);
	}
	check_hop(&s, 16, 0, 0);
	CHECK(!trace_who(s.t, 16, 0));
	chain_end(&s);
}

TEST(the_spacing_is_all_that_many_hops_cost_more)
{
	struct chain s = chain_of(15, 40 * MS);

	s.conf.spacing_ns = 2 * MS;
	CHECK_EQ(chain_all(&s), 14 * 2 * MS + 600 * MS);
	chain_end(&s);
}

TEST(four_silent_hops_cost_no_more_than_half_a_round_trip)
{
	struct chain s = chain_of(15, 40 * MS);

	s.hop[3].silent = s.hop[7].silent = s.hop[8].silent = s.hop[14].silent = true;
	CHECK_EQ(chain_all(&s), 900 * MS);
	check_end(&s, TRACE_REACHED, 15);
	check_hop(&s, 7, 1, 0);
	check_hop(&s, 15, 1, 1);
	chain_end(&s);
}

TEST(an_answer_that_takes_half_as_long_again_is_not_lost)
{
	struct chain s = chain_of(15, 40 * MS);

	s.hop[3].silent = true;
	s.hop[14].rtt_ns = 899 * MS;                      /* the path is 600 ms long */
	CHECK_EQ(chain_all(&s), 899 * MS + 899 * MS / 2); /* which is now what may be expected */
	check_hop(&s, 14, 1, 1);
	CHECK_EQ(trace_hop(s.t, 14)->late, 0);
	chain_end(&s);
}

TEST(short_paths_wait_three_times_and_a_tenth_of_a_second_at_least)
{
	static const struct {
		unsigned rtt_ms, timeout_ms, end_ms;
	} cases[] = { { 1, 3000, 100 },   { 30, 3000, 100 },  { 60, 3000, 180 }, { 100, 3000, 300 },
		      { 150, 3000, 300 }, { 400, 3000, 600 }, { 400, 500, 500 }, { 1, 50, 50 } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct chain s = chain_of(5, 0);

		s.hop[2].silent = true;
		s.hop[5].rtt_ns = cases[i].rtt_ms * MS;
		s.conf.timeout_ns = cases[i].timeout_ms * MS;
		CHECK_EQ(chain_all(&s), cases[i].end_ms * MS);
		chain_end(&s);
	}
}

/* Nothing seen says how far it is to what did not answer. */
TEST(beyond_who_answered_the_whole_timeout_is_waited)
{
	struct chain s = chain_of(9, 5 * MS);

	s.hop[9].silent = true;
	CHECK_EQ(chain_all(&s), 3000 * MS);
	check_end(&s, TRACE_SILENT, 8);
	check_hop(&s, 30, 1, 0);
	chain_end(&s);
	s = chain_of(9, 5 * MS);
	s.hop[9].rtt_ns = 2999 * MS; /* behind a link that had to wake up */
	CHECK_EQ(chain_all(&s), 2999 * MS);
	check_end(&s, TRACE_REACHED, 9);
	chain_end(&s);
}

TEST(where_nobody_answers_one_timeout_is_all)
{
	struct chain s = chain_of(9, 5 * MS);

	for (uint8_t h = 1; h <= 9; h++)
		s.hop[h].silent = true;
	CHECK_EQ(chain_all(&s), 3000 * MS);
	check_end(&s, TRACE_SILENT, 0);
	CHECK_EQ(s.sent, 30);
	chain_end(&s);
}

TEST(rounds_begin_by_the_clock_and_ask_no_further_than_the_end)
{
	struct chain s = chain_of(10, 2 * MS);

	s.conf.rounds = 3;
	s.conf.round_ns = 50 * MS;
	CHECK_EQ(chain_all(&s), 120 * MS);
	CHECK_EQ(s.sent, 30 + 10 + 10);
	CHECK_EQ(trace_rounds(s.t), 3);
	for (uint8_t h = 1; h <= 10; h++)
		check_hop(&s, h, 3, 3);
	CHECK_EQ(s.verdicts[TRACE_FIRST], 50); /* all are ours; those beyond are counted nowhere */
	chain_end(&s);
	s = chain_of(10, 20 * MS);
	s.conf.rounds = 3;
	s.conf.round_ns = 50 * MS; /* four rounds would fit in a round trip */
	CHECK_EQ(chain_all(&s), 300 * MS);
	CHECK_EQ(s.sent, 90);
	check_hop(&s, 10, 3, 3);
	chain_end(&s);
}

TEST(an_answer_stops_a_round_that_is_on_its_way)
{
	struct chain s = chain_of(4, 1 * MS);

	s.conf.spacing_ns = 10 * MS;
	CHECK_EQ(chain_all(&s), 34 * MS);
	CHECK_EQ(s.sent, 4); /* the target answered before the fifth was due */
	chain_end(&s);
}

TEST(a_round_begins_with_no_burst_after_a_pause)
{
	struct chain s = chain_of(8, 1 * MS);
	struct trace_step step;

	s.conf.rounds = 0;
	s.conf.spacing_ns = 1 * MS;
	chain_begin(&s);
	chain_run(&s, CHAIN_T0 + 900 * MS);
	CHECK_EQ(s.sent, 8 + 7); /* seven more left before the target's answer came */
	for (s.now_ns = CHAIN_T0 + 60000 * MS; s.sent == 15;) { /* the machine slept */
		trace_next(s.t, s.now_ns, &step);
		CHECK_EQ(step.what, TRACE_SEND);
		CHECK_EQ(step.shot.hops, 1);
		trace_sent(s.t, &step, s.now_ns);
		s.sent++;
	}
	trace_next(s.t, s.now_ns, &step);
	CHECK_EQ(step.what, TRACE_WAIT);
	CHECK_EQ(step.until_ns, s.now_ns + 1 * MS);
	CHECK_EQ(trace_rounds(s.t), 2); /* not sixty */
	chain_end(&s);
}

/* Limiters keep state of their own: the far limits must not use up what the near one needs. */
TEST(the_targets_limiter_is_not_drained_by_far_hop_limits)
{
	struct chain s = chain_of(6, 3 * MS);

	s.conf.rounds = 3;
	s.hop[6].burst = 6;
	s.hop[6].refill_ns = NS_PER_S;
	chain_all(&s);
	check_end(&s, TRACE_REACHED, 6);
	check_hop(&s, 6, 3, 3); /* one token came back in each second */
	CHECK_EQ(s.sent_to[6], 3);
	CHECK_EQ(s.sent_to[7], 1);
	chain_end(&s);
}

TEST(a_refused_first_answer_is_made_up_for_in_the_next_round)
{
	struct chain s = chain_of(6, 3 * MS);

	s.conf.rounds = 3;
	s.hop[6].only = 2; /* the first to arrive, of limit 6, is lost; limit 7 is answered */
	chain_all(&s);
	check_end(&s, TRACE_REACHED, 7);
	chain_end(&s);
	s = chain_of(6, 3 * MS);
	s.conf.rounds = 3;
	s.hop[6].lose = 25; /* the twenty-fifth is limit 30's: nothing is wrong */
	chain_all(&s);
	check_end(&s, TRACE_REACHED, 6);
	chain_end(&s);
}

TEST(a_lesser_limit_that_reaches_is_the_end)
{
	struct chain s = chain_of(6, 3 * MS);
	struct hop_reply r;
	uint8_t hops;

	chain_begin(&s);
	chain_run(&s, CHAIN_T0);
	r = chain_reply(&s, 8, 8, CHAIN_T0 + 5 * MS);
	CHECK_EQ(trace_match(s.t, &r, &hops), TRACE_FIRST);
	CHECK_EQ(trace_so_far(s.t, &hops), TRACE_REACHED);
	CHECK_EQ(hops, 8);
	r = chain_reply(&s, 6, 6, CHAIN_T0 + 6 * MS); /* jitter */
	CHECK_EQ(trace_match(s.t, &r, &hops), TRACE_FIRST);
	CHECK_EQ(trace_so_far(s.t, &hops), TRACE_REACHED);
	CHECK_EQ(hops, 6);
	check_hop(&s, 8, 0, 0);
	chain_end(&s);
}

TEST(a_router_that_says_unreachable_is_the_end)
{
	struct chain s = chain_of(5, 3 * MS);

	s.conf.rounds = 2;
	s.hop[5].addr = s.hop[4].addr;
	s.hop[5].type = ICMP4_UNREACH;
	s.hop[5].code = 13;
	chain_all(&s);
	check_end(&s, TRACE_UNREACHABLE, 5);
	CHECK_EQ(s.sent, 35);
	CHECK_EQ(trace_who(s.t, 5, 0)->code, 13);
	CHECK(ip_eq(&trace_who(s.t, 5, 0)->addr, &s.hop[4].addr));
	chain_end(&s);
}

/* A link goes down, and the same router says "time exceeded" of what was under way. */
TEST(what_ended_the_path_is_kept_beside_later_answers)
{
	struct chain s = chain_of(5, 3 * MS);
	struct hop_reply r;
	uint8_t hops;

	s.conf.rounds = 2;
	s.hop[5].addr = s.hop[4].addr;
	s.hop[5].type = ICMP4_UNREACH;
	s.hop[5].code = 13;
	chain_begin(&s);
	CHECK(trace_ender(s.t) == NULL);
	chain_run(&s, CHAIN_T0 + 15 * MS);
	r = chain_reply(&s, 5, s.conf.last + 5u, CHAIN_T0 + 16 * MS);
	r.type = ICMP4_TIME_EXCEEDED;
	r.code = 0;
	trace_match(s.t, &r, &hops);
	CHECK_EQ(trace_so_far(s.t, &hops), TRACE_UNREACHABLE);
	CHECK_EQ(hops, 5);
	CHECK_EQ(trace_ender(s.t)->type, ICMP4_UNREACH);
	CHECK_EQ(trace_ender(s.t)->code, 13);
	CHECK_EQ(trace_ender(s.t)->kind, REPLY_ERROR);
	CHECK(ip_eq(&trace_ender(s.t)->from, &s.hop[4].addr));
	chain_end(&s);
}

/* Some answer so instead of "time exceeded", and forward all the same. */
TEST(unreachable_is_no_end_where_probes_pass)
{
	struct chain s = chain_of(9, 3 * MS);

	s.conf.rounds = 3;
	s.hop[4].type = ICMP4_UNREACH;
	s.hop[4].code = 13;
	s.hop[9].silent = true;
	chain_all(&s);
	check_end(&s, TRACE_SILENT, 8);
	check_hop(&s, 8, 3, 3);
	chain_end(&s);
}

TEST(a_route_that_is_withdrawn_is_seen_in_the_round_after)
{
	struct chain s = chain_of(9, 3 * MS);

	s.conf.rounds = 6;
	s.hop[9].silent = true;
	chain_begin(&s);
	chain_run(&s, CHAIN_T0 + 2500 * MS);
	s.len = 4;
	s.hop[4].type = ICMP4_UNREACH;
	s.hop[4].code = 0;
	chain_run(&s, UINT64_MAX);
	check_end(&s, TRACE_UNREACHABLE, 4);
	CHECK_EQ(s.sent_to[5], 5); /* not in the sixth round */
	chain_end(&s);
}

TEST(the_targets_own_error_means_that_it_was_reached)
{
	static const uint8_t codes[] = { 2, 3, 10, 13 };

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		struct chain s = chain_of(5, 3 * MS);

		s.conf.kind = ASK_UDP;
		s.hop[5].type = ICMP4_UNREACH;
		s.hop[5].code = codes[i];
		chain_all(&s);
		check_end(&s, TRACE_REACHED, 5);
		chain_end(&s);
	}
}

TEST(the_target_outweighs_a_router_that_called_it_unreachable)
{
	struct chain s = chain_of(5, 3 * MS);
	struct hop_reply r;
	uint8_t hops;

	s.hop[5].addr = s.hop[4].addr;
	s.hop[5].type = ICMP4_UNREACH;
	s.hop[5].code = 1;
	s.hop[5].only = 1;
	chain_begin(&s);
	chain_run(&s, CHAIN_T0 + 14 * MS);
	s.hop[5].addr = s.conf.dst;
	s.hop[5].type = 0;
	r = chain_reply(&s, 9, 9, CHAIN_T0 + 14 * MS);
	trace_match(s.t, &r, &hops);
	CHECK_EQ(hops, 9);
	r = chain_reply(&s, 5, 5, CHAIN_T0 + 15 * MS);
	r.from = s.hop[4].addr;
	r.kind = REPLY_ERROR;
	r.type = ICMP4_UNREACH;
	CHECK_EQ(trace_match(s.t, &r, &hops), TRACE_FIRST);
	CHECK_EQ(trace_so_far(s.t, &hops), TRACE_REACHED);
	CHECK_EQ(hops, 9);
	CHECK_EQ(trace_hop(s.t, 5)->received, 1);
	CHECK_EQ(trace_hop(s.t, 7)->sent, 1); /* on the path after all */
	chain_end(&s);
}

TEST(a_loop_is_asked_to_the_last_limit_and_no_further)
{
	struct chain s = chain_of(64, 1 * MS);

	s.conf.rounds = 2;
	for (uint8_t h = 5; h <= 64; h++)
		s.hop[h].addr = ip4_make(10, 0, 4 + h % 2, 1);
	CHECK_EQ(chain_all(&s), 1030 * MS);
	check_end(&s, TRACE_SILENT, 30);
	CHECK_EQ(s.sent, 60);
	chain_end(&s);
}

TEST(a_target_beyond_the_last_limit_is_not_reached)
{
	struct chain s = chain_of(31, 1 * MS);

	CHECK_EQ(chain_all(&s), 30 * MS);
	check_end(&s, TRACE_SILENT, 30);
	chain_end(&s);
	s = chain_of(5, 1 * MS);
	s.conf.first = 8;
	s.conf.last = 12;
	CHECK_EQ(chain_all(&s), 5 * MS);
	check_end(&s, TRACE_REACHED, 8); /* the least that was asked */
	check_hop(&s, 8, 1, 1);
	check_hop(&s, 7, 0, 0);
	chain_end(&s);
}

TEST(a_path_that_grows_is_followed)
{
	struct chain s = chain_of(6, 3 * MS);

	s.conf.rounds = 12;
	s.later_round = 3;
	s.later_len = 9;
	chain_all(&s);
	check_end(&s, TRACE_REACHED, 9);
	CHECK_EQ(s.sent_to[20], 2); /* in the first round, and when the end was in doubt */
	CHECK_EQ(s.sent_to[9], 1 + 7);
	check_hop(&s, 9, 7, 7);
	CHECK_EQ(trace_hop(s.t, 6)->who_n, 2);
	chain_end(&s);
}

TEST(a_path_that_shrinks_is_followed_at_once)
{
	struct chain s = chain_of(9, 3 * MS);

	s.conf.rounds = 6;
	s.later_round = 3;
	s.later_len = 5;
	chain_all(&s);
	check_end(&s, TRACE_REACHED, 5);
	CHECK_EQ(s.sent_to[9], 4); /* the fourth left before its round told of the change */
	chain_end(&s);
}

/* One time exceeded of two from the limit that reaches: paths of two lengths, packet by packet. */
TEST(a_path_of_two_lengths_keeps_its_lesser_end)
{
	struct chain s = chain_of(6, 3 * MS);
	struct trace_step step;
	struct hop_reply r;
	uint8_t hops;

	s.conf.rounds = 20;
	chain_begin(&s);
	for (unsigned i = 0; i < 10; i++) {
		chain_run(&s, CHAIN_T0 + i * NS_PER_S);
		s.under_way_n = 0;
		r = chain_reply(&s, i % 2 ? 5 : 6, (uint16_t)(i == 0 ? 6 : 30 + i * 6),
				s.now_ns + MS);
		CHECK_EQ(trace_match(s.t, &r, &hops), TRACE_FIRST);
		CHECK_EQ(hops, 6);
		trace_next(s.t, s.now_ns + 2 * MS, &step);
		CHECK_EQ(trace_so_far(s.t, &hops), TRACE_REACHED);
		CHECK_EQ(hops, 6);
	}
	CHECK_EQ(s.sent_to[7], 1);
	chain_end(&s);
}

TEST(an_endless_trace_looks_further_when_its_end_is_dead)
{
	struct chain s = chain_of(6, 3 * MS);

	s.conf.rounds = 0;
	chain_begin(&s);
	chain_run(&s, CHAIN_T0 + 1500 * MS);
	s.hop[6].silent = true;
	chain_run(&s, CHAIN_T0 + 15500 * MS);
	CHECK_EQ(s.sent_to[7], 1);
	chain_run(&s, CHAIN_T0 + 20500 * MS);
	CHECK(s.sent_to[7] > 1);
	CHECK_EQ(trace_so_far(s.t, &(uint8_t){ 0 }), TRACE_REACHED); /* it was */
	s.hop[6].silent = false;
	chain_run(&s, CHAIN_T0 + 22500 * MS);
	CHECK_EQ(trace_hop(s.t, 7)->sent, 0);
	trace_stop(s.t);
	chain_run(&s, UINT64_MAX);
	check_end(&s, TRACE_REACHED, 6);
	chain_end(&s);
}

TEST(what_cannot_be_sent_ends_a_trace_at_once)
{
	struct chain s = chain_of(6, 3 * MS);

	s.conf.rounds = 3;
	s.broken_until = 1000;
	CHECK_EQ(chain_all(&s), 0);
	check_end(&s, TRACE_UNSENT, 0);
	CHECK_EQ(trace_error(s.t), ENETUNREACH);
	CHECK_EQ(trace_hop(s.t, 4)->failed, 1);
	check_hop(&s, 4, 0, 0);
	chain_end(&s);
	s = chain_of(6, 3 * MS);
	s.conf.rounds = 2;
	s.broken_until = 3; /* the link came up meanwhile */
	chain_all(&s);
	check_end(&s, TRACE_REACHED, 6);
	check_hop(&s, 3, 1, 1);
	CHECK_EQ(trace_outcome(s.t, 3, 0), -1);
	CHECK_EQ(trace_outcome(s.t, 3, 1), 1);
	chain_end(&s);
}

TEST(what_cannot_be_sent_now_comes_again)
{
	struct chain s = chain_of(6, 3 * MS);
	struct trace_step step;

	chain_begin(&s);
	trace_next(s.t, CHAIN_T0 + 50 * MS, &step);
	CHECK_EQ(step.what, TRACE_SEND);
	trace_send_later(s.t, 10 * MS);
	trace_next(s.t, CHAIN_T0 + 50 * MS, &step);
	CHECK_EQ(step.what, TRACE_WAIT);
	CHECK_EQ(step.until_ns, CHAIN_T0 + 60 * MS);
	trace_next(s.t, CHAIN_T0 + 60 * MS, &step);
	CHECK_EQ(step.what, TRACE_SEND);
	CHECK_EQ(step.shot.hops, 1);
	CHECK_EQ(step.shot.number, 1);
	chain_end(&s);
}
