/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Round-trip times of one target: least, mean, greatest, deviation exactly, and
 * percentiles from the samples kept.
 *
 * The caller gives room for samples. While they all fit, percentiles are exact.
 * Beyond that a fair reservoir (Vitter's algorithm R) keeps an even choice of all
 * samples: with STATS_ROOM_FULL kept, a percentile's rank is off by 0.8 % at p50 and
 * 0.2 % at p99 (one standard deviation), however long the run.
 *
 * Pure. Times are nanoseconds.
 */
#pragma once

#include "base/base.h"
#include "fact/ping.h"

#define STATS_ROOM_FULL 4096 /* samples; more room than this buys little */

struct stats {
	uint64_t n;        /* samples seen */
	uint64_t min, max; /* ns; of n > 0 */
	double mean, m2;   /* running mean and sum of squared distances (Welford) */
	uint64_t *sample;  /* caller's; the first MIN(n, room) are in use, in no order */
	uint32_t room;     /* samples that fit; may be 0: percentiles are then not known */
	uint64_t draw;     /* state of the reservoir's own draws */
};

/** Begin. @sample has room for @room times, and lives as long as @s. */
void stats_init(struct stats *s, uint64_t *sample, uint32_t room);

/** One more time of @ns. */
void stats_add(struct stats *s, uint64_t ns);

/**
 * What is known so far. Members are FACT_NONE without samples. mdev is the standard
 * deviation of all samples, as ping's; percentiles are by nearest rank. Sorts the kept
 * samples, which changes nothing for later stats_add.
 */
void stats_rtt(struct stats *s, struct fact_rtt *ret_rtt);
