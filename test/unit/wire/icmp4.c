/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/icmp4.h"

#include "octets.h"

/* ICMP echo request, id 0x1234, seq 1, "abcd" */
#define ECHO "0800 2104 1234 0001 61626364"

TEST(icmp4_parse_reads_every_field)
{
	OCTETS(s, ECHO);
	struct icmp4_msg m;

	CHECK_EQ(icmp4_parse(s, &m), 0);
	CHECK_EQ(m.type, 8);
	CHECK_EQ(m.code, 0);
	CHECK_EQ(m.rest, 0x12340001);
	CHECK_EQ(icmp4_echo_id(&m), 0x1234);
	CHECK_EQ(icmp4_echo_seq(&m), 1);
	CHECK_EQ(icmp4_echo_rest(0x1234, 1), m.rest);
	CHECK_EQ(m.body.len, 4);
	CHECK(m.body.p == s.p + 8); /* borrowed, not copied */
}

TEST(icmp4_parse_refuses_and_leaves_result_alone)
{
	OCTETS(s, ECHO);
	struct icmp4_msg m = { .type = 99 };

	for (size_t len = 0; len < ICMP4_MIN_LEN; len++) {
		CHECK_EQ(icmp4_parse((struct span){ s.p, len }, &m), -EMSGSIZE);
		CHECK_EQ(icmp4_peek((struct span){ s.p, len }, &m), -EMSGSIZE);
	}
	s_room[4] ^= 1;
	CHECK_EQ(icmp4_parse(s, &m), -EBADMSG);
	CHECK_EQ(m.type, 99);
	CHECK_EQ(icmp4_peek(s, &m), 0); /* does not look at the checksum */
	CHECK_EQ(icmp4_echo_id(&m), 0x1334);
}

TEST(icmp4_build_inverts_parse)
{
	OCTETS(s, ECHO);
	struct icmp4_msg m;
	uint8_t buf[12];
	struct wcur out = wcur(buf, sizeof(buf)), tight = wcur(buf, sizeof(buf) - 1);

	CHECK_EQ(icmp4_parse(s, &m), 0);
	CHECK_EQ(icmp4_build(&m, &out), 0);
	CHECK(same(written(&out), s));
	CHECK_EQ(icmp4_build(&m, &tight), -ENOSPC);
}
