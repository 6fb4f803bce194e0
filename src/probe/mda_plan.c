/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is to be asked next.
 *
 * Behind each node so many flows are to be seen as its stopping rule says. Flows through a node that stands alone
 * at its hop limit are any; those through one of several must be found first, by asking at its own hop limit, behind
 * the node that leads to it. So wants are handed from the far end to the near one, and then asked from the near end on,
 * all that can be asked at once. While each hop limit shows one node only, neighbouring ones are asked with
 * different flows: a diamond longer than one hop then has twice as many chances to be seen.
 */
#include <string.h>

#include "probe/mda_own.h"

#define AHEAD 3 /* hop limits asked beyond the farthest that answered */
#define PATIENCE \
	8 /* times as many flows as a hop limit's nodes should need, to find more through one of them */
#define VERIFY_EACH \
	2 /* flows of each successor that are asked at the node itself too, and of all */
#define VERIFY_ALL 12
#define GAP_FOR_NEW_NS \
	(100 * NS_PER_MS) /* from here on a hop limit's pace holds for first tries too */

static bool alone(const struct mda_view *v, int level)
{
	return level < 0 || v->row[level].node_n == 1;
}

/* The earliest is taken, of equally early ones the first offered. */
static void offer(struct mda_view *v, unsigned level, unsigned flow, uint64_t at_ns)
{
	if (v->pick.have && v->pick.at_ns <= at_ns)
		return;
	v->pick = (struct mda_pick){ true, (uint8_t)level, (uint16_t)flow, at_ns };
}

static uint64_t at_pace(const struct mda *m, unsigned level, bool first)
{
	const struct mda_level *l = &m->level[level];

	if (l->gap_ns == 0 || (first && l->gap_ns < GAP_FOR_NEW_NS))
		return m->view->now_ns;
	return MAX(l->last_ns + l->gap_ns, m->view->now_ns);
}

/* Hop limits take turns: even ones begin with the first flows, odd ones with those behind them. */
static unsigned flow_first(const struct mda *m, unsigned level)
{
	unsigned wave = mda_enough(1, 1 - m->conf.confidence);

	return level % 2 * MIN(wave, m->conf.flows / 2u);
}

/* Up to where the first flow of each hop limit may be asked: not far beyond what answers. */
static int sweep_end(const struct mda *m, const struct mda_view *v)
{
	int base = -1;

	for (int l = 0; l < (int)m->levels; l++) {
		const struct mda_row *r = &v->row[l];

		if (r->node_n > r->routers)
			return l;
		if (r->routers > 0 && (r->answered > 0 || base == l - 1))
			base = l;
	}
	for (unsigned f = 0; base + 1 < (int)m->levels && f < m->flows; f++) {
		if (mda_cell_at(m, (unsigned)base + 1, f)->tries > 1)
			return (int)m->levels - 1;
	}
	return MIN(base + AHEAD, (int)m->levels - 1);
}

static void sweep_plan(const struct mda *m, struct mda_view *v)
{
	int end = sweep_end(m, v);

	for (int l = 0; l <= end; l++) {
		if (v->row[l].asked == 0)
			offer(v, (unsigned)l, flow_first(m, (unsigned)l), v->now_ns);
	}
}

static void retry_plan(const struct mda *m, struct mda_view *v)
{
	for (unsigned l = 0; l < m->levels; l++) {
		for (unsigned f = 0; v->row[l].open > 0 && f < m->flows; f++) {
			const struct mda_cell *c = mda_cell_at(m, l, f);

			if (*mda_at(m, l, f) != MDA_ENDED && mda_cell_again(m, l, c) &&
			    v->now_ns >= mda_cell_until(m, l, c))
				offer(v, l, f, at_pace(m, l, false));
		}
	}
}

/* One stopping point after the other: what the next flows show may change how many are needed. */
static unsigned step_of(const struct mda *m, unsigned x, unsigned need)
{
	const struct mda_tally *t = &m->view->tally[x];
	double risk = 1 - m->conf.confidence;
	unsigned step = mda_enough(MAX(t->next, 1u), risk);

	for (unsigned k = MAX(t->next, 1u); step <= t->done && step < need; k++)
		step = mda_enough(k + 1, risk);
	return MIN(step, need);
}

