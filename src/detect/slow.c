/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sweeps so slow that no window of time holds them. Sources are remembered by how many others came since, not
 * by time, so outcomes and unused addresses add up over days.
 */
#include "detect/detector.h"

static void judge(struct detect *d, struct detect_source *src)
{
	uint64_t gap;

	if (src->contacts < 2)
		return;
	gap = (src->last_ns - src->first_ns) / (src->contacts - 1);
	if (gap < detect_bound_ns(d, DETECT_slow_gap) || detect_in_order(d, src))
		return;
	if (detect_failing(d, src) || src->dark >= detect_bound(d, DETECT_dark_hits))
		detect_sweep(d, "sweep.slow", src);
}

static void slow_packet(void *self, struct detect *d, const struct sight *s,
			const struct detect_contact *c)
{
	(void)self, (void)s;
	if (c->source)
		judge(d, c->source);
}

static void slow_outcome(void *self, struct detect *d, struct detect_source *src, bool answered)
{
	(void)self;
	if (!answered)
		judge(d, src);
}

const struct detector_ops detect_slow = {
	.name = "slow",
	.summary = "sweeps with long times between contacts",
	.on = DETECT_ON_FIRST,
	.packet = slow_packet,
	.outcome = slow_outcome,
};
