/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/nd.h"

#include <errno.h>
#include <string.h>

#include "wire/checksum.h"
#include "wire/ip4.h" /* enum ip_proto */
#include "wire/ipcur.h"

#define UNIT           8 /* octets; options' lengths count in these */
#define OPT_HDR_LEN    2
#define REDIRECTED_HDR 8   /* octets before the quoted packet */
#define HOP_LIMIT      255 /* RFC 4861's proof that the sender is on the link */

enum na_flag { NA_ROUTER = 0x80, NA_SOLICITED = 0x40, NA_OVERRIDE = 0x20 };
enum ra_flag { RA_MANAGED = 0x80, RA_OTHER = 0x40, RA_HOME_AGENT = 0x20 };
enum prefix_flag { PREFIX_ON_LINK = 0x80, PREFIX_AUTONOMOUS = 0x40 };

#define RA_PREFERENCE_SHIFT 3

/* Each of the next readers gets the octets behind type and length. Returns 0 or -EBADMSG. */

static int read_prefix(struct span body, struct nd_msg *m)
{
	struct rcur c = rcur(body);
	struct nd_prefix p;
	struct ip_addr addr;
	uint8_t len = get_u8(&c), flags = get_u8(&c);

	p.on_link = flags & PREFIX_ON_LINK;
	p.autonomous = flags & PREFIX_AUTONOMOUS;
	p.valid_s = get_u32(&c);
	p.preferred_s = get_u32(&c);
	get_u32(&c); /* reserved */
	addr = get_ip(&c, 6);
	if (c.bad || rcur_left(&c) > 0 || len > 128)
		return -EBADMSG;
	p.prefix = ip_prefix_of(&addr, len);
	if (m->prefix_n < ND_PREFIX_MAX)
		m->prefix[m->prefix_n++] = p;
	return 0;
}

static int read_mtu(struct span body, struct nd_msg *m)
{
	struct rcur c = rcur(body);

	get_u16(&c); /* reserved */
	m->mtu = get_u32(&c);
	m->has_mtu = true;
	return c.bad || rcur_left(&c) > 0 ? -EBADMSG : 0;
}

/* An address of another length is another link's (RFC 4391 9.3, 4944 8): not ours to show. */
static void read_address(struct span body, bool *has, struct eth_addr *addr, struct nd_msg *m)
{
	if (body.len != ETH_ADDR_LEN) {
		m->unknown_n++;
		return;
	}
	memcpy(addr->octet, body.p, ETH_ADDR_LEN);
	*has = true;
}

static int read_option(uint8_t type, struct span body, struct nd_msg *m)
{
	if (type == ND_OPT_PREFIX)
		return read_prefix(body, m);
	if (type == ND_OPT_MTU)
		return read_mtu(body, m);
	if (type == ND_OPT_SLLA)
		read_address(body, &m->has_slla, &m->slla, m);
	else if (type == ND_OPT_TLLA)
		read_address(body, &m->has_tlla, &m->tlla, m);
	else if (type == ND_OPT_REDIRECTED) /* at least UNIT octets in all: 6 are here */
		m->redirected = (struct span){ body.p + 6, body.len - 6 };
	else if (type == ND_OPT_NONCE)
		m->nonce = body;
	else if (type == ND_OPT_RDNSS)
		m->rdnss_n++;
	else
		m->unknown_n++;
	return 0;
}

static int read_options(struct rcur *c, struct nd_msg *m)
{
	for (int n = 0; rcur_left(c) > 0; n++) {
		uint8_t type = get_u8(c), units = get_u8(c);
		struct span body;

		if (c->bad)
			return -EMSGSIZE;
		if (units == 0 || n == ND_OPTS_MAX)
			return -EBADMSG;
		body = get_span(c, units * (size_t)UNIT - OPT_HDR_LEN);
		if (c->bad)
			return -EMSGSIZE;
		if (read_option(type, body, m) < 0)
			return -EBADMSG;
	}
	return 0;
}

