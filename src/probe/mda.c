/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/mda.h"

#include <stdalign.h>
#include <string.h>

#include "probe/mda_own.h"

#define GAP_FIRST_NS (25 * NS_PER_MS)
#define GAP_MOST_NS \
	NS_PER_S /* what routers that limit their errors give is rarely less than one a second */
#define BURST_MAX 16

static bool conf_good(const struct mda_conf *c)
{
	return c->first >= 1 && c->first <= c->last && c->last <= TRACE_HOPS_MAX && c->flows >= 1 &&
	       c->flows <= HOP_FLOWS_MAX && c->confidence >= 0.5 && c->confidence <= 0.9999 &&
	       c->tries >= 1 && c->tries <= MDA_TRIES_MAX && c->timeout_ns > 0 &&
	       c->timeout_ns <= TRACE_NEVER / 4 && c->spacing_ns <= TRACE_NEVER / 4 &&
	       hop_shot_least((enum ask_kind)c->kind, c->dst.family) > 0;
}

static size_t cells_of(const struct mda_conf *c)
{
	return (size_t)(c->last - c->first + 1) * c->flows;
}

/* Members in the order of falling alignment: each begins where the one before ends. */
size_t mda_size(const struct mda_conf *conf)
{
	_Static_assert(alignof(struct mda_view) == 8 && alignof(struct mda_cell) == 8, "layout");
	if (!conf_good(conf))
		return 0;
	return sizeof(struct mda) + sizeof(struct mda_view) +
	       cells_of(conf) * (sizeof(struct mda_cell) + sizeof(uint16_t));
}

struct mda *mda_init(void *mem, const struct mda_conf *conf, uint64_t now_ns)
{
	struct mda *m = mem;

	memset(mem, 0, mda_size(conf));
	m->conf = *conf;
	m->levels = conf->last - conf->first + 1u;
	m->next_ns = now_ns;
	m->view = (struct mda_view *)(m + 1);
	m->cell = (struct mda_cell *)(m->view + 1);
	m->view->now_ns = now_ns;
	m->view->at = (uint16_t *)(m->cell + cells_of(conf));
	return m;
}

struct mda_cell *mda_cell_at(const struct mda *m, unsigned level, unsigned flow)
{
	return &m->cell[(size_t)level * m->conf.flows + flow];
}

uint16_t *mda_at(const struct mda *m, unsigned level, unsigned flow)
{
	return &m->view->at[(size_t)level * m->conf.flows + flow];
}

/*
 * How long a first try is waited for is known once somebody as far away has answered. Later tries are
 * waited for longer; where nobody answers at all, silence is believed after the whole timeout.
 */
uint64_t mda_cell_until(const struct mda *m, unsigned level, const struct mda_cell *c)
{
	uint64_t wait_ns = m->conf.timeout_ns;
	unsigned more = MIN(c->tries - 1u, 2u);

	if ((int)level <= m->view->last_seen && m->rtt_ns < wait_ns / 8)
		wait_ns = MIN(wait_ns, (2 * m->rtt_ns + 20 * NS_PER_MS) << more);
	if (m->view->row[level].answered == 0 && c->tries >= m->conf.tries)
		wait_ns = m->conf.timeout_ns;
	return c->sent_ns + wait_ns;
}

/*
 * Where others answer at this hop limit, silence is rather loss or a limit, so that it is asked twice as often,
 * until two flows have shown that there is a silent branch. Where nobody does, three flows are enough to say so.
 */
bool mda_cell_again(const struct mda *m, unsigned level, const struct mda_cell *c)
{
	const struct mda_row *r = &m->view->row[level];
	unsigned tries = m->conf.tries;

	if (r->answered > 0 && r->given_up_late < 2)
		tries *= 2;
	if (r->answered == 0 && r->given_up >= 3)
		tries = 1;
	return c->state == MDA_CELL_WAITING && c->tries < tries;
}

