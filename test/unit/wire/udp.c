/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/udp.h"

#include "octets.h"

/* 10.0.0.2.30000 > 10.0.0.1.13000: UDP, length 4 "XXXX" */
#define DGRAM "7530 32c8 000c 932a 58585858"

TEST(udp_parse_reads_every_field)
{
	OCTETS(s, DGRAM "0000"); /* with link padding */
	struct udp_dgram d;

	CHECK_EQ(udp_parse(s, &d), 0);
	CHECK_EQ(d.sport, 30000);
	CHECK_EQ(d.dport, 13000);
	CHECK_EQ(d.len, 12);
	CHECK_EQ(d.sum, 0x932a);
	CHECK_EQ(d.missing, 0);
	CHECK_EQ(d.payload.len, 4);
	CHECK(d.payload.p == s.p + 8);
}

TEST(udp_parse_tells_what_a_capture_cut)
{
	OCTETS(s, DGRAM);
	OCTETS(jumbo, "7530 32c8 0000 0000 58585858");
	struct udp_dgram d;

	CHECK_EQ(udp_parse((struct span){ s.p, 9 }, &d), 0);
	CHECK_EQ(d.payload.len, 1);
	CHECK_EQ(d.missing, 3);
	CHECK_EQ(udp_parse(jumbo, &d), 0);
	CHECK_EQ(d.payload.len, 4);
	CHECK_EQ(d.missing, 0);
}

TEST(udp_parse_refuses_and_leaves_result_alone)
{
	OCTETS(s, "7530 32c8 0007 932a 58585858");
	struct udp_dgram d = { .sport = 99 };

	for (size_t len = 0; len < UDP_HDR_LEN; len++)
		CHECK_EQ(udp_parse((struct span){ s.p, len }, &d), -EMSGSIZE);
	CHECK_EQ(udp_parse(s, &d), -EBADMSG);
	CHECK_EQ(d.sport, 99);
}

TEST(udp_build_inverts_parse)
{
	OCTETS(s, DGRAM);
	struct ip_addr src = addr("10.0.0.2"), dst = addr("10.0.0.1"), v6 = addr("::1");
	static const uint8_t big[65528];
	struct udp_dgram d, too_big = { .payload = { big, sizeof(big) } };
	uint8_t buf[12];
	struct wcur out = wcur(buf, sizeof(buf)), tight = wcur(buf, sizeof(buf) - 1);

	CHECK_EQ(udp_parse(s, &d), 0);
	CHECK_EQ(udp_build(&d, &src, &dst, &out), 0);
	CHECK(same(written(&out), s));
	CHECK(udp_sum_ok(&src, &dst, s));
	CHECK_EQ(udp_build(&d, &src, &v6, &tight), -EINVAL);
	CHECK_EQ(udp_build(&too_big, &src, &dst, &tight), -EINVAL);
	CHECK_EQ(udp_build(&d, &src, &dst, &tight), -ENOSPC);
}

TEST(udp_checksum_zero_is_sent_as_ones)
{
	struct ip_addr src = addr("192.0.2.1"), dst = addr("192.0.2.2");
	uint8_t word[2] = { 0, 0 }, buf[10];
	struct udp_dgram d = { .sport = 1, .dport = 2, .payload = { word, 2 } };
	struct wcur out = wcur(buf, sizeof(buf));
	uint16_t sum;

	CHECK_EQ(udp_build(&d, &src, &dst, &out), 0);
	sum = (uint16_t)(buf[6] << 8 | buf[7]);
	word[0] = (uint8_t)(sum >> 8); /* adding the checksum to what it covers makes it 0 */
	word[1] = (uint8_t)sum;
	out = wcur(buf, sizeof(buf));
	CHECK_EQ(udp_build(&d, &src, &dst, &out), 0);
	CHECK_EQ(buf[6], 0xff);
	CHECK_EQ(buf[7], 0xff);
	CHECK(udp_sum_ok(&src, &dst, written(&out)));
}

TEST(udp_sum_ok_knows_when_none_was_sent)
{
	OCTETS(s, "7530 32c8 000c 0000 58585858");
	struct ip_addr a4 = addr("10.0.0.2"), a6 = addr("::1");

	CHECK(udp_sum_ok(&a4, &a4, s));
	CHECK(!udp_sum_ok(&a6, &a6, s)); /* RFC 8200 8.1: never over IPv6 */
	s_room[7] = 1;
	CHECK(!udp_sum_ok(&a4, &a4, s));
	CHECK(!udp_sum_ok(&a4, &a4, (struct span){ s.p, 7 }));
}
