/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/packet.h"

#include <errno.h>

#include "wire/ip6.h"
#include "wire/tunnel.h"

/* What the front of the message tells: ports, or ICMP's type and code. */
static void note_l4(struct packet *pkt)
{
	const uint8_t *p = pkt->l4.p;
	size_t len = pkt->l4.len;

	if (pkt->frag == PACKET_FRAG_LATER)
		return;
	if (pkt->proto == (pkt->family == 4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6)) {
		pkt->icmp = true;
		pkt->icmp_type = len > 0 ? p[0] : 0;
		pkt->icmp_code = len > 1 ? p[1] : 0;
	} else if (len >= 4 && (pkt->proto == IP_PROTO_TCP || pkt->proto == IP_PROTO_UDP ||
				pkt->proto == IP_PROTO_SCTP || pkt->proto == IP_PROTO_UDPLITE)) {
		pkt->sport = (uint16_t)(p[0] << 8 | p[1]);
		pkt->dport = (uint16_t)(p[2] << 8 | p[3]);
	}
}

static uint8_t frag_state(bool fragment, uint16_t off)
{
	if (off > 0)
		return PACKET_FRAG_LATER;
	return fragment ? PACKET_FRAG_FIRST : PACKET_WHOLE;
}

/* The extension headers of IPv6; of IPv4 only AH, which is the same walk. */
static int note_chain(uint8_t next, struct span payload, struct packet *pkt)
{
	struct ip6_chain chain;

	if (ip6_walk(next, payload, &chain) < 0)
		return -EBADMSG;
	pkt->proto = chain.proto;
	pkt->l4 = chain.l4;
	pkt->truncated |= chain.cut;
	if (chain.last.family)
		pkt->last_dst = chain.last;
	if (pkt->family == 6)
		pkt->frag = frag_state(chain.fragment, chain.frag_off);
	return chain.cut ? 1 : 0;
}

static int open_ip4(struct span octets, struct packet *ret_packet)
{
	struct ip4_pkt ip;
	int r = ip4_parse(octets, &ip);

	if (r < 0)
		return r;
	*ret_packet = (struct packet){
		.family = 4,
		.proto = ip.proto,
		.ttl = ip.ttl,
		.tos = ip.tos,
		.frag = frag_state(ip.mf, ip.frag_off),
		.truncated = ip.missing > 0,
		.df = ip.df,
		.sum_ok = ip.sum_ok,
		.ip_id = ip.id,
		.src = ip.src,
		.dst = ip.dst,
		.last_dst = ip.dst,
		.l3 = { octets.p, (size_t)(ip.payload.p - octets.p) + ip.payload.len },
		.l4 = ip.payload,
	};
	if (ip.proto == IP_PROTO_AH && ip.frag_off == 0) {
		r = note_chain(ip.proto, ip.payload, ret_packet);
		if (r != 0)
			return MIN(r, 0);
	}
	note_l4(ret_packet);
	return 0;
}

static int open_ip6(struct span octets, struct packet *ret_packet)
{
	struct ip6_pkt ip;
	int r = ip6_parse(octets, &ip);

	if (r < 0)
		return r;
	*ret_packet = (struct packet){
		.family = 6,
		.ttl = ip.hop_limit,
		.tos = ip.tclass,
		.truncated = ip.missing > 0,
		.sum_ok = true,
		.flow = ip.flow,
		.src = ip.src,
		.dst = ip.dst,
		.last_dst = ip.dst,
		.l3 = { octets.p, IP6_HDR_LEN + ip.payload.len },
	};
	r = note_chain(ip.next, ip.payload, ret_packet);
	if (r == 0)
		note_l4(ret_packet);
	return MIN(r, 0);
}

/* Down through link layers to the next IP header. @layers is the budget left, over all tunnels. */
static int open_ip(struct link_next next, unsigned *layers, struct packet *ret_packet)
{
	while (next.type != ETH_TYPE_IP4 && next.type != ETH_TYPE_IP6) {
		int r = link_step(&next);

		if (r < 0)
			return r;
		if (r == 0)
			return -ENOMSG;
		if (*layers == 0)
			return -EBADMSG;
		--*layers;
	}
	return next.type == ETH_TYPE_IP4 ? open_ip4(next.payload, ret_packet)
					 : open_ip6(next.payload, ret_packet);
}

static int open_frame(enum link_type link, struct span frame, unsigned *layers,
		      struct packet *ret_packet)
{
	struct link_next next;
	struct packet pkt;
	int r = link_open(link, frame, &next);

	if (r < 0)
		return r;
	r = open_ip(next, layers, &pkt);
	if (r < 0)
		return r;
	pkt.depth = 1;
	*ret_packet = pkt;
	return 0;
}

int packet_parse_outer(enum link_type link, struct span frame, struct packet *ret_packet)
{
	unsigned layers = PACKET_LAYERS_MAX;

	return open_frame(link, frame, &layers, ret_packet);
}

/* The packet one tunnel deeper. False: @pkt holds none that can be read. */
static bool open_tunnel(const struct packet *pkt, unsigned *layers, struct packet *ret_inner)
{
	struct link_next next;

	if (pkt->icmp || pkt->frag == PACKET_FRAG_LATER || pkt->depth == PACKET_DEPTH_MAX ||
	    tunnel_open(pkt->proto, pkt->l4, &next) == 0 || open_ip(next, layers, ret_inner) < 0)
		return false;
	ret_inner->depth = (uint8_t)(pkt->depth + 1);
	ret_inner->truncated |= pkt->truncated;
	return true;
}

int packet_parse(enum link_type link, struct span frame, struct packet *ret_packet)
{
	unsigned layers = PACKET_LAYERS_MAX;
	struct packet inner;
	int r = open_frame(link, frame, &layers, ret_packet);

	if (r < 0)
		return r;
	while (open_tunnel(ret_packet, &layers, &inner))
		*ret_packet = inner;
	return 0;
}

static int put_ip4_packet(const struct packet_spec *spec, struct wcur *out)
{
	struct ip4_pkt ip = {
		.tos = spec->tos,
		.ttl = spec->ttl,
		.proto = spec->proto,
		.df = spec->df,
		.id = spec->ip_id,
		.src = *spec->src,
		.dst = *spec->dst,
		.payload = spec->payload,
	};

	return ip4_build(&ip, out);
}

static int put_ip6_packet(const struct packet_spec *spec, struct wcur *out)
{
	struct ip6_pkt ip = {
		.tclass = spec->tos,
		.next = spec->proto,
		.hop_limit = spec->ttl,
		.flow = spec->flow,
		.src = *spec->src,
		.dst = *spec->dst,
		.payload = spec->payload,
	};

	return ip6_build(&ip, out);
}

int packet_build(const struct packet_spec *spec, struct wcur *out)
{
	bool v4 = spec->src->family == 4;

	if (spec->src->family != spec->dst->family || !spec->eth_src != !spec->eth_dst)
		return -EINVAL;
	if (spec->eth_dst) {
		put_bytes(out, spec->eth_dst->octet, ETH_ADDR_LEN);
		put_bytes(out, spec->eth_src->octet, ETH_ADDR_LEN);
		put_u16(out, v4 ? ETH_TYPE_IP4 : ETH_TYPE_IP6);
	}
	return v4 ? put_ip4_packet(spec, out) : put_ip6_packet(spec, out);
}
