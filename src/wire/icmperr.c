/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/icmperr.h"

#include <errno.h>

#include "wire/checksum.h"
#include "wire/icmp4.h"
#include "wire/icmpext.h"
#include "wire/ip4.h"
#include "wire/ip6.h"
#include "wire/ipcur.h"

enum type4 { UNREACHABLE4 = 3, QUENCH4 = 4, REDIRECT4 = 5, EXCEEDED4 = 11, PARAMETER4 = 12 };
enum type6 { UNREACHABLE6 = 1, TOO_BIG6 = 2, EXCEEDED6 = 3, PARAMETER6 = 4 };

#define CODE_FRAG_NEEDED 4 /* of UNREACHABLE4: carries the MTU (RFC 1191 4) */

bool icmperr_is(int family, uint8_t type)
{
	if (family == 4)
		return type == UNREACHABLE4 || type == QUENCH4 || type == REDIRECT4 ||
		       type == EXCEEDED4 || type == PARAMETER4;
	return family == 6 && type >= UNREACHABLE6 && type <= PARAMETER6;
}

/* The first octets of what @q->l4 begins with, as far as they were quoted. */
static void quote_l4(struct icmperr_quote *q)
{
	struct rcur c = rcur(q->l4);
	uint16_t first = get_u16(&c), second = get_u16(&c);
	uint32_t third = get_u32(&c);

	if (q->later_fragment)
		return;
	if (q->proto == (q->family == 4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6)) {
		q->has_icmp = q->l4.len >= 2;
		q->icmp_type = (uint8_t)(first >> 8);
		q->icmp_code = (uint8_t)first;
		q->has_echo = q->l4.len >= 8;
		q->icmp_id = (uint16_t)(third >> 16);
		q->icmp_seq = (uint16_t)third;
	} else if (q->l4.len >= 4 && (q->proto == IP_PROTO_TCP || q->proto == IP_PROTO_UDP ||
				      q->proto == IP_PROTO_UDPLITE || q->proto == IP_PROTO_SCTP)) {
		q->has_ports = true;
		q->sport = first;
		q->dport = second;
		q->has_seq = q->proto == IP_PROTO_TCP && q->l4.len >= 8;
		q->tcp_seq = q->has_seq ? third : 0;
	}
}

/*
 * Not ip4_parse: routers quote headers whose lengths and checksums they or a NAT changed,
 * and cut them anywhere. Only the version and the two addresses must be there.
 */
static void quote_ip4(struct icmperr_quote *q)
{
	struct rcur c = rcur(q->octets);
	size_t hdr_len = (get_u8(&c) & 0x0f) * 4u;
	uint16_t frag;

	q->tos = get_u8(&c);
	q->ip_len = get_u16(&c);
	q->ip_id = get_u16(&c);
	frag = get_u16(&c);
	q->ttl = get_u8(&c);
	q->proto = get_u8(&c);
	get_u16(&c); /* checksum: routers quote it before or after they lowered the TTL */
	q->src = get_ip(&c, 4);
	q->dst = get_ip(&c, 4);
	if (c.bad || hdr_len < IP4_MIN_LEN) {
		*q = (struct icmperr_quote){ .octets = q->octets };
		return;
	}
	q->family = 4;
	q->later_fragment = frag & 0x1fff;
	get_span(&c, hdr_len - IP4_MIN_LEN);
	q->l4 = rcur_rest(&c);
	quote_l4(q);
}

static void quote_ip6(struct icmperr_quote *q)
{
	struct ip6_pkt pkt;
	struct ip6_chain chain;

	if (ip6_parse(q->octets, &pkt) < 0)
		return;
	q->family = 6;
	q->proto = pkt.next;
	q->ttl = pkt.hop_limit;
	q->tos = pkt.tclass;
	q->ip_len = (uint16_t)MIN(pkt.payload_len + IP6_HDR_LEN, UINT16_MAX);
	q->src = pkt.src;
	q->dst = pkt.dst;
	if (ip6_walk(pkt.next, pkt.payload, &chain) < 0)
		return;
	q->proto = chain.proto;
	q->later_fragment = chain.frag_off > 0;
	q->l4 = chain.l4;
	if (!chain.cut)
		quote_l4(q);
}

void icmperr_quote_parse(struct span octets, struct icmperr_quote *ret_quote)
{
	*ret_quote = (struct icmperr_quote){ .octets = octets };
	if (octets.len == 0)
		return;
	if (octets.p[0] >> 4 == 4)
		quote_ip4(ret_quote);
	else if (octets.p[0] >> 4 == 6)
		quote_ip6(ret_quote);
}

