/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A network in memory, for tests: every address answers echo requests, and what lies between
 * loses, doubles, delays and reorders as told. It runs on the test's clock, and the same seed
 * makes the same run.
 *
 * Bound: PIO_MEM_PENDING answers under way; further ones are lost and counted.
 */
#pragma once

#include "base/ip.h"

#define PIO_MEM_PENDING   1024
#define PIO_MEM_FRAME_MAX 1536 /* octets of a message; longer ones are refused */

struct pio_mem_net {
	const uint64_t *now_ns;       /* the test's clock; borrowed while the back end is open */
	struct ip_addr me;            /* the prober's address */
	uint64_t delay_ns, jitter_ns; /* there and back; jitter is added, 0..jitter_ns evenly */
	uint32_t loss, dup;           /* of a million: questions lost, answers doubled */
	uint64_t seed;
};

/** When the next answer arrives; UINT64_MAX when none is under way. @self is an open mem. */
uint64_t pio_mem_next(const void *self);

/** Questions lost so far, by chance and at the bound. */
uint64_t pio_mem_lost(const void *self);
