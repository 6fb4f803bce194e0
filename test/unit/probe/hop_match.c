/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>

#include "icmp/number.h"
#include "probe/hop_help.h"
#include "wire/checksum.h"
#include "wire/icmp4.h"
#include "wire/icmp6.h"
#include "wire/icmperr.h"
#include "wire/icmpext.h"
#include "wire/tcp.h"
#include "wire/udp.h"

#define NUMBER 0x1234
#define FLOW   6

/* An answer as it arrives. */
struct answer {
	uint8_t octet[4096];
	size_t len;
	struct ip_addr from, to;
	uint8_t proto;
};

static void wrap(struct answer *a, const struct wcur *l4)
{
	struct packet_spec spec = { .src = &a->from,
				    .dst = &a->to,
				    .proto = a->proto,
				    .ttl = 57,
				    .payload = { l4->start, wcur_len(l4) } };
	struct wcur out = wcur(a->octet, sizeof(a->octet));

	CHECK_EQ(packet_build(&spec, &out), 0);
	a->len = wcur_len(&out);
}

static struct ip_addr router(int family)
{
	return family == 4 ? ip4_make(203, 0, 113, 1)
			   : (struct ip_addr){ 6, { 0x20, 1, 0xd, 0xb8, 9, [15] = 1 }, 0 };
}

/* A router's error that quotes @quote. */
static struct answer error_of(const struct hop_shot *s, uint8_t type, uint8_t code, uint32_t mtu,
			      struct span quote, struct span ext)
{
	struct answer a = { .from = router(s->dst.family), .to = s->src };
	struct icmperr e = { .family = s->dst.family,
			     .type = type,
			     .code = code,
			     .mtu = mtu,
			     .quote.octets = quote,
			     .ext = ext };
	uint8_t buf[2048];
	struct wcur l4 = wcur(buf, sizeof(buf));

	a.proto = s->dst.family == 4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6;
	CHECK_EQ(icmperr_build(&e, &a.from, &a.to, &l4), 0);
	wrap(&a, &l4);
	return a;
}

static struct answer exceeded(const struct hop_shot *s, struct span quote)
{
	uint8_t type = s->dst.family == 4 ? ICMP4_TIME_EXCEEDED : ICMP6_TIME_EXCEEDED;

	return error_of(s, type, 0, 0, quote, (struct span){ NULL, 0 });
}

/* Matches; a refusal leaves the result untouched. */
static int match(const struct hop_codec *c, const struct answer *a, struct hop_reply *ret)
{
	uint16_t type = a->octet[0] >> 4 == 4 ? ETH_TYPE_IP4 : ETH_TYPE_IP6;
	struct hop_reply r, was;
	int got;

	memset(&r, 0x5a, sizeof(r));
	memcpy(&was, &r, sizeof(r));
	got = hop_match(c, type, (struct span){ a->octet, a->len }, 3, &r);
	if (got < 0)
		CHECK_MEM(&r, &was, sizeof(r));
	else if (ret)
		*ret = r;
	return got;
}

static void check_reply(const struct hop_reply *r, const struct hop_shot *s, uint8_t kind)
{
	CHECK(ip_eq(&r->dst, &s->dst));
	CHECK(ip_eq(&r->local, &s->src));
	CHECK_EQ(r->ask, s->kind);
	CHECK_EQ(r->port, s->port);
	CHECK_EQ(r->flow, s->flow);
	CHECK_EQ(r->number, s->number);
	CHECK_EQ(r->kind, kind);
	CHECK_EQ(r->ttl, 57);
}

static size_t hdr_len(const struct hop_shot *s)
{
	return s->dst.family == 4 ? 20 : 40;
}

