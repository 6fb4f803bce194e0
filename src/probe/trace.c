/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/trace.h"

#include <stdalign.h>
#include <string.h>

#include "probe/trace_own.h"

#define BURST_MAX     16 /* probes sent at once to make up for a timer that woke us late */
#define WINDOW_MIN    16
#define ARENA_HOP     12 /* octets of extensions for each hop limit: one label fits */
#define ARENA_LIVE    64
#define ARENA_MIN     256
#define SHARE_ROUNDS  24 /* probes for one more address than hop limits */
#define LIVE_WHO      4  /* addresses for each hop limit of a trace without end */
#define NEAR_LEAST_NS (100 * NS_PER_MS)
#define NEAR_WIDE_NS  (300 * NS_PER_MS)

static uint32_t hops_of(const struct trace_conf *c)
{
	return c->last - c->first + 1u;
}

/* Twice what can be under way before the timeout, so that late and doubled answers are known too. */
static uint32_t window_of(const struct trace_conf *c)
{
	uint64_t rounds = MIN(c->timeout_ns / MAX(c->round_ns, 1), TRACE_WINDOW_MAX) + 2;
	uint64_t n = rounds * 2 * hops_of(c);
	uint32_t p = WINDOW_MIN;

	if (c->rounds > 0)
		n = MIN(n, (uint64_t)c->rounds * hops_of(c));
	while (p < n && p < TRACE_WINDOW_MAX)
		p *= 2;
	return p;
}

static uint32_t samples_of(const struct trace_conf *c)
{
	uint32_t n = MIN(c->samples, STATS_ROOM_FULL);

	return c->rounds > 0 ? MIN(n, c->rounds) : n;
}

/* One for each hop limit, and some more: several addresses at one limit are the exception. */
static uint32_t nodes_of(const struct trace_conf *c)
{
	uint64_t more = (uint64_t)c->rounds * hops_of(c) / SHARE_ROUNDS;

	if (c->rounds == 0)
		return hops_of(c) * LIVE_WHO;
	return hops_of(c) + (uint32_t)MIN(MAX(more, 1), hops_of(c) * (TRACE_WHO_MAX - 1u));
}

static uint32_t arena_of(const struct trace_conf *c)
{
	return MAX(hops_of(c) * (c->rounds > 0 ? ARENA_HOP : ARENA_LIVE), ARENA_MIN);
}

static bool conf_good(const struct trace_conf *c)
{
	return (c->dst.family == 4 || c->dst.family == 6) && c->first >= 1 && c->first <= c->last &&
	       c->last <= TRACE_HOPS_MAX && c->recent <= TRACE_RECENT_MAX &&
	       c->round_ns <= TRACE_TIME_MAX && c->spacing_ns <= TRACE_TIME_MAX &&
	       c->timeout_ns <= TRACE_TIME_MAX &&
	       (c->kind == ASK_ECHO || c->kind == ASK_UDP || c->kind == ASK_TCP_SYN);
}

/* Members in the order of falling alignment: each begins where the one before ends. */
size_t trace_size(const struct trace_conf *conf)
{
	_Static_assert(sizeof(struct trace) % 8 == 0 && sizeof(struct trace_limit) % 8 == 0 &&
			       sizeof(struct trace_node) % 8 == 0 && sizeof(struct asked) % 8 == 0,
		       "layout");
	if (!conf_good(conf))
		return 0;
	return sizeof(struct trace) + hops_of(conf) * sizeof(struct trace_limit) +
	       nodes_of(conf) * sizeof(struct trace_node) + window_of(conf) * sizeof(struct asked) +
	       (size_t)nodes_of(conf) * samples_of(conf) * sizeof(uint64_t) +
	       (size_t)hops_of(conf) * conf->recent * sizeof(int64_t) + arena_of(conf);
}

struct trace *trace_init(void *mem, const struct trace_conf *conf, uint64_t now_ns)
{
	struct trace *t = mem;
	uint64_t *sample;
	uint32_t samples = samples_of(conf);

