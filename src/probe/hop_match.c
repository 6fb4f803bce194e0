/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes back for hop probes. */
#include <errno.h>

#include "icmp/number.h"
#include "probe/hop_shot_own.h"
#include "wire/checksum.h"
#include "wire/icmperr.h"
#include "wire/ipcur.h"
#include "wire/packet.h"
#include "wire/tcp.h"
#include "wire/udp.h"

bool hop_tag_get(struct span body, int family, struct hop_tag *ret)
{
	struct rcur in = rcur(body);
	struct hop_tag tag;

	tag.mark = (uint64_t)get_u32(&in) << 32;
	tag.mark |= get_u32(&in);
	tag.number = get_u16(&in);
	tag.flow = get_u16(&in);
	get_u16(&in);
	tag.port = get_u16(&in);
	tag.target = get_ip(&in, (uint8_t)family);
	if (in.bad)
		return false;
	*ret = tag;
	return true;
}

bool hop_tag_ours(const struct hop_codec *c, enum ask_kind kind, const struct hop_tag *tag,
		  const struct ip_addr *src)
{
	return tag->number != 0 && tag->flow < HOP_FLOWS_MAX &&
	       (kind != ASK_ECHO || tag->port == 0) &&
	       tag->mark == hop_mark(c, kind, &tag->target, src, tag->port, tag->flow, tag->number);
}

bool hop_tag_begins(const struct hop_codec *c, const struct hop_shot *s, struct span body)
{
	uint8_t want[HOP_TAG_LEN];

	hop_tag_put(c, s, want);
	for (size_t i = 0; i < body.len && i < HOP_TAG_LEN; i++) {
		if (body.p[i] != want[i] && i != HOP_EVEN_AT && i != HOP_EVEN_AT + 1)
			return false;
	}
	return true;
}

/* What was found out of the probe. */
struct found {
	struct ip_addr dst;
	uint8_t ask;
	uint16_t port, flow, number;
};

static struct hop_reply reply_of(const struct packet *p, const struct found *f,
				 enum reply_kind kind)
{
	return (struct hop_reply){
		.dst = f->dst,
		.local = p->dst,
		.from = p->src,
		.ask = f->ask,
		.port = f->port,
		.flow = f->flow,
		.number = f->number,
		.kind = (uint8_t)kind,
		.ttl = p->ttl,
		.quote = { .ttl = -1, .tos = -1 },
	};
}

static struct found found_tag(const struct hop_tag *tag, enum ask_kind kind)
{
	return (struct found){ .dst = tag->target,
			       .ask = (uint8_t)kind,
			       .port = tag->port,
			       .flow = tag->flow,
			       .number = tag->number };
}

static struct hop_shot shot_of(const struct found *f, const struct ip_addr *src)
{
	return (struct hop_shot){ .dst = f->dst,
				  .src = *src,
				  .kind = f->ask,
				  .port = f->port,
				  .flow = f->flow,
				  .number = f->number };
}

/* Whether @port is a source port of ours, and whose flow's. */
static bool flow_of(const struct hop_codec *c, uint16_t port, uint16_t *ret_flow)
{
	if (port < c->port_first || port - c->port_first >= c->port_n)
		return false;
	*ret_flow = (uint16_t)(port - c->port_first);
	return true;
}

/* An echo's identifier tells its flow. */
static bool echo_flow(const struct hop_codec *c, const struct ip_addr *dst,
		      const struct ip_addr *src, uint16_t id, uint16_t *ret_flow)
{
	uint16_t flow = (uint16_t)(id - hop_constants(c, ASK_ECHO, dst, src, 0, 0).id);

	if (flow >= HOP_FLOWS_MAX)
		return false;
	*ret_flow = flow;
	return true;
}

static struct span behind(struct span l4, size_t len)
{
	if (l4.len <= len)
		return (struct span){ NULL, 0 };
	return (struct span){ l4.p + len, l4.len - len };
}

/*
 * It wants to be ours when its identifier is, or its tag names who sends it. One that answers to a
 * packet too large for its way home comes in pieces: the first has all that is needed.
 */
