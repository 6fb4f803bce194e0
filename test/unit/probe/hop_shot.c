/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>

#include "icmp/number.h"
#include "probe/hop_help.h"
#include "wire/checksum.h"
#include "wire/icmp4.h"
#include "wire/icmp6.h"
#include "wire/tcp.h"
#include "wire/udp.h"

const struct hop_kind hop_kinds[HOP_KINDS_N] = {
	{ 4, ASK_ECHO, 0 },    { 6, ASK_ECHO, 0 },      { 4, ASK_UDP, 33434 },
	{ 6, ASK_UDP, 33434 }, { 4, ASK_TCP_SYN, 443 }, { 6, ASK_TCP_SYN, 443 },
};

struct hop_codec hop_test_codec(void)
{
	const struct hash_key key = { { 0x0123456789abcdef, 0xfedcba9876543210 } };
	struct hop_codec c;

	hop_codec_init(&c, &key, HOP_TEST_PORT, HOP_FLOWS_MAX);
	return c;
}

struct hop_shot hop_test_shot(const struct hop_kind *k, uint16_t flow, uint16_t number)
{
	bool v4 = k->family == 4;

	return (struct hop_shot){
		.dst = v4 ? ip4_make(198, 51, 100, 9)
			  : (struct ip_addr){ 6, { 0x20, 1, 0xd, 0xb8, [15] = 9 }, 0 },
		.src = v4 ? ip4_make(192, 0, 2, 1) : (struct ip_addr){ 6, { 0xfd, [15] = 1 }, 0 },
		.kind = k->kind,
		.hops = 7,
		.tos = 0x28,
		.df = true,
		.port = k->port,
		.flow = flow,
		.number = number
	};
}

void hop_test_send(const struct hop_codec *c, const struct hop_shot *s, struct hop_sent *ret)
{
	struct wcur out = wcur(ret->octet, sizeof(ret->octet));

	CHECK_EQ(hop_shot_build(c, s, &out), 0);
	ret->len = wcur_len(&out);
	CHECK_EQ(packet_parse_outer(LINK_RAW, (struct span){ ret->octet, ret->len }, &ret->p), 0);
	CHECK(ret->p.sum_ok && !ret->p.truncated);
	CHECK_EQ(ret->p.l3.len, ret->len);
}

static void check_sum(const struct hop_sent *s)
{
	const struct packet *p = &s->p;

	if (p->proto == IP_PROTO_ICMP4)
		CHECK_EQ(checksum(p->l4), 0);
	else
		CHECK_EQ(checksum_pseudo(&p->src, &p->dst, p->proto, p->l4), 0);
}

/* All that a router may choose a path by: RFC 2992, RFC 6438, and what Augustin et al. found. */
struct path_fields {
	struct ip_addr src, dst;
	uint32_t label;
	uint8_t proto, tos, first[4];
	uint16_t icmp_id, icmp_sum;
};

static struct path_fields fields_of(const struct hop_sent *s)
{
	const struct packet *p = &s->p;
	struct path_fields f;

	memset(&f, 0, sizeof(f));
	f.src = p->src;
	f.dst = p->dst;
	f.label = p->flow;
	f.proto = p->proto;
	f.tos = p->tos;
	memcpy(f.first, p->l4.p, 4);
	if (p->icmp) {
		f.icmp_id = (uint16_t)(p->l4.p[4] << 8 | p->l4.p[5]);
		f.icmp_sum = (uint16_t)(p->l4.p[2] << 8 | p->l4.p[3]);
	}
	return f;
}

