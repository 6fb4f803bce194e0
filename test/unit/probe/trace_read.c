/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of each hop limit, in how much memory. */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "icmp/number.h"
#include "trace_sim.h"
#include "wire/icmpext.h"

#define MS NS_PER_MS

TEST(a_trace_has_its_bounds)
{
	struct trace_conf good = chain_of(5, 1).conf, c;

	good.rounds = 3;
	CHECK(trace_size(&good) > 0);
	CHECK(trace_size(&good) <= 12288);
	c = good;
	c.first = 0;
	CHECK_EQ(trace_size(&c), 0);
	c = good;
	c.first = c.last + 1;
	CHECK_EQ(trace_size(&c), 0);
	c = good;
	c.last = TRACE_HOPS_MAX + 1;
	CHECK_EQ(trace_size(&c), 0);
	c = good;
	c.kind = ASK_MASK;
	CHECK_EQ(trace_size(&c), 0);
	c = good;
	c.dst.family = 0;
	CHECK_EQ(trace_size(&c), 0);
	c = good;
	c.recent = TRACE_RECENT_MAX + 1;
	CHECK_EQ(trace_size(&c), 0);
	c = good;
	c.timeout_ns = TRACE_TIME_MAX + 1;
	CHECK_EQ(trace_size(&c), 0);
	c = good;
	c.rounds = UINT32_MAX; /* what is remembered does not grow with what is asked */
	c.last = TRACE_HOPS_MAX;
	c.samples = 0;
	CHECK(trace_size(&c) < 1 << 20);
}

TEST(a_probe_is_what_was_asked_for)
{
	struct chain s = chain_of(5, 1 * MS);
	struct trace_step step;

	s.conf.kind = ASK_UDP;
	s.conf.port = 33434;
	s.conf.flow = 7;
	s.conf.tos = 0xb8;
	s.conf.df = true;
	s.conf.len = 1500;
	s.conf.first = 3;
	chain_begin(&s);
	trace_next(s.t, CHAIN_T0, &step);
	CHECK_EQ(step.what, TRACE_SEND);
	CHECK(ip_eq(&step.shot.dst, &s.conf.dst));
	CHECK_EQ(step.shot.src.family, 0);
	CHECK_EQ(step.shot.kind, ASK_UDP);
	CHECK_EQ(step.shot.hops, 3);
	CHECK_EQ(step.shot.port, 33434);
	CHECK_EQ(step.shot.flow, 7);
	CHECK_EQ(step.shot.tos, 0xb8);
	CHECK(step.shot.df);
	CHECK_EQ(step.shot.len, 1500);
	CHECK_EQ(step.shot.number, 1);
	trace_sent(s.t, &step, CHAIN_T0);
	trace_next(s.t, CHAIN_T0, &step);
	CHECK_EQ(step.shot.hops, 4);
	CHECK_EQ(step.shot.number, 2);
	CHECK_EQ(step.shot.flow, 7); /* one flow, one path */
	chain_end(&s);
}

TEST(the_latest_reply_of_an_address_is_kept_whole)
{
	struct chain s = chain_of(5, 1 * MS);
	struct hop_reply r;
	struct trace_who *w;
	uint8_t hops;

	chain_begin(&s);
	chain_run(&s, CHAIN_T0);
	r = chain_reply(&s, 3, 3, CHAIN_T0 + 5 * MS);
	r.code = 1;
	r.ttl = 61;
	r.mtu = 1400;
	r.quote =
		(struct hop_quote){ .ttl = 1, .tos = 8, .len = 28, .translated = true, .sport = 9 };
	trace_match(s.t, &r, &hops);
	w = trace_who(s.t, 3, 0);
	CHECK(ip_eq(&w->addr, &s.hop[3].addr));
	CHECK_EQ(w->received, 1);
	CHECK_EQ(w->kind, REPLY_ERROR);
	CHECK_EQ(w->type, ICMP4_TIME_EXCEEDED);
	CHECK_EQ(w->code, 1);
	CHECK_EQ(w->ttl, 61);
	CHECK_EQ(w->mtu, 1400);
	CHECK_EQ(w->quote.tos, 8);
	CHECK_EQ(w->quote.sport, 9);
	CHECK(w->quote.translated);
	CHECK_EQ(w->ext.len, 0);
	CHECK(!trace_who(s.t, 3, 1));
	CHECK(!trace_who(s.t, 0, 0));
	CHECK(!trace_who(s.t, 31, 0));
	chain_end(&s);
}

