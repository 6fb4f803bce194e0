/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers told from everything else. */
#include <errno.h>

#include "icmp/number.h"
#include "probe/shot_own.h"
#include "wire/arp.h"
#include "wire/checksum.h"
#include "wire/icmp4.h"
#include "wire/icmperr.h"
#include "wire/ipcur.h"
#include "wire/nd.h"
#include "wire/packet.h"
#include "wire/tcp.h"
#include "wire/udp.h"

#define COOKIE_LEN 8 /* octets at the front of an echo's payload; the target's address follows */
#define HOPS_MLD   1 /* RFC 3810 5 */
#define ETH_GROUP  1 /* bit of a link address's first octet */

static struct reply answer_of(const struct packet *p, enum ask_kind kind)
{
	return (struct reply){
		.target = p->src,
		.from = p->src,
		.local = p->dst,
		.ask = { .kind = (uint8_t)kind },
		.kind = REPLY_ANSWER,
		.type = p->icmp_type,
		.code = p->icmp_code,
		.try = -1,
		.ttl = p->ttl,
	};
}

/*
 * An echo reply names its target itself. It wants to be ours when its identifier is, or when its
 * payload has the shape of ours.
 */
static int match_echo(const struct shot_codec *c, const struct packet *p, struct reply *ret)
{
	struct rcur in = rcur(p->l4);
	struct ip_addr target;
	uint64_t cookie, want;
	uint16_t id, try;
	bool shaped;

	get_u32(&in); /* type, code, checksum */
	id = get_u16(&in);
	try = get_u16(&in);
	cookie = (uint64_t)get_u32(&in) << 32;
	cookie |= get_u32(&in);
	target = get_ip(&in, p->family);
	if (in.bad)
		target = p->src;
	want = shot_cookie(c, ASK_ECHO, &target, &p->dst, 0);
	shaped = !in.bad && ip_eq(&target, &p->src);
	try ^= shot_icmp_seq(want, 0);
	if (id != shot_icmp_id(want) && !shaped)
		return -ENOENT;
	if (in.bad || id != shot_icmp_id(want) || cookie != want || try >= ASK_TRIES_MAX ||
	    p->icmp_code != 0)
		return -EBADMSG;
	*ret = answer_of(p, ASK_ECHO);
	ret->target = target;
	ret->try = (int8_t)try;
	return 0;
}

/* The older queries of ICMPv4, which only timestamps have room in. */
static int match_query(const struct shot_codec *c, const struct packet *p, enum ask_kind kind,
		       struct reply *ret)
{
	uint64_t want = shot_cookie(c, kind, &p->src, &p->dst, 0);
	struct rcur in = rcur(p->l4);
	uint16_t id, try;
	uint32_t stamp;

	get_u32(&in); /* type, code, checksum */
	id = get_u16(&in);
	try = get_u16(&in) ^ shot_icmp_seq(want, 0);
	if (in.bad || id != shot_icmp_id(want))
		return -ENOENT;
	stamp = kind == ASK_TIMESTAMP ? get_u32(&in) : 0;
	if (kind == ASK_TIMESTAMP)
		get_span(&in, 8); /* when it came and when this went */
	else if (kind == ASK_MASK)
		get_u32(&in);
	if (in.bad || try >= ASK_TRIES_MAX || p->icmp_code != 0 ||
	    (kind == ASK_TIMESTAMP && stamp != shot_stamp(want)))
		return -EBADMSG;
	*ret = answer_of(p, kind);
	ret->try = (int8_t)try;
	return 0;
}

static int match_neighbour(const struct packet *p, struct reply *ret)
{
	struct nd_msg m;

	if (nd_parse(p->l4, &m) < 0 || !nd_trusted(&m, p->ttl, &p->src, &p->dst))
		return -EBADMSG;
	if (!m.solicited)
		return -ENOENT;
	*ret = answer_of(p, ASK_ND);
	ret->target = m.target;
	ret->has_mac = m.has_tlla && !(m.tlla.octet[0] & ETH_GROUP);
	ret->mac = m.tlla;
	return 0;
}

/* Reports go to a group, solicited or not, and say nothing of the query. */
static int match_report(const struct packet *p, struct reply *ret)
{
	if (p->ttl != HOPS_MLD || ip_kind(&p->src) != IP_LINK_LOCAL ||
	    ip_kind(&p->dst) != IP_MULTICAST)
		return -ENOENT;
	*ret = answer_of(p, ASK_MLD);
	ret->target = (struct ip_addr){ .family = 6, .octet = { 0xff, 0x02, [15] = 0x01 } };
	ret->local = (struct ip_addr){ 0 };
	return 0;
}

