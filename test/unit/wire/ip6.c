/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/ip6.h"

#include "octets.h"

/* 2001:db8::1 > 2001:db8::2: class 0xb8, flow 0x12345, hlim 64, next 17, "abcd" */
#define PKT                                                     \
	"6b812345 0004 11 40 20010db8000000000000000000000001 " \
	"20010db8000000000000000000000002 61626364"

TEST(ip6_parse_reads_every_field)
{
	OCTETS(s, PKT "0000"); /* with link padding */
	struct ip6_pkt p;

	CHECK_EQ(ip6_parse(s, &p), 0);
	CHECK_EQ(p.tclass, 0xb8);
	CHECK_EQ(p.flow, 0x12345);
	CHECK_EQ(p.payload_len, 4);
	CHECK_EQ(p.next, IP_PROTO_UDP);
	CHECK_EQ(p.hop_limit, 64);
	CHECK_EQ(p.missing, 0);
	CHECK(is_addr(&p.src, "2001:db8::1"));
	CHECK(is_addr(&p.dst, "2001:db8::2"));
	CHECK_EQ(p.payload.len, 4);
	CHECK(p.payload.p == s.p + 40);
}

TEST(ip6_parse_tells_what_a_capture_cut)
{
	OCTETS(s, PKT);
	struct ip6_pkt p;

	CHECK_EQ(ip6_parse((struct span){ s.p, 41 }, &p), 0);
	CHECK_EQ(p.payload.len, 1);
	CHECK_EQ(p.missing, 3);
}

TEST(ip6_parse_takes_all_of_a_jumbogram)
{
	OCTETS(s, PKT);
	struct ip6_pkt p;

	s_room[5] = 0;
	CHECK_EQ(ip6_parse(s, &p), 0);
	CHECK_EQ(p.payload.len, 0); /* no hop-by-hop header: there is nothing */
	s_room[6] = IP_PROTO_HOPOPTS;
	CHECK_EQ(ip6_parse(s, &p), 0);
	CHECK_EQ(p.payload.len, 4);
	CHECK_EQ(p.missing, 0);
}

TEST(ip6_parse_refuses_and_leaves_result_alone)
{
	OCTETS(s, PKT);
	struct ip6_pkt p = { .hop_limit = 99 };

	for (size_t len = 0; len < IP6_HDR_LEN; len++)
		CHECK_EQ(ip6_parse((struct span){ s.p, len }, &p), -EMSGSIZE);
	s_room[0] = 0x4b;
	CHECK_EQ(ip6_parse(s, &p), -EBADMSG);
	CHECK_EQ(p.hop_limit, 99);
}

TEST(ip6_build_inverts_parse)
{
	static const uint8_t big[65536];
	OCTETS(s, PKT);
	struct ip6_pkt p, odd;
	uint8_t buf[44];
	struct wcur out = wcur(buf, sizeof(buf)), tight = wcur(buf, sizeof(buf) - 1);

	CHECK_EQ(ip6_parse(s, &p), 0);
	CHECK_EQ(ip6_build(&p, &out), 0);
	CHECK(same(written(&out), s));
	CHECK_EQ(ip6_build(&p, &tight), -ENOSPC);
	odd = p;
	odd.flow = 0x100000;
	CHECK_EQ(ip6_build(&odd, &tight), -EINVAL);
	odd = p;
	odd.src.family = 4;
	CHECK_EQ(ip6_build(&odd, &tight), -EINVAL);
	odd = p;
	odd.payload = (struct span){ big, sizeof(big) };
	CHECK_EQ(ip6_build(&odd, &tight), -EINVAL);
}

TEST(ip6_walk_passes_every_kind_of_extension_header)
{
	/* hop-by-hop, routing (type 0, done), destination options of 16 octets, AH, ICMPv6 */
	OCTETS(s, "2b00 000000000000 3c00 000000000000 3301 0000000000000000000000000000"
		  "3a04 0000 00000000 00000000 000000000000000000000000 8000");
	struct ip6_chain ch;

	CHECK_EQ(ip6_walk(IP_PROTO_HOPOPTS, s, &ch), 0);
	CHECK_EQ(ch.proto, IP_PROTO_ICMP6);
	CHECK_EQ(ch.n, 4);
	CHECK(!ch.cut && !ch.fragment && !ch.mf);
	CHECK_EQ(ch.last.family, 0);
	CHECK_EQ(ch.l4.len, 2);
	CHECK_EQ(ch.l4.p[0], 0x80);
}

TEST(ip6_walk_without_extension_headers_is_the_payload)
{
	OCTETS(s, "0102");
	struct ip6_chain ch;

	CHECK_EQ(ip6_walk(IP_PROTO_TCP, s, &ch), 0);
	CHECK_EQ(ch.proto, IP_PROTO_TCP);
	CHECK_EQ(ch.n, 0);
	CHECK(ch.l4.p == s.p && ch.l4.len == 2);
	CHECK_EQ(ip6_walk(IP_PROTO_ESP, s, &ch), 0);
	CHECK_EQ(ch.proto, IP_PROTO_ESP); /* nothing can be read behind it */
}

