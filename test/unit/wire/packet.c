/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/packet.h"

#include "octets.h"
#include "wire/icmp4.h"
#include "wire/icmp6.h"
#include "wire/ip6.h"
#include "wire/udp.h"

#define MACS "020000000002 020000000001 "

/* IP (tos 0xb8, ttl 63, id 0x1234, DF) 192.0.2.1 > 198.51.100.7: ICMP echo request, 4 octets */
#define ECHO4 "45b8 0020 1234 4000 3f01 3cb5 c0000201 c6336407 0800 2104 1234 0001 61626364"

/* IP6 (class 0x20, flow 0x12345, hlim 5) 2001:db8::1.53 > 2001:db8::2.4660: UDP, 2 octets */
#define UDP6                                                    \
	"62012345 000a 11 05 20010db8000000000000000000000001 " \
	"20010db8000000000000000000000002 0035 1234 000a 0000 6162"

TEST(packet_parse_outer_reads_every_field_of_ipv4)
{
	OCTETS(s, MACS "0800" ECHO4 "0000"); /* with link padding */
	struct packet p;

	CHECK_EQ(packet_parse_outer(LINK_ETHERNET, s, &p), 0);
	CHECK_EQ(p.family, 4);
	CHECK_EQ(p.proto, IP_PROTO_ICMP4);
	CHECK_EQ(p.ttl, 63);
	CHECK_EQ(p.tos, 0xb8);
	CHECK_EQ(p.depth, 1);
	CHECK_EQ(p.frag, PACKET_WHOLE);
	CHECK(!p.truncated && p.df && p.sum_ok && p.icmp);
	CHECK_EQ(p.icmp_type, 8);
	CHECK_EQ(p.icmp_code, 0);
	CHECK_EQ(p.sport, 0);
	CHECK_EQ(p.dport, 0);
	CHECK_EQ(p.ip_id, 0x1234);
	CHECK(is_addr(&p.src, "192.0.2.1"));
	CHECK(is_addr(&p.dst, "198.51.100.7"));
	CHECK(is_addr(&p.last_dst, "198.51.100.7"));
	CHECK(p.l3.p == s.p + 14 && p.l3.len == 32);
	CHECK(p.l4.p == s.p + 34 && p.l4.len == 12);
}

TEST(packet_parse_outer_reads_every_field_of_ipv6)
{
	OCTETS(s, MACS "8100 0007 86dd" UDP6);
	struct packet p;

	CHECK_EQ(packet_parse_outer(LINK_ETHERNET, s, &p), 0);
	CHECK_EQ(p.family, 6);
	CHECK_EQ(p.proto, IP_PROTO_UDP);
	CHECK_EQ(p.ttl, 5);
	CHECK_EQ(p.tos, 0x20);
	CHECK_EQ(p.flow, 0x12345);
	CHECK(!p.truncated && !p.df && p.sum_ok && !p.icmp);
	CHECK_EQ(p.sport, 53);
	CHECK_EQ(p.dport, 0x1234);
	CHECK(is_addr(&p.src, "2001:db8::1"));
	CHECK(is_addr(&p.dst, "2001:db8::2"));
	CHECK(p.l3.p == s.p + 18 && p.l3.len == 50);
	CHECK(p.l4.p == s.p + 58 && p.l4.len == 10);
}

TEST(packet_parse_tells_what_a_capture_cut)
{
	OCTETS(s, MACS "0800" ECHO4);
	struct packet p;

	for (size_t len = 34; len < s.len; len++) {
		CHECK_EQ(packet_parse(LINK_ETHERNET, (struct span){ s.p, len }, &p), 0);
		CHECK(p.truncated && p.icmp);
		CHECK_EQ(p.l4.len, len - 34);
		CHECK_EQ(p.icmp_type, len > 34 ? 8 : 0);
	}
}

