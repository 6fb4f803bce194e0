/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include "icmp/number.h"
#include "probe/shot.h"
#include "wire/arp.h"
#include "wire/checksum.h"
#include "wire/icmp4.h"
#include "wire/icmp6.h"
#include "wire/icmperr.h"
#include "wire/ip4.h"
#include "wire/ip6.h"
#include "wire/nd.h"
#include "wire/packet.h"
#include "wire/tcp.h"
#include "wire/udp.h"

#include "probe/shot_help.h"

const struct hash_key shot_test_key = { { 0x1122334455667788, 0x99aabbccddeeff00 } };
static const struct eth_addr our_mac = { { 0x02, 0, 0, 0, 0, 1 } };

struct shot_codec codec(void)
{
	struct shot_codec c;

	shot_init(&c, &shot_test_key, PORT_FIRST, PORT_N);
	return c;
}

struct ip_addr addr(const char *text)
{
	struct ip_addr a = { 0 };

	CHECK_EQ(ip_scan(text, &a), 0);
	return a;
}

struct shot shot_of(int family, enum ask_kind kind, uint16_t port, uint8_t try)
{
	return (struct shot){
		.dst = addr(family == 4 ? "192.0.2.9" : "2001:db8::9"),
		.src = addr(family == 4 ? "198.51.100.1" : "2001:db8:1::1"),
		.ask = { .kind = (uint8_t)kind, .port = port },
		.try = try,
		.mac = our_mac,
	};
}

void send(struct shot_codec *c, const struct shot *s, struct sent *ret)
{
	struct wcur out = wcur(ret->octet, sizeof(ret->octet));

	CHECK_EQ(shot_build(c, s, &out), 0);
	ret->len = wcur_len(&out);
	if (s->ask.kind == ASK_ARP)
		return;
	CHECK_EQ(packet_parse_outer(LINK_RAW, (struct span){ ret->octet, ret->len }, &ret->p), 0);
	CHECK(ret->p.sum_ok && !ret->p.truncated && ip_eq(&ret->p.src, &s->src));
	CHECK_EQ(ret->p.l3.len, ret->len);
}

struct back back_of(const struct sent *s)
{
	return (struct back){ .from = s->p.dst, .to = s->p.src, .ttl = 57, .proto = s->p.proto };
}

void wrap(struct back *b, const struct wcur *l4)
{
	struct packet_spec spec = {
		.src = &b->from,
		.dst = &b->to,
		.proto = b->proto,
		.ttl = b->ttl,
		.payload = { l4->start, wcur_len(l4) },
	};
	struct wcur out = wcur(b->octet, sizeof(b->octet));

	CHECK_EQ(packet_build(&spec, &out), 0);
	b->len = wcur_len(&out);
}

void icmp_back(struct back *b, uint8_t type, uint8_t code, uint32_t rest, struct span body)
{
	struct icmp4_msg m4 = { type, code, rest, body };
	struct icmp6_msg m6 = { type, code, rest, body };
	uint8_t buf[SHOT_LEN_MAX];
	struct wcur l4 = wcur(buf, sizeof(buf));

	b->proto = b->from.family == 4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6;
	if (b->from.family == 4)
		CHECK_EQ(icmp4_build(&m4, &l4), 0);
	else
		CHECK_EQ(icmp6_build(&m6, &b->from, &b->to, &l4), 0);
	wrap(b, &l4);
}

void tcp_back(struct back *b, const struct tcp_seg *seg)
{
	uint8_t buf[64];
	struct wcur l4 = wcur(buf, sizeof(buf));

	CHECK_EQ(tcp_build(seg, &b->from, &b->to, &l4), 0);
	wrap(b, &l4);
}

void udp_back(struct back *b, uint16_t sport, uint16_t dport, struct span data)
{
	struct udp_dgram d = { .sport = sport, .dport = dport, .payload = data };
	uint8_t buf[SHOT_LEN_MAX];
	struct wcur l4 = wcur(buf, sizeof(buf));

	CHECK_EQ(udp_build(&d, &b->from, &b->to, &l4), 0);
	wrap(b, &l4);
}

/* An error of @offender that quotes @quoted octets of what was sent. */
struct back error_back(const struct sent *s, const char *offender, uint8_t type, uint8_t code,
		       size_t quoted)
{
	struct back b = back_of(s);
	struct icmperr e = {
		.family = s->p.family,
		.type = type,
		.code = code,
		.quote.octets = { s->octet, MIN(quoted, s->len) },
	};
	uint8_t buf[SHOT_LEN_MAX];
	struct wcur l4 = wcur(buf, sizeof(buf));

	b.from = addr(offender);
	b.proto = s->p.family == 4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6;
	CHECK_EQ(icmperr_build(&e, &b.from, &b.to, &l4), 0);
	wrap(&b, &l4);
	return b;
}

int match(const struct shot_codec *c, const struct back *b, struct reply *ret)
{
	uint16_t type = b->octet[0] >> 4 == 4 ? ETH_TYPE_IP4 : ETH_TYPE_IP6;

	return shot_match(c, type, (struct span){ b->octet, b->len }, 3, ret);
}

int match_only(const struct shot_codec *c, const struct back *b)
{
	struct reply r = { .try = 99 }, same = r;
	int got = match(c, b, &r);

	if (got < 0)
		CHECK_MEM(&r, &same, sizeof(r));
	return got;
}

void check_answer(const struct reply *r, const struct shot *s, uint8_t kind)
{
	CHECK_EQ(r->kind, kind);
	CHECK(ip_eq(&r->target, &s->dst) && ip_eq(&r->local, &s->src));
	CHECK_EQ(r->ask.kind, s->ask.kind);
	CHECK_EQ(r->ask.port, s->ask.port);
	CHECK_EQ(r->ask.payload, s->ask.payload);
	CHECK_EQ(r->try, s->try);
}

/* The body a target puts into its answer. */
void query_back(struct back *b, const struct sent *s, uint8_t type)
{
	uint8_t body[64];
	size_t len = s->p.l4.len - 8;

	memcpy(body, s->p.l4.p + 8, len);
	if (type == ICMP4_TIMESTAMP_REPLY)
		body[5] = body[9] = 7;
	icmp_back(b, type, 0, be32(s->p.l4.p + 4), (struct span){ body, len });
}
