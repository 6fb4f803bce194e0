/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A keyed permutation of 0..n-1 that needs no memory. The order of a scan follows from its seed
 * alone, so sharding and resuming are arithmetic.
 *
 * Numbers of as many bits as n-1 has are mixed in rounds that can each be undone: add a subkey,
 * multiply by an odd subkey (low bits reach the high ones), xor the upper half onto the lower
 * (and back). Subkeys are SipHash of the key. What falls outside 0..n-1 is mixed again until it
 * is inside: fewer than two goes on average, as less than half of the numbers are outside.
 *
 * Not a cipher: whoever sees much of the order may guess the rest.
 *
 * Pure. Source: Black and Rogaway, "Ciphers with Arbitrary Finite Domains" (2002), 3 (walking
 * cycles); Stafford's and Appleby's finalizers (multiply, xor-shift).
 */
#pragma once

#include "base/hash.h"

#define PERMUTE_ROUNDS 6

struct permute_round {
	uint64_t add;
	uint64_t odd;  /* multiplier */
	uint64_t undo; /* its inverse modulo 2^64 */
};

struct permute {
	uint64_t n;
	uint64_t mask;  /* the least 2^k - 1 >= n - 1 */
	unsigned shift; /* half of k, rounded up; 1 at least */
	struct permute_round round[PERMUTE_ROUNDS];
};

/** @n from 0 (nothing to permute) to 2^62. */
void permute_init(struct permute *p, uint64_t n, const struct hash_key *key);

/** What stands at place @i < n. */
uint64_t permute_at(const struct permute *p, uint64_t i);

/** The place of @v < n: permute_at(p, permute_find(p, v)) == v. */
uint64_t permute_find(const struct permute *p, uint64_t v);
