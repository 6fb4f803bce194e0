/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/tunnel.h"

#include "base/cur.h"
#include "wire/eth.h"
#include "wire/ip4.h"

#define GTP_EXT_MAX 8 /* GTP-U extension headers passed; one more and it stays closed */

/*
 * Each opener reads its header from @c and tells the EtherType of what follows, 0 when that
 * is nothing to open. An overrun is seen once, in tunnel_open().
 */
typedef uint16_t opener(struct rcur *c);

static struct span left(const struct rcur *c)
{
	return (struct span){ c->p, rcur_left(c) };
}

static uint16_t open_ip4(struct rcur *c)
{
	return link_ip_type(left(c)) == ETH_TYPE_IP4 ? ETH_TYPE_IP4 : 0;
}

static uint16_t open_ip6(struct rcur *c)
{
	return link_ip_type(left(c)) == ETH_TYPE_IP6 ? ETH_TYPE_IP6 : 0;
}

static uint16_t open_mpls(struct rcur *c)
{
	return c->bad ? 0 : ETH_TYPE_MPLS;
}

static uint16_t open_etherip(struct rcur *c)
{
	return get_u16(c) >> 12 == 3 ? ETH_TYPE_TEB : 0;
}

/* RFC 2784 and 2890 (version 0), RFC 2637 4.1 (version 1: PPTP). */
static uint16_t open_gre(struct rcur *c)
{
	uint16_t flags = get_u16(c), type = get_u16(c);
	unsigned version = flags & 7;

	if (version > 1 || flags & 0x4000) /* source routes died with RFC 1701 */
		return 0;
	if (flags & 0x8000)
		get_u32(c); /* checksum */
	if (flags & 0x2000)
		get_u32(c); /* key */
	if (flags & 0x1000)
		get_u32(c); /* sequence */
	if (version == 1 && flags & 0x0080)
		get_u32(c); /* acknowledgement */
	return type;
}

static uint16_t open_vxlan(struct rcur *c)
{
	uint32_t flags = get_u32(c);

	get_u32(c); /* network identifier */
	return flags & 0x08000000 ? ETH_TYPE_TEB : 0;
}

static uint16_t open_geneve(struct rcur *c)
{
	uint8_t first = get_u8(c);
	uint16_t type;

	get_u8(c); /* flags */
	type = get_u16(c);
	get_u32(c);                       /* network identifier */
	get_span(c, (first & 0x3f) * 4u); /* options */
	return first >> 6 == 0 ? type : 0;
}

/* The chain of extension headers; each ends in the type of the next (TS 29.281 5.2.1). */
static bool gtp_extensions(struct rcur *c, uint8_t type)
{
	for (int i = 0; type != 0; i++) {
		struct span ext;
		uint8_t words = rcur_left(c) > 0 ? c->p[0] : 0;

		if (words == 0 || i == GTP_EXT_MAX)
			return false;
		ext = get_span(c, words * 4u);
		if (c->bad)
			return false;
		type = ext.p[ext.len - 1];
	}
	return true;
}

static uint16_t open_gtpu(struct rcur *c)
{
	uint8_t flags = get_u8(c), type = get_u8(c);

	get_u16(c);                         /* length */
	get_u32(c);                         /* tunnel */
	if (flags >> 4 != 3 || type != 255) /* version 1, GTP and not GTP'; a user's packet */
		return 0;
	if (flags & 7) {
		get_span(c, 3); /* sequence, N-PDU number */
		if (!gtp_extensions(c, get_u8(c)))
			return 0;
	}
	return link_ip_type(left(c));
}

/* Authentication, then origin indication, either may be missing (RFC 4380 5.1.1). */
static uint16_t open_teredo(struct rcur *c)
{
	if (rcur_left(c) >= 4 && c->p[0] == 0 && c->p[1] == 1)
		get_span(c, 4u + c->p[2] + c->p[3] + 8 + 1); /* both lengths, nonce, confirmation */
	if (rcur_left(c) >= 2 && c->p[0] == 0 && c->p[1] == 0)
		get_span(c, 8);
	return open_ip6(c);
}

/* Data messages of version 2; they carry PPP (RFC 2661 3.1). */
static uint16_t open_l2tp(struct rcur *c)
{
	uint16_t flags = get_u16(c);

	if (flags & 0x8000 || (flags & 0x000f) != 2)
		return 0;
	if (flags & 0x4000)
		get_u16(c); /* length */
	get_u32(c);         /* tunnel, session */
	if (flags & 0x0800)
		get_u32(c); /* sequence numbers */
	if (flags & 0x0200)
		get_span(c, get_u16(c)); /* offset */
	return ETH_TYPE_PPP;
}

static opener *by_port(uint16_t port)
{
	static const struct {
		uint16_t port;
		opener *open;
	} known[] = {
		{ 1701, open_l2tp },   { 2152, open_gtpu },
		{ 3544, open_teredo }, { 4789, open_vxlan },
		{ 6081, open_geneve }, { 8472, open_vxlan }, /* Linux' older default */
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (known[i].port == port)
			return known[i].open;
	return NULL;
}

static uint16_t open_udp(struct rcur *c)
{
	uint16_t sport = get_u16(c), dport = get_u16(c);
	opener *open = by_port(dport);

	get_u32(c); /* length, checksum */
	if (!open)
		open = by_port(sport);
	return open ? open(c) : 0;
}

static opener *by_proto(uint8_t proto)
{
	if (proto == IP_PROTO_UDP)
		return open_udp;
	if (proto == IP_PROTO_IP4)
		return open_ip4;
	if (proto == IP_PROTO_IP6)
		return open_ip6;
	if (proto == IP_PROTO_GRE)
		return open_gre;
	if (proto == IP_PROTO_ETHERIP)
		return open_etherip;
	return proto == IP_PROTO_MPLS ? open_mpls : NULL;
}

int tunnel_open(uint8_t proto, struct span l4, struct link_next *ret_next)
{
	opener *open = by_proto(proto);
	struct rcur c = rcur(l4);
	struct link_next next;

	if (!open)
		return 0;
	next.type = open(&c);
	next.payload = rcur_rest(&c);
	if (c.bad || next.type == 0)
		return 0;

	*ret_next = next;
	return 1;
}
