/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UDP datagrams: octets <-> struct udp_dgram. Pure. Source: RFC 768, RFC 8200 8.1. */
#pragma once

#include "base/base.h"
#include "base/cur.h"
#include "base/ip.h"

#define UDP_HDR_LEN 8 /* octets */

struct udp_dgram {
	uint16_t sport, dport;
	uint16_t len;        /* parse: the field as it stood, 0 for jumbograms; build: ignored */
	uint16_t sum;        /* parse: the field as it stood, 0: none sent; build: ignored */
	uint32_t missing;    /* parse: octets len promises and the buffer lacks; build: ignored */
	struct span payload; /* borrowed */
};

/**
 * Parse a datagram; the checksum is not looked at (udp_sum_ok).
 *
 * Returns 0; -EMSGSIZE when @octets is shorter than UDP_HDR_LEN; -EBADMSG when the length
 * field is 1..7. @ret_dgram borrows from @octets, written on success only.
 */
int udp_parse(struct span octets, struct udp_dgram *ret_dgram);

/** Whether the checksum of a whole datagram verifies; over IPv4 one that was not sent (0) does. */
bool udp_sum_ok(const struct ip_addr *src, const struct ip_addr *dst, struct span octets);

/**
 * Append the datagram with length and checksum; a checksum that comes out as 0 is sent as 0xffff.
 *
 * Returns 0; -EINVAL when the addresses are not of one family or the payload is over 65527
 * octets; -ENOSPC.
 */
int udp_build(const struct udp_dgram *dgram, const struct ip_addr *src, const struct ip_addr *dst,
	      struct wcur *out);
