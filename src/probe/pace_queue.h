/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a queue is building on the way, by how much later canaries are answered than each of
 * them once was (so that targets at different distances do not look like one), and what gets
 * through it. For pace.c, which decides what follows.
 *
 * PACE_QUEUE_SAMPLES excesses make a reading: the quarter of them that came soonest shows the
 * queue, as it has the least of the jitter; the distance between their quartiles shows the jitter.
 * Where a queue never runs empty, packets leave it in the time in which they arrive behind it:
 * what was sent between two readings, over the time between the arrivals, is the rate it lets
 * through, whoever answers and whoever does not.
 *
 * Pure. Ideas: RFC 9406 (HyStart++: the least of some samples of a round), BBR (the delivered rate).
 */
#pragma once

#include "base/base.h"

#define PACE_QUEUE_SAMPLES 16

/* One answer to a canary. */
struct pace_answer {
	uint64_t sent_ns;
	uint64_t before;   /* packets that had left when it did */
	uint64_t rtt_ns;   /* of this answer */
	uint64_t least_ns; /* the shortest of the same target, this one included */
};

/* A packet that was sent as number .sent left the queue at .at_ns (but for a constant). */
struct pace_mark {
	double at_ns, sent, excess_ns;
};

struct pace_queue {
	double excess_ns[PACE_QUEUE_SAMPLES]; /* of the reading to come, ascending */
	unsigned n;
	double sent_ns, before, least_ns; /* sums of those, times from .zero_ns on */
	uint64_t zero_ns;                 /* the first answer's .sent_ns */

	uint64_t readings;
	double last_ns;        /* excess of the last one */
	uint64_t last_sent_ns; /* when its canaries were sent, on average */
	double typical_ns;     /* shortest round trip of the targets of the last one, on average */
	double swing_ns;       /* smoothed distance of the quartiles */
	double normal_ns;      /* excess that has been found to have nothing to do with the rate */

	bool seen;                      /* .last_ns tells of a queue */
	bool clear;                     /* not even of a short one */
	bool fresh;                     /* the next reading becomes .first */
	struct pace_mark first, latest; /* the readings since it has been seen */
};

/** Returns whether that made a reading. */
bool pace_queue_add(struct pace_queue *q, const struct pace_answer *a);

/** The rate has changed: reckon from the next sample on. What was seen is so until a reading says otherwise. */
void pace_queue_anew(struct pace_queue *q);

/** The last reading's excess is no queue: a lower rate has not changed it. */
void pace_queue_normal(struct pace_queue *q);

/** For how long a queue has been seen, as the arrivals go; 0: none is. */
double pace_queue_since_ns(const struct pace_queue *q);

/** Whether that is long enough to be believed, and to tell a rate by. */
bool pace_queue_sure(const struct pace_queue *q);

/** Packets a second that got through since a queue was seen; 0: cannot be told. */
double pace_queue_rate(const struct pace_queue *q);
