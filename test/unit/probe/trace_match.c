/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose reply is it, and what is it worth? */
#include "test.h"

#include <stdlib.h>

#include "icmp/number.h"
#include "trace_sim.h"

#define MS NS_PER_MS

/* A chain of @len whose first round has left; answers are made by hand. */
static struct chain asked_all(uint8_t len, uint8_t last)
{
	struct chain s = chain_of(len, 1 * MS);

	s.conf.last = last;
	chain_begin(&s);
	chain_run(&s, CHAIN_T0);
	s.under_way_n = 0;
	return s;
}

static enum trace_verdict match(struct chain *s, struct hop_reply r, uint8_t hops)
{
	uint8_t at = 99;
	enum trace_verdict v = trace_match(s->t, &r, &at);

	CHECK_EQ(at, v == TRACE_NOT_OURS ? 0 : hops);
	return v;
}

TEST(a_reply_for_a_number_never_asked_is_not_ours)
{
	struct chain s = asked_all(5, 5);

	CHECK_EQ(match(&s, chain_reply(&s, 3, 6, CHAIN_T0), 0), TRACE_NOT_OURS);
	CHECK_EQ(match(&s, chain_reply(&s, 3, 65535, CHAIN_T0), 0), TRACE_NOT_OURS);
	CHECK_EQ(match(&s, chain_reply(&s, 3, 3, CHAIN_T0), 3), TRACE_FIRST);
	CHECK_EQ(trace_hop(s.t, 3)->received, 1);
	CHECK_EQ(trace_hop(s.t, 5)->received, 0);
	chain_end(&s);
}

TEST(a_reply_for_another_target_or_kind_of_probe_is_not_ours)
{
	struct chain s = asked_all(5, 5);
	struct hop_reply r = chain_reply(&s, 3, 3, CHAIN_T0 + 3 * MS);

	r.ask = ASK_UDP;
	CHECK_EQ(match(&s, r, 0), TRACE_NOT_OURS);
	r = chain_reply(&s, 3, 3, CHAIN_T0 + 3 * MS);
	r.dst = ip4_make(192, 0, 2, 2);
	CHECK_EQ(match(&s, r, 0), TRACE_NOT_OURS);
	CHECK_EQ(trace_hop(s.t, 3)->waiting, 1);
	chain_end(&s);
}

TEST(redirect_and_source_quench_are_no_answers)
{
	static const uint8_t types[] = { ICMP4_REDIRECT, ICMP4_SOURCE_QUENCH };
	struct chain s = asked_all(5, 5);

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		struct hop_reply r = chain_reply(&s, 3, 3, CHAIN_T0 + 3 * MS);

		r.type = types[i];
		CHECK_EQ(match(&s, r, 0), TRACE_NOT_OURS);
	}
	CHECK_EQ(match(&s, chain_reply(&s, 3, 3, CHAIN_T0 + 3 * MS), 3), TRACE_FIRST);
	chain_end(&s);
}

TEST(a_reply_to_what_could_not_be_sent_is_not_ours)
{
	struct chain s = chain_of(5, 1 * MS);

	s.conf.last = 5;
	s.broken_until = 2;
	chain_begin(&s);
	chain_run(&s, CHAIN_T0);
	CHECK_EQ(match(&s, chain_reply(&s, 2, 2, CHAIN_T0), 0), TRACE_NOT_OURS);
	CHECK_EQ(match(&s, chain_reply(&s, 3, 3, CHAIN_T0), 3), TRACE_FIRST);
	chain_end(&s);
}

