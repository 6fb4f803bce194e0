/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who could not reach what, and why: ICMP errors by the packets they quote, grouped. Bounded: when all places
 * are taken the group that was quiet longest makes room, and that is counted.
 *
 * An error goes to whoever sent the packet it quotes. One that quotes somebody else's packet is forged, or was
 * translated on the way: such are counted, and are nobody's failure. Errors quoted by errors do not exist
 * (RFC 1122 3.2.2); quotes too short to tell source and destination are counted too.
 *
 * Pure. All memory is the caller's.
 */
#pragma once

#include "base/hash.h"
#include "watch/sight.h"

#define FAILURES_MAX (1u << 20) /* groups */

struct failure {
	/* What makes a group. */
	struct ip_addr src, dst; /* of the packet that failed */
	uint8_t proto;           /* enum ip_proto; of an ICMPv6 redirect without a quote 0 */
	uint8_t type, code;      /* of the error */
	uint16_t port;           /* destination port; of ICMP: type and code of the query; else 0 */
	bool has_port;

	struct ip_addr offender; /* the latest who said so */
	uint32_t offenders;      /* how often that was another one than before, and 1 */
	uint64_t count;
	uint64_t first_ns, last_ns; /* since 1970 */
	uint32_t mtu;               /* of too-big, the latest; else 0 */
	struct ip_addr gateway;     /* of redirects, the latest; else family 0 */
};

struct failures;

/** Octets that @groups (1..FAILURES_MAX) take; 0: out of bounds. */
size_t failures_size(uint32_t groups);

/** Begin, empty, in @mem aligned as malloc's. The result is @mem. */
struct failures *failures_init(void *mem, uint32_t groups, const struct hash_key *key);

/** The group that @s belongs to, changed now; NULL: it is no error, or nobody's failure. */
const struct failure *failures_add(struct failures *f, const struct sight *s);

/** Groups in order, the one that was quiet longest first. *@at is 0 at first. NULL: no more. */
const struct failure *failures_next(const struct failures *f, uint32_t *at);

uint32_t failures_groups(const struct failures *f);
uint64_t failures_forgotten(const struct failures *f); /* groups that made room */
uint64_t failures_unfit(const struct failures *f);     /* errors about somebody else's packet */
uint64_t failures_unread(const struct failures *f);    /* errors with too little of a quote */
