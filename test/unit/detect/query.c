/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"
#include "test.h"

static const struct span body = { (const uint8_t[12]){ 0 }, 12 };

TEST(query_of_one_host_is_low_of_five_medium)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1");

	for (unsigned i = 0; i < 5; i++) {
		struct ip_addr to = ip4_of(0x0a000000 + i);

		feed_icmp(f, &me, &to, 13, 0, 1, body);
		CHECK(feed_told(f, "query.probe"));
		CHECK_EQ(feed_told(f, "query.probe")->severity, i < 4 ? DETECT_LOW : DETECT_MEDIUM);
	}
	feed_free(f);
}

TEST(query_of_three_kinds_takes_a_fingerprint)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1"), to = feed_addr("192.0.2.9");

	feed_icmp(f, &me, &to, 13, 0, 1, body);
	feed_icmp(f, &me, &to, 17, 0, 1, body);
	CHECK_EQ(feed_told(f, "query.probe")->severity, DETECT_LOW);
	feed_icmp(f, &me, &to, 8, 9, 1, body);
	CHECK_EQ(feed_told(f, "query.probe")->severity, DETECT_MEDIUM);
	CHECK(ip_eq(&feed_told(f, "query.probe")->dst, &to));
	feed_free(f);
}

TEST(query_kinds_far_apart_are_no_fingerprint)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1"), to = feed_addr("192.0.2.9");
	static const uint8_t types[] = { 13, 17, 15, 42 };

	for (unsigned i = 0; i < ARRAY_LEN(types); i++) {
		feed_icmp(f, &me, &to, types[i], 0, 1, body);
		feed_wait(f, 40 * NS_PER_S);
	}
	CHECK_EQ(feed_told(f, "query.probe")->severity, DETECT_LOW);
	feed_free(f);
}

TEST(query_of_ipv6_is_seen_and_plain_echo_is_none)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("2001:db8::1"), to = feed_addr("2001:db8::2");

	feed_echo(f, &me, &to, false, 1, 1);
	CHECK(!feed_told(f, "query.probe"));
	feed_icmp(f, &me, &to, 139, 0, 1, body);
	CHECK(feed_told(f, "query.probe"));
	CHECK_STR(feed_told(f, "query.probe")->reason[0].what, "node information");
	feed_free(f);
}
