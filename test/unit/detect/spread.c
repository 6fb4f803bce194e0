/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"
#include "test.h"

static void share(struct feed *f, unsigned sources, unsigned contacts)
{
	for (unsigned i = 0; i < contacts; i++) {
		struct ip_addr from = ip4_of(0x14000000 + i * 2654435761u % sources * 7919);
		struct ip_addr to = ip4_of(0x0a000000 + i * 101 % 256);

		feed_echo(f, &from, &to, false, 1, 1);
		f->t_ns += 100 * NS_PER_MS;
	}
}

TEST(spread_over_many_sources_is_one_sweep)
{
	struct feed *f = feed_new();
	const struct detect_alert *a;

	share(f, 40, 128);
	a = feed_told(f, "sweep.distributed");
	CHECK(a);
	CHECK_EQ(a->severity, DETECT_MEDIUM);
	CHECK_EQ(a->src.family, 0);
	CHECK_EQ(a->targets.len, 24);
	CHECK_EQ(ip4_u32(&a->targets.addr), 0x0a000000);
	CHECK(a->distinct > 20);
	feed_free(f);
}

TEST(few_sources_share_nothing)
{
	struct feed *f = feed_new();

	share(f, 4, 60);
	CHECK(!feed_told(f, "sweep.distributed"));
	feed_free(f);
}

TEST(a_busy_server_is_no_network)
{
	struct feed *f = feed_new();

	for (unsigned i = 0; i < 500; i++) {
		struct ip_addr from = ip4_of(0x14000000 + i * 7919), to = feed_addr("10.0.0.1");

		feed_echo(f, &from, &to, false, 1, 1);
		f->t_ns += 100 * NS_PER_MS;
	}
	CHECK(!feed_told(f, "sweep.distributed"));
	feed_free(f);
}
