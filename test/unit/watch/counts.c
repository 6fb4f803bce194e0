/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/counts.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

static void add(struct counts *c, uint8_t family, uint16_t type, uint16_t code, uint8_t way,
		uint32_t len)
{
	struct sight s = {
		.kind = SIGHT_ICMP, .type = type, .code = code, .way = way, .wire_len = len
	};

	s.pkt.family = family;
	s.pkt.truncated = code == SIGHT_CUT;
	counts_add(c, &s);
}

static void check_row(const struct counts *c, uint32_t *at, struct counts_row want)
{
	struct counts_row got;

	CHECK(counts_next(c, at, &got));
	CHECK_EQ(got.family, want.family);
	CHECK_EQ(got.type, want.type);
	CHECK_EQ(got.code, want.code);
	CHECK_EQ(got.way, want.way);
	CHECK_EQ(got.count.packets, want.count.packets);
	CHECK_EQ(got.count.bytes, want.count.bytes);
}

TEST(every_type_code_family_and_way_has_its_place)
{
	struct counts *c = calloc(1, sizeof(*c));
	struct counts_row none;
	uint32_t at = 0;

	CHECK(c);
	add(c, 6, 255, 255, SIGHT_OUT, 70);
	add(c, 4, 8, 0, SIGHT_IN, 98);
	add(c, 4, 8, 0, SIGHT_IN, 2);
	add(c, 4, 8, 0, SIGHT_PASSING, 60);
	add(c, 4, SIGHT_CUT, SIGHT_CUT, SIGHT_IN, 34);
	check_row(c, &at, (struct counts_row){ 4, 8, 0, SIGHT_PASSING, { 1, 60 } });
	check_row(c, &at, (struct counts_row){ 4, 8, 0, SIGHT_IN, { 2, 100 } });
	check_row(c, &at, (struct counts_row){ 4, SIGHT_CUT, SIGHT_CUT, SIGHT_IN, { 1, 34 } });
	check_row(c, &at, (struct counts_row){ 6, 255, 255, SIGHT_OUT, { 1, 70 } });
	CHECK(!counts_next(c, &at, &none));
	CHECK(!counts_next(c, &at, &none));
	CHECK_EQ(counts_icmp(c).packets, 5);
	CHECK_EQ(counts_icmp(c).bytes, 264);
	CHECK_EQ(c->frames, 5);
	CHECK_EQ(c->cut, 1);
	free(c);
}

TEST(frames_without_a_message_are_told_apart)
{
	struct counts *c = calloc(1, sizeof(*c));
	struct sight s = { .kind = SIGHT_NOTHING };

	CHECK(c);
	counts_add(c, &s);
	s.kind = SIGHT_OTHER;
	s.pkt.family = 4;
	s.pkt.proto = IP_PROTO_UDP;
	counts_add(c, &s);
	s.pkt.proto = IP_PROTO_ICMP4;
	s.pkt.frag = PACKET_FRAG_LATER;
	counts_add(c, &s);
	s.pkt.family = 6; /* ICMPv4 within IPv6 is not its ICMP */
	counts_add(c, &s);
	s.pkt.proto = IP_PROTO_ICMP6;
	counts_add(c, &s);
	CHECK_EQ(c->frames, 5);
	CHECK_EQ(c->nothing, 1);
	CHECK_EQ(c->other, 2);
	CHECK_EQ(c->fragments, 2);
	CHECK_EQ(counts_icmp(c).packets, 0);
	free(c);
}

/* 10.0.0.1 > 10.0.0.2: ICMP host unreachable, behind an Ethernet header. */
static const uint8_t plain_frame[42] = {
	[12] = 0x08, 0x00, 0x45, 0, 0, 28, [22] = 64, 1, [26] = 10, 0, 0, 1, 10, 0, 0, 2, 3, 1,
};

TEST(a_frame_is_counted_at_once_plain_or_not)
{
	struct counts *c = calloc(1, sizeof(*c));
	struct sight s = { .link = LINK_ETHERNET, .wire_len = 60, .way = SIGHT_IN };
	uint8_t frame[sizeof(plain_frame)];
	struct counts_row row;
	uint32_t at = 0;

	CHECK(c);
	counts_frame(c, &s, (struct span){ plain_frame, sizeof(plain_frame) });
	memcpy(frame, plain_frame, sizeof(frame));
	frame[17] = 99; /* longer than what is there */
	counts_frame(c, &s, (struct span){ frame, sizeof(frame) });
	frame[17] = 28;
	counts_frame(c, &s, (struct span){ frame, 36 }); /* not plain: cut within the message */
	frame[20] = 0x20;                                /* not plain: a first fragment */
	counts_frame(c, &s, (struct span){ frame, sizeof(frame) });
	frame[21] = 1; /* a later one */
	counts_frame(c, &s, (struct span){ frame, sizeof(frame) });
	frame[23] = IP_PROTO_TCP;
	counts_frame(c, &s, (struct span){ frame, sizeof(frame) });
	frame[13] = 6;
	counts_frame(c, &s, (struct span){ frame, sizeof(frame) });
	CHECK(counts_next(c, &at, &row));
	CHECK_EQ(row.family, 4);
	CHECK_EQ(row.type, 3);
	CHECK_EQ(row.code, 1);
	CHECK_EQ(row.way, SIGHT_IN);
	CHECK_EQ(row.count.packets, 4);
	CHECK_EQ(row.count.bytes, 240);
	CHECK(!counts_next(c, &at, &row));
	CHECK_EQ(c->frames, 7);
	CHECK_EQ(c->fragments, 1);
	CHECK_EQ(c->other, 1);
	CHECK_EQ(c->nothing, 1);
	CHECK_EQ(c->cut, 2);
	free(c);
}
