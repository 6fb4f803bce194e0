/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everybody's pings, watched: requests and replies matched by who, whom, identifier and sequence number, for
 * round-trip times and loss of each pair. A request without a reply within ECHOES_WAIT_NS is lost.
 *
 * Only what was seen is told: a reply to a request that was not seen (its request made room, or the capture
 * began later) is unasked, no loss. Requests that had to make room are forgotten, and never called lost.
 * Times that go back count as the latest time seen.
 *
 * Pure. All memory is the caller's. Source: RFC 792, 4443 4 (echo).
 */
#pragma once

#include "base/hash.h"
#include "probe/stats.h"
#include "watch/sight.h"

#define ECHOES_WAIT_NS     (3 * NS_PER_S)
#define ECHOES_SAMPLES     64 /* round-trip times kept of each pair */
#define ECHOES_PENDING_MAX (1u << 22)
#define ECHOES_PAIRS_MAX   (1u << 18)

struct echo_pair {
	struct ip_addr src, dst; /* who asks whom */
	uint64_t requests, replies, lost, duplicates, unasked;
	uint64_t first_ns, last_ns;
	struct stats rtt; /* ns */
};

enum echo_outcome {
	ECHO_NONE, /* no echo */
	ECHO_REQUEST,
	ECHO_REPEATED, /* a request with identifier and sequence number of one that waits */
	ECHO_REPLY,
	ECHO_DUPLICATE, /* a further reply to the same request */
	ECHO_UNASKED,
};

struct echoes;

/** Octets for @pending requests and @pairs at once; 0: out of bounds. */
size_t echoes_size(uint32_t pending, uint32_t pairs);

/** Begin, empty, in @mem aligned as malloc's. */
struct echoes *echoes_init(void *mem, uint32_t pending, uint32_t pairs, const struct hash_key *key);

/** @ret_rtt_ns: of ECHO_REPLY; may be NULL. */
enum echo_outcome echoes_add(struct echoes *e, const struct sight *s, uint64_t *ret_rtt_ns);

/** Time has come to @now_ns. @lost (may be NULL) hears of each request that is given up now. */
void echoes_tick(struct echoes *e, uint64_t now_ns,
		 void (*lost)(void *to, const struct ip_addr *src, const struct ip_addr *dst),
		 void *to);

/** Pairs in order, the one that was quiet longest first. *@at is 0 at first. NULL: no more. */
struct echo_pair *echoes_next(struct echoes *e, uint32_t *at);

uint32_t echoes_pairs(const struct echoes *e);
uint32_t echoes_waiting(const struct echoes *e);   /* requests that may still be answered */
uint64_t echoes_forgotten(const struct echoes *e); /* requests and pairs that made room */
