/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a frame to the message it carries, and back: the one walk over all layers.
 *
 * Pure and total: no octet of the frame is trusted for a length, every loop has a bound.
 * Not here: reassembly, checksums of the message (icmp4.h …), its meaning.
 */
#pragma once

#include "base/base.h"
#include "base/cur.h"
#include "base/ip.h"
#include "wire/eth.h"
#include "wire/ip4.h"
#include "wire/link.h"

#define PACKET_LAYERS_MAX 24 /* link layers and tags taken off, over all tunnels; then it ends */
#define PACKET_DEPTH_MAX  8  /* IP headers opened, one in the other; then it ends */

enum packet_frag {
	PACKET_WHOLE,      /* no fragment, or an atomic one */
	PACKET_FRAG_FIRST, /* offset 0, more to come: the message's header is in .l4 */
	PACKET_FRAG_LATER, /* the middle or end of a message: .l4 has no header */
};

/* One IP packet. Spans borrow from the frame. */
struct packet {
	uint8_t family; /* 4 or 6 */
	uint8_t proto;  /* enum ip_proto, behind extension headers and AH */
	uint8_t ttl;    /* or hop limit */
	uint8_t tos;    /* or traffic class */
	uint8_t depth;  /* IP headers opened to get here: 1 without tunnels */
	uint8_t frag;   /* enum packet_frag */
	bool truncated; /* the capture lacks octets the header promises, or cut an extension header */
	bool df;        /* IPv4's don't fragment */
	bool sum_ok;    /* IPv4's header checksum verifies; IPv6: true */

	/*
	 * .l4 begins with the ICMP header of its family (no later fragment). It may be cut:
	 * .icmp_type is there when l4.len > 0, .icmp_code when l4.len > 1.
	 */
	bool icmp;
	uint8_t icmp_type, icmp_code;
	uint16_t sport, dport;   /* TCP, UDP, UDP-Lite, SCTP; else, or when cut, 0 */
	uint16_t ip_id;          /* IPv4's identification */
	uint32_t flow;           /* IPv6's flow label */
	struct ip_addr src, dst; /* as in the header */

	/* The destination checksums cover: another where an IPv6 routing header is not done. */
	struct ip_addr last_dst;

	struct span l3; /* the packet from its version octet on, without link padding */
	struct span l4; /* from the .proto header on */
};

/**
 * The outermost IP packet of a frame: what a host that receives the frame gets to see.
 * Tunnels stay closed. This is the prober's function: straight through for Ethernet.
 *
 * Returns 0; -ENOMSG when the frame carries no IP (ARP, LLDP …; eth_parse and arp_parse
 * read those); -EMSGSIZE when it ends within a link or IP header; -EBADMSG when an IP
 * header contradicts itself or a bound above was reached; -EINVAL for an unknown @link.
 * @ret_packet is written on success only.
 */
int packet_parse_outer(enum link_type link, struct span frame, struct packet *ret_packet);

/**
 * The same, then through tunnels (IP in IP, GRE, AH, EtherIP, MPLS in IP, VXLAN, Geneve,
 * GTP-U, Teredo, L2TP) down to the outermost ICMP header: for captures. Without one it is
 * the innermost packet that could be read. A tunnel whose content is no IP packet stays
 * closed, so that a UDP packet to port 4789 that is no VXLAN is a UDP packet.
 *
 * Returns as packet_parse_outer does.
 */
int packet_parse(enum link_type link, struct span frame, struct packet *ret_packet);

/* What to build around a finished layer-4 message (icmp4_build, udp_build, …). */
struct packet_spec {
	const struct eth_addr *eth_dst,
		*eth_src;                /* both: an Ethernet frame; both NULL: a bare packet */
	const struct ip_addr *src, *dst; /* of one family, which decides the packet's */
	uint8_t proto;
	uint8_t ttl;         /* or hop limit; as given, 0 included */
	uint8_t tos;         /* or traffic class */
	bool df;             /* IPv4's don't fragment */
	uint16_t ip_id;      /* IPv4's identification */
	uint32_t flow;       /* IPv6's flow label, 20 bits */
	struct span payload; /* the message; copied; may not overlap the output */
};

/**
 * Append the frame: Ethernet header where asked for, IPv4 or IPv6 header with its length and
 * checksum, payload.
 *
 * Returns 0; -EINVAL when the families differ, only one Ethernet address is given, the flow
 * label is over 20 bits or the payload too long for its length field; -ENOSPC, @out then unusable.
 */
int packet_build(const struct packet_spec *spec, struct wcur *out);
