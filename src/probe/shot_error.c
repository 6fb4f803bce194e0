/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMP errors about probes of ours. What is quoted may be cut behind eight octets and may have
 * another TTL, type of service or checksum than we sent; all else that is there must be ours.
 */
#include <errno.h>

#include "icmp/number.h"
#include "probe/shot_own.h"
#include "wire/icmperr.h"
#include "wire/packet.h"
#include "wire/tcp.h"

#define HEADER_LEN   8  /* of ICMP and UDP */
#define TCP_FLAGS_AT 13 /* octet of a TCP header */

/* What the quote says about the probe. */
struct found {
	struct ask ask;
	int8_t try;
	bool weak;
};

static struct span body_of(const struct icmperr_quote *q)
{
	if (q->l4.len <= HEADER_LEN)
		return (struct span){ NULL, 0 };
	return (struct span){ q->l4.p + HEADER_LEN, q->l4.len - HEADER_LEN };
}

/* The ask whose message has @type, or ASK_KINDS. */
static enum ask_kind query_kind(int family, uint8_t type)
{
	if (family == 6)
		return type == ICMP6_ECHO ? ASK_ECHO : ASK_KINDS;
	switch (type) {
	case ICMP4_ECHO:
		return ASK_ECHO;
	case ICMP4_TIMESTAMP:
		return ASK_TIMESTAMP;
	case ICMP4_INFO:
		return ASK_INFO;
	case ICMP4_MASK:
		return ASK_MASK;
	default:
		return ASK_KINDS;
	}
}

/* Whether the octets of @body that were quoted are those of @len octets of @want. */
static bool begins(struct span body, uint64_t want, unsigned len)
{
	for (unsigned i = 0; i < len && i < body.len; i++) {
		if (body.p[i] != (uint8_t)(want >> 8 * (len - 1 - i)))
			return false;
	}
	return true;
}

static int find_query(const struct shot_codec *c, const struct icmperr_quote *q, struct found *ret)
{
	enum ask_kind kind = query_kind(q->family, q->icmp_type);
	uint64_t cookie;
	uint16_t try;

	if (kind == ASK_KINDS || !q->has_echo)
		return -ENOENT;
	cookie = shot_cookie(c, kind, &q->dst, &q->src, 0);
	if (q->icmp_id != shot_icmp_id(cookie))
		return -ENOENT;
	try = q->icmp_seq ^ shot_icmp_seq(cookie, 0);
	if (try >= ASK_TRIES_MAX || q->icmp_code != 0 ||
	    (kind == ASK_ECHO && !begins(body_of(q), cookie, 8)) ||
	    (kind == ASK_TIMESTAMP && !begins(body_of(q), shot_stamp(cookie), 4)))
		return -EBADMSG;
	*ret = (struct found){ { .kind = (uint8_t)kind }, (int8_t)try, false };
	return 0;
}

static bool find_segment(const struct shot_codec *c, const struct icmperr_quote *q,
			 enum ask_kind kind, struct found *ret)
{
	uint64_t cookie = shot_cookie(c, kind, &q->dst, &q->src, q->dport);
	unsigned code = shot_port_code(c, cookie, q->sport);

	if (q->tcp_seq != shot_word(cookie) || code >= ASK_TRIES_MAX)
		return false;
	*ret = (struct found){ { .kind = (uint8_t)kind, .port = q->dport },
			       shot_try(c, code),
			       false };
	return true;
}

static int find_tcp(const struct shot_codec *c, const struct icmperr_quote *q, struct found *ret)
{
	uint8_t flags = q->l4.len > TCP_FLAGS_AT ? q->l4.p[TCP_FLAGS_AT] : 0;

	if (!q->has_ports || !shot_port_ours(c, q->sport))
		return -ENOENT;
	if (!q->has_seq)
		return -EBADMSG;
	if (!(flags & TCP_ACK) && find_segment(c, q, ASK_TCP_SYN, ret))
		return 0;
	if (!(flags & TCP_SYN) && find_segment(c, q, ASK_TCP_ACK, ret))
		return 0;
	return -EBADMSG;
}

/* The tag, and the length that the probe had: off the path nobody knows them. */
static bool has_tag(const struct shot_codec *c, const struct icmperr_quote *q, uint8_t payload)
{
	uint64_t cookie = shot_cookie(c, ASK_UDP, &q->dst, &q->src, q->dport);
	const uint8_t *o = q->octets.p;
	uint32_t tag = q->ip_id;
	size_t len;

	if (q->l4.len < HEADER_LEN)
		return false;
	if (q->family == 6)
		tag = (o[1] & 0xfu) << 16 | (uint32_t)o[2] << 8 | o[3];
	len = (size_t)q->l4.p[4] << 8 | q->l4.p[5];
	return tag == shot_tag(cookie, q->family) &&
	       len == HEADER_LEN + shot_udp_len(c, q->dport, payload);
}

static int find_udp(const struct shot_codec *c, const struct icmperr_quote *q, struct found *ret)
{
	struct shot_udp u;

	if (!q->has_ports || !shot_port_ours(c, q->sport))
		return -ENOENT;
	if (shot_udp_quoted(c, &q->dst, &q->src, q->dport, q->sport, body_of(q), &u) < 0)
		return -EBADMSG;
	*ret = (struct found){
		{ .kind = ASK_UDP, .payload = u.payload, .port = q->dport },
		u.try,
		u.weak && !has_tag(c, q, u.payload),
	};
	return 0;
}

static int find(const struct shot_codec *c, const struct icmperr_quote *q, struct found *ret)
{
	if (q->proto == IP_PROTO_TCP)
		return find_tcp(c, q, ret);
	if (q->proto == IP_PROTO_UDP)
		return find_udp(c, q, ret);
	if (q->proto == (q->family == 4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6))
		return find_query(c, q, ret);
	return -ENOENT;
}

int shot_match_error(const struct shot_codec *c, const struct packet *p, struct reply *ret_reply)
{
	struct found f = { .try = -1 };
	struct icmperr e;
	int r;

	if (icmperr_parse(p->family, p->l4, &e) < 0 || e.quote.family != p->family ||
	    e.quote.later_fragment)
		return -ENOENT;
	if (e.family == 4 && (e.type == ICMP4_REDIRECT || e.type == ICMP4_SOURCE_QUENCH))
		return -ENOENT;
	r = find(c, &e.quote, &f);
	if (r < 0)
		return r;
	/* Errors go to whom the packet came from; another address is somebody's invention. */
	if (!ip_eq(&e.quote.src, &p->dst))
		return -EBADMSG;
	*ret_reply = (struct reply){
		.target = e.quote.dst,
		.from = p->src,
		.local = p->dst,
		.ask = f.ask,
		.kind = REPLY_ERROR,
		.type = e.type,
		.code = e.code,
		.try = f.try,
		.ttl = p->ttl,
		.mtu = e.mtu,
		.weak = f.weak,
	};
	return 0;
}
