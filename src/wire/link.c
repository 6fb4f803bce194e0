/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/link.h"

#include <errno.h>

#include "base/cur.h"
#include "wire/eth.h"

#define LENGTH_MAX    1500 /* a "type" up to here is an 802.3 length, LLC follows */
#define LABELS_MAX    16   /* MPLS labels of one stack */
#define PPP_ALL       0xff /* address octet of PPP in HDLC framing */
#define PPP_UI        0x03 /* its control octet, LLC's too: unnumbered information */
#define ARCNET_EXC    0xff /* flag octet of an exception frame: three octets of padding */
#define ARCNET_IP1051 240  /* RFC 1051: no fragment fields */
#define ARCNET_IP     212  /* RFC 1201 */
#define ARCNET_IP6    196
#define NLPID_SNAP    0x80
#define NLPID_IP6     0x8e
#define NLPID_IP4     0xcc
#define IPOIB_GRH_LEN 40 /* the routing header libpcap puts before each frame */

enum ppp_proto { PPP_IP4 = 0x0021, PPP_IP6 = 0x0057, PPP_MPLS = 0x0281, PPP_MPLS_MULTI = 0x0283 };

uint16_t link_ip_type(struct span payload)
{
	if (payload.len == 0)
		return 0;
	return payload.p[0] >> 4 == 4 ? ETH_TYPE_IP4 : payload.p[0] >> 4 == 6 ? ETH_TYPE_IP6 : 0;
}

/* LLC behind an 802.3 length: SNAP with an EtherType, or IP's own service access point. */
static uint16_t llc_type(struct rcur *c)
{
	uint16_t sap = get_u16(c);
	uint8_t control = get_u8(c);

	if (sap == 0xaaaa && control == PPP_UI && get_be(c, 3) == 0)
		return get_u16(c);
	return sap == 0x0606 && control == PPP_UI ? ETH_TYPE_IP4 : 0;
}

/* An EtherType, or a length with LLC behind it. */
static uint16_t type_or_llc(struct rcur *c)
{
	uint16_t type = get_u16(c);

	return type <= LENGTH_MAX ? llc_type(c) : type;
}

static uint16_t open_ethernet(struct rcur *c)
{
	get_span(c, 12);
	return type_or_llc(c);
}

/* AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 24 NetBSD, 28 FreeBSD, 30 macOS. */
static uint16_t family_type(uint32_t af)
{
	if (af == 2)
		return ETH_TYPE_IP4;
	return af == 10 || af == 24 || af == 28 || af == 30 ? ETH_TYPE_IP6 : 0;
}

static uint16_t open_null(struct rcur *c)
{
	uint32_t af = get_u32(c);
	uint16_t type = family_type(af);

	return type ? type : family_type(__builtin_bswap32(af));
}

static uint16_t open_raw(struct rcur *c)
{
	return link_ip_type((struct span){ c->p, rcur_left(c) });
}

static uint16_t open_sll(struct rcur *c)
{
	get_span(c, 14); /* direction, hardware type, address */
	return get_u16(c);
}

static uint16_t open_sll2(struct rcur *c)
{
	uint16_t type = get_u16(c);

	get_span(c, 18); /* reserved, interface, hardware type, direction, address */
	return type;
}

/* The protocol field, of one octet where the peers agreed to compress it (RFC 1661 6.5). */
static uint16_t open_ppp_proto(struct rcur *c)
{
	uint16_t proto = get_u8(c);

	if (!(proto & 1))
		proto = (uint16_t)(proto << 8 | get_u8(c));
	if (proto == PPP_IP4)
		return ETH_TYPE_IP4;
	if (proto == PPP_IP6)
		return ETH_TYPE_IP6;
	return proto == PPP_MPLS || proto == PPP_MPLS_MULTI ? ETH_TYPE_MPLS : 0;
}

static uint16_t open_ppp(struct rcur *c)
{
	if (rcur_left(c) >= 2 && c->p[0] == PPP_ALL && c->p[1] == PPP_UI)
		get_u16(c);
	return open_ppp_proto(c);
}

static uint16_t open_pppoe(struct rcur *c)
{
	get_span(c, 6); /* version, code, session, length */
	return open_ppp_proto(c);
}

static uint16_t open_chdlc(struct rcur *c)
{
	get_u16(c); /* address, control */
	return get_u16(c);
}

/* Address octets up to the end bit, then RFC 2427's control octet or Cisco's EtherType. */
static uint16_t open_frelay(struct rcur *c)
{
	uint8_t nlpid;

	for (int i = 0; i < 4 && !(get_u8(c) & 1) && !c->bad; i++)
		;
	if (rcur_left(c) > 0 && c->p[0] != PPP_UI)
		return get_u16(c);
	get_u8(c);
	nlpid = get_u8(c);
	if (nlpid == 0) /* one octet of padding, to keep what follows aligned */
		nlpid = get_u8(c);
	if (nlpid == NLPID_SNAP)
		return get_be(c, 3) == 0 ? get_u16(c) : 0;
	return nlpid == NLPID_IP4 ? ETH_TYPE_IP4 : nlpid == NLPID_IP6 ? ETH_TYPE_IP6 : 0;
}

