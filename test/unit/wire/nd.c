/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/nd.h"

#include "octets.h"
#include "wire/checksum.h"

/* From captures that others made: tcpdump's icmpv6.pcap and zeek's icmp6-*.pcap. */
#define RA                                                                                         \
	"8600 2401 4020000f 00000000 00000000 030448c000278d0000093a8000000000"                    \
	"22223333444455556600000000000000"                                                         \
	"1905000000000005abcd000000000000000000000000efef12345678000000000000000000000001"         \
	"1f07000000000005076578616d706c6503636f6d00076578616d706c65036f72670004646f6d3104646f6d32" \
	"03746c64000000000000000005010000000000640101b09928c8d66c"                                 \
	"070100000000138808010000c351000f"
#define REDIRECT                                              \
	"8900 593e 00000000 fe80000000000000000000000000cafe" \
	"fe80000000000000000000000000babe"
#define ALL_OPTIONS_RA                                                               \
	"8600 0000 40 f8 000f 00000001 00000002 0101020000000001 0501 0000 000005dc" \
	"0304 40c0 00278d00 00093a80 00000000 20010db8000000000000000000000000"
#define SOLICIT "8700 24ce 00000000 fe80000000000000000000000000babe"

TEST(nd_parse_reads_a_router_advertisement)
{
	OCTETS(s, RA);
	struct nd_msg m;
	struct ip_prefix want;

	CHECK_EQ(nd_parse(s, &m), 0);
	CHECK_EQ(m.type, ND_RA);
	CHECK_EQ(m.code, 0);
	CHECK_EQ(m.hop_limit, 64);
	CHECK(!m.managed && !m.other && m.home_agent);
	CHECK_EQ(m.preference, 0);
	CHECK_EQ(m.lifetime_s, 15);
	CHECK_EQ(m.reachable_ms, 0);
	CHECK_EQ(m.retrans_ms, 0);
	CHECK_EQ(m.target.family, 0);
	CHECK_EQ(m.prefix_n, 1);
	CHECK_EQ(ip_prefix_scan("2222:3333:4444:5555:6600::/72", &want), 0);
	CHECK_EQ(m.prefix[0].prefix.len, 72);
	CHECK(ip_eq(&m.prefix[0].prefix.addr, &want.addr));
	CHECK(m.prefix[0].on_link && m.prefix[0].autonomous);
	CHECK_EQ(m.prefix[0].valid_s, 2592000);
	CHECK_EQ(m.prefix[0].preferred_s, 604800);
	CHECK_EQ(m.rdnss_n, 1);
	CHECK(m.has_mtu);
	CHECK_EQ(m.mtu, 100);
	CHECK(m.has_slla && !m.has_tlla);
	CHECK_EQ(m.slla.octet[0], 0xb0);
	CHECK_EQ(m.slla.octet[5], 0x6c);
	CHECK_EQ(m.unknown_n, 3); /* search list, advertisement interval, home agent information */
}

TEST(nd_parse_reads_every_flag)
{
	OCTETS(ra, "8600 0000 40 88 000f 00000001 00000002");
	OCTETS(na, "8800 0000 a0000000 fe80000000000000000000000000babe 0201020000000001");
	struct nd_msg m;

	CHECK_EQ(nd_parse(ra, &m), 0);
	CHECK(m.managed && !m.other && !m.home_agent);
	CHECK_EQ(m.preference, 1);
	CHECK_EQ(m.reachable_ms, 1);
	CHECK_EQ(m.retrans_ms, 2);
	ra_room[5] = 0x58;
	CHECK_EQ(nd_parse(ra, &m), 0);
	CHECK(!m.managed && m.other);
	CHECK_EQ(m.preference, 3);
	CHECK_EQ(nd_parse(na, &m), 0);
	CHECK(m.router && !m.solicited && m.override);
	CHECK(is_addr(&m.target, "fe80::babe"));
	CHECK(m.has_tlla && !m.has_slla);
	CHECK_EQ(m.tlla.octet[5], 1);
	na_room[4] = 0x40;
	CHECK_EQ(nd_parse(na, &m), 0);
	CHECK(!m.router && m.solicited && !m.override);
}

TEST(nd_parse_reads_redirect_nonce_and_solicitations)
{
	OCTETS(redirect, REDIRECT "0402 000000000000 6000000000003aff");
	OCTETS(ns, SOLICIT "0e01 010203040506");
	OCTETS(rs, "8500 0000 00000000 0101020000000001");
	struct nd_msg m;

	CHECK_EQ(nd_parse(redirect, &m), 0);
	CHECK(is_addr(&m.target, "fe80::cafe"));
	CHECK(is_addr(&m.dst, "fe80::babe"));
	CHECK_EQ(m.redirected.len, 8);
	CHECK(m.redirected.p == redirect.p + 48);
	CHECK_EQ(nd_parse(ns, &m), 0);
	CHECK_EQ(m.type, ND_NS);
	CHECK(is_addr(&m.target, "fe80::babe"));
	CHECK_EQ(m.nonce.len, 6);
	CHECK_EQ(m.nonce.p[0], 1);
	CHECK_EQ(nd_parse(rs, &m), 0);
	CHECK_EQ(m.type, ND_RS);
	CHECK(m.has_slla);
}