static int match_echo(const struct hop_codec *c, const struct packet *p, struct hop_reply *ret)
{
	struct rcur in = rcur(p->l4);
	struct hop_tag tag = { 0 };
	struct found f;
	uint16_t id, seq, flow;
	bool whole, wants;

	get_u32(&in); /* type, code, checksum */
	id = get_u16(&in);
	seq = get_u16(&in);
	whole = hop_tag_get(rcur_rest(&in), p->family, &tag);
	wants = echo_flow(c, &p->src, &p->dst, id, &flow) ||
		(whole && (echo_flow(c, &tag.target, &p->dst, id, &flow) ||
			   (ip_eq(&tag.target, &p->src) && tag.number == seq)));
	if (!wants)
		return -ENOENT;
	if (!whole || p->icmp_code != 0 || tag.number != seq ||
	    !hop_tag_ours(c, ASK_ECHO, &tag, &p->dst))
		return -EBADMSG;
	f = found_tag(&tag, ASK_ECHO);
	*ret = reply_of(p, &f, REPLY_ANSWER);
	ret->type = p->icmp_type;
	ret->code = p->icmp_code;
	return 0;
}

static bool tcp_fits(const struct hop_codec *c, const struct ip_addr *src, struct found *f,
		     uint32_t seq)
{
	uint16_t number = (uint16_t)(seq >> 16);
	uint64_t mark = hop_mark(c, ASK_TCP_SYN, &f->dst, src, f->port, f->flow, number);

	f->number = number;
	return number != 0 && (uint16_t)seq == hop_mark_seq(mark);
}

static int match_tcp(const struct hop_codec *c, const struct packet *p, struct hop_reply *ret)
{
	struct found f = { .dst = p->src, .ask = ASK_TCP_SYN };
	struct tcp_seg seg;
	bool reset;

	if (!flow_of(c, p->dport, &f.flow))
		return -ENOENT;
	if (tcp_parse(p->l4, &seg) < 0)
		return -EBADMSG;
	reset = seg.flags & TCP_RST;
	if (!reset && (seg.flags & (TCP_SYN | TCP_ACK)) != (TCP_SYN | TCP_ACK))
		return -ENOENT;
	f.port = seg.sport;
	/* Some resets give the number back as it was. */
	if (!tcp_fits(c, &p->dst, &f, seg.ack - 1) && !(reset && tcp_fits(c, &p->dst, &f, seg.ack)))
		return -EBADMSG;
	*ret = reply_of(p, &f, reset ? REPLY_RST : REPLY_SYNACK);
	return 0;
}

/* A service may say anything; one that gives back what it got tells the number as well. */
static int match_udp(const struct hop_codec *c, const struct packet *p, struct hop_reply *ret)
{
	struct found f = { .dst = p->src, .ask = ASK_UDP };
	struct hop_tag tag;
	struct udp_dgram d;

	if (!flow_of(c, p->dport, &f.flow))
		return -ENOENT;
	if (udp_parse(p->l4, &d) < 0)
		return -EBADMSG;
	/* On loopback our own probes to our own source ports come in beside what answers them. */
	if (hop_tag_get(d.payload, p->family, &tag) && hop_tag_ours(c, ASK_UDP, &tag, &p->src) &&
	    ip_eq(&tag.target, &p->dst) && tag.port == d.dport)
		return -ENOENT;
	f.port = d.sport;
	if (hop_tag_get(d.payload, p->family, &tag) && hop_tag_ours(c, ASK_UDP, &tag, &p->dst) &&
	    ip_eq(&tag.target, &p->src) && tag.flow == f.flow && tag.port == d.sport)
		f.number = tag.number;
	*ret = reply_of(p, &f, REPLY_ANSWER);
	return 0;
}

/* The rest is what every quote has: the kind, whom it was for. */
static int cut_echo(const struct hop_codec *c, const struct icmperr_quote *q,
		    const struct ip_addr *src, struct found *f)
{
	struct hop_shot s;
	uint16_t sum;

	if (!q->has_echo || !echo_flow(c, &q->dst, src, q->icmp_id, &f->flow))
		return -ENOENT;
	f->port = 0;
	f->number = q->icmp_seq;
	s = shot_of(f, src);
	sum = (uint16_t)(q->l4.p[2] << 8 | q->l4.p[3]);
	if (f->number == 0 || q->icmp_code != 0 ||
	    sum != hop_constants(c, ASK_ECHO, &q->dst, src, 0, f->flow).sum ||
	    !hop_tag_begins(c, &s, behind(q->l4, HOP_HDR_LEN)))
		return -EBADMSG;
	return 0;
}

