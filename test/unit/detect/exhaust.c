/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"
#include "test.h"

static bool solicit(unsigned targets, uint64_t gap_ns)
{
	struct feed *f = feed_new();
	const struct ip_addr router = feed_addr("fe80::1"), group = feed_addr("ff02::1:ff00:1");
	struct ip_addr target = feed_addr("2001:db8:0:7::");
	bool told;

	for (unsigned i = 0; i < targets; i++) {
		target.octet[15] = (uint8_t)i;
		target.octet[9] = (uint8_t)(i >> 8);
		feed_icmp(f, &router, &group, 135, 0, 0, (struct span){ target.octet, 16 });
		f->t_ns += gap_ns;
	}
	told = feed_told(f, "nd.exhaustion") != NULL;
	if (told) {
		CHECK_EQ(feed_told(f, "nd.exhaustion")->targets.len, 64);
		CHECK(ip_eq(&feed_told(f, "nd.exhaustion")->src, &router));
	}
	feed_free(f);
	return told;
}

TEST(exhaustion_is_many_neighbours_in_ten_seconds)
{
	CHECK(solicit(100, NS_PER_MS));
	CHECK(!solicit(30, NS_PER_MS));
	CHECK(!solicit(200, 500 * NS_PER_MS));
}