/* Octets 4.. up to the options: each type's own fields. False: not one of ours. */
static bool read_fields(struct rcur *c, struct nd_msg *m)
{
	uint8_t first = get_u8(c), flags = get_u8(c);

	if (m->type == ND_RA) {
		m->hop_limit = first;
		m->managed = flags & RA_MANAGED;
		m->other = flags & RA_OTHER;
		m->home_agent = flags & RA_HOME_AGENT;
		m->preference = flags >> RA_PREFERENCE_SHIFT & 3;
		m->lifetime_s = get_u16(c);
		m->reachable_ms = get_u32(c);
		m->retrans_ms = get_u32(c);
		return true;
	}
	get_u16(c);
	if (m->type == ND_RS)
		return true;
	if (m->type != ND_NS && m->type != ND_NA && m->type != ND_REDIRECT)
		return false;
	if (m->type == ND_NA) {
		m->router = first & NA_ROUTER;
		m->solicited = first & NA_SOLICITED;
		m->override = first & NA_OVERRIDE;
	}
	m->target = get_ip(c, 6);
	if (m->type == ND_REDIRECT)
		m->dst = get_ip(c, 6);
	return true;
}

int nd_parse(struct span octets, struct nd_msg *ret_msg)
{
	struct rcur c = rcur(octets);
	struct nd_msg m = { 0 };
	int r;

	m.type = get_u8(&c);
	m.code = get_u8(&c);
	get_u16(&c); /* checksum: icmp6_parse looks at it */
	if (c.bad)
		return -EMSGSIZE;
	if (!read_fields(&c, &m))
		return -ENOMSG;
	if (c.bad)
		return -EMSGSIZE;
	r = read_options(&c, &m);
	if (r < 0)
		return r;

	*ret_msg = m;
	return 0;
}

static void put_zeroes(struct wcur *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		put_u8(out, 0);
}

static void put_fields(const struct nd_msg *m, struct wcur *out)
{
	if (m->type == ND_RA) {
		put_u8(out, m->hop_limit);
		put_u8(out, (uint8_t)((m->managed ? RA_MANAGED : 0) | (m->other ? RA_OTHER : 0) |
				      (m->home_agent ? RA_HOME_AGENT : 0) |
				      m->preference << RA_PREFERENCE_SHIFT));
		put_u16(out, m->lifetime_s);
		put_u32(out, m->reachable_ms);
		put_u32(out, m->retrans_ms);
		return;
	}
	put_u8(out, m->type != ND_NA ? 0
				     : (uint8_t)((m->router ? NA_ROUTER : 0) |
						 (m->solicited ? NA_SOLICITED : 0) |
						 (m->override ? NA_OVERRIDE : 0)));
	put_zeroes(out, 3);
	if (m->type != ND_RS)
		put_ip(out, &m->target);
	if (m->type == ND_REDIRECT)
		put_ip(out, &m->dst);
}

static void put_option_head(struct wcur *out, uint8_t type, size_t len)
{
	put_u8(out, type);
	put_u8(out, (uint8_t)(len / UNIT));
}

static void put_prefix(struct wcur *out, const struct nd_prefix *p)
{
	put_option_head(out, ND_OPT_PREFIX, 32);
	put_u8(out, p->prefix.len);
	put_u8(out, (uint8_t)((p->on_link ? PREFIX_ON_LINK : 0) |
			      (p->autonomous ? PREFIX_AUTONOMOUS : 0)));
	put_u32(out, p->valid_s);
	put_u32(out, p->preferred_s);
	put_u32(out, 0);
	put_ip(out, &p->prefix.addr);
}

static void put_options(const struct nd_msg *m, struct wcur *out)
{
	size_t quoted = m->redirected.len / UNIT * UNIT;

	if (m->has_slla) {
		put_option_head(out, ND_OPT_SLLA, UNIT);
		put_bytes(out, m->slla.octet, ETH_ADDR_LEN);
	}
	if (m->has_tlla) {
		put_option_head(out, ND_OPT_TLLA, UNIT);
		put_bytes(out, m->tlla.octet, ETH_ADDR_LEN);
	}
	if (m->has_mtu) {
		put_option_head(out, ND_OPT_MTU, UNIT);
		put_u16(out, 0);
		put_u32(out, m->mtu);
	}
	for (size_t i = 0; i < m->prefix_n; i++)
		put_prefix(out, &m->prefix[i]);
	if (quoted > 0) {
		put_option_head(out, ND_OPT_REDIRECTED, REDIRECTED_HDR + quoted);
		put_zeroes(out, 6);
		put_bytes(out, m->redirected.p, quoted);
	}
	if (m->nonce.len > 0) {
		put_option_head(out, ND_OPT_NONCE, OPT_HDR_LEN + m->nonce.len);
		put_bytes(out, m->nonce.p, m->nonce.len);
	}
}

