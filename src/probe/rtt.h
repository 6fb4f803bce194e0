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

struct rtt {
	uint64_t n;             /* samples */
	double srtt_ns, var_ns; /* smoothed time, and smoothed distance from it; of n > 0 */
	uint64_t max_ns;
	uint32_t step[RTT_STEPS]; /* samples in each step of the histogram */
};

void rtt_init(struct rtt *r);
void rtt_add(struct rtt *r, uint64_t sample_ns);

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
