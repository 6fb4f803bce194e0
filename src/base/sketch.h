/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sketches: answers about many things in fixed memory, with known error.
 *
 * | sketch | question | error |
 * |---|---|---|
 * | bloom | was it there before? | sometimes yes wrongly: 1 % at 10 bits a thing; never no wrongly |
 * | hll | how many different ones? | one standard deviation hll_error(): 1.04 / sqrt(2^bits) |
 * | countmin | how often was it there? | never too small; too large by n·e/width with chance e^-depth |
 *
 * Callers hash (base/hash.h) with a key of their own, so that nobody outside can aim collisions.
 * Pure. All memory is the caller's; zeroed, it is empty. Source: Bloom 1970, its bits within one cache line as in
 * Putze, Sanders, Singler, "Cache-, hash- and space-efficient Bloom filters", 2007; Flajolet, Fusy, Gandouet,
 * Meunier, "HyperLogLog", 2007 (with linear counting for small counts); Cormode and Muthukrishnan, "count-min
 * sketch", 2005, with the conservative update of Estan and Varghese, 2002.
 */
#pragma once

#include "base/base.h"

struct bloom {
	uint64_t *word;     /* 1 << (log2_bits - 6) of them */
	unsigned log2_bits; /* 9..36 */
};

bool bloom_add(struct bloom *b, uint64_t hash); /* whether it was (perhaps) there before */
bool bloom_has(const struct bloom *b, uint64_t hash);
void bloom_clear(struct bloom *b);

/* One octet a register: 1 << bits of them, bits 4..12. */
void hll_add(uint8_t *reg, unsigned bits, uint64_t hash);
double hll_count(const uint8_t *reg, unsigned bits);
double hll_error(unsigned bits); /* one standard deviation, as a share of the count */
void hll_merge(uint8_t *into, const uint8_t *from, unsigned bits);

struct countmin {
	uint8_t *cell; /* depth << log2_width of them; they saturate at 255 */
	unsigned log2_width, depth;
};

unsigned countmin_add(struct countmin *t, uint64_t hash); /* the estimate after adding */
void countmin_halve(struct countmin *t);                  /* ageing */
