/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"
#include "test.h"
#include "wire/tcp.h"

TEST(ports_that_refuse_one_source_are_a_scan)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1"), host = feed_addr("198.51.100.9");

	for (uint16_t i = 0; i < 18; i++) {
		const struct feed_quote q = { me, host, IP_PROTO_UDP, (uint16_t)(100 + 31 * i), 0 };

		feed_error(f, &host, &me, 3, 3, 0, &q);
		if (i == 13)
			CHECK(!feed_told(f, "scan.udp"));
	}
	CHECK(feed_told(f, "scan.udp"));
	CHECK_EQ(feed_told(f, "scan.udp")->severity, DETECT_MEDIUM);
	CHECK(ip_eq(&feed_told(f, "scan.udp")->src, &me));
	CHECK(ip_eq(&feed_told(f, "scan.udp")->dst, &host));
	feed_free(f);
}

TEST(one_port_refused_again_and_again_is_no_scan)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1"), host = feed_addr("198.51.100.9");
	const struct feed_quote q = { me, host, IP_PROTO_UDP, 53, 0 };

	for (unsigned i = 0; i < 100; i++)
		feed_error(f, &host, &me, 3, 3, 0, &q);
	CHECK(!feed_told(f, "scan.udp"));
	feed_free(f);
}

TEST(resets_of_closed_ports_are_a_tcp_scan_others_are_none)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1"), host = feed_addr("198.51.100.9");

	for (uint16_t i = 0; i < 40; i++)
		feed_tcp(f, &host, &me, (uint16_t)(100 + i), 40000, TCP_RST | TCP_ACK, 77);
	CHECK(!feed_told(f, "scan.tcp")); /* of connections that stood */
	for (uint16_t i = 0; i < 40; i++)
		feed_tcp(f, &host, &me, (uint16_t)(100 + i), 40000, TCP_RST | TCP_ACK, 0);
	CHECK(feed_told(f, "scan.tcp"));
	feed_free(f);
}

TEST(hosts_that_refuse_one_source_are_a_scan)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1");

	for (uint16_t i = 0; i < 40; i++) {
		struct ip_addr host = ip4_of(0x0a000000 + i);
		const struct feed_quote q = { me, host, IP_PROTO_TCP, 23, 0 };

		feed_error(f, &host, &me, 3, 13, 0, &q);
	}
	CHECK(feed_told(f, "scan.tcp"));
	CHECK_EQ(feed_told(f, "scan.tcp")->dst.family, 0);
	CHECK_STR(feed_told(f, "scan.tcp")->reason[0].what, "scan_hosts");
	feed_free(f);
}
