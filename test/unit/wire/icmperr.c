/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/icmperr.h"

#include "octets.h"
#include "wire/checksum.h"
#include "wire/icmpext.h"

/* IP (id 0x1234, ttl 1, tos 0x10, len 60) 192.0.2.1.33000 > 198.51.100.7.80: seq 0xcafe0001 */
#define TCP_QUOTE "4510 003c 1234 4000 0106 0000 c0000201 c6336407 80e8 0050 cafe0001"

/* IP6 (hlim 3, class 0x20) fe80::beef.30000 > fe80::dead.13000: UDP */
#define UDP6_QUOTE                                              \
	"62000000 000c 11 03 fe80000000000000000000000000beef " \
	"fe80000000000000000000000000dead 7530 32c8 000c 0c8e 58585858"

TEST(icmperr_is_knows_the_errors_of_each_family)
{
	static const uint8_t v4[] = { 3, 4, 5, 11, 12 }, v6[] = { 1, 2, 3, 4 };

	for (unsigned type = 0; type < 256; type++) {
		CHECK_EQ(icmperr_is(4, (uint8_t)type), memchr(v4, (int)type, sizeof(v4)) != NULL);
		CHECK_EQ(icmperr_is(6, (uint8_t)type), memchr(v6, (int)type, sizeof(v6)) != NULL);
		CHECK(!icmperr_is(0, (uint8_t)type));
	}
}

TEST(icmperr_parse_reads_every_field_of_a_quoted_tcp_segment)
{
	OCTETS(s, "0304 0000 0000 05dc" TCP_QUOTE);
	struct icmperr e;

	CHECK_EQ(icmperr_parse(4, s, &e), 0);
	CHECK_EQ(e.family, 4);
	CHECK_EQ(e.type, 3);
	CHECK_EQ(e.code, 4);
	CHECK_EQ(e.mtu, 1500);
	CHECK_EQ(e.pointer, 0);
	CHECK_EQ(e.gateway.family, 0);
	CHECK_EQ(e.ext.len, 0);
	CHECK_EQ(e.quote.octets.len, 28);
	CHECK(e.quote.octets.p == s.p + 8);
	CHECK_EQ(e.quote.family, 4);
	CHECK_EQ(e.quote.proto, 6);
	CHECK_EQ(e.quote.ttl, 1);
	CHECK_EQ(e.quote.tos, 0x10);
	CHECK_EQ(e.quote.ip_id, 0x1234);
	CHECK_EQ(e.quote.ip_len, 60);
	CHECK(is_addr(&e.quote.src, "192.0.2.1"));
	CHECK(is_addr(&e.quote.dst, "198.51.100.7"));
	CHECK(e.quote.has_ports && e.quote.has_seq);
	CHECK(!e.quote.has_icmp && !e.quote.has_echo && !e.quote.later_fragment);
	CHECK_EQ(e.quote.sport, 33000);
	CHECK_EQ(e.quote.dport, 80);
	CHECK_EQ(e.quote.tcp_seq, 0xcafe0001);
	CHECK_EQ(e.quote.l4.len, 8);
}

TEST(icmperr_parse_reads_a_quoted_echo)
{
	OCTETS(s, "0b00 0000 00000000 4500 0054 0001 0000 0101 0000 c0000201 c6336407"
		  "0800 ffff 1234 0007");
	struct icmperr e;

	CHECK_EQ(icmperr_parse(4, s, &e), 0);
	CHECK(e.quote.has_icmp && e.quote.has_echo && !e.quote.has_ports);
	CHECK_EQ(e.quote.icmp_type, 8);
	CHECK_EQ(e.quote.icmp_code, 0);
	CHECK_EQ(e.quote.icmp_id, 0x1234);
	CHECK_EQ(e.quote.icmp_seq, 7);
}

TEST(icmperr_parse_reads_ipv6)
{
	OCTETS(s, "0200 ecba 00000500" UDP6_QUOTE);
	struct icmperr e;

	CHECK_EQ(icmperr_parse(6, s, &e), 0);
	CHECK_EQ(e.mtu, 1280);
	CHECK_EQ(e.quote.family, 6);
	CHECK_EQ(e.quote.proto, 17);
	CHECK_EQ(e.quote.ttl, 3);
	CHECK_EQ(e.quote.tos, 0x20);
	CHECK_EQ(e.quote.ip_len, 52);
	CHECK(is_addr(&e.quote.src, "fe80::beef"));
	CHECK(is_addr(&e.quote.dst, "fe80::dead"));
	CHECK(e.quote.has_ports && !e.quote.has_seq);
	CHECK_EQ(e.quote.sport, 30000);
	CHECK_EQ(e.quote.dport, 13000);
}