TEST(hop_errors_tell_their_probe_however_short_the_quote)
{
	struct hop_codec c = hop_test_codec();

	for (size_t i = 0; i < HOP_KINDS_N; i++) {
		for (unsigned n = 0; n < 40; n++) {
			struct hop_shot s = hop_test_shot(&hop_kinds[i], (uint16_t)(n * 13),
							  (uint16_t)(n * 1601 + 1));
			struct hop_reply r;
			struct hop_sent sent;
			struct answer a;

			s.len = n % 3 ? 0 : 700;
			hop_test_send(&c, &s, &sent);
			for (size_t len = 0; len <= MIN(sent.len, 200); len++) {
				a = exceeded(&s, (struct span){ sent.octet, len });
				if (len < hdr_len(&s) + 8) {
					CHECK(match(&c, &a, NULL) < 0);
					continue;
				}
				CHECK_EQ(match(&c, &a, &r), 0);
				check_reply(&r, &s, REPLY_ERROR);
				CHECK(ip_eq(&r.from, &a.from));
				CHECK_EQ(r.type, s.dst.family == 4 ? 11 : 3);
				CHECK_EQ(r.code, 0);
				CHECK_EQ(r.mtu, 0);
				CHECK_EQ(r.quote.ttl, 7);
				CHECK_EQ(r.quote.tos, 0x28);
				CHECK_EQ(r.quote.len, sent.len);
				CHECK(!r.quote.translated);
				CHECK_EQ(r.ext.len, 0);
			}
		}
	}
}

/* Routers write what they saw: TTL, type of service, length, header checksum. */
TEST(hop_errors_tell_what_the_way_changed)
{
	struct hop_codec c = hop_test_codec();

	for (size_t i = 0; i < HOP_KINDS_N; i++) {
		struct hop_shot s = hop_test_shot(&hop_kinds[i], FLOW, NUMBER);
		struct hop_reply r;
		struct hop_sent sent;
		struct answer a;

		hop_test_send(&c, &s, &sent);
		if (s.dst.family == 4) {
			sent.octet[1] = 0xb8;
			sent.octet[8] = 1;
			sent.octet[10] ^= 0x55;
			sent.octet[11] ^= 0xaa;
		} else {
			sent.octet[0] = 0x6b;
			sent.octet[1] = (uint8_t)(0x80 | (sent.octet[1] & 0x0f));
			sent.octet[7] = 1;
		}
		for (size_t len = hdr_len(&s) + 8; len <= sent.len;
		     len += sent.len - hdr_len(&s) - 8) {
			a = exceeded(&s, (struct span){ sent.octet, len });
			CHECK_EQ(match(&c, &a, &r), 0);
			check_reply(&r, &s, REPLY_ERROR);
			CHECK_EQ(r.quote.ttl, 1);
			CHECK_EQ(r.quote.tos, 0xb8);
			CHECK(!r.quote.translated);
		}
	}
}

TEST(hop_errors_hand_over_their_mtu_and_extensions)
{
	const struct icmpext_label label = { .label = 24001, .tc = 1, .bottom = true, .ttl = 1 };
	struct hop_codec c = hop_test_codec();
	uint8_t body[64], buf[128];
	struct wcur b = wcur(body, sizeof(body)), e = wcur(buf, sizeof(buf));
	struct icmpext ext = { .n = 1, .obj = { { ICMPEXT_MPLS, 1, { body, 4 } } } }, got;
	struct icmpext_label ret[ICMPEXT_LABELS_MAX];

	CHECK_EQ(icmpext_mpls_build(&label, 1, &b), 0);
	CHECK_EQ(icmpext_build(&ext, &e), 0);
	for (size_t i = 0; i < HOP_KINDS_N; i++) {
		struct hop_shot s = hop_test_shot(&hop_kinds[i], FLOW, NUMBER);
		bool v4 = s.dst.family == 4;
		struct hop_reply r;
		struct hop_sent sent;
		struct answer a;

		s.len = 300;
		hop_test_send(&c, &s, &sent);
		a = error_of(&s, v4 ? 11 : 3, 0, 0, (struct span){ sent.octet, 128 },
			     (struct span){ buf, wcur_len(&e) });
		CHECK_EQ(match(&c, &a, &r), 0);
		check_reply(&r, &s, REPLY_ERROR);
		CHECK_EQ(icmpext_parse(r.ext, &got), 0);
		CHECK_EQ(icmpext_mpls_parse(&got.obj[0], ret), 1);
		CHECK_EQ(ret[0].label, 24001);
		a = error_of(&s, v4 ? 3 : 2, v4 ? 4 : 0, 1400, (struct span){ sent.octet, 128 },
			     (struct span){ NULL, 0 });
		CHECK_EQ(match(&c, &a, &r), 0);
		check_reply(&r, &s, REPLY_ERROR);
		CHECK_EQ(r.mtu, 1400);
		CHECK_EQ(r.type, v4 ? 3 : 2);
		CHECK_EQ(r.code, v4 ? 4 : 0);
	}
}

