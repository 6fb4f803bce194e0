/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Round-trip times as a line of blocks, one a probe. Pure. */
#pragma once

#include "base/base.h"

/* Instead of a time. As enum trace_recent of probe/trace.h, which this room may not know. */
enum spark_none {
	SPARK_LOST = -1,
	SPARK_WAITING = -2,
	SPARK_NONE = -3, /* nothing was sent */
};

#define SPARK_LEVELS 8

/**
 * How high the bar of each of @n times is: 0..SPARK_LEVELS-1, or one of enum spark_none. The lowest
 * is the least of them; differences that are small beside it stay small.
 */
void spark_scale(const int64_t *ns, size_t n, int8_t *ret);

/** What shows a level: a character of one column. */
const char *spark_glyph(int8_t level, bool utf8);