TEST(duplicates_and_late_answers_are_told_apart)
{
	struct chain s = asked_all(5, 5);
	struct trace_step step;

	CHECK_EQ(match(&s, chain_reply(&s, 3, 3, CHAIN_T0 + 3 * MS), 3), TRACE_FIRST);
	CHECK_EQ(match(&s, chain_reply(&s, 3, 3, CHAIN_T0 + 4 * MS), 3), TRACE_DUPLICATE);
	CHECK_EQ(match(&s, chain_reply(&s, 4, 4, CHAIN_T0 + 3001 * MS), 4), TRACE_LATE);
	CHECK_EQ(trace_hop(s.t, 3)->duplicates, 1);
	CHECK_EQ(trace_hop(s.t, 3)->received, 1);
	CHECK_EQ(trace_hop(s.t, 4)->received, 1);
	CHECK_EQ(trace_hop(s.t, 4)->late, 1);
	trace_next(s.t, CHAIN_T0 + 2999 * MS, &step);
	CHECK_EQ(step.what, TRACE_WAIT);
	CHECK_EQ(trace_hop(s.t, 5)->waiting, 1);
	trace_next(s.t, CHAIN_T0 + 3000 * MS, &step);
	CHECK_EQ(step.what, TRACE_DONE);
	CHECK_EQ(trace_hop(s.t, 5)->waiting, 0);
	CHECK_EQ(match(&s, chain_reply(&s, 5, 5, CHAIN_T0 + 3000 * MS), 5), TRACE_LATE);
	CHECK_EQ(trace_end(s.t, &(uint8_t){ 0 }), TRACE_REACHED);
	chain_end(&s);
}

/* Given up because the path is short, not because the timeout is over: late all the same. */
TEST(an_answer_after_the_end_is_late)
{
	struct chain s = chain_of(5, 1 * MS);

	s.hop[2].silent = true;
	CHECK_EQ(chain_all(&s), 100 * MS);
	CHECK_EQ(trace_outcome(s.t, 2, 0), 0);
	CHECK_EQ(match(&s, chain_reply(&s, 2, 2, CHAIN_T0 + 101 * MS), 2), TRACE_LATE);
	CHECK_EQ(trace_outcome(s.t, 2, 0), 1);
	CHECK_EQ(trace_hop(s.t, 2)->late, 1);
	chain_end(&s);
}

/* Where the way takes longer than the timeout, the last rounds are no more lost than the first. */
TEST(late_answers_of_the_last_rounds_are_waited_for)
{
	struct chain s = chain_of(3, 300 * MS);

	s.conf.rounds = 4;
	s.conf.round_ns = 200 * MS;
	s.conf.timeout_ns = 500 * MS;
	CHECK_EQ(chain_all(&s), (3 * 200 + 900) * MS);
	for (uint8_t h = 1; h <= 3; h++) {
		CHECK_EQ(trace_hop(s.t, h)->received, 4);
		CHECK_EQ(trace_hop(s.t, h)->late, h == 1 ? 0 : 4);
	}
	chain_end(&s);
	/* But not for those who never answered late. */
	s = chain_of(3, 300 * MS);
	s.conf.rounds = 4;
	s.conf.round_ns = 200 * MS;
	s.conf.timeout_ns = 500 * MS;
	s.hop[2].silent = s.hop[3].silent = true;
	CHECK_EQ(chain_all(&s), (3 * 200 + 500) * MS);
	chain_end(&s);
}

TEST(live_answers_after_the_timeout_are_late_and_loss_is_known_in_time)
{
	struct chain s = chain_of(3, 1 * MS);

	s.conf.rounds = 0;
	s.conf.timeout_ns = 500 * MS;
	s.conf.recent = 8;
	s.hop[2].rtt_ns = 1300 * MS;
	chain_begin(&s);
	chain_run(&s, CHAIN_T0 + 400 * MS);
	CHECK_EQ(trace_hop(s.t, 2)->waiting, 1);
	CHECK_EQ(trace_outcome(s.t, 2, 0), -1);
	chain_run(&s, CHAIN_T0 + 600 * MS);
	CHECK_EQ(trace_hop(s.t, 2)->waiting, 0);
	CHECK_EQ(trace_outcome(s.t, 2, 0), 0);
	chain_run(&s, CHAIN_T0 + 1400 * MS);
	CHECK_EQ(trace_hop(s.t, 2)->received, 1);
	CHECK_EQ(trace_hop(s.t, 2)->late, 1);
	CHECK_EQ(trace_hop(s.t, 2)->waiting, 1);
	CHECK_EQ(trace_outcome(s.t, 2, 0), 1);
	chain_end(&s);
}