static int cut_udp(const struct hop_codec *c, const struct icmperr_quote *q,
		   const struct ip_addr *src, struct found *f)
{
	const uint8_t *o = q->octets.p;
	struct hop_shot s;
	uint32_t label;
	uint16_t sum;

	if (!q->has_ports || !flow_of(c, q->sport, &f->flow))
		return -ENOENT;
	if (q->l4.len < HOP_HDR_LEN)
		return -EBADMSG;
	f->port = q->dport;
	sum = (uint16_t)(q->l4.p[6] << 8 | q->l4.p[7]);
	f->number = q->family == 4 ? q->ip_id : sum;
	s = shot_of(f, src);
	if (f->number == 0 || !hop_tag_begins(c, &s, behind(q->l4, HOP_HDR_LEN)))
		return -EBADMSG;
	if (q->family == 4)
		return sum == hop_mark_sum(hop_mark(c, ASK_UDP, &q->dst, src, f->port, f->flow,
						    f->number))
			       ? 0
			       : -EBADMSG;
	label = (o[1] & 0xfu) << 16 | (uint32_t)o[2] << 8 | o[3];
	return label == hop_constants(c, ASK_UDP, &q->dst, src, f->port, f->flow).label ? 0
											: -EBADMSG;
}

static int cut_tcp(const struct hop_codec *c, const struct icmperr_quote *q,
		   const struct ip_addr *src, struct found *f)
{
	if (!q->has_ports || !flow_of(c, q->sport, &f->flow))
		return -ENOENT;
	f->port = q->dport;
	return q->has_seq && tcp_fits(c, src, f, q->tcp_seq) ? 0 : -EBADMSG;
}

/* Whether a quote with a whole tag that is not under our key wants to be ours. */
static bool wants(const struct hop_codec *c, const struct icmperr_quote *q, enum ask_kind kind,
		  const struct hop_tag *tag, const struct ip_addr *src)
{
	uint16_t flow;

	if (kind == ASK_ECHO)
		return echo_flow(c, &q->dst, src, q->icmp_id, &flow) ||
		       (ip_eq(&tag->target, &q->dst) && tag->number == q->icmp_seq);
	return flow_of(c, q->sport, &flow);
}

/* Which probe does @q quote? Errors go to whom the packet came from: @src. */
static int find(const struct hop_codec *c, const struct icmperr_quote *q, const struct ip_addr *src,
		struct found *ret)
{
	struct found f = { .dst = q->dst };
	struct hop_tag tag;

	if (q->proto == IP_PROTO_TCP)
		f.ask = ASK_TCP_SYN;
	else if (q->proto == IP_PROTO_UDP)
		f.ask = ASK_UDP;
	else if (q->has_icmp && q->icmp_type == (q->family == 4 ? ICMP4_ECHO : ICMP6_ECHO))
		f.ask = ASK_ECHO;
	else
		return -ENOENT;
	if (f.ask != ASK_TCP_SYN && hop_tag_get(behind(q->l4, HOP_HDR_LEN), q->family, &tag)) {
		if (!hop_tag_ours(c, (enum ask_kind)f.ask, &tag, src) ||
		    (f.ask == ASK_ECHO && (tag.number != q->icmp_seq || q->icmp_code != 0)))
			return wants(c, q, (enum ask_kind)f.ask, &tag, src) ? -EBADMSG : -ENOENT;
		*ret = found_tag(&tag, (enum ask_kind)f.ask);
		return 0;
	}
	*ret = f;
	if (f.ask == ASK_ECHO)
		return cut_echo(c, q, src, ret);
	return f.ask == ASK_UDP ? cut_udp(c, q, src, ret) : cut_tcp(c, q, src, ret);
}

static struct hop_quote quote_of(const struct hop_codec *c, const struct icmperr_quote *q,
				 const struct found *f, const struct ip_addr *src)
{
	struct hop_quote quote = { .ttl = q->ttl,
				   .tos = q->tos,
				   .len = q->ip_len,
				   .src = q->src,
				   .dst = q->dst,
				   .sport = q->sport,
				   .dport = q->dport };

	quote.translated = !ip_eq(&q->src, src) || !ip_eq(&q->dst, &f->dst);
	if (f->ask != ASK_ECHO)
		quote.translated |= q->sport != c->port_first + f->flow || q->dport != f->port;
	return quote;
}