TEST(nd_parse_refuses_and_leaves_result_alone)
{
	static const struct {
		const char *octets;
		int want;
	} cases[] = {
		{ "", -EMSGSIZE },
		{ "870024", -EMSGSIZE },
		{ "8000 0000 00000000", -ENOMSG },
		{ "8500 0000 000000", -EMSGSIZE },
		{ "8700 24ce 00000000 fe80000000000000000000000000ba", -EMSGSIZE },
		{ "8900 0000 00000000 fe80000000000000000000000000babe fe80", -EMSGSIZE },
		{ "8600 0000 40000000 00000000 000000", -EMSGSIZE },
		{ "8500 0000 00000000 01", -EMSGSIZE },
		{ "8500 0000 00000000 0100", -EBADMSG },          /* option of length 0 */
		{ "8500 0000 00000000 010102000000", -EMSGSIZE }, /* option past the end */
		{ "8500 0000 00000000 0502 0000 000005dc 0000000000000000", -EBADMSG },
		{ "8500 0000 00000000 0301 000000000000", -EBADMSG }, /* prefix of 8 octets */
		{ "8500 0000 00000000 0304 81 00 00000000 00000000 00000000"
		  "00000000000000000000000000000000",
		  -EBADMSG }, /* 129 bits */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t buf[64];
		struct nd_msg m = { .type = 99 };

		CHECK_EQ(nd_parse(octets(cases[i].octets, buf, sizeof(buf)), &m), cases[i].want);
		CHECK_EQ(m.type, 99);
	}
}

TEST(nd_parse_keeps_its_bounds)
{
	static uint8_t prefixes[8 + 32 * (ND_PREFIX_MAX + 2)], options[8 + 8 * (ND_OPTS_MAX + 1)];
	struct nd_msg m = { .type = 99 };

	prefixes[0] = options[0] = ND_RS;
	for (size_t at = 8; at < sizeof(prefixes); at += 32) {
		prefixes[at] = ND_OPT_PREFIX;
		prefixes[at + 1] = 4;
	}
	for (size_t at = 8; at < sizeof(options); at += 8) {
		options[at] = 200;
		options[at + 1] = 1;
	}
	CHECK_EQ(nd_parse((struct span){ options, sizeof(options) }, &m), -EBADMSG);
	CHECK_EQ(m.type, 99);
	CHECK_EQ(nd_parse((struct span){ options, sizeof(options) - 8 }, &m), 0);
	CHECK_EQ(m.unknown_n, ND_OPTS_MAX);
	CHECK_EQ(nd_parse((struct span){ prefixes, sizeof(prefixes) }, &m), 0);
	CHECK_EQ(m.prefix_n, ND_PREFIX_MAX);
}

TEST(nd_address_of_another_link_is_counted_not_read)
{
	OCTETS(s, "8500 0000 00000000 0103 00000000000000000000000000000000000000000000");
	struct nd_msg m;

	CHECK_EQ(nd_parse(s, &m), 0); /* InfiniBand's, 20 octets */
	CHECK(!m.has_slla);
	CHECK_EQ(m.unknown_n, 1);
}

TEST(nd_build_inverts_parse)
{
	static const char *const cases[] = {
		SOLICIT,
		REDIRECT,
		REDIRECT "0402 000000000000 6000000000003aff",
		SOLICIT "0101 020000000001 0e01 010203040506",
		"8500 0000 00000000 0101020000000001",
		"8800 0000 e0000000 fe80000000000000000000000000babe 0201020000000001",
		ALL_OPTIONS_RA,
	};
	struct ip_addr src = addr("fe80::dead"), dst = addr("fe80::beef");

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t buf[128], back[128];
		struct span s = octets(cases[i], buf, sizeof(buf));
		struct wcur out = wcur(back, sizeof(back)), tight = wcur(back, s.len - 1);
		struct nd_msg m;
		uint16_t sum;

		buf[2] = buf[3] = 0;
		sum = checksum_pseudo(&src, &dst, 58, s);
		buf[2] = (uint8_t)(sum >> 8);
		buf[3] = (uint8_t)sum;
		CHECK_EQ(nd_parse(s, &m), 0);
		CHECK_EQ(nd_build(&m, &src, &dst, &out), 0);
		CHECK(same(written(&out), s));
		CHECK_EQ(nd_build(&m, &src, &dst, &tight), -ENOSPC);
	}
}

