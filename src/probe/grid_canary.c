/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/grid_canary.h"

/* The rate must fall before queues that overflow cost much; one judged too soon is taken back. */
#define JUDGE_LEAST_NS (2 * NS_PER_MS)

static uint64_t judge_wait(const struct grid *g)
{
	return rtt_wait(g->rtt, g->conf.wait_first_ns, MIN(g->conf.wait_min_ns, JUDGE_LEAST_NS),
			g->conf.wait_max_ns);
}

void grid_canary_answerer(struct grid *g, uint32_t cell)
{
	g->answerer[g->answerer_at] = cell;
	g->answerer_at = (g->answerer_at + 1) % GRID_CANARIES;
	g->answerer_n = MIN(g->answerer_n + 1, GRID_CANARIES);
}

/* Tries of a canary are told from those of the cell where there is room for that. */
static uint8_t canary_try(const struct grid *g)
{
	unsigned spare = ASK_TRIES_MAX - g->conf.tries_max;

	return spare == 0 ? ASK_TRIES_MAX - 1
			  : (uint8_t)(g->conf.tries_max + g->canary_new % spare);
}

bool grid_canary_shot(struct grid *g, uint64_t now_ns, struct probe_shot *ret)
{
	struct grid_canary *c = &g->canary[g->canary_new % GRID_CANARIES];

	if (g->answerer_n == 0 || grid_canary_waiting(g) == GRID_CANARIES)
		return false;
	*c = (struct grid_canary){
		.sent_ns = now_ns,
		.cell = g->answerer[g->answerer_next++ % g->answerer_n],
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
	struct grid_canary *c = canary_find(g, cell, try, &open);

	if (!c)
		return false;
	if (c->state == GRID_CANARY_LOST) {
		g->count.canaries_lost--;
		pace_canary_late(g->pace);
	}
	c->state = GRID_CANARY_SEEN;
	if (open == 1) /* else it may be another's, and the time is not known */
		rtt_add(g->rtt, t_ns > c->sent_ns ? t_ns - c->sent_ns : 0);
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
	uint64_t wait = 0;

	for (; g->canary_old != g->canary_new; g->canary_old++) {
		struct grid_canary *c = &g->canary[g->canary_old % GRID_CANARIES];
		bool waiting = c->state == GRID_CANARY_WAITING;

		if (c->state == GRID_CANARY_NONE)
			continue;
		if (waiting) {
			wait = wait ? wait : judge_wait(g);
			if (now_ns < c->sent_ns + wait)
				return;
			c->state = GRID_CANARY_LOST;
		}
		g->count.canaries++;
		g->count.canaries_lost += waiting;
		pace_canary(g->pace, waiting, c->sent_ns);
	}
}
