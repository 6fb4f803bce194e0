/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The quick way to the plain case, which nearly every frame of ICMP is: Ethernet without tags, a bare IP packet
 * or Linux' cooked header, then IPv4 without options that is no fragment, or IPv6 without extension headers,
 * then at least the 8 octets of an ICMP header of that family. Everything else is the business of
 * wire/packet.h's walk, which says the same of what is plain; a fuzz target holds the two together.
 *
 * Pure. Only files of this room include it.
 */
#pragma once

#include "wire/ip6.h"
#include "wire/packet.h"

#define PLAIN_MIN 8 /* octets of an ICMP header */

struct plain {
	const uint8_t *ip; /* its header; the message stands .hdr octets behind */
	uint8_t family, hdr;
	bool cut;     /* the capture lacks octets the header promises */
	uint32_t len; /* octets of the message that are there, at least PLAIN_MIN */
};

static inline uint16_t plain_u16(const uint8_t *p)
{
	uint16_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return __builtin_bswap16(v);
}

static inline bool plain_ip4(const uint8_t *ip, size_t left, struct plain *ret)
{
	uint32_t total;

	if (left < IP4_MIN_LEN + PLAIN_MIN || ip[0] != 0x45 || ip[9] != IP_PROTO_ICMP4 ||
	    (plain_u16(ip + 6) & 0x3fff) != 0)
		return false;
	total = plain_u16(ip + 2);
	if (total < IP4_MIN_LEN + PLAIN_MIN)
		return false;
	*ret = (struct plain){ .ip = ip,
			       .family = 4,
			       .hdr = IP4_MIN_LEN,
			       .cut = total > left,
			       .len = (uint32_t)MIN(total, left) - IP4_MIN_LEN };
	return true;
}

static inline bool plain_ip6(const uint8_t *ip, size_t left, struct plain *ret)
{
	uint32_t len;

	if (left < IP6_HDR_LEN + PLAIN_MIN || ip[0] >> 4 != 6 || ip[6] != IP_PROTO_ICMP6)
		return false;
	len = plain_u16(ip + 4);
	if (len < PLAIN_MIN)
		return false;
	left -= IP6_HDR_LEN;
	*ret = (struct plain){ .ip = ip,
			       .family = 6,
			       .hdr = IP6_HDR_LEN,
			       .cut = len > left,
			       .len = (uint32_t)MIN(len, left) };
	return true;
}

/** Whether @frame is plain. @ret borrows from it, written on success only. */
static inline bool plain_find(enum link_type link, struct span frame, struct plain *ret)
{
	size_t at = link == LINK_ETHERNET ? 14 : 16;
	uint16_t type;

	if (link == LINK_RAW)
		return plain_ip4(frame.p, frame.len, ret) || plain_ip6(frame.p, frame.len, ret);
	if ((link != LINK_ETHERNET && link != LINK_SLL) || frame.len < at)
		return false;
	type = plain_u16(frame.p + at - 2);
	if (type == ETH_TYPE_IP4)
		return plain_ip4(frame.p + at, frame.len - at, ret);
	return type == ETH_TYPE_IP6 && plain_ip6(frame.p + at, frame.len - at, ret);
}
