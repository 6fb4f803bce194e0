/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/grid_canary.h"

#include <math.h>

#define TRIES_BLIND 2    /* of the silent, where nothing is known of loss */
#define LOSS_MOST   0.99 /* beyond this the number missed is anybody's guess */

/* Whether every silent cell has been asked twice and waited for: then the tries tell the loss. */
static bool tries_tell(const struct grid *g)
{
	return g->silent == 0 || g->pass >= 2 || (g->pass == 1 && g->phase != GRID_WALKING);
}

struct pace_tally grid_tally(const struct grid *g)
{
	struct pace_tally t = {
		.asked = (double)g->count.canaries,
		.lost = (double)g->count.canaries_lost,
	};

	if (tries_tell(g)) {
		t.asked += (double)(g->heard + g->unheard_tries);
		t.lost += (double)g->unheard_tries;
	}
	return t;
}

double grid_loss(const struct grid *g)
{
	struct pace_tally t = grid_tally(g);

	return t.asked > 0 ? t.lost / t.asked : -1;
}

/* Of @answered and those missed, each asked @k times with a chance of @loss to miss it. */
static double missed(double answered, double loss, unsigned k)
{
	double all = 1;

	loss = MIN(loss, LOSS_MOST);
	while (k-- > 0)
		all *= loss;
	return answered * all / (1 - all);
}

double grid_missed(const struct grid *g)
{
	double loss = grid_loss(g);

	if (loss <= 0 || g->silent == 0)
		return 0;
	return MIN(missed((double)g->count.answered, loss, g->pass + 1u), (double)g->silent);
}

bool grid_wants_pass(const struct grid *g)
{
	struct pace_tally t = grid_tally(g);
	double loss = t.asked > 0 ? t.lost / t.asked : pace_loss(g->pace);
	unsigned k = g->pass + 1u;

	if (k >= g->conf.tries_max || k < g->conf.tries_min)
		return k < g->conf.tries_max;
	if (k < TRIES_BLIND &&
	    (loss < 0 || g->count.answered == 0 || g->silent <= g->count.answered))
		return true;
	if (loss <= 0)
		return false;
	if (t.asked > 0) /* one deviation more, as it is known of few probes only */
		loss += sqrt(loss * (1 - loss) / t.asked);
	return missed((double)MAX(g->count.answered, 1), loss, k) > g->conf.miss_max;
}
