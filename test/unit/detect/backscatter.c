/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"
#include "test.h"
#include "wire/tcp.h"

static const struct detect_alert *scatter(struct feed *f, bool asked, unsigned hosts)
{
	const struct ip_addr victim = feed_addr("203.0.113.80");

	feed_wait(f, 0);
	feed_wait(f, 61 * NS_PER_S);
	for (unsigned i = 0; i < 60; i++) {
		struct ip_addr to = ip4_of(0x0a000000 + i % hosts * 7919);

		if (asked)
			feed_tcp(f, &to, &victim, (uint16_t)(1000 + i), 80, TCP_SYN, 9);
		feed_tcp(f, &victim, &to, 80, (uint16_t)(1000 + i), TCP_SYN | TCP_ACK, 9);
		feed_wait(f, 3 * NS_PER_S);
	}
	return feed_told(f, "backscatter");
}

TEST(backscatter_of_a_syn_flood_is_told_low)
{
	struct feed *f = feed_new();
	const struct detect_alert *a = scatter(f, false, 60);

	CHECK(a);
	CHECK_EQ(a->severity, DETECT_LOW);
	CHECK_EQ(ip4_u32(&a->src), 0xcb007150);
	feed_free(f);
}

TEST(a_busy_server_scatters_nothing)
{
	struct feed *f = feed_new();

	CHECK(!scatter(f, true, 60));
	feed_free(f);
}

TEST(answers_to_few_are_no_backscatter)
{
	struct feed *f = feed_new();

	CHECK(!scatter(f, false, 2));
	feed_free(f);
}

TEST(errors_about_one_victim_are_backscatter)
{
	struct feed *f = feed_new();
	const struct ip_addr victim = feed_addr("203.0.113.80"), router = feed_addr("192.0.2.254");

	feed_wait(f, 0);
	feed_wait(f, 61 * NS_PER_S);
	for (unsigned i = 0; i < 40; i++) {
		struct ip_addr to = ip4_of(0x0a000000 + i * 7919);
		const struct feed_quote q = { to, victim, IP_PROTO_TCP, 80, i };

		feed_error(f, &router, &to, 11, 0, 0, &q);
		feed_wait(f, 3 * NS_PER_S);
	}
	CHECK(feed_told(f, "backscatter"));
	CHECK(ip_eq(&feed_told(f, "backscatter")->src, &victim));
	feed_free(f);
}