/* Whose address and port a translator on the way has changed; checksums follow them. */
TEST(hop_errors_of_translated_probes_tell_them_by_their_tag)
{
	struct hop_codec c = hop_test_codec();

	for (size_t i = 0; i < HOP_KINDS_N; i++) {
		struct hop_shot s = hop_test_shot(&hop_kinds[i], FLOW, NUMBER);
		size_t hdr = hdr_len(&s), src = s.dst.family == 4 ? 12 : 8,
		       dst = s.dst.family == 4 ? 16 : 24, last = s.dst.family == 4 ? 3 : 15;
		struct hop_sent sent, was;
		struct hop_reply r;
		struct answer a;

		if (s.kind == ASK_TCP_SYN)
			continue;
		hop_test_send(&c, &s, &was);
		/* Source, then its port or identifier too, and the message's checksum. */
		sent = was;
		sent.octet[src + last] ^= 0x0f;
		a = exceeded(&s, (struct span){ sent.octet, sent.len });
		CHECK_EQ(match(&c, &a, &r), 0);
		check_reply(&r, &s, REPLY_ERROR);
		CHECK(r.quote.translated);
		CHECK(ip_eq(&r.quote.dst, &s.dst));
		CHECK_MEM(r.quote.src.octet, sent.octet + src, last + 1);
		sent.octet[hdr + (s.kind == ASK_ECHO ? 4 : 0)] ^= 0x10;
		sent.octet[hdr + (s.kind == ASK_ECHO ? 2 : 6)] ^= 0x33;
		a = exceeded(&s, (struct span){ sent.octet, sent.len });
		CHECK_EQ(match(&c, &a, &r), 0);
		check_reply(&r, &s, REPLY_ERROR);
		CHECK(r.quote.translated);
		/* The destination and its port: what we asked for is told. */
		sent = was;
		sent.octet[dst + last] ^= 0x0f;
		if (s.kind == ASK_UDP)
			sent.octet[hdr + 3] ^= 0x01;
		a = exceeded(&s, (struct span){ sent.octet, sent.len });
		CHECK_EQ(match(&c, &a, &r), 0);
		check_reply(&r, &s, REPLY_ERROR);
		CHECK(r.quote.translated);
		CHECK_MEM(r.quote.dst.octet, sent.octet + dst, last + 1);
		CHECK_EQ(r.quote.dport, s.port ? s.port ^ 1 : 0);
	}
}

/* A quote of which one bit that must be ours is not. */
TEST(hop_errors_that_are_forged_or_damaged_are_refused)
{
	struct hop_codec c = hop_test_codec();

	for (size_t i = 0; i < HOP_KINDS_N; i++) {
		struct hop_shot s = hop_test_shot(&hop_kinds[i], FLOW, NUMBER);
		size_t hdr = hdr_len(&s), cut = hdr + 8;
		struct hop_sent sent;
		struct hop_reply r;

		hop_test_send(&c, &s, &sent);
		/* Cut to eight octets: addresses, ports, identifier, number, hash. */
		for (size_t at = (s.dst.family == 4 ? 12 : 8) * 8; at < cut * 8; at++) {
			size_t octet = at / 8;
			struct hop_sent bad = sent;
			struct answer a;
			int got;

			/* Nobody's business: UDP's length; numbers that only a hash of 16 bits guards. */
			if (s.kind == ASK_UDP && octet >= hdr + 4 && octet < hdr + 6)
				continue;
			bad.octet[octet] ^= (uint8_t)(0x80 >> at % 8);
			a = exceeded(&s, (struct span){ bad.octet, cut });
			got = match(&c, &a, &r);
			/* The source alone says nothing that others do not. */
			if (octet < (s.dst.family == 4 ? 16u : 24u)) {
				CHECK_EQ(got, 0);
				CHECK(r.quote.translated);
				continue;
			}
			/* An echo's number is not in the eight octets' hash, nor is that of UDP over IPv6. */
			if ((s.kind == ASK_ECHO && octet >= hdr + 6) ||
			    (s.kind == ASK_UDP && s.dst.family == 6 && octet >= hdr + 6)) {
				CHECK(got < 0 || r.number != NUMBER);
				continue;
			}
			CHECK(got == -EBADMSG || got == -ENOENT);
		}
		if (s.kind == ASK_TCP_SYN)
			continue;
		/* Whole: the tag. */
		for (size_t at = cut * 8; at < (cut + 16 + (hdr == 20 ? 4 : 16)) * 8; at++) {
			struct hop_sent bad = sent;
			struct answer a;

			if (at / 8 == cut + 12 || at / 8 == cut + 13)
				continue;
			bad.octet[at / 8] ^= (uint8_t)(0x80 >> at % 8);
			a = exceeded(&s, (struct span){ bad.octet, sent.len });
			CHECK_EQ(match(&c, &a, NULL), -EBADMSG);
			/* Cut right behind it: still seen. */
			a = exceeded(&s, (struct span){ bad.octet, at / 8 + 1 });
			CHECK_EQ(match(&c, &a, NULL), -EBADMSG);
		}
	}
}