/* From the type octet on: RFC 1201's fragment fields stand behind it, RFC 1051 has none. */
static uint16_t open_arcnet_type(struct rcur *c)
{
	uint8_t type = get_u8(c), flag;

	if (type == ARCNET_IP1051)
		return ETH_TYPE_IP4;
	if (type != ARCNET_IP && type != ARCNET_IP6)
		return 0;
	flag = get_u8(c);
	if (flag == ARCNET_EXC) {
		get_span(c, 3);
		flag = get_u8(c);
	}
	get_u16(c); /* sequence */
	if (flag && !(flag & 1))
		return 0; /* a later piece of a packet that was cut up */
	return type == ARCNET_IP ? ETH_TYPE_IP4 : ETH_TYPE_IP6;
}

static uint16_t open_arcnet(struct rcur *c)
{
	get_u16(c); /* source, destination */
	return open_arcnet_type(c);
}

static uint16_t open_arcnet_linux(struct rcur *c)
{
	get_u32(c); /* source, destination, offset */
	return open_arcnet_type(c);
}

static uint16_t open_ipoib(struct rcur *c)
{
	uint16_t type;

	get_span(c, IPOIB_GRH_LEN);
	type = get_u16(c);
	get_u16(c); /* reserved */
	return type;
}

static uint16_t open_slip(struct rcur *c)
{
	get_span(c, 16); /* direction, compressed header */
	return open_raw(c);
}

static uint16_t open_brcm_tag(struct rcur *c)
{
	get_span(c, 12 + 4); /* addresses, tag */
	return type_or_llc(c);
}

int link_open(enum link_type link, struct span frame, struct link_next *ret_next)
{
	static uint16_t (*const open[LINK_TYPES])(struct rcur *) = {
		[LINK_ETHERNET] = open_ethernet,
		[LINK_RAW] = open_raw,
		[LINK_NULL] = open_null,
		[LINK_SLL] = open_sll,
		[LINK_SLL2] = open_sll2,
		[LINK_PPP] = open_ppp,
		[LINK_PPP_ETHER] = open_pppoe,
		[LINK_CHDLC] = open_chdlc,
		[LINK_FRELAY] = open_frelay,
		[LINK_ARCNET] = open_arcnet,
		[LINK_ARCNET_LINUX] = open_arcnet_linux,
		[LINK_IPOIB] = open_ipoib,
		[LINK_SLIP] = open_slip,
		[LINK_BRCM_TAG] = open_brcm_tag,
	};
	struct rcur c = rcur(frame);
	struct link_next next;

	if ((unsigned)link >= LINK_TYPES)
		return -EINVAL;
	next.type = open[link](&c);
	next.payload = rcur_rest(&c);
	if (c.bad)
		return -EMSGSIZE;

	*ret_next = next;
	return 0;
}

/* Labels down to the bottom of the stack; then a packet, or a control word and a frame. */
static uint16_t step_mpls(struct rcur *c)
{
	uint16_t type;

	for (int i = 0; i < LABELS_MAX && !(get_u32(c) & 0x100) && !c->bad; i++)
		;
	type = link_ip_type((struct span){ c->p, rcur_left(c) });
	if (type || rcur_left(c) == 0 || c->p[0] >> 4 != 0)
		return type;
	get_u32(c); /* RFC 4385 3: the first four bits 0 tell it from IP */
	return ETH_TYPE_TEB;
}

static uint16_t step_nsh(struct rcur *c)
{
	static const uint16_t type[] = {
		0, ETH_TYPE_IP4, ETH_TYPE_IP6, ETH_TYPE_TEB, ETH_TYPE_NSH, ETH_TYPE_MPLS
	};
	size_t words = get_u16(c) & 0x3f; /* length of the whole header (RFC 8300 2.2) */
	uint8_t proto;

	get_u8(c);
	proto = get_u8(c);
	get_span(c, words < 2 ? SIZE_MAX : words * 4 - 4);
	return proto < ARRAY_LEN(type) ? type[proto] : 0;
}

static uint16_t step_cmd(struct rcur *c)
{
	get_span(c, 6); /* version, length, option, security group tag */
	return get_u16(c);
}

static uint16_t step_tag(struct rcur *c)
{
	get_u16(c); /* priority, VLAN */
	return type_or_llc(c);
}

int link_step(struct link_next *next)
{
	struct rcur c = rcur(next->payload);
	uint16_t type;

	if (eth_is_tag(next->type))
		type = step_tag(&c);
	else if (next->type == ETH_TYPE_MPLS || next->type == ETH_TYPE_MPLS_UP)
		type = step_mpls(&c);
	else if (next->type == ETH_TYPE_PPPOE)
		type = open_pppoe(&c);
	else if (next->type == ETH_TYPE_PPP)
		type = open_ppp(&c);
	else if (next->type == ETH_TYPE_TEB)
		type = open_ethernet(&c);
	else if (next->type == ETH_TYPE_NSH)
		type = step_nsh(&c);
	else if (next->type == ETH_TYPE_CMD)
		type = step_cmd(&c);
	else
		return 0;
	if (c.bad)
		return -EMSGSIZE;

	next->type = type;
	next->payload = rcur_rest(&c);
	return 1;
}
