/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events of the trace, put together packet by packet. No system call; memory is
 * fixed when it is made. Private to the trace*.c files of this room.
 */
#pragma once

#include "twin/trace.h"
#include "twin/trace_event.h"

#define TRACE_OPEN_MAX  2048 /* packets under way at once; the oldest is told when there are more */
#define TRACE_TABLE     "sonde_twin"     /* our own: where each probe's trace begins */
#define TRACE_TABLE_OUT "sonde_twin_out" /* the same for what the twin sends */

struct trace_join;

typedef void trace_each(void *to, const struct trace_packet *packet);

/** @fw borrowed; may be NULL. NULL without memory. */
struct trace_join *trace_join_new(const struct twin_fw *fw);
void trace_join_free(struct trace_join *join); /* NULL is fine */
void trace_join_hits(struct trace_join *join, bool on);

/** Take one event; tells of packets that it shows to have ended. Returns how many were told. */
int trace_join_feed(struct trace_join *join, const struct trace_event *event, trace_each *each,
		    void *to);
/** All events are in: tell of every packet that is left, in the order they began. How many. */
int trace_join_end(struct trace_join *join, trace_each *each, void *to);
/** Forget everything untold. */
void trace_join_drop(struct trace_join *join);