TEST(jitter_is_between_successive_answers_of_one_address)
{
	struct chain s = chain_of(3, 1 * MS);
	struct trace_who *w;
	struct fact_rtt rtt;

	s.conf.rounds = 4;
	s.hop[2].wobble_ns = 6 * MS;
	chain_all(&s);
	w = trace_who(s.t, 2, 0);
	CHECK_EQ(w->received, 4);
	CHECK_EQ(w->jitter_n, 3);
	CHECK_EQ(w->jitter_sum_ns, 3 * 6 * MS);
	stats_rtt(&w->rtt, &rtt);
	CHECK_EQ(rtt.min, 2 * MS);
	CHECK_EQ(rtt.max, 8 * MS);
	CHECK_EQ(rtt.p50, 2 * MS);
	CHECK_EQ(rtt.p95, 8 * MS);
	chain_end(&s);
}

TEST(the_most_frequent_address_comes_first)
{
	struct chain s = chain_of(3, 1 * MS);

	s.conf.rounds = 5;
	s.hop[2].other = ip4_make(10, 9, 9, 9);
	s.hop[2].only = 0;
	chain_begin(&s);
	s.hop[2].asked = 1; /* the other one is the first to answer, three times of five */
	chain_run(&s, UINT64_MAX);
	CHECK_EQ(trace_hop(s.t, 2)->who_n, 2);
	CHECK(ip_eq(&trace_who(s.t, 2, 0)->addr, &s.hop[2].other));
	CHECK_EQ(trace_who(s.t, 2, 0)->received, 3);
	CHECK_EQ(trace_who(s.t, 2, 1)->received, 2);
	chain_end(&s);
	s = chain_of(3, 1 * MS);
	s.conf.rounds = 6;
	s.hop[2].other = ip4_make(10, 9, 9, 9);
	chain_begin(&s);
	chain_run(&s, CHAIN_T0 + 3500 * MS);
	s.hop[2].addr = s.hop[2].other; /* from here on only the other */
	chain_run(&s, UINT64_MAX);
	CHECK(ip_eq(&trace_who(s.t, 2, 0)->addr, &s.hop[2].other));
	CHECK_EQ(trace_who(s.t, 2, 0)->received, 4);
	chain_end(&s);
}

/* Sixteen at most; and a hop limit with many may not take the room of those with none yet. */
TEST(many_addresses_of_one_limit_leave_room_for_all_limits)
{
	struct chain s = chain_of(30, 1 * MS);
	struct hop_reply r;
	uint8_t hops;

	s.conf.rounds = 0;
	chain_begin(&s);
	for (unsigned i = 0; i < 40; i++) {
		chain_run(&s, CHAIN_T0 + i * NS_PER_S);
		s.under_way_n = 0;
		r = chain_reply(&s, 1, (uint16_t)(i * 30 + 1), s.now_ns + MS);
		r.from = ip4_make(10, 8, 8, (uint8_t)i);
		CHECK_EQ(trace_match(s.t, &r, &hops), TRACE_FIRST);
	}
	CHECK_EQ(trace_hop(s.t, 1)->who_n, TRACE_WHO_MAX);
	CHECK_EQ(trace_hop(s.t, 1)->who_more, 40 - TRACE_WHO_MAX);
	chain_end(&s);
	s = chain_of(30, 1 * MS);
	s.conf.rounds = 3;
	for (uint8_t h = 1; h < 30; h++)
		s.hop[h].other = ip4_make(10, 7, h, 1);
	chain_all(&s);
	for (uint8_t h = 1; h <= 30; h++) {
		uint64_t n = trace_hop(s.t, h)->who_more;

		CHECK(trace_hop(s.t, h)->who_n >= 1);
		for (unsigned i = 0; i < trace_hop(s.t, h)->who_n; i++)
			n += trace_who(s.t, h, i)->received;
		CHECK_EQ(n, 3);
	}
	chain_end(&s);
}

