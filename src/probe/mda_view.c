/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What follows from the answers: which nodes there are, which way each flow takes. */
#include <string.h>

#include "probe/mda_own.h"

/* What may become of a cell. */
enum fate { UNASKED, OPEN, ANSWERED, GIVEN_UP };

static enum fate fate_of(const struct mda *m, unsigned level, const struct mda_cell *c,
			 uint64_t now_ns)
{
	switch ((enum mda_cell_state)c->state) {
	case MDA_CELL_NONE:
		return UNASKED;
	case MDA_CELL_ANSWERED:
		return ANSWERED;
	case MDA_CELL_FAILED:
		return GIVEN_UP;
	case MDA_CELL_WAITING:
		break;
	}
	if (now_ns < mda_cell_until(m, level, c) || mda_cell_again(m, level, c))
		return OPEN;
	return GIVEN_UP;
}

/* What the cells of a hop limit say by themselves: how long others are waited for depends on it. */
static void answers_count(const struct mda *m, struct mda_view *v, unsigned level)
{
	struct mda_row *r = &v->row[level];

	*r = (struct mda_row){ 0 };
	for (unsigned f = 0; f < m->flows; f++) {
		const struct mda_cell *c = mda_cell_at(m, level, f);

		r->asked += c->state != MDA_CELL_NONE;
		r->answered += c->state == MDA_CELL_ANSWERED;
	}
	if (r->answered > 0)
		v->last_seen = (int)level;
}

static void silence_count(const struct mda *m, struct mda_view *v, unsigned level)
{
	unsigned given_up = 0, late = 0;

	for (unsigned f = 0; f < m->flows; f++) {
		const struct mda_cell *c = mda_cell_at(m, level, f);

		if (c->state != MDA_CELL_WAITING || v->now_ns < mda_cell_until(m, level, c))
			continue;
		given_up += c->tries >= m->conf.tries;
		late += c->tries >= m->conf.tries * 2;
	}
	v->row[level].given_up = (uint16_t)given_up;
	v->row[level].given_up_late = (uint16_t)late;
}

static uint16_t node_add(struct mda_view *v, struct mda_row *row, const struct mda_node *n,
			 uint16_t before, bool ends)
{
	uint16_t x = (uint16_t)v->node_n;

	if (v->node_n == MDA_NODES_MAX) {
		v->cut = true;
		return MDA_NOBODY;
	}
	v->node[x] = *n;
	v->node[x].flows = 0;
	v->tally[x] = (struct mda_tally){ .before = before, .ends = ends };
	v->node_n++;
	row->node_n++;
	row->routers += !ends;
	return x;
}

static uint16_t node_seen(const struct mda *m, struct mda_view *v, struct mda_row *row, uint16_t i)
{
	const struct mda_seen *s = &m->seen[i];
	uint16_t x = v->of_seen[i];

	if (x != MDA_NOBODY)
		return x;
	x = v->of_seen[i] = node_add(v, row, &s->node, MDA_NOBODY, s->ends);
	if (x != MDA_NOBODY)
		v->tally[x].target = s->target;
	return x;
}

static uint16_t node_silent(const struct mda *m, struct mda_view *v, unsigned level,
			    uint16_t before)
{
	struct mda_node n = { .hops = (uint8_t)(m->conf.first + level), .rtt_ns = TRACE_NEVER };
	struct mda_row *row = &v->row[level];

	for (unsigned x = row->node; x < row->node + row->node_n; x++) {
		if (v->node[x].addr.family == 0 && v->tally[x].before == before)
			return (uint16_t)x;
	}
	return node_add(v, row, &n, before, false);
}

static void edge_add(struct mda_view *v, uint16_t from, uint16_t to)
{
	uint32_t b = (from * 2654435761u ^ to * 40503u) % MDA_BUCKETS;

	for (; v->bucket[b] != 0; b = (b + 1) % MDA_BUCKETS) {
		struct mda_edge *e = &v->edge[v->bucket[b] - 1];

		if (e->from == from && e->to == to) {
			e->flows++;
			return;
		}
	}
	if (v->edge_n == MDA_EDGES_MAX) {
		v->cut = true;
		return;
	}
	v->edge[v->edge_n] = (struct mda_edge){ from, to, 1 };
	v->bucket[b] = (uint16_t)++v->edge_n;
	v->tally[from].next++;
}

