/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/grid_canary.h"

#include <errno.h>

#define LOOK_MAX       65536             /* places passed over in one call: some milliseconds */
#define REFUSED_NS     (200 * NS_PER_US) /* pause when nothing of what was handed out could leave */
#define AGAIN_LEAST_NS (2 * NS_PER_MS)
#define AGAIN_MOST_NS  (64 * NS_PER_MS)

static uint32_t cells_of(const struct grid *g)
{
	return g->conf.slots * g->conf.ask_n;
}

static bool undecided(const struct probe_cell *c)
{
	return c->state == CELL_OPEN_QUESTION && c->from != GRID_EXCUSED;
}

/* Each pass has an order of its own: what queues and limiters did to one they do not repeat. */
static void walk_begin(struct grid *g)
{
	struct hash_key key = g->conf.seed;

	key.k[1] ^= g->pass;
	permute_init(&g->order, g->conf.by_slot ? g->conf.slots : cells_of(g), &key);
	g->at = 0;
	g->ahead_at = g->ahead_n = 0;
	g->ask_at = 0;
	g->left_out = 0;
	g->walk_asked = g->asked;
	g->phase = GRID_WALKING;
}

/* What a former run left: how much there is to do, and who can serve as a canary. */
static void take_stock(struct grid *g)
{
	for (uint32_t i = 0; i < cells_of(g); i++) {
		const struct probe_cell *c = &g->cell[i];

		g->silent += undecided(c);
		if (c->state != CELL_ANSWERED)
			continue;
		g->count.answered++;
		if (c->kind != REPLY_ERROR && c->kind != REPLY_NONE)
			grid_canary_answerer(g, i, g->start_ns, UINT32_MAX);
	}
}

void grid_init(struct grid *g, const struct grid_conf *conf, struct probe_cell *cells,
	       struct pace *pace, struct rtt *rtt, uint64_t now_ns)
{
	*g = (struct grid){
		.conf = *conf,
		.cell = cells,
		.pace = pace,
		.rtt = rtt,
		.drained = pace->drained,
		.start_ns = now_ns,
	};
	g->conf.tries_max = MIN(MAX(conf->tries_max, 1), ASK_TRIES_MAX);
	g->judge_ns = grid_canary_wait(g);
	walk_begin(g);
	take_stock(g);
	if (g->silent == 0)
		g->phase = GRID_OVER;
}

/* Reckon the next places and have their cells fetched: memory is slower than all else here. */
static bool look_ahead(struct grid *g)
{
	uint32_t stride = g->conf.by_slot ? g->conf.ask_n : 1;
	uint64_t left = g->order.n - g->at;

	g->ahead_at = 0;
	g->ahead_n = (uint32_t)MIN(left, GRID_AHEAD);
	for (uint32_t i = 0; i < g->ahead_n; i++) {
		g->ahead[i] = (uint32_t)permute_at(&g->order, g->at++);
		__builtin_prefetch(&g->cell[(size_t)g->ahead[i] * stride], 1);
	}
	return g->ahead_n > 0;
}

/* The next place of the walk, as the shot that would ask it; false at its end. */
static inline bool place_next(struct grid *g, struct probe_shot *ret)
{
	uint32_t what;

	if (g->ahead_at == g->ahead_n && !look_ahead(g))
		return false;
	what = g->ahead[g->ahead_at];
	if (!g->conf.by_slot) {
		g->ahead_at++;
		*ret = (struct probe_shot){ .slot = what / g->conf.ask_n,
					    .ask = what % g->conf.ask_n };
		return true;
	}
	*ret = (struct probe_shot){ .slot = what, .ask = g->ask_at };
	if (++g->ask_at == g->conf.ask_n) {
		g->ask_at = 0;
		g->ahead_at++;
	}
	return true;
}

static inline bool wanted(const struct grid *g, const struct probe_cell *c)
{
	return undecided(c) && c->tries < g->conf.tries_max && (!g->again || c->tries <= g->pass);
}

