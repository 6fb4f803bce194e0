/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"
#include "test.h"

TEST(slow_is_found_over_hours)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1"), other = feed_addr("192.0.2.2");
	const struct detect_alert *a;

	for (unsigned i = 0; i < 4; i++) {
		struct ip_addr to = ip4_of(0x0b000000 + i * 77 % 50);

		feed_echo(f, &other, &to, false, 1, 1);
		feed_echo(f, &to, &other, true, 1, 1);
	}
	for (unsigned i = 0; i < 20; i++) {
		struct ip_addr to = ip4_of(0x0a000000 + (i * 40503u + 77) % 65536);

		feed_echo(f, &me, &to, false, 7, 1);
		feed_wait(f, 5 * NS_PER_S);
		feed_wait(f, 1800 * NS_PER_S);
	}
	a = feed_told(f, "sweep.slow");
	CHECK(a);
	CHECK(a->contact <= 13);
	CHECK(!feed_told(f, "sweep.random"));
	feed_free(f);
}

TEST(slow_sequences_are_sequential)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1");

	for (unsigned i = 0; i < 12; i++) {
		struct ip_addr to = ip4_of(0x0a000000 + i);

		feed_echo(f, &me, &to, false, 7, 1);
		feed_wait(f, 3600 * NS_PER_S);
	}
	CHECK(feed_told(f, "sweep.sequential"));
	CHECK(!feed_told(f, "sweep.slow"));
	feed_free(f);
}

TEST(unused_addresses_add_up)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1");

	f->conf.dark[f->conf.dark_n++] = feed_prefix("10.9.0.0/16");
	for (unsigned i = 0; i < 3; i++) {
		struct ip_addr to = ip4_of(0x0a090000 + (i * 40503u + 77) % 65536);

		feed_echo(f, &me, &to, false, 7, 1);
		feed_wait(f, 3600 * NS_PER_S);
	}
	CHECK(feed_told(f, "sweep.slow"));
	CHECK_EQ(feed_told(f, "sweep.slow")->dark, 3);
	feed_free(f);
}