TEST(hop_errors_about_another_runs_probes_are_not_ours)
{
	const struct hash_key key = { { 5, 6 } };
	struct hop_codec c = hop_test_codec(), other, elsewhere;
	unsigned forged = 0, passed = 0;

	hop_codec_init(&other, &key, HOP_TEST_PORT, HOP_FLOWS_MAX);
	hop_codec_init(&elsewhere, &key, 40000, HOP_FLOWS_MAX);
	for (size_t i = 0; i < HOP_KINDS_N; i++) {
		for (uint16_t number = 1; number < 200; number++) {
			struct hop_shot s = hop_test_shot(&hop_kinds[i], FLOW, number);
			struct hop_sent sent;
			struct answer a;

			hop_test_send(&c, &s, &sent);
			for (size_t len = hdr_len(&s) + 8; len <= sent.len; len += 8) {
				a = exceeded(&s, (struct span){ sent.octet, len });
				CHECK(match(&other, &a, NULL) < 0);
				forged += match(&other, &a, NULL) == -EBADMSG;
				passed += s.kind != ASK_ECHO &&
					  match(&elsewhere, &a, NULL) == -ENOENT;
			}
		}
	}
	CHECK(forged > 0 && passed > 0);
}

TEST(hop_redirects_and_source_quenches_are_nobodys_end)
{
	struct hop_codec c = hop_test_codec();
	struct hop_shot s = hop_test_shot(&hop_kinds[0], FLOW, NUMBER);
	struct hop_sent sent;
	struct answer a;

	hop_test_send(&c, &s, &sent);
	a = error_of(&s, ICMP4_SOURCE_QUENCH, 0, 0, (struct span){ sent.octet, sent.len },
		     (struct span){ NULL, 0 });
	CHECK_EQ(match(&c, &a, NULL), -ENOENT);
	a = exceeded(&s, (struct span){ sent.octet, sent.len });
	a.octet[a.len - 1] ^= 1; /* the error's own checksum */
	CHECK_EQ(match(&c, &a, NULL), -EBADMSG);
	a.len = 20;
	CHECK_EQ(match(&c, &a, NULL), -ENOENT);
}

static struct answer echo_reply(const struct hop_shot *s, const struct hop_sent *sent)
{
	bool v4 = s->dst.family == 4;
	struct answer a = { .from = s->dst, .to = s->src, .proto = sent->p.proto };
	struct rcur in = rcur(sent->p.l4);
	uint8_t buf[2048];
	struct wcur l4 = wcur(buf, sizeof(buf));
	uint32_t rest;

	get_u32(&in);
	rest = get_u32(&in);
	if (v4)
		CHECK_EQ(icmp4_build(
				 &(struct icmp4_msg){ ICMP4_ECHO_REPLY, 0, rest, rcur_rest(&in) },
				 &l4),
			 0);
	else
		CHECK_EQ(icmp6_build(
				 &(struct icmp6_msg){ ICMP6_ECHO_REPLY, 0, rest, rcur_rest(&in) },
				 &a.from, &a.to, &l4),
			 0);
	wrap(&a, &l4);
	return a;
}

