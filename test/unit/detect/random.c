/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"
#include "test.h"

static struct ip_addr shuffled(unsigned i)
{
	return ip4_of(0x0a000000 + (i * 40503u + 77) % 65536);
}

static void show_both_ways(struct feed *f)
{
	const struct ip_addr other = feed_addr("192.0.2.2");

	for (unsigned i = 0; i < 4; i++) {
		struct ip_addr to = ip4_of(0x0b000000 + i * 77 % 50);

		feed_echo(f, &other, &to, false, 1, 1);
		feed_echo(f, &to, &other, true, 1, 1);
	}
}

TEST(random_is_found_by_contacts_that_fail)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1");
	const struct detect_alert *a;

	show_both_ways(f);
	for (unsigned i = 0; i < 20; i++) {
		struct ip_addr to = shuffled(i);

		feed_echo(f, &me, &to, false, 7, 1);
		feed_wait(f, 500 * NS_PER_MS);
	}
	feed_wait(f, 3 * NS_PER_S);
	a = feed_told(f, "sweep.random");
	CHECK(a);
	CHECK(a->contact >= 9 && a->contact <= 20);
	CHECK_STR(a->reason[0].what, "cusum");
	CHECK(a->alive == 0);
	feed_free(f);
}

TEST(random_is_found_by_errors_at_once)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1"), router = feed_addr("192.0.2.254");

	for (unsigned i = 0; i < 15; i++) {
		struct ip_addr to = shuffled(i);
		const struct feed_quote q = { me, to, IP_PROTO_ICMP4, 0, 0 };

		feed_echo(f, &me, &to, false, 7, 1);
		feed_error(f, &router, &me, 3, 1, 0, &q);
		f->t_ns += NS_PER_MS;
	}
	CHECK(feed_told(f, "sweep.random"));
	CHECK(feed_told(f, "sweep.random")->contact <= 12);
	feed_free(f);
}

TEST(silence_is_no_evidence_where_one_way_is_seen)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1");

	for (unsigned i = 0; i < 20; i++) {
		struct ip_addr to = shuffled(i);

		feed_echo(f, &me, &to, false, 7, 1);
		feed_wait(f, NS_PER_S);
	}
	CHECK(!feed_told(f, "sweep.random"));
	CHECK(detect_sums(f->d).pairing == 0);
	feed_free(f);
}

TEST(many_hosts_that_answer_are_low)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1");
	const struct detect_alert *a;

	for (unsigned i = 0; i < 100; i++) {
		struct ip_addr to = shuffled(i);

		feed_echo(f, &me, &to, false, 7, 1);
		feed_echo(f, &to, &me, true, 7, 1);
		f->t_ns += NS_PER_MS;
	}
	a = feed_told(f, "sweep.random");
	CHECK(a);
	CHECK_EQ(a->severity, DETECT_LOW);
	CHECK_EQ(a->contact, 25);
	CHECK(a->alive > 0.9);
	feed_free(f);
}

TEST(pinging_few_dead_hosts_is_no_sweep)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1");

	show_both_ways(f);
	for (unsigned i = 0; i < 400; i++) {
		struct ip_addr to = shuffled(i % 5);

		feed_echo(f, &me, &to, false, 7, (uint16_t)i);
		feed_wait(f, 30 * NS_PER_S);
	}
	CHECK_EQ(f->n, 0);
	feed_free(f);
}