static bool sum_ok(const struct packet *p)
{
	if (p->truncated)
		return false;
	if (p->family == 4)
		return checksum(p->l4) == 0;
	return checksum_pseudo(&p->src, &p->last_dst, IP_PROTO_ICMP6, p->l4) == 0;
}

static int match_icmp4(const struct shot_codec *c, const struct packet *p, struct reply *ret)
{
	switch (p->icmp_type) {
	case ICMP4_ECHO_REPLY:
		return match_echo(c, p, ret);
	case ICMP4_TIMESTAMP_REPLY:
		return match_query(c, p, ASK_TIMESTAMP, ret);
	case ICMP4_MASK_REPLY:
		return match_query(c, p, ASK_MASK, ret);
	case ICMP4_INFO_REPLY:
		return match_query(c, p, ASK_INFO, ret);
	default:
		return -ENOENT;
	}
}

static int match_icmp6(const struct shot_codec *c, const struct packet *p, struct reply *ret)
{
	switch (p->icmp_type) {
	case ICMP6_ECHO_REPLY:
		return match_echo(c, p, ret);
	case ICMP6_ND_NEIGHBOR_ADVERT:
		return match_neighbour(p, ret);
	case ICMP6_MLD_REPORT:
	case ICMP6_MLD2_REPORT:
		return match_report(p, ret);
	default:
		return -ENOENT;
	}
}

static int match_icmp(const struct shot_codec *c, const struct packet *p, struct reply *ret)
{
	if (p->frag != PACKET_WHOLE || p->l4.len < ICMP4_MIN_LEN)
		return -ENOENT;
	if (!sum_ok(p))
		return -EBADMSG;
	if (icmperr_is(p->family, p->icmp_type))
		return shot_match_error(c, p, ret);
	return p->family == 4 ? match_icmp4(c, p, ret) : match_icmp6(c, p, ret);
}

/*
 * Does the segment answer our @kind? A SYN's sequence number comes back plus one (RFC 9293 3.5 and
 * 3.5.2), in some resets as it was; an ACK's acknowledgement is the reset's sequence number.
 */
static bool answers(const struct shot_codec *c, const struct packet *p, const struct tcp_seg *seg,
		    enum ask_kind kind, struct reply *ret)
{
	uint64_t cookie = shot_cookie(c, kind, &p->src, &p->dst, seg->sport);
	unsigned code = shot_port_code(c, cookie, seg->dport);
	bool reset = seg->flags & TCP_RST;
	uint32_t word = shot_word(cookie);

	if (code >= ASK_TRIES_MAX)
		return false;
	if (kind == ASK_TCP_ACK ? seg->seq != word
				: seg->ack != word + 1 && !(reset && seg->ack == word))
		return false;
	*ret = answer_of(p, kind);
	ret->kind = reset ? REPLY_RST : REPLY_SYNACK;
	ret->ask.port = seg->sport;
	ret->try = shot_try(c, code);
	ret->window = seg->window;
	return true;
}

static int match_tcp(const struct shot_codec *c, const struct packet *p, struct reply *ret)
{
	struct tcp_seg seg;
	enum ask_kind first = ASK_TCP_SYN, then = ASK_TCP_ACK;

	if (!shot_port_ours(c, p->dport))
		return -ENOENT;
	if (tcp_parse(p->l4, &seg) < 0)
		return -EBADMSG;
	if (!(seg.flags & TCP_RST)) {
		if ((seg.flags & (TCP_SYN | TCP_ACK)) != (TCP_SYN | TCP_ACK))
			return -ENOENT;
		return answers(c, p, &seg, ASK_TCP_SYN, ret) ? 0 : -EBADMSG;
	}
	/* A reset has no ACK flag when what it answers had one: that tells which to look at first. */
	if (!(seg.flags & TCP_ACK)) {
		first = ASK_TCP_ACK;
		then = ASK_TCP_SYN;
	}
	return answers(c, p, &seg, first, ret) || answers(c, p, &seg, then, ret) ? 0 : -EBADMSG;
}

/* Services that answer from a port of their own choice say by their language who they are. */
static bool from_any_port(const struct shot_codec *c, const struct packet *p, uint16_t ours,
			  struct span data, uint16_t *ret_port, struct shot_udp *ret)
{
	const struct payload *row;

