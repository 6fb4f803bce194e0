/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMP errors of both families: what they say (MTU, pointer, gateway) and the packet they
 * quote. Routers quote as little as 8 octets behind the IP header and rewrite fields on
 * the way, so a quote is read leniently: each part has a flag that says it was there.
 *
 * Pure. Not here: checksums of the error itself (icmp4_parse, icmp6_parse); the ICMPv6
 * redirect (nd.h); what is inside extension objects (icmpext.h).
 * Source: RFC 792, RFC 1191 (MTU), RFC 1812 4.3.2.3 (how much is quoted), RFC 4443 3, RFC 4884.
 */
#pragma once

#include "base/base.h"
#include "base/cur.h"
#include "base/ip.h"

/* What a quote says about the packet that caused the error. */
struct icmperr_quote {
	struct span octets; /* all that is quoted, from the IP version octet on; borrowed */
	uint8_t family;     /* 4 or 6 when the addresses could be read, else 0 and all below is 0 */
	uint8_t proto;      /* behind extension headers */
	uint8_t ttl;        /* as the offender saw it */
	uint8_t tos;        /* traffic class */
	bool later_fragment; /* a fragment other than the first: .l4 is the middle of a message */
	bool has_ports;      /* TCP, UDP, UDP-Lite or SCTP, and both ports were quoted */
	bool has_icmp;       /* ICMP of the quote's family, type and code were quoted */
	bool has_echo;       /* has_icmp, and identifier and sequence number as well */
	bool has_seq;        /* TCP, and the sequence number was quoted */
	uint8_t icmp_type, icmp_code;
	uint16_t icmp_id, icmp_seq; /* octets 4..7 of the ICMP header, whatever its type */
	uint16_t sport, dport;
	uint16_t ip_id;  /* IPv4 identification */
	uint16_t ip_len; /* length the IP header claims, IPv6's 40 octets included */
	uint32_t tcp_seq;
	struct ip_addr src, dst;
	struct span l4; /* from the .proto header on; borrowed; may be empty */
};

struct icmperr {
	uint8_t family; /* 4 or 6: of the error itself */
	uint8_t type, code;
	uint32_t mtu; /* next-hop MTU of 4:3/4 (0 from routers before RFC 1191) and 6:2; else 0 */
	uint32_t pointer;       /* octet at fault, of 4:12 and 6:4; else 0 */
	struct ip_addr gateway; /* of 4:5 (redirect); else family 0 */
	struct icmperr_quote quote;
	struct span
		ext; /* the RFC 4884 extension structure (icmpext_parse); empty: none; borrowed */
};

/**
 * Whether @type is an error message that quotes a packet: 3, 4, 5, 11, 12 of ICMPv4;
 * 1..4 of ICMPv6.
 */
bool icmperr_is(int family, uint8_t type);

/**
 * Parse an ICMP error.
 *
 * @family   4 or 6
 * @octets   starts at the ICMP type octet; the checksum is not looked at
 * @ret_err  borrows from @octets, written on success only
 *
 * Returns 0, however little of the quote is there; -EMSGSIZE when @octets is shorter than
 * 8; -ENOMSG when the type is no error (icmperr_is).
 */
int icmperr_parse(int family, struct span octets, struct icmperr *ret_err);

/** Read a quoted packet alone; never fails: what cannot be read stays 0. Borrows from @octets. */
void icmperr_quote_parse(struct span octets, struct icmperr_quote *ret_quote);

/**
 * Append an ICMP error: type, code, the value its type has, .quote.octets as it is, and the
 * extensions behind it (the quote then padded to 128 octets at least, RFC 4884 4). The
 * other members of .quote are not looked at.
 *
 * @src, @dst  addresses the error travels between; used for ICMPv6 only, may be NULL for ICMPv4
 *
 * Returns 0; -EINVAL when the type is no error, its value does not fit its field, or .ext
 * is set for a type RFC 4884 gives no length field or with a quote too long for it; -ENOSPC.
 */
int icmperr_build(const struct icmperr *e, const struct ip_addr *src, const struct ip_addr *dst,
		  struct wcur *out);
