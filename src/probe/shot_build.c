/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probes as octets. */
#include <errno.h>
#include <string.h>

#include "icmp/number.h"
#include "probe/shot_own.h"
#include "wire/arp.h"
#include "wire/checksum.h"
#include "wire/icmp4.h"
#include "wire/icmp6.h"
#include "wire/ip6.h"
#include "wire/ipcur.h"
#include "wire/nd.h"
#include "wire/packet.h"
#include "wire/tcp.h"
#include "wire/udp.h"

#define HOPS_DEFAULT 64
#define HOPS_ND      255 /* RFC 4861 7.1.1: proof that the sender is on the link */
#define HOPS_MLD     1   /* RFC 3810 5 */
#define SYN_MSS      1460
#define TCP_WINDOW   1024
#define L4_MAX       (SHOT_LEN_MAX - IP6_HDR_LEN)
#define MASK_LEN     4
#define STAMPS_LEN   12
#define ECHO_MAX     (8 + 16) /* cookie and target's address */

/* MLD: RFC 3810 5.1. */
#define MLD_MAX_DELAY_MS 500
#define MLD_SUPPRESS     0x08 /* S: routers do not touch their timers for this query */
#define MLD_ROBUSTNESS   2    /* 9.1: the default, so that hosts that take it over change nothing */
#define MLD_INTERVAL_S   125  /* 9.2: likewise */

/* @tag: 0, or what is put into the identification or flow label. */
static int put_tagged(const struct shot *s, uint8_t proto, uint8_t hops, const struct ip_addr *dst,
		      uint32_t tag, const struct wcur *l4, struct wcur *out)
{
	struct packet_spec spec = {
		.src = &s->src,
		.dst = dst,
		.proto = proto,
		.ttl = hops,
		.df = true, /* RFC 6864 4.1: such a packet's identification need not differ */
		.ip_id = (uint16_t)tag,
		.flow = tag,
		.payload = { l4->start, wcur_len(l4) },
	};

	return packet_build(&spec, out);
}

static int put_packet(const struct shot *s, uint8_t proto, uint8_t hops, const struct ip_addr *dst,
		      const struct wcur *l4, struct wcur *out)
{
	return put_tagged(s, proto, hops, dst, 0, l4, out);
}

static uint8_t hops_of(const struct shot *s)
{
	return s->hops ? s->hops : HOPS_DEFAULT;
}

static int put_echo6(const struct shot *s, uint32_t rest, struct span body, struct wcur *out)
{
	struct icmp6_msg msg = { .type = ICMP6_ECHO, .rest = rest, .body = body };
	uint8_t buf[64];
	struct wcur l4 = wcur(buf, sizeof(buf));
	int r = icmp6_build(&msg, &s->src, &s->dst, &l4);

	return r < 0 ? r : put_packet(s, IP_PROTO_ICMP6, hops_of(s), &s->dst, &l4, out);
}

static int put_query4(const struct shot *s, uint8_t type, uint32_t rest, struct span body,
		      struct wcur *out)
{
	struct icmp4_msg msg = { .type = type, .rest = rest, .body = body };
	uint8_t buf[64];
	struct wcur l4 = wcur(buf, sizeof(buf));
	int r = icmp4_build(&msg, &l4);

	return r < 0 ? r : put_packet(s, IP_PROTO_ICMP4, hops_of(s), &s->dst, &l4, out);
}

static int build_query(const struct shot *s, uint64_t cookie, struct wcur *out)
{
	static const uint8_t type[] = {
		[ASK_ECHO] = ICMP4_ECHO,
		[ASK_TIMESTAMP] = ICMP4_TIMESTAMP,
		[ASK_MASK] = ICMP4_MASK,
		[ASK_INFO] = ICMP4_INFO,
	};
	uint32_t rest = icmp4_echo_rest(shot_icmp_id(cookie), shot_icmp_seq(cookie, s->try));
	uint8_t body[ECHO_MAX] = { 0 };
	struct wcur b = wcur(body, sizeof(body));

	if (s->ask.kind == ASK_ECHO) {
		put_u32(&b, (uint32_t)(cookie >> 32));
		put_u32(&b, (uint32_t)cookie);
		put_ip(&b, &s->dst);
	} else if (s->ask.kind == ASK_TIMESTAMP) {
		put_u32(&b, shot_stamp(cookie));
		b.p = body + STAMPS_LEN;
	} else if (s->ask.kind == ASK_MASK) {
		b.p = body + MASK_LEN;
	}
	if (s->dst.family == 6)
		return put_echo6(s, rest, (struct span){ body, wcur_len(&b) }, out);
	return put_query4(s, type[s->ask.kind], rest, (struct span){ body, wcur_len(&b) }, out);
}

/*
 * A SYN says its cookie in the sequence number, which comes back as acknowledgement; an ACK in
 * the acknowledgement, which comes back as a reset's sequence number, and in its own sequence
 * number as well, which ICMP errors quote.
 */
