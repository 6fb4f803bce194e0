/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMP messages in fragments: whole in any order, never by guessing. */
#include "watch/frags.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "wire/checksum.h"
#include "wire/ip6.h"

#define PLACES 4

static const struct hash_key key = { { 1, 2 } };
static uint8_t message[200];

/* An echo request (8, or 128) of 200 octets with the sum of IPv4's. */
static void make_message(uint8_t type)
{
	uint16_t sum;

	for (size_t i = 0; i < sizeof(message); i++)
		message[i] = (uint8_t)i;
	message[0] = type;
	message[1] = message[2] = message[3] = 0;
	sum = checksum((struct span){ message, sizeof(message) });
	message[2] = (uint8_t)(sum >> 8);
	message[3] = (uint8_t)sum;
}

static size_t fragment4(uint8_t *buf, uint16_t id, size_t at, size_t len, bool more)
{
	struct ip4_pkt ip = { .ttl = 7,
			      .proto = IP_PROTO_ICMP4,
			      .id = id,
			      .mf = more,
			      .frag_off = (uint16_t)at,
			      .src = ip4_make(10, 0, 0, 1),
			      .dst = ip4_make(10, 0, 0, 2),
			      .payload = { message + at % sizeof(message), len } };
	struct wcur c = wcur(buf, 512);

	CHECK_EQ(ip4_build(&ip, &c), 0);
	return wcur_len(&c);
}

/* Feed octets @at.. of the message; true: it is whole. */
static bool feed4(struct frags *f, uint16_t id, size_t at, size_t len, bool more, uint64_t t_ns,
		  struct sight *ret)
{
	uint8_t buf[512];
	struct sight s = { .link = LINK_RAW, .t_ns = t_ns, .wire_len = 99, .way = SIGHT_IN };

	sight_read(&s, (struct span){ buf, fragment4(buf, id, at, len, more) });
	return frags_add(f, &s, ret);
}

static struct frags *fresh(void)
{
	struct frags *f = malloc(frags_size(PLACES));

	CHECK(f);
	make_message(8);
	return frags_init(f, PLACES, &key);
}

TEST(sizes_of_fragment_tables_are_bounded)
{
	CHECK_EQ(frags_size(0), 0);
	CHECK_EQ(frags_size(FRAGS_MAX + 1), 0);
	CHECK(frags_size(1) > 65535);
}

