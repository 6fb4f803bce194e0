/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/limited_own.h"

#include "probe/payload.h"

#define ALIGN        16u
#define LIKELY_RATE6 10.0 /* tokens a second */

static size_t room_of(size_t n, size_t size)
{
	return (n * size + ALIGN - 1) / ALIGN * ALIGN;
}

size_t limited_size(const struct limited_conf *conf)
{
	size_t lanes = (size_t)conf->slots * conf->sources;

	return room_of(1, sizeof(struct limited)) +
	       room_of((size_t)conf->slots * conf->ask_n, sizeof(struct limited_cell)) +
	       room_of(conf->slots, sizeof(struct limited_host)) +
	       room_of(lanes, sizeof(struct limited_source)) + room_of(lanes, sizeof(uint32_t)) +
	       room_of(conf->ask_n, 1);
}

/* Put the engine's parts where they stand in the caller's memory. */
static struct limited *lay_out(const struct limited_conf *conf, uint8_t *memory)
{
	struct limited *l = (struct limited *)(void *)memory;

	l->conf = *conf;
	memory += room_of(1, sizeof(struct limited));
	l->aux = (struct limited_cell *)(void *)memory;
	memory += room_of((size_t)conf->slots * conf->ask_n, sizeof(struct limited_cell));
	l->host = (struct limited_host *)(void *)memory;
	memory += room_of(conf->slots, sizeof(struct limited_host));
	l->lane = (struct limited_source *)(void *)memory;
	memory += room_of((size_t)conf->slots * conf->sources, sizeof(struct limited_source));
	l->heap = (uint32_t *)(void *)memory;
	memory += room_of((size_t)conf->slots * conf->sources, sizeof(uint32_t));
	l->payloads = memory;
	return l;
}

/* What a former run left: decided cells, of which the closed ones serve as sentinels. */
static void begin_cells(struct limited *l, uint32_t slot)
{
	struct limited_host *h = &l->host[slot];

	for (uint32_t ask = 0; ask < l->conf.ask_n; ask++) {
		size_t i = (size_t)slot * l->conf.ask_n + ask;
		const struct probe_cell *c = &l->cell[i];

		l->aux[i].sent = c->tries;
		h->undecided += c->state == CELL_OPEN_QUESTION;
		if (c->state != CELL_ANSWERED)
			continue;
		h->any_reply = true;
		if (c->kind == REPLY_ERROR)
			limited_class_add(h, c, ask);
	}
}

static void begin_host(struct limited *l, uint32_t slot, uint64_t now_ns)
{
	struct limited_host *h = &l->host[slot];
	uint32_t ask_n = l->conf.ask_n;

	h->guess = limiter_default(l->conf.family[slot]);
	h->host_rate = LIMITER_HOST_RATE * l->conf.share;
	h->guess.unlimited = l->conf.local && l->conf.local[slot];
	h->window = l->conf.impatient || h->guess.unlimited ? LIMITED_WINDOW_MAX : LIMITED_FIRST;
	h->idle = UINT16_MAX;
	h->start_ns = h->refusal_ns = h->second_ns = now_ns;
	/* Hosts of one range are not asked for the same port at once. */
	h->shift = ask_n ? (uint32_t)((uint64_t)slot * 2654435761u % ask_n) : 0;
	limited_list_init(&h->again);
	limited_list_init(&h->suspect);
	limited_list_init(&h->more);
	limited_list_init(&h->held);
	begin_cells(l, slot);
	for (uint32_t i = 0; i < l->conf.sources; i++)
		l->lane[(size_t)slot * l->conf.sources + i].heap_at = LIMITED_NONE;
	if (!h->undecided) {
		h->phase = LIMITED_DONE;
		return;
	}
	l->hosts_left++;
	for (uint32_t i = l->conf.sources; i-- > 0;)
		limited_plan(l, &l->lane[(size_t)slot * l->conf.sources + i], now_ns);
}

struct limited *limited_init(const struct limited_conf *conf, void *memory,
			     struct probe_cell *cells, struct pace *pace, struct rtt *rtt,
			     uint64_t now_ns)
{
	struct limited *l = lay_out(conf, memory);

	l->cell = cells;
	l->pace = pace;
	l->rtt = rtt;
	l->start_ns = now_ns;
	l->told_loss = -1;
	for (uint32_t i = 0; i < conf->ask_n; i++)
		l->payloads[i] = (uint8_t)payload_count(conf->ask[i].port);
	permute_init(&l->order, conf->ask_n, &conf->seed);
	for (uint32_t slot = 0; slot < conf->slots; slot++)
		begin_host(l, slot, now_ns);
	return l;
}

