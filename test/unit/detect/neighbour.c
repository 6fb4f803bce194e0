/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"
#include "test.h"
#include "wire/nd.h"

static void send(struct feed *f, const struct nd_msg *m, const char *from, uint8_t ttl)
{
	const struct ip_addr src = feed_addr(from), all = feed_addr("ff02::1");
	uint8_t msg[512], frame[600];
	struct wcur out = wcur(msg, sizeof(msg)), whole = wcur(frame, sizeof(frame));
	struct packet_spec spec = { .src = &src, .dst = &all, .proto = IP_PROTO_ICMP6, .ttl = ttl };

	CHECK_EQ(nd_build(m, &src, &all, &out), 0);
	spec.payload = (struct span){ msg, wcur_len(&out) };
	CHECK_EQ(packet_build(&spec, &whole), 0);
	feed_frame(f, frame, wcur_len(&whole));
}

static void advertise(struct feed *f, const char *from, uint16_t lifetime_s, uint8_t ttl)
{
	const struct nd_msg m = { .type = ND_RA, .lifetime_s = lifetime_s };

	send(f, &m, from, ttl);
}

static void own(struct feed *f, uint8_t mac)
{
	const struct nd_msg m = { .type = ND_NA,
				  .target = feed_addr("2001:db8::5"),
				  .has_tlla = true,
				  .tlla = { { 2, 0, 0, 0, 0, mac } } };

	send(f, &m, "fe80::5", 255);
}

TEST(neighbours_and_routers_as_usual_are_no_alert)
{
	struct feed *f = feed_new();

	for (unsigned i = 0; i < 10; i++) {
		advertise(f, "fe80::1", 1800, 255);
		advertise(f, "fe80::2", 0, 255); /* never serves: announces prefixes only */
		own(f, 1);
		feed_wait(f, 30 * NS_PER_S);
	}
	CHECK_EQ(f->n, 0);
	feed_free(f);
}

TEST(router_from_beyond_the_link_is_rogue)
{
	struct feed *f = feed_new();

	advertise(f, "fe80::1", 1800, 64);
	CHECK(feed_told(f, "router.rogue"));
	CHECK_EQ(feed_told(f, "router.rogue")->severity, DETECT_HIGH);
	feed_free(f);
}

TEST(router_that_is_not_known_is_rogue_where_some_are)
{
	struct feed *f = feed_new();

	f->conf.router[f->conf.router_n++] = feed_addr("fe80::1");
	advertise(f, "fe80::1", 1800, 255);
	CHECK_EQ(f->n, 0);
	advertise(f, "fe80::bad", 1800, 255);
	CHECK_EQ(feed_told(f, "router.rogue")->severity, DETECT_HIGH);
	feed_free(f);
}

TEST(router_that_is_made_to_resign_again_and_again_is_medium)
{
	struct feed *f = feed_new();

	advertise(f, "fe80::1", 1800, 255);
	advertise(f, "fe80::1", 0, 255);
	CHECK_EQ(feed_told(f, "router.rogue")->severity, DETECT_LOW);
	advertise(f, "fe80::1", 1800, 255);
	advertise(f, "fe80::1", 0, 255);
	CHECK_EQ(feed_told(f, "router.rogue")->severity, DETECT_MEDIUM);
	feed_free(f);
}

TEST(routers_in_number_are_told)
{
	struct feed *f = feed_new();

	advertise(f, "fe80::1", 1800, 255);
	advertise(f, "fe80::2", 1800, 255);
	advertise(f, "fe80::3", 1800, 255);
	CHECK_EQ(f->n, 0);
	advertise(f, "fe80::4", 1800, 255);
	CHECK(feed_told(f, "router.rogue"));
	feed_free(f);
}

TEST(neighbour_whose_address_flips_is_spoofed)
{
	struct feed *f = feed_new();

	own(f, 1);
	own(f, 2);
	CHECK_EQ(feed_told(f, "neighbour.spoof")->severity, DETECT_LOW);
	own(f, 1);
	CHECK_EQ(feed_told(f, "neighbour.spoof")->severity, DETECT_MEDIUM);
	feed_free(f);
}
