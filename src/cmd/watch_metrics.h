/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters in Prometheus' text format 0.0.4. No address is ever a label: whoever scrapes would keep a row for each
 * that a stranger makes up.
 */
#pragma once

#include "fact/watch.h"
#include "out/sink.h"

struct watch_metrics {
	uint64_t frames, icmp, errors, dropped;
};

/** One whole page, with an empty line behind it. */
void watch_metrics_put(struct out_sink *to, const struct watch_metrics *m,
		       const struct fact_icmp_count *c, size_t n);
