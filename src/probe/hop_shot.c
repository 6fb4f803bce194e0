/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hop probes as octets. */
#include "probe/hop_shot.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "icmp/number.h"
#include "probe/hop_shot_own.h"
#include "wire/checksum.h"
#include "wire/ip4.h"
#include "wire/ip6.h"
#include "wire/ipcur.h"
#include "wire/tcp.h"

#define SYN_MSS      1460
#define SYN_WINDOW   1024
#define SYN_LEN      (TCP_MIN_LEN + TCP_MSS_LEN)
#define SYN_OFFSET   (SYN_LEN / 4 << 12)
#define IP4_DF       0x4000
#define ECHO_SUM_AT  2
#define UDP_SUM_AT   6
#define TCP_SUM_AT   16
#define LABEL_STRIDE 1021 /* so that the labels of neighbouring flows differ in many bits */

void hop_codec_init(struct hop_codec *c, const struct hash_key *key, uint16_t port_first,
		    uint16_t port_n)
{
	c->key = *key;
	c->port_first = port_first;
	c->port_n = MIN(MAX(port_n, 1), HOP_FLOWS_MAX);
}

uint64_t hop_mark(const struct hop_codec *c, enum ask_kind kind, const struct ip_addr *dst,
		  const struct ip_addr *src, uint16_t port, uint16_t flow, uint16_t number)
{
	uint8_t in[2 * 16 + 9];
	struct wcur w = wcur(in, sizeof(in));

	put_bytes(&w, dst->octet, 16);
	put_bytes(&w, src->octet, 16);
	put_u8(&w, dst->family);
	put_u8(&w, (uint8_t)kind);
	put_u8(&w, src->family == 0);
	put_u16(&w, kind == ASK_ECHO ? 0 : port);
	put_u16(&w, flow);
	put_u16(&w, number);
	return hash(&c->key, (struct span){ in, wcur_len(&w) });
}

/* From one secret place on, one step a flow: no two flows to a target have one identifier. */
struct hop_constants hop_constants(const struct hop_codec *c, enum ask_kind kind,
				   const struct ip_addr *dst, const struct ip_addr *src,
				   uint16_t port, uint16_t flow)
{
	uint64_t from = hop_mark(c, kind, dst, src, port, HOP_FLOWS_MAX, 0);

	return (struct hop_constants){
		.id = (uint16_t)((from >> 48) + flow),
		.sum = (uint16_t)(1 + ((from >> 32 & 0xffff) + flow) % 0xfffe),
		.label = (uint32_t)(1 + ((from & 0xfffff) + flow * LABEL_STRIDE) % 0xfffff),
	};
}

void hop_tag_put(const struct hop_codec *c, const struct hop_shot *s,
		 uint8_t ret_tag[static HOP_TAG_LEN])
{
	uint64_t mark =
		hop_mark(c, (enum ask_kind)s->kind, &s->dst, &s->src, s->port, s->flow, s->number);
	struct wcur w = wcur(ret_tag, HOP_TAG_LEN);

	memset(ret_tag, 0, HOP_TAG_LEN);
	put_u32(&w, (uint32_t)(mark >> 32));
	put_u32(&w, (uint32_t)mark);
	put_u16(&w, s->number);
	put_u16(&w, s->flow);
	put_u16(&w, 0);
	put_u16(&w, s->kind == ASK_ECHO ? 0 : s->port);
	put_ip(&w, &s->dst);
}

static uint16_t l4_hdr_len(enum ask_kind kind)
{
	return kind == ASK_TCP_SYN ? SYN_LEN : HOP_HDR_LEN + HOP_TAG_LEN;
}

uint16_t hop_shot_least(enum ask_kind kind, int family)
{
	if ((family != 4 && family != 6) ||
	    (kind != ASK_ECHO && kind != ASK_UDP && kind != ASK_TCP_SYN))
		return 0;
	return (uint16_t)((family == 4 ? IP4_MIN_LEN : IP6_HDR_LEN) + l4_hdr_len(kind));
}

static bool is_sound(const struct hop_codec *c, const struct hop_shot *s)
{
	if (hop_shot_least((enum ask_kind)s->kind, s->dst.family) == 0 || s->hops == 0 ||
	    s->number == 0 || s->flow >= HOP_FLOWS_MAX)
		return false;
	/* Each flow of TCP and UDP needs a source port. */
	return s->kind == ASK_ECHO || s->flow < c->port_n;
}

