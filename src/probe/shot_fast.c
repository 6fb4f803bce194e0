/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hot path of every fast scan: packets that differ in addresses, ports and cookies only. The
 * rest of them, and its part of the checksums, is made once by shot_build_slow(), and this gives
 * the same octets (a test compares).
 */
#include <errno.h>
#include <string.h>

#include "probe/shot_own.h"
#include "wire/checksum.h"
#include "wire/ip4.h"
#include "wire/ip6.h"

#define HOPS_DEFAULT 64
#define IP4_ID_AT    4
#define IP4_SUM_AT   10
#define IP4_SRC_AT   12
#define IP6_SRC_AT   8

enum fast { FAST_ECHO, FAST_SYN, FAST_ACK, FAST_UDP, FAST_KINDS };

/* Octet of the message where its checksum stands. */
static const uint8_t sum_at[] = {
	[FAST_ECHO] = 2,
	[FAST_SYN] = 16,
	[FAST_ACK] = 16,
	[FAST_UDP] = 6,
};

/* Host order to octets, at once: compilers make one store of it. */
static void store16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}
static void store32(uint8_t *p, uint32_t v)
{
	store16(p, (uint16_t)(v >> 16));
	store16(p + 2, (uint16_t)v);
}

static enum fast fast_kind(const struct shot_codec *c, const struct ask *ask)
{
	if (ask->kind == ASK_ECHO)
		return FAST_ECHO;
	if (ask->kind == ASK_TCP_SYN)
		return FAST_SYN;
	if (ask->kind == ASK_TCP_ACK)
		return FAST_ACK;
	if (ask->kind == ASK_UDP && ask->payload == 0 && !portset_has(&c->spoken, ask->port))
		return FAST_UDP;
	return FAST_KINDS;
}

/* The traffic class beside the flow label is 0 in every probe. */
static void store_tag(uint8_t *ip, uint32_t tag)
{
	if (ip[0] >> 4 == 4)
		store16(ip + IP4_ID_AT, (uint16_t)tag);
	else
		store32(ip, 6u << 28 | tag);
}

/* What one packet has in its own right, into a copy of its template. */
static void fill(const struct shot_codec *c, const struct shot *s, enum fast kind, uint8_t *ip)
{
	bool v4 = s->dst.family == 4;
	size_t addr = v4 ? 4 : 16;
	uint8_t *src = ip + (v4 ? IP4_SRC_AT : IP6_SRC_AT), *l4 = src + 2 * addr;
	uint16_t port = kind == FAST_ECHO ? 0 : s->ask.port;
	uint64_t cookie = shot_cookie(c, (enum ask_kind)s->ask.kind, &s->dst, &s->src, port);

	memcpy(src, s->src.octet, addr);
	memcpy(src + addr, s->dst.octet, addr);
	if (kind == FAST_ECHO) {
		store16(l4 + 4, shot_icmp_id(cookie));
		store16(l4 + 6, shot_icmp_seq(cookie, s->try));
		store32(l4 + 8, (uint32_t)(cookie >> 32));
		store32(l4 + 12, (uint32_t)cookie);
		memcpy(l4 + 16, s->dst.octet, addr);
		return;
	}
	store16(l4, shot_port(c, cookie, s->try));
	store16(l4 + 2, port);
	if (kind == FAST_UDP) {
		store_tag(ip, shot_tag(cookie, s->dst.family));
		return;
	}
	store32(l4 + 4, shot_word(cookie));
	if (kind == FAST_ACK)
		store32(l4 + 8, shot_word(cookie));
}

static void finish(const struct shot_template *t, enum fast kind, bool v4, uint8_t *ip)
{
	uint8_t *src = ip + (v4 ? IP4_SRC_AT : IP6_SRC_AT);
	uint8_t *l4 = ip + (v4 ? IP4_MIN_LEN : IP6_HDR_LEN);
	const uint8_t *from = v4 && kind == FAST_ECHO ? l4 : src; /* no pseudo header */
	uint64_t sum_ip;
	uint16_t sum;

	/* The addresses stand before the message: they are the pseudo header's where they are. */
	sum = checksum_end(
		checksum_add(t->sum_l4, (struct span){ from, (size_t)(ip + t->len - from) }));
	if (kind == FAST_UDP && sum == 0)
		sum = 0xffff; /* RFC 768: 0 would say that none was computed */
	store16(l4 + sum_at[kind], sum);
	if (!v4)
		return;
	sum_ip = checksum_add(t->sum_ip, (struct span){ ip + IP4_ID_AT, 2 });
	store16(ip + IP4_SUM_AT, checksum_end(checksum_add(sum_ip, (struct span){ src, 8 })));
}

static int make(const struct shot_codec *c, const struct shot *s, enum fast kind, uint8_t hops,
		struct shot_template *t)
{
	bool v4 = s->dst.family == 4;
	size_t hdr = v4 ? IP4_MIN_LEN : IP6_HDR_LEN, src = v4 ? IP4_SRC_AT : IP6_SRC_AT;
	struct wcur out = wcur(t->octet, sizeof(t->octet));
	uint8_t tail[4] = { 0 };
	int r = shot_build_slow(c, s, &out);

	if (r < 0)
		return r;
	t->len = (uint8_t)wcur_len(&out);
	t->hops = hops;
	memset(t->octet + src, 0, hdr - src);
	store16(t->octet + hdr + sum_at[kind], 0);
	if (v4) {
		store16(t->octet + IP4_ID_AT, 0);
		store16(t->octet + IP4_SUM_AT, 0);
	}
	t->sum_ip = v4 ? checksum_add(0, (struct span){ t->octet, src }) : 0;
	/* The pseudo header without its addresses: protocol and length (RFC 9293 3.1). */
	tail[1] = v4 ? t->octet[9] : t->octet[6];
	store16(tail + 2, (uint16_t)(t->len - hdr));
	t->sum_l4 = v4 && kind == FAST_ECHO ? 0 : checksum_add(0, (struct span){ tail, 4 });
	return 0;
}

int shot_build(struct shot_codec *c, const struct shot *s, struct wcur *out)
{
	uint8_t hops = s->hops ? s->hops : HOPS_DEFAULT;
	enum fast kind = fast_kind(c, &s->ask);
	bool v4 = s->dst.family == 4;
	struct shot_template *t;
	int r;

	if (kind == FAST_KINDS)
		return shot_build_slow(c, s, out);
	if (s->dst.family != s->src.family || !ip_len(s->dst.family) || s->try >= ASK_TRIES_MAX)
		return -EINVAL;
	t = &c->template[(v4 ? 0 : FAST_KINDS) + kind];
	if (t->hops != hops) {
		r = make(c, s, kind, hops, t);
		if (r < 0)
			return r;
	}
	if (out->bad || (size_t)(out->end - out->p) < t->len) {
		out->bad = true;
		return -ENOSPC;
	}
	memcpy(out->p, t->octet, t->len);
	fill(c, s, kind, out->p);
	finish(t, kind, v4, out->p);
	out->p += t->len;
	return 0;
}
