/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the grid share: canaries (cells that have answered, asked again to see whether
 * answers still come), and what follows from their loss. For grid*.c only. Pure.
 */
#pragma once

#include "probe/grid.h"

/**
 * @cell has given a positive answer at @t_ns, in @rtt_us (UINT32_MAX: not known): it may be a
 * canary.
 */
void grid_canary_answerer(struct grid *g, uint32_t cell, uint64_t t_ns, uint32_t rtt_us);

/** Make a canary, sent at @now_ns; false when nobody can be asked or too many are waiting. */
bool grid_canary_shot(struct grid *g, uint64_t now_ns, struct probe_shot *ret);

/** A reply to @cell, decided before: whether it answers a canary. @try: -1 when it does not say. */
bool grid_canary_reply(struct grid *g, uint32_t cell, int try, uint64_t t_ns);

/** The canary on @cell, @try did not leave. */
void grid_canary_unsent(struct grid *g, uint32_t cell, uint8_t try);

/** How long one is waited for before it is taken for lost. */
uint64_t grid_canary_wait(const struct grid *g);

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

/**
 * A round trip that was seen. After a pass only the late ones are left, and what is smoothed would
 * become that of the latest.
 */
static inline void grid_rtt(struct grid *g, uint64_t rtt_ns)
{
	if (g->phase == GRID_WAITING && (double)rtt_ns > g->rtt->srtt_ns + 4 * g->rtt->var_ns)
		rtt_straggler(g->rtt, rtt_ns);
	else
		rtt_add(g->rtt, rtt_ns);
}

/** How long an answer is waited for. */
static inline uint64_t grid_wait(const struct grid *g)
{
	return rtt_wait(g->rtt, g->conf.wait_first_ns, g->conf.wait_min_ns, g->conf.wait_max_ns);
}
