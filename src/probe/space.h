/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The set of addresses a survey asks, as sorted ranges: 16 million targets need no more memory
 * than one. Every address has a number, 0..total-1; order, sharding and resuming work on those.
 *
 * Named one by one (a full address, a name) an address is always in; a range leaves out what
 * nobody means to probe: "this" network, multicast, reserved space, broadcast, loopback,
 * documentation and benchmarking networks (space.c has the list), unless the caller allows them.
 * Link-local and private addresses are as good as any. What the caller excludes is out even
 * when named.
 *
 * Pure; the ranges' memory is the caller's.
 * Source: RFC 6890 and the IANA special-purpose registries, RFC 2544, 3849, 5180, 5737, 9637.
 */
#pragma once

#include "base/err.h"
#include "base/ip.h"

#define SPACE_TOTAL_MAX (1ull << 48) /* addresses of one survey, repeated ones counted again */

struct space_range {
	struct ip_addr first; /* with its zone: addresses of two links are two */
	uint64_t n;           /* addresses */
	uint64_t before;      /* addresses in the ranges before this one; set by space_seal() */
	bool named;           /* each of them was named one by one */
	uint8_t wide;         /* the length of a prefix of more addresses than .n can say; else 0 */
};

/* Zeroed it is empty; .range and .room are the caller's to set and to enlarge. */
struct space {
	struct space_range *range; /* the caller's, of .room */
	size_t n, room;
	uint64_t total;    /* while adding: addresses added; space_seal(): addresses in it */
	uint64_t repeated; /* addresses given more than once; like the next two set by sealing */
	uint64_t special;  /* left out as reserved, multicast or documentation */
	uint64_t excluded; /* left out as the caller said (and not special) */
};

/**
 * Add @n (1..) addresses from @first on.
 *
 * Returns 0; -ENOSPC: no room (grow and try again); -E2BIG: over SPACE_TOTAL_MAX in all, or past
 * the family's end; @s is then as it was.
 */
int space_add(struct space *s, const struct ip_addr *first, uint64_t n, bool named);

/** Add a prefix of any length to a space of exclusions, which is only good for space_seal(). 0; -ENOSPC. */
int space_add_prefix(struct space *s, const struct ip_prefix *p);

/**
 * Sort, merge, take away @exclude (which gets sorted, no more; NULL: nothing) and, unless
 * @special, special ranges; number what is left. Taking away may split ranges. A sealed space
 * may be added to and sealed again.
 *
 * Returns 0; -ENOSPC with *@ret_room ranges needed, @s then as it was but for their order.
 */
int space_seal(struct space *s, struct space *exclude, bool special, size_t *ret_room);

/** Address number @i < total of a sealed space. */
struct ip_addr space_addr(const struct space *s, uint64_t i);

/** Whether @a (with its zone) is in a sealed space, and its number. */
bool space_find(const struct space *s, const struct ip_addr *a, uint64_t *ret_i);