TEST(hop_probes_of_one_flow_look_the_same_to_routers)
{
	static const uint16_t numbers[] = { 1, 2, 3, 255, 256, 0x7fff, 0x8000, 0xfffe, 0xffff };
	struct hop_codec c = hop_test_codec();

	for (size_t i = 0; i < HOP_KINDS_N; i++) {
		for (uint16_t flow = 0; flow < HOP_FLOWS_MAX; flow += 73) {
			struct path_fields want = { 0 };

			for (unsigned at = 0; at < 2000 + ARRAY_LEN(numbers); at++) {
				uint16_t number = at < ARRAY_LEN(numbers) ? numbers[at]
									  : (uint16_t)(at * 31 + 1);
				struct hop_shot s = hop_test_shot(&hop_kinds[i], flow, number);
				struct path_fields got;
				struct hop_sent sent;

				s.hops = (uint8_t)(1 + at % 255);
				hop_test_send(&c, &s, &sent);
				check_sum(&sent);
				CHECK_EQ(sent.p.ttl, s.hops);
				CHECK_EQ(sent.p.tos, s.tos);
				got = fields_of(&sent);
				if (at == 0)
					want = got;
				CHECK_MEM(&got, &want, sizeof(got));
			}
		}
	}
}

/* Whatever a router looks at: the first four octets alone, or the flow label alone. */
TEST(hop_probes_of_different_flows_differ_to_routers)
{
	static struct path_fields f[HOP_FLOWS_MAX];
	struct hop_codec c = hop_test_codec();

	for (size_t i = 0; i < HOP_KINDS_N; i++) {
		for (uint16_t flow = 0; flow < HOP_FLOWS_MAX; flow++) {
			struct hop_shot s = hop_test_shot(&hop_kinds[i], flow, 77);
			struct hop_sent sent;

			hop_test_send(&c, &s, &sent);
			f[flow] = fields_of(&sent);
			if (s.dst.family == 6)
				CHECK(f[flow].label != 0);
			for (uint16_t other = 0; other < flow; other++) {
				CHECK(memcmp(f[flow].first, f[other].first, 4) != 0);
				CHECK(s.dst.family == 4 || f[flow].label != f[other].label);
				CHECK(s.kind != ASK_ECHO || f[flow].icmp_id != f[other].icmp_id);
			}
		}
	}
}

TEST(hop_probes_carry_what_their_kind_has)
{
	struct hop_codec c = hop_test_codec();
	struct hop_sent sent;
	struct udp_dgram d;
	struct tcp_seg seg;

	for (size_t i = 0; i < HOP_KINDS_N; i++) {
		struct hop_shot s = hop_test_shot(&hop_kinds[i], 5, 0x1234);

		hop_test_send(&c, &s, &sent);
		CHECK_EQ(sent.len, hop_shot_least((enum ask_kind)s.kind, s.dst.family));
		CHECK(ip_eq(&sent.p.dst, &s.dst) && ip_eq(&sent.p.src, &s.src));
		CHECK(s.dst.family == 6 || sent.p.df);
		if (s.kind == ASK_ECHO) {
			CHECK_EQ(sent.p.icmp_type, s.dst.family == 4 ? ICMP4_ECHO : ICMP6_ECHO);
			CHECK_EQ(sent.p.l4.p[6] << 8 | sent.p.l4.p[7], 0x1234);
		} else if (s.kind == ASK_UDP) {
			CHECK_EQ(udp_parse(sent.p.l4, &d), 0);
			CHECK_EQ(d.sport, HOP_TEST_PORT + 5);
			CHECK_EQ(d.dport, 33434);
			CHECK_EQ(d.len, 40);
			CHECK(d.sum != 0);
			CHECK_EQ(s.dst.family == 4 ? sent.p.ip_id : d.sum, 0x1234);
		} else {
			CHECK_EQ(tcp_parse(sent.p.l4, &seg), 0);
			CHECK_EQ(seg.sport, HOP_TEST_PORT + 5);
			CHECK_EQ(seg.dport, 443);
			CHECK_EQ(seg.flags, TCP_SYN);
			CHECK_EQ(seg.seq >> 16, 0x1234);
			CHECK_EQ(tcp_mss(seg.options), 1460);
			CHECK_EQ(seg.payload.len, 0);
		}
		s.df = false;
		hop_test_send(&c, &s, &sent);
		CHECK(!sent.p.df);
	}
}

