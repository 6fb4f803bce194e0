/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How `sonde trace` shows what it learned to people: a table of hops, what stands out, the path MTU,
 * the branches. To any sink: standard output, or the file that the live view saves.
 */
#pragma once

#include "cmd/trace_keep.h"
#include "flow/trace.h"
#include "out/branches.h"

struct trace_text {
	const struct text_out *text;
	const struct flow_trace_conf *conf;
	struct branches *branches; /* room to work in; NULL: branches are not drawn */
	bool utf8;                 /* draw with box characters */
};

/** "echo", "UDP port 33434". Returns @buf. */
const char *trace_text_kind(const struct flow_trace_conf *c, char buf[static 32]);

/** "trace to NAME (ADDR), echo, 3 probes a hop limit, 30 at most". */
void trace_text_head(const struct trace_text *t, const char *name, const struct ip_addr *addr);

/** All of one target behind its head. */
void trace_text_target(const struct trace_text *t, const struct trace_keep *k,
		       const struct fact_trace *trace);