TEST(icmperr_parse_reads_the_value_each_type_has)
{
	static const struct {
		int family;
		const char *octets;
		uint32_t mtu, pointer;
		const char *gateway;
	} cases[] = {
		{ 4, "0304 0000 ffff0000", 0, 0, NULL }, /* a router older than RFC 1191 */
		{ 4, "0303 0000 000005dc", 0, 0, NULL }, /* not fragmentation needed */
		{ 4, "0501 0000 c00002fe", 0, 0, "192.0.2.254" },
		{ 4, "0c00 0000 14000000", 0, 20, NULL },
		{ 4, "0400 0000 14000000", 0, 0, NULL },
		{ 6, "0400 0000 00000028", 0, 40, NULL },
		{ 6, "0200 0000 00012345", 0x12345, 0, NULL },
		{ 6, "0100 0000 00012345", 0, 0, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t buf[8];
		struct icmperr e;

		CHECK_EQ(icmperr_parse(cases[i].family, octets(cases[i].octets, buf, 8), &e), 0);
		CHECK_EQ(e.mtu, cases[i].mtu);
		CHECK_EQ(e.pointer, cases[i].pointer);
		CHECK_EQ(e.gateway.family, cases[i].gateway ? 4 : 0);
		if (cases[i].gateway)
			CHECK(is_addr(&e.gateway, cases[i].gateway));
		CHECK_EQ(e.quote.family, 0);
	}
}

TEST(icmperr_parse_takes_as_much_of_the_quote_as_there_is)
{
	OCTETS(s, "0303 0000 00000000" TCP_QUOTE);
	struct icmperr e;

	for (size_t len = 8; len <= s.len; len++) {
		CHECK_EQ(icmperr_parse(4, (struct span){ s.p, len }, &e), 0);
		CHECK_EQ(e.quote.octets.len, len - 8);
		CHECK_EQ(e.quote.family, len >= 28 ? 4 : 0);
		CHECK_EQ(e.quote.has_ports, len >= 32);
		CHECK_EQ(e.quote.has_seq, len >= 36);
	}
}

TEST(icmperr_parse_refuses_and_leaves_result_alone)
{
	OCTETS(s, "0800 0000 00000000" TCP_QUOTE);
	struct icmperr e = { .type = 99 };

	CHECK_EQ(icmperr_parse(4, (struct span){ s.p, 7 }, &e), -EMSGSIZE);
	CHECK_EQ(icmperr_parse(4, s, &e), -ENOMSG);
	CHECK_EQ(icmperr_parse(6, s, &e), -ENOMSG);
	CHECK_EQ(e.type, 99);
}

TEST(icmperr_quote_of_a_later_fragment_has_no_header)
{
	OCTETS(v4, "4500 003c 1234 2001 0106 0000 c0000201 c6336407 80e8 0050 cafe0001");
	OCTETS(v6, "60000000 0014 2c 40 fe80000000000000000000000000beef"
		   "fe80000000000000000000000000dead 1100 0008 00000001 7530 32c8 000c 0c8e");
	struct icmperr_quote q;

	icmperr_quote_parse(v4, &q);
	CHECK(q.family == 4 && q.later_fragment && !q.has_ports);
	icmperr_quote_parse(v6, &q);
	CHECK(q.family == 6 && q.later_fragment && !q.has_ports);
	CHECK_EQ(q.proto, 17);
}

TEST(icmperr_quote_that_is_no_packet_stays_empty)
{
	static const char *const cases[] = {
		"", "00", "5500", "4400 003c 1234 4000 0106 0000 c0000201 c6336407 80e8 0050", "60",
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t buf[64];
		struct icmperr_quote q;

		icmperr_quote_parse(octets(cases[i], buf, sizeof(buf)), &q);
		CHECK_EQ(q.family, 0);
		CHECK_EQ(q.src.family, 0);
		CHECK_EQ(q.proto, 0);
		CHECK(!q.has_ports && !q.has_icmp);
	}
}

TEST(icmperr_build_inverts_parse)
{
	static const struct {
		int family;
		const char *octets;
	} cases[] = {
		{ 4, "0304 0000 000005dc" TCP_QUOTE },  { 4, "0501 0000 c00002fe" TCP_QUOTE },
		{ 4, "0c00 0000 14000000" TCP_QUOTE },  { 4, "0b00 0000 00000000" TCP_QUOTE },
		{ 6, "0200 0000 00000500" UDP6_QUOTE }, { 6, "0400 0000 00000028" UDP6_QUOTE },
		{ 6, "0104 0000 00000000" UDP6_QUOTE },
	};
	struct ip_addr src = addr("fe80::1"), dst = addr("fe80::2");

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool v4 = cases[i].family == 4;
		uint8_t buf[128], back[128];
		struct span s = octets(cases[i].octets, buf, sizeof(buf));
		uint16_t sum = v4 ? checksum(s) : checksum_pseudo(&src, &dst, 58, s);
		struct wcur out = wcur(back, sizeof(back)), tight = wcur(back, s.len - 1);
		struct icmperr e;

		buf[2] = (uint8_t)(sum >> 8);
		buf[3] = (uint8_t)sum;
		CHECK_EQ(icmperr_parse(cases[i].family, s, &e), 0);
		CHECK_EQ(icmperr_build(&e, v4 ? NULL : &src, v4 ? NULL : &dst, &out), 0);
		CHECK(same(written(&out), s));
		CHECK_EQ(icmperr_build(&e, &src, &dst, &tight), -ENOSPC);
	}
}

