/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/grid_canary.h"

/* The rate must fall before queues that overflow cost much; one judged too soon is taken back. */
#define JUDGE_LEAST_NS (2 * NS_PER_MS)

uint64_t grid_canary_wait(const struct grid *g)
{
	return rtt_soon(g->rtt, g->conf.wait_first_ns, MIN(g->conf.wait_min_ns, JUDGE_LEAST_NS),
			g->conf.wait_max_ns);
}

/* The place of one that has gone: there is one. */
static uint32_t gone(struct grid *g)
{
	uint32_t i = 0;

	while (!g->answerer[i].gone)
		i++;
	g->answerer_gone--;
	return i;
}

void grid_canary_answerer(struct grid *g, uint32_t cell, uint64_t t_ns, uint32_t rtt_us)
{
	uint32_t i = g->answerer_n;

	if (i == GRID_CANARIES && g->answerer_gone == 0)
		return;
	if (i == GRID_CANARIES)
		i = gone(g);
	else
		g->answerer_n++;
	g->answerer[i] = (struct grid_answerer){
		.heard_ns = t_ns,
		.cell = cell,
		.least_us = rtt_us,
	};
}

static struct grid_answerer *answerer_of(struct grid *g, const struct grid_canary *c)
{
	struct grid_answerer *a = &g->answerer[c->answerer];

	return a->cell == c->cell ? a : NULL;
}

static void lost(struct grid *g, const struct grid_canary *c)
{
	struct grid_answerer *a = answerer_of(g, c);

	if (!a || a->gone || c->sent_ns < a->heard_ns + g->conf.wait_max_ns)
		return;
	a->gone = true;
	g->answerer_gone++;
}

/* @rtt_ns 0: not known. */
static void heard(struct grid *g, const struct grid_canary *c, uint64_t rtt_ns)
{
	struct grid_answerer *a = answerer_of(g, c);

	if (!a)
		return;
	g->answerer_gone -= a->gone;
	a->gone = false;
	a->heard_ns = MAX(a->heard_ns, c->sent_ns + rtt_ns);
	if (rtt_ns == 0)
		return;
	a->least_us = (uint32_t)MIN(rtt_ns / NS_PER_US, a->least_us);
	pace_answered(g->pace, &(struct pace_answer){ .sent_ns = c->sent_ns,
						      .before = c->before,
						      .rtt_ns = rtt_ns,
						      .least_ns = a->least_us * NS_PER_US });
}

/* Tries of a canary are told from those of the cell where there is room for that. */
static uint8_t canary_try(const struct grid *g)
{
	unsigned spare = ASK_TRIES_MAX - g->conf.tries_max;
	uint32_t turn = g->answerer_next / g->answerer_n;

	return spare == 0 ? ASK_TRIES_MAX - 1 : (uint8_t)(g->conf.tries_max + turn % spare);
}

bool grid_canary_shot(struct grid *g, uint64_t now_ns, struct probe_shot *ret)
{
	struct grid_canary *c = &g->canary[g->canary_new % GRID_CANARIES];
	uint32_t i;

	if (g->answerer_n == 0 || grid_canary_waiting(g) == GRID_CANARIES)
		return false;
	i = g->answerer_next++ % g->answerer_n;
	*c = (struct grid_canary){
		.sent_ns = now_ns,
		.before = g->pace->sent,
		.cell = g->answerer[i].cell,
		.answerer = (uint16_t)i,
		.try = canary_try(g),
		.state = GRID_CANARY_WAITING,
	};
	g->canary_new++;
	g->since_canary = 0;
	*ret = (struct probe_shot){
		.slot = c->cell / g->conf.ask_n,
		.ask = c->cell % g->conf.ask_n,
		.try = c->try,
		.canary = true,
	};
	return true;
}

/*
 * The canary that a reply is to: the oldest that waits for it; else the latest, if that was taken
 * for lost. @ret_open: among how many without an answer that was chosen.
 */
static struct grid_canary *canary_find(struct grid *g, uint32_t cell, int try, unsigned *ret_open)
{
	uint32_t kept = MIN(g->canary_new, GRID_CANARIES);
	struct grid_canary *waiting = NULL, *last = NULL;

	*ret_open = 0;
	for (uint32_t i = g->canary_new - kept; i != g->canary_new; i++) {
		struct grid_canary *c = &g->canary[i % GRID_CANARIES];

		if (c->cell != cell || (try >= 0 && try != c->try))
			continue;
		last = c;
		*ret_open += c->state == GRID_CANARY_WAITING || c->state == GRID_CANARY_LOST;
		if (c->state == GRID_CANARY_WAITING && !waiting)
			waiting = c;
	}
	return waiting ? waiting : last && last->state == GRID_CANARY_LOST ? last : NULL;
}

bool grid_canary_reply(struct grid *g, uint32_t cell, int try, uint64_t t_ns)
{
	unsigned open;
	uint64_t rtt;
	struct grid_canary *c = canary_find(g, cell, try, &open);

	if (!c)
		return false;
	if (c->state == GRID_CANARY_LOST) {
		g->count.canaries_lost--;
		pace_canary_late(g->pace, c->sent_ns);
	}
	c->state = GRID_CANARY_SEEN;
	rtt = t_ns > c->sent_ns ? t_ns - c->sent_ns : 0;
	if (open == 1) /* else it may be another's, and the time is not known */
		grid_rtt(g, rtt);
	heard(g, c, open == 1 ? rtt : 0);
	return true;
}

void grid_canary_unsent(struct grid *g, uint32_t cell, uint8_t try)
{
	for (uint32_t i = g->canary_new; i != g->canary_old; i--) {
		struct grid_canary *c = &g->canary[(i - 1) % GRID_CANARIES];

		if (c->cell == cell && c->try == try && c->state == GRID_CANARY_WAITING) {
			c->state = GRID_CANARY_NONE;
			return;
		}
	}
}

/*
 * Judged in the order they were sent: answers are known soon, losses late, and whoever counted
 * them as they become known would always find the latest ones answered.
 */
void grid_canary_expire(struct grid *g, uint64_t now_ns)
{
	bool known = g->rtt->n < RTT_FEW;

	if (known)
		g->judge_ns = grid_canary_wait(g);
	for (; g->canary_old != g->canary_new; g->canary_old++) {
		struct grid_canary *c = &g->canary[g->canary_old % GRID_CANARIES];
		bool waiting = c->state == GRID_CANARY_WAITING;

		if (c->state == GRID_CANARY_NONE)
			continue;
		if (waiting) {
			if (!known)
				g->judge_ns = grid_canary_wait(g);
			known = true;
			if (now_ns < c->sent_ns + g->judge_ns)
				return;
			c->state = GRID_CANARY_LOST;
			lost(g, c);
		}
		g->count.canaries++;
		g->count.canaries_lost += waiting;
		pace_canary(g->pace, waiting, c->sent_ns);
	}
}