	for (size_t i = 0; (row = payload_at(i)); i++) {
		for (const uint16_t *port = row->any_port ? row->port : NULL; port && *port;
		     port++) {
			if (shot_udp_answer(c, &p->src, &p->dst, *port, ours, data, ret) < 0 ||
			    !ret->spoke || payload_find(*port, ret->payload) != row)
				continue;
			*ret_port = *port;
			return true;
		}
	}
	return false;
}

/* On loopback our own probes to our own source ports come in beside what answers them. */
static bool is_own_datagram(const struct shot_codec *c, const struct packet *p,
			    const struct udp_dgram *d)
{
	struct shot_udp u;

	return shot_port_ours(c, d->sport) &&
	       shot_udp_quoted(c, &p->dst, &p->src, d->dport, d->sport, d->payload, &u) == 0;
}

static int match_udp(const struct shot_codec *c, const struct packet *p, struct reply *ret)
{
	struct shot_udp u = { 0 }, other;
	struct udp_dgram d;
	uint16_t port;
	int r;

	if (!shot_port_ours(c, p->dport))
		return -ENOENT;
	if (udp_parse(p->l4, &d) < 0)
		return -EBADMSG;
	if (is_own_datagram(c, p, &d))
		return -ENOENT;
	port = d.sport;
	r = shot_udp_answer(c, &p->src, &p->dst, port, d.dport, d.payload, &u);
	if ((r < 0 || !u.spoke) && from_any_port(c, p, d.dport, d.payload, &port, &other))
		u = other;
	else if (r < 0)
		return r;
	*ret = answer_of(p, ASK_UDP);
	ret->ask.port = port;
	ret->ask.payload = u.payload;
	ret->try = u.try;
	ret->spoke = u.spoke;
	ret->weak = u.weak;
	ret->data = d.payload;
	return 0;
}

static int match_arp(struct span octets, struct reply *ret)
{
	struct arp_msg m;

	if (arp_parse(octets, &m) < 0 || m.op != ARP_REPLY)
		return -ENOENT;
	if (ip_kind(&m.spa) == IP_UNSPECIFIED || ip_kind(&m.spa) == IP_MULTICAST ||
	    ip_kind(&m.spa) == IP_BROADCAST || m.sha.octet[0] & ETH_GROUP)
		return -EBADMSG;
	*ret = (struct reply){
		.target = m.spa,
		.from = m.spa,
		.local = m.tpa,
		.ask = { .kind = ASK_ARP },
		.kind = REPLY_ANSWER,
		.try = -1,
		.ttl = -1,
		.has_mac = true,
		.mac = m.sha,
	};
	return 0;
}

static int match_ip(const struct shot_codec *c, struct span octets, struct reply *ret)
{
	struct packet p;

	if (packet_parse_outer(LINK_RAW, octets, &p) < 0 || p.frag == PACKET_FRAG_LATER)
		return -ENOENT;
	if (!p.sum_ok)
		return -EBADMSG;
	if (p.icmp)
		return match_icmp(c, &p, ret);
	if (p.proto == IP_PROTO_TCP)
		return match_tcp(c, &p, ret);
	if (p.proto == IP_PROTO_UDP)
		return match_udp(c, &p, ret);
	return -ENOENT;
}

int shot_match_slow(const struct shot_codec *c, uint16_t type, struct span octets,
		    struct reply *ret_reply)
{
	struct reply reply;
	int r;

	if (type == ETH_TYPE_ARP)
		return match_arp(octets, ret_reply);
	if ((type != ETH_TYPE_IP4 && type != ETH_TYPE_IP6) || link_ip_type(octets) != type)
		return -ENOENT;
	r = match_ip(c, octets, &reply);
	if (r == 0)
		*ret_reply = reply;
	return r;
}

/* An address that means something on one link only is of the link the packet came by. */
static void zone_put(struct ip_addr *a, uint32_t zone)
{
	bool group = a->octet[0] == 0xff && (a->octet[1] & 0x0f) <= 2;

	if (group || (a->octet[0] == 0xfe && (a->octet[1] & 0xc0) == 0x80))
		a->zone = zone;
}

int shot_match(const struct shot_codec *c, uint16_t type, struct span octets, uint32_t zone,
	       struct reply *ret_reply)
{
	if (!shot_match_quick(c, type, octets, ret_reply)) {
		int r = shot_match_slow(c, type, octets, ret_reply);

		if (r < 0)
			return r;
	}
	if (ret_reply->target.family == 6) {
		zone_put(&ret_reply->target, zone);
		zone_put(&ret_reply->from, zone);
		zone_put(&ret_reply->local, zone);
	}
	return 0;
}
