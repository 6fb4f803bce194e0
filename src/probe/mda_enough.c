/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When is a node's fan known?
 *
 * A node with k successors seen by n flows may have one more, as likely as the others, which all n flows
 * missed: that happens with at most (k + 1) * (k / (k + 1))^n (the union bound of Augustin et al. and Veitch et al.,
 * from which their 6, 11, 16, 21, 27, 33 at 95 % follow). Before anything was seen, nodes are taken to have one
 * more successor with the odds below; how much belief is left after n flows is Bayes' rule, and the whole path
 * is known when all its nodes are. The odds are assumptions, cautious against what was measured in the Internet
 * (Augustin et al., IMC 2007: most routers balance nothing); neighbours in a diamond are mostly alike
 * (Vermeulen et al., IMC 2018), so that what one of them does is likely of the others.
 */
#include <math.h>

#include "probe/mda_own.h"

#define ODDS_ALONE (1.0 / 20) /* that a router balances */
#define ODDS_HOST  (1.0 / 50) /* that this host does */
#define ODDS_MORE  (1.0 / 2)  /* that one that does has one way more */
#define ODDS_IN_CHAIN \
	(1.0 / 50) /* of a node beside which no one balances, or that leads to the target */
#define ODDS_IN_MESH (1.0 / 10) /* of a node that, as all beside it, leads to all that were found */
#define ODDS_BEHIND  (9.0 / 10) /* of a node beside which others have more */

#define FLOWS_LEAST 2

unsigned mda_enough(unsigned next, double risk)
{
	double k = next;
	double n = log(risk / (k + 1)) / log(k / (k + 1));

	return (unsigned)n + (n > (double)(unsigned)n);
}

static double odds_of(const struct mda *m, unsigned x, int level)
{
	const struct mda_view *v = m->view;
	const struct mda_row *row = level < 0 ? NULL : &v->row[level];
	unsigned next = MAX(v->tally[x].next, 1u);

	if (!row && m->conf.first == 1 && next == 1)
		return ODDS_HOST;
	if (next == 1 && row && m->view->row[level + 1].routers == 0)
		return ODDS_IN_CHAIN;
	if (!row || row->routers < 2)
		return next == 1 ? ODDS_ALONE : ODDS_MORE;
	if (row->most < 2)
		return ODDS_IN_CHAIN;
	if (row->full)
		return ODDS_IN_MESH;
	return next < row->most ? ODDS_BEHIND : ODDS_MORE;
}

/* Beyond the last who answered nothing can be known, and nothing is claimed. */
static bool counts(const struct mda *m, unsigned x, int level)
{
	const struct mda_view *v = m->view;

	if (v->tally[x].ends || level + 1 >= (int)m->levels || v->last_seen < 0)
		return false;
	return level < v->last_seen || (x != MDA_SOURCE && v->node[x].addr.family != 0);
}

double mda_miss(const struct mda *m, unsigned x, int level, unsigned done)
{
	double k = MAX(m->view->tally[x].next, 1u);
	double unseen = MIN((k + 1) * pow(k / (k + 1), done), 1.0);
	double odds = odds_of(m, x, level);

	if (!counts(m, x, level))
		return 0;
	return odds * unseen / (1 - odds + odds * unseen);
}

void mda_rows_compare(const struct mda *m, struct mda_view *v)
{
	for (unsigned l = 0; l < m->levels; l++) {
		struct mda_row *row = &v->row[l];
		unsigned behind = l + 1 < m->levels ? v->row[l + 1].node_n : 0;

		row->most = 0;
		row->full = behind > 0;
		for (unsigned x = row->node; x < row->node + row->node_n; x++) {
			row->most = MAX(row->most, v->tally[x].next);
			row->full &= v->tally[x].ends || v->tally[x].next == behind;
		}
	}
}

/* A node that stands alone and has several ways on: or is it one of several, the others of which were missed? */
static bool balances(const struct mda *m, int level)
{
	const struct mda_row *row = &m->view->row[level];

	return row->node_n == 1 && row->most > 1;
}

/*
 * The published stopping points leave one in twenty balancers incomplete at 95 %, and a path has several. So a
 * node that balances is asked longer, most of all one with two ways, where a third is missed most easily; a mesh that
 * is complete by what all its nodes say is not. What that costs is saved where nothing is in doubt: behind chains
 * side by side, and where they meet again, fewer flows of each are enough, as they all say the same.
 */
unsigned mda_need(const struct mda *m, unsigned x, int level)
{
	const struct mda_view *v = m->view;
	const struct mda_row *row = level < 0 ? NULL : &v->row[level];
	const struct mda_row *behind = &v->row[level + 1];
	unsigned next = MAX(v->tally[x].next, 1u);
	double risk = 1 - m->conf.confidence;
	unsigned one = mda_enough(1, risk);
	bool mates = row && row->routers > 1;
	bool own = x == MDA_SOURCE && m->conf.first == 1;

	if (!counts(m, x, level))
		return 0;
	if (mates && row->full && row->most > 1)
		return mda_enough(next, risk);
	if (next > 2)
		return mda_enough(next + 1, risk);
	if (next == 2)
		return mda_enough(2, risk * risk * risk * risk);
	if (mates && row->most > 1)
		return mda_enough(1, risk * risk * risk * risk);
	if (!mates && balances(m, level + 1))
		return mda_enough(1, risk * risk / 2);
	if (own)
		return MAX(one, FLOWS_LEAST + 2u) - 2;
	if (behind->routers == 0 || (behind->node_n == 1 && mates))
		return MAX(one, FLOWS_LEAST + 3u) - 3;
	return mates ? MAX(one, FLOWS_LEAST + 1u) - 1 : one;
}
