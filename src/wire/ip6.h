/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv6 packets and their chain of extension headers.
 *
 * Pure. As with IPv4, a packet that the capture cut is parsed and .missing says how much
 * is not there. Source: RFC 8200; RFC 4302 (AH), RFC 2675 (jumbograms), RFC 8754, RFC 6275
 * and RFC 5095 (routing headers 4, 2, 0), RFC 6946 (atomic fragments).
 */
#pragma once

#include "base/base.h"
#include "base/cur.h"
#include "base/ip.h"
#include "wire/ip4.h" /* enum ip_proto */

#define IP6_HDR_LEN 40 /* octets */

/*
 * Extension headers followed; a packet with more is refused. Not a small number: senders pile
 * them up to hide a message from filters, and (1500 - 40) / 8 fit into an Ethernet frame.
 */
#define IP6_EXT_MAX 182

struct ip6_pkt {
	uint8_t tclass;       /* DSCP and ECN */
	uint8_t next;         /* protocol of the payload's first header */
	uint8_t hop_limit;    /* hops left */
	uint16_t payload_len; /* parse: the field as it stood, 0 for jumbograms; build: ignored */
	uint32_t flow;        /* flow label, 20 bits */
	uint32_t
		missing; /* parse: octets payload_len promises and the buffer lacks; build: ignored */
	struct ip_addr src, dst;
	struct span payload; /* borrowed; extension headers included, link padding not */
};

struct ip6_chain {
	uint8_t proto;     /* of the first header that is no extension header, or was not reached */
	uint8_t n;         /* extension headers passed */
	bool fragment;     /* a fragment header that is not atomic stood in the chain */
	bool mf;           /* more fragments */
	bool cut;          /* octets ended within the chain: .proto is the header that was cut */
	uint16_t frag_off; /* octets; above 0, .l4 is the middle of a message */
	uint32_t frag_id;  /* of the last fragment header, 0 without one */
	struct ip_addr
		last; /* final destination, where a routing header is not yet done; else family 0 */
	struct span l4; /* borrowed; from the .proto header on; empty when cut */
};

/**
 * Parse the fixed header.
 *
 * Returns 0; -EMSGSIZE when @octets is shorter than IP6_HDR_LEN; -EBADMSG when the version
 * is not 6. @ret_pkt borrows from @octets, written on success only.
 */
int ip6_parse(struct span octets, struct ip6_pkt *ret_pkt);

/**
 * Append header and payload, computing version and length.
 *
 * Returns 0; -EINVAL when an address is not IPv6, the flow label is over 20 bits or the
 * payload over 65535 octets; -ENOSPC.
 */
int ip6_build(const struct ip6_pkt *pkt, struct wcur *out);

/**
 * Walk the chain that begins with protocol @next at the front of @payload: hop-by-hop,
 * routing, destination options, fragment, AH. ESP ends it: nothing can be read behind.
 *
 * Returns 0 (also when the octets end early: .cut); -EBADMSG when there are more than
 * IP6_EXT_MAX headers. @ret_chain borrows from @payload, written on success only.
 */
int ip6_walk(uint8_t next, struct span payload, struct ip6_chain *ret_chain);