TEST(numbers_go_round_and_are_never_zero)
{
	struct chain s = chain_of(40, 1 * MS);

	s.conf.rounds = 0;
	s.conf.last = 40;
	s.conf.round_ns = 50 * MS;
	s.conf.timeout_ns = 200 * MS;
	chain_begin(&s);
	chain_run(&s, CHAIN_T0 + 4000 * 50 * MS - MS);
	CHECK_EQ(s.sent, 4000 * 40);
	CHECK_EQ(s.verdicts[TRACE_FIRST], 4000 * 40);
	for (uint8_t h = 1; h <= 40; h++)
		CHECK_EQ(trace_hop(s.t, h)->received, 4000);
	chain_end(&s);
}

TEST(what_fell_out_of_the_window_is_not_ours)
{
	struct chain s = chain_of(5, 1 * MS);

	s.conf.rounds = 0;
	s.conf.last = 5;
	s.conf.timeout_ns = 100 * MS;
	chain_begin(&s);
	chain_run(&s, CHAIN_T0 + 10500 * MS);
	CHECK_EQ(match(&s, chain_reply(&s, 3, 3, s.now_ns), 0), TRACE_NOT_OURS);
	CHECK_EQ(match(&s, chain_reply(&s, 3, 53, s.now_ns), 3), TRACE_DUPLICATE);
	chain_end(&s);
}

TEST(an_answer_without_a_number_is_for_the_least_limit_beyond_the_last_router)
{
	struct chain s = asked_all(5, 8);
	struct hop_reply r = chain_reply(&s, 5, 0, CHAIN_T0 + 9 * MS);

	match(&s, chain_reply(&s, 2, 2, CHAIN_T0 + 2 * MS), 2);
	match(&s, chain_reply(&s, 4, 4, CHAIN_T0 + 4 * MS), 4);
	CHECK_EQ(match(&s, r, 5), TRACE_FIRST); /* not 1 or 3, which wait too */
	CHECK_EQ(match(&s, r, 6), TRACE_FIRST);
	r.kind = REPLY_ERROR; /* the target's own */
	r.type = ICMP4_UNREACH;
	r.code = ICMP4_UNREACH_PORT;
	CHECK_EQ(match(&s, r, 7), TRACE_FIRST);
	CHECK_EQ(match(&s, r, 8), TRACE_FIRST);
	CHECK_EQ(match(&s, r, 0), TRACE_NOT_OURS);
	CHECK_EQ(trace_so_far(s.t, &(uint8_t){ 0 }), TRACE_REACHED);
	CHECK_EQ(trace_hop(s.t, 5)->received, 1);
	chain_end(&s);
}

TEST(an_error_without_a_number_is_taken_only_where_it_can_mean_one_probe)
{
	struct chain s = asked_all(5, 5);
	struct hop_reply r = chain_reply(&s, 3, 0, CHAIN_T0 + 9 * MS);

	CHECK_EQ(match(&s, r, 0), TRACE_NOT_OURS);
	for (uint8_t h = 1; h <= 5; h++) {
		if (h != 3)
			match(&s, chain_reply(&s, h, h, CHAIN_T0 + h * MS), h);
	}
	CHECK_EQ(match(&s, r, 3), TRACE_FIRST);
	CHECK_EQ(match(&s, r, 0), TRACE_NOT_OURS);
	CHECK_EQ(trace_hop(s.t, 3)->duplicates, 0);
	chain_end(&s);
}

