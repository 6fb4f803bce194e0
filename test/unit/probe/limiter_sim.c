/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "limiter_sim.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_PORT 20000
#define HOURS_MAX  24

struct event {
	uint64_t at_ns;
	uint64_t order; /* first come, first served at one time */
	struct probe_shot shot;
	uint8_t kind; /* 0: arrives at the host; else enum reply_kind */
	uint8_t type, code;
};

struct sim {
	struct sim_conf conf;
	uint64_t random, now_ns, order;
	uint8_t *truth;
	double *tokens, *reject_tokens; /* of (slot, source) */
	uint64_t *at_ns, *reject_at_ns;
	double global[SIM_SLOTS_MAX];
	uint64_t global_ns[SIM_SLOTS_MAX];
	struct event *heap;
	size_t n, room;
};

static uint64_t rnd(struct sim *s)
{
	uint64_t z = s->random += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static bool chance(struct sim *s, double p)
{
	return (double)(rnd(s) >> 11) / (double)(1ull << 53) < p;
}

static bool before(const struct event *a, const struct event *b)
{
	return a->at_ns < b->at_ns || (a->at_ns == b->at_ns && a->order < b->order);
}

static void push(struct sim *s, struct event e)
{
	size_t at = s->n++;

	if (s->n > s->room) {
		s->room = s->room ? 2 * s->room : 1024;
		s->heap = realloc(s->heap, s->room * sizeof(e));
		if (!s->heap)
			abort();
	}
	e.order = s->order++;
	for (; at > 0 && before(&e, &s->heap[(at - 1) / 2]); at = (at - 1) / 2)
		s->heap[at] = s->heap[(at - 1) / 2];
	s->heap[at] = e;
}

static struct event pop(struct sim *s)
{
	struct event top = s->heap[0], last = s->heap[--s->n];
	size_t at = 0, child;

	while ((child = 2 * at + 1) < s->n) {
		if (child + 1 < s->n && before(&s->heap[child + 1], &s->heap[child]))
			child++;
		if (!before(&s->heap[child], &last))
			break;
		s->heap[at] = s->heap[child];
		at = child;
	}
	if (s->n)
		s->heap[at] = last;
	return top;
}

/* Onto the wire, with what the wire does to it. */
static void wire(struct sim *s, struct event e)
{
	unsigned copies = 1 + chance(s, s->conf.duplicates);

	for (unsigned i = 0; i < copies; i++) {
		if (chance(s, s->conf.loss))
			continue;
		e.at_ns = s->now_ns + s->conf.delay_ns;
		if (s->conf.jitter_ns)
			e.at_ns += rnd(s) % s->conf.jitter_ns;
		push(s, e);
	}
}

static bool take(double *tokens, uint64_t *at_ns, double rate, double burst, uint64_t now_ns)
{
	*tokens += (double)(now_ns - *at_ns) / (double)NS_PER_S * rate;
	*tokens = MIN(*tokens, burst);
	*at_ns = now_ns;
	if (*tokens < 1)
		return false;
	*tokens -= 1;
	return true;
}

/* Linux refills in steps of 20 ms, FreeBSD at the turn of each second. */
static void refill_global(struct sim *s, uint32_t slot)
{
	uint64_t step = s->conf.global == SIM_GLOBAL_SECOND ? NS_PER_S : 20 * NS_PER_MS;
	uint64_t gone = s->now_ns - s->global_ns[slot];

	if (gone < step)
		return;
	s->global[slot] =
		MIN(s->conf.global_burst,
		    s->global[slot] + (double)gone / (double)NS_PER_S * s->conf.global_rate);
	if (s->conf.global == SIM_GLOBAL_SECOND) {
		s->global[slot] = s->conf.global_rate;
		gone = gone / NS_PER_S * NS_PER_S;
	}
	s->global_ns[slot] += gone;
}

static bool may_refuse(struct sim *s, uint32_t slot, uint16_t source)
{
	size_t peer = (size_t)slot * s->conf.sources + source;
	double *global = &s->global[slot];
	double cost = (double)(rnd(s) % 3);

	if (s->conf.global == SIM_GLOBAL_NONE && s->conf.rate <= 0)
		return true;
	refill_global(s, slot);
	if (s->conf.global != SIM_GLOBAL_NONE && *global <= 0)
		return false;
	if (s->conf.global == SIM_GLOBAL_SECOND)
		cost = 1;
	if (s->conf.global == SIM_GLOBAL_FIRST)
		*global = MAX(0, *global - cost);
	if (s->conf.rate > 0 &&
	    !take(&s->tokens[peer], &s->at_ns[peer], s->conf.rate, s->conf.burst, s->now_ns))
		return false;
	if (s->conf.global != SIM_GLOBAL_FIRST)
		*global = MAX(0, *global - cost);
	return true;
}

/* The host hears a probe. */
static void hear(struct sim *s, struct event e)
{
	uint32_t slot = e.shot.slot;
	size_t peer = (size_t)slot * s->conf.sources + e.shot.source;

	if (s->conf.deaf && s->now_ns > NS_PER_S * 101)
		return;
	e.kind = REPLY_ERROR;
	e.type = s->conf.family == 6 ? 1 : 3;
	e.code = s->conf.family == 6 ? 4 : 3;
	switch (s->truth[(size_t)slot * s->conf.ask_n + e.shot.ask]) {
	case SIM_OPEN:
		e.kind = REPLY_ANSWER;
		break;
	case SIM_SILENT:
		return;
	case SIM_REJECT:
		e.code = 13;
		if (!take(&s->reject_tokens[peer], &s->reject_at_ns[peer], s->conf.reject_rate,
			  s->conf.reject_burst, s->now_ns))
			return;
		break;
	default:
		if (!may_refuse(s, slot, e.shot.source))
			return;
	}
	wire(s, e);
}

static void deliver(struct sim *s, struct limited *l, const struct event *e)
{
	struct reply r = {
		.kind = e->kind,
		.type = e->type,
		.code = e->code,
		.try = (int8_t)e->shot.try,
		.ttl = 64,
		.t_ns = s->now_ns,
	};

	limited_reply(l, e->shot.slot, e->shot.ask, e->shot.source, 0, &r);
}

static uint8_t draw(struct sim *s)
{
	double x = (double)(rnd(s) >> 11) / (double)(1ull << 53);

	if (x < s->conf.open)
		return SIM_OPEN;
	if (x < s->conf.open + s->conf.silent)
		return SIM_SILENT;
	return x < s->conf.open + s->conf.silent + s->conf.reject ? SIM_REJECT : SIM_CLOSED;
}

static void scatter(struct sim *s, uint32_t slot, uint32_t n, uint8_t what)
{
	while (n > 0) {
		uint8_t *t = &s->truth[(size_t)slot * s->conf.ask_n + rnd(s) % s->conf.ask_n];

		n -= *t == SIM_CLOSED;
		*t = *t == SIM_CLOSED ? what : *t;
	}
}

static double begin(struct sim *s, struct sim_result *r)
{
	const struct sim_conf *c = &s->conf;
	size_t cells = (size_t)c->slots * c->ask_n, peers = (size_t)c->slots * c->sources;
	double rate = c->rate * c->sources, bursts = c->burst * c->sources, best = 0;

	s->random = c->seed * 7919 + 1;
	s->now_ns = 100 * NS_PER_S;
	s->truth = calloc(cells, 1);
	s->tokens = calloc(peers, sizeof(double));
	s->reject_tokens = calloc(peers, sizeof(double));
	s->at_ns = calloc(peers, sizeof(uint64_t));
	s->reject_at_ns = calloc(peers, sizeof(uint64_t));
	for (size_t i = 0; i < cells; i++)
		s->truth[i] = draw(s);
	for (size_t i = 0; i < peers; i++) {
		s->tokens[i] = c->start < 0 ? c->burst : c->start;
		s->at_ns[i] = s->reject_at_ns[i] = s->now_ns;
		s->reject_tokens[i] = c->reject_burst;
	}
	for (uint32_t slot = 0; slot < c->slots; slot++) {
		uint32_t closed = 0;

		scatter(s, slot, c->open_n, SIM_OPEN);
		scatter(s, slot, c->silent_n, SIM_SILENT);
		s->global[slot] = c->global_burst;
		/* The host's seconds do not begin with ours. */
		s->global_ns[slot] =
			s->now_ns -
			rnd(s) % (c->global == SIM_GLOBAL_SECOND ? NS_PER_S : 20 * NS_PER_MS);
		for (uint32_t i = 0; i < c->ask_n; i++)
			closed += s->truth[(size_t)slot * c->ask_n + i] == SIM_CLOSED;
		r->closed = MAX(r->closed, closed);
	}
	if (c->start >= 0)
		bursts = c->start * c->sources;
	if (rate > 0 && r->closed > bursts)
		best = (r->closed - bursts) / rate;
	if (c->global != SIM_GLOBAL_NONE && r->closed > c->global_burst)
		best = MAX(best, (r->closed - c->global_burst) / c->global_rate);
	return best;
}

static void compare(struct sim *s, const struct probe_cell *cells, struct sim_result *r)
{
	for (size_t i = 0; i < (size_t)s->conf.slots * s->conf.ask_n; i++) {
		const struct probe_cell *c = &cells[i];

		r->tries_most = MAX(r->tries_most, c->tries);
		r->limited += c->state == CELL_LIMITED;
		if (c->state == CELL_LIMITED)
			continue;
		switch (s->truth[i]) {
		case SIM_OPEN:
			r->missed_open += c->state != CELL_ANSWERED;
			r->wrong += c->state == CELL_ANSWERED && c->kind != REPLY_ANSWER;
			break;
		case SIM_SILENT:
			r->wrong += c->state != CELL_CERTIFIED && c->state != CELL_SILENT;
			break;
		case SIM_REJECT:
			r->wrong += c->state != CELL_ANSWERED || c->code != 13;
			break;
		default:
			r->wrong += c->state != CELL_ANSWERED || c->kind != REPLY_ERROR;
		}
	}
}

/* Returns whether the engine came to its end. */
static bool play(struct sim *s, struct limited *l, struct sim_result *r)
{
	uint64_t end_ns = s->now_ns + HOURS_MAX * 3600ull * NS_PER_S, wake_ns;
	struct probe_shot shot[64];

	while (!limited_over(l) && s->now_ns < end_ns) {
		unsigned n = limited_next(l, s->now_ns, shot, ARRAY_LEN(shot), &wake_ns);

		r->calls++;
		r->probes += n;
		for (unsigned i = 0; i < n; i++)
			wire(s, (struct event){ .shot = shot[i] });
		s->now_ns += 1000;
		if (n)
			continue;
		if (s->n && s->heap[0].at_ns < wake_ns)
			wake_ns = s->heap[0].at_ns;
		if (wake_ns == UINT64_MAX)
			return limited_over(l);
		s->now_ns = MAX(s->now_ns, wake_ns);
		while (s->n && s->heap[0].at_ns <= s->now_ns) {
			struct event e = pop(s);

			if (e.kind)
				deliver(s, l, &e);
			else
				hear(s, e);
		}
	}
	return limited_over(l);
}

static void done(struct sim *s)
{
	free(s->truth);
	free(s->tokens);
	free(s->reject_tokens);
	free(s->at_ns);
	free(s->reject_at_ns);
	free(s->heap);
}

struct sim_result limiter_sim(const struct sim_conf *conf)
{
	struct sim s = { .conf = *conf };
	struct sim_result r = { 0 };
	uint8_t family[SIM_SLOTS_MAX];
	bool local[SIM_SLOTS_MAX];
	struct ask *ask = calloc(conf->ask_n, sizeof(*ask));
	struct probe_cell *cells = calloc((size_t)conf->slots * conf->ask_n, sizeof(*cells));
	struct limited_conf lc = {
		.slots = conf->slots,
		.ask_n = conf->ask_n,
		.ask = ask,
		.sources = conf->sources,
		.family = family,
		.local = local,
		.share = 0.95,
		.miss_max = 0.01,
		.tries_max = 10,
		.wait_first_ns = NS_PER_S,
		.wait_min_ns = 20 * NS_PER_MS,
		.wait_max_ns = 3 * NS_PER_S,
		.host_timeout_ns = conf->host_timeout_ns,
		.impatient = conf->impatient,
		.seed = { { conf->seed, 1 } },
	};
	void *memory = calloc(1, limited_size(&lc));
	struct pace_conf pc = { .max_pps = 200000, .start_pps = 100000 };
	struct pace pace;
	struct rtt rtt;
	struct limited *l;
	uint64_t start;

	for (uint32_t i = 0; i < conf->ask_n; i++)
		ask[i] = (struct ask){ .kind = ASK_UDP, .port = (uint16_t)(FIRST_PORT + i) };
	memset(family, conf->family, sizeof(family));
	memset(local, conf->local, sizeof(local));
	r.ideal_s = begin(&s, &r);
	start = s.now_ns;
	pace_init(&pace, &pc, start);
	rtt_init(&rtt);
	l = limited_init(&lc, memory, cells, &pace, &rtt, start);
	r.predicted_ns = limited_left_ns(l, start);
	r.over = play(&s, l, &r);
	r.ns = s.now_ns - start;
	r.guess = limited_guess(l, 0);
	compare(&s, cells, &r);
	done(&s);
	free(memory);
	free(cells);
	free(ask);
	return r;
}
