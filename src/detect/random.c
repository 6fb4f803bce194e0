/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sweeps without an order: contacts that fail, by a one-sided CUSUM over their outcomes, at different hosts;
 * or simply many different hosts in a short time, which alone is a weak reason (a VPN client does that too).
 */
#include "detect/detector.h"

#define RUN_SUSPECT 6 /* a run this long may yet become a sequential sweep */

static bool may_become_order(const struct detect_source *src)
{
	unsigned run = 0;

	for (unsigned i = 0; i < 2; i++)
		run = MAX(run, MAX(src->order[i].up, src->order[i].down));
	return run >= RUN_SUSPECT && run + 1 >= src->contacts;
}

static void judge(struct detect *d, struct detect_source *src)
{
	const uint64_t gap =
		src->contacts > 1 ? (src->last_ns - src->first_ns) / (src->contacts - 1) : 0;

	if (detect_in_order(d, src) || may_become_order(src) ||
	    gap >= detect_bound_ns(d, DETECT_slow_gap) || !detect_sweep_due(d, src))
		return;
	if (detect_failing(d, src) || src->in_window >= detect_bound(d, DETECT_fanout))
		detect_sweep(d, "sweep.random", src);
}

static void random_packet(void *self, struct detect *d, const struct sight *s,
			  const struct detect_contact *c)
{
	(void)self, (void)s;
	if (c->source)
		judge(d, c->source);
}

static void random_outcome(void *self, struct detect *d, struct detect_source *src, bool answered)
{
	(void)self;
	if (!answered)
		judge(d, src);
}

const struct detector_ops detect_random = {
	.name = "random",
	.summary = "sweeps in no order: contacts that fail, and many of them",
	.on = DETECT_ON_FIRST,
	.packet = random_packet,
	.outcome = random_outcome,
};