TEST(hop_echo_replies_are_the_targets)
{
	struct hop_codec c = hop_test_codec();

	for (size_t i = 0; i < 2; i++) {
		struct hop_shot s = hop_test_shot(&hop_kinds[i], FLOW, NUMBER);
		struct hop_sent sent;
		struct hop_reply r;
		struct answer a;

		for (s.len = 0; s.len <= 1000; s.len += 500) {
			hop_test_send(&c, &s, &sent);
			a = echo_reply(&s, &sent);
			CHECK_EQ(match(&c, &a, &r), 0);
			check_reply(&r, &s, REPLY_ANSWER);
			CHECK(ip_eq(&r.from, &s.dst));
			CHECK_EQ(r.type, i == 0 ? ICMP4_ECHO_REPLY : ICMP6_ECHO_REPLY);
			CHECK_EQ(r.quote.ttl, -1);
			CHECK_EQ(r.quote.tos, -1);
			CHECK_EQ(r.ext.len, 0);
		}
		s.len = 0;
		hop_test_send(&c, &s, &sent);
		a = echo_reply(&s, &sent);
		for (size_t at = hdr_len(&s) * 8; at < a.len * 8; at++) {
			struct answer bad = a;

			bad.octet[at / 8] ^= (uint8_t)(0x80 >> at % 8);
			CHECK(match(&c, &bad, NULL) < 0);
		}
		/* Another address answers: the tag says for whom. */
		s.dst.octet[3] ^= 1;
		a = echo_reply(&s, &sent);
		s.dst.octet[3] ^= 1;
		CHECK_EQ(match(&c, &a, &r), 0);
		check_reply(&r, &s, REPLY_ANSWER);
		CHECK(ip_eq(&r.from, &a.from));
		/* A probe of ours coming by on loopback is no answer. */
		memcpy(a.octet, sent.octet, sent.len);
		a.len = sent.len;
		CHECK_EQ(match(&c, &a, NULL), -ENOENT);
	}
}

TEST(hop_echo_replies_with_right_checksums_and_wrong_words_are_forged)
{
	struct hop_codec c = hop_test_codec();

	for (size_t i = 0; i < 2; i++) {
		struct hop_shot s = hop_test_shot(&hop_kinds[i], FLOW, NUMBER);
		size_t l4 = hdr_len(&s);
		struct hop_sent sent;

		/* Code, sequence number, hash, number, flow, port, target. */
		static const size_t at[] = { 6, 7, 8, 15, 16, 17, 18, 19, 23, 24, 27 };

		for (size_t n = 0; n < ARRAY_LEN(at); n++) {
			struct answer a;

			hop_test_send(&c, &s, &sent);
			sent.octet[l4 + at[n]] ^= 0x04;
			a = echo_reply(&s, &sent);
			CHECK_EQ(match(&c, &a, NULL), -EBADMSG);
		}
		/* Another host's ping. */
		hop_test_send(&c, &s, &sent);
		sent.octet[l4 + 4] ^= 0x80;
		sent.octet[l4 + 24] ^= 0x80;
		{
			struct answer a = echo_reply(&s, &sent);

			CHECK_EQ(match(&c, &a, NULL), -ENOENT);
		}
	}
}

static struct answer tcp_answer(const struct hop_shot *s, const struct tcp_seg *seg)
{
	struct answer a = { .from = s->dst, .to = s->src, .proto = IP_PROTO_TCP };
	uint8_t buf[64];
	struct wcur l4 = wcur(buf, sizeof(buf));

	CHECK_EQ(tcp_build(seg, &a.from, &a.to, &l4), 0);
	wrap(&a, &l4);
	return a;
}

