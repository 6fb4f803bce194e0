/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the grid share: canaries (cells that have answered, asked again to see whether
 * answers still come), and what follows from their loss. For grid*.c only. Pure.
 */
#pragma once

#include "probe/grid.h"

/** @cell has given a positive answer: it may be asked again as a canary. */
void grid_canary_answerer(struct grid *g, uint32_t cell);

/** Make a canary, sent at @now_ns; false when nobody can be asked or too many are waiting. */
bool grid_canary_shot(struct grid *g, uint64_t now_ns, struct probe_shot *ret);

/** A reply to @cell, decided before: whether it answers a canary. @try: -1 when it does not say. */
bool grid_canary_reply(struct grid *g, uint32_t cell, int try, uint64_t t_ns);

/** The canary on @cell, @try did not leave. */
void grid_canary_unsent(struct grid *g, uint32_t cell, uint8_t try);

/** Those that have waited long enough at @now_ns are lost. */
void grid_canary_expire(struct grid *g, uint64_t now_ns);

/** The chance that an answer is lost, and of how many probes that is known. */
struct pace_tally grid_tally(const struct grid *g);

/** Whether another pass must follow those made. */
bool grid_wants_pass(const struct grid *g);

/** How many are waiting. */
static inline uint32_t grid_canary_waiting(const struct grid *g)
{
	return g->canary_new - g->canary_old;
}

/** How long an answer is waited for. */
static inline uint64_t grid_wait(const struct grid *g)
{
	return rtt_wait(g->rtt, g->conf.wait_first_ns, g->conf.wait_min_ns, g->conf.wait_max_ns);
}
