/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"
#include "test.h"

static const struct detect_alert *expire(unsigned hops, uint64_t gap_ns, uint8_t code)
{
	static struct detect_alert kept;
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1"), to = feed_addr("198.51.100.9");
	const struct feed_quote q = { me, to, IP_PROTO_UDP, 33434, 0 };
	const struct detect_alert *a;

	for (unsigned i = 0; i < hops; i++) {
		struct ip_addr router = ip4_of(0x0a000001 + (i << 8));

		feed_error(f, &router, &me, 11, code, 0, &q);
		feed_wait(f, gap_ns);
	}
	a = feed_told(f, "traceroute");
	if (a)
		kept = *a;
	feed_free(f);
	return a ? &kept : NULL;
}

TEST(traceroute_is_labelled_and_low)
{
	const struct detect_alert *a = expire(3, NS_PER_S, 0);

	CHECK(a);
	CHECK_EQ(a->severity, DETECT_LOW);
	CHECK_EQ(ip4_u32(&a->src), 0xc0000201);
	CHECK_EQ(ip4_u32(&a->dst), 0xc6336409);
}

TEST(traceroute_needs_three_hops_in_three_minutes)
{
	CHECK(!expire(2, NS_PER_S, 0));
	CHECK(!expire(6, 100 * NS_PER_S, 0));
	CHECK(!expire(6, NS_PER_S, 1)); /* reassembly */
}
