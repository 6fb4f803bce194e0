/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/ip6.h"

#include <errno.h>

#include "wire/ipcur.h"

#define FLOW_MAX    0xfffff
#define PAYLOAD_MAX 65535

#define FRAG_LEN   8 /* octets of a fragment header, which has no length field */
#define FRAG_MORE  1 /* its last bit */
#define FRAG_UNITS 0xfff8

int ip6_parse(struct span octets, struct ip6_pkt *ret_pkt)
{
	struct rcur c = rcur(octets);
	uint32_t first = get_u32(&c);
	struct ip6_pkt pkt;
	size_t len;

	pkt.tclass = (uint8_t)(first >> 20);
	pkt.flow = first & FLOW_MAX;
	pkt.payload_len = get_u16(&c);
	pkt.next = get_u8(&c);
	pkt.hop_limit = get_u8(&c);
	pkt.src = get_ip(&c, 6);
	pkt.dst = get_ip(&c, 6);
	if (c.bad)
		return -EMSGSIZE;
	if (first >> 28 != 6)
		return -EBADMSG;

	/* Length 0 before a hop-by-hop header is a jumbogram's (RFC 2675 3): all there is. */
	len = pkt.payload_len;
	if (len == 0 && pkt.next == IP_PROTO_HOPOPTS)
		len = rcur_left(&c);
	pkt.payload = rcur_rest(&c);
	pkt.missing = len > pkt.payload.len ? (uint32_t)(len - pkt.payload.len) : 0;
	pkt.payload.len = MIN(len, pkt.payload.len);
	*ret_pkt = pkt;
	return 0;
}

int ip6_build(const struct ip6_pkt *pkt, struct wcur *out)
{
	if (pkt->src.family != 6 || pkt->dst.family != 6 || pkt->flow > FLOW_MAX ||
	    pkt->payload.len > PAYLOAD_MAX)
		return -EINVAL;

	put_u32(out, 6u << 28 | (uint32_t)pkt->tclass << 20 | pkt->flow);
	put_u16(out, (uint16_t)pkt->payload.len);
	put_u8(out, pkt->next);
	put_u8(out, pkt->hop_limit);
	put_ip(out, &pkt->src);
	put_ip(out, &pkt->dst);
	put_bytes(out, pkt->payload.p, pkt->payload.len);
	return out->bad ? -ENOSPC : 0;
}

static bool is_extension(uint8_t proto)
{
	return proto == IP_PROTO_HOPOPTS || proto == IP_PROTO_ROUTING ||
	       proto == IP_PROTO_FRAGMENT || proto == IP_PROTO_DSTOPTS || proto == IP_PROTO_AH;
}

/* Octets of the extension header @proto at @p, whose first two octets are there. */
static size_t extension_len(uint8_t proto, const uint8_t *p)
{
	if (proto == IP_PROTO_FRAGMENT)
		return FRAG_LEN;
	if (proto == IP_PROTO_AH)
		return (p[1] + 2u) * 4; /* RFC 4302 2.2: 32-bit words, minus 2 */
	return (p[1] + 1u) * 8;
}

static void note_fragment(struct span ext, struct ip6_chain *ch)
{
	struct rcur c = rcur(ext);
	uint16_t off;

	get_u16(&c); /* next header, reserved */
	off = get_u16(&c);
	ch->frag_id = get_u32(&c);
	ch->frag_off = off & FRAG_UNITS;
	ch->mf = off & FRAG_MORE;
	if (ch->frag_off || ch->mf)
		ch->fragment = true;
}

/*
 * Where addresses are still to be visited, checksums cover the last of them (RFC 8200 8.1).
 * Types 0 and 2 list it last, the segment routing header (4) first.
 */
static void note_routing(struct span ext, struct ip6_chain *ch)
{
	struct rcur c = rcur(ext);
	size_t addrs = (ext.len - 8) / 16;
	uint8_t type, left;

	get_u16(&c); /* next header, length */
	type = get_u8(&c);
	left = get_u8(&c);
	get_u32(&c);
	if (left == 0 || left > addrs || (type != 0 && type != 2 && type != 4))
		return;
	if (type != 4)
		get_span(&c, (addrs - 1) * 16);
	ch->last = get_ip(&c, 6);
}

int ip6_walk(uint8_t next, struct span payload, struct ip6_chain *ret_chain)
{
	struct rcur c = rcur(payload);
	struct ip6_chain ch = { .proto = next };

	while (is_extension(ch.proto) && ch.frag_off == 0) {
		struct span ext;

		if (ch.n == IP6_EXT_MAX)
			return -EBADMSG;
		ext = get_span(&c, rcur_left(&c) < 2 ? 2 : extension_len(ch.proto, c.p));
		if (c.bad) {
			ch.cut = true;
			break;
		}
		if (ch.proto == IP_PROTO_FRAGMENT)
			note_fragment(ext, &ch);
		else if (ch.proto == IP_PROTO_ROUTING)
			note_routing(ext, &ch);
		ch.proto = ext.p[0];
		ch.n++;
	}
	ch.l4 = rcur_rest(&c);
	*ret_chain = ch;
	return 0;
}
