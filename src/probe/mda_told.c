/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was found, for those who ask. */
#include <string.h>

#include "probe/mda_own.h"

/* As of the last question; changes of then are in it. */
static struct mda_view *view(const struct mda *m)
{
	return mda_view_at(m, m->view->now_ns);
}

size_t mda_nodes(const struct mda *m)
{
	struct mda_view *v = view(m);

	for (unsigned l = 0; l < m->levels; l++) {
		for (unsigned x = v->row[l].node; x < v->row[l].node + v->row[l].node_n; x++)
			v->node[x].miss = mda_miss(m, x, (int)l, v->tally[x].done);
	}
	return v->node_n;
}

const struct mda_node *mda_node(const struct mda *m, size_t i)
{
	return i < mda_nodes(m) ? &m->view->node[i] : NULL;
}

size_t mda_edges(const struct mda *m)
{
	return view(m)->edge_n;
}

const struct mda_edge *mda_edge(const struct mda *m, size_t i)
{
	return i < mda_edges(m) ? &m->view->edge[i] : NULL;
}

uint64_t mda_probes(const struct mda *m)
{
	return m->probes;
}

double mda_confidence(const struct mda *m)
{
	const struct mda_view *v = view(m);
	double sure = 1 - mda_miss(m, MDA_SOURCE, -1, v->tally[MDA_SOURCE].done);

	if (v->last_seen < 0)
		return 0;
	for (unsigned l = 0; l < m->levels; l++) {
		for (unsigned x = v->row[l].node; x < v->row[l].node + v->row[l].node_n; x++)
			sure *= 1 - mda_miss(m, x, (int)l, v->tally[x].done);
	}
	return sure;
}

bool mda_cut(const struct mda *m)
{
	return m->cut || view(m)->cut;
}

bool mda_per_packet(const struct mda *m)
{
	return m->per_packet;
}

/* The way of a flow that was not asked everywhere goes on where there is only one way on. */
static uint16_t way_on(const struct mda_view *v, uint16_t from)
{
	uint16_t to = MDA_NOBODY;

	if (from >= MDA_ENDED || v->tally[from].next != 1)
		return MDA_NOBODY;
	for (size_t i = 0; i < v->edge_n && to == MDA_NOBODY; i++) {
		if (v->edge[i].from == from)
			to = v->edge[i].to;
	}
	return to;
}

static size_t way_of(const struct mda *m, unsigned flow, uint16_t *ret, size_t room)
{
	const struct mda_view *v = m->view;
	size_t n = 0, last = 0;

	for (unsigned l = 0; l < m->levels && n < room; l++) {
		uint16_t x = mda_through(m, l, flow);

		if (x == MDA_NOBODY && l > 0)
			x = way_on(v, ret[n - 1]);
		if (x == MDA_ENDED)
			break;
		ret[n++] = x;
		if (x != MDA_NOBODY)
			last = n;
		if (x != MDA_NOBODY && v->tally[x].ends)
			break;
	}
	return last;
}

/* Whether all that is known of way @a is so in way @b too. */
static bool within(const uint16_t *a, size_t a_n, const uint16_t *b, size_t b_n)
{
	if (a_n > b_n)
		return false;
	for (size_t i = 0; i < a_n; i++) {
		if (a[i] != MDA_NOBODY && a[i] != b[i])
			return false;
	}
	return true;
}

static void branch_add(const struct mda *m, struct mda_view *v, unsigned flow)
{
	uint16_t way[TRACE_HOPS_MAX], other[TRACE_HOPS_MAX];
	size_t n = way_of(m, flow, way, TRACE_HOPS_MAX), kept = 0;

	if (n == 0)
		return;
	for (size_t i = 0; i < v->branch_n; i++) {
		size_t other_n = way_of(m, v->branch[i], other, TRACE_HOPS_MAX);

		if (within(way, n, other, other_n))
			return;
	}
	for (size_t i = 0; i < v->branch_n; i++) {
		size_t other_n = way_of(m, v->branch[i], other, TRACE_HOPS_MAX);

		if (!within(other, other_n, way, n))
			v->branch[kept++] = v->branch[i];
	}
	v->branch[kept++] = (uint16_t)flow;
	v->branch_n = kept;
}

size_t mda_branches(const struct mda *m)
{
	struct mda_view *v = view(m);

	if (v->branch_n == 0) {
		for (unsigned f = 0; f < m->flows; f++)
			branch_add(m, v, f);
	}
	return v->branch_n;
}

size_t mda_branch(const struct mda *m, size_t i, uint16_t *ret_node, size_t room,
		  uint16_t *ret_flow)
{
	if (i >= mda_branches(m))
		return 0;
	*ret_flow = m->view->branch[i];
	return way_of(m, *ret_flow, ret_node, room);
}

enum trace_end mda_end(const struct mda *m, uint8_t *ret_hops)
{
	struct trace_step step;
	const struct mda_view *v;
	enum trace_end end = TRACE_SILENT;

	*ret_hops = 0;
	mda_next(m, m->view->now_ns, &step);
	if (step.what != TRACE_DONE)
		return TRACE_GOING;
	if (m->probes == 0)
		return TRACE_UNSENT;
	v = view(m);
	for (size_t i = 0; i < v->node_n; i++) {
		const struct mda_node *n = &v->node[i];
		bool target = v->tally[i].target;

		if (n->addr.family == 0)
			continue;
		if (v->tally[i].ends && (target || end == TRACE_SILENT)) {
			end = target ? TRACE_REACHED : TRACE_UNREACHABLE;
			*ret_hops = n->hops;
		} else if (end == TRACE_SILENT) {
			*ret_hops = n->hops;
		}
		if (end == TRACE_REACHED)
			break;
	}
	return end;
}