static void store16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* The checksum of @l4, a message of @s from its header on, whose own field is 0. */
static uint16_t sum_of(const struct hop_shot *s, struct span l4)
{
	uint8_t proto = s->kind == ASK_UDP    ? IP_PROTO_UDP
			: s->kind == ASK_ECHO ? IP_PROTO_ICMP6
					      : IP_PROTO_TCP;

	if (s->kind == ASK_ECHO && s->dst.family == 4)
		return checksum(l4);
	return checksum_pseudo(&s->src, &s->dst, proto, l4);
}

/*
 * What has to stand in the tag so that a message whose checksum was @was has @want: RFC 1071's sum
 * is ones' complement, so that the difference of the two is the word to add.
 */
static void come_out(uint8_t *tag, uint16_t was, uint16_t want)
{
	uint32_t word = (uint32_t)was + (uint16_t)~want;

	store16(tag + HOP_EVEN_AT, (uint16_t)((word & 0xffff) + (word >> 16)));
}

static void put_echo(const struct hop_codec *c, const struct hop_shot *s, uint8_t *l4, size_t len)
{
	struct hop_constants k = hop_constants(c, ASK_ECHO, &s->dst, &s->src, s->port, s->flow);

	l4[0] = s->dst.family == 4 ? ICMP4_ECHO : ICMP6_ECHO;
	store16(l4 + 4, k.id);
	store16(l4 + 6, s->number);
	hop_tag_put(c, s, l4 + HOP_HDR_LEN);
	come_out(l4 + HOP_HDR_LEN, sum_of(s, (struct span){ l4, len }), k.sum);
	store16(l4 + ECHO_SUM_AT, k.sum);
}

static void put_udp(const struct hop_codec *c, const struct hop_shot *s, uint8_t *l4, size_t len)
{
	uint64_t mark = hop_mark(c, ASK_UDP, &s->dst, &s->src, s->port, s->flow, s->number);
	uint16_t want = s->dst.family == 4 ? hop_mark_sum(mark) : s->number;

	store16(l4, (uint16_t)(c->port_first + s->flow));
	store16(l4 + 2, s->port);
	store16(l4 + 4, (uint16_t)len);
	hop_tag_put(c, s, l4 + HOP_HDR_LEN);
	come_out(l4 + HOP_HDR_LEN, sum_of(s, (struct span){ l4, len }), want);
	store16(l4 + UDP_SUM_AT, want);
}

static void put_tcp(const struct hop_codec *c, const struct hop_shot *s, uint8_t *l4, size_t len)
{
	uint64_t mark = hop_mark(c, ASK_TCP_SYN, &s->dst, &s->src, s->port, s->flow, s->number);
	struct wcur w = wcur(l4, SYN_LEN);

	put_u16(&w, (uint16_t)(c->port_first + s->flow));
	put_u16(&w, s->port);
	put_u32(&w, (uint32_t)s->number << 16 | hop_mark_seq(mark));
	put_u32(&w, 0);
	put_u16(&w, SYN_OFFSET | TCP_SYN);
	put_u16(&w, SYN_WINDOW);
	put_u32(&w, 0); /* checksum, urgent pointer */
	tcp_mss_put(w.p, SYN_MSS);
	store16(l4 + TCP_SUM_AT, sum_of(s, (struct span){ l4, len }));
}

/* The identification is the number's for every kind: a kernel would fill in one that is 0. */
static void put_ip4(const struct hop_shot *s, uint8_t proto, size_t len, uint8_t *at)
{
	struct wcur w = wcur(at, IP4_MIN_LEN);

	put_u8(&w, 0x45);
	put_u8(&w, s->tos);
	put_u16(&w, (uint16_t)len);
	put_u16(&w, s->number);
	put_u16(&w, s->df ? IP4_DF : 0);
	put_u8(&w, s->hops);
	put_u8(&w, proto);
	put_u16(&w, 0);
	put_ip(&w, &s->src);
	put_ip(&w, &s->dst);
	store16(at + 10, checksum((struct span){ at, IP4_MIN_LEN }));
}