TEST(hop_syns_are_answered_by_their_number)
{
	struct hop_codec c = hop_test_codec();

	for (size_t i = 4; i < HOP_KINDS_N; i++) {
		struct hop_shot s = hop_test_shot(&hop_kinds[i], FLOW, NUMBER);
		struct tcp_seg seg, good = { .sport = 443,
					     .dport = HOP_TEST_PORT + FLOW,
					     .flags = TCP_SYN | TCP_ACK,
					     .window = 1000 };
		struct hop_sent sent;
		struct hop_reply r;
		struct answer a;

		hop_test_send(&c, &s, &sent);
		CHECK_EQ(tcp_parse(sent.p.l4, &seg), 0);
		good.ack = seg.seq + 1;
		a = tcp_answer(&s, &good);
		CHECK_EQ(match(&c, &a, &r), 0);
		check_reply(&r, &s, REPLY_SYNACK);
		good.flags = TCP_RST | TCP_ACK;
		a = tcp_answer(&s, &good);
		CHECK_EQ(match(&c, &a, &r), 0);
		check_reply(&r, &s, REPLY_RST);
		for (unsigned bit = 0; bit < 32; bit++) {
			seg = good;
			seg.ack ^= 1u << bit;
			a = tcp_answer(&s, &seg);
			if (seg.ack + 1 != good.ack) /* some resets give the number as it was */
				CHECK_EQ(match(&c, &a, NULL), -EBADMSG);
			seg.flags = TCP_SYN | TCP_ACK;
			a = tcp_answer(&s, &seg);
			CHECK_EQ(match(&c, &a, NULL), -EBADMSG);
		}
		for (unsigned bit = 0; bit < 16; bit++) {
			seg = good;
			seg.dport ^= (uint16_t)(1u << bit);
			a = tcp_answer(&s, &seg);
			CHECK(match(&c, &a, NULL) < 0);
			seg = good;
			seg.sport ^= (uint16_t)(1u << bit);
			a = tcp_answer(&s, &seg);
			CHECK_EQ(match(&c, &a, NULL), -EBADMSG);
		}
		seg = good;
		seg.flags = TCP_ACK;
		a = tcp_answer(&s, &seg);
		CHECK_EQ(match(&c, &a, NULL), -ENOENT);
	}
}

static struct answer udp_answer(const struct ip_addr *from, const struct ip_addr *to,
				const struct udp_dgram *d)
{
	struct answer a = { .from = *from, .to = *to, .proto = IP_PROTO_UDP };
	uint8_t buf[256];
	struct wcur l4 = wcur(buf, sizeof(buf));

	CHECK_EQ(udp_build(d, from, to, &l4), 0);
	wrap(&a, &l4);
	return a;
}

TEST(hop_datagrams_are_answers_by_their_ports)
{
	struct hop_codec c = hop_test_codec();

	for (size_t i = 2; i < 4; i++) {
		struct hop_shot s = hop_test_shot(&hop_kinds[i], FLOW, NUMBER);
		struct udp_dgram d = { .sport = 33434,
				       .dport = HOP_TEST_PORT + FLOW,
				       .payload = { (const uint8_t *)"hello", 5 } };
		struct hop_sent sent;
		struct hop_reply r;
		struct answer a;

		hop_test_send(&c, &s, &sent);
		a = udp_answer(&s.dst, &s.src, &d);
		CHECK_EQ(match(&c, &a, &r), 0);
		s.number = 0; /* nothing tells it */
		check_reply(&r, &s, REPLY_ANSWER);
		/* An echo service gives the tag back. */
		d.payload = (struct span){ sent.p.l4.p + 8, 32 };
		a = udp_answer(&s.dst, &s.src, &d);
		CHECK_EQ(match(&c, &a, &r), 0);
		s.number = NUMBER;
		check_reply(&r, &s, REPLY_ANSWER);
		/* Our own, on loopback, to a port that is ours too. */
		s.port = HOP_TEST_PORT + 1;
		hop_test_send(&c, &s, &sent);
		memcpy(a.octet, sent.octet, sent.len);
		a.len = sent.len;
		CHECK_EQ(match(&c, &a, NULL), -ENOENT);
		d.dport = HOP_TEST_PORT - 1;
		a = udp_answer(&s.dst, &s.src, &d);
		CHECK_EQ(match(&c, &a, NULL), -ENOENT);
		d.dport = HOP_TEST_PORT + HOP_FLOWS_MAX;
		a = udp_answer(&s.dst, &s.src, &d);
		CHECK_EQ(match(&c, &a, NULL), -ENOENT);
	}
}

TEST(hop_answers_of_a_link_have_its_zone)
{
	struct hop_codec c = hop_test_codec();
	struct hop_shot s = hop_test_shot(&hop_kinds[1], FLOW, NUMBER);
	struct hop_sent sent;
	struct hop_reply r;
	struct answer a;

	s.dst = (struct ip_addr){ 6, { 0xfe, 0x80, [15] = 9 }, 3 };
	s.src = (struct ip_addr){ 6, { 0xfe, 0x80, [15] = 1 }, 3 };
	hop_test_send(&c, &s, &sent);
	a = echo_reply(&s, &sent);
	CHECK_EQ(match(&c, &a, &r), 0);
	CHECK_EQ(r.dst.zone, 3);
	CHECK_EQ(r.from.zone, 3);
	CHECK_EQ(r.local.zone, 3);
}