TEST(icmperr_build_pads_the_quote_when_extensions_follow)
{
	OCTETS(quote, TCP_QUOTE);
	OCTETS(ext, "2000 0000 0008 0101 18960101");
	struct ip_addr src = addr("fe80::1"), dst = addr("fe80::2");
	struct icmperr e = { .family = 4, .type = 11, .quote.octets = quote, .ext = ext }, back;
	uint8_t buf[256];
	struct wcur out = wcur(buf, sizeof(buf));

	CHECK_EQ(icmperr_build(&e, NULL, NULL, &out), 0);
	CHECK_EQ(wcur_len(&out), 8 + 128 + 12);
	CHECK_EQ(buf[5], 32); /* words of 4 octets */
	CHECK_EQ(icmperr_parse(4, written(&out), &back), 0);
	CHECK_EQ(back.quote.octets.len, 128);
	CHECK_EQ(back.quote.sport, 33000);
	CHECK(same(back.ext, ext));

	e.family = 6;
	e.type = 3;
	out = wcur(buf, sizeof(buf));
	CHECK_EQ(icmperr_build(&e, &src, &dst, &out), 0);
	CHECK_EQ(buf[4], 16); /* words of 8 octets */
	CHECK_EQ(icmperr_parse(6, written(&out), &back), 0);
	CHECK_EQ(back.quote.octets.len, 128);
	CHECK(same(back.ext, ext));
}

TEST(icmperr_build_refuses_what_has_no_form)
{
	static const uint8_t big[1100];
	struct span some = { big, 4 };
	struct icmperr cases[] = {
		{ .family = 4, .type = 8 },
		{ .family = 6, .type = 128 },
		{ .family = 0, .type = 3 },
		{ .family = 4, .type = 3, .code = 4, .mtu = 65536 },
		{ .family = 4, .type = 12, .pointer = 256 },
		{ .family = 4, .type = 5 },              /* no gateway */
		{ .family = 4, .type = 4, .ext = some }, /* no length field */
		{ .family = 6, .type = 2, .ext = some }, /* no length field */
		{ .family = 4, .type = 3, .ext = some, .quote.octets = { big, 1024 } },
	};
	struct icmperr v6 = { .family = 6, .type = 1 };
	struct ip_addr a6 = addr("fe80::1"), a4 = addr("192.0.2.1");
	uint8_t buf[64];
	struct wcur out = wcur(buf, sizeof(buf));

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(icmperr_build(&cases[i], &a6, &a6, &out), -EINVAL);
	CHECK_EQ(icmperr_build(&v6, NULL, NULL, &out), -EINVAL);
	CHECK_EQ(icmperr_build(&v6, &a6, &a4, &out), -EINVAL);
	CHECK_EQ(wcur_len(&out), 0);
}
