/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Probes that are to die on the way, and what comes back for them: traces, their branches, the path
 * MTU. Between probes of one flow nothing changes that a router may choose a path by (Paris
 * traceroute); which probe of the flow it was is said elsewhere:
 *
 * | kind | the flow is                                          | the number is in                    |
 * |------|------------------------------------------------------|-------------------------------------|
 * | echo | type, code, checksum (the body makes it so), identifier | sequence number                  |
 * | UDP  | addresses, ports; IPv6's flow label                  | IPv4's identification, IPv6's checksum |
 * | TCP  | addresses, ports; IPv6's flow label                  | sequence number's upper half        |
 *
 * Everything else has room for a keyed hash of target, source, kind, port, flow and number: the
 * identifier (echo), the checksum (UDP over IPv4), the sequence number's lower half (TCP), and a tag
 * in the body of echo and UDP:
 *
 *	octets 0..7 hash, 8..9 number, 10..11 flow, 12..13 what makes the checksum come out,
 *	14..15 port, 16..31 the target (IPv4: four octets, twelve zeros)
 *
 * A quote that carries the tag is believed by its hash, whatever a translator on the way has made of
 * the addresses; one that is cut short must fit in every field it has, but for the source address,
 * since errors go to whom they are about. What wants to be ours and does not fit is -EBADMSG: callers
 * count it as forged.
 *
 * What is weak: eight octets of an echo, or of UDP over IPv6, guard the flow by a hash and not the
 * number. UDP data is told by ports alone, which the caller compares with those it asked. A reset that
 * answers a SYN longer than the least acknowledges octets that nobody remembers: it is not told.
 *
 * Pure. Source: RFC 792, 4443, 4884 (quotes and extensions), 1812 5.3.1 (TTL); Augustin et al.,
 * "Avoiding traceroute anomalies with Paris traceroute", IMC 2006 (which fields routers hash).
 */
#pragma once

#include "base/cur.h"
#include "base/hash.h"
#include "probe/reply.h"

#define HOP_FLOWS_MAX 512 /* flows of one trace; as many source ports are needed */
#define HOP_TAG_LEN   32
#define HOP_LEN_MAX   65535 /* octets of a packet from the IP header on */

struct hop_shot {
	struct ip_addr dst, src; /* of one family */
	uint8_t kind;            /* ASK_ECHO, ASK_UDP or ASK_TCP_SYN */
	uint8_t hops;            /* TTL or hop limit, 1..255 */
	uint8_t tos;             /* type of service, traffic class */
	bool df;                 /* IPv4: do not fragment; IPv6 never does */
	uint16_t port;           /* UDP, TCP: of the target */
	uint16_t flow;           /* 0..HOP_FLOWS_MAX-1 */
	uint16_t number;         /* 1..65535 */
	uint16_t len; /* octets of the packet; what is less than the least means the least */
};

/* What the offender quoted of the probe, where it differs from what was sent or tells something. */
struct hop_quote {
	int16_t ttl, tos; /* as they arrived there; -1: not told */
	uint16_t len;     /* of the IP header there; 0: not told */
	bool translated;  /* addresses or ports are not ours: .src … .dport are what they were */
	struct ip_addr src, dst;
	uint16_t sport, dport;
};

struct hop_reply {
	struct ip_addr dst;   /* whom the probe was for */
	struct ip_addr local; /* our address it came from */
	struct ip_addr from;  /* who sent this */
	uint8_t ask;          /* enum ask_kind of the probe */
	uint16_t port, flow;
	uint16_t number;        /* 0: cannot be told (UDP data, short quotes given by sockets) */
	uint8_t kind;           /* enum reply_kind; ANSWER, SYNACK and RST are the target's */
	uint8_t type, code;     /* ICMP's; ERROR, and ANSWER to echo */
	int16_t ttl;            /* of this reply as it arrived; -1: not told */
	uint32_t mtu;           /* of 3/4 and packet-too-big; 0: none */
	struct hop_quote quote; /* ERROR */
	struct span ext; /* ERROR: RFC 4884 structure (wire/icmpext.h), borrowed; empty: none */
	uint64_t t_ns;   /* when it arrived, monotonic; left to the caller */
};

struct hop_codec {
	struct hash_key key;
	uint16_t port_first, port_n; /* source ports that are ours */
};

/** @port_n  1..HOP_FLOWS_MAX; so many flows can be told apart, and with UDP and TCP no more exist */
void hop_codec_init(struct hop_codec *c, const struct hash_key *key, uint16_t port_first,
		    uint16_t port_n);

/** Octets of the shortest packet of @kind to @family 4 or 6; 0: there is no such probe. */
uint16_t hop_shot_least(enum ask_kind kind, int family);

/**
 * Append the packet from its IP header on.
 *
 * Returns 0; -EINVAL when a field is out of its range or families differ; -ENOSPC, @out then unusable.
 */
int hop_shot_build(const struct hop_codec *c, const struct hop_shot *shot, struct wcur *out);

/**
 * Append only what a socket sends: the UDP payload, or the echo request from its ICMP header on, with
 * the identifier @id that the kernel gave the socket. As hop_shot_build().
 */
int hop_shot_message(const struct hop_codec *c, const struct hop_shot *shot, uint16_t id,
		     struct wcur *out);

/**
 * Read what arrived: is it about a probe of ours?
 *
 * @type    EtherType
 * @octets  from the IP header on
 *
 * Returns 0 with @ret; -ENOENT: nothing to do with us; -EBADMSG: forged or damaged. @ret is written on
 * success only.
 */
int hop_match(const struct hop_codec *c, uint16_t type, struct span octets, uint32_t zone,
	      struct hop_reply *ret);

/**
 * The same for what a socket of kind @kind tells: @octets are the message as quoted by an error, or of
 * an echo reply from its ICMP header on. @ret's dst, port, flow and whatever the kernel told (from, kind,
 * type, code, ttl, mtu, t_ns) are filled in by the caller before; this sets number (0 where a quote is
 * too short to tell). Returns as hop_match().
 */
int hop_match_message(const struct hop_codec *c, enum ask_kind kind, uint16_t id,
		      struct span octets, struct hop_reply *ret);

/** A packet filter that passes all hop_match() could accept; as shot_filter(). */
size_t hop_filter(const struct hop_codec *c, char *buf, size_t len);