/* The node before @x that most of its flows come from. */
static unsigned before(const struct mda_view *v, unsigned x, int level)
{
	unsigned best = MDA_NOBODY, most = 0;

	if (level == 0)
		return MDA_SOURCE;
	for (size_t i = 0; i < v->edge_n; i++) {
		if (v->edge[i].to == x && v->edge[i].flows > most) {
			most = v->edge[i].flows;
			best = v->edge[i].from;
		}
	}
	return best;
}

static bool in_patience(const struct mda *m, int level)
{
	const struct mda_row *r = &m->view->row[level];

	return r->asked < PATIENCE * mda_enough(r->node_n, 1 - m->conf.confidence);
}

/*
 * How many flows are to be asked behind @x, that @want be seen there; where too few are known to pass it, the node
 * before it is to find some.
 */
static void demand_make(const struct mda *m, struct mda_view *v, unsigned x, int level,
			unsigned want)
{
	struct mda_tally *t = &v->tally[x];
	unsigned under_way = (unsigned)t->done + t->pending, p;
	unsigned demand = want > under_way ? want - under_way : 0;

	if (t->wanted > t->pending)
		demand = MAX(demand, (unsigned)t->wanted - t->pending);
	t->demand = (uint16_t)MIN(demand, HOP_FLOWS_MAX);
	if (alone(v, level) || t->demand <= t->ready || !in_patience(m, level))
		return;
	p = before(v, x, level);
	if (p != MDA_NOBODY)
		v->tally[p].wanted = (uint16_t)(v->tally[p].wanted + t->demand - t->ready);
}

static void demands_make(const struct mda *m, struct mda_view *v, unsigned boost)
{
	for (size_t x = 0; x < v->node_n; x++)
		v->tally[x].wanted = 0;
	v->tally[MDA_SOURCE].wanted = 0;
	for (int l = (int)m->levels - 1; l >= -1; l--) {
		unsigned first = l < 0 ? MDA_SOURCE : v->row[l].node;
		unsigned n = l < 0 ? 1 : v->row[l].node_n;

		for (unsigned x = first; x < first + n; x++) {
			unsigned want = step_of(m, x, mda_need(m, x, l));

			if (x == boost)
				want = (unsigned)v->tally[x].done + v->tally[x].pending + 1;
			demand_make(m, v, x, l, want);
		}
	}
}

static bool usable(const struct mda *m, unsigned x, int level, unsigned f)
{
	if (mda_cell_at(m, (unsigned)(level + 1), f)->state != MDA_CELL_NONE)
		return false;
	if (f >= m->flows || level < 0)
		return alone(m->view, level);
	return mda_through(m, (unsigned)level, f) == x;
}

/*
 * A flow through @x to be asked behind it; where ways part, one that was asked before and is asked behind that too,
 * or as nearly so as there is.
 */
static int flow_choose(const struct mda *m, const struct mda_view *v, unsigned x, int level)
{
	unsigned on = (unsigned)(level + 2), start = flow_first(m, (unsigned)(level + 1));
	bool parts = v->tally[x].next > 1 || (on < m->levels && v->row[on].node_n > 1);
	int best = -1, score = -1;

	for (unsigned i = 0; i < m->conf.flows; i++) {
		unsigned f = (start + i) % m->conf.flows;
		int s = 0;

		if (!usable(m, x, level, f))
			continue;
		if (parts && level >= 0)
			s += mda_cell_at(m, (unsigned)level, f)->state != MDA_CELL_NONE;
		if (parts && on < m->levels)
			s += mda_cell_at(m, on, f)->state != MDA_CELL_NONE;
		if (s > score) {
			score = s;
			best = (int)f;
		}
		if (s == 2 || !parts || f >= m->flows)
			break;
	}
	return best;
}

static void demand_ask(const struct mda *m, struct mda_view *v, unsigned x, int level)
{
	int f;

	if (v->tally[x].demand == 0 || level + 1 >= (int)m->levels)
		return;
	f = flow_choose(m, v, x, level);
	if (f >= 0)
		offer(v, (unsigned)(level + 1), (unsigned)f,
		      at_pace(m, (unsigned)(level + 1), true));
	else if (alone(v, level))
		v->cut = true;
}

static void demands_ask(const struct mda *m, struct mda_view *v)
{
	demand_ask(m, v, MDA_SOURCE, -1);
	for (int l = 0; l < (int)m->levels; l++) {
		for (unsigned x = v->row[l].node; x < v->row[l].node + v->row[l].node_n; x++)
			demand_ask(m, v, x, l);
	}
}

