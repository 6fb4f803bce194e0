/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"
#include "test.h"

TEST(smurf_from_a_group_is_forged)
{
	struct feed *f = feed_new();
	const struct ip_addr group = feed_addr("ff02::1"), host = feed_addr("2001:db8::1");

	feed_echo(f, &group, &host, false, 1, 1);
	CHECK(feed_told(f, "flood.smurf"));
	CHECK_EQ(feed_told(f, "flood.smurf")->severity, DETECT_HIGH);
	feed_free(f);
}

TEST(smurf_to_a_directed_broadcast_is_seen_where_the_network_is_known)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1"), all = feed_addr("10.0.255.255"),
			     host = feed_addr("10.0.1.255");

	f->conf.monitored[f->conf.monitored_n++] = feed_prefix("10.0.0.0/16");
	feed_echo(f, &me, &host, false, 1, 1);
	CHECK(!feed_told(f, "flood.smurf"));
	feed_echo(f, &me, &all, false, 1, 1);
	CHECK(feed_told(f, "flood.smurf"));
	CHECK_EQ(feed_told(f, "flood.smurf")->severity, DETECT_LOW);
	feed_free(f);
}

static bool respond(bool asked, uint64_t gap_ns)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1");
	bool told;

	for (unsigned i = 0; i < 8; i++) {
		struct ip_addr host = ip4_of(0x0a000000 + i * 77);

		if (asked)
			feed_echo(f, &me, &host, false, 5, 6);
		feed_echo(f, &host, &me, true, 5, 6);
		f->t_ns += gap_ns;
	}
	told = feed_told(f, "flood.smurf") != NULL;
	feed_free(f);
	return told;
}

TEST(many_who_answer_one_request_are_an_amplifier)
{
	CHECK(respond(false, NS_PER_MS));
	CHECK(!respond(true, NS_PER_MS)); /* a sweep with one sequence number */
	CHECK(!respond(false, 2 * NS_PER_S));
}
