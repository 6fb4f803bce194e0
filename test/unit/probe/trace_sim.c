/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace_sim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "icmp/number.h"
#include "test.h"

struct chain chain_of(uint8_t len, uint64_t step_ns)
{
	struct chain s = {
		.len = len,
		.conf = {
			.dst = ip4_make(192, 0, 2, 1),
			.kind = ASK_ECHO,
			.first = 1,
			.last = TRACE_HOPS,
			.rounds = 1,
			.round_ns = NS_PER_S,
			.timeout_ns = 3 * NS_PER_S,
			.samples = 100,
		},
	};

	for (uint8_t h = 1; h <= TRACE_HOPS_MAX; h++) {
		s.hop[h].addr = ip4_make(10, 0, h, 1);
		s.hop[h].rtt_ns = h * step_ns;
		s.hop[h].type = ICMP4_TIME_EXCEEDED;
	}
	s.hop[len].addr = s.conf.dst;
	s.hop[len].type = 0;
	return s;
}

void chain_begin(struct chain *s)
{
	size_t size = trace_size(&s->conf);

	CHECK(size > 0);
	s->t = trace_init(malloc(size), &s->conf, CHAIN_T0);
	s->under_way = calloc(CHAIN_REPLIES_MAX, sizeof(*s->under_way));
	s->now_ns = CHAIN_T0;
}

/* A token bucket. */
static bool allowed(struct chain_hop *h, uint64_t now_ns)
{
	if (h->burst == 0)
		return true;
	h->full_ns = MAX(h->full_ns, now_ns);
	if (h->full_ns + h->refill_ns > now_ns + h->burst * h->refill_ns)
		return false;
	h->full_ns += h->refill_ns;
	return true;
}

struct hop_reply chain_reply(const struct chain *s, uint8_t hops, uint16_t number, uint64_t t_ns)
{
	const struct chain_hop *h = &s->hop[MIN(hops, s->len)];

	return (struct hop_reply){
		.dst = s->conf.dst,
		.local = ip4_make(198, 51, 100, 9),
		.from = h->addr,
		.ask = s->conf.kind,
		.number = number,
		.kind = h->type ? REPLY_ERROR : REPLY_ANSWER,
		.type = h->type,
		.code = h->code,
		.ttl = 60,
		.t_ns = t_ns,
		.ext = s->ext,
	};
}

static void answer(struct chain *s, const struct hop_shot *shot)
{
	bool later = s->later_len > 0 && trace_rounds(s->t) > s->later_round;
	uint8_t len = later ? s->later_len : s->len, hops = MIN(shot->hops, len);
	struct chain_hop *h = &s->hop[hops];
	struct hop_reply r;

	h->asked++;
	if (h->silent || (h->lose > 0 && h->asked % h->lose == 0) ||
	    (h->only > 0 && h->asked != h->only) || !allowed(h, s->now_ns))
		return;
	r = chain_reply(s, hops, s->untold ? 0 : shot->number, s->now_ns + h->rtt_ns);
	if (hops == len && later) {
		r.from = s->conf.dst;
		r.kind = REPLY_ANSWER;
		r.type = 0;
	} else if (later) {
		r.from = h->addr = ip4_make(10, 1, hops, 1);
		r.kind = REPLY_ERROR;
		r.type = ICMP4_TIME_EXCEEDED;
	}
	if (h->asked % 2 == 0) {
		r.t_ns += h->wobble_ns;
		r.from = h->other.family ? h->other : r.from;
	}
	for (int i = 0; i <= h->twice; i++) {
		CHECK(s->under_way_n < CHAIN_REPLIES_MAX);
		s->under_way[s->under_way_n++] = r;
		r.t_ns += NS_PER_MS;
	}
}

static void deliver(struct chain *s)
{
	for (;;) {
		size_t first = 0;
		struct hop_reply r;
		uint8_t hops;

		for (size_t i = 1; i < s->under_way_n; i++) {
			if (s->under_way[i].t_ns < s->under_way[first].t_ns)
				first = i;
		}
		if (s->under_way_n == 0 || s->under_way[first].t_ns > s->now_ns)
			return;
		r = s->under_way[first];
		memmove(s->under_way + first, s->under_way + first + 1,
			(--s->under_way_n - first) * sizeof(r));
		s->verdicts[trace_match(s->t, &r, &hops)]++;
	}
}

static uint64_t next_event(const struct chain *s, uint64_t until)
{
	for (size_t i = 0; i < s->under_way_n; i++)
		until = MIN(until, s->under_way[i].t_ns);
	return until;
}

uint64_t chain_run(struct chain *s, uint64_t until_ns)
{
	struct trace_step step;

	for (;;) {
		deliver(s);
		trace_next(s->t, s->now_ns, &step);
		if (step.what == TRACE_DONE || (step.what == TRACE_WAIT && s->now_ns >= until_ns))
			return s->now_ns - CHAIN_T0;
		if (step.what == TRACE_WAIT) {
			CHECK(step.until_ns > s->now_ns);
			s->now_ns = MIN(next_event(s, step.until_ns), until_ns);
			continue;
		}
		if (s->broken_until-- > 0) {
			trace_send_failed(s->t, &step, ENETUNREACH, s->now_ns);
			continue;
		}
		s->sent++;
		s->sent_to[step.shot.hops]++;
		trace_sent(s->t, &step, s->now_ns);
		answer(s, &step.shot);
	}
}

uint64_t chain_all(struct chain *s)
{
	chain_begin(s);
	return chain_run(s, UINT64_MAX);
}

void chain_end(struct chain *s)
{
	free(s->t);
	free(s->under_way);
}