/* A node that nobody is known to lead to: ask one of its flows one hop before. */
static void links_plan(const struct mda *m, struct mda_view *v)
{
	for (size_t i = 0; i < v->edge_n; i++)
		v->tally[v->edge[i].to].linked = true;
	for (unsigned l = 1; l < m->levels; l++) {
		for (unsigned f = 0; v->row[l - 1].node_n > 1 && f < m->flows; f++) {
			uint16_t x = *mda_at(m, l, f);

			if (x < MDA_NODES_MAX && !v->tally[x].linked &&
			    mda_cell_at(m, l - 1, f)->state == MDA_CELL_NONE)
				offer(v, l - 1, f, at_pace(m, l - 1, true));
		}
	}
}

/*
 * A node that stands alone may be one of several that all flows asked at its hop limit missed, and flows that were
 * asked behind it only may have gone another way: some that went each way are asked at both.
 */
static void verify_plan(const struct mda *m, struct mda_view *v, unsigned l)
{
	uint16_t known[MDA_NODES_MAX];
	unsigned first = v->row[l + 1].node, n = v->row[l + 1].node_n, all = 0;

	if (v->row[l].node_n != 1 || v->row[l].answered == 0 || n < 2 || v->row[l + 1].open > 0)
		return;
	memset(known, 0, n * sizeof(known[0]));
	for (unsigned f = 0; f < m->flows; f++) {
		uint16_t y = *mda_at(m, l + 1, f);

		if (y >= MDA_ENDED || mda_cell_at(m, l, f)->state == MDA_CELL_NONE)
			continue;
		known[y - first]++;
		all++;
	}
	for (unsigned f = 0; all < VERIFY_ALL && f < m->flows; f++) {
		uint16_t y = *mda_at(m, l + 1, f);

		if (y >= MDA_ENDED || mda_cell_at(m, l, f)->state != MDA_CELL_NONE ||
		    known[y - first] >= VERIFY_EACH)
			continue;
		offer(v, l, f, at_pace(m, l, true));
		return;
	}
}

/* Do flows keep to their way? Some of those that were answered first behind a balancer are asked once more. */
static void repeats_plan(const struct mda *m, struct mda_view *v)
{
	for (unsigned l = 0; l < m->levels; l++) {
		unsigned skip = m->level[l].repeats;

		if (v->row[l].node_n < 2 || !alone(v, (int)l - 1) || skip >= MDA_REPEATS)
			continue;
		for (unsigned f = 0; f < m->flows; f++) {
			const struct mda_cell *c = mda_cell_at(m, l, f);

			if (c->state != MDA_CELL_ANSWERED || *mda_at(m, l, f) >= MDA_ENDED ||
			    skip-- > 0)
				continue;
			offer(v, l, f, at_pace(m, l, true));
			break;
		}
	}
}

/* All stopping rules hold, yet a long path is not sure as a whole: ask behind the most doubtful node. */
static unsigned boost_find(const struct mda *m, struct mda_view *v)
{
	double sure = 1, most = 0;
	unsigned best = MDA_NOBODY;

	for (int l = -1; l < (int)m->levels; l++) {
		unsigned first = l < 0 ? MDA_SOURCE : v->row[l].node;
		unsigned n = l < 0 ? 1 : v->row[l].node_n;

		for (unsigned x = first; x < first + n; x++) {
			const struct mda_tally *t = &v->tally[x];
			double miss = mda_miss(m, x, l, (unsigned)t->done + t->pending);

			sure *= 1 - miss;
			if (miss > most && (alone(v, l) || t->ready > 0 || in_patience(m, l))) {
				most = miss;
				best = x;
			}
		}
	}
	return sure < m->conf.confidence ? best : MDA_NOBODY;
}

void mda_plan(const struct mda *m, struct mda_view *v)
{
	unsigned boost;

	v->pick = (struct mda_pick){ 0 };
	mda_rows_compare(m, v);
	sweep_plan(m, v);
	demands_make(m, v, MDA_NOBODY);
	demands_ask(m, v);
	for (unsigned l = 0; l + 1 < m->levels; l++)
		verify_plan(m, v, l);
	retry_plan(m, v);
	repeats_plan(m, v);
	if (v->pick.have)
		return;
	links_plan(m, v);
	boost = v->pick.have ? MDA_NOBODY : boost_find(m, v);
	if (boost == MDA_NOBODY)
		return;
	demands_make(m, v, boost);
	demands_ask(m, v);
}
