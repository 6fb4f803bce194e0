/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "feed.h"
#include "test.h"

static uint8_t payload[1400];

static void echo(struct feed *f, bool reply, uint16_t seq, size_t len)
{
	const struct ip_addr a = feed_addr("192.0.2.1"), b = feed_addr("192.0.2.2");

	feed_icmp(f, reply ? &b : &a, reply ? &a : &b, reply ? 0 : 8, 0, 7u << 16 | seq,
		  (struct span){ payload, len });
}

TEST(tunnel_of_whole_packets_is_high)
{
	struct feed *f = feed_new();
	const struct ip_addr a = feed_addr("10.0.0.1"), b = feed_addr("10.0.0.2");
	const struct packet_spec spec = { .src = &a,
					  .dst = &b,
					  .proto = IP_PROTO_TCP,
					  .ttl = 64,
					  .payload = { payload + 1000, 40 } };
	struct wcur out = wcur(payload, 100);

	CHECK_EQ(packet_build(&spec, &out), 0);
	echo(f, false, 1, wcur_len(&out));
	CHECK(feed_told(f, "tunnel"));
	CHECK_EQ(feed_told(f, "tunnel")->severity, DETECT_HIGH);
	payload[10] ^= 1; /* a wrong checksum: something that begins with 0x45 */
	feed_free(f);
	f = feed_new();
	echo(f, false, 1, wcur_len(&out));
	CHECK(!feed_told(f, "tunnel"));
	feed_free(f);
	memset(payload, 0, sizeof(payload));
}

TEST(replies_that_differ_are_a_tunnel)
{
	struct feed *f = feed_new();

	for (uint16_t i = 0; i < 5; i++) {
		payload[50] = (uint8_t)i;
		echo(f, false, i, 64);
		payload[50] = 99;
		echo(f, true, i, 64);
	}
	CHECK(feed_told(f, "tunnel"));
	CHECK_EQ(feed_told(f, "tunnel")->severity, DETECT_MEDIUM);
	feed_free(f);
}

TEST(payloads_that_are_ever_new_are_exfiltration)
{
	struct feed *f = feed_new();

	for (uint16_t i = 0; i < 40; i++) {
		payload[40] = (uint8_t)(i + 1);
		payload[30] = (uint8_t)i;
		echo(f, false, i, 300);
		echo(f, true, i, 300);
	}
	CHECK(feed_told(f, "tunnel"));
	CHECK_STR(feed_told(f, "tunnel")->reason[0].what, "tunnel_novel");
	feed_free(f);
}

TEST(pings_with_a_clock_are_no_tunnel)
{
	struct feed *f = feed_new();

	for (uint16_t i = 0; i < 400; i++) {
		payload[0] = (uint8_t)i;
		payload[12] = (uint8_t)(i * 7);
		payload[40] = 77;
		echo(f, false, i, 56);
		echo(f, true, i, 56);
		f->t_ns += NS_PER_S;
	}
	CHECK(!feed_told(f, "tunnel"));
	feed_free(f);
}

TEST(three_weak_reasons_are_a_strong_one)
{
	struct feed *f = feed_new();

	for (uint16_t i = 0; i < 30; i++)
		echo(f, false, i, 1000u + i * 13u);
	CHECK(feed_told(f, "tunnel"));
	CHECK_EQ(feed_told(f, "tunnel")->severity, DETECT_HIGH);
	feed_free(f);
}
