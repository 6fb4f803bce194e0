/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The set of addresses a survey asks, as sorted ranges: 16 million targets need no more memory
 * than one. Every address has a number, 0..total-1; order, sharding and resuming work on those.
 *
 * Named one by one (a full address, a name) an address is always in; a range leaves out what
 * nobody means to probe: 0.0.0.0/8, multicast, 240/4, broadcast, documentation and benchmarking nets, IPv6
 * multicast and documentation (the caller may allow them).
 *
 * Pure; the ranges' memory is the caller's. Source: RFC 6890 and the IANA special-purpose registries, 5737, 3849, 2544.
 */
#pragma once

#include "base/err.h"
#include "base/ip.h"

#define SPACE_TOTAL_MAX (1ull << 48) /* addresses of one survey */

struct space_range {
	struct ip_addr first; /* with its zone */
	uint64_t n;           /* addresses */
	uint64_t before;      /* addresses in the ranges before this one; set by space_seal() */
	bool named;           /* each of them was named one by one */
};

struct space {
	struct space_range *range; /* the caller's, of .room */
	size_t n, room;
	uint64_t total;    /* set by space_seal() */
	uint64_t repeated; /* addresses given more than once */
	uint64_t special;  /* left out as reserved, multicast or documentation */
	uint64_t excluded; /* left out as the caller said */
};

/** Add @n addresses from @first on. 0; -ENOSPC: no room (grow and try again); -E2BIG: over SPACE_TOTAL_MAX or past the family's end. */
int space_add(struct space *s, const struct ip_addr *first, uint64_t n, bool named);

/**
 * Sort, merge, take away @exclude (sealed or not; NULL: nothing) and, unless @special, special
 * ranges; number what is left. Taking away may split ranges.
 *
 * Returns 0; -ENOSPC with *@ret_room ranges needed, @s as it was.
 */
int space_seal(struct space *s, const struct space *exclude, bool special, size_t *ret_room);

/** Address number @i < total. */
struct ip_addr space_addr(const struct space *s, uint64_t i);

/** Whether @a is in, and its number. */
bool space_find(const struct space *s, const struct ip_addr *a, uint64_t *ret_i);
