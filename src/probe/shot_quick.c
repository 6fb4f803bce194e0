/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The replies that come by the million, echo replies and TCP segments behind a plain IP header,
 * without the walk over all layers. It only ever says yes, and where it does so would the slow
 * way, with the same reply (a fuzz target compares); what it does not know is looked at again.
 */
#include "icmp/number.h"
#include "probe/shot_own.h"
#include "wire/checksum.h"
#include "wire/ip4.h"
#include "wire/ip6.h"
#include "wire/tcp.h"

#define ECHO_HEAD 16 /* octets of an echo reply before the target's address */

/* A plain packet: no options, no fragment, no extension headers. */
struct plain {
	bool v4;
	uint8_t proto, ttl;
	const uint8_t *src, *l4;
	size_t addr, len; /* octets of an address, of the message */
};

static uint16_t load16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}
static uint32_t load32(const uint8_t *p)
{
	return (uint32_t)load16(p) << 16 | load16(p + 2);
}

static bool open4(struct span s, struct plain *ret)
{
	const uint8_t *p = s.p;
	size_t len;

	if (s.len < IP4_MIN_LEN || p[0] != 0x45 || (p[6] & 0x3f) != 0 || p[7] != 0)
		return false;
	len = load16(p + 2);
	if (len < IP4_MIN_LEN || len > s.len || checksum((struct span){ p, IP4_MIN_LEN }) != 0)
		return false;
	*ret = (struct plain){ true, p[9], p[8], p + 12, p + IP4_MIN_LEN, 4, len - IP4_MIN_LEN };
	return true;
}

static bool open6(struct span s, struct plain *ret)
{
	const uint8_t *p = s.p;
	size_t len;

	if (s.len < IP6_HDR_LEN || p[0] >> 4 != 6)
		return false;
	len = load16(p + 4);
	if (len > s.len - IP6_HDR_LEN)
		return false;
	*ret = (struct plain){ false, p[6], p[7], p + 8, p + IP6_HDR_LEN, 16, len };
	return true;
}

static struct ip_addr addr_of(const struct plain *p, const uint8_t *octets)
{
	struct ip_addr a = { .family = p->v4 ? 4 : 6 };

	if (p->v4)
		memcpy(a.octet, octets, 4);
	else
		memcpy(a.octet, octets, 16);
	return a;
}

static void reply_put(const struct plain *p, const struct ip_addr *from, const struct ip_addr *to,
		      enum reply_kind kind, struct reply *ret)
{
	*ret = (struct reply){
		.target = *from,
		.from = *from,
		.local = *to,
		.kind = (uint8_t)kind,
		.ttl = p->ttl,
	};
}

static bool echo_sum_ok(const struct plain *p)
{
	const uint8_t tail[4] = { 0, IP_PROTO_ICMP6, (uint8_t)(p->len >> 8), (uint8_t)p->len };
	uint64_t sum = p->v4 ? 0 : checksum_add(0, (struct span){ tail, 4 });
	const uint8_t *from = p->v4 ? p->l4 : p->src;

	return checksum_end(checksum_add(
		       sum, (struct span){ from, (size_t)(p->l4 + p->len - from) })) == 0;
}

static bool quick_echo(const struct shot_codec *c, const struct plain *p, struct reply *ret)
{
	struct ip_addr from, to;
	uint64_t cookie;
	uint16_t try;

	if (p->len < ECHO_HEAD + p->addr || p->l4[1] != 0 ||
	    p->l4[0] != (p->v4 ? ICMP4_ECHO_REPLY : ICMP6_ECHO_REPLY) ||
	    memcmp(p->l4 + ECHO_HEAD, p->src, p->addr) != 0 || !echo_sum_ok(p))
		return false;
	from = addr_of(p, p->src);
	to = addr_of(p, p->src + p->addr);
	cookie = shot_cookie(c, ASK_ECHO, &from, &to, 0);
	try = load16(p->l4 + 6) ^ shot_icmp_seq(cookie, 0);
	if (load16(p->l4 + 4) != shot_icmp_id(cookie) || try >= ASK_TRIES_MAX ||
	    load32(p->l4 + 8) != shot_word(cookie) || load32(p->l4 + 12) != (uint32_t)cookie)
		return false;
	reply_put(p, &from, &to, REPLY_ANSWER, ret);
	ret->ask.kind = ASK_ECHO;
	ret->type = p->l4[0];
	ret->try = (int8_t)try;
	return true;
}

static bool quick_tcp(const struct shot_codec *c, const struct plain *p, struct reply *ret)
{
	enum ask_kind kind = ASK_TCP_SYN;
	struct ip_addr from, to;
	uint64_t cookie;
	uint8_t flags;
	unsigned code;

	if (p->len < TCP_MIN_LEN || !shot_port_ours(c, load16(p->l4 + 2)) ||
	    p->l4[12] >> 4 < TCP_MIN_LEN / 4 || (p->l4[12] >> 4) * 4u > p->len)
		return false;
	flags = p->l4[13] & (TCP_SYN | TCP_ACK | TCP_RST);
	if (flags == TCP_RST)
		kind = ASK_TCP_ACK;
	else if (flags != (TCP_SYN | TCP_ACK) && flags != (TCP_RST | TCP_ACK))
		return false;
	from = addr_of(p, p->src);
	to = addr_of(p, p->src + p->addr);
	cookie = shot_cookie(c, kind, &from, &to, load16(p->l4));
	code = shot_port_code(c, cookie, load16(p->l4 + 2));
	if (code >= ASK_TRIES_MAX ||
	    (kind == ASK_TCP_SYN ? load32(p->l4 + 8) - 1 : load32(p->l4 + 4)) != shot_word(cookie))
		return false;
	reply_put(p, &from, &to, flags & TCP_RST ? REPLY_RST : REPLY_SYNACK, ret);
	ret->ask.kind = (uint8_t)kind;
	ret->ask.port = load16(p->l4);
	ret->try = shot_try(c, code);
	ret->window = load16(p->l4 + 14);
	return true;
}

bool shot_match_quick(const struct shot_codec *c, uint16_t type, struct span octets,
		      struct reply *ret)
{
	struct plain p;

	if (type == ETH_TYPE_IP4 ? !open4(octets, &p) : type != ETH_TYPE_IP6 || !open6(octets, &p))
		return false;
	if (p.proto == IP_PROTO_TCP)
		return quick_tcp(c, &p, ret);
	return p.proto == (p.v4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6) && quick_echo(c, &p, ret);
}