static int match_error(const struct hop_codec *c, const struct packet *p, struct hop_reply *ret)
{
	struct icmperr e;
	struct found f;
	int r;

	if (icmperr_parse(p->family, p->l4, &e) < 0 || e.quote.family != p->family ||
	    e.quote.later_fragment)
		return -ENOENT;
	if (e.family == 4 && (e.type == ICMP4_REDIRECT || e.type == ICMP4_SOURCE_QUENCH))
		return -ENOENT;
	r = find(c, &e.quote, &p->dst, &f);
	if (r < 0)
		return r;
	*ret = reply_of(p, &f, REPLY_ERROR);
	ret->type = e.type;
	ret->code = e.code;
	ret->mtu = e.mtu;
	ret->quote = quote_of(c, &e.quote, &f, &p->dst);
	ret->ext = e.ext;
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

static int match_icmp(const struct hop_codec *c, const struct packet *p, struct hop_reply *ret)
{
	bool reply = p->icmp_type == (p->family == 4 ? ICMP4_ECHO_REPLY : ICMP6_ECHO_REPLY);

	if (p->l4.len < HOP_HDR_LEN || (p->frag != PACKET_WHOLE && !reply))
		return -ENOENT;
	/* A piece has no checksum of its own; the tag's hash says more than one. */
	if (p->frag == PACKET_WHOLE && !sum_ok(p))
		return -EBADMSG;
	if (icmperr_is(p->family, p->icmp_type))
		return match_error(c, p, ret);
	return reply ? match_echo(c, p, ret) : -ENOENT;
}

static int match_ip(const struct hop_codec *c, struct span octets, struct hop_reply *ret)
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

/* An address that means something on one link only is of the link the packet came by. */
static void zone_put(struct ip_addr *a, uint32_t zone)
{
	bool group = a->octet[0] == 0xff && (a->octet[1] & 0x0f) <= 2;

	if (a->family == 6 && (group || (a->octet[0] == 0xfe && (a->octet[1] & 0xc0) == 0x80)))
		a->zone = zone;
}

int hop_match(const struct hop_codec *c, uint16_t type, struct span octets, uint32_t zone,
	      struct hop_reply *ret)
{
	struct hop_reply reply;
	int r;

	if ((type != ETH_TYPE_IP4 && type != ETH_TYPE_IP6) || link_ip_type(octets) != type)
		return -ENOENT;
	r = match_ip(c, octets, &reply);
	if (r < 0)
		return r;
	zone_put(&reply.dst, zone);
	zone_put(&reply.from, zone);
	zone_put(&reply.local, zone);
	*ret = reply;
	return 0;
}

/* What a socket has of a UDP message: its tag, cut or whole, or what a service says. */
static int message_udp(const struct hop_codec *c, struct span octets, struct hop_reply *ret)
{
	const struct ip_addr none = { 0 };
	struct hop_tag tag;
	bool ours = hop_tag_get(octets, ret->dst.family, &tag) &&
		    hop_tag_ours(c, ASK_UDP, &tag, &none) && tag.flow == ret->flow &&
		    tag.port == ret->port && ip_eq(&tag.target, &ret->dst);

	if (ours) {
		ret->number = tag.number;
		return 0;
	}
	/* A quote without room for a target's address cannot be told from one that was changed. */
	if (ret->kind == REPLY_ERROR && octets.len >= HOP_TARGET_AT + ip_len(ret->dst.family))
		return -EBADMSG;
	ret->number = 0;
	return 0;
}

static int message_echo(const struct hop_codec *c, uint16_t id, struct span octets,
			struct hop_reply *ret)
{
	const struct ip_addr none = { 0 };
	bool v4 = ret->dst.family == 4;
	uint8_t type = ret->kind == REPLY_ERROR ? (v4 ? ICMP4_ECHO : ICMP6_ECHO)
						: (v4 ? ICMP4_ECHO_REPLY : ICMP6_ECHO_REPLY);
	struct found f = { .dst = ret->dst, .ask = ASK_ECHO, .flow = ret->flow };
	struct rcur in = rcur(octets);
	struct hop_tag tag;
	struct hop_shot s;
	uint16_t head, got;

	head = get_u16(&in);
	get_u16(&in);
	got = get_u16(&in);
	f.number = get_u16(&in);
	if (in.bad && ret->kind == REPLY_ERROR) {
		ret->number = 0;
		return 0;
	}
	if (in.bad || head != type << 8 || f.number == 0)
		return -EBADMSG;
	octets = rcur_rest(&in);
	s = shot_of(&f, &none);
	if (got != id || !hop_tag_begins(c, &s, octets) ||
	    (ret->kind != REPLY_ERROR && !hop_tag_get(octets, ret->dst.family, &tag)))
		return -EBADMSG;
	ret->number = f.number;
	return 0;
}

int hop_match_message(const struct hop_codec *c, enum ask_kind kind, uint16_t id,
		      struct span octets, struct hop_reply *ret)
{
	if (kind == ASK_UDP)
		return message_udp(c, octets, ret);
	return kind == ASK_ECHO ? message_echo(c, id, octets, ret) : -ENOENT;
}