TEST(packet_parse_refuses_and_leaves_result_alone)
{
	OCTETS(v4, MACS "0800" ECHO4);
	OCTETS(v6, MACS "86dd" UDP6);
	OCTETS(arp, MACS "0806 0001 0800 06 04 0001");
	OCTETS(lying, MACS "0800 55b8 0020 1234 4000 3f01 3cb5 c0000201 c6336407 0800");
	struct packet p = { .ttl = 99 };

	for (size_t len = 0; len < 34; len++)
		CHECK_EQ(packet_parse(LINK_ETHERNET, (struct span){ v4.p, len }, &p), -EMSGSIZE);
	for (size_t len = 0; len < 54; len++)
		CHECK_EQ(packet_parse(LINK_ETHERNET, (struct span){ v6.p, len }, &p), -EMSGSIZE);
	CHECK_EQ(packet_parse(LINK_ETHERNET, arp, &p), -ENOMSG);
	CHECK_EQ(packet_parse(LINK_ETHERNET, lying, &p), -EBADMSG);
	CHECK_EQ(packet_parse(LINK_TYPES, v4, &p), -EINVAL);
	CHECK_EQ(packet_parse_outer(LINK_TYPES, v4, &p), -EINVAL);
	CHECK_EQ(p.ttl, 99);
}

