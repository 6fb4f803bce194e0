/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/detector.h"
#include "feed.h"
#include "test.h"

TEST(dark_space_that_is_given_is_dark_at_once)
{
	struct feed *f = feed_new();
	const struct ip_addr in = feed_addr("10.9.1.1"), out = feed_addr("10.8.1.1");

	f->conf.dark[f->conf.dark_n++] = feed_prefix("10.9.0.0/16");
	feed_wait(f, 0);
	CHECK(detect_is_dark(f->d, &in));
	CHECK(!detect_is_dark(f->d, &out));
	feed_free(f);
}

TEST(dark_space_is_learned_in_a_period)
{
	struct feed *f = feed_new();
	const struct ip_addr host = feed_addr("10.9.1.1"), unused = feed_addr("10.9.1.2"),
			     dead = feed_addr("10.9.1.3"), far = feed_addr("192.0.2.1");
	const struct feed_quote q = { far, dead, IP_PROTO_ICMP4, 0, 0 };

	f->conf.monitored[f->conf.monitored_n++] = feed_prefix("10.9.0.0/16");
	feed_echo(f, &host, &far, true, 1, 1);
	feed_error(f, &dead, &far, 3, 1, 0, &q); /* an error teaches nothing */
	CHECK(!detect_is_dark(f->d, &unused));   /* not learned yet */
	feed_wait(f, 86401 * NS_PER_S);
	CHECK(detect_is_dark(f->d, &unused));
	CHECK(detect_is_dark(f->d, &dead));
	CHECK(!detect_is_dark(f->d, &host));
	feed_wait(f, 86401 * NS_PER_S);
	CHECK(detect_is_dark(f->d, &host)); /* silent for a whole period */
	feed_free(f);
}

TEST(dark_space_of_ipv6_is_learned_by_64s)
{
	struct feed *f = feed_new();
	const struct ip_addr host = feed_addr("2001:db8:0:1::1"),
			     same = feed_addr("2001:db8:0:1::2"),
			     unused = feed_addr("2001:db8:0:2::1"), far = feed_addr("2001:db9::1");

	f->conf.monitored[f->conf.monitored_n++] = feed_prefix("2001:db8::/48");
	feed_echo(f, &host, &far, true, 1, 1);
	feed_wait(f, 86401 * NS_PER_S);
	CHECK(!detect_is_dark(f->d, &host));
	CHECK(!detect_is_dark(f->d, &same));
	CHECK(detect_is_dark(f->d, &unused));
	feed_free(f);
}

TEST(dark_space_that_takes_too_much_memory_is_refused)
{
	struct detect_conf conf;

	detect_defaults(&conf);
	CHECK(detect_size(&conf) > 0);
	conf.monitored[conf.monitored_n++] = feed_prefix("0.0.0.0/1");
	CHECK_EQ(detect_size(&conf), 0);
	conf.monitored[0] = feed_prefix("::/0");
	CHECK_EQ(detect_size(&conf), 0);
	conf.monitored[0] = feed_prefix("10.0.0.0/8");
	CHECK(detect_size(&conf) > 0);
}
