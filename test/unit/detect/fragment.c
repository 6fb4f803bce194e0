/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "feed.h"
#include "test.h"

/* An IPv4 fragment of ICMP, from octet @at of the message on, @len octets. */
static void send(struct feed *f, uint16_t id, unsigned at, unsigned len, bool more)
{
	uint8_t p[20 + 1480] = { 0x45, 0, (uint8_t)((20 + len) >> 8), (uint8_t)(20 + len) };

	p[4] = (uint8_t)(id >> 8);
	p[5] = (uint8_t)id;
	p[6] = (uint8_t)(at / 8 >> 8 | (more ? 0x20 : 0));
	p[7] = (uint8_t)(at / 8);
	p[8] = 64;
	p[9] = 1;
	memcpy(p + 12, (const uint8_t[8]){ 192, 0, 2, 1, 192, 0, 2, 2 }, 8);
	p[20] = at == 0 ? 8 : 0;
	feed_frame(f, p, 20 + len);
}

TEST(fragments_of_an_honest_message_are_no_abuse)
{
	struct feed *f = feed_new();

	send(f, 1, 0, 1480, true);
	send(f, 1, 1480, 1480, true);
	send(f, 1, 1480, 1480, true); /* twice the same */
	send(f, 1, 2960, 100, false);
	send(f, 2, 0, 1480, true); /* the next one has the same octets */
	CHECK_EQ(f->n, 0);
	feed_free(f);
}

TEST(fragment_beyond_the_end_is_the_ping_of_death)
{
	struct feed *f = feed_new();

	send(f, 1, 65120, 395, false);
	CHECK_EQ(f->n, 0); /* 65515: the longest there is */
	send(f, 2, 65120, 396, false);
	CHECK(feed_told(f, "fragment.death"));
	CHECK_EQ(feed_told(f, "fragment.death")->severity, DETECT_HIGH);
	feed_free(f);
}

TEST(fragment_over_another_is_abuse)
{
	struct feed *f = feed_new();

	send(f, 1, 0, 800, true);
	send(f, 1, 792, 800, false);
	CHECK(feed_told(f, "fragment.overlap"));
	feed_free(f);
}

TEST(fragment_without_a_header_is_tiny)
{
	struct feed *f = feed_new();

	send(f, 1, 0, 4, true);
	CHECK(feed_told(f, "fragment.tiny"));
	feed_free(f);
}
