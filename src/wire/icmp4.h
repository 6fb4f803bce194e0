/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMPv4 messages: octets <-> struct icmp4_msg.
 *
 * Pure: no system calls, no allocation, no globals. Integers in structs are in
 * host byte order; only octet buffers are in wire order. What the types and
 * codes mean is the room icmp's business; what an error quotes is icmperr.h's.
 *
 * Source: RFC 792 (layout), RFC 1071 (checksum), RFC 950 (mask), RFC 8335 (probe).
 */
#pragma once

#include "base/base.h"
#include "base/cur.h"

#define ICMP4_MIN_LEN 8 /* octets; every message has at least this */

struct icmp4_msg {
	uint8_t type; /* any value; unassigned ones parse too */
	uint8_t code;
	uint32_t rest;    /* octets 4..7 as one big-endian word */
	struct span body; /* octets 8..; borrowed from the parsed buffer */
};

/**
 * Parse one message that arrived whole.
 *
 * @octets   starts at the ICMP type octet, ends with the datagram; 0..65515 octets
 * @ret_msg  written on success only; its body borrows from @octets
 *
 * Returns 0; -EMSGSIZE if @octets is shorter than ICMP4_MIN_LEN; -EBADMSG if the
 * checksum does not verify.
 */
int icmp4_parse(struct span octets, struct icmp4_msg *ret_msg);

/**
 * The same without looking at the checksum: for captures, which cut messages and hold
 * corrupt ones worth showing. Whether it verifies is checksum(octets) == 0.
 *
 * Returns 0; -EMSGSIZE.
 */
int icmp4_peek(struct span octets, struct icmp4_msg *ret_msg);

/**
 * Append @msg to @out and fill in its checksum.
 *
 * Returns 0, or -ENOSPC if it does not fit; @out is then unusable (out->bad).
 * @msg->body may not overlap @out.
 */
int icmp4_build(const struct icmp4_msg *msg, struct wcur *out);

/*
 * The query family's view of .rest: identifier and sequence number (RFC 792 p. 14).
 * Echo, timestamp, information and mask messages have it.
 */
static inline uint16_t icmp4_echo_id(const struct icmp4_msg *m)
{
	return (uint16_t)(m->rest >> 16);
}
static inline uint16_t icmp4_echo_seq(const struct icmp4_msg *m)
{
	return (uint16_t)m->rest;
}
static inline uint32_t icmp4_echo_rest(uint16_t id, uint16_t seq)
{
	return (uint32_t)id << 16 | seq;
}
