/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of pace share. For pace*.c only. Pure. */
#pragma once

#include "probe/pace.h"

#define PACE_WINDOW 64  /* canaries of one judgement */
#define PACE_NOBODY 0.9 /* loss that tells of targets gone, not of the way there */

static inline double pace_share(const struct pace_tally *t)
{
	return t->asked > 0 ? t->lost / t->asked : 0;
}

/**
 * A new rate outside START. @settle: what was sent before, and what queues still hold, says
 * nothing of it.
 */
void pace_rate_set(struct pace *p, double rate, bool settle);

/** START again, at the rate as it is. */
void pace_start_begin(struct pace *p);

/** The rate as it is: the sender may not be able to go as fast as it may. */
double pace_effective(const struct pace *p);

/** HOLD: all is as it should be; go up a step, once a round trip. */
void pace_grow(struct pace *p);

/** HOLD: whether it is a queue that bounds the rate, and not loss: then readings raise it. */
static inline bool pace_by_queue(const struct pace *p)
{
	return p->drained > 0 && p->ceiling <= 0;
}

/** By what factor the rate goes up now, where a queue bounds it. */
double pace_queue_step(struct pace *p);

/** DRAIN: a canary has been judged, .window counts it. */
void pace_drain_lost(struct pace *p);
