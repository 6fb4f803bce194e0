/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/trace.h"

#include "icmp/number.h"
#include "probe/trace_own.h"

/* The bit of @s in the words of outcomes; 0: it is too long ago. */
static uint64_t bit_of(const struct trace *t, const struct asked *s)
{
	uint64_t age = trace_mark_age(t, s);

	return age < HOP_ROUNDS_MAX ? 1ull << age : 0;
}

void trace_lose(struct trace *t, struct asked *s)
{
	uint8_t hops = trace_mark_hops(s);
	struct trace_limit *l;

	if (s->state != ASKED_WAITING)
		return;
	l = trace_limit(t, hops);
	asked_close(&t->asked, s, ASKED_LOST);
	l->hop.waiting--;
	l->asked |= bit_of(t, s);
	trace_note_recent(t, hops, trace_mark_age(t, s), TRACE_RECENT_LOST);
	if (t->conf.rounds == 0)
		trace_doubt(t, hops, TRACE_DOUBT_LOST);
}

void trace_expire(struct trace *t, uint64_t now_ns)
{
	while (t->oldest != t->seq) {
		struct asked *s = asked_at(&t->asked, 0, t->oldest);
		bool ours = s->seq == t->oldest && s->state == ASKED_WAITING;

		if (ours && now_ns < s->sent_ns + t->conf.timeout_ns)
			return;
		if (ours)
			trace_lose(t, s);
		t->oldest = trace_seq_after(t->oldest);
	}
}

/* The end moved to where the path was seen to end before: that is who answers there most. */
static void ender_find(struct trace *t)
{
	const struct trace_who *w = trace_who(t, t->end_hop, 0);

	t->ender_hop = t->end_hop;
	t->ender = (struct trace_ender){ .from = { 0 } };
	if (w)
		t->ender = (struct trace_ender){ w->addr, w->kind, w->type, w->code };
}

/* From the farthest limit to the nearest: nobody is the end whom a probe of about the same time passed. */
void trace_find_end(struct trace *t)
{
	uint8_t reached = 0, unreachable = 0, end;
	uint32_t passed = 0;

	for (uint8_t h = t->conf.last; h >= t->conf.first; h--) {
		const struct trace_limit *l = trace_limit(t, h);

		if (l->ends == TRACE_REACHED)
			reached = h;
		if (l->ends == TRACE_UNREACHABLE && (passed == 0 || passed + 1 < l->ended_in))
			unreachable = h;
		passed = MAX(passed, l->expired_in);
	}
	end = reached > 0 ? reached : unreachable;
	if (end != t->end_hop)
		t->doubt = false;
	t->end_hop = end;
	if (end > 0 && end != t->ender_hop)
		ender_find(t);
}

void trace_doubt(struct trace *t, uint8_t hops, unsigned weight)
{
	struct trace_limit *l = trace_limit(t, hops);

	if (hops != t->end_hop || t->doubt)
		return;
	l->against += (uint8_t)weight;
	if (l->against < TRACE_DOUBT)
		return;
	t->doubt = true;
	trace_forget(t, hops + 1u); /* it was learnt when the path was another one */
}

/* What says that the probe died where it did for good, and not of its hop limit. */
static bool is_final(const struct hop_reply *r)
{
	if (r->from.family == 6)
		return r->type != ICMP6_TIME_EXCEEDED;
	return r->type != ICMP4_TIME_EXCEEDED;
}

/* An error that does not say that the probe died. */
static bool is_idle(const struct hop_reply *r)
{
	return r->kind == REPLY_ERROR && r->from.family == 4 &&
	       (r->type == ICMP4_REDIRECT || r->type == ICMP4_SOURCE_QUENCH);
}

/* What @r says of the path's end: REACHED, UNREACHABLE or GOING. */
static enum trace_end ends_of(const struct trace *t, const struct hop_reply *r)
{
	if (r->kind != REPLY_ERROR)
		return TRACE_REACHED;
	if (!is_final(r))
		return TRACE_GOING;
	return ip_eq(&r->from, &t->conf.dst) ? TRACE_REACHED : TRACE_UNREACHABLE;
}

