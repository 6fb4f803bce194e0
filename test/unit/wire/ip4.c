/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/ip4.h"

#include "octets.h"

/* 192.0.2.1 > 198.51.100.7: tos 0xb8, ttl 64, id 0x1234, DF, proto 17, router alert, "abcd" */
#define PKT "46b8 001c 1234 4000 4011 a6a4 c0000201 c6336407 94040000 61626364"

TEST(ip4_parse_reads_every_field)
{
	OCTETS(s, PKT "0000"); /* with link padding */
	struct ip4_pkt p;

	CHECK_EQ(ip4_parse(s, &p), 0);
	CHECK_EQ(p.tos, 0xb8);
	CHECK_EQ(p.ttl, 64);
	CHECK_EQ(p.proto, IP_PROTO_UDP);
	CHECK(p.df && !p.mf && !p.evil);
	CHECK(p.sum_ok);
	CHECK_EQ(p.id, 0x1234);
	CHECK_EQ(p.frag_off, 0);
	CHECK_EQ(p.total_len, 28);
	CHECK_EQ(p.missing, 0);
	CHECK(is_addr(&p.src, "192.0.2.1"));
	CHECK(is_addr(&p.dst, "198.51.100.7"));
	CHECK_EQ(p.options.len, 4);
	CHECK(p.options.p == s.p + 20);
	CHECK_EQ(p.payload.len, 4); /* the padding is cut off */
	CHECK(p.payload.p == s.p + 24);
}

TEST(ip4_parse_reads_each_flag_and_the_offset)
{
	static const struct {
		const char *field;
		bool evil, df, mf;
		unsigned off;
	} cases[] = {
		{ "0000", false, false, false, 0 },     { "8000", true, false, false, 0 },
		{ "4000", false, true, false, 0 },      { "2000", false, false, true, 0 },
		{ "0001", false, false, false, 8 },     { "1fff", false, false, false, 65528 },
		{ "e0b9", true, true, true, 0xb9 * 8 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		OCTETS(s, PKT);
		struct ip4_pkt p;

		octets(cases[i].field, s_room + 6, 2);
		CHECK_EQ(ip4_parse(s, &p), 0);
		CHECK_EQ(p.evil, cases[i].evil);
		CHECK_EQ(p.df, cases[i].df);
		CHECK_EQ(p.mf, cases[i].mf);
		CHECK_EQ(p.frag_off, cases[i].off);
		CHECK_EQ(p.sum_ok, i == 2); /* the one the header has */
	}
}

TEST(ip4_parse_tells_what_a_capture_cut)
{
	OCTETS(s, PKT);
	struct ip4_pkt p;

	for (size_t len = 24; len < s.len; len++) {
		CHECK_EQ(ip4_parse((struct span){ s.p, len }, &p), 0);
		CHECK_EQ(p.payload.len, len - 24);
		CHECK_EQ(p.missing, 28 - len);
	}
}

TEST(ip4_parse_takes_all_of_an_offloaded_send)
{
	OCTETS(s, PKT);
	struct ip4_pkt p;

	s_room[2] = s_room[3] = 0;
	CHECK_EQ(ip4_parse(s, &p), 0);
	CHECK_EQ(p.total_len, 0);
	CHECK_EQ(p.payload.len, 4);
	CHECK_EQ(p.missing, 0);
}

TEST(ip4_parse_refuses_and_leaves_result_alone)
{
	static const struct {
		size_t at;
		uint8_t value;
	} cases[] = {
		{ 0, 0x66 }, /* version 6 */
		{ 0, 0x44 }, /* header of 16 octets */
		{ 3, 23 },   /* total length below the header's */
		{ 3, 1 },
	};
	OCTETS(s, PKT);
	struct ip4_pkt p = { .ttl = 99 };

	for (size_t len = 0; len < 24; len++)
		CHECK_EQ(ip4_parse((struct span){ s.p, len }, &p), -EMSGSIZE);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t was = s_room[cases[i].at];

		s_room[cases[i].at] = cases[i].value;
		CHECK_EQ(ip4_parse(s, &p), -EBADMSG);
		s_room[cases[i].at] = was;
	}
	CHECK_EQ(p.ttl, 99);
}

TEST(ip4_build_inverts_parse)
{
	OCTETS(s, PKT);
	struct ip4_pkt p;
	uint8_t buf[28];
	struct wcur out = wcur(buf, sizeof(buf)), tight = wcur(buf, sizeof(buf) - 1);

	CHECK_EQ(ip4_parse(s, &p), 0);
	CHECK_EQ(ip4_build(&p, &out), 0);
	CHECK(same(written(&out), s));
	CHECK_EQ(ip4_build(&p, &tight), -ENOSPC);
}

TEST(ip4_build_refuses_what_has_no_form)
{
	static const uint8_t big[65516];
	struct ip4_pkt good = { .src = ip4_of(1), .dst = ip4_of(2) };
	struct ip4_pkt cases[6];
	uint8_t buf[64];
	struct wcur out = wcur(buf, sizeof(buf));

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cases[i] = good;
	cases[0].options = (struct span){ big, 3 };
	cases[1].options = (struct span){ big, 44 };
	cases[2].frag_off = 4;
	cases[3].src = addr("::1");
	cases[4].dst.family = 0;
	cases[5].payload = (struct span){ big, sizeof(big) };
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(ip4_build(&cases[i], &out), -EINVAL);
	CHECK_EQ(wcur_len(&out), 0);
}