static int build_tcp(const struct shot_codec *c, const struct shot *s, uint64_t cookie,
		     struct wcur *out)
{
	uint8_t mss[TCP_MSS_LEN], buf[TCP_MIN_LEN + TCP_MSS_LEN];
	struct wcur l4 = wcur(buf, sizeof(buf));
	struct tcp_seg seg = {
		.sport = shot_port(c, cookie, s->try),
		.dport = s->ask.port,
		.seq = shot_word(cookie),
		.flags = TCP_ACK,
		.window = TCP_WINDOW,
	};
	int r;

	if (s->ask.kind == ASK_TCP_SYN) {
		tcp_mss_put(mss, SYN_MSS);
		seg.flags = TCP_SYN;
		seg.options = (struct span){ mss, sizeof(mss) };
	} else {
		seg.ack = seg.seq;
	}
	r = tcp_build(&seg, &s->src, &s->dst, &l4);
	return r < 0 ? r : put_packet(s, IP_PROTO_TCP, hops_of(s), &s->dst, &l4, out);
}

static int build_udp(const struct shot_codec *c, const struct shot *s, uint64_t cookie,
		     struct wcur *out)
{
	const struct payload *p = payload_find(s->ask.port, s->ask.payload);
	uint8_t data[PAYLOAD_LEN_MAX], id[PAYLOAD_ID_MAX], buf[L4_MAX];
	struct wcur l4 = wcur(buf, sizeof(buf));
	struct udp_dgram d = { .dport = s->ask.port };
	int r;

	if (!p)
		return -ENOENT;
	if (p->octets.len > 0)
		memcpy(data, p->octets.p, p->octets.len);
	payload_id(p, shot_id_word(cookie, s->ask.payload), id);
	memcpy(data + p->id_at, id, p->id_len);
	d.sport = shot_port(c, cookie, s->ask.payload * (unsigned)ASK_TRIES_MAX + s->try);
	d.payload = (struct span){ data, p->octets.len };
	r = udp_build(&d, &s->src, &s->dst, &l4);
	return r < 0 ? r
		     : put_tagged(s, IP_PROTO_UDP, hops_of(s), &s->dst,
				  shot_tag(cookie, s->dst.family), &l4, out);
}

static int build_arp(const struct shot *s, struct wcur *out)
{
	struct arp_msg msg = {
		.op = ARP_REQUEST,
		.sha = s->mac,
		.spa = s->src,
		.tpa = s->dst,
	};

	return arp_build(&msg, out);
}

static int build_nd(const struct shot *s, struct wcur *out)
{
	struct ip_addr group = nd_solicited_node(&s->dst);
	struct nd_msg msg = {
		.type = ND_NS,
		.target = s->dst,
		.has_slla = true,
		.slla = s->mac,
	};
	uint8_t buf[64];
	struct wcur l4 = wcur(buf, sizeof(buf));
	int r = nd_build(&msg, &s->src, &group, &l4);

	return r < 0 ? r : put_packet(s, IP_PROTO_ICMP6, HOPS_ND, &group, &l4, out);
}

/*
 * A general query. Routers elect the querier with the lowest address (RFC 3810 7.6.2), so a host
 * that asks once may silence the router for a few minutes; S keeps it from more.
 */
static int build_mld(const struct shot *s, struct wcur *out)
{
	/* Next header ICMPv6, length 0; router alert 0 (RFC 2711); PadN of two. */
	static const uint8_t hop_by_hop[] = { IP_PROTO_ICMP6, 0, 5, 2, 0, 0, 1, 0 };
	uint8_t body[20] = { [16] = MLD_SUPPRESS | MLD_ROBUSTNESS, MLD_INTERVAL_S };
	struct icmp6_msg msg = {
		.type = ICMP6_MLD_QUERY,
		.rest = (uint32_t)MLD_MAX_DELAY_MS << 16,
		.body = { body, sizeof(body) },
	};
	uint8_t buf[64];
	struct wcur l4 = wcur(buf, sizeof(buf));
	int r;

	put_bytes(&l4, hop_by_hop, sizeof(hop_by_hop));
	r = icmp6_build(&msg, &s->src, &s->dst, &l4);
	return r < 0 ? r : put_packet(s, IP_PROTO_HOPOPTS, HOPS_MLD, &s->dst, &l4, out);
}

int shot_build_slow(const struct shot_codec *c, const struct shot *s, struct wcur *out)
{
	enum ask_kind kind = (enum ask_kind)s->ask.kind;
	uint64_t cookie;

	if (s->dst.family != s->src.family || !ask_fits(kind, s->dst.family) ||
	    s->try >= ASK_TRIES_MAX)
		return -EINVAL;
	if (kind == ASK_ARP)
		return build_arp(s, out);
	if (kind == ASK_ND)
		return build_nd(s, out);
	if (kind == ASK_MLD)
		return build_mld(s, out);
	cookie = shot_cookie(c, kind, &s->dst, &s->src, ask_has_port(kind) ? s->ask.port : 0);
	if (kind == ASK_TCP_SYN || kind == ASK_TCP_ACK)
		return build_tcp(c, s, cookie, out);
	if (kind == ASK_UDP)
		return build_udp(c, s, cookie, out);
	return build_query(s, cookie, out);
}
