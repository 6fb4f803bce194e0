/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"
#include "test.h"

static const struct detect_alert *probe(struct feed *f, unsigned bursts, unsigned each,
					unsigned hosts)
{
	const struct ip_addr host = feed_addr("192.0.2.53");

	for (unsigned b = 0; b < bursts; b++) {
		for (unsigned i = 0; i < each; i++) {
			struct ip_addr to = ip4_of(0x0a000000 + i % hosts * 7919);
			struct feed_quote q = { to, host, IP_PROTO_UDP,
						(uint16_t)(1024 + b * 50 + i), 0 };

			feed_error(f, &host, &to, 3, 3, 0, &q);
			f->t_ns += 100 * NS_PER_US;
		}
		f->t_ns += 50 * NS_PER_MS;
	}
	return feed_told(f, "limiter.probing");
}

TEST(limiter_probing_is_told_after_fifty_bursts)
{
	struct feed *f = feed_new();
	const struct detect_alert *a;

	CHECK(!probe(f, 49, 50, 1));
	a = probe(f, 1, 50, 1);
	CHECK(a);
	CHECK_EQ(a->severity, DETECT_HIGH);
	CHECK_EQ(ip4_u32(&a->dst), 0xc0000235);
	feed_free(f);
}

TEST(few_or_spread_refusals_probe_no_limiter)
{
	struct feed *f = feed_new();

	CHECK(!probe(f, 100, 20, 1));
	CHECK(!probe(f, 100, 50, 25));
	feed_free(f);
}