/* What octets 4..7 say, by type. */
static void read_rest(struct icmperr *e, uint32_t rest)
{
	if (e->family == 6 && e->type == TOO_BIG6)
		e->mtu = rest;
	else if (e->family == 6 && e->type == PARAMETER6)
		e->pointer = rest;
	else if (e->family == 4 && e->type == UNREACHABLE4 && e->code == CODE_FRAG_NEEDED)
		e->mtu = rest & 0xffff;
	else if (e->family == 4 && e->type == PARAMETER4)
		e->pointer = rest >> 24;
	else if (e->family == 4 && e->type == REDIRECT4)
		e->gateway = ip4_of(rest);
}

int icmperr_parse(int family, struct span octets, struct icmperr *ret_err)
{
	struct icmperr e = { .family = (uint8_t)family };
	struct icmp4_msg msg; /* ICMPv6 has the same first 8 octets */
	struct span quote;

	if (icmp4_peek(octets, &msg) < 0)
		return -EMSGSIZE;
	if (!icmperr_is(family, msg.type))
		return -ENOMSG;
	e.type = msg.type;
	e.code = msg.code;
	read_rest(&e, msg.rest);
	icmpext_split(family, octets, &quote, &e.ext);
	icmperr_quote_parse(quote, &e.quote);
	*ret_err = e;
	return 0;
}

/* The value of octets 4..7. Returns 0; -EINVAL when it does not fit. */
static int write_rest(const struct icmperr *e, uint32_t *ret_rest)
{
	*ret_rest = 0;
	if (e->family == 6) {
		*ret_rest = e->type == TOO_BIG6 ? e->mtu : e->type == PARAMETER6 ? e->pointer : 0;
	} else if (e->type == UNREACHABLE4 && e->code == CODE_FRAG_NEEDED) {
		*ret_rest = e->mtu;
		return e->mtu > UINT16_MAX ? -EINVAL : 0;
	} else if (e->type == PARAMETER4) {
		*ret_rest = e->pointer << 24;
		return e->pointer > UINT8_MAX ? -EINVAL : 0;
	} else if (e->type == REDIRECT4) {
		*ret_rest = ip4_u32(&e->gateway);
		return e->gateway.family != 4 ? -EINVAL : 0;
	}
	return 0;
}

/*
 * The length RFC 4884 4 wants in octets 4..7 for the quote, padded to its unit and to
 * ICMPEXT_QUOTE_MIN. Returns 0; -EINVAL when there is no such field or it is too small.
 */
static int write_quote_len(const struct icmperr *e, uint32_t *rest, size_t *ret_padded)
{
	unsigned unit, at = icmpext_len_at(e->family, e->type, &unit);
	size_t len = MAX(e->quote.octets.len, (size_t)ICMPEXT_QUOTE_MIN);

	if (at == 0)
		return -EINVAL;
	len = (len + unit - 1) / unit * unit;
	if (len / unit > UINT8_MAX)
		return -EINVAL;
	*rest |= (uint32_t)(len / unit) << 8 * (7 - at);
	*ret_padded = len;
	return 0;
}

/* Quote, zeroes up to @padded octets, extensions. */
static void put_body(const struct icmperr *e, size_t padded, struct wcur *out)
{
	put_bytes(out, e->quote.octets.p, e->quote.octets.len);
	for (size_t i = e->quote.octets.len; i < padded && !out->bad; i++)
		put_u8(out, 0);
	put_bytes(out, e->ext.p, e->ext.len);
}

int icmperr_build(const struct icmperr *e, const struct ip_addr *src, const struct ip_addr *dst,
		  struct wcur *out)
{
	size_t padded = e->quote.octets.len;
	uint8_t *start = out->p;
	struct span whole;
	uint32_t rest;
	uint16_t sum;

	if (!icmperr_is(e->family, e->type) || write_rest(e, &rest) < 0)
		return -EINVAL;
	if (e->family == 6 && (!src || !dst || src->family != 6 || dst->family != 6))
		return -EINVAL;
	if (e->ext.len > 0 && write_quote_len(e, &rest, &padded) < 0)
		return -EINVAL;

	put_u8(out, e->type);
	put_u8(out, e->code);
	put_u16(out, 0);
	put_u32(out, rest);
	put_body(e, padded, out);
	if (out->bad)
		return -ENOSPC;

	whole = (struct span){ start, (size_t)(out->p - start) };
	sum = e->family == 4 ? checksum(whole) : checksum_pseudo(src, dst, IP_PROTO_ICMP6, whole);
	start[2] = (uint8_t)(sum >> 8);
	start[3] = (uint8_t)sum;
	return 0;
}
