/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any octets as what arrived after a probe under a fixed key. The first octet chooses the kind of
 * probe, the second the payload and try, the third how the rest is used: as a packet; as a change
 * (place, octet) to the packet that answers the probe; or as the quote of an ICMP error about it.
 * Checksums are put right where that is asked for, to get past the first gate.
 */
#include <stdlib.h>
#include <string.h>

#include "probe/shot_own.h"
#include "wire/checksum.h"
#include "wire/icmp4.h"
#include "wire/ip4.h"
#include "wire/ip6.h"

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
	bool v4 = p[0] >> 4 == 4;
	size_t hdr = v4 ? IP4_MIN_LEN : IP6_HDR_LEN;
	struct ip_addr src, dst;
	struct span l4;

	if (len < hdr + 4)
		return;
	l4 = (struct span){ p + hdr, len - hdr };
	src = ip_from(v4 ? 4 : 6, p + (v4 ? 12 : 8));
	dst = ip_from(v4 ? 4 : 6, p + (v4 ? 16 : 24));
	store16(p + (v4 ? 2 : 4), (uint16_t)(v4 ? len : len - hdr));
	if (p[v4 ? 9 : 6] == (v4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6)) {
		store16(p + hdr + 2, 0);
		store16(p + hdr + 2,
			v4 ? checksum(l4) : checksum_pseudo(&src, &dst, IP_PROTO_ICMP6, l4));
	}
	if (v4) {
		store16(p + 10, 0);
		store16(p + 10, checksum((struct span){ p, hdr }));
	}
}

static void swap(uint8_t *p, size_t at, size_t len)
{
	uint8_t was[16];

	memcpy(was, p + at, len);
	memcpy(p + at, p + at + len, len);
	memcpy(p + at + len, was, len);
}

/* Make of our packet what its target would say. */
static void turn(uint8_t *p, const struct shot *s)
{
	bool v4 = s->dst.family == 4;
	uint8_t *l4 = p + (v4 ? IP4_MIN_LEN : IP6_HDR_LEN);

	if (v4)
		swap(p, 12, 4);
	else
		swap(p, 8, 16);
	if (!ask_has_port((enum ask_kind)s->ask.kind)) {
		l4[0] = (uint8_t)(v4 && s->ask.kind == ASK_ECHO ? 0 : l4[0] + 1);
		return;
	}
	swap(l4, 0, 2);
	if (s->ask.kind == ASK_TCP_SYN) {
		l4[13] = 0x12;
		memcpy(l4 + 8, l4 + 4, 4);
		l4[11]++;
	} else if (s->ask.kind == ASK_TCP_ACK) {
		l4[13] = 0x04;
	}
}

/* Put the packet behind an error's header, as far as @quoted says. */
static size_t quote(uint8_t *p, size_t len, size_t quoted, bool v4)
{
	size_t hdr = v4 ? IP4_MIN_LEN : IP6_HDR_LEN;

	len = MIN(MIN(len, quoted), ROOM - hdr - 8);
	memmove(p + hdr + 8, p, len);
	if (v4)
		swap(p, 12, 4);
	else
		swap(p, 8, 16);
	p[v4 ? 9 : 6] = v4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6;
	memset(p + hdr, 0, 8);
	p[hdr] = v4 ? 3 : 1;
	return hdr + 8 + len;
}

static void check(const struct shot_codec *c, uint16_t type, struct span s)
{
	struct reply quick, slow;

	memset(&quick, 0x5a, sizeof(quick));
	memset(&slow, 0x5a, sizeof(slow));
	if (shot_match_quick(c, type, s, &quick) &&
	    (shot_match_slow(c, type, s, &slow) != 0 || quick.kind != slow.kind ||
	     quick.try != slow.try || quick.ask.kind != slow.ask.kind || quick.type != slow.type ||
	     quick.ask.port != slow.ask.port || quick.window != slow.window ||
	     quick.ttl != slow.ttl || quick.code != slow.code || quick.data.len != slow.data.len ||
	     ip_cmp(&quick.target, &slow.target) || ip_cmp(&quick.from, &slow.from) ||
	     ip_cmp(&quick.local, &slow.local)))
		abort();
	if (shot_match(c, type, s, 1, &slow) != 0)
		return;
	if (slow.ask.kind >= ASK_KINDS || slow.kind == REPLY_NONE || slow.kind > REPLY_ERROR ||
	    slow.try < -1 || slow.try >= ASK_TRIES_MAX || slow.data.len > s.len)
		abort();
	for (size_t i = 0; i < slow.data.len; i += MAX(slow.data.len - 1, (size_t)1))
		if (slow.data.p + i < s.p || slow.data.p + i >= s.p + s.len)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct hash_key key = { { 1, 2 } };
	static const uint16_t ports[] = { 9999, 53, 123, 161, 69, 443, 500, 5060 };
	bool v4;
	struct shot_codec c;
	struct shot s;
	uint8_t p[ROOM];
	struct wcur out = wcur(p, SHOT_LEN_MAX);
	uint8_t *copy;

	if (len < 3)
		return 0;
	v4 = data[0] & 0x80;
	shot_init(&c, &key, 40000, !(data[0] & 0x40) ? 16384 : data[0] & 0x20 ? 1 : ASK_TRIES_MAX);
	s = (struct shot){
		.dst = v4 ? ip4_make(192, 0, 2, 9) : (struct ip_addr){ 6, { 0xfd, [15] = 9 }, 0 },
		.src = v4 ? ip4_make(192, 0, 2, 1) : (struct ip_addr){ 6, { 0xfd, [15] = 1 }, 0 },
		.ask = { .kind = data[0] % 16, .payload = data[1] >> 5 },
		.try = data[1] & 31,
	};
	if (s.ask.kind < ASK_KINDS && ask_has_port((enum ask_kind)s.ask.kind))
		s.ask.port = ports[data[2] >> 5];
	if (s.ask.payload >= payload_count(s.ask.port))
		s.ask.payload = 0;
	if ((data[2] & 3) && shot_build(&c, &s, &out) == 0 && s.ask.kind != ASK_ARP) {
		size_t n = wcur_len(&out);

		if ((data[2] & 3) == 1)
			turn(p, &s);
		else
			n = quote(p, n, len > 3 ? data[3] * 4u : ROOM, v4);
		for (size_t i = 4; i + 1 < len; i += 2)
			p[data[i] % n] ^= data[i + 1];
		if (!(data[2] & 4))
			mend(p, n);
		check(&c, p[0] >> 4 == 4 ? ETH_TYPE_IP4 : ETH_TYPE_IP6, (struct span){ p, n });
		return 0;
	}
	copy = malloc(len - 3 + 1);
	if (!copy)
		return 0;
	memcpy(copy, data + 3, len - 3);
	if (len > 3 && (data[2] & 4))
		mend(copy, len - 3);
	check(&c,
	      data[2] & 8 ? ETH_TYPE_ARP
	      : v4        ? ETH_TYPE_IP4
			  : ETH_TYPE_IP6,
	      (struct span){ copy, len - 3 });
	free(copy);
	return 0;
}
