/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMP messages that came in fragments, put together: for who must read the whole message. Bounded in memory
 * and time; what does not become whole is counted by its reason.
 *
 * Fragments that overlap end their message, also for IPv4, where RFC 791 would let the later one win: nobody
 * sends such but to show different things to different readers. An exact copy of a fragment is passed over.
 *
 * Not here: fragments of tunnels' outer packets, and of protocols other than ICMP.
 *
 * Pure. All memory is the caller's. Source: RFC 791 3.2, RFC 8200 4.5, RFC 5722.
 */
#pragma once

#include "base/hash.h"
#include "watch/sight.h"

#define FRAGS_WAIT_NS \
	(30 * NS_PER_S) /* from the first fragment seen, by packets' times (Linux waits as long) */
#define FRAGS_MAX 1024  /* messages at once; each takes 66 KiB */

struct frags_sum {
	uint64_t whole;    /* put together */
	uint64_t late;     /* fragments did not all come in time */
	uint64_t evicted;  /* had to make room */
	uint64_t overlaps; /* fragments overlap, or contradict each other about the end */
	uint64_t oversize; /* would be longer than an IP packet can be */
	uint64_t cut;      /* fragments that the capture cut: they are of no use */
};

struct frags;

/** Octets for @places (1..FRAGS_MAX) messages; 0: out of bounds. */
size_t frags_size(uint32_t places);

/** Begin, empty, in @mem aligned as malloc's, which need not be zeroed. */
struct frags *frags_init(void *mem, uint32_t places, const struct hash_key *key);

/**
 * Take what was seen, if it is a fragment of an ICMP message.
 *
 * Returns true when the message is whole with it: @ret then is as sight_read() of a packet that was never
 * fragmented, with the time, number and ways of @s; it borrows from @f until the next call. Else @ret is
 * untouched.
 */
bool frags_add(struct frags *f, const struct sight *s, struct sight *ret);

/** Time has come to @now_ns: what waits too long is given up. */
void frags_tick(struct frags *f, uint64_t now_ns);

/** What became of messages so far; those that still wait are in none of it. */
struct frags_sum frags_told(const struct frags *f);
uint32_t frags_waiting(const struct frags *f);
