/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv4 packets: octets <-> struct ip4_pkt.
 *
 * Pure. A capture may cut a packet: what is there is parsed, and .missing says how much
 * is not. Reassembly is nobody's business here.
 * Source: RFC 791; RFC 6864 (identification), RFC 2474 and 3168 (the second octet).
 */
#pragma once

#include "base/base.h"
#include "base/cur.h"
#include "base/ip.h"

#define IP4_MIN_LEN     20    /* octets of a header without options */
#define IP4_OPTIONS_MAX 40    /* octets */
#define IP4_MAX_LEN     65535 /* octets, header included */

/* Protocol numbers Sonde opens or names (IANA, both families). */
enum ip_proto {
	IP_PROTO_HOPOPTS = 0,
	IP_PROTO_ICMP4 = 1,
	IP_PROTO_IP4 = 4, /* a packet within */
	IP_PROTO_TCP = 6,
	IP_PROTO_UDP = 17,
	IP_PROTO_IP6 = 41, /* a packet within */
	IP_PROTO_ROUTING = 43,
	IP_PROTO_FRAGMENT = 44,
	IP_PROTO_GRE = 47,
	IP_PROTO_ESP = 50,
	IP_PROTO_AH = 51,
	IP_PROTO_ICMP6 = 58,
	IP_PROTO_NONE = 59,
	IP_PROTO_DSTOPTS = 60,
	IP_PROTO_ETHERIP = 97,
	IP_PROTO_SCTP = 132,
	IP_PROTO_UDPLITE = 136,
	IP_PROTO_MPLS = 137,
};

struct ip4_pkt {
	uint8_t tos; /* DSCP and ECN */
	uint8_t ttl; /* hops left */
	uint8_t proto;
	bool df, mf;       /* don't fragment, more fragments */
	bool evil;         /* the reserved flag (RFC 3514) */
	bool sum_ok;       /* parse: the header checksum verifies; build fills it in */
	uint16_t id;       /* identification */
	uint16_t frag_off; /* octets, a multiple of 8 */
	uint16_t
		total_len; /* parse: the field as it stood, 0 for offloaded sends; build: ignored */
	uint32_t
		missing; /* parse: octets total_len promises and the buffer lacks; build: ignored */
	struct ip_addr src, dst;
	struct span options; /* borrowed; 0..40 octets, a multiple of 4 */
	struct span payload; /* borrowed; without link padding */
};

/**
 * Parse one packet.
 *
 * @octets   starts at the version octet; may be longer (padding) or shorter (cut) than the packet
 * @ret_pkt  borrows from @octets, written on success only
 *
 * Returns 0; -EMSGSIZE when @octets ends within the header; -EBADMSG when the version is
 * not 4, the header length below 20, or the total length shorter than the header. A total
 * length of 0 is a send the card was to cut up: all of @octets is taken.
 */
int ip4_parse(struct span octets, struct ip4_pkt *ret_pkt);

/**
 * Append header and payload, computing version, lengths and checksum.
 *
 * Returns 0; -EINVAL when options are no multiple of 4 or too long, frag_off no multiple
 * of 8, an address is not IPv4, or the packet would be longer than IP4_MAX_LEN; -ENOSPC.
 */
int ip4_build(const struct ip4_pkt *pkt, struct wcur *out);
