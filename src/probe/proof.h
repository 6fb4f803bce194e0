/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packets of an audit's proof, and what comes back for them: every port,
 * every ICMP type and code, as a stranger or a neighbour would send them.
 *
 * Each packet carries a number of its own (tag) in the IPv4 identification or the
 * IPv6 flow label and, where its protocol has room, in source port, sequence or
 * identifier, so that the trace, the host and the answer can all be told apart.
 *
 * Pure: frames in caller's memory; sending them is flow/'s business.
 * Source: RFC 792, 950, 1256, 2521, 8335 (ICMP); RFC 4443, 4861, 2710, 3810, 4620, 2894, 3122 (ICMPv6).
 */
#pragma once

#include "base/cur.h"
#include "base/ip.h"
#include "fact/audit.h"
#include "wire/eth.h"

#define PROOF_FRAME_MAX 256 /* octets; no frame of a proof is longer */
#define PROOF_TAG_MAX   0x7fffu

#define PROOF_TTL_STRANGER  57 /* of packets that left as 64, seven routers away */
#define PROOF_TTL_NEIGHBOUR 64

#define PROOF_PAYLOAD_LEN 8 /* octets of a UDP probe: "sonde", 0, the port that was probed */

/* Whose packets these are, and where they go. */
struct proof_place {
	bool ether; /* frames with Ethernet headers; else bare IP packets */
	struct eth_addr host_mac, our_mac;
	struct ip_addr source; /* the prober's address */
	struct ip_addr addr;   /* the host's */
	struct ip_addr
		link_source; /* the prober's link-local address, for ND and MLD of a neighbour;
				       family 0: none */
	uint8_t from; /* enum fact_from: a stranger's packets were forwarded, so their TTL is below 255 */
	uint32_t trace_ip_id; /* bits or'ed into identification and flow label of a traced packet */
	uint32_t trace_label;
};

struct proof_icmp {
	uint8_t type, code;
	uint16_t tag; /* 0..PROOF_TAG_MAX */
	bool traced;
	uint16_t
		echo_id; /* of requests and replies that have one: then the tag is the sequence number; 0: the tag is the identifier */
	struct span
		quote; /* a packet of the host's own that an error quotes; empty: one the host never sent */
};

/** Which of the prober's addresses a message of @type is sent from. Borrowed from @at. */
const struct ip_addr *proof_icmp_source(const struct proof_place *at, uint8_t type);

/** Append the frame of one ICMP message, as its RFC shapes it. 0; -ENOSPC. */
int proof_icmp_build(const struct proof_place *at, const struct proof_icmp *what, struct wcur *out);

struct proof_port {
	uint8_t proto; /* enum fact_proto: TCP (a SYN) or UDP (8 octets of payload) */
	uint16_t port, sport;
	uint16_t tag;
	bool traced;
};

/** Append the frame of one port probe. 0; -ENOSPC. */
int proof_port_build(const struct proof_place *at, const struct proof_port *what, struct wcur *out);

/**
 * Which port a UDP probe was sent to, by its payload: a rule may have led it to another.
 *
 * Returns whether @payload is a probe's; @ret_port is written only then.
 */
bool proof_payload_port(struct span payload, uint16_t *ret_port);

/** Append the RST that ends what a SYN began; @ack is the answer's acknowledgement number. 0; -ENOSPC. */
int proof_reset_build(const struct proof_place *at, const struct proof_port *what, uint32_t ack,
		      struct wcur *out);

enum proof_kind {
	PROOF_NOISE, /* nothing that answers a probe */
	PROOF_SYN_ACK,
	PROOF_RST,
	PROOF_UDP,     /* a datagram from the probed port */
	PROOF_ERROR,   /* an ICMP error that quotes a probe */
	PROOF_MESSAGE, /* another ICMP message to the prober */
};

/** fact_answer's word for each kind: "syn-ack", "rst", "udp", "icmp"; NULL for noise. */
extern const char *const proof_kind_words[];

/* What one frame from the host says. */
struct proof_reply {
	uint8_t kind; /* enum proof_kind */
	uint8_t proto; /* of the probe: enum fact_proto; PROOF_MESSAGE, and errors about ICMP: FACT_ICMP */
	uint16_t port, sport;           /* of the probe; 0 for ICMP */
	uint32_t ack;                   /* PROOF_SYN_ACK: acknowledgement number */
	int16_t icmp_type, code;        /* PROOF_ERROR, PROOF_MESSAGE; else -1 */
	int16_t about_type, about_code; /* PROOF_ERROR about ICMP: what it quotes; else -1 */
	uint16_t id; /* octets 4..5 of a PROOF_MESSAGE, or of the ICMP message that is quoted */
	uint8_t ttl;
	struct ip_addr from, to; /* addresses of the reply */
};

/**
 * Read a frame that came out of the twin. Total: anything that is no answer to one of
 * this proof's probes is PROOF_NOISE.
 *
 * @link   enum link_type of the frame
 * @frame  borrowed for the call
 */
struct proof_reply proof_match(int link, struct span frame);

/**
 * Is @reply what the ICMP message @type, @code with the identification @tag is answered
 * with: its reply, or an error that quotes it?
 */
bool proof_answers(const struct proof_reply *reply, int family, uint8_t type, uint8_t code,
		   uint16_t tag);

/**
 * The IP packet of a frame that the host itself sent from @from to @to, good to be quoted by
 * an error: no ICMP, which an error must not be about, and no fragment. Empty: it is not.
 */
struct span proof_quotable(int link, struct span frame, const struct ip_addr *from,
			   const struct ip_addr *to);
