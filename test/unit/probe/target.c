/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "probe/target.h"

TEST(target_reads_addresses)
{
	static const struct {
		const char *text, *addr, *zone;
		uint8_t len;
	} cases[] = {
		{ "127.0.0.1", "127.0.0.1", "", 32 },
		{ "::1", "::1", "", 128 },
		{ "2001:DB8::1", "2001:db8::1", "", 128 },
		{ "fe80::1%eth0", "fe80::1", "eth0", 128 },
		{ "ff02::1%2", "ff02::1", "2", 128 },
		{ "fe80::1%abcdefghijklmno", "fe80::1", "abcdefghijklmno", 128 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char buf[IP_TEXT_LEN];
		struct target t;

		CHECK_EQ(target_scan(cases[i].text, &t, NULL), 0);
		CHECK_EQ(t.kind, TARGET_ADDR);
		CHECK_STR(ip_format(&t.prefix.addr, buf), cases[i].addr);
		CHECK_EQ(t.prefix.len, cases[i].len);
		CHECK_STR(t.zone, cases[i].zone);
	}
}

TEST(target_reads_prefixes)
{
	char buf[IP_TEXT_LEN];
	struct target t;

	CHECK_EQ(target_scan("192.0.2.77/24", &t, NULL), 0);
	CHECK_EQ(t.kind, TARGET_PREFIX);
	CHECK_STR(ip_prefix_format(&t.prefix, buf), "192.0.2.0/24");
	CHECK_EQ(target_scan("2001:db8::/120", &t, NULL), 0);
	CHECK_STR(ip_prefix_format(&t.prefix, buf), "2001:db8::/120");
	CHECK_EQ(t.zone[0], 0);
}

TEST(target_reads_names)
{
	static const char *const cases[] = {
		"localhost",
		"a",
		"example.org",
		"example.org.",
		"3com.example",
		"1.2.3.4.example",
		"under_score",
		"x-1.y-2",
		"b\303\274cher.example",
		"0xcafe.example",
		"10-0-0-1",
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct target t;

		CHECK_EQ(target_scan(cases[i], &t, NULL), 0);
		CHECK_EQ(t.kind, TARGET_NAME);
		CHECK_EQ(t.prefix.addr.family, 0);
		CHECK_EQ(t.zone[0], 0);
	}
}

TEST(target_refuses_and_leaves_result_alone)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", "1 to 253" },
		{ ".", "1 to 253" },
		{ "10.0.0.256", "four numbers" },
		{ "10.0.0", "four numbers" },
		{ "10.0.0.1.", "four numbers" },
		{ "1234", "four numbers" },
		{ "host.0x1f", "four numbers" },
		{ "0x7f000001", "four numbers" },
		{ "10.0.0.1/33", "prefix" },
		{ "10.0.0.1/", "prefix" },
		{ "host/24", "prefix" },
		{ "::1/129", "prefix" },
		{ "::g", "IPv6" },
		{ "1:2", "IPv6" },
		{ "127.0.0.1:80", "IPv6" },
		{ "10.0.0.1%eth0", "only an IPv6" },
		{ "fe80::1%", "name of an interface" },
		{ "fe80::1%abcdefghijklmnop", "name of an interface" },
		{ "fe80::1%a b", "name of an interface" },
		{ "fe80::1%a%b", "name of an interface" },
		{ "%eth0", "only an IPv6" },
		{ "a..b", "host name" },
		{ ".a", "host name" },
		{ "-f", "host name" },
		{ "a.-b", "host name" },
		{ "a b", "host name" },
		{ "a\nb", "host name" },
		{ "a*", "host name" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct target t = { .kind = 77 };
		struct err err;

		CHECK_EQ(target_scan(cases[i].text, &t, &err), -EINVAL);
		CHECK_HAS(err.text, cases[i].says);
		CHECK_EQ(t.kind, 77);
	}
}

TEST(target_bounds_names_and_labels)
{
	char text[400];
	struct target t;

	memset(text, 'a', sizeof(text));
	text[63] = '\0';
	CHECK_EQ(target_scan(text, &t, NULL), 0);
	text[63] = 'a';
	text[64] = '\0';
	CHECK_EQ(target_scan(text, &t, NULL), -EINVAL);
	memset(text, 'a', sizeof(text));
	for (size_t i = 50; i < sizeof(text); i += 50)
		text[i] = '.';
	text[253] = '\0';
	CHECK_EQ(target_scan(text, &t, NULL), 0);
	text[253] = 'a';
	text[254] = '\0';
	CHECK_EQ(target_scan(text, &t, NULL), -EINVAL);
}
