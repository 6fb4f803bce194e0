/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Neighbour discovery messages: router and neighbour solicitations and advertisements,
 * redirects, and their options.
 *
 * Pure. Not here: the checksum (icmp6_parse) and the rules a receiver adds (hop limit 255,
 * which addresses may be unspecified or multicast: nd_trusted).
 * Source: RFC 4861 4; RFC 6275 7.1 (home agent flag), RFC 4191 (preference), RFC 3971 5.3.2
 * (nonce), RFC 8106 (RDNSS).
 */
#pragma once

#include "base/base.h"
#include "base/cur.h"
#include "base/ip.h"
#include "wire/eth.h"

#define ND_PREFIX_MAX 8  /* prefixes kept; further ones are left out */
#define ND_OPTS_MAX   64 /* options read; a message with more is refused */

enum nd_type { ND_RS = 133, ND_RA = 134, ND_NS = 135, ND_NA = 136, ND_REDIRECT = 137 };

enum nd_opt {
	ND_OPT_SLLA = 1,
	ND_OPT_TLLA = 2,
	ND_OPT_PREFIX = 3,
	ND_OPT_REDIRECTED = 4,
	ND_OPT_MTU = 5,
	ND_OPT_NONCE = 14,
	ND_OPT_RDNSS = 25,
};

struct nd_prefix {
	struct ip_prefix prefix;       /* host bits cut */
	bool on_link, autonomous;      /* the L and A flags */
	uint32_t valid_s, preferred_s; /* lifetimes; 0xffffffff is for ever */
};

struct nd_msg {
	uint8_t type; /* enum nd_type */
	uint8_t code; /* 0 in every message a receiver may act on */

	/* NA */
	bool router, solicited, override;

	/* RA */
	uint8_t hop_limit; /* 0: not told */
	bool managed, other, home_agent;
	uint8_t preference; /* two bits: 0 medium, 1 high, 3 low (RFC 4191) */
	uint16_t lifetime_s;
	uint32_t reachable_ms, retrans_ms;

	struct ip_addr target; /* NS, NA, redirect (the better first hop); else family 0 */
	struct ip_addr dst;    /* redirect: the destination it is about; else family 0 */

	/* options */
	bool has_slla, has_tlla, has_mtu;
	struct eth_addr slla, tlla; /* Ethernet's only */
	uint32_t mtu;
	uint8_t prefix_n;
	struct nd_prefix prefix[ND_PREFIX_MAX];
	uint8_t rdnss_n;   /* RDNSS options seen; build ignores it */
	uint8_t unknown_n; /* options of other types seen; build ignores it */
	struct span
		redirected; /* quoted packet of a redirect, borrowed; build: cut to whole 8 octets */
	struct span nonce;  /* borrowed; a multiple of 8 less 2 octets */
};

/**
 * Parse a message.
 *
 * @octets  starts at the ICMPv6 type octet
 *
 * Returns 0; -ENOMSG when the type is not one of ours; -EMSGSIZE when it is shorter than
 * its type must be or an option runs over its end; -EBADMSG when an option has length 0
 * (RFC 4861 4.6: discard), a length its type cannot have, or there are more than ND_OPTS_MAX.
 * @ret_msg borrows from @octets, written on success only.
 */
int nd_parse(struct span octets, struct nd_msg *ret_msg);

/**
 * Append the whole ICMPv6 message with its checksum. Options come in the order SLLA, TLLA,
 * MTU, prefixes, redirected header, nonce.
 *
 * Returns 0; -EINVAL when the type is not one of ours, an address it needs is not IPv6 or
 * a nonce has an impossible length; -ENOSPC.
 */
int nd_build(const struct nd_msg *msg, const struct ip_addr *src, const struct ip_addr *dst,
	     struct wcur *out);

/**
 * Whether a receiver may act on the message: the checks of RFC 4861 6.1, 7.1 and 8.1 on hop
 * limit and addresses. @hop_limit, @src and @dst are the IPv6 header's.
 */
bool nd_trusted(const struct nd_msg *msg, uint8_t hop_limit, const struct ip_addr *src,
		const struct ip_addr *dst);

/** The solicited-node multicast address of @a (RFC 4291 2.7.1). */
struct ip_addr nd_solicited_node(const struct ip_addr *a);

/** The Ethernet address an IPv6 multicast address maps to (RFC 2464 7). */
struct eth_addr nd_multicast_eth(const struct ip_addr *group);
