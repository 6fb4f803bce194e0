/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMPv6 messages: octets <-> struct icmp6_msg. The checksum covers the addresses,
 * so parse and build want them.
 *
 * Pure. Errors' quotes are icmperr.h's business, neighbour discovery nd.h's.
 * Source: RFC 4443 2.1 (layout), 2.3 (checksum), 4.1 (echo).
 */
#pragma once

#include "base/base.h"
#include "base/cur.h"
#include "base/ip.h"

/*
 * Octets. RFC 4443 itself asks for 4 only, but every message in use has 8, save RPL's
 * DIS without options (RFC 6550 6.2: 6 octets), which is refused here.
 */
#define ICMP6_MIN_LEN 8

struct icmp6_msg {
	uint8_t type; /* 0..127 errors, 128..255 informational; any value parses */
	uint8_t code;
	uint32_t rest;    /* octets 4..7 as one big-endian word */
	struct span body; /* octets 8..; borrowed from the parsed buffer */
};

/**
 * Parse one message that arrived whole, between @src and @dst as its IPv6 header has them
 * (@dst: the final one where a routing header is not done, ip6_chain.last).
 *
 * Returns 0; -EMSGSIZE if @octets is shorter than ICMP6_MIN_LEN; -EBADMSG if the checksum
 * does not verify. @ret_msg borrows from @octets, written on success only.
 */
int icmp6_parse(const struct ip_addr *src, const struct ip_addr *dst, struct span octets,
		struct icmp6_msg *ret_msg);

/**
 * The same without looking at the checksum, for captures. Whether it verifies is
 * checksum_pseudo(src, dst, IP_PROTO_ICMP6, octets) == 0.
 *
 * Returns 0; -EMSGSIZE.
 */
int icmp6_peek(struct span octets, struct icmp6_msg *ret_msg);

/**
 * Append @msg and fill in its checksum for the addresses it will travel between.
 *
 * Returns 0; -EINVAL when an address is not IPv6; -ENOSPC, @out then unusable.
 * @msg->body may not overlap @out.
 */
int icmp6_build(const struct icmp6_msg *msg, const struct ip_addr *src, const struct ip_addr *dst,
		struct wcur *out);

/* Echo's view of .rest: identifier and sequence number (RFC 4443 4.1). */
static inline uint16_t icmp6_echo_id(const struct icmp6_msg *m)
{
	return (uint16_t)(m->rest >> 16);
}
static inline uint16_t icmp6_echo_seq(const struct icmp6_msg *m)
{
	return (uint16_t)m->rest;
}
static inline uint32_t icmp6_echo_rest(uint16_t id, uint16_t seq)
{
	return (uint32_t)id << 16 | seq;
}