	memset(mem, 0, trace_size(conf));
	t->conf = *conf;
	t->node_n = (uint16_t)nodes_of(conf);
	t->limit = (struct trace_limit *)(t + 1);
	t->node = (struct trace_node *)(t->limit + hops_of(conf));
	asked_init(&t->asked, (struct asked *)(t->node + t->node_n), window_of(conf));
	sample = (uint64_t *)(t->asked.slot + t->asked.size);
	t->ring = (int64_t *)(sample + (size_t)t->node_n * samples);
	t->arena = (uint8_t *)(t->ring + (size_t)hops_of(conf) * conf->recent);
	t->arena_len = arena_of(conf);
	for (uint32_t i = 0; i < t->node_n; i++)
		stats_init(&t->node[i].who.rtt, sample + (size_t)i * samples, samples);
	t->seq = t->oldest = 1;
	t->round_ns = t->next_ns = t->now_ns = now_ns;
	trace_forget(t, conf->first);
	t->next_hop = conf->last + 1;
	return t;
}

uint32_t trace_seq_after(uint32_t seq)
{
	return (seq + 1) & 0xffff ? seq + 1 : seq + 2;
}

struct trace_limit *trace_limit(const struct trace *t, uint8_t hops)
{
	return &t->limit[hops - t->conf.first];
}

uint8_t trace_mark_hops(const struct asked *s)
{
	return (uint8_t)(s->mark & 127);
}

uint64_t trace_mark_age(const struct trace *t, const struct asked *s)
{
	return (t->begun - 1 - (s->mark >> 7)) & TRACE_ROUND_MASK;
}

uint8_t trace_top(const struct trace *t)
{
	return t->end_hop > 0 && !t->doubt ? t->end_hop : t->conf.last;
}

/* How long the path lets one wait for a hop that is not beyond what answered. */
static uint64_t near_ns(const struct trace *t)
{
	uint64_t wait = MIN(t->longest_ns * 3, NEAR_WIDE_NS);

	wait = MAX(MAX(wait, t->longest_ns + t->longest_ns / 2), NEAR_LEAST_NS);
	return MIN(wait, t->conf.timeout_ns);
}

/* The farthest limit that answered, of those that count; 0: nobody. */
static uint8_t farthest(const struct trace *t)
{
	for (uint8_t h = trace_top(t); h >= t->conf.first; h--) {
		if (trace_limit(t, h)->hop.received > 0)
			return h;
	}
	return 0;
}

/* When the last answer that can still be expected is due; 0: there is none. */
static uint64_t last_due(const struct trace *t)
{
	uint8_t far = farthest(t), top = trace_top(t);
	uint64_t near = near_ns(t), last = 0;

	if (t->asked.waiting == 0)
		return 0;
	for (uint32_t q = t->oldest; q != t->seq; q = trace_seq_after(q)) {
		const struct asked *s = asked_at(&t->asked, 0, q);
		uint8_t hops = trace_mark_hops(s);

		if (s->seq == q && s->state == ASKED_WAITING && hops <= top)
			last = MAX(last, s->sent_ns + (hops <= far ? near : t->conf.timeout_ns));
	}
	return last;
}

/* Where answers come after the timeout, those of the last rounds would otherwise read as lost. */
static uint64_t late_due(const struct trace *t)
{
	uint64_t last = 0;

	for (uint32_t i = 0; t->latest_ns > 0 && i < t->asked.size; i++) {
		const struct asked *s = &t->asked.slot[i];

		if (s->seq != 0 && s->state == ASKED_LOST && trace_mark_hops(s) <= trace_top(t) &&
		    trace_limit(t, trace_mark_hops(s))->hop.late > 0)
			last = MAX(last, s->sent_ns + t->latest_ns + t->latest_ns / 2);
	}
	return last;
}

static bool all_asked(const struct trace *t)
{
	if (t->conf.rounds == 0 || t->begun == 0 || t->next_hop <= trace_top(t))
		return false;
	return t->begun >= t->conf.rounds || t->sent == 0;
}

static void finish(struct trace *t)
{
	for (uint32_t q = t->oldest; !t->over && !t->stopped && q != t->seq;
	     q = trace_seq_after(q)) {
		struct asked *s = asked_at(&t->asked, 0, q);

		if (s->seq == q)
			trace_lose(t, s);
	}
	t->over = true;
}

