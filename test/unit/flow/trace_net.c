/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace_net.h"

#include <string.h>

#include "icmp/number.h"
#include "wire/checksum.h"
#include "wire/icmp4.h"
#include "wire/icmp6.h"
#include "wire/icmperr.h"
#include "wire/icmpext.h"
#include "wire/ip4.h"
#include "wire/ip6.h"
#include "wire/tcp.h"

struct packet {
	int family;
	uint8_t hops, proto, tos;
	bool df;
	struct ip_addr src, dst;
	struct span payload, octets;
};

struct back {
	void (*arrive)(void *self, const struct pio_arrival *a);
	void *self;
	uint64_t when_ns;
};

static bool read_packet(struct span octets, struct packet *p)
{
	struct ip4_pkt four;
	struct ip6_pkt six;

	if (ip4_parse(octets, &four) == 0) {
		*p = (struct packet){ 4,        four.ttl, four.proto,   four.tos, four.df,
				      four.src, four.dst, four.payload, octets };
		return true;
	}
	if (ip6_parse(octets, &six) < 0)
		return false;
	*p = (struct packet){ 6,       six.hop_limit, six.next,    six.tclass, true,
			      six.src, six.dst,       six.payload, octets };
	return true;
}

static struct ip_addr router(const struct packet *p, unsigned hop)
{
	struct ip_addr a = p->dst;

	if (p->family == 4)
		return ip4_make(10, a.octet[1], a.octet[2], (uint8_t)hop);
	memset(a.octet, 0, sizeof(a.octet));
	a.octet[0] = 0xfd;
	a.octet[15] = (uint8_t)hop;
	return a;
}

static void send_back(const struct back *b, const struct packet *p, const struct ip_addr *from,
		      uint8_t proto, struct span message)
{
	uint8_t buf[2048];
	struct wcur out = wcur(buf, sizeof(buf));
	struct ip4_pkt four = {
		.ttl = 60, .proto = proto, .src = *from, .dst = p->src, .payload = message
	};
	struct ip6_pkt six = {
		.hop_limit = 60, .next = proto, .src = *from, .dst = p->src, .payload = message
	};
	struct pio_arrival a = { .type = p->family == 4 ? 0x0800 : 0x86dd, .t_ns = b->when_ns };

	if (p->family == 4)
		ip4_build(&four, &out);
	else
		ip6_build(&six, &out);
	a.octets = (struct span){ buf, wcur_len(&out) };
	b->arrive(b->self, &a);
}

/* The packet as it stood before the offender, cut. */
static struct span quote(const struct trace_net *net, const struct packet *p, unsigned hop,
			 bool forged, uint8_t buf[static 2048])
{
	size_t len = MIN(p->octets.len, (size_t)500);
	uint16_t sum;

	memcpy(buf, p->octets.p, len);
	if (p->family == 6) {
		buf[7] = 1;
		return (struct span){ buf, len };
	}
	buf[8] = 1;
	if (net->remarks > 0 && hop >= net->remarks)
		buf[1] = 0x20;
	if (net->nat > 0 && hop >= net->nat)
		memcpy(buf + 12, (const uint8_t[]){ 192, 0, 2, 77 }, 4);
	buf[10] = buf[11] = 0;
	sum = checksum((struct span){ buf, IP4_MIN_LEN });
	buf[10] = (uint8_t)(sum >> 8);
	buf[11] = (uint8_t)sum;
	if (forged)
		buf[IP4_MIN_LEN + 8] ^= 0x5a; /* of the tag's hash */
	return (struct span){ buf, len };
}

static struct span labels(uint8_t buf[static 256])
{
	static const struct icmpext_label label = { 24001, 5, true, 1 };
	static const struct icmpext_iface iface = {
		.role = ICMPEXT_INCOMING, .has_ifindex = true, .ifindex = 7, .name = "ge-0/0/1"
	};
	uint8_t mpls[16], about[128];
	struct wcur m = wcur(mpls, sizeof(mpls)), i = wcur(about, sizeof(about)),
		    out = wcur(buf, 256);
	struct icmpext ext = { .n = 2,
			       .obj = { { ICMPEXT_MPLS, 1, { 0 } }, { ICMPEXT_IFACE, 0, { 0 } } } };

	icmpext_mpls_build(&label, 1, &m);
	icmpext_iface_build(&iface, &i, &ext.obj[1].ctype);
	ext.obj[0].body = (struct span){ mpls, wcur_len(&m) };
	ext.obj[1].body = (struct span){ about, wcur_len(&i) };
	icmpext_build(&ext, &out);
	return (struct span){ buf, wcur_len(&out) };
}

static void error_back(const struct trace_net *net, const struct back *b, const struct packet *p,
		       const struct ip_addr *from, struct icmperr *e, unsigned hop, bool forged)
{
	uint8_t buf[2048], quoted[2048], ext[256];
	struct wcur out = wcur(buf, sizeof(buf));

	e->family = (uint8_t)p->family;
	e->quote.octets = quote(net, p, hop, forged, quoted);
	if (net->labelled > 0 && hop == net->labelled)
		e->ext = labels(ext);
	icmperr_build(e, from, &p->src, &out);
	send_back(b, p, from, p->family == 4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6,
		  (struct span){ buf, wcur_len(&out) });
}

