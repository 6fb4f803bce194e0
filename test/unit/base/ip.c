/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>

#include "base/ip.h"

TEST(ip_text_there_and_back)
{
	static const char *const texts[] = {
		"0.0.0.0", "192.0.2.1",   "255.255.255.255",    "::",
		"::1",     "2001:db8::1", "fe80::fc:ff:fe00:1", "::ffff:192.0.2.1"
	};
	char buf[IP_TEXT_LEN];

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct ip_addr a;

		CHECK_EQ(ip_scan(texts[i], &a), 0);
		CHECK_STR(ip_format(&a, buf), texts[i]);
	}
}

TEST(ip_scan_refuses_and_leaves_the_result_alone)
{
	static const char *const bad[] = { "",           "1",         "1.2.3",       "1.2.3.4.5",
					   "256.1.1.1",  "01.2.3.4x", ":::",         "g::",
					   "1.2.3.4/24", " 1.2.3.4",  "fe80::1%eth0" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct ip_addr a = { .family = 99 };

		CHECK_EQ(ip_scan(bad[i], &a), -EINVAL);
		CHECK_EQ(a.family, 99);
	}
}

TEST(ip_kind_knows_the_special_ranges)
{
	static const struct {
		const char *text;
		enum ip_kind kind;
	} cases[] = {
		{ "0.0.0.0", IP_UNSPECIFIED },
		{ "127.5.5.5", IP_LOOPBACK },
		{ "169.254.1.1", IP_LINK_LOCAL },
		{ "224.0.0.1", IP_MULTICAST },
		{ "239.255.255.255", IP_MULTICAST },
		{ "240.0.0.1", IP_GLOBAL },
		{ "255.255.255.255", IP_BROADCAST },
		{ "10.0.0.1", IP_GLOBAL },
		{ "::", IP_UNSPECIFIED },
		{ "::1", IP_LOOPBACK },
		{ "fe80::1", IP_LINK_LOCAL },
		{ "febf::1", IP_LINK_LOCAL },
		{ "fec0::1", IP_GLOBAL },
		{ "ff02::1", IP_MULTICAST },
		{ "2001:db8::1", IP_GLOBAL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ip_addr a;

		CHECK_EQ(ip_scan(cases[i].text, &a), 0);
		CHECK_EQ(ip_kind(&a), cases[i].kind);
	}
}

TEST(ip_prefix_cuts_host_bits_and_contains)
{
	static const struct {
		const char *text, *canon, *in, *out;
	} cases[] = {
		{ "192.0.2.77/24", "192.0.2.0/24", "192.0.2.255", "192.0.3.0" },
		{ "192.0.2.77", "192.0.2.77/32", "192.0.2.77", "192.0.2.78" },
		{ "0.0.0.0/0", "0.0.0.0/0", "8.8.8.8", "::" },
		{ "10.255.0.0/9", "10.128.0.0/9", "10.128.0.1", "10.127.0.1" },
		{ "2001:db8:1::5/33", "2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::" },
	};
	char buf[IP_TEXT_LEN];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ip_prefix p;
		struct ip_addr in, out;

		CHECK_EQ(ip_prefix_scan(cases[i].text, &p), 0);
		CHECK_STR(ip_prefix_format(&p, buf), cases[i].canon);
		CHECK_EQ(ip_scan(cases[i].in, &in) + ip_scan(cases[i].out, &out), 0);
		CHECK(ip_prefix_has(&p, &in));
		CHECK(!ip_prefix_has(&p, &out));
	}
}

TEST(ip_prefix_scan_refuses)
{
	static const char *const bad[] = { "",           "/24",         "1.2.3.4/",   "1.2.3.4/33",
					   "1.2.3.4/-1", "1.2.3.4/+8",  "1.2.3.4/ 8", "::/129",
					   "::/1 ",      "1.2.3.4/0008" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct ip_prefix p = { .len = 77 };

		CHECK_EQ(ip_prefix_scan(bad[i], &p), -EINVAL);
		CHECK_EQ(p.len, 77);
	}
}

TEST(ip_plus_carries_and_stays_in_its_family)
{
	struct ip_addr a = ip4_make(192, 0, 2, 255), b;
	char buf[IP_TEXT_LEN];

	a = ip_plus(&a, 1);
	CHECK_STR(ip_format(&a, buf), "192.0.3.0");
	a = ip4_make(255, 255, 255, 255);
	a = ip_plus(&a, 1);
	CHECK_STR(ip_format(&a, buf), "0.0.0.0");
	CHECK_EQ(ip_scan("2001:db8::ffff:ffff:ffff:ffff", &b), 0);
	b = ip_plus(&b, 2);
	CHECK_STR(ip_format(&b, buf), "2001:db8:0:1::1");
}
