/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"
#include "test.h"

static void knock(struct feed *f, unsigned packets, unsigned hosts, bool reply)
{
	for (unsigned i = 0; i < packets; i++) {
		struct ip_addr from = ip4_of(0x14000000 + i % 9 * 7919);
		struct ip_addr to = ip4_of(0x0a000000 + i * 101 % hosts);

		feed_echo(f, &from, &to, reply, 1, (uint16_t)i);
	}
	feed_wait(f, 10 * NS_PER_S);
}

static struct feed *with_dark(void)
{
	struct feed *f = feed_new();

	f->conf.dark[f->conf.dark_n++] = feed_prefix("10.0.0.0/24");
	knock(f, 1, 1, false); /* the clock of the bins begins */
	return f;
}

TEST(spike_of_requests_is_told_after_two_bins)
{
	struct feed *f = with_dark();
	const struct detect_alert *a;

	for (unsigned i = 0; i < 30; i++)
		knock(f, 2, 200, false);
	CHECK(!feed_told(f, "dark.spike"));
	knock(f, 40, 200, false);
	knock(f, 40, 200, false);
	knock(f, 40, 200, false);
	a = feed_told(f, "dark.spike");
	CHECK(a);
	CHECK_EQ(a->severity, DETECT_MEDIUM);
	CHECK_EQ(a->targets.len, 24);
	CHECK(a->dark >= 30);
	CHECK(!feed_told(f, "dark.backscatter"));
	feed_free(f);
}

TEST(spike_of_answers_is_backscatter)
{
	struct feed *f = with_dark();

	for (unsigned i = 0; i < 3; i++)
		knock(f, 40, 200, true);
	CHECK(feed_told(f, "dark.backscatter"));
	CHECK_EQ(feed_told(f, "dark.backscatter")->severity, DETECT_LOW);
	CHECK(!feed_told(f, "dark.spike"));
	feed_free(f);
}

TEST(few_unused_addresses_make_no_spike)
{
	struct feed *f = with_dark();

	for (unsigned i = 0; i < 3; i++)
		knock(f, 100, 2, false);
	CHECK(!feed_told(f, "dark.spike"));
	feed_free(f);
}

TEST(spike_in_a_steady_noise_is_measured_by_it)
{
	struct feed *f = with_dark();

	for (unsigned i = 0; i < 400; i++)
		knock(f, 12 + i % 7, 200, false);
	CHECK(!feed_told(f, "dark.spike"));
	knock(f, 300, 200, false);
	CHECK(feed_told(f, "dark.spike"));
	feed_free(f);
}