/* What waits beyond the end cannot be meant by a router. */
TEST(an_error_without_a_number_is_for_a_limit_before_the_end)
{
	struct chain s = asked_all(3, 8);

	match(&s, chain_reply(&s, 1, 1, CHAIN_T0 + 1 * MS), 1);
	match(&s, chain_reply(&s, 3, 3, CHAIN_T0 + 3 * MS), 3);
	CHECK_EQ(match(&s, chain_reply(&s, 2, 0, CHAIN_T0 + 4 * MS), 2), TRACE_FIRST);
	chain_end(&s);
}

TEST(a_path_that_tells_no_numbers_is_traced_as_far_as_it_can_be)
{
	struct chain s = chain_of(5, 2 * MS);

	s.conf.rounds = 2;
	s.conf.kind = ASK_UDP;
	s.untold = true;
	chain_all(&s);
	CHECK_EQ(trace_so_far(s.t, &(uint8_t){ 0 }), TRACE_REACHED);
	chain_end(&s);
}

TEST(syn_ack_reset_and_answers_reach_the_target)
{
	static const struct {
		uint8_t ask, kind;
	} cases[] = { { ASK_TCP_SYN, REPLY_SYNACK },
		      { ASK_TCP_SYN, REPLY_RST },
		      { ASK_UDP, REPLY_ANSWER },
		      { ASK_ECHO, REPLY_ANSWER } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct chain s = chain_of(5, 1 * MS);
		struct hop_reply r;
		uint8_t hops;

		s.conf.kind = cases[i].ask;
		chain_begin(&s);
		chain_run(&s, CHAIN_T0);
		r = chain_reply(&s, 5, 5, CHAIN_T0 + 5 * MS);
		r.kind = cases[i].kind;
		match(&s, r, 5);
		CHECK_EQ(trace_so_far(s.t, &hops), TRACE_REACHED);
		CHECK_EQ(hops, 5);
		CHECK_EQ(trace_who(s.t, 5, 0)->kind, cases[i].kind);
		chain_end(&s);
	}
}

TEST(the_meaning_of_errors_in_both_families)
{
	static const struct {
		int family;
		uint8_t type, code;
		bool target;
		enum trace_end want;
	} cases[] = {
		{ 4, 11, 0, false, TRACE_SILENT },      { 4, 11, 1, false, TRACE_SILENT },
		{ 4, 11, 0, true, TRACE_SILENT }, /* a translator in the target's name */
		{ 4, 3, 0, false, TRACE_UNREACHABLE },  { 4, 3, 1, false, TRACE_UNREACHABLE },
		{ 4, 3, 3, false, TRACE_UNREACHABLE },  { 4, 3, 4, false, TRACE_UNREACHABLE },
		{ 4, 3, 13, false, TRACE_UNREACHABLE }, { 4, 12, 0, false, TRACE_UNREACHABLE },
		{ 4, 3, 2, true, TRACE_REACHED },       { 4, 3, 3, true, TRACE_REACHED },
		{ 6, 3, 0, false, TRACE_SILENT },       { 6, 1, 0, false, TRACE_UNREACHABLE },
		{ 6, 1, 1, false, TRACE_UNREACHABLE },  { 6, 2, 0, false, TRACE_UNREACHABLE },
		{ 6, 4, 1, false, TRACE_UNREACHABLE },  { 6, 1, 4, true, TRACE_REACHED },
		{ 6, 4, 1, true, TRACE_REACHED },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct chain s = chain_of(5, 1 * MS);
		struct hop_reply r;

		if (cases[i].family == 6) {
			CHECK_EQ(ip_scan("2001:db8::1", &s.conf.dst), 0);
			CHECK_EQ(ip_scan("2001:db8::9", &s.hop[3].addr), 0);
		}
		chain_begin(&s);
		chain_run(&s, CHAIN_T0);
		r = chain_reply(&s, 3, 3, CHAIN_T0 + 5 * MS);
		r.type = cases[i].type;
		r.code = cases[i].code;
		if (cases[i].target)
			r.from = s.conf.dst;
		match(&s, r, 3);
		CHECK_EQ(trace_so_far(s.t, &(uint8_t){ 0 }), cases[i].want);
		chain_end(&s);
	}
}