/* A structure of @n label stacks of @labels labels each. */
static struct span ext_make(uint8_t *buf, size_t room, uint8_t n, size_t labels)
{
	static uint8_t body[ICMPEXT_LABELS_MAX * 4];
	struct icmpext_label label[ICMPEXT_LABELS_MAX] = { { .label = 24001, .ttl = 1 } };
	struct wcur out = wcur(buf, room), stack = wcur(body, sizeof(body));
	struct icmpext e = { .n = n };

	label[labels - 1].bottom = true;
	CHECK_EQ(icmpext_mpls_build(label, labels, &stack), 0);
	for (unsigned i = 0; i < n; i++)
		e.obj[i] = (struct icmpext_obj){ ICMPEXT_MPLS, 1, { body, labels * 4 } };
	CHECK_EQ(icmpext_build(&e, &out), 0);
	return (struct span){ buf, wcur_len(&out) };
}

TEST(extensions_live_as_long_as_the_trace)
{
	uint8_t buf[512], copy[512];
	struct chain s = chain_of(9, 1 * MS);

	s.conf.rounds = 3;
	s.ext = ext_make(buf, sizeof(buf), 1, 1);
	memcpy(copy, buf, sizeof(buf));
	chain_all(&s);
	memset(buf, 0xff, sizeof(buf)); /* what was borrowed is gone */
	for (uint8_t h = 1; h <= 9; h++) {
		CHECK_EQ(trace_who(s.t, h, 0)->ext.len, s.ext.len);
		CHECK_MEM(trace_who(s.t, h, 0)->ext.p, copy, s.ext.len);
	}
	chain_end(&s);
}

TEST(long_extensions_are_cut_between_objects)
{
	uint8_t buf[512];
	struct chain s = chain_of(9, 1 * MS);
	struct icmpext e;
	struct span kept;

	s.ext = ext_make(buf, sizeof(buf), 5, 9); /* 4 + 5 * 40 octets */
	chain_all(&s);
	kept = trace_who(s.t, 1, 0)->ext;
	CHECK_EQ(kept.len, 4 + 3 * 40);
	CHECK_EQ(icmpext_parse(kept, &e), 0);
	CHECK_EQ(e.n, 3);
	CHECK(e.sum_ok);
	chain_end(&s);
	s = chain_of(9, 1 * MS);
	s.ext = ext_make(buf, sizeof(buf), 5, 9);
	buf[2] ^= 1; /* damaged: no part of it is worth keeping */
	chain_all(&s);
	CHECK_EQ(trace_who(s.t, 1, 0)->ext.len, 0);
	chain_end(&s);
}

TEST(recent_results_are_told_oldest_first)
{
	struct chain s = chain_of(3, 1 * MS);
	int64_t got[8];

	s.conf.rounds = 0;
	s.conf.recent = 4;
	s.conf.timeout_ns = 500 * MS;
	s.hop[2].lose = 2;
	chain_begin(&s);
	CHECK_EQ(trace_recent(s.t, 2, got, 8), 0);
	chain_run(&s, CHAIN_T0);
	CHECK_EQ(trace_recent(s.t, 2, got, 8), 1);
	CHECK_EQ(got[0], TRACE_RECENT_WAITING);
	chain_run(&s, CHAIN_T0 + 5600 * MS);
	CHECK_EQ(trace_recent(s.t, 2, got, 8), 4);
	CHECK_EQ(got[0], 2 * MS);
	CHECK_EQ(got[1], TRACE_RECENT_LOST);
	CHECK_EQ(got[2], 2 * MS);
	CHECK_EQ(got[3], TRACE_RECENT_LOST);
	CHECK_EQ(trace_recent(s.t, 2, got, 1), 1);
	CHECK_EQ(got[0], TRACE_RECENT_LOST);
	CHECK_EQ(trace_recent(s.t, 9, got, 8), 0); /* beyond the end */
	chain_end(&s);
}

