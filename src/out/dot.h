/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traces as a graph in Graphviz' language. Several targets are one graph: what they share of their
 * ways is drawn once, and a silent hop is the same where the same node comes before it.
 *
 * Pure. Source: https://graphviz.org/doc/info/lang.html
 */
#pragma once

#include "out/branches.h"

void dot_begin(struct out_sink *to);

/**
 * The branches of one target.
 *
 * @trace  of that target, for whether its end is the target itself
 */
void dot_target(struct out_sink *to, const struct fact_trace *trace, const struct branches *b);

void dot_end(struct out_sink *to);
