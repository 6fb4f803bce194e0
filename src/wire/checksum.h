/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Internet checksum, the only one of the tree: IPv4 headers, ICMP, and with a
 * pseudo-header ICMPv6, UDP and TCP.
 *
 * Pure. Results are host order: put_u16() them. Source: RFC 1071 (the sum),
 * RFC 1624 (update in place), RFC 768 and 9293 3.1 (IPv4 pseudo-header), RFC 8200 8.1 (IPv6's).
 */
#pragma once

#include "base/base.h"
#include "base/ip.h"

/** The checksum of @s; 0 when @s already holds its checksum and that verifies. */
uint16_t checksum(struct span s);

/**
 * The same in parts: start @sum at 0, add each part, then checksum_end(). Every
 * part but the last must have an even number of octets. The running value has no
 * meaning of its own; parts may sum to at most 16 GiB.
 */
uint64_t checksum_add(uint64_t sum, struct span part);
uint16_t checksum_end(uint64_t sum);

/**
 * The pseudo-header's part. @src and @dst are of one family, @len is the length of
 * the upper-layer message in octets.
 */
uint64_t checksum_pseudo_add(uint64_t sum, const struct ip_addr *src, const struct ip_addr *dst,
			     uint8_t proto, size_t len);

/**
 * The checksum of pseudo-header and message; 0 when @l4 holds it and it verifies.
 * UDP sends 0xffff where this yields 0 (udp_build does).
 */
uint16_t checksum_pseudo(const struct ip_addr *src, const struct ip_addr *dst, uint8_t proto,
			 struct span l4);

/** The checksum @sum once the 16-bit word @was has become @now (RFC 1624, eqn. 3). */
uint16_t checksum_update(uint16_t sum, uint16_t was, uint16_t now);