TEST(packet_parse_tells_fragments)
{
	static const struct {
		const char *field; /* of ECHO4 */
		unsigned frag;
		bool icmp;
	} cases[] = {
		{ "2000", PACKET_FRAG_FIRST, true },
		{ "2001", PACKET_FRAG_LATER, false },
		{ "0001", PACKET_FRAG_LATER, false },
		{ "4000", PACKET_WHOLE, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		OCTETS(s, ECHO4);
		struct packet p;

		octets(cases[i].field, s_room + 6, 2);
		CHECK_EQ(packet_parse(LINK_RAW, s, &p), 0);
		CHECK_EQ(p.frag, cases[i].frag);
		CHECK_EQ(p.icmp, cases[i].icmp);
		CHECK_EQ(p.icmp_type, cases[i].icmp ? 8 : 0);
		CHECK_EQ(p.l4.len, 12);
	}
}

#define HEAD6 \
	"60000000 0018 2c 40 20010db8000000000000000000000001 20010db8000000000000000000000002 "

TEST(packet_parse_passes_extension_headers)
{
	OCTETS(first, HEAD6 "3c00 0001 00000001 3a00 000000000000 8000 0000 1234 0001");
	OCTETS(later, HEAD6 "3a00 0009 00000001 3a00 000000000000 8000 0000 1234 0001");
	OCTETS(routed, "60000000 0020 2b 40 20010db8000000000000000000000001"
		       "20010db8000000000000000000000002 3a02 0001 00000000"
		       "20010db8000000000000000000000009 8000 0000 1234 0001");
	struct packet p;

	CHECK_EQ(packet_parse(LINK_RAW, first, &p), 0);
	CHECK_EQ(p.frag, PACKET_FRAG_FIRST);
	CHECK(p.icmp && p.icmp_type == 128 && p.l4.len == 8);
	CHECK_EQ(packet_parse(LINK_RAW, later, &p), 0);
	CHECK_EQ(p.frag, PACKET_FRAG_LATER);
	CHECK(!p.icmp);
	CHECK_EQ(packet_parse(LINK_RAW, routed, &p), 0);
	CHECK(is_addr(&p.dst, "2001:db8::2"));
	CHECK(is_addr(&p.last_dst, "2001:db8::9"));
	CHECK(p.icmp);
	CHECK_EQ(packet_parse(LINK_RAW, (struct span){ first.p, 50 }, &p), 0);
	CHECK(p.truncated && !p.icmp); /* cut within the chain */
	CHECK_EQ(p.proto, IP_PROTO_DSTOPTS);
	CHECK_EQ(p.l4.len, 0);
}

TEST(packet_icmp_counts_only_in_its_own_family)
{
	OCTETS(s, ECHO4);
	struct packet p;

	s_room[9] = IP_PROTO_ICMP6;
	CHECK_EQ(packet_parse(LINK_RAW, s, &p), 0);
	CHECK(!p.icmp);
}

TEST(packet_parse_reads_through_ah_in_ipv4)
{
	OCTETS(s, "4500 0030 1234 4000 3f33 0000 c0000201 c6336407"
		  "0104 0000 00000001 00000001 000000000000000000000000 0800 0000");
	struct packet p;

	CHECK_EQ(packet_parse_outer(LINK_RAW, s, &p), 0);
	CHECK_EQ(p.proto, IP_PROTO_ICMP4);
	CHECK(p.icmp && p.icmp_type == 8);
	CHECK_EQ(p.depth, 1);
	CHECK_EQ(packet_parse_outer(LINK_RAW, (struct span){ s.p, 40 }, &p), 0);
	CHECK(p.truncated && !p.icmp);
	CHECK_EQ(p.proto, IP_PROTO_AH);
}

/* IPv4 in IPv4, GRE in that, Ethernet in GRE, and the echo at last */
#define NESTED                                            \
	"4500 0000 0000 0000 4004 0000 0a000001 0a000002" \
	"4500 0000 0000 0000 402f 0000 0a000003 0a000004 0000 6558" MACS "0800" ECHO4

TEST(packet_parse_opens_tunnels_and_outer_does_not)
{
	OCTETS(s, NESTED);
	struct packet p;

	CHECK_EQ(packet_parse(LINK_RAW, s, &p), 0);
	CHECK_EQ(p.depth, 3);
	CHECK(p.icmp && p.icmp_type == 8);
	CHECK(is_addr(&p.src, "192.0.2.1"));
	CHECK_EQ(packet_parse_outer(LINK_RAW, s, &p), 0);
	CHECK_EQ(p.depth, 1);
	CHECK(!p.icmp);
	CHECK_EQ(p.proto, IP_PROTO_IP4);
	CHECK(is_addr(&p.src, "10.0.0.1"));
}

TEST(packet_parse_keeps_a_tunnel_closed_that_holds_no_packet)
{
	/* VXLAN's port and flag, but an ARP frame, then nothing at all behind it */
	OCTETS(arp, "4500 0000 0000 0000 4011 0000 0a000001 0a000002 c000 12b5 0030 0000"
		    "08000000 00000100" MACS "0806 0001");
	OCTETS(dns, "4500 0000 0000 0000 4011 0000 0a000001 0a000002 12b5 c000 0009 0000 ff");
	struct packet p;

	CHECK_EQ(packet_parse(LINK_RAW, arp, &p), 0);
	CHECK_EQ(p.proto, IP_PROTO_UDP);
	CHECK_EQ(p.dport, 4789);
	CHECK_EQ(p.depth, 1);
	CHECK_EQ(packet_parse(LINK_RAW, dns, &p), 0);
	CHECK_EQ(p.sport, 4789);
}

TEST(packet_parse_ends_at_its_bounds)
{
	static uint8_t deep[IP4_MIN_LEN * (PACKET_DEPTH_MAX + 3)];
	static uint8_t tags[12 + 4 * (PACKET_LAYERS_MAX + 1) + 2 + IP4_MIN_LEN];
	OCTETS(ip, "4500 0000 0000 0000 4004 0000 0a000001 0a000002");
	struct packet p = { .ttl = 99 };

	for (size_t at = 0; at < sizeof(deep); at += IP4_MIN_LEN)
		memcpy(deep + at, ip.p, ip.len);
	CHECK_EQ(packet_parse(LINK_RAW, (struct span){ deep, sizeof(deep) }, &p), 0);
	CHECK_EQ(p.depth, PACKET_DEPTH_MAX);

	p.ttl = 99;
	for (size_t at = 12; at < sizeof(tags) - IP4_MIN_LEN; at += 4)
		tags[at] = 0x81;
	tags[sizeof(tags) - IP4_MIN_LEN - 2] = 0x08;
	memcpy(tags + sizeof(tags) - IP4_MIN_LEN, ip.p, ip.len);
	CHECK_EQ(packet_parse(LINK_ETHERNET, (struct span){ tags, sizeof(tags) }, &p), -EBADMSG);
	CHECK_EQ(p.ttl, 99);
	memmove(tags + 12, tags + 16, sizeof(tags) - 16); /* one tag fewer */
	CHECK_EQ(packet_parse(LINK_ETHERNET, (struct span){ tags, sizeof(tags) - 4 }, &p), 0);
	CHECK_EQ(p.family, 4);
}

TEST(packet_build_makes_a_frame_that_parses_back)
{
	struct eth_addr mac_dst = { { 2, 0, 0, 0, 0, 2 } }, mac_src = { { 2, 0, 0, 0, 0, 1 } };
	struct ip_addr src = addr("192.0.2.1"), dst = addr("198.51.100.7");
	struct icmp4_msg echo = { .type = 8,
				  .rest = 0x12340001,
				  .body = { (const uint8_t *)"abcd", 4 } };
	struct packet_spec spec = { .eth_dst = &mac_dst,
				    .eth_src = &mac_src,
				    .src = &src,
				    .dst = &dst,
				    .proto = IP_PROTO_ICMP4,
				    .ttl = 63,
				    .tos = 0xb8,
				    .df = true,
				    .ip_id = 0x1234 };
	OCTETS(want, MACS "0800" ECHO4);
	uint8_t l4_buf[64], buf[64];
	struct wcur l4 = wcur(l4_buf, sizeof(l4_buf)), out = wcur(buf, sizeof(buf));
	struct wcur tight = wcur(buf, want.len - 1);

	CHECK_EQ(icmp4_build(&echo, &l4), 0);
	spec.payload = written(&l4);
	CHECK_EQ(packet_build(&spec, &out), 0);
	CHECK(same(written(&out), want));
	CHECK_EQ(packet_build(&spec, &tight), -ENOSPC);
}

TEST(packet_build_makes_bare_ipv6)
{
	struct ip_addr src = addr("2001:db8::1"), dst = addr("2001:db8::2");
	struct udp_dgram d = { .sport = 53,
			       .dport = 0x1234,
			       .payload = { (const uint8_t *)"ab", 2 } };
	struct packet_spec spec = { .src = &src,
				    .dst = &dst,
				    .proto = IP_PROTO_UDP,
				    .ttl = 5,
				    .tos = 0x20,
				    .flow = 0x12345 };
	OCTETS(want, UDP6);
	uint8_t l4_buf[64], buf[64];
	struct wcur l4 = wcur(l4_buf, sizeof(l4_buf)), out = wcur(buf, sizeof(buf));
	struct packet p;

	CHECK_EQ(udp_build(&d, &src, &dst, &l4), 0);
	spec.payload = written(&l4);
	CHECK_EQ(packet_build(&spec, &out), 0);
	CHECK_EQ(wcur_len(&out), want.len);
	CHECK_MEM(buf, want.p, 46); /* up to the UDP checksum */
	CHECK_EQ(packet_parse(LINK_RAW, written(&out), &p), 0);
	CHECK(udp_sum_ok(&p.src, &p.last_dst, p.l4));
}

TEST(packet_build_refuses_what_has_no_form)
{
	static const uint8_t big[65536];
	struct eth_addr mac = { { 0 } };
	struct ip_addr a4 = addr("192.0.2.1"), a6 = addr("::1"), none = { 0 };
	struct packet_spec cases[] = {
		{ .src = &a4, .dst = &a6 },
		{ .src = &none, .dst = &none },
		{ .src = &a4, .dst = &a4, .eth_src = &mac },
		{ .src = &a4, .dst = &a4, .eth_dst = &mac },
		{ .src = &a4, .dst = &a4, .payload = { big, 65516 } },
		{ .src = &a6, .dst = &a6, .payload = { big, 65536 } },
		{ .src = &a6, .dst = &a6, .flow = 1 << 20 },
	};
	uint8_t buf[64];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct wcur out = wcur(buf, sizeof(buf));

		CHECK_EQ(packet_build(&cases[i], &out), -EINVAL);
		CHECK_EQ(wcur_len(&out), 0);
	}
}