TEST(ip6_walk_tells_first_later_and_atomic_fragments)
{
	static const struct {
		const char *header;
		bool fragment, mf;
		unsigned off;
	} cases[] = {
		{ "3a00 0001 deadbeef", true, true, 0 },
		{ "3a00 05a9 deadbeef", true, true, 1448 },
		{ "3a00 05a8 deadbeef", true, false, 1448 },
		{ "3a00 0006 deadbeef", false, false, 0 }, /* reserved bits do not count */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		OCTETS(s, "0000000000000000 8000");
		struct ip6_chain ch;

		octets(cases[i].header, s_room, 8);
		CHECK_EQ(ip6_walk(IP_PROTO_FRAGMENT, s, &ch), 0);
		CHECK_EQ(ch.proto, IP_PROTO_ICMP6);
		CHECK_EQ(ch.fragment, cases[i].fragment);
		CHECK_EQ(ch.mf, cases[i].mf);
		CHECK_EQ(ch.frag_off, cases[i].off);
		CHECK_EQ(ch.frag_id, 0xdeadbeef);
		CHECK_EQ(ch.l4.len, 2);
	}
}

TEST(ip6_walk_stops_behind_a_later_fragment)
{
	/* what follows is data, not the destination options it names */
	OCTETS(s, "3c00 0008 00000001 ffff");
	struct ip6_chain ch;

	CHECK_EQ(ip6_walk(IP_PROTO_FRAGMENT, s, &ch), 0);
	CHECK_EQ(ch.proto, IP_PROTO_DSTOPTS);
	CHECK_EQ(ch.frag_off, 8);
	CHECK(!ch.cut);
	CHECK_EQ(ch.l4.len, 2);
}

TEST(ip6_walk_finds_the_final_destination)
{
	static const struct {
		const char *header; /* next, length, type, left */
		const char *last;
	} cases[] = {
		{ "3a04 0002", "2001:db8::b" }, /* type 0: the last of two */
		{ "3a04 0201", "2001:db8::b" }, /* type 2 */
		{ "3a04 0401", "2001:db8::a" }, /* segment routing: the first */
		{ "3a04 0000", NULL },          /* done */
		{ "3a04 0003", NULL },          /* more left than there are */
		{ "3a04 0901", NULL },          /* a type we do not know */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		OCTETS(s, "00000000 00000000 20010db800000000000000000000000a"
			  "20010db800000000000000000000000b 8000");
		struct ip6_chain ch;

		octets(cases[i].header, s_room, 4);
		CHECK_EQ(ip6_walk(IP_PROTO_ROUTING, s, &ch), 0);
		CHECK_EQ(ch.last.family, cases[i].last ? 6 : 0);
		if (cases[i].last)
			CHECK(is_addr(&ch.last, cases[i].last));
	}
}

TEST(ip6_walk_says_which_header_was_cut)
{
	OCTETS(s,
	       "3c00 000000000000 3a01 00000000000000000000"); /* the second is 16 octets, 12 are here */
	struct ip6_chain ch;

	CHECK_EQ(ip6_walk(IP_PROTO_HOPOPTS, s, &ch), 0);
	CHECK(ch.cut);
	CHECK_EQ(ch.proto, IP_PROTO_DSTOPTS);
	CHECK_EQ(ch.n, 1);
	CHECK_EQ(ch.l4.len, 0);
	CHECK_EQ(ip6_walk(IP_PROTO_HOPOPTS, (struct span){ s.p, 1 }, &ch), 0);
	CHECK(ch.cut);
	CHECK_EQ(ch.proto, IP_PROTO_HOPOPTS);
}

TEST(ip6_walk_ends_at_its_bound)
{
	static uint8_t many[(IP6_EXT_MAX + 1) * 8]; /* hop-by-hop after hop-by-hop */
	struct ip6_chain ch = { .n = 99 };

	many[sizeof(many) - 16] = IP_PROTO_ICMP6;
	CHECK_EQ(ip6_walk(IP_PROTO_HOPOPTS, (struct span){ many, sizeof(many) }, &ch), 0);
	CHECK_EQ(ch.n, IP6_EXT_MAX);
	CHECK_EQ(ch.proto, IP_PROTO_ICMP6);
	ch.n = 99;
	many[sizeof(many) - 16] = IP_PROTO_HOPOPTS;
	CHECK_EQ(ip6_walk(IP_PROTO_HOPOPTS, (struct span){ many, sizeof(many) }, &ch), -EBADMSG);
	CHECK_EQ(ch.n, 99);
}
