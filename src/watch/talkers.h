/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who sends most, who gets most, in bounded memory. A count is never too small, and at most .error too large.
 *
 * Pure. All memory is the caller's. Source: Metwally, Agrawal, El Abbadi, "Efficient computation of frequent
 * and top-k elements in data streams", 2005 (space-saving).
 */
#pragma once

#include "base/hash.h"
#include "base/ip.h"

#define TALKERS_MAX (1u << 16)

struct talker {
	struct ip_addr addr;
	uint64_t packets, bytes; /* .bytes since it has its place */
	uint64_t error;          /* .packets may be so much too large */
};

struct talkers;

size_t talkers_size(uint32_t places); /* 1..TALKERS_MAX; 0: out of bounds */
struct talkers *talkers_init(void *mem, uint32_t places, const struct hash_key *key);
void talkers_add(struct talkers *t, const struct ip_addr *a, uint32_t bytes);

/**
 * The @n with most packets for certain, in order; without those of whose count less than half is
 * certain: among very many senders of equal rate there may be nobody to name. Returns how many.
 */
size_t talkers_top(const struct talkers *t, struct talker *ret, size_t n);
