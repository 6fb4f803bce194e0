/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/grid_canary.h"

static bool positive(uint8_t kind)
{
	return kind == REPLY_ANSWER || kind == REPLY_SYNACK || kind == REPLY_RST;
}

/*
 * The time from the last try on, when the reply is to that try (Karn's rule: when it cannot be
 * told which try it answers, only that of a single one counts).
 */
static uint32_t rtt_us_of(const struct grid *g, const struct probe_cell *c, const struct reply *r)
{
	uint32_t us = (uint32_t)((r->t_ns - g->start_ns) / NS_PER_US) - c->sent_us;

	if (r->t_ns < g->start_ns || c->tries == 0 ||
	    (r->try < 0 ? c->tries > 1 : r->try != c->tries - 1))
		return UINT32_MAX;
	return us > UINT32_MAX / 2 ? 0 : us; /* the clock of arrivals is another by a hair */
}

static void store(struct probe_cell *c, uint16_t from, const struct reply *r, uint32_t rtt_us)
{
	c->state = CELL_ANSWERED;
	c->kind = r->kind;
	c->type = r->type;
	c->code = r->code;
	c->from = from;
	c->ttl = r->ttl < 0 ? 0 : (uint8_t)MIN(r->ttl, UINT8_MAX);
	c->rtt_us = rtt_us;
}

/* The slot has spoken: what else it was to be asked is of no interest any more. */
static void settle(struct grid *g, uint32_t slot)
{
	struct probe_cell *c = &g->cell[(size_t)slot * g->conf.ask_n];

	for (uint32_t i = 0; i < g->conf.ask_n; i++)
		if (c[i].state == CELL_OPEN_QUESTION && c[i].from != GRID_EXCUSED) {
			c[i].from = GRID_EXCUSED;
			g->silent--;
		}
}

/* Who speaks of a try that never was did not see it. (Of answered cells it may be a canary.) */
static bool never_sent(const struct probe_cell *c, const struct reply *r)
{
	return r->try >= c->tries;
}

static void first_reply(struct grid *g, uint32_t at, uint16_t from, const struct reply *r)
{
	struct probe_cell *c = &g->cell[at];
	unsigned try = r->try >= 0 ? (unsigned)r->
	try : c
		->tries > 0 ? c->tries - 1u : 0;
	uint32_t rtt_us = rtt_us_of(g, c, r);

	if (c->state == CELL_OPEN_QUESTION)
		g->silent -= c->from != GRID_EXCUSED;
	else
		g->count.late++;
	g->count.answered++;
	g->count.rescued += try > 0;
	store(c, from, r, rtt_us);
	if (rtt_us != UINT32_MAX)
		grid_rtt(g, rtt_us * NS_PER_US);
	if (positive(r->kind)) {
		g->heard++;
		g->unheard_tries += MIN(try, ASK_TRIES_MAX);
		grid_canary_answerer(g, at, r->t_ns, rtt_us);
	}
	if (g->conf.enough && (positive(r->kind) || from == 0))
		settle(g, at / g->conf.ask_n);
	if (g->silent == 0)
		g->phase = GRID_OVER;
}

bool grid_reply(struct grid *g, uint32_t slot, uint32_t ask, uint16_t from,
		const struct reply *reply)
{
	struct probe_cell *c;
	uint32_t at;

	if (slot >= g->conf.slots || ask >= g->conf.ask_n ||
	    (!positive(reply->kind) && reply->kind != REPLY_ERROR))
		return false;
	at = slot * g->conf.ask_n + ask;
	c = &g->cell[at];
	if (c->state != CELL_ANSWERED && never_sent(c, reply)) {
		g->count.stray++;
		return false;
	}
	if (c->state != CELL_ANSWERED) {
		first_reply(g, at, from, reply);
		return true;
	}
	if (grid_canary_reply(g, at, reply->try, reply->t_ns))
		return false;
	if (c->kind == REPLY_ERROR && positive(reply->kind) && !never_sent(c, reply)) {
		store(c, from, reply, rtt_us_of(g, c, reply));
		grid_canary_answerer(g, at, reply->t_ns, c->rtt_us);
		return true;
	}
	g->count.duplicates++;
	return false;
}
