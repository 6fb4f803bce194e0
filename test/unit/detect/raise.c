/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/detector.h"
#include "feed.h"
#include "test.h"

static void tell(struct feed *f, uint64_t thing, enum detect_severity severity, uint64_t packets)
{
	struct detect_alert a = detect_alert_of("x", severity, NULL, NULL);

	a.packets = packets;
	detect_raise(f->d, thing, &a);
}

TEST(raise_tells_new_things_growth_and_the_end)
{
	struct feed *f = feed_new();

	feed_wait(f, 0);
	tell(f, 1, DETECT_LOW, 0);
	CHECK_EQ(f->n, 1);
	CHECK_EQ(f->alert[0].state, DETECT_NEW);
	CHECK_EQ(f->alert[0].packets, 1);
	CHECK_EQ(f->alert[0].id, 1);
	for (unsigned i = 0; i < 8; i++)
		tell(f, 1, DETECT_LOW, 0);
	CHECK_EQ(f->n, 1);
	tell(f, 1, DETECT_LOW, 0); /* the tenth */
	CHECK_EQ(f->n, 2);
	CHECK_EQ(f->alert[1].state, DETECT_UPDATE);
	CHECK_EQ(f->alert[1].packets, 10);
	CHECK_EQ(f->alert[1].suppressed, 9);
	CHECK_EQ(f->alert[1].id, 1);
	tell(f, 1, DETECT_HIGH, 11);
	CHECK_EQ(f->n, 3);
	CHECK_EQ(f->alert[2].severity, DETECT_HIGH);
	tell(f, 1, DETECT_LOW, 12); /* it does not sink again */
	CHECK_EQ(f->n, 3);
	detect_end(f->d);
	CHECK_EQ(f->n, 4);
	CHECK_EQ(f->alert[3].state, DETECT_ENDED);
	CHECK_EQ(f->alert[3].severity, DETECT_HIGH);
	CHECK_EQ(f->alert[3].packets, 12);
	CHECK_EQ(f->alert[3].suppressed, 1);
	feed_free(f);
}

TEST(raise_ends_what_was_quiet)
{
	struct feed *f = feed_new();

	feed_wait(f, 0);
	feed_wait(f, NS_PER_S);
	tell(f, 1, DETECT_LOW, 0);
	feed_wait(f, 599 * NS_PER_S);
	CHECK_EQ(f->n, 1);
	feed_wait(f, 11 * NS_PER_S);
	CHECK_EQ(f->n, 2);
	CHECK_EQ(f->alert[1].state, DETECT_ENDED);
	tell(f, 1, DETECT_LOW, 0);
	CHECK_EQ(f->alert[2].state, DETECT_NEW);
	CHECK_EQ(f->alert[2].id, 2);
	feed_free(f);
}

TEST(raise_holds_so_many_things_and_no_more)
{
	struct feed *f = feed_new();

	f->conf.memory = DETECT_MEMORY_MIN;
	feed_wait(f, 0);
	for (uint64_t i = 0; i < 656; i++)
		tell(f, i * 77, DETECT_LOW, 0);
	CHECK(feed_count(f, "x") >= 656);
	CHECK_EQ(f->alert[f->n - 2].state, DETECT_ENDED);
	CHECK_EQ(f->alert[f->n - 2].id, 1);
	feed_free(f);
}

TEST(raise_counts_but_does_not_tell_what_is_ignored)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1");

	f->conf.ignored[f->conf.ignored_n++] = feed_prefix("192.0.2.0/24");
	for (unsigned i = 0; i < 20; i++) {
		struct ip_addr to = ip4_of(0x0a000000 + i);

		feed_echo(f, &me, &to, false, 1, 1);
	}
	CHECK_EQ(f->n, 0);
	CHECK(detect_sums(f->d).ignored > 0);
	CHECK_EQ(detect_sums(f->d).contacts, 20);
	feed_free(f);
}

TEST(reasons_beyond_the_last_place_are_left_out)
{
	struct detect_alert a = detect_alert_of("x", DETECT_LOW, NULL, NULL);

	for (unsigned i = 0; i < DETECT_REASONS_MAX + 3; i++)
		detect_because(&a, "r", i, 1);
	CHECK_EQ(a.reasons, DETECT_REASONS_MAX);
	CHECK(a.reason[DETECT_REASONS_MAX - 1].seen == DETECT_REASONS_MAX - 1);
}
