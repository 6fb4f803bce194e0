/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a trace ended, in words for people: below its table, or with many targets as the one line of
 * each. And how numbers are written.
 */
#pragma once

#include "cmd/trace_keep.h"
#include "flow/trace.h"
#include "out/text.h"

#define TRACE_END_CELL 32

/** Milliseconds of @ns, with the three digits that matter; "-" of FACT_NONE. Returns @buf. */
const char *trace_end_ms(int64_t ns, char buf[static TRACE_END_CELL]);

/** "12.5%" of thousandths of a per cent; "-" of FACT_NONE. Returns @buf. */
const char *trace_end_percent(int64_t milli, char buf[static TRACE_END_CELL]);

/** Whether it was reached, by what, what was lost; else why not. */
void trace_end_put(const struct text_out *t, const struct flow_trace_conf *conf,
		   const struct fact_trace *f);

/** Titles of the lines below, whose targets have @width columns at most. */
void trace_end_titles(const struct text_out *t, unsigned width);

/** All of one target in a line. */
void trace_end_line(const struct text_out *t, unsigned width, const struct trace_keep *k,
		    const struct fact_trace *f);