TEST(nd_build_refuses_what_has_no_form)
{
	static const uint8_t big[2048];
	struct ip_addr a6 = addr("fe80::1"), a4 = addr("192.0.2.1");
	struct nd_msg cases[] = {
		{ .type = 128 },
		{ .type = ND_NS }, /* no target */
		{ .type = ND_NA, .target = a4 },
		{ .type = ND_REDIRECT, .target = a6 }, /* no destination */
		{ .type = ND_RA, .preference = 4 },
		{ .type = ND_RA, .prefix_n = ND_PREFIX_MAX + 1 },
		{ .type = ND_RA, .prefix_n = 1 }, /* a prefix of no family */
		{ .type = ND_RS, .nonce = { big, 7 } },
		{ .type = ND_RS, .nonce = { big, 2046 } },
		{ .type = ND_RS, .redirected = { big, 2040 } },
	};
	struct nd_msg good = { .type = ND_RS };
	uint8_t buf[64];
	struct wcur out = wcur(buf, sizeof(buf));

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(nd_build(&cases[i], &a6, &a6, &out), -EINVAL);
	CHECK_EQ(nd_build(&good, &a4, &a6, &out), -EINVAL);
	CHECK_EQ(nd_build(&good, &a6, &a4, &out), -EINVAL);
	CHECK_EQ(wcur_len(&out), 0);
}

TEST(nd_trusted_follows_rfc_4861)
{
	static const struct {
		struct nd_msg msg;
		const char *src, *dst;
		const char *target, *about;
		uint8_t hop_limit;
		bool want;
	} cases[] = {
		{ { .type = ND_RS }, "fe80::1", "ff02::2", NULL, NULL, 255, true },
		{ { .type = ND_RS }, "fe80::1", "ff02::2", NULL, NULL, 254, false },
		{ { .type = ND_RS, .code = 1 }, "fe80::1", "ff02::2", NULL, NULL, 255, false },
		{ { .type = ND_RS, .has_slla = true }, "::", "ff02::2", NULL, NULL, 255, false },
		{ { .type = ND_RA }, "fe80::1", "ff02::1", NULL, NULL, 255, true },
		{ { .type = ND_RA }, "2001:db8::1", "ff02::1", NULL, NULL, 255, false },
		{ { .type = ND_NS }, "::", "ff02::1:ff00:5", "2001:db8::5", NULL, 255, true },
		{ { .type = ND_NS }, "::", "2001:db8::5", "2001:db8::5", NULL, 255, false },
		{ { .type = ND_NS, .has_slla = true },
		  "::",
		  "ff02::1:ff00:5",
		  "2001:db8::5",
		  NULL,
		  255,
		  false },
		{ { .type = ND_NS }, "fe80::1", "fe80::2", "ff02::1", NULL, 255, false },
		{ { .type = ND_NS }, "fe80::1", "fe80::2", "fe80::2", NULL, 255, true },
		{ { .type = ND_NA }, "fe80::1", "ff02::1", "fe80::1", NULL, 255, true },
		{ { .type = ND_NA, .solicited = true },
		  "fe80::1",
		  "ff02::1",
		  "fe80::1",
		  NULL,
		  255,
		  false },
		{ { .type = ND_NA }, "fe80::1", "fe80::2", "ff02::1", NULL, 255, false },
		{ { .type = ND_REDIRECT },
		  "fe80::1",
		  "fe80::2",
		  "fe80::3",
		  "2001:db8::1",
		  255,
		  true },
		{ { .type = ND_REDIRECT },
		  "2001:db8::9",
		  "fe80::2",
		  "fe80::3",
		  "2001:db8::1",
		  255,
		  false },
		{ { .type = ND_REDIRECT },
		  "fe80::1",
		  "fe80::2",
		  "2001:db8::1",
		  "2001:db8::1",
		  255,
		  true },
		{ { .type = ND_REDIRECT },
		  "fe80::1",
		  "fe80::2",
		  "2001:db8::2",
		  "2001:db8::1",
		  255,
		  false },
		{ { .type = ND_REDIRECT }, "fe80::1", "fe80::2", "fe80::3", "ff02::1", 255, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct nd_msg m = cases[i].msg;
		struct ip_addr src = addr(cases[i].src), dst = addr(cases[i].dst);

		if (cases[i].target)
			m.target = addr(cases[i].target);
		if (cases[i].about)
			m.dst = addr(cases[i].about);
		CHECK_EQ(nd_trusted(&m, cases[i].hop_limit, &src, &dst), cases[i].want);
	}
}

TEST(nd_group_addresses)
{
	struct ip_addr a = addr("2001:db8::12:3456"), group = nd_solicited_node(&a);
	struct eth_addr eth = nd_multicast_eth(&group);
	static const uint8_t want[] = { 0x33, 0x33, 0xff, 0x12, 0x34, 0x56 };

	CHECK(is_addr(&group, "ff02::1:ff12:3456"));
	CHECK_MEM(eth.octet, want, sizeof(want));
}
