/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Questions that are asked again and again, numbered, and what became of each: the part of the engine
 * that ping (one window a target) and trace (one window a trace) have in common. A ring remembers the
 * last questions; sums and round-trip times are kept by whoever owns them.
 *
 * Pure. All memory is the caller's. Times are nanoseconds of any monotonic clock.
 */
#pragma once

#include "base/base.h"
#include "probe/stats.h"

enum asked_state { ASKED_NONE, ASKED_WAITING, ASKED_ANSWERED, ASKED_ERROR, ASKED_FAILED };

/* One question. */
struct asked {
	uint64_t sent_ns;
	uint32_t seq;  /* 0: none yet */
	uint32_t mark; /* the caller's: ping's token, trace's hop limit and flow */
	uint8_t state; /* enum asked_state */
};

/* The last @size (a power of two) questions: the one numbered seq is at seq & (size - 1). */
struct asked_window {
	struct asked *slot;
	uint32_t size;
	uint64_t waiting; /* in state WAITING */
};

/* What became of the questions to one target, or to one hop. */
struct asked_sum {
	uint64_t sent, received, duplicates, late, errors, failed;
	struct stats rtt; /* of the first answer to each question, late ones included */
};

enum asked_verdict {
	ASKED_UNKNOWN,   /* no such question is remembered */
	ASKED_FIRST,     /* its first answer, in time */
	ASKED_LATE,      /* its first answer, after the timeout; counts as received */
	ASKED_DUPLICATE, /* it was answered before */
};
