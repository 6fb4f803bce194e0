/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/tcp.h"

#include "octets.h"
#include "wire/checksum.h"

/* Flags [S], seq 0x01020304, win 64240, options [mss 1460,sackOK,nop,wscale 7,nop,nop], "hi" */
#define SYN "1f90 0050 01020304 00000000 8002 faf0 0000 0000 020405b4 0402 01 030307 0101 6869"

TEST(tcp_parse_reads_every_field)
{
	OCTETS(s, "1f90 0050 01020304 0a0b0c0d 6fd1 faf0 abcd 0102 020405b4 6869");
	struct tcp_seg t;

	CHECK_EQ(tcp_parse(s, &t), 0);
	CHECK_EQ(t.sport, 8080);
	CHECK_EQ(t.dport, 80);
	CHECK_EQ(t.seq, 0x01020304);
	CHECK_EQ(t.ack, 0x0a0b0c0d);
	CHECK_EQ(t.reserved, 0x0f);
	CHECK_EQ(t.flags, TCP_CWR | TCP_ECE | TCP_ACK | TCP_FIN);
	CHECK_EQ(t.window, 64240);
	CHECK_EQ(t.sum, 0xabcd);
	CHECK_EQ(t.urgent, 0x0102);
	CHECK_EQ(t.options.len, 4);
	CHECK(t.options.p == s.p + 20);
	CHECK_EQ(t.payload.len, 2);
	CHECK(t.payload.p == s.p + 24);
}

TEST(tcp_parse_refuses_and_leaves_result_alone)
{
	OCTETS(s, SYN);
	struct tcp_seg t = { .sport = 99 };

	for (size_t len = 0; len < 32; len++)
		CHECK_EQ(tcp_parse((struct span){ s.p, len }, &t), -EMSGSIZE);
	s_room[12] = 0x40;
	CHECK_EQ(tcp_parse(s, &t), -EBADMSG);
	CHECK_EQ(t.sport, 99);
}

TEST(tcp_build_inverts_parse)
{
	OCTETS(s, SYN);
	struct ip_addr src = addr("192.0.2.1"), dst = addr("192.0.2.2"), v6 = addr("::1");
	struct tcp_seg t, odd;
	uint8_t buf[64];
	struct wcur out = wcur(buf, sizeof(buf)), tight = wcur(buf, s.len - 1);
	uint16_t sum = checksum_pseudo(&src, &dst, 6, s);

	s_room[16] = (uint8_t)(sum >> 8);
	s_room[17] = (uint8_t)sum;
	CHECK_EQ(tcp_parse(s, &t), 0);
	CHECK_EQ(tcp_build(&t, &src, &dst, &out), 0);
	CHECK(same(written(&out), s));
	CHECK_EQ(checksum_pseudo(&src, &dst, 6, written(&out)), 0);
	CHECK_EQ(tcp_build(&t, &src, &dst, &tight), -ENOSPC);
	CHECK_EQ(tcp_build(&t, &src, &v6, &tight), -EINVAL);
	odd = t;
	odd.options.len = 3;
	CHECK_EQ(tcp_build(&odd, &src, &dst, &tight), -EINVAL);
	odd.options.len = 44;
	CHECK_EQ(tcp_build(&odd, &src, &dst, &tight), -EINVAL);
	odd = t;
	odd.reserved = 16;
	CHECK_EQ(tcp_build(&odd, &src, &dst, &tight), -EINVAL);
}

TEST(tcp_mss_finds_the_option_among_others)
{
	static const struct {
		const char *options;
		unsigned want;
	} cases[] = {
		{ "020405b4", 1460 },
		{ "0101 0402 020405b4", 1460 },
		{ "030307 01 02040218", 536 },
		{ "", 0 },
		{ "00 020405b4", 0 },   /* behind the end */
		{ "020405", 0 },        /* cut */
		{ "02", 0 },            /* cut before its length */
		{ "020305b4", 0 },      /* impossible length */
		{ "0500 020405b4", 0 }, /* a length that would not move on */
		{ "05ff 020405b4", 0 }, /* a length past the end */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		OCTETS(s, "0000000000000000000000000000000000000000");

		s = octets(cases[i].options, s_room, sizeof(s_room));
		CHECK_EQ(tcp_mss(s), cases[i].want);
	}
}

TEST(tcp_mss_put_is_what_tcp_mss_reads)
{
	uint8_t option[TCP_MSS_LEN];

	tcp_mss_put(option, 1220);
	CHECK_EQ(tcp_mss((struct span){ option, sizeof(option) }), 1220);
}
