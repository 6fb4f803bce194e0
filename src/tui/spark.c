/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/spark.h"

/* What the whole height stands for at least: a quarter of the least time and half a millisecond. */
static int64_t span_of(int64_t lo, int64_t hi)
{
	int64_t least = lo / 4 + (int64_t)(NS_PER_MS / 2);

	return MAX(hi - lo, least);
}

void spark_scale(const int64_t *ns, size_t n, int8_t *ret)
{
	int64_t lo = INT64_MAX, hi = 0, span;

	for (size_t i = 0; i < n; i++)
		if (ns[i] >= 0) {
			lo = MIN(lo, ns[i]);
			hi = MAX(hi, ns[i]);
		}
	span = span_of(lo == INT64_MAX ? 0 : lo, hi);
	for (size_t i = 0; i < n; i++) {
		if (ns[i] < 0)
			ret[i] = (int8_t)MAX(ns[i], (int64_t)SPARK_NONE);
		else
			ret[i] = (int8_t)((double)(ns[i] - lo) / (double)span *
					  (SPARK_LEVELS - 0.01));
	}
}

const char *spark_glyph(int8_t level, bool utf8)
{
	static const char *const blocks[SPARK_LEVELS] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const plain[SPARK_LEVELS] = { "_", ".", ":", "-", "=", "+", "*", "#" };

	if (level == SPARK_LOST)
		return "x";
	if (level < 0)
		return level == SPARK_WAITING ? "?" : " ";
	level = MIN(level, SPARK_LEVELS - 1);
	return (utf8 ? blocks : plain)[level];
}