static bool can_build(const struct nd_msg *m)
{
	size_t nonce = m->nonce.len ? m->nonce.len + OPT_HDR_LEN : 0;
	size_t quoted = m->redirected.len + REDIRECTED_HDR;

	if (m->type < ND_RS || m->type > ND_REDIRECT || m->preference > 3 ||
	    m->prefix_n > ND_PREFIX_MAX || nonce % UNIT || nonce / UNIT > UINT8_MAX ||
	    quoted / UNIT > UINT8_MAX)
		return false;
	for (size_t i = 0; i < m->prefix_n; i++)
		if (m->prefix[i].prefix.addr.family != 6)
			return false;
	if (m->type == ND_REDIRECT && m->dst.family != 6)
		return false;
	return m->type == ND_RS || m->type == ND_RA || m->target.family == 6;
}

int nd_build(const struct nd_msg *msg, const struct ip_addr *src, const struct ip_addr *dst,
	     struct wcur *out)
{
	uint8_t *start = out->p;
	uint16_t sum;

	if (!can_build(msg) || src->family != 6 || dst->family != 6)
		return -EINVAL;

	put_u8(out, msg->type);
	put_u8(out, msg->code);
	put_u16(out, 0);
	put_fields(msg, out);
	put_options(msg, out);
	if (out->bad)
		return -ENOSPC;

	sum = checksum_pseudo(src, dst, IP_PROTO_ICMP6,
			      (struct span){ start, (size_t)(out->p - start) });
	start[2] = (uint8_t)(sum >> 8);
	start[3] = (uint8_t)sum;
	return 0;
}

static bool ns_trusted(const struct nd_msg *m, const struct ip_addr *src, const struct ip_addr *dst)
{
	struct ip_addr group = nd_solicited_node(&m->target);

	if (ip_kind(&m->target) == IP_MULTICAST)
		return false;
	return ip_kind(src) != IP_UNSPECIFIED || (!m->has_slla && ip_eq(dst, &group));
}

bool nd_trusted(const struct nd_msg *msg, uint8_t hop_limit, const struct ip_addr *src,
		const struct ip_addr *dst)
{
	if (hop_limit != HOP_LIMIT || msg->code != 0)
		return false;
	if (msg->type == ND_RS)
		return ip_kind(src) != IP_UNSPECIFIED || !msg->has_slla;
	if (msg->type == ND_RA)
		return ip_kind(src) == IP_LINK_LOCAL;
	if (msg->type == ND_NS)
		return ns_trusted(msg, src, dst);
	if (msg->type == ND_NA)
		return ip_kind(&msg->target) != IP_MULTICAST &&
		       !(msg->solicited && ip_kind(dst) == IP_MULTICAST);
	return ip_kind(src) == IP_LINK_LOCAL && ip_kind(&msg->dst) != IP_MULTICAST &&
	       (ip_kind(&msg->target) == IP_LINK_LOCAL || ip_eq(&msg->target, &msg->dst));
}

struct ip_addr nd_solicited_node(const struct ip_addr *a)
{
	struct ip_addr group = { .family = 6, .octet = { 0xff, 0x02, [11] = 0x01, 0xff } };

	memcpy(group.octet + 13, a->octet + 13, 3);
	return group;
}

struct eth_addr nd_multicast_eth(const struct ip_addr *group)
{
	struct eth_addr eth = { { 0x33, 0x33 } };

	memcpy(eth.octet + 2, group->octet + 12, 4);
	return eth;
}