uint16_t mda_through(const struct mda *m, unsigned level, unsigned flow)
{
	const struct mda_row *row = &m->view->row[level];
	uint16_t x = *mda_at(m, level, flow);

	return x == MDA_NOBODY && row->node_n == 1 ? row->node : x;
}

/* An answer whose way is not known may come from beyond the end of its path. */
static bool may_be_beyond(const struct mda_view *v, unsigned level, bool ends)
{
	return ends && level > 0 && v->row[level - 1].routers < v->row[level - 1].node_n;
}

static void cell_view(const struct mda *m, struct mda_view *v, unsigned level, unsigned f)
{
	struct mda_cell *c = mda_cell_at(m, level, f);
	uint16_t *at = mda_at(m, level, f), x = MDA_NOBODY;
	uint16_t p = level ? mda_through(m, level - 1, f) : MDA_SOURCE;
	enum fate fate;

	*at = MDA_NOBODY;
	if (p == MDA_ENDED || (p != MDA_NOBODY && v->tally[p].ends)) {
		*at = MDA_ENDED;
		return;
	}
	fate = fate_of(m, level, c, v->now_ns);
	v->row[level].open += fate == OPEN;
	if (fate == OPEN || fate == UNASKED) {
		if (p != MDA_NOBODY && fate == OPEN)
			v->tally[p].pending++;
		else if (p != MDA_NOBODY)
			v->tally[p].ready++;
		return;
	}
	if (fate == GIVEN_UP && p != MDA_NOBODY)
		x = node_silent(m, v, level, p);
	else if (fate == ANSWERED &&
		 (p != MDA_NOBODY || !may_be_beyond(v, level, m->seen[c->seen].ends)))
		x = node_seen(m, v, &v->row[level], c->seen);
	*at = x;
	if (x == MDA_NOBODY)
		return;
	v->node[x].flows++;
	if (p == MDA_NOBODY)
		return;
	v->tally[p].done++;
	edge_add(v, p, x);
}

/* Edges from this host are counted, not told. */
static void edges_tell(struct mda_view *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->edge_n; i++) {
		if (v->edge[i].from != MDA_SOURCE)
			v->edge[n++] = v->edge[i];
	}
	v->edge_n = n;
}

static void until_find(const struct mda *m, struct mda_view *v)
{
	v->until_ns = TRACE_NEVER;
	for (unsigned l = 0; l < m->levels; l++) {
		for (unsigned f = 0; v->row[l].asked > v->row[l].answered && f < m->flows; f++) {
			const struct mda_cell *c = mda_cell_at(m, l, f);
			uint64_t until_ns = mda_cell_until(m, l, c);

			if (c->state == MDA_CELL_WAITING && until_ns > v->now_ns &&
			    *mda_at(m, l, f) != MDA_ENDED)
				v->until_ns = MIN(v->until_ns, until_ns);
		}
	}
}

struct mda_view *mda_view_at(const struct mda *m, uint64_t now_ns)
{
	struct mda_view *v = m->view;

	v->now_ns = MAX(v->now_ns, now_ns);
	if (v->fresh && now_ns < v->until_ns)
		return v;
	v->node_n = v->edge_n = v->branch_n = 0;
	v->cut = false;
	v->last_seen = -1;
	memset(v->bucket, 0, sizeof(v->bucket));
	memset(v->of_seen, 0xff, sizeof(v->of_seen));
	v->tally[MDA_SOURCE] = (struct mda_tally){ .before = MDA_NOBODY };
	for (unsigned l = 0; l < m->levels; l++)
		answers_count(m, v, l);
	for (unsigned l = 0; l < m->levels; l++)
		silence_count(m, v, l);
	for (unsigned l = 0; l < m->levels; l++) {
		v->row[l].node = (uint16_t)v->node_n;
		for (unsigned f = 0; f < m->flows; f++)
			cell_view(m, v, l, f);
	}
	edges_tell(v);
	until_find(m, v);
	mda_plan(m, v);
	v->fresh = true;
	return v;
}
