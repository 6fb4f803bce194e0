/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"
#include "test.h"

static void answer(struct feed *f, bool asked)
{
	const struct ip_addr me = feed_addr("192.0.2.1"), a = feed_addr("192.0.2.7"),
			     b = feed_addr("192.0.2.8");

	for (unsigned i = 0; i < 4; i++) { /* both ways are seen */
		struct ip_addr to = ip4_of(0x0b000000 + i * 41);

		feed_echo(f, &a, &to, false, 1, 1);
		feed_echo(f, &to, &a, true, 1, 1);
	}
	feed_echo(f, &b, &a, false, 1, 1);
	feed_wait(f, 61 * NS_PER_S);
	for (unsigned i = 0; i < 8; i++) {
		struct ip_addr to = ip4_of(0x0a000000 + i);

		if (asked)
			feed_echo(f, &to, &me, false, 1, 1);
		feed_echo(f, &me, &to, true, 1, 1);
	}
}

TEST(inverse_mapping_is_told_at_the_eighth_host)
{
	struct feed *f = feed_new();

	answer(f, false);
	CHECK(feed_told(f, "inverse"));
	CHECK_EQ(feed_told(f, "inverse")->severity, DETECT_MEDIUM);
	feed_free(f);
}

TEST(answers_that_were_asked_for_are_none)
{
	struct feed *f = feed_new();

	answer(f, true);
	CHECK(!feed_told(f, "inverse"));
	feed_free(f);
}

TEST(nothing_is_unasked_while_warming_up)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1");

	for (unsigned i = 0; i < 20; i++) {
		struct ip_addr to = ip4_of(0x0a000000 + i);

		feed_echo(f, &me, &to, true, 1, 1);
	}
	CHECK(!feed_told(f, "inverse"));
	feed_free(f);
}
