/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/icmp6.h"

#include "octets.h"

/* fe80::dead > fe80::beef, ICMP6 neighbor solicitation, who has fe80::babe */
#define SOLICIT "8700 24ce 00000000 fe80000000000000000000000000babe"

TEST(icmp6_parse_reads_every_field)
{
	OCTETS(s, SOLICIT);
	struct ip_addr src = addr("fe80::dead"), dst = addr("fe80::beef");
	struct icmp6_msg m;

	CHECK_EQ(icmp6_parse(&src, &dst, s, &m), 0);
	CHECK_EQ(m.type, 135);
	CHECK_EQ(m.code, 0);
	CHECK_EQ(m.rest, 0);
	CHECK_EQ(m.body.len, 16);
	CHECK(m.body.p == s.p + 8);
}

TEST(icmp6_parse_refuses_and_leaves_result_alone)
{
	OCTETS(s, SOLICIT);
	struct ip_addr src = addr("fe80::dead"), dst = addr("fe80::beef"), no = addr("fe80::bee0");
	struct icmp6_msg m = { .type = 99 };

	for (size_t len = 0; len < ICMP6_MIN_LEN; len++) {
		CHECK_EQ(icmp6_parse(&src, &dst, (struct span){ s.p, len }, &m), -EMSGSIZE);
		CHECK_EQ(icmp6_peek((struct span){ s.p, len }, &m), -EMSGSIZE);
	}
	CHECK_EQ(icmp6_parse(&src, &no, s, &m), -EBADMSG); /* the addresses are covered */
	CHECK_EQ(m.type, 99);
	s_room[23] ^= 1;
	CHECK_EQ(icmp6_parse(&src, &dst, s, &m), -EBADMSG);
	CHECK_EQ(m.type, 99);
	CHECK_EQ(icmp6_peek(s, &m), 0);
	CHECK_EQ(m.type, 135);
}

TEST(icmp6_build_inverts_parse)
{
	OCTETS(s, SOLICIT);
	struct ip_addr src = addr("fe80::dead"), dst = addr("fe80::beef"), v4 = addr("192.0.2.1");
	struct icmp6_msg m;
	uint8_t buf[24];
	struct wcur out = wcur(buf, sizeof(buf)), tight = wcur(buf, sizeof(buf) - 1);

	CHECK_EQ(icmp6_parse(&src, &dst, s, &m), 0);
	CHECK_EQ(icmp6_build(&m, &src, &dst, &out), 0);
	CHECK(same(written(&out), s));
	CHECK_EQ(icmp6_build(&m, &v4, &v4, &tight), -EINVAL);
	CHECK_EQ(icmp6_build(&m, &src, &dst, &tight), -ENOSPC);
}

TEST(icmp6_echo_view)
{
	struct icmp6_msg m = { .rest = icmp6_echo_rest(0xabcd, 7) };

	CHECK_EQ(icmp6_echo_id(&m), 0xabcd);
	CHECK_EQ(icmp6_echo_seq(&m), 7);
}
