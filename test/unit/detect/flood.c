/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"
#include "test.h"

static void pour(struct feed *f, unsigned pps, unsigned seconds, unsigned sources)
{
	const struct ip_addr host = feed_addr("198.51.100.9");

	for (unsigned i = 0; i < pps * seconds; i++) {
		struct ip_addr from = ip4_of(0x0a000000 + i % sources);

		feed_echo(f, &from, &host, false, 1, (uint16_t)i);
		f->t_ns += NS_PER_S / pps;
	}
}

TEST(flood_of_a_thousand_is_high_at_once)
{
	struct feed *f = feed_new();
	const struct detect_alert *a;

	pour(f, 5000, 1, 1);
	a = feed_told(f, "flood.icmp");
	CHECK(a);
	CHECK_EQ(a->severity, DETECT_HIGH);
	CHECK_EQ(a->packet, 1000);
	CHECK_EQ(ip4_u32(&a->src), 0x0a000000);
	CHECK_EQ(ip4_u32(&a->dst), 0xc6336409);
	feed_free(f);
}

TEST(flood_of_a_few_hundred_is_medium_after_five_seconds)
{
	struct feed *f = feed_new();

	pour(f, 300, 4, 7);
	CHECK(!feed_told(f, "flood.icmp"));
	pour(f, 300, 3, 7);
	CHECK(feed_told(f, "flood.icmp"));
	CHECK_EQ(feed_told(f, "flood.icmp")->severity, DETECT_MEDIUM);
	CHECK_EQ(feed_told(f, "flood.icmp")->src.family, 0); /* no one sends most */
	feed_free(f);
}

TEST(fifty_a_second_are_no_flood)
{
	struct feed *f = feed_new();

	pour(f, 50, 60, 1);
	CHECK(!feed_told(f, "flood.icmp"));
	feed_free(f);
}

TEST(many_packets_to_many_hosts_are_no_flood)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1");

	for (unsigned i = 0; i < 20000; i++) {
		struct ip_addr to = ip4_of(0x0a000000 + i * 7919 % 65536);

		feed_echo(f, &me, &to, false, 1, 1);
		f->t_ns += 50 * NS_PER_US;
	}
	CHECK(!feed_told(f, "flood.icmp"));
	feed_free(f);
}
