/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of addresses a command works on: names resolved, prefixes spread out, interfaces
 * of link-local addresses found, every address once. For many more addresses: flow/list.h.
 *
 * What a text means is probe/target.h's business. Resolving a name may wait for the network.
 */
#pragma once

#include "base/err.h"
#include "base/hash.h"
#include "base/ip.h"

#define FLOW_TARGETS_MAX 65536 /* addresses; a list that would be longer is refused */

struct flow_target {
	struct ip_addr addr;
	char *name; /* as the user named it, owned by the list; NULL: one of a range */
};

struct flow_targets {
	/* What the caller wants. */
	int family;          /* 4, 6: only this one; 0: either */
	const char *iface;   /* for link-local addresses that name none; NULL: none */
	struct hash_key key; /* of the table that finds repetitions */

	/* What there is. */
	struct flow_target *item;
	size_t n, room;
	size_t repeated; /* addresses left out because they were in the list already */
	uint32_t *bucket;
};

/**
 * Add what @text names.
 *
 * Returns 0; -EINVAL (not a target, or not of the family asked for), -E2BIG (too many),
 * -ENOENT (a name that does not resolve: the others may go on), -ENOMEM; @err tells, and
 * the list is as it was.
 */
int flow_targets_add(struct flow_targets *list, const char *text, struct err *err);

/**
 * The address that the name @text has first (RFC 6724's order), of @family (0: either).
 *
 * Returns 0; -ENOENT with @err.
 */
int flow_target_resolve(const char *text, int family, struct ip_addr *ret_addr, struct err *err);

/**
 * The link that @a, which @text names, lies on: @zone (a name or a number; empty: none given), else
 * @iface (NULL: none) where it is an address that every link may have.
 *
 * Returns 0 with a->zone set, if need be; -EINVAL with @err.
 */
int flow_target_zone(const char *text, const char *zone, const char *iface, struct ip_addr *a,
		     struct err *err);

/** Free what the list holds. A zeroed list is fine. */
void flow_targets_done(struct flow_targets *list);

/** The name of target @i for people: as given, else its address in @buf. Borrowed. */
const char *flow_targets_name(const struct flow_targets *list, size_t i,
			      char buf[static IP_TEXT_LEN]);