/* Fill @ret from the walk, canaries among the others. */
static unsigned walk(struct grid *g, uint64_t now_ns, struct probe_shot *ret, unsigned n)
{
	uint32_t now_us = (uint32_t)((now_ns - g->start_ns) / NS_PER_US);
	uint32_t room = GRID_CANARIES - grid_canary_waiting(g);
	unsigned every = pace_canary_every(g->pace, g->judge_ns, MAX(room, 1));
	unsigned got = 0;

	for (unsigned looked = 0; got < n && looked < LOOK_MAX; looked++) {
		struct probe_cell *c;

		if (g->since_canary >= every && g->answerer_n > 0 &&
		    grid_canary_shot(g, now_ns, &ret[got])) {
			got++;
			continue;
		}
		if (!place_next(g, &ret[got]))
			break;
		c = &g->cell[(size_t)ret[got].slot * g->conf.ask_n + ret[got].ask];
		if (!wanted(g, c))
			continue;
		c->sent_us = now_us;
		ret[got++].try = c->tries++;
		g->asked++;
		g->since_canary++;
	}
	return got;
}

static bool walk_ended(const struct grid *g)
{
	return g->at == g->order.n && g->ahead_at == g->ahead_n;
}

/*
 * The walk is through. What could not leave is tried once more after a pause, which grows while
 * nothing of it leaves, until that has been so for too long.
 */
static void walk_end(struct grid *g, uint64_t now_ns)
{
	if (g->left_out == 0 || g->stuck) {
		g->phase = GRID_WAITING;
		return;
	}
	if (g->asked != g->walk_asked || g->again_until_ns == 0) {
		g->again_until_ns = now_ns + MAX(g->conf.wait_max_ns, NS_PER_S);
		g->again_after_ns = AGAIN_LEAST_NS;
	} else if (now_ns >= g->again_until_ns) {
		g->stuck = true;
		g->phase = GRID_WAITING;
		return;
	} else {
		g->again_after_ns = MIN(g->again_after_ns * 2, AGAIN_MOST_NS);
	}
	g->hold_ns = now_ns + g->again_after_ns;
	g->again = true;
	walk_begin(g);
}

static void finish(struct grid *g)
{
	for (uint32_t i = 0; i < cells_of(g); i++) {
		struct probe_cell *c = &g->cell[i];

		if (!undecided(c))
			continue;
		c->state = c->tries > 0 ? CELL_SILENT : CELL_UNSENT;
		c->code = c->tries > 0 ? 0 : EAGAIN;
	}
	g->phase = GRID_OVER;
}

static void pass_end(struct grid *g)
{
	if (!grid_wants_pass(g)) {
		finish(g);
		return;
	}
	g->pass++;
	g->again = false;
	g->again_until_ns = 0;
	g->last_sent_ns = 0;
	walk_begin(g);
}

/*
 * While answers are waited for, a run that has sent too few canaries to tell its loss sends more,
 * in proportion to its size: they cost no time of their own.
 */
static unsigned wait_canaries(struct grid *g, uint64_t now_ns, struct probe_shot *ret, unsigned n)
{
	uint64_t enough = MIN(2 * g->count.answered, GRID_SOUND);
	unsigned got = 0;

	while (got < n && g->canary_new < enough && grid_canary_shot(g, now_ns, &ret[got]))
		got++;
	return got;
}

static unsigned sent(struct grid *g, uint64_t now_ns, unsigned n)
{
	if (n > 0)
		g->last_sent_ns = now_ns;
	g->count.sent += n;
	g->handed += n;
	pace_sent(g->pace, n);
	return n;
}

static uint64_t soon(const struct grid *g)
{
	return rtt_soon(g->rtt, g->conf.wait_first_ns, g->conf.wait_min_ns, g->conf.wait_max_ns);
}