/* One step of the lane that wakes first. */
static void step(struct limited *l, struct limited_source *s, struct limited_out *out)
{
	uint32_t slot = limited_slot(l, s);
	struct limited_host *h = &l->host[slot];

	if (l->conf.host_timeout_ns && h->phase != LIMITED_DONE && h->begun &&
	    out->now_ns - h->start_ns >= l->conf.host_timeout_ns)
		limited_finish(l, slot, true);
	if (!h->begun)
		h->start_ns = h->refusal_ns = out->now_ns;
	h->begun = true;
	switch ((enum limited_lane)s->state) {
	case LIMITED_IDLE:
		limited_sleep(l, s);
		break;
	case LIMITED_READY:
		limited_begin(l, s, out->now_ns);
		break;
	case LIMITED_SENDING:
		limited_emit(l, s, out);
		break;
	case LIMITED_WAITING:
		/* Round-trip times seen meanwhile may make it worth waiting longer. */
		if (s->pending > 0 && limited_wait_ns(l, s) > out->now_ns &&
		    h->phase != LIMITED_DONE)
			limited_wake(l, s, limited_wait_ns(l, s));
		else
			limited_judge(l, s, out->now_ns);
		break;
	}
}

unsigned limited_next(struct limited *l, uint64_t now_ns, struct probe_shot *ret, unsigned n,
		      uint64_t *ret_wake_ns)
{
	struct limited_out out = { .shot = ret, .now_ns = now_ns };

	*ret_wake_ns = LIMITED_NEVER;
	if (limited_over(l))
		return 0;
	out.room = MIN(n, pace_allow(l->pace, now_ns, ret_wake_ns));
	if (!out.room)
		return 0;
	while (out.n < out.room && l->heap_n > 0 && !limited_over(l) &&
	       l->lane[l->heap[0]].wake_ns <= now_ns)
		step(l, &l->lane[l->heap[0]], &out);
	pace_sent(l->pace, out.n);
	*ret_wake_ns =
		l->heap_n > 0 && !limited_over(l) ? l->lane[l->heap[0]].wake_ns : LIMITED_NEVER;
	return out.n;
}

bool limited_over(const struct limited *l)
{
	return l->hosts_left == 0;
}

void limited_loss(struct limited *l, double loss)
{
	l->told_loss = loss;
}

struct limiter_guess limited_guess(const struct limited *l, uint32_t slot)
{
	return l->host[slot].guess;
}

uint64_t limited_strays(const struct limited *l)
{
	return l->strays;
}

static double left_s(const struct limited *l, const struct limited_host *h)
{
	const struct limited_source *lane = &l->lane[(h - l->host) * l->conf.sources];
	double closed = limited_closed(h) * (l->conf.ask_n - h->fresh + h->again.n), rate,
	       tokens = 0;

	if (h->phase == LIMITED_DONE || h->guess.unlimited || l->conf.impatient)
		return 0;
	if (h->phase == LIMITED_QUIET)
		return 2.0 * LIMITER_REST_NS / (double)NS_PER_S;
	rate = h->guess.rate;
	/*
	 * What is foretold should be near, not safe: Linux sends 10/s since 2026 whatever the
	 * route, and before then 4/s on link and 16/s beyond.
	 */
	if (!h->guess.fitted && l->conf.family[h - l->host] == 6)
		rate = MAX(rate, LIKELY_RATE6);
	rate = MIN(rate * l->conf.share * l->conf.sources, h->host_rate);
	for (uint32_t i = 0; i < l->conf.sources; i++)
		tokens += lane[i].filled ? MAX(0, lane[i].bucket.tokens_min) : h->guess.burst;
	/* Two sentinels for each batch of those that will be silent. */
	closed += 2.0 * (h->suspect.n + LIMITED_BATCH_MAX - 1) / LIMITED_BATCH_MAX;
	return MAX(0, closed - tokens) / rate;
}

uint64_t limited_left_ns(const struct limited *l, uint64_t now_ns)
{
	double most = 0, timeout = (double)l->conf.host_timeout_ns / (double)NS_PER_S;

	for (uint32_t slot = 0; slot < l->conf.slots; slot++) {
		double s = left_s(l, &l->host[slot]);
		double gone = (double)(now_ns - l->host[slot].start_ns) / (double)NS_PER_S;

		if (timeout > 0)
			s = MIN(s, MAX(0, timeout - gone));
		most = MAX(most, s);
	}
	return (uint64_t)(most * (double)NS_PER_S);
}