TEST(outcomes_are_told_round_by_round_for_64_rounds)
{
	struct chain s = chain_of(3, 1 * MS);
	struct hop_tally tally;

	s.conf.rounds = 70;
	s.hop[2].lose = 3;
	chain_all(&s);
	CHECK_EQ(trace_rounds(s.t), 70);
	CHECK_EQ(trace_outcome(s.t, 2, 5), -1); /* too long ago */
	for (uint64_t i = 6; i < 70; i++)
		CHECK_EQ(trace_outcome(s.t, 2, i), (i + 1) % 3 != 0);
	CHECK_EQ(trace_outcome(s.t, 2, 70), -1);
	trace_tally(s.t, 2, &tally);
	CHECK_EQ(tally.sent, 70);
	CHECK_EQ(tally.received, 70 - 23);
	CHECK(tally.asked_bits == UINT64_MAX);
	CHECK(tally.answered_bits == 0xdb6db6db6db6db6d); /* the latest, round 70, was answered */
	CHECK(tally.errors && !tally.end);
	trace_tally(s.t, 3, &tally);
	CHECK(tally.end && !tally.errors);
	CHECK_EQ(tally.received, 70);
	trace_tally(s.t, 4, &tally);
	CHECK_EQ(tally.sent, 0);
	CHECK(!tally.end);
	chain_end(&s);
}

TEST(what_still_waits_is_not_judged)
{
	struct chain s = chain_of(3, 1 * MS);
	struct hop_tally tally;

	s.conf.rounds = 0;
	s.hop[2].silent = true;
	chain_begin(&s);
	chain_run(&s, CHAIN_T0 + 10 * MS);
	trace_tally(s.t, 2, &tally);
	CHECK_EQ(tally.sent, 0);
	CHECK(tally.asked_bits == 0);
	trace_stop(s.t);
	chain_run(&s, UINT64_MAX);
	trace_tally(s.t, 2, &tally);
	CHECK_EQ(tally.sent, 0); /* stopped: nobody knows what would have come */
	CHECK_EQ(trace_hop(s.t, 2)->sent, 1);
	CHECK_EQ(trace_hop(s.t, 2)->waiting, 1);
	CHECK_EQ(trace_end(s.t, &(uint8_t){ 0 }), TRACE_REACHED);
	chain_end(&s);
}

TEST(a_reset_forgets_and_goes_on)
{
	struct chain s = chain_of(6, 1 * MS);
	struct hop_reply r;
	int64_t got[4];
	uint8_t hops;

	s.conf.rounds = 0;
	s.conf.recent = 4;
	chain_begin(&s);
	chain_run(&s, CHAIN_T0 + 3004 * MS);
	CHECK_EQ(trace_hop(s.t, 5)->waiting, 1);
	r = chain_reply(&s, 5, (uint16_t)(30 + 2 * 6 + 5), s.now_ns + MS);
	trace_reset(s.t, s.now_ns);
	CHECK_EQ(trace_match(s.t, &r, &hops), TRACE_DUPLICATE); /* of before: not counted */
	CHECK_EQ(hops, 5);
	CHECK_EQ(trace_rounds(s.t), 0);
	CHECK_EQ(trace_so_far(s.t, &hops), TRACE_SILENT);
	CHECK_EQ(hops, 0);
	for (uint8_t h = 1; h <= 30; h++) {
		const struct trace_hop *hop = trace_hop(s.t, h);

		CHECK_EQ(hop->sent + hop->received + hop->duplicates + hop->waiting + hop->who_n,
			 0);
		CHECK_EQ(trace_recent(s.t, h, got, 4), 0);
	}
	chain_run(&s, CHAIN_T0 + 3900 * MS);
	CHECK_EQ(s.sent, 30 + 3 * 6); /* keys that are held down send nothing */
	chain_run(&s, CHAIN_T0 + 4500 * MS);
	CHECK_EQ(s.sent, 30 + 3 * 6 + 30);
	CHECK_EQ(trace_rounds(s.t), 1);
	CHECK_EQ(trace_hop(s.t, 5)->received, 1);
	CHECK_EQ(trace_outcome(s.t, 5, 0), 1);
	CHECK_EQ(trace_so_far(s.t, &hops), TRACE_REACHED);
	CHECK_EQ(hops, 6);
	chain_end(&s);
}
