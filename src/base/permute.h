/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A keyed permutation of 0..n-1 that needs no memory: a balanced Feistel network over the next
 * even power of two, walked until it falls inside. The order of a scan follows from its
 * seed alone, so sharding and resuming are arithmetic.
 *
 * Not a cipher: whoever sees much of the order may guess the rest.
 *
 * Pure. Source: Black and Rogaway, "Ciphers with Arbitrary Finite Domains" (2002), 3 and 4.
 */
#pragma once

#include "base/hash.h"

#define PERMUTE_ROUNDS 4

struct permute {
	uint64_t n;
	unsigned half; /* bits of one half */
	uint64_t round[PERMUTE_ROUNDS];
};

/** @n from 0 (nothing to permute) to 2^62. */
void permute_init(struct permute *p, uint64_t n, const struct hash_key *key);

/** What stands at place @i < n. */
uint64_t permute_at(const struct permute *p, uint64_t i);

/** The place of @v < n: permute_at(p, permute_find(p, v)) == v. */
uint64_t permute_find(const struct permute *p, uint64_t v);
