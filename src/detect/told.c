/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/told.h"

#define MILLION 1000000

/* What applies is never negative. */
static int64_t whole(double v)
{
	return v < 0 ? FACT_NONE : (int64_t)(v + 0.5);
}

static int64_t share(double v)
{
	return v < 0 ? FACT_NONE : (int64_t)(v * MILLION + 0.5);
}

static int64_t some(uint64_t v)
{
	return v ? (int64_t)v : FACT_NONE;
}

const struct fact_alert *told_of(const struct detect_alert *a, struct told *t)
{
	t->fact = (struct fact_alert){
		.kind = a->kind,
		.severity = a->severity,
		.state = a->state,
		.id = (int64_t)a->id,
		.src = a->src,
		.dst = a->dst,
		.first = a->first_ns,
		.last = a->last_ns,
		.packet = (int64_t)a->packet,
		.contact = some(a->contact),
		.packets = (int64_t)a->packets,
		.distinct = whole(a->distinct),
		.distinct_error = whole(a->distinct_error),
		.alive = share(a->alive),
		.dark = some(a->dark),
		.run = some(a->run),
		.stride = a->run ? a->stride : FACT_NONE,
		.run_order = a->run == 0   ? NULL
			     : a->reversed ? "reversed"
					   : "natural",
		.suppressed = (int64_t)a->suppressed,
		.reasons = { t->reason, a->reasons },
	};
	if (a->targets.addr.family)
		t->fact.targets = ip_prefix_format(&a->targets, t->targets);
	for (unsigned i = 0; i < a->reasons; i++)
		t->reason[i] =
			(struct fact_alert_reason){ a->reason[i].what, share(a->reason[i].seen),
						    share(a->reason[i].bound) };
	return &t->fact;
}