TEST(hop_probes_are_as_long_as_asked_for)
{
	static const uint16_t lens[] = { 100, 101, 1280, 1500, 9000, 65535 };
	struct hop_codec c = hop_test_codec();
	static struct hop_sent sent;

	for (size_t i = 0; i < HOP_KINDS_N; i++) {
		for (size_t at = 0; at < ARRAY_LEN(lens); at++) {
			struct hop_shot s = hop_test_shot(&hop_kinds[i], 3, 9);

			s.len = lens[at];
			hop_test_send(&c, &s, &sent);
			CHECK_EQ(sent.len, lens[at]);
			check_sum(&sent);
		}
	}
}

TEST(hop_probes_that_cannot_be_are_refused)
{
	struct hop_codec c = hop_test_codec();
	uint8_t buf[128];

	c.port_n = 8;
	for (size_t i = 0; i < HOP_KINDS_N; i++) {
		struct hop_shot good = hop_test_shot(&hop_kinds[i], 3, 9), s;
		struct wcur out = wcur(buf, sizeof(buf));

		s = good;
		s.hops = 0;
		CHECK_EQ(hop_shot_build(&c, &s, &out), -EINVAL);
		s = good;
		s.number = 0;
		CHECK_EQ(hop_shot_build(&c, &s, &out), -EINVAL);
		s = good;
		s.flow = HOP_FLOWS_MAX;
		CHECK_EQ(hop_shot_build(&c, &s, &out), -EINVAL);
		s.flow = 8; /* more than there are source ports */
		CHECK_EQ(hop_shot_build(&c, &s, &out), s.kind == ASK_ECHO ? 0 : -EINVAL);
		s = good;
		s.kind = ASK_TIMESTAMP;
		CHECK_EQ(hop_shot_build(&c, &s, &out), -EINVAL);
		s = good;
		s.src.family = (uint8_t)(10 - s.src.family);
		CHECK_EQ(hop_shot_build(&c, &s, &out), -EINVAL);
		for (size_t len = 0;
		     len < hop_shot_least((enum ask_kind)good.kind, good.dst.family); len++) {
			out = wcur(buf, len);
			CHECK_EQ(hop_shot_build(&c, &good, &out), -ENOSPC);
			CHECK(out.bad);
		}
	}
	CHECK_EQ(hop_shot_least(ASK_TCP_ACK, 4), 0);
	CHECK_EQ(hop_shot_least(ASK_ECHO, 0), 0);
}

/* What the kernel makes of a message: ports or identifier and checksums are its own. */
TEST(hop_messages_of_one_flow_have_one_checksum)
{
	struct hop_codec c = hop_test_codec();

	for (size_t i = 0; i < HOP_KINDS_N; i++) {
		const struct hop_kind *k = &hop_kinds[i];
		uint16_t want = 0;

		for (uint16_t number = 1; number < 5000; number++) {
			struct hop_shot s = hop_test_shot(k, 4, number);
			uint8_t buf[256];
			struct wcur out = wcur(buf, sizeof(buf));
			size_t hdr = k->family == 4 ? 20 : 40;
			uint16_t sum;

			s.len = number % 2 ? 0 : 150;
			if (k->kind == ASK_TCP_SYN) {
				CHECK_EQ(hop_shot_message(&c, &s, 99, &out), -EINVAL);
				break;
			}
			CHECK_EQ(hop_shot_message(&c, &s, 99, &out), 0);
			CHECK_EQ(wcur_len(&out) + hdr + (k->kind == ASK_UDP ? 8 : 0),
				 s.len ? s.len : hdr + 40);
			if (k->kind == ASK_ECHO) {
				CHECK_EQ(buf[0], k->family == 4 ? ICMP4_ECHO : ICMP6_ECHO);
				CHECK_EQ(buf[4] << 8 | buf[5], 99);
				CHECK_EQ(buf[6] << 8 | buf[7], number);
				CHECK_EQ(checksum((struct span){ buf, wcur_len(&out) }), 0);
				buf[2] = buf[3] = 0;
			}
			sum = checksum((struct span){ buf, wcur_len(&out) });
			if (number == 1)
				want = sum;
			CHECK_EQ(sum, want);
		}
	}
}
