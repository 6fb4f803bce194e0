/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What building and matching agree on: where 64 bits of cookie go. Private to shot*.c.
 *
 * | bits   | ICMP queries                | TCP                     | UDP                          |
 * |--------|-----------------------------|-------------------------|------------------------------|
 * | 63..48 | identifier                  | sequence or ack number  | the payload's id             |
 * | 47..32 | sequence number, xor try    | (same)                  | (same)                       |
 * | 31..0  | originate timestamp         | source port, plus try   | source port, plus try and    |
 * |        |                             |                         | payload                      |
 *
 * An echo request's payload is all 64 and the target's address. UDP has a tag, made of bits 63..32,
 * in IPv4's identification or IPv6's flow label as well: ICMP errors quote them.
 */
#pragma once

#include "probe/shot.h"

#define SHOT_STAMP_ODD 0x80000000u /* RFC 792 p. 16: "not milliseconds since midnight" */
#define SHOT_CODES     (PAYLOADS_OF_PORT_MAX * ASK_TRIES_MAX)

/** The cookie of one ask of one target from one source; zones do not count. */
uint64_t shot_cookie(const struct shot_codec *c, enum ask_kind kind, const struct ip_addr *dst,
		     const struct ip_addr *src, uint16_t port);

static inline uint16_t shot_icmp_id(uint64_t cookie)
{
	return (uint16_t)(cookie >> 48);
}
static inline uint16_t shot_icmp_seq(uint64_t cookie, uint8_t try)
{
	return (uint16_t)((cookie >> 32 & 0xffff) ^ try);
}
static inline uint32_t shot_stamp(uint64_t cookie)
{
	return (uint32_t)cookie | SHOT_STAMP_ODD;
}
static inline uint32_t shot_word(uint64_t cookie)
{
	return (uint32_t)(cookie >> 32);
}

/* What the id of payload @i is made of: another for each, so that the answer tells which. */
static inline uint32_t shot_id_word(uint64_t cookie, unsigned i)
{
	return shot_word(cookie) + i * 0x9e3779b9u;
}

/* 16 bits for an identification, 20 for a flow label; not 0, for which kernels put their own. */
static inline uint32_t shot_tag(uint64_t cookie, int family)
{
	uint32_t tag = shot_word(cookie) * 0x9e3779b1u >> (family == 4 ? 16 : 12);

	return tag ? tag : 1;
}

/* Where in our range the ports of @cookie begin. */
static inline uint32_t shot_port_base(const struct shot_codec *c, uint64_t cookie)
{
	return (uint32_t)((cookie & 0xffffffff) * c->port_n >> 32);
}

/** The source port that says @code (of UDP: payload * ASK_TRIES_MAX + try; of TCP: try). */
static inline uint16_t shot_port(const struct shot_codec *c, uint64_t cookie, unsigned code)
{
	return (uint16_t)(c->port_first + (shot_port_base(c, cookie) + code) % c->port_n);
}

/** Whether @port is one of our source ports. */
static inline bool shot_port_ours(const struct shot_codec *c, uint16_t port)
{
	return port >= c->port_first && (unsigned)(port - c->port_first) < c->port_n;
}

/** The smallest code that gives our port @port: the others are port_n more each. */
static inline unsigned shot_port_code(const struct shot_codec *c, uint64_t cookie, uint16_t port)
{
	unsigned at = (unsigned)(port - c->port_first), base = shot_port_base(c, cookie);

	return at >= base ? at - base : at + c->port_n - base;
}

/** The try that @code says: with too few ports of our own none. */
static inline int8_t shot_try(const struct shot_codec *c, unsigned code)
{
	return c->port_n < ASK_TRIES_MAX ? -1 : (int8_t)(code % ASK_TRIES_MAX);
}

/** Build as shot_build() does, without templates. */
int shot_build_slow(const struct shot_codec *c, const struct shot *shot, struct wcur *out);

/** The payload and try that the source port @ours and, where there are some, octets tell. */
struct shot_udp {
	uint8_t payload;
	int8_t try;
	bool spoke; /* the octets are an answer to that payload, its id given back */
	bool weak;  /* ports alone fit: there was no id, nor tag */
};

/**
 * Which probe to @port of @target from port @ours of @local is this @answer for?
 *
 * Returns 0; -EBADMSG when none can have had that source port.
 */
int shot_udp_answer(const struct shot_codec *c, const struct ip_addr *target,
		    const struct ip_addr *local, uint16_t port, uint16_t ours, struct span answer,
		    struct shot_udp *ret);

/** The same for what an ICMP error quotes of the payload: cut anywhere, maybe empty. */
int shot_udp_quoted(const struct shot_codec *c, const struct ip_addr *target,
		    const struct ip_addr *local, uint16_t port, uint16_t ours, struct span quoted,
		    struct shot_udp *ret);

/** Octets of payload @i to @port. */
size_t shot_udp_len(const struct shot_codec *c, uint16_t port, uint8_t i);

/** Read what arrived as shot_match() does, from front to back, but for zones. */
int shot_match_slow(const struct shot_codec *c, uint16_t type, struct span octets,
		    struct reply *ret_reply);

/** Whether it is one of the commonest answers; the rest is shot_match_slow()'s. */
bool shot_match_quick(const struct shot_codec *c, uint16_t type, struct span octets,
		      struct reply *ret_reply);

struct packet;

/** An ICMP error that arrived as @p, whole and with a good checksum. As shot_match(). */
int shot_match_error(const struct shot_codec *c, const struct packet *p, struct reply *ret_reply);
