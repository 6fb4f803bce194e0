/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"
#include "test.h"

static bool guess(unsigned errors, unsigned seqs, uint8_t code, uint64_t gap_ns)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1"), peer = feed_addr("198.51.100.9");
	bool told;

	for (unsigned i = 0; i < errors; i++) {
		const struct feed_quote q = { me, peer, IP_PROTO_TCP, 179,
					      1000 + 65536 * (i % seqs) };

		feed_error(f, &peer, &me, 3, code, code == 4 ? 1400 : 0, &q);
		feed_wait(f, gap_ns);
	}
	told = feed_told(f, "tcp.blind") != NULL;
	feed_free(f);
	return told;
}

TEST(blind_attacks_guess_sequence_numbers)
{
	CHECK(guess(12, 12, 3, NS_PER_MS));
	CHECK(guess(12, 12, 4, NS_PER_MS));
	CHECK(!guess(12, 2, 3, NS_PER_MS)); /* retransmissions */
	CHECK(!guess(7, 7, 3, NS_PER_MS));
	CHECK(!guess(12, 12, 1, NS_PER_MS)); /* no stack aborts for it */
	CHECK(!guess(12, 12, 3, 5 * NS_PER_S));
}

static const struct detect_alert *too_big(struct feed *f, const char *from, const char *to,
					  uint32_t mtu)
{
	const struct ip_addr router = feed_addr(from), me = feed_addr(to);
	struct feed_quote q = { me, router, IP_PROTO_UDP, 53, 0 };
	const bool v4 = me.family == 4;

	feed_error(f, &router, &me, v4 ? 3 : 2, v4 ? 4 : 0, mtu, &q);
	return feed_told(f, "pmtu.low");
}

TEST(path_mtus_no_path_has_are_told)
{
	struct feed *f = feed_new();

	CHECK(!too_big(f, "192.0.2.1", "192.0.2.2", 1400));
	CHECK(!too_big(f, "192.0.2.1", "192.0.2.2", 0));
	CHECK(!too_big(f, "2001:db8::1", "2001:db8::2", 1280));
	CHECK(too_big(f, "192.0.2.1", "192.0.2.2", 500));
	CHECK_EQ(feed_told(f, "pmtu.low")->severity, DETECT_LOW);
	CHECK(too_big(f, "2001:db8::1", "2001:db8::2", 1279));
	CHECK_EQ(feed_told(f, "pmtu.low")->severity, DETECT_MEDIUM);
	feed_free(f);
}

TEST(errors_about_a_packet_of_somebody_else_are_foreign)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1"), peer = feed_addr("198.51.100.9"),
			     other = feed_addr("192.0.2.2");
	struct feed_quote q = { me, peer, IP_PROTO_UDP, 53, 0 };

	feed_error(f, &peer, &me, 3, 3, 0, &q);
	CHECK(!feed_told(f, "error.foreign"));
	q.src = other;
	feed_error(f, &peer, &me, 3, 3, 0, &q);
	CHECK(feed_told(f, "error.foreign"));
	feed_free(f);
}
