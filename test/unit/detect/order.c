/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"
#include "test.h"

static const struct detect_alert *sweep(struct feed *f, unsigned n, struct ip_addr (*nth)(unsigned))
{
	struct ip_addr me = nth(0);

	me.octet[0] ^= 0x80;
	for (unsigned i = 0; i < n; i++) {
		struct ip_addr to = nth(i);

		feed_echo(f, &me, &to, false, 7, 1);
		f->t_ns += NS_PER_MS;
	}
	return feed_told(f, "sweep.sequential");
}

static struct ip_addr natural(unsigned i)
{
	return ip4_of(0x0a000000 + 3 * i);
}

static struct ip_addr downward(unsigned i)
{
	return ip4_of(0x0a00ffff - i);
}

static struct ip_addr reversed(unsigned i)
{
	/* x.y.0.17, x.y.1.17 …, x.y.0.18: the last octet counts most. */
	return ip4_make(10, 0, (uint8_t)(i % 16), (uint8_t)(16 + i / 16));
}

static struct ip_addr six(unsigned i)
{
	struct ip_addr a = { .family = 6, .octet = { 0x20, 1, 0x0d, 0xb8 } };

	a.octet[15] = (uint8_t)i;
	a.octet[14] = (uint8_t)(i >> 8);
	return a;
}

static struct ip_addr shuffled(unsigned i)
{
	return ip4_of(0x0a000000 + (i * 40503u + 77) % 65536);
}

TEST(order_finds_a_sweep_at_its_twelfth_contact)
{
	struct feed *f = feed_new();
	const struct detect_alert *a = sweep(f, 12, natural);

	CHECK(a);
	CHECK_EQ(a->state, DETECT_NEW);
	CHECK_EQ(a->severity, DETECT_LOW); /* one reason */
	CHECK_EQ(a->contact, 12);
	CHECK_EQ(a->packet, 12);
	CHECK_EQ(a->run, 12);
	CHECK_EQ(a->stride, 3);
	CHECK(!a->reversed);
	CHECK_EQ(a->src.octet[0], 0x8a);
	CHECK_EQ(a->targets.len, 26);
	CHECK_EQ(a->reasons, 1);
	CHECK_STR(a->reason[0].what, "run");
	CHECK(a->reason[0].seen == 12 && a->reason[0].bound == 12);
	CHECK(a->distinct > 10 && a->distinct < 14 && a->distinct_error > 0);
	CHECK(a->alive < 0);
	feed_free(f);
}

TEST(order_says_nothing_one_contact_earlier)
{
	struct feed *f = feed_new();

	CHECK(!sweep(f, 11, natural));
	feed_free(f);
}

TEST(order_sees_descending_sweeps)
{
	struct feed *f = feed_new();
	const struct detect_alert *a = sweep(f, 12, downward);

	CHECK(a);
	CHECK_EQ(a->stride, -1);
	feed_free(f);
}

TEST(order_sees_byte_reversed_sweeps)
{
	struct feed *f = feed_new();
	const struct detect_alert *a = sweep(f, 64, reversed);

	CHECK(a);
	CHECK(a->contact <= 30);
	feed_free(f);
}

TEST(order_sees_sweeps_of_ipv6)
{
	struct feed *f = feed_new();
	const struct detect_alert *a = sweep(f, 12, six);

	CHECK(a);
	CHECK_EQ(a->run, 12);
	CHECK_EQ(a->targets.addr.family, 6);
	feed_free(f);
}

TEST(order_is_not_seen_in_shuffled_addresses)
{
	struct feed *f = feed_new();

	CHECK(!sweep(f, 200, shuffled));
	feed_free(f);
}

TEST(order_survives_retries_and_overtaking)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1");

	/* Each address twice, and every sixth pair swapped: no run of 12, but nearly all ascend. */
	for (unsigned i = 0; i < 60; i++) {
		unsigned at = i % 6 == 4 ? i + 1 : i % 6 == 5 ? i - 1 : i;
		struct ip_addr to = ip4_of(0x0a000000 + at);

		feed_echo(f, &me, &to, false, 7, 1);
		feed_echo(f, &me, &to, false, 7, 2);
		f->t_ns += NS_PER_MS;
	}
	CHECK(!feed_told(f, "sweep.sequential")); /* 26 of 31: under the bound */
	f->conf.threshold[DETECT_ascents] = 25;
	feed_free(f);
	f = feed_new();
	f->conf.threshold[DETECT_ascents] = 25;
	for (unsigned i = 0; i < 60; i++) {
		struct ip_addr to = ip4_of(0x0a000000 + (i % 6 == 4   ? i + 1
							 : i % 6 == 5 ? i - 1
								      : i));

		feed_echo(f, &me, &to, false, 7, 1);
		f->t_ns += NS_PER_MS;
	}
	CHECK(feed_told(f, "sweep.sequential"));
	CHECK_STR(feed_told(f, "sweep.sequential")->reason[0].what, "ascents");
	feed_free(f);
}

TEST(order_and_silence_agree_on_a_high_severity)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1"), other = feed_addr("192.0.2.2");

	/* Somebody else is answered: both ways are seen. */
	for (unsigned i = 0; i < 4; i++) {
		struct ip_addr to = ip4_of(0x0b000000 + i * 77 % 50);

		feed_echo(f, &other, &to, false, 1, 1);
		feed_echo(f, &to, &other, true, 1, 1);
	}
	for (unsigned i = 0; i < 64; i++) {
		struct ip_addr to = natural(i);

		feed_echo(f, &me, &to, false, 7, 1);
		feed_wait(f, 500 * NS_PER_MS);
	}
	CHECK(feed_told(f, "sweep.sequential"));
	CHECK_EQ(feed_told(f, "sweep.sequential")->severity, DETECT_HIGH);
	CHECK(feed_told(f, "sweep.sequential")->alive == 0);
	CHECK(!feed_told(f, "sweep.random"));
	feed_free(f);
}

TEST(a_monitor_in_order_is_low)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1");
	const struct detect_alert *a;

	for (unsigned round = 0; round < 60; round++) {
		for (unsigned i = 0; i < 20; i++) {
			struct ip_addr to = natural(i);

			feed_echo(f, &me, &to, false, 7, (uint16_t)round);
			f->t_ns += NS_PER_MS;
			feed_echo(f, &to, &me, true, 7, (uint16_t)round);
		}
		feed_wait(f, 60 * NS_PER_S);
	}
	for (unsigned i = 0; i < f->n; i++)
		CHECK_EQ(f->alert[i].severity, DETECT_LOW);
	/* A new host in its inventory: it is known for what it is. */
	for (unsigned i = 20; i < 24; i++) {
		struct ip_addr to = natural(i);

		feed_echo(f, &me, &to, false, 7, 99);
	}
	a = feed_told(f, "sweep.monitor");
	CHECK(a);
	CHECK_EQ(a->severity, DETECT_LOW);
	CHECK(a->alive > 0.8);
	feed_free(f);
}
