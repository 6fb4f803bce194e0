/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/link.h"

#include "octets.h"
#include "wire/eth.h"

#define MACS "ffffffffffff 020000000001 "

TEST(link_open_takes_off_each_kind_of_header)
{
	static const struct {
		enum link_type link;
		const char *frame;
		unsigned type, at;
	} cases[] = {
		{ LINK_ETHERNET, MACS "0800 45", ETH_TYPE_IP4, 14 },
		{ LINK_ETHERNET, MACS "8100 0001 0800 45", ETH_TYPE_VLAN, 14 },
		{ LINK_ETHERNET, MACS "0040 aaaa03 000000 86dd 60", ETH_TYPE_IP6, 22 }, /* SNAP */
		{ LINK_ETHERNET, MACS "0040 aaaa03 00000c 2000 60", 0, 20 }, /* another's codes */
		{ LINK_ETHERNET, MACS "0040 060603 45", ETH_TYPE_IP4, 17 },
		{ LINK_ETHERNET, MACS "0040 424203 00", 0, 17 }, /* spanning tree */
		{ LINK_RAW, "45", ETH_TYPE_IP4, 0 },
		{ LINK_RAW, "60", ETH_TYPE_IP6, 0 },
		{ LINK_RAW, "50", 0, 0 },
		{ LINK_NULL, "02000000 45", ETH_TYPE_IP4, 4 },
		{ LINK_NULL, "00000002 45", ETH_TYPE_IP4, 4 },
		{ LINK_NULL, "1e000000 60", ETH_TYPE_IP6, 4 },
		{ LINK_NULL, "00000018 60", ETH_TYPE_IP6, 4 },
		{ LINK_NULL, "0000001c 60", ETH_TYPE_IP6, 4 },
		{ LINK_NULL, "0a000000 60", ETH_TYPE_IP6, 4 },
		{ LINK_NULL, "07000000 60", 0, 4 },
		{ LINK_SLL, "0000 0001 0006 0200000000010000 0800 45", ETH_TYPE_IP4, 16 },
		{ LINK_SLL2, "86dd 0000 00000002 0001 00 06 0200000000010000 60", ETH_TYPE_IP6,
		  20 },
		{ LINK_PPP, "ff03 0021 45", ETH_TYPE_IP4, 4 },
		{ LINK_PPP, "0057 60", ETH_TYPE_IP6, 2 },
		{ LINK_PPP, "21 45", ETH_TYPE_IP4, 1 }, /* compressed */
		{ LINK_PPP, "0281 00001140", ETH_TYPE_MPLS, 2 },
		{ LINK_PPP, "c021 01", 0, 2 }, /* link control */
		{ LINK_PPP_ETHER, "1100 0001 0010 0021 45", ETH_TYPE_IP4, 8 },
		{ LINK_CHDLC, "0f00 0800 45", ETH_TYPE_IP4, 4 },
		{ LINK_FRELAY, "1841 03 cc 45", ETH_TYPE_IP4, 4 },
		{ LINK_FRELAY, "1841 03 00 cc 45", ETH_TYPE_IP4, 5 },
		{ LINK_FRELAY, "1841 03 8e 60", ETH_TYPE_IP6, 4 },
		{ LINK_FRELAY, "1841 03 00 80 000000 0800 45", ETH_TYPE_IP4, 10 },
		{ LINK_FRELAY, "1841 0800 45", ETH_TYPE_IP4, 4 },     /* Cisco's */
		{ LINK_FRELAY, "18400001 0800 45", ETH_TYPE_IP4, 6 }, /* address of four octets */
		{ LINK_ARCNET, "0102 f0 45", ETH_TYPE_IP4, 3 },
		{ LINK_ARCNET, "0102 d4 00 0001 45", ETH_TYPE_IP4, 6 },
		{ LINK_ARCNET, "0102 c4 00 0001 60", ETH_TYPE_IP6, 6 },
		{ LINK_ARCNET, "0102 d4 ff 000000 00 0001 45", ETH_TYPE_IP4, 10 },
		{ LINK_ARCNET, "0102 d4 02 0001 45", 0, 6 }, /* a later piece */
		{ LINK_ARCNET, "0102 d5 00 0001 00", 0, 3 }, /* ARP */
		{ LINK_ARCNET_LINUX, "0102 0000 d4 00 0001 45", ETH_TYPE_IP4, 8 },
		{ LINK_IPOIB,
		  "0000000000000000000000000000000000000000000000000000000000000000"
		  "0000000000000000 0800 0000 45",
		  ETH_TYPE_IP4, 44 },
		{ LINK_SLIP, "00000000000000000000000000000000 60", ETH_TYPE_IP6, 16 },
		{ LINK_BRCM_TAG, MACS "20000080 0800 45", ETH_TYPE_IP4, 18 },
	};
	unsigned seen[LINK_TYPES] = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t buf[64];
		struct span frame = octets(cases[i].frame, buf, sizeof(buf));
		struct link_next next;

		CHECK_EQ(link_open(cases[i].link, frame, &next), 0);
		CHECK_EQ(next.type, cases[i].type);
		seen[cases[i].link]++;
		if (cases[i].type == 0)
			continue;
		CHECK_EQ(next.payload.p - buf, cases[i].at);
		CHECK_EQ(next.payload.len, frame.len - cases[i].at);
		next.type = 99;
		if (cases[i].at > 0)
			CHECK_EQ(link_open(cases[i].link, (struct span){ buf, cases[i].at - 1 },
					   &next),
				 -EMSGSIZE);
		CHECK_EQ(next.type, 99);
	}
	for (size_t i = 0; i < LINK_TYPES; i++)
		CHECK(seen[i] > 0); /* every link type has its case */
}

