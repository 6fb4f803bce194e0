/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"
#include "test.h"

static const struct span body = { (const uint8_t[12]){ 0 }, 12 };

TEST(odd_types_are_named_by_what_they_are)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1"), to = feed_addr("192.0.2.9");

	feed_icmp(f, &me, &to, 30, 0, 1, body);
	CHECK(feed_told(f, "type.deprecated"));
	CHECK(!feed_told(f, "type.unassigned"));
	feed_icmp(f, &me, &to, 200, 0, 1, body);
	CHECK(feed_told(f, "type.unassigned"));
	CHECK_EQ(feed_told(f, "type.unassigned")->severity, DETECT_LOW);
	feed_free(f);
}

TEST(odd_types_in_number_are_medium)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1"), to = feed_addr("192.0.2.9");

	for (uint8_t t = 200; t < 208; t++)
		feed_icmp(f, &me, &to, t, 0, 1, body);
	CHECK_EQ(feed_told(f, "type.unassigned")->severity, DETECT_MEDIUM);
	feed_free(f);
}

TEST(odd_is_icmp_of_the_other_family)
{
	/* An IPv4 packet that carries ICMPv6. */
	static const uint8_t frame[] = {
		0x45, 0, 0,   28, 0, 0, 0,   0, 64, 58, 0, 0, 192, 0,
		2,    1, 192, 0,  2, 2, 128, 0, 0,  0,  0, 1, 0,   1,
	};
	struct feed *f = feed_new();

	feed_frame(f, frame, sizeof(frame));
	CHECK(feed_told(f, "type.family"));
	feed_free(f);
}

TEST(ordinary_types_are_not_odd)
{
	struct feed *f = feed_new();
	const struct ip_addr a = feed_addr("192.0.2.1"), b = feed_addr("192.0.2.9");

	feed_echo(f, &a, &b, false, 1, 1);
	feed_echo(f, &b, &a, true, 1, 1);
	feed_icmp(f, &a, &b, 13, 0, 1, body);
	CHECK_EQ(feed_count(f, "type.deprecated") + feed_count(f, "type.unassigned"), 0);
	feed_free(f);
}
