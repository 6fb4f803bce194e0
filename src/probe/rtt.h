/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Round-trip times as a scan sees them, and how long it is worth waiting for a late reply: until
 * the chance that one still comes is below one in a million by what was observed.
 *
 * Pure. Source: RFC 6298 (smoothing); the tail is a histogram, four steps an octave, and beyond
 * what was observed it is taken to fall off as it did between the last two powers of ten.
 */
#pragma once

#include "base/base.h"

#define RTT_OCTAVES 40 /* of microseconds, four steps each octave */
#define RTT_STEPS   (RTT_OCTAVES * 4)
#define RTT_FEW     1000 /* samples: fewer tell nothing of one answer in a thousand */

struct rtt {
	uint64_t n;             /* samples */
	double srtt_ns, var_ns; /* smoothed time, and smoothed distance from it; of n > 0 */
	uint64_t max_ns;
	uint32_t step[RTT_STEPS]; /* samples in each step of the histogram */

	bool anew;                      /* what follows is kept as well: */
	uint64_t since_n, since_max_ns; /* of those since rtt_anew() */
	uint32_t since_step[RTT_STEPS];
};

void rtt_init(struct rtt *r);
void rtt_add(struct rtt *r, uint64_t sample_ns);

/** One that came when those that are in time had all come: it counts, but is not smoothed. */
void rtt_straggler(struct rtt *r, uint64_t sample_ns);

/** Times have changed: keep those from now on by themselves as well, for rtt_forget(). */
void rtt_anew(struct rtt *r);

/**
 * Forget what was seen before rtt_anew(), which was called long enough ago for all answers of that
 * time to have come. Returns false, and forgets nothing, while too few were seen since.
 */
bool rtt_forget(struct rtt *r);

/**
 * How long after a probe its answer is still worth waiting for, between @floor_ns and @ceil_ns;
 * @first_ns (at most @ceil_ns) while nothing was observed. Few samples make it wait longer.
 */
uint64_t rtt_wait(const struct rtt *r, uint64_t first_ns, uint64_t floor_ns, uint64_t ceil_ns);

/**
 * How long until all but one in a thousand answers have come: enough where whoever is silent is
 * asked again anyway. As rtt_wait(), and never longer.
 */
uint64_t rtt_soon(const struct rtt *r, uint64_t first_ns, uint64_t floor_ns, uint64_t ceil_ns);
