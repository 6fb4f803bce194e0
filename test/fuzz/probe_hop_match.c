/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any octets as what arrived after a hop probe under a fixed key. The first octet chooses the kind of
 * probe, the second its flow, the third how the rest is used: 0, as a packet; 1, as changes (place,
 * octet) to an ICMP error that quotes the probe; 2, as the message a socket tells of. Checksums
 * are put right unless bit 7 of the third says otherwise.
 */
#include <stdlib.h>
#include <string.h>

#include "probe/hop_shot.h"
#include "wire/checksum.h"
#include "wire/ip4.h"
#include "wire/ip6.h"
#include "wire/link.h"

#define ROOM 2048

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void store16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* Lengths and checksums of a plain packet as they should be. */
static void mend(uint8_t *p, size_t len)
{
	bool v4 = len > 0 && p[0] >> 4 == 4;
	size_t hdr = v4 ? IP4_MIN_LEN : IP6_HDR_LEN;
	struct ip_addr src, dst;
	struct span l4;

	if (len < hdr + 4)
		return;
	l4 = (struct span){ p + hdr, len - hdr };
	src = ip_from(v4 ? 4 : 6, p + (v4 ? 12 : 8));
	dst = ip_from(v4 ? 4 : 6, p + (v4 ? 16 : 24));
	store16(p + (v4 ? 2 : 4), (uint16_t)(v4 ? len : len - hdr));
	store16(p + hdr + 2, 0);
	store16(p + hdr + 2, v4 ? checksum(l4) : checksum_pseudo(&src, &dst, IP_PROTO_ICMP6, l4));
	if (v4) {
		store16(p + 10, 0);
		store16(p + 10, checksum((struct span){ p, hdr }));
	}
}

/* An error's headers in front of @len octets of quote. */
static size_t put_error(uint8_t *p, bool v4, size_t len)
{
	size_t hdr = v4 ? IP4_MIN_LEN : IP6_HDR_LEN, at = v4 ? 12 : 8, n = v4 ? 4 : 16;

	memmove(p + hdr + 8, p, len);
	memcpy(p + at + n, p + hdr + 8 + at, n); /* to whom the probe came from */
	p[v4 ? 9 : 6] = v4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6;
	memset(p + hdr, 0, 8);
	p[hdr] = v4 ? 11 : 3;
	return hdr + 8 + len;
}

static void check(const struct hop_codec *c, struct span s)
{
	struct hop_reply r, was;
	int got;

	memset(&r, 0x5a, sizeof(r));
	memcpy(&was, &r, sizeof(r));
	got = hop_match(c, link_ip_type(s), s, 1, &r);
	if (got < 0) {
		if (memcmp(&r, &was, sizeof(r)) != 0)
			abort();
		return;
	}
	if (r.flow >= HOP_FLOWS_MAX ||
	    (r.ask != ASK_ECHO && r.ask != ASK_UDP && r.ask != ASK_TCP_SYN) ||
	    r.kind == REPLY_NONE || r.kind > REPLY_ERROR || r.dst.family != r.from.family ||
	    (r.number == 0 && (r.ask != ASK_UDP || r.kind != REPLY_ANSWER)) ||
	    (r.ext.len > 0 && (r.ext.p < s.p || r.ext.p + r.ext.len > s.p + s.len)))
		abort();
}

static void check_message(const struct hop_codec *c, const struct hop_shot *s, struct span octets)
{
	struct hop_reply r = { .dst = s->dst, .port = s->port, .flow = s->flow, .number = 77 };

	for (unsigned kind = 0; kind <= REPLY_ERROR; kind++) {
		r.kind = (uint8_t)kind;
		if (hop_match_message(c, (enum ask_kind)s->kind, 99, octets, &r) < 0 &&
		    r.number != 77)
			abort();
		r.number = 77;
	}
}

/* Changes to @n octets at @p, as the rest of the input has them. */
static void change(uint8_t *p, size_t n, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i + 1 < len && n > 0; i += 2)
		p[data[i] % n] ^= data[i + 1];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t kinds[] = { ASK_ECHO, ASK_UDP, ASK_TCP_SYN };
	static const struct hash_key key = { { 1, 2 } };
	uint8_t p[ROOM];
	struct wcur out = wcur(p, 400);
	struct hop_codec c;
	struct hop_shot s;
	bool v4;
	size_t n;

	if (len < 4)
		return 0;
	v4 = data[0] & 1;
	hop_codec_init(&c, &key, 61000, 64);
	s = (struct hop_shot){
		.dst = v4 ? ip4_make(192, 0, 2, 9) : (struct ip_addr){ 6, { 0xfd, [15] = 9 }, 0 },
		.src = v4 ? ip4_make(192, 0, 2, 1) : (struct ip_addr){ 6, { 0xfd, [15] = 1 }, 0 },
		.kind = kinds[(data[0] >> 1) % 3],
		.hops = 3,
		.port = 33434,
		.flow = data[1] % 64,
		.number = 0x1234,
		.len = data[0] & 0x80 ? 300 : 0,
	};
	if ((data[2] & 3) == 1 && hop_shot_build(&c, &s, &out) == 0) {
		n = put_error(p, v4, MIN(wcur_len(&out), (size_t)data[3] * 2));
		change(p, n, data + 4, len - 4);
	} else if ((data[2] & 3) == 2 && hop_shot_message(&c, &s, 99, &out) == 0) {
		n = MIN(wcur_len(&out), (size_t)data[3]);
		change(p, n, data + 4, len - 4);
		check_message(&c, &s, (struct span){ p, n });
		return 0;
	} else {
		n = MIN(len - 4, sizeof(p));
		memcpy(p, data + 4, n);
	}
	if (!(data[2] & 0x80))
		mend(p, n);
	check(&c, (struct span){ p, n });
	return 0;
}