static void shot_make(const struct mda *m, unsigned level, unsigned flow, struct hop_shot *ret)
{
	const struct mda_cell *c = mda_cell_at(m, level, flow);

	*ret = (struct hop_shot){
		.dst = m->conf.dst,
		.kind = m->conf.kind,
		.hops = (uint8_t)(m->conf.first + level),
		.tos = m->conf.tos,
		.port = m->conf.port,
		.flow = (uint16_t)flow,
		.number = (uint16_t)(1 + level * MDA_NUMBERS + c->tries),
		.len = m->conf.len,
	};
}

void mda_next(const struct mda *m, uint64_t now_ns, struct trace_step *ret)
{
	const struct mda_view *v;
	uint64_t at_ns;

	*ret = (struct trace_step){ .what = TRACE_DONE };
	if (m->stopped)
		return;
	v = mda_view_at(m, now_ns);
	at_ns = MAX(v->pick.at_ns, m->next_ns);
	if (v->pick.have && now_ns >= at_ns) {
		ret->what = TRACE_SEND;
		shot_make(m, v->pick.level, v->pick.flow, &ret->shot);
		return;
	}
	ret->until_ns = v->pick.have ? MIN(at_ns, v->until_ns) : v->until_ns;
	if (m->repeat_end_ns > now_ns)
		ret->until_ns = MIN(ret->until_ns, m->repeat_end_ns);
	if (ret->until_ns != TRACE_NEVER)
		ret->what = TRACE_WAIT;
}

/* The pace is kept over time, but a delay is made up for with a short burst only. */
static void turn_on(struct mda *m, uint64_t now_ns)
{
	uint64_t credit = MIN(now_ns, m->conf.spacing_ns * BURST_MAX);

	m->next_ns = MAX(m->next_ns + m->conf.spacing_ns, now_ns - credit);
	m->view->fresh = false;
}

/* A second try in vain where others answer: whoever is there may answer only so often. */
static void gap_widen(struct mda_level *l, unsigned tries)
{
	if (tries == 1)
		l->gap_ns = MAX(l->gap_ns, GAP_FIRST_NS);
	else if (tries > 1)
		l->gap_ns = MIN(l->gap_ns * 2, GAP_MOST_NS);
}

void mda_sent(struct mda *m, const struct trace_step *step, uint64_t now_ns)
{
	unsigned level = (unsigned)step->shot.hops - m->conf.first;
	struct mda_cell *c = mda_cell_at(m, level, step->shot.flow);
	struct mda_level *l = &m->level[level];

	m->probes++;
	l->last_ns = now_ns;
	if (c->state == MDA_CELL_ANSWERED) {
		l->repeats++;
		m->repeat_end_ns = now_ns + MIN(m->conf.timeout_ns, 2 * m->rtt_ns + 20 * NS_PER_MS);
	} else {
		if (m->view->row[level].answered > 0)
			gap_widen(l, c->tries);
		c->state = MDA_CELL_WAITING;
	}
	c->tries++;
	c->sent_ns = now_ns;
	m->flows = MAX(m->flows, step->shot.flow + 1u);
	turn_on(m, now_ns);
}

void mda_send_failed(struct mda *m, const struct trace_step *step, int error, uint64_t now_ns)
{
	unsigned level = (unsigned)step->shot.hops - m->conf.first;
	struct mda_cell *c = mda_cell_at(m, level, step->shot.flow);

	(void)error;
	m->failed++;
	if (c->state == MDA_CELL_ANSWERED)
		m->level[level].repeats++;
	else
		c->state = MDA_CELL_FAILED;
	c->tries++;
	m->flows = MAX(m->flows, step->shot.flow + 1u);
	turn_on(m, now_ns);
}

void mda_send_later(struct mda *m, uint64_t later_ns)
{
	m->next_ns += MIN(later_ns, TRACE_NEVER / 4);
}

void mda_stop(struct mda *m)
{
	m->stopped = true;
}
