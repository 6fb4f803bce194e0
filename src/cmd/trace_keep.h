/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was told of one target, kept until its last word: a table is as wide as its widest line, and
 * silent hops at the end fold only when it is known that they are the end.
 */
#pragma once

#include "fact/trace.h"

struct trace_keep {
	struct fact_hop *hop;
	size_t hop_n, hop_room;
	struct fact_path *path;
	size_t path_n, path_room;
	struct fact_path_mtu mtu;
	bool has_mtu;
	void **part; /* texts and lists of the facts above */
	size_t part_n, part_room;
	bool failed; /* something was not kept: no memory */
};

/** Copies with all they point to; .failed tells where there is no memory. A zeroed keep is empty. */
void trace_keep_hop(struct trace_keep *k, const struct fact_hop *hop);
void trace_keep_path(struct trace_keep *k, const struct fact_path *path);
void trace_keep_mtu(struct trace_keep *k, const struct fact_path_mtu *mtu);
void trace_keep_clear(struct trace_keep *k); /* forget all, but not the room for as much */
void trace_keep_done(struct trace_keep *k);
