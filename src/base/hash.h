/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A keyed hash of short inputs: cookies that only this run can make, and tables
 * whose collisions nobody outside can aim. Not for passwords or signatures.
 *
 * Pure. Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012), SipHash-2-4.
 */
#pragma once

#include "base/base.h"

struct hash_key {
	uint64_t k[2]; /* random, fresh per run; whoever makes it keeps it secret */
};

/** 64 bits of @data (any length, may be empty) under @key. */
uint64_t hash(const struct hash_key *key, struct span data);