/*
 * A connection's SYN-ACK that was lost comes again after a second: who waits for such before every
 * pass waits longer than it takes to ask again. Before the verdict it is waited for.
 */
static uint64_t wait_of_pass(const struct grid *g)
{
	if (!grid_wants_pass(g))
		return grid_wait(g);
	return soon(g);
}

static unsigned wait_next(struct grid *g, uint64_t now_ns, struct probe_shot *ret, unsigned n,
			  uint64_t *ret_wake_ns)
{
	uint64_t until = g->last_sent_ns ? g->last_sent_ns + wait_of_pass(g) : 0;
	uint64_t pace_wake = UINT64_MAX;
	unsigned may, got = 0;

	if (now_ns >= until) {
		pass_end(g);
		return 0;
	}
	if (g->answerer_n > 0 && g->canary_new < GRID_SOUND) {
		may = pace_allow(g->pace, now_ns, &pace_wake);
		got = wait_canaries(g, now_ns, ret, MIN(n, may));
	}
	*ret_wake_ns = MIN(until, pace_wake);
	return sent(g, now_ns, got);
}

static unsigned walk_next(struct grid *g, uint64_t now_ns, struct probe_shot *ret, unsigned n,
			  uint64_t *ret_wake_ns)
{
	unsigned may = pace_allow(g->pace, now_ns, ret_wake_ns);
	unsigned got;

	if (may == 0)
		return 0;
	got = walk(g, now_ns, ret, MIN(n, may));
	if (got == 0 && walk_ended(g))
		walk_end(g, now_ns);
	return sent(g, now_ns, got);
}

/* Once a queue is gone nobody need wait for as long as while it stood. */
static void forget_queue(struct grid *g, uint64_t now_ns)
{
	if (g->drained != g->pace->drained) {
		g->drained = g->pace->drained;
		if (g->calm_ns == 0) {
			rtt_anew(g->rtt);
			g->calm_ns = now_ns + 2 * soon(g);
		}
	}
	if (g->calm_ns > 0 && now_ns >= g->calm_ns && rtt_forget(g->rtt))
		g->calm_ns = 0;
}

unsigned grid_next(struct grid *g, uint64_t now_ns, struct probe_shot *ret, unsigned n,
		   uint64_t *ret_wake_ns)
{
	*ret_wake_ns = now_ns;
	if (n == 0 || g->phase == GRID_OVER)
		return 0;
	if (g->handed > 0 && g->refused >= g->handed)
		g->hold_ns = MAX(g->hold_ns, now_ns + REFUSED_NS);
	g->handed = g->refused = 0;
	grid_canary_expire(g, now_ns);
	forget_queue(g, now_ns);
	if (g->rtt->n > 0)
		pace_rtt(g->pace, (uint64_t)g->rtt->srtt_ns);
	if (now_ns < g->hold_ns) {
		*ret_wake_ns = g->hold_ns;
		return 0;
	}
	return g->phase == GRID_WALKING ? walk_next(g, now_ns, ret, n, ret_wake_ns)
					: wait_next(g, now_ns, ret, n, ret_wake_ns);
}

void grid_unsent(struct grid *g, const struct probe_shot *shot, int fatal)
{
	uint32_t at = shot->slot * g->conf.ask_n + shot->ask;
	struct probe_cell *c = &g->cell[at];

	g->refused++;
	g->count.sent -= g->count.sent > 0;
	if (shot->canary) {
		grid_canary_unsent(g, at, shot->try);
		return;
	}
	c->tries = (uint8_t)(c->tries - (c->tries > 0));
	g->asked--;
	if (!undecided(c))
		return;
	if (!fatal) {
		g->left_out++;
		return;
	}
	c->state = CELL_UNSENT;
	c->code = (uint8_t)MIN(fatal, UINT8_MAX);
	if (--g->silent == 0)
		g->phase = GRID_OVER;
}

bool grid_over(const struct grid *g)
{
	return g->phase == GRID_OVER;
}
