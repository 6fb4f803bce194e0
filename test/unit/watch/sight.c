/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/sight.h"

#include <string.h>

#include "test.h"
#include "wire/icmp4.h"

/* An echo request between two bare IPv4 addresses, as a packet. */
static size_t build(uint8_t *buf, size_t room, bool spoil)
{
	struct icmp4_msg msg = { .type = 8, .code = 0, .rest = 0x12340007 };
	struct ip_addr src, dst;
	uint8_t icmp[64];
	struct wcur m = wcur(icmp, sizeof(icmp)), out = wcur(buf, room);
	struct packet_spec spec = { .src = &src, .dst = &dst, .proto = IP_PROTO_ICMP4, .ttl = 64 };

	CHECK_EQ(ip_scan("192.0.2.1", &src), 0);
	CHECK_EQ(ip_scan("192.0.2.2", &dst), 0);
	CHECK_EQ(icmp4_build(&msg, &m), 0);
	if (spoil)
		icmp[7] ^= 1;
	spec.payload = (struct span){ icmp, wcur_len(&m) };
	CHECK_EQ(packet_build(&spec, &out), 0);
	return wcur_len(&out);
}

TEST(a_message_is_read_with_identifier_and_sum)
{
	uint8_t buf[128];
	size_t n = build(buf, sizeof(buf), false);
	struct sight s = { .link = LINK_RAW };

	CHECK_EQ(sight_read(&s, (struct span){ buf, n }), SIGHT_ICMP);
	CHECK_EQ(s.type, 8);
	CHECK_EQ(s.code, 0);
	CHECK_EQ(s.id, 0x1234);
	CHECK_EQ(s.seq, 7);
	CHECK_EQ(sight_sum(&s), SIGHT_SUM_OK);
}

TEST(a_spoilt_sum_is_bad_but_on_the_way_out)
{
	uint8_t buf[128];
	size_t n = build(buf, sizeof(buf), true);
	struct sight s = { .link = LINK_RAW, .way = SIGHT_IN };

	CHECK_EQ(sight_read(&s, (struct span){ buf, n }), SIGHT_ICMP);
	CHECK_EQ(sight_sum(&s), SIGHT_SUM_BAD);
	s.way = SIGHT_OUT;
	CHECK_EQ(sight_sum(&s), SIGHT_SUM_UNTOLD);
}

TEST(what_is_cut_off_is_told_as_that)
{
	uint8_t buf[128];
	size_t n = build(buf, sizeof(buf), false);
	struct sight s = { .link = LINK_RAW };

	CHECK_EQ(n, 28);
	CHECK_EQ(sight_read(&s, (struct span){ buf, 20 }), SIGHT_ICMP);
	CHECK_EQ(s.type, SIGHT_CUT);
	CHECK_EQ(s.code, SIGHT_CUT);
	CHECK_EQ(sight_read(&s, (struct span){ buf, 21 }), SIGHT_ICMP);
	CHECK_EQ(s.type, 8);
	CHECK_EQ(s.code, SIGHT_CUT);
	CHECK_EQ(s.id, 0);
	CHECK_EQ(sight_sum(&s), SIGHT_SUM_UNTOLD);
	CHECK_EQ(sight_read(&s, (struct span){ buf, 19 }), SIGHT_NOTHING);
}

TEST(other_packets_are_told_apart)
{
	uint8_t buf[128];
	size_t n = build(buf, sizeof(buf), false);
	struct sight s = { .link = LINK_RAW };
	struct icmperr e;

	buf[9] = IP_PROTO_UDP;
	CHECK_EQ(sight_read(&s, (struct span){ buf, n }), SIGHT_OTHER);
	CHECK_EQ(s.pkt.proto, IP_PROTO_UDP);
	CHECK(!sight_error(&s, &e));
	s.link = LINK_TYPES;
	CHECK_EQ(sight_read(&s, (struct span){ buf, n }), SIGHT_NOTHING);
}

/* fe80::1 > ff02::2: ICMPv6 echo request, id 0x0102, seq 3; class 0x12, flow 0x34567, hop limit 9. */
static const uint8_t plain6[48] = {
	0x61, 0x23, 0x45,     0x67, 0, 8, 58, 9, 0xfe, 0x80, [23] = 1,
	0xff, 0x02, [39] = 2, 128,  0, 0, 0,  1, 2,    0,    3,
};

TEST(a_plain_packet_reads_as_by_the_long_way)
{
	static const enum link_type links[] = { LINK_RAW, LINK_ETHERNET, LINK_SLL };

	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		size_t head = links[i] == LINK_RAW ? 0 : links[i] == LINK_SLL ? 16 : 14;
		uint8_t frame[80] = { 0 };
		struct sight s = { .link = links[i] }, slow = s;
		const struct packet *p = &s.pkt;

		if (head > 0) {
			frame[head - 2] = 0x86;
			frame[head - 1] = 0xdd;
		}
		memcpy(frame + head, plain6, sizeof(plain6));
		CHECK_EQ(sight_read(&s, (struct span){ frame, head + 48 + 3 }), SIGHT_ICMP);
		CHECK_EQ(sight_read_slowly(&slow, (struct span){ frame, head + 48 + 3 }),
			 SIGHT_ICMP);
		CHECK_EQ(p->tos, 0x12);
		CHECK_EQ(p->tos, slow.pkt.tos);
		CHECK_EQ(p->flow, 0x34567);
		CHECK_EQ(p->flow, slow.pkt.flow);
		CHECK_EQ(p->ttl, 9);
		CHECK_EQ(p->l4.len, 8);
		CHECK_EQ(p->l3.len, 48);
		CHECK(ip_eq(&p->src, &slow.pkt.src) && ip_eq(&p->dst, &slow.pkt.dst));
		CHECK_EQ(s.id, 0x0102);
		CHECK_EQ(s.seq, 3);
	}
}