/* That the target answered once outweighs what others say until that has spoken three times. */
static void end_note(struct trace *t, uint8_t hops, uint32_t round, const struct hop_reply *r)
{
	struct trace_limit *l = trace_limit(t, hops);
	enum trace_end said = ends_of(t, r);

	l->expired = said == TRACE_GOING;
	if (l->expired)
		l->expired_in = MAX(l->expired_in, round);
	if (said == TRACE_GOING || (said == TRACE_UNREACHABLE && l->ends == TRACE_REACHED)) {
		trace_doubt(t, hops, TRACE_DOUBT_TTL);
		trace_find_end(t);
		return;
	}
	if (t->doubt && hops != t->end_hop &&
	    (said == TRACE_REACHED || trace_limit(t, t->end_hop)->ends == TRACE_UNREACHABLE))
		trace_limit(t, t->end_hop)->ends = TRACE_GOING;
	l->ends = (uint8_t)said;
	l->ended_in = MAX(l->ended_in, round);
	l->against = 0;
	trace_find_end(t);
	if (hops != t->end_hop)
		return;
	t->doubt = false;
	t->ender_hop = hops;
	t->ender = (struct trace_ender){ r->from, r->kind, r->type, r->code };
}

static bool waits(const struct asked *s, uint32_t seq)
{
	return s->seq == seq && s->state == ASKED_WAITING;
}

/* The least limit beyond the last router that waits; its oldest probe. */
static struct asked *guess_answer(const struct trace *t)
{
	struct asked *best = NULL;
	uint8_t router = 0;

	for (uint8_t h = t->conf.first; h <= t->conf.last; h++) {
		if (trace_limit(t, h)->expired)
			router = h;
	}
	for (uint32_t q = t->oldest; q != t->seq; q = trace_seq_after(q)) {
		struct asked *s = asked_at(&t->asked, 0, q);

		if (waits(s, q) && trace_mark_hops(s) > router &&
		    (!best || trace_mark_hops(s) < trace_mark_hops(best)))
			best = s;
	}
	return best;
}

/* The only probe that waits, of those that count. */
static struct asked *guess_error(const struct trace *t)
{
	struct asked *only = NULL;

	for (uint32_t q = t->oldest; q != t->seq; q = trace_seq_after(q)) {
		struct asked *s = asked_at(&t->asked, 0, q);

		if (!waits(s, q) || trace_mark_hops(s) > trace_top(t))
			continue;
		if (only)
			return NULL;
		only = s;
	}
	return only;
}

static struct asked *find(const struct trace *t, const struct hop_reply *r)
{
	if (r->ask != t->conf.kind || !ip_eq(&r->dst, &t->conf.dst) || is_idle(r))
		return NULL;
	if (r->number != 0)
		return asked_find(&t->asked, 0, r->number, UINT16_MAX);
	return ends_of(t, r) == TRACE_REACHED ? guess_answer(t) : guess_error(t);
}

/* The first answer to @s, which waited or not before. */
static void count(struct trace *t, const struct asked *s, bool waited, bool late,
		  const struct hop_reply *r, uint64_t rtt_ns)
{
	uint8_t hops = trace_mark_hops(s);
	struct trace_limit *l = trace_limit(t, hops);

	l->hop.received++;
	l->hop.late += late;
	l->hop.waiting -= waited;
	l->asked |= bit_of(t, s);
	l->answered |= bit_of(t, s);
	trace_note_recent(t, hops, trace_mark_age(t, s), (int64_t)MIN(rtt_ns, INT64_MAX));
	if (rtt_ns <= t->conf.timeout_ns && hops <= trace_top(t))
		t->longest_ns = MAX(t->longest_ns, rtt_ns);
	else if (late && hops <= trace_top(t))
		t->latest_ns = MAX(t->latest_ns, rtt_ns);
	end_note(t, hops, (uint32_t)(t->begun - trace_mark_age(t, s)), r);
	trace_who_count(t, hops, r, rtt_ns);
}

enum trace_verdict trace_match(struct trace *t, const struct hop_reply *r, uint8_t *ret_hops)
{
	struct asked *s = find(t, r);
	enum asked_verdict v;
	uint64_t rtt;
	bool waited;

	*ret_hops = 0;
	if (!s)
		return TRACE_NOT_OURS;
	*ret_hops = trace_mark_hops(s);
	waited = s->state == ASKED_WAITING;
	v = asked_settle(&t->asked, s, r->t_ns, t->conf.timeout_ns, &rtt);
	if (v == ASKED_UNKNOWN)
		return TRACE_DUPLICATE;
	if (v == ASKED_DUPLICATE) {
		trace_limit(t, *ret_hops)->hop.duplicates++;
		return TRACE_DUPLICATE;
	}
	count(t, s, waited, v == ASKED_LATE, r, rtt);
	return v == ASKED_LATE ? TRACE_LATE : TRACE_FIRST;
}