TEST(a_message_is_whole_in_any_order_of_its_fragments)
{
	static const size_t at[3] = { 0, 64, 128 };
	static const int order[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
					 { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	struct frags *f = fresh();
	struct sight w;

	for (uint16_t i = 0; i < 6; i++) {
		for (int k = 0; k < 3; k++) {
			int n = order[i][k];

			CHECK_EQ(feed4(f, i, at[n], n == 2 ? 72 : 64, n < 2, NS_PER_S, &w), k == 2);
		}
		CHECK_EQ(w.kind, SIGHT_ICMP);
		CHECK_EQ(w.type, 8);
		CHECK_EQ(w.id, 0x0405);
		CHECK_EQ(w.pkt.l4.len, sizeof(message));
		CHECK_MEM(w.pkt.l4.p, message, sizeof(message));
		CHECK_EQ(sight_sum(&w), SIGHT_SUM_OK);
		CHECK_EQ(w.pkt.frag, PACKET_WHOLE);
		CHECK_EQ(w.pkt.ttl, 7);
		CHECK(w.pkt.sum_ok && !w.pkt.truncated);
		CHECK_EQ(w.way, SIGHT_IN);
		CHECK_EQ(w.t_ns, NS_PER_S);
	}
	CHECK_EQ(frags_told(f).whole, 6);
	CHECK_EQ(frags_waiting(f), 0);
	free(f);
}

TEST(a_copy_of_a_fragment_is_passed_over)
{
	struct frags *f = fresh();
	struct sight w;

	CHECK(!feed4(f, 1, 0, 64, true, 0, &w));
	CHECK(!feed4(f, 1, 0, 64, true, 0, &w));
	CHECK(feed4(f, 1, 64, 136, false, 0, &w));
	CHECK_EQ(frags_told(f).overlaps, 0);
	free(f);
}

TEST(fragments_that_overlap_end_their_message)
{
	struct frags *f = fresh();
	struct sight w;

	CHECK(!feed4(f, 1, 0, 64, true, 0, &w));
	CHECK(!feed4(f, 1, 56, 64, true, 0, &w));
	CHECK_EQ(frags_told(f).overlaps, 1);
	CHECK_EQ(frags_waiting(f), 0);
	/* What comes later of it is not taken for another one. */
	CHECK(!feed4(f, 1, 0, 64, true, 0, &w));
	CHECK(!feed4(f, 1, 64, 136, false, 0, &w));
	CHECK_EQ(frags_told(f).overlaps, 1);
	/* The same place, other octets. */
	CHECK(!feed4(f, 2, 0, 64, true, 0, &w));
	message[9] ^= 1;
	CHECK(!feed4(f, 2, 0, 64, true, 0, &w));
	CHECK_EQ(frags_told(f).overlaps, 2);
	/* Two ends. */
	CHECK(!feed4(f, 3, 64, 136, false, 0, &w));
	CHECK(!feed4(f, 3, 64, 128, false, 0, &w));
	CHECK_EQ(frags_told(f).overlaps, 3);
	/* An end before what was there. */
	CHECK(!feed4(f, 4, 128, 64, true, 0, &w));
	CHECK(!feed4(f, 4, 8, 56, false, 0, &w));
	CHECK_EQ(frags_told(f).overlaps, 4);
	/* A copy of the middle that calls itself the end. */
	CHECK(!feed4(f, 7, 0, 64, true, 0, &w));
	CHECK(!feed4(f, 7, 8, 1, false, 0, &w));
	CHECK_EQ(frags_told(f).overlaps, 5);
	/* The same, and as many octets in all as there should be. */
	CHECK(!feed4(f, 6, 128, 8, true, 0, &w));
	CHECK(!feed4(f, 6, 56, 8, false, 0, &w));
	CHECK(!feed4(f, 6, 0, 48, true, 0, &w));
	/* A middle that is not in units of eight. */
	CHECK(!feed4(f, 5, 0, 63, true, 0, &w));
	CHECK(!feed4(f, 5, 64, 136, false, 0, &w));
	CHECK_EQ(frags_told(f).whole, 0);
	free(f);
}

TEST(a_message_longer_than_a_packet_is_refused)
{
	struct frags *f = fresh();
	struct sight w;

	CHECK(!feed4(f, 1, 65528, 8, false, 0, &w)); /* the ping of death */
	CHECK_EQ(frags_told(f).oversize, 1);
	free(f);
}

TEST(what_waits_too_long_or_must_make_room_is_given_up)
{
	struct frags *f = fresh();
	struct sight w;

	for (uint16_t id = 0; id < PLACES; id++)
		CHECK(!feed4(f, id, 0, 64, true, id * NS_PER_S, &w));
	CHECK_EQ(frags_waiting(f), PLACES);
	CHECK(!feed4(f, 99, 0, 64, true, 5 * NS_PER_S, &w));
	CHECK_EQ(frags_told(f).evicted, 1);
	frags_tick(f, NS_PER_S + FRAGS_WAIT_NS);
	CHECK_EQ(frags_told(f).late, 1);
	CHECK_EQ(frags_waiting(f), PLACES - 1);
	CHECK(feed4(f, 99, 64, 136, false, 0, &w)); /* times that go back do not matter */
	frags_tick(f, UINT64_MAX);
	CHECK_EQ(frags_waiting(f), 0);
	CHECK_EQ(frags_told(f).late, 3);
	free(f);
}

TEST(whole_packets_and_cut_fragments_are_no_part_of_it)
{
	struct frags *f = fresh();
	uint8_t buf[512];
	struct sight s = { .link = LINK_RAW }, w;
	size_t n = fragment4(buf, 1, 0, 64, true);

	sight_read(&s, (struct span){ buf, n - 1 });
	CHECK(!frags_add(f, &s, &w));
	CHECK_EQ(frags_told(f).cut, 1);
	sight_read(&s, (struct span){ buf, fragment4(buf, 1, 0, 64, false) });
	CHECK(!frags_add(f, &s, &w));
	buf[9] = IP_PROTO_UDP;
	buf[6] = 0x20;
	sight_read(&s, (struct span){ buf, n });
	CHECK(!frags_add(f, &s, &w));
	CHECK_EQ(frags_waiting(f), 0);
	free(f);
}

/* A fragment of IPv6 behind a hop-by-hop header; what is fragmented begins with @next. */
static size_t fragment6(uint8_t *buf, const uint8_t *body, size_t at, size_t len, bool more,
			uint8_t next)
{
	uint8_t payload[300] = { IP_PROTO_FRAGMENT, 0, 1, 4 };
	struct ip6_pkt ip = { .next = IP_PROTO_HOPOPTS,
			      .hop_limit = 9,
			      .payload = { payload, 16 + len } };
	struct wcur c = wcur(buf, 512);

	payload[8] = next;
	payload[10] = (uint8_t)(at >> 8);
	payload[11] = (uint8_t)(at | more);
	payload[15] = 77;
	memcpy(payload + 16, body + at, len);
	CHECK_EQ(ip_scan("2001:db8::1", &ip.src), 0);
	CHECK_EQ(ip_scan("2001:db8::2", &ip.dst), 0);
	CHECK_EQ(ip6_build(&ip, &c), 0);
	return wcur_len(&c);
}

TEST(fragments_of_ipv6_are_put_together_behind_extension_headers)
{
	struct frags *f = fresh();
	uint8_t buf[512], body[8 + sizeof(message)] = { IP_PROTO_ICMP6, 0, 1, 4 };
	struct sight s = { .link = LINK_RAW }, w;

	make_message(128);
	memcpy(body + 8, message, sizeof(message));
	sight_read(&s,
		   (struct span){ buf, fragment6(buf, body, 104, 104, false, IP_PROTO_DSTOPTS) });
	CHECK(!frags_add(f, &s, &w));
	sight_read(&s, (struct span){ buf, fragment6(buf, body, 0, 104, true, IP_PROTO_DSTOPTS) });
	CHECK(frags_add(f, &s, &w));
	CHECK_EQ(w.type, 128);
	CHECK_EQ(w.pkt.family, 6);
	CHECK_EQ(w.pkt.ttl, 9);
	CHECK_EQ(w.pkt.l4.len, sizeof(message));
	CHECK_MEM(w.pkt.l4.p, message, sizeof(message));
	free(f);
}
