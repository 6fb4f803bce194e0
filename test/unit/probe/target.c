/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>
#include <stdio.h>
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
		CHECK(ip_eq(&t.last, &t.prefix.addr));
		CHECK_EQ(target_count(&t), 1);
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
	CHECK_STR(ip_format(&t.last, buf), "2001:db8::ff");
	CHECK_EQ(target_count(&t), 256);
	CHECK_EQ(target_scan("::/64", &t, NULL), 0);
	CHECK_EQ(target_count(&t), UINT64_MAX);
	CHECK_EQ(target_scan("::/65", &t, NULL), 0);
	CHECK_EQ(target_count(&t), 1ull << 63);
	CHECK_EQ(target_scan("0.0.0.0/0", &t, NULL), 0);
	CHECK_EQ(target_count(&t), 1ull << 32);
}

/* Every run of @t, "first+n first+n …"; at most eight of them. */
static const char *runs(const struct target *t, char *buf, size_t room)
{
	struct target_walk w = { 0 };
	struct ip_addr first;
	uint64_t n;
	size_t at = 0;

	buf[0] = '\0';
	for (int i = 0; i < 8 && target_next(t, &w, &first, &n); i++) {
		char text[IP_TEXT_LEN];

		at += (size_t)snprintf(buf + at, room - at, "%s%s+%llu", i ? " " : "",
				       ip_format(&first, text), (unsigned long long)n);
	}
	return buf;
}

TEST(target_reads_ranges)
{
	static const struct {
		const char *text, *runs, *last;
		uint64_t count;
		enum target_kind kind;
	} cases[] = {
		{ "10.0.0.1-50", "10.0.0.1+50", "10.0.0.50", 50, TARGET_RANGE },
		{ "10.0.0.7-7", "10.0.0.7+1", "10.0.0.7", 1, TARGET_RANGE },
		{ "10.0.0.-", "10.0.0.0+256", "10.0.0.255", 256, TARGET_RANGE },
		{ "10.0.0.*", "10.0.0.0+256", "10.0.0.255", 256, TARGET_RANGE },
		{ "10.0.0.250-", "10.0.0.250+6", "10.0.0.255", 6, TARGET_RANGE },
		{ "10.0.0.-3", "10.0.0.0+4", "10.0.0.3", 4, TARGET_RANGE },
		{ "10.0.3-4.*", "10.0.3.0+512", "10.0.4.255", 512, TARGET_RANGE },
		{ "*.*.*.*", "0.0.0.0+4294967296", "255.255.255.255", 1ull << 32, TARGET_RANGE },
		{ "10.0.0,2.0-255", "10.0.0.0+256 10.0.2.0+256", "10.0.2.255", 512, TARGET_OCTETS },
		{ "10.0.0-1.1-254", "10.0.0.1+254 10.0.1.1+254", "10.0.1.254", 508, TARGET_OCTETS },
		{ "10.0.0.1,3,5-7,6", "10.0.0.1+1 10.0.0.3+1 10.0.0.5+3", "10.0.0.7", 5,
		  TARGET_OCTETS },
		{ "1-2.9.0.254-", "1.9.0.254+2 2.9.0.254+2", "2.9.0.255", 4, TARGET_OCTETS },
		{ "1,3.2.4-5.9,200",
		  "1.2.4.9+1 1.2.4.200+1 1.2.5.9+1 1.2.5.200+1 3.2.4.9+1 "
		  "3.2.4.200+1 3.2.5.9+1 3.2.5.200+1",
		  "3.2.5.200", 8, TARGET_OCTETS },
		{ "10.0.0.1-10.0.2.7", "10.0.0.1+519", "10.0.2.7", 519, TARGET_RANGE },
		{ "0.0.0.0-255.255.255.255", "0.0.0.0+4294967296", "255.255.255.255", 1ull << 32,
		  TARGET_RANGE },
		{ "2001:db8::1-2001:db8::ff", "2001:db8::1+255", "2001:db8::ff", 255,
		  TARGET_RANGE },
		{ "::ffff:0:0:0-0:0:0:1::", "::ffff:0:0:0+281474976710657",
		  "0:0:0:1::", (1ull << 48) + 1, TARGET_RANGE },
		{ "::-ffff::", "::+18446744073709551615", "ffff::", UINT64_MAX, TARGET_RANGE },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char buf[300], text[IP_TEXT_LEN];
		struct target t;

		CHECK_EQ(target_scan(cases[i].text, &t, NULL), 0);
		CHECK_EQ(t.kind, cases[i].kind);
		CHECK_STR(runs(&t, buf, sizeof(buf)), cases[i].runs);
		CHECK_STR(ip_format(&t.last, text), cases[i].last);
		CHECK_EQ(target_count(&t), cases[i].count);
		CHECK_EQ(t.zone[0], 0);
	}
}

