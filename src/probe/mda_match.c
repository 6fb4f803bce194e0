/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "probe/mda_own.h"

/* Time exceeded on the way (not in reassembly): everything else ends the path. */
static bool goes_on(const struct hop_reply *r)
{
	return r->kind == REPLY_ERROR && r->type == (r->dst.family == 6 ? 3 : 11) && r->code == 0;
}

/* Its own word, or what only the target's own stack says (port, protocol unreachable) by another address of it. */
static bool of_target(const struct hop_reply *r)
{
	if (r->kind != REPLY_ERROR)
		return true;
	if (ip_eq(&r->from, &r->dst))
		return !goes_on(r);
	if (r->dst.family == 6)
		return r->type == 1 && r->code == 4;
	return r->type == 3 && (r->code == 2 || r->code == 3);
}

static uint16_t seen_find(struct mda *m, unsigned level, const struct hop_reply *r)
{
	uint8_t hops = (uint8_t)(m->conf.first + level);
	struct mda_seen *s = m->seen;

	for (; s < m->seen + m->seen_n; s++) {
		if (s->node.hops == hops && ip_eq(&s->node.addr, &r->from) &&
		    s->ends == !goes_on(r))
			return (uint16_t)(s - m->seen);
	}
	if (m->seen_n == MDA_NODES_MAX) {
		m->cut = true;
		return MDA_NOBODY;
	}
	*s = (struct mda_seen){ .ends = !goes_on(r), .target = of_target(r) };
	s->node.addr = r->from;
	s->node.hops = hops;
	s->node.rtt_ns = TRACE_NEVER;
	return (uint16_t)m->seen_n++;
}

static void seen_add(struct mda *m, uint16_t i, const struct hop_reply *r, uint64_t rtt_ns)
{
	struct mda_node *n = &m->seen[i].node;

	n->kind = r->kind;
	n->type = r->type;
	n->code = r->code;
	n->rtt_ns = MIN(n->rtt_ns, rtt_ns);
	if (rtt_ns != TRACE_NEVER)
		m->rtt_ns = MAX(m->rtt_ns, rtt_ns);
}

/*
 * Without a number: the target's answer is for the least limit that waits, beyond the last router that answered;
 * an error only for the single one that waits.
 */
static struct mda_cell *guess(const struct mda *m, const struct hop_reply *r, unsigned *ret_level)
{
	struct mda_cell *found = NULL;
	unsigned waiting = 0;

	for (unsigned l = 0; l < m->levels; l++) {
		struct mda_cell *c = mda_cell_at(m, l, r->flow);

		if (c->state == MDA_CELL_ANSWERED && !m->seen[c->seen].ends && of_target(r))
			found = NULL;
		if (c->state != MDA_CELL_WAITING)
			continue;
		waiting++;
		if (!found) {
			found = c;
			*ret_level = l;
		}
	}
	return of_target(r) || waiting == 1 ? found : NULL;
}

static struct mda_cell *cell_of(const struct mda *m, const struct hop_reply *r, unsigned *ret_level,
				unsigned *ret_try)
{
	struct mda_cell *c;

	if (r->flow >= m->flows)
		return NULL;
	if (r->number == 0) {
		c = guess(m, r, ret_level);
		*ret_try = c ? c->tries - 1u : 0;
		return c;
	}
	*ret_level = (r->number - 1u) / MDA_NUMBERS;
	*ret_try = (r->number - 1u) % MDA_NUMBERS;
	if (*ret_level >= m->levels)
		return NULL;
	c = mda_cell_at(m, *ret_level, r->flow);
	return *ret_try < c->tries && c->state != MDA_CELL_FAILED ? c : NULL;
}

/* A second answer to one flow at one hop limit: from another address, the flow takes several ways. */
static enum trace_verdict match_again(struct mda *m, const struct mda_cell *c,
				      const struct hop_reply *r, unsigned try)
{
	const struct mda_seen *s = &m->seen[c->seen];

	if (!ip_eq(&s->node.addr, &r->from) && (!s->ends || goes_on(r)))
		m->per_packet = true;
	return try > 0 && try == c->tries - 1u && m->repeat_end_ns > r->t_ns ? TRACE_FIRST
									     : TRACE_DUPLICATE;
}

enum trace_verdict mda_match(struct mda *m, const struct hop_reply *r, uint8_t *ret_hops)
{
	uint64_t rtt_ns = TRACE_NEVER;
	unsigned level = 0, try = 0;
	struct mda_cell *c = cell_of(m, r, &level, &try);
	bool late;
	uint16_t i;

	*ret_hops = 0;
	if (!c)
		return TRACE_NOT_OURS;
	*ret_hops = (uint8_t)(m->conf.first + level);
	if (c->state == MDA_CELL_ANSWERED)
		return match_again(m, c, r, try);
	i = seen_find(m, level, r);
	if (i == MDA_NOBODY)
		return TRACE_DUPLICATE;
	late = r->t_ns > c->sent_ns + m->conf.timeout_ns;
	if (try == c->tries - 1u && r->t_ns >= c->sent_ns)
		rtt_ns = r->t_ns - c->sent_ns;
	seen_add(m, i, r, rtt_ns);
	c->seen = i;
	c->state = MDA_CELL_ANSWERED;
	m->view->fresh = false;
	return late ? TRACE_LATE : TRACE_FIRST;
}