TEST(link_open_refuses_a_link_type_that_is_none)
{
	struct link_next next;

	CHECK_EQ(link_open(LINK_TYPES, (struct span){ NULL, 0 }, &next), -EINVAL);
	CHECK_EQ(link_open((enum link_type) - 1, (struct span){ NULL, 0 }, &next), -EINVAL);
}

TEST(link_step_takes_off_one_layer)
{
	static const struct {
		unsigned from;
		const char *octets;
		unsigned to, at;
	} cases[] = {
		{ ETH_TYPE_VLAN, "0001 0800 45", ETH_TYPE_IP4, 4 },
		{ ETH_TYPE_QINQ, "0001 8100 0002", ETH_TYPE_VLAN, 4 },
		{ ETH_TYPE_QINQ_OLD, "0001 86dd 60", ETH_TYPE_IP6, 4 },
		{ ETH_TYPE_VLAN, "0001 0010 aaaa03 000000 0800 45", ETH_TYPE_IP4, 12 },
		{ ETH_TYPE_MPLS, "00001140 45", ETH_TYPE_IP4, 4 },
		{ ETH_TYPE_MPLS_UP, "00001040 00002040 00003140 60", ETH_TYPE_IP6, 12 },
		{ ETH_TYPE_MPLS, "00001140 00000000 0200", ETH_TYPE_TEB, 8 }, /* pseudowire */
		{ ETH_TYPE_PPPOE, "1100 0001 0010 0057 60", ETH_TYPE_IP6, 8 },
		{ ETH_TYPE_PPP, "ff03 0021 45", ETH_TYPE_IP4, 4 },
		{ ETH_TYPE_TEB, MACS "0800 45", ETH_TYPE_IP4, 14 },
		{ ETH_TYPE_NSH, "0fc2 0201 000001ff 45", ETH_TYPE_IP4, 8 },
		{ ETH_TYPE_NSH, "0fc3 0202 000001ff 01020304 60", ETH_TYPE_IP6, 12 },
		{ ETH_TYPE_NSH, "0fc2 0203 000001ff ff", ETH_TYPE_TEB, 8 },
		{ ETH_TYPE_CMD, "01 01 0001 0007 0800 45", ETH_TYPE_IP4, 8 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t buf[64];
		struct span s = octets(cases[i].octets, buf, sizeof(buf));
		struct link_next next = { (uint16_t)cases[i].from, s };

		CHECK_EQ(link_step(&next), 1);
		CHECK_EQ(next.type, cases[i].to);
		CHECK_EQ(next.payload.p - buf, cases[i].at);
		next = (struct link_next){ (uint16_t)cases[i].from, { buf, 3 } };
		CHECK_EQ(link_step(&next), -EMSGSIZE);
		CHECK_EQ(next.payload.len, 3); /* untouched */
	}
}

TEST(link_step_leaves_what_it_does_not_know)
{
	OCTETS(s, "0fc1 0201 000001ff 45"); /* a header of one word: impossible */
	OCTETS(cell, "00001140 10");        /* neither packet nor control word */
	static const uint16_t types[] = { ETH_TYPE_IP4, ETH_TYPE_IP6, ETH_TYPE_ARP, 0, 0x88cc };
	struct link_next next;

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		next = (struct link_next){ types[i], s };
		CHECK_EQ(link_step(&next), 0);
		CHECK_EQ(next.type, types[i]);
		CHECK(next.payload.p == s.p);
	}
	next = (struct link_next){ ETH_TYPE_NSH, s };
	CHECK_EQ(link_step(&next), -EMSGSIZE);
	next = (struct link_next){ ETH_TYPE_MPLS, cell };
	CHECK_EQ(link_step(&next), 1);
	CHECK_EQ(next.type, 0);
}
