/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"
#include "test.h"

#ifndef FORGED
#define FORGED 1000000u
#endif

TEST(contacts_are_counted_once_a_pair)
{
	struct feed *f = feed_new();
	const struct ip_addr a = feed_addr("192.0.2.1"), b = feed_addr("192.0.2.2");

	for (unsigned i = 0; i < 5; i++) {
		feed_echo(f, &a, &b, false, 1, (uint16_t)i);
		feed_echo(f, &b, &a, true, 1, (uint16_t)i);
	}
	feed_echo(f, &b, &a, false, 1, 1);
	CHECK_EQ(detect_sums(f->d).fed, 11);
	CHECK_EQ(detect_sums(f->d).contacts, 2);
	CHECK_EQ(detect_sums(f->d).sources, 2);
	CHECK(detect_sums(f->d).pairing < 0);
	feed_free(f);
}

TEST(forged_sources_grow_nothing_and_hide_nobody)
{
	struct feed *f = feed_new();
	const struct ip_addr scanner = feed_addr("192.0.2.1");
	uint64_t random = 88172645463325252u;
	const struct detect_alert *a;
	unsigned scanned = 0;

	for (unsigned i = 0; i < FORGED; i++) {
		struct ip_addr src, dst;

		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		src = ip4_of((uint32_t)random | 0x10000000);
		dst = ip4_of(0x0a000000 | (random >> 32 & 0xffff));
		if (i > FORGED / 2 && i % 1000 == 0) {
			src = scanner;
			dst = ip4_of(0x0a000000 + scanned++);
		}
		f->t_ns += 10 * NS_PER_US;
		feed_echo(f, &src, &dst, false, 1, 1);
	}
	a = feed_told(f, "sweep.sequential");
	CHECK(a);
	CHECK(ip_eq(&a->src, &scanner));
	CHECK(a->contact <= 30);
	CHECK(detect_sums(f->d).sources <= 30000);
	CHECK(detect_sums(f->d).contacts > FORGED - FORGED / 50);
	feed_free(f);
}

TEST(a_clock_that_is_set_back_goes_on)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1");

	for (unsigned i = 0; i < 40; i++) {
		struct ip_addr to = ip4_of(0x0a000000 + (i * 40503u + 77) % 65536);

		if (i == 20)
			f->t_ns -= 900 * NS_PER_S;
		feed_echo(f, &me, &to, false, 7, 1);
		f->t_ns += 60 * NS_PER_S;
	}
	CHECK_EQ(detect_sums(f->d).fed, 40);
	CHECK(!feed_told(f, "flood.icmp"));
	feed_free(f);
}