TEST(target_bounds_the_runs_of_a_range)
{
	struct target t = { .kind = 77 };
	struct err err;

	CHECK_EQ(target_scan("10.0-255.0-255.1-254", &t, &err), 0);
	CHECK_EQ(target_count(&t), 65536 * 254);
	t.kind = 77;
	CHECK_EQ(target_scan("10-11.0-255.0-255.1-254", &t, &err), -E2BIG);
	CHECK_HAS(err.text, "131072 separate runs");
	CHECK_EQ(target_scan("*.*.*.1", &t, &err), -E2BIG);
	CHECK_EQ(t.kind, 77);
}

/* The whole of it against a walk over every address. */
TEST(target_runs_are_the_addresses_whose_octets_fit)
{
	static const char *const texts[] = { "10.0.0-2,9.250-,3", "10.0.254-.*", "10.0.*.7,9" };

	for (size_t k = 0; k < ARRAY_LEN(texts); k++) {
		struct target_walk w = { 0 };
		struct ip_addr first = { 0 };
		uint64_t n = 0, left = 0;
		struct target t;

		CHECK_EQ(target_scan(texts[k], &t, NULL), 0);
		for (uint32_t v = 0; v < 65536; v++) {
			bool in = false;

			if (left == 0 && target_next(&t, &w, &first, &n))
				left = n;
			if (left > 0 && ip4_u32(&first) + (n - left) == 0x0a000000 + v) {
				left--;
				in = true;
			}
			switch (k) {
			case 0:
				CHECK_EQ(in, (v >> 8 <= 2 || v >> 8 == 9) &&
						     ((v & 255) >= 250 || (v & 255) == 3));
				break;
			case 1:
				CHECK_EQ(in, v >> 8 >= 254);
				break;
			default:
				CHECK_EQ(in, (v & 255) == 7 || (v & 255) == 9);
				break;
			}
		}
		CHECK(left == 0 && !target_next(&t, &w, &first, &n));
	}
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
		{ "10.0.0.50-1", "octet 4" },
		{ "10.0.0.1-256", "octet 4" },
		{ "10.0.0.1,,2", "octet 4" },
		{ "10.0.0,.1", "octet 3" },
		{ "10.0.01-2.1", "octet 3" },
		{ "10.0.0.1--2", "octet 4" },
		{ "10..0-1.1", "octet 2" },
		{ "10.0.0.**", "octet 4" },
		{ "10.0-1.1", "four numbers" },
		{ "10.0.0.9-10.0.0.1", "ends before it begins" },
		{ "10.0.0.9-10.0.0.256", "no range" },
		{ "::2-::1", "ends before it begins" },
		{ "::1-10.0.0.1", "no range" },
		{ "10.0.0.1-::1", "no range" },
		{ "::1-", "no range" },
		{ "::1-ff", "no range" },
		{ "-::1", "no range" },
		{ "::1-::2-::3", "IPv6" },
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