/* The first piece of an echo reply that was cut on its way: RFC 791's fragments. */
TEST(hop_echo_replies_in_pieces_are_told_by_the_first)
{
	struct hop_codec c = hop_test_codec();
	struct hop_shot s = hop_test_shot(&hop_kinds[0], FLOW, NUMBER);
	struct hop_sent sent;
	struct hop_reply r;
	struct answer a;
	uint16_t sum;

	s.len = 1000;
	hop_test_send(&c, &s, &sent);
	a = echo_reply(&s, &sent);
	a.len = 20 + 400;
	a.octet[2] = (uint8_t)(a.len >> 8);
	a.octet[3] = (uint8_t)a.len;
	a.octet[6] = 0x20;
	a.octet[10] = a.octet[11] = 0;
	sum = checksum((struct span){ a.octet, 20 });
	a.octet[10] = (uint8_t)(sum >> 8);
	a.octet[11] = (uint8_t)sum;
	CHECK_EQ(match(&c, &a, &r), 0);
	check_reply(&r, &s, REPLY_ANSWER);
	a.octet[20 + 8] ^= 1;
	CHECK_EQ(match(&c, &a, NULL), -EBADMSG);
}

TEST(hop_messages_tell_their_number)
{
	struct hop_codec c = hop_test_codec();

	for (size_t i = 0; i < 4; i++) {
		struct hop_shot s = hop_test_shot(&hop_kinds[i], FLOW, NUMBER);
		enum ask_kind kind = (enum ask_kind)s.kind;
		struct hop_reply r = { .dst = s.dst,
				       .kind = REPLY_ERROR,
				       .port = s.port,
				       .flow = FLOW,
				       .number = 77 };
		size_t whole = (kind == ASK_ECHO ? 8 : 0) + 16 + (s.dst.family == 4 ? 4 : 16);
		uint8_t buf[128];
		struct wcur out = wcur(buf, sizeof(buf));

		CHECK_EQ(hop_shot_message(&c, &s, 4711, &out), 0);
		for (size_t len = 0; len <= wcur_len(&out); len++) {
			bool told = kind == ASK_ECHO ? len >= 8 : len >= whole;

			r.number = 77;
			CHECK_EQ(hop_match_message(&c, kind, 4711, (struct span){ buf, len }, &r),
				 0);
			CHECK_EQ(r.number, told ? NUMBER : 0);
		}
		r.number = 77;
		for (size_t at = 0; at < whole * 8; at++) {
			size_t even = (kind == ASK_ECHO ? 8 : 0) + 12;

			if (at / 8 == even || at / 8 == even + 1 ||
			    (kind == ASK_ECHO && (at / 8 == 2 || at / 8 == 3)))
				continue; /* checksums are the kernel's business */
			buf[at / 8] ^= (uint8_t)(0x80 >> at % 8);
			CHECK_EQ(hop_match_message(&c, kind, 4711,
						   (struct span){ buf, wcur_len(&out) }, &r),
				 -EBADMSG);
			CHECK_EQ(r.number, 77);
			buf[at / 8] ^= (uint8_t)(0x80 >> at % 8);
		}
		/* The target's own answer. */
		r.kind = REPLY_ANSWER;
		if (kind == ASK_ECHO)
			buf[0] = s.dst.family == 4 ? ICMP4_ECHO_REPLY : ICMP6_ECHO_REPLY;
		CHECK_EQ(
			hop_match_message(&c, kind, 4711, (struct span){ buf, wcur_len(&out) }, &r),
			0);
		CHECK_EQ(r.number, NUMBER);
		r.number = 77;
		CHECK_EQ(hop_match_message(&c, kind, 4711, (struct span){ buf, 7 }, &r),
			 kind == ASK_UDP ? 0 : -EBADMSG);
		CHECK_EQ(r.number, kind == ASK_UDP ? 0 : 77);
	}
	CHECK_EQ(hop_match_message(&c, ASK_TCP_SYN, 0, (struct span){ NULL, 0 },
				   &(struct hop_reply){ 0 }),
		 -ENOENT);
}