static void target_answers(const struct trace_net *net, const struct back *b,
			   const struct packet *p)
{
	uint8_t buf[2048];
	struct wcur out = wcur(buf, sizeof(buf));
	struct icmperr e = { .type = p->family == 4 ? ICMP4_UNREACH : ICMP6_UNREACH,
			     .code = p->family == 4 ? ICMP4_UNREACH_PORT : ICMP6_UNREACH_PORT };
	struct icmp4_msg four;
	struct icmp6_msg six;
	struct tcp_seg seg;

	if (p->proto == IP_PROTO_UDP) {
		error_back(net, b, p, &p->dst, &e, 0, false);
	} else if (p->proto == IP_PROTO_TCP) {
		tcp_parse(p->payload, &seg);
		seg = (struct tcp_seg){ .sport = seg.dport,
					.dport = seg.sport,
					.ack = seg.seq + 1,
					.seq = 5,
					.flags = TCP_SYN | TCP_ACK };
		tcp_build(&seg, &p->dst, &p->src, &out);
		send_back(b, p, &p->dst, IP_PROTO_TCP, (struct span){ buf, wcur_len(&out) });
	} else if (p->family == 4) {
		icmp4_peek(p->payload, &four);
		four.type = 0;
		icmp4_build(&four, &out);
		send_back(b, p, &p->dst, IP_PROTO_ICMP4, (struct span){ buf, wcur_len(&out) });
	} else {
		icmp6_peek(p->payload, &six);
		six.type = 129;
		icmp6_build(&six, &p->dst, &p->src, &out);
		send_back(b, p, &p->dst, IP_PROTO_ICMP6, (struct span){ buf, wcur_len(&out) });
	}
}

/* The router at @hop has an error to tell. */
static void router_answers(struct trace_net *net, struct back *b, const struct packet *p,
			   unsigned hop, struct icmperr *e)
{
	unsigned at = net->loop > 0 && hop > net->loop ? net->loop + (hop - net->loop) % 2 : hop;
	struct ip_addr from = router(p, at);

	if (net->silent >> hop & 1)
		return;
	if ((net->limits >> hop & 1) && net->per_hop[hop] % 5 != 1)
		return;
	b->when_ns += hop * net->hop_ns;
	if (net->forges)
		error_back(net, b, p, &from, e, hop, true);
	error_back(net, b, p, &from, e, hop, false);
	if (net->slow > 0 && hop == net->slow)
		error_back(net, b, p, &from, e, hop, false);
}

/* Where the packet ends: at a router, 0 when it is lost, beyond them all at the target. */
static unsigned travel(struct trace_net *net, const struct packet *p, struct icmperr *e)
{
	bool four = p->family == 4;
	unsigned far = MIN(p->hops, net->routers + 1);

	*e = (struct icmperr){ .type = four ? ICMP4_TIME_EXCEEDED : ICMP6_TIME_EXCEEDED };
	if (net->loop > 0 && far > net->loop)
		far = p->hops;
	if (net->lossy > 0 && far >= net->lossy && net->packets * 2654435761u >> 31 & 1)
		return 0;
	if (net->narrow > 0 && far > net->narrow && p->octets.len > net->mtu) {
		*e = (struct icmperr){ .type = four ? ICMP4_UNREACH : ICMP6_PACKET_TOO_BIG,
				       .code = four ? ICMP4_UNREACH_NEEDFRAG : 0,
				       .mtu = net->mtu };
		return net->announces ? net->narrow : 0;
	}
	if (net->prohibits > 0 && far >= net->prohibits) {
		*e = (struct icmperr){ .type = four ? ICMP4_UNREACH : ICMP6_UNREACH,
				       .code = four ? ICMP4_UNREACH_ADMIN : ICMP6_UNREACH_ADMIN };
		return net->prohibits;
	}
	return far;
}

static void take_packet(void *to, struct span octets, uint16_t type, uint64_t now_ns,
			void (*arrive)(void *self, const struct pio_arrival *a), void *self)
{
	struct trace_net *net = to;
	struct back b = { arrive, self, now_ns };
	struct packet p;
	struct icmperr e;
	unsigned end;

	(void)type;
	if (!read_packet(octets, &p))
		return;
	if (net->packets++ == 0) {
		net->first_ns = now_ns;
		if (p.proto == IP_PROTO_UDP)
			net->sport = (uint16_t)(p.payload.p[0] << 8 | p.payload.p[1]);
	}
	net->last_ns = now_ns;
	net->per_hop[MIN(p.hops, TRACE_NET_HOPS)]++;
	if (net->stops && net->packets > 100)
		return;
	end = travel(net, &p, &e);
	if (end == 0)
		return;
	if (end <= net->routers || (net->loop > 0 && end > net->loop)) {
		router_answers(net, &b, &p, end, &e);
	} else if (!net->dead) {
		b.when_ns += end * net->hop_ns;
		target_answers(net, &b, &p);
	}
}

void trace_net_init(struct trace_net *net)
{
	net->mem = (struct pio_packet_mem){ .packet = take_packet, .to = net };
}