static void step_send(const struct trace *t, struct hop_shot *ret)
{
	const struct trace_conf *c = &t->conf;

	*ret = (struct hop_shot){
		.dst = c->dst,
		.kind = c->kind,
		.hops = t->next_hop > trace_top(t) ? c->first : t->next_hop,
		.tos = c->tos,
		.df = c->df,
		.port = c->port,
		.flow = c->flow,
		.number = (uint16_t)t->seq,
		.len = c->len,
	};
}

void trace_next(struct trace *t, uint64_t now_ns, struct trace_step *ret)
{
	uint64_t due;
	bool all;

	*ret = (struct trace_step){ .what = TRACE_DONE };
	t->now_ns = now_ns;
	trace_expire(t, now_ns);
	all = all_asked(t);
	if (all)
		due = MAX(last_due(t), late_due(t));
	else if (t->next_hop > trace_top(t))
		due = MAX(t->round_ns, t->next_ns);
	else
		due = t->next_ns;
	if (t->over || t->stopped || (all && now_ns >= due)) {
		finish(t);
		return;
	}
	if (now_ns < due) {
		ret->what = TRACE_WAIT;
		ret->until_ns = due;
		return;
	}
	ret->what = TRACE_SEND;
	step_send(t, &ret->shot);
}

static void round_begin(struct trace *t, uint64_t now_ns)
{
	if (now_ns - MIN(t->round_ns, now_ns) > t->conf.round_ns)
		t->round_ns = now_ns;
	t->next_ns = MAX(t->next_ns, t->round_ns);
	t->round_ns += t->conf.round_ns;
	t->begun++;
	for (uint8_t h = t->conf.first; h <= t->conf.last; h++) {
		trace_limit(t, h)->asked <<= 1;
		trace_limit(t, h)->answered <<= 1;
		trace_note_recent(t, h, 0, TRACE_RECENT_NONE);
	}
}

/*
 * A step for a lesser limit than the one that was next is the first of another round. The pace is kept
 * over time, but a delay is made up for with a short burst only.
 */
static void put(struct trace *t, const struct trace_step *step, uint64_t now_ns,
		enum asked_state state)
{
	struct asked *old = asked_at(&t->asked, 0, t->seq);
	uint64_t credit = MIN(now_ns, t->conf.spacing_ns * BURST_MAX);
	uint8_t hops = step->shot.hops;

	if (hops < t->next_hop)
		round_begin(t, now_ns);
	trace_lose(t, old);
	asked_put(&t->asked, 0,
		  &(struct asked){
			  .sent_ns = now_ns,
			  .seq = t->seq,
			  .mark = (((uint32_t)(t->begun - 1) & TRACE_ROUND_MASK) << 7 | hops) &
				  ((1u << ASKED_MARK_BITS) - 1),
			  .state = (uint32_t)state & 7 });
	t->seq = trace_seq_after(t->seq);
	t->next_hop = hops + 1;
	t->next_ns = MAX(t->next_ns + t->conf.spacing_ns, now_ns - credit);
}

void trace_sent(struct trace *t, const struct trace_step *step, uint64_t now_ns)
{
	struct trace_hop *h = &trace_limit(t, step->shot.hops)->hop;

	put(t, step, now_ns, ASKED_WAITING);
	t->sent++;
	h->sent++;
	h->waiting++;
	trace_note_recent(t, step->shot.hops, 0, TRACE_RECENT_WAITING);
}

void trace_send_failed(struct trace *t, const struct trace_step *step, int error, uint64_t now_ns)
{
	put(t, step, now_ns, ASKED_FAILED);
	trace_limit(t, step->shot.hops)->hop.failed++;
	t->error = error;
}

void trace_send_later(struct trace *t, uint64_t later_ns)
{
	t->next_ns = MAX(t->next_ns, t->now_ns) + later_ns;
}

void trace_stop(struct trace *t)
{
	t->stopped = true;
}

void trace_reset(struct trace *t, uint64_t now_ns)
{
	t->now_ns = now_ns;
	t->forgot = t->begun;
	t->next_hop = t->conf.last + 1;
	t->error = 0;
	trace_forget(t, t->conf.first);
}
