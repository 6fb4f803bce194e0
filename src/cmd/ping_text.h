/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How `sonde ping` shows what it learns to people: the lines they know from ping. */
#pragma once

#include "cmd/app.h"
#include "flow/ping.h"

struct ping_text {
	struct app *app;
	const struct flow_targets *targets;
	const struct probe_ops *probe;
	uint16_t size;
	bool quiet, stamp, numeric; /* -q, -D, -n */
};

void ping_text_head(const struct ping_text *t);
void ping_text_reply(const struct ping_text *t, size_t i, const struct fact_reply *r);
void ping_text_error(const struct ping_text *t, size_t i, const struct fact_icmp_error *e);

/** The sum of one target: a paragraph as ping's, or a row where there are many. */
void ping_text_target(const struct ping_text *t, const struct fact_ping_target *f,
		      uint64_t elapsed_ns);

/** What belongs to no single target, after the last one. */
void ping_text_tail(const struct ping_text *t, const struct flow_ping_sum *sum);