static void put_ip6(const struct hop_codec *c, const struct hop_shot *s, uint8_t proto, size_t len,
		    uint8_t *at)
{
	struct hop_constants k =
		hop_constants(c, (enum ask_kind)s->kind, &s->dst, &s->src, s->port, s->flow);
	struct wcur w = wcur(at, IP6_HDR_LEN);

	put_u32(&w, 6u << 28 | (uint32_t)s->tos << 20 | k.label);
	put_u16(&w, (uint16_t)(len - IP6_HDR_LEN));
	put_u8(&w, proto);
	put_u8(&w, s->hops);
	put_ip(&w, &s->src);
	put_ip(&w, &s->dst);
}

/* The next @len octets of @out, zeroed; NULL: they do not fit, and @out is bad. */
static uint8_t *take(struct wcur *out, size_t len)
{
	uint8_t *at = out->p;

	if (out->bad || (size_t)(out->end - out->p) < len) {
		out->bad = true;
		return NULL;
	}
	memset(at, 0, len);
	out->p += len;
	return at;
}

int hop_shot_build(const struct hop_codec *c, const struct hop_shot *s, struct wcur *out)
{
	bool v4 = s->dst.family == 4;
	size_t hdr = v4 ? IP4_MIN_LEN : IP6_HDR_LEN, len;
	uint8_t proto = v4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6, *at;

	if (!is_sound(c, s) || s->src.family != s->dst.family)
		return -EINVAL;
	len = MAX(s->len, hop_shot_least((enum ask_kind)s->kind, s->dst.family));
	at = take(out, len);
	if (!at)
		return -ENOSPC;
	if (s->kind == ASK_ECHO) {
		put_echo(c, s, at + hdr, len - hdr);
	} else if (s->kind == ASK_UDP) {
		put_udp(c, s, at + hdr, len - hdr);
		proto = IP_PROTO_UDP;
	} else {
		put_tcp(c, s, at + hdr, len - hdr);
		proto = IP_PROTO_TCP;
	}
	if (v4)
		put_ip4(s, proto, len, at);
	else
		put_ip6(c, s, proto, len, at);
	return 0;
}

/*
 * The kernel computes checksums: the tag makes the sum of what is ours the same for all numbers, so
 * that what comes out is so too. Identifier and source port are the flow's own socket's.
 */
int hop_shot_message(const struct hop_codec *c, const struct hop_shot *shot, uint16_t id,
		     struct wcur *out)
{
	struct hop_shot s = *shot;
	size_t hdr = s.dst.family == 4 ? IP4_MIN_LEN : IP6_HDR_LEN, len;
	uint16_t sum = hop_constants(c, ASK_ECHO, &s.dst, &(struct ip_addr){ 0 }, 0, s.flow).sum;
	uint8_t *at, *tag;

	s.src = (struct ip_addr){ 0 };
	if (s.kind == ASK_TCP_SYN || hop_shot_least((enum ask_kind)s.kind, s.dst.family) == 0 ||
	    s.hops == 0 || s.number == 0 || s.flow >= HOP_FLOWS_MAX)
		return -EINVAL;
	len = MAX(s.len, hop_shot_least((enum ask_kind)s.kind, s.dst.family)) - hdr;
	if (s.kind == ASK_UDP)
		len -= HOP_HDR_LEN;
	at = take(out, len);
	if (!at)
		return -ENOSPC;
	tag = s.kind == ASK_UDP ? at : at + HOP_HDR_LEN;
	if (s.kind == ASK_ECHO) {
		at[0] = s.dst.family == 4 ? ICMP4_ECHO : ICMP6_ECHO;
		store16(at + 4, id);
		store16(at + 6, s.number);
	}
	hop_tag_put(c, &s, tag);
	come_out(tag, checksum((struct span){ at, len }), sum);
	if (s.kind == ASK_ECHO)
		store16(at + ECHO_SUM_AT, sum);
	return 0;
}

/*
 * As shot_filter(): "icmp6" looks at the first header only, so that what comes behind an extension
 * header passes as a whole.
 */
size_t hop_filter(const struct hop_codec *c, char *buf, size_t len)
{
	int n = snprintf(
		buf, len,
		"(icmp and icmp[0] != 8) or (icmp6 and (ip6[40] < 128 or ip6[40] = 129)) or "
		"((tcp or udp) and dst portrange %u-%u) or "
		"(ip6 and (ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 44 or ip6[6] = 51 "
		"or ip6[6] = 60))",
		(unsigned)c->port_first, c->port_first + c->port_n - 1u);

	return n < 0 ? 0 : (size_t)n;
}
