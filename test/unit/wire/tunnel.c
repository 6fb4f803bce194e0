/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/tunnel.h"

#include "octets.h"
#include "wire/eth.h"
#include "wire/ip4.h"

TEST(tunnel_open_finds_what_each_kind_carries)
{
	static const struct {
		uint8_t proto;
		const char *octets;
		unsigned type, at;
	} cases[] = {
		{ IP_PROTO_IP4, "45", ETH_TYPE_IP4, 0 },
		{ IP_PROTO_IP6, "60", ETH_TYPE_IP6, 0 },
		{ IP_PROTO_MPLS, "00001140 45", ETH_TYPE_MPLS, 0 },
		{ IP_PROTO_ETHERIP, "3000 ff", ETH_TYPE_TEB, 2 },
		{ IP_PROTO_GRE, "0000 0800 45", ETH_TYPE_IP4, 4 },
		{ IP_PROTO_GRE, "2000 6558 00000001 ff", ETH_TYPE_TEB, 8 },
		{ IP_PROTO_GRE, "b000 86dd 00000000 00000001 00000002 60", ETH_TYPE_IP6, 16 },
		{ IP_PROTO_GRE, "3081 880b 0010 0001 00000001 00000002 21", ETH_TYPE_PPP, 16 },
		{ IP_PROTO_UDP, "c000 12b5 0010 0000 08000000 00000100 ff", ETH_TYPE_TEB, 16 },
		{ IP_PROTO_UDP, "c000 2118 0010 0000 08000000 00000100 ff", ETH_TYPE_TEB, 16 },
		{ IP_PROTO_UDP, "c000 17c1 0010 0000 0240 6558 00000100 0102030405060708 ff",
		  ETH_TYPE_TEB, 24 },
		{ IP_PROTO_UDP, "c000 17c1 0010 0000 0000 86dd 00000100 60", ETH_TYPE_IP6, 16 },
		{ IP_PROTO_UDP, "c000 0868 0010 0000 30ff 0001 00000001 45", ETH_TYPE_IP4, 16 },
		{ IP_PROTO_UDP, "c000 0868 0010 0000 32ff 0001 00000001 00000000 60", ETH_TYPE_IP6,
		  20 },
		{ IP_PROTO_UDP, "c000 0868 0010 0000 34ff 0001 00000001 00000085 01100000 45",
		  ETH_TYPE_IP4, 24 }, /* one extension header */
		{ IP_PROTO_UDP, "c000 0dd8 0010 0000 60", ETH_TYPE_IP6, 8 },
		{ IP_PROTO_UDP, "c000 0dd8 0010 0000 0000 1234 01020304 60", ETH_TYPE_IP6, 16 },
		{ IP_PROTO_UDP,
		  "0dd8 c000 0010 0000 0001 0101 aa bb 0102030405060708 00"
		  "0000 1234 01020304 60",
		  ETH_TYPE_IP6, 31 }, /* authentication and origin, from the server */
		{ IP_PROTO_UDP, "06a5 06a5 0010 0000 0002 0001 0002 ff03", ETH_TYPE_PPP, 14 },
		{ IP_PROTO_UDP, "06a5 06a5 0010 0000 4a02 0010 0001 0002 00000000 0002 0000 ff03",
		  ETH_TYPE_PPP, 24 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t buf[64];
		struct span l4 = octets(cases[i].octets, buf, sizeof(buf));
		struct link_next next = { 99, { NULL, 0 } };

		CHECK_EQ(tunnel_open(cases[i].proto, l4, &next), 1);
		CHECK_EQ(next.type, cases[i].type);
		CHECK_EQ(next.payload.p - buf, cases[i].at);
		CHECK_EQ(next.payload.len, l4.len - cases[i].at);
		next.type = 99;
		if (cases[i].at > 0)
			CHECK_EQ(tunnel_open(cases[i].proto, (struct span){ buf, cases[i].at - 1 },
					     &next),
				 0);
		CHECK_EQ(next.type, 99);
	}
}

TEST(tunnel_stays_closed_when_it_is_none)
{
	static const struct {
		uint8_t proto;
		const char *octets;
	} cases[] = {
		{ IP_PROTO_TCP, "45" },
		{ IP_PROTO_ESP, "45" },
		{ IP_PROTO_IP4, "60" }, /* another version within */
		{ IP_PROTO_IP6, "45" },
		{ IP_PROTO_ETHERIP, "4000 ff" },            /* no version 3 */
		{ IP_PROTO_GRE, "0002 0800 45" },           /* no version 0 or 1 */
		{ IP_PROTO_GRE, "4000 0800 45" },           /* source routes */
		{ IP_PROTO_UDP, "c000 0035 0010 0000 45" }, /* DNS */
		{ IP_PROTO_UDP, "c000 12b5 0010 0000 00000000 00000100 ff" }, /* no I flag */
		{ IP_PROTO_UDP,
		  "c000 17c1 0010 0000 4000 6558 00000100 ff" }, /* Geneve version 1 */
		{ IP_PROTO_UDP,
		  "c000 0868 0010 0000 3001 0001 00000001 45" }, /* GTP echo request */
		{ IP_PROTO_UDP, "c000 0868 0010 0000 20ff 0001 00000001 45" }, /* GTP' */
		{ IP_PROTO_UDP, "c000 0868 0010 0000 34ff 0001 00000001 00000085 00100000 45" },
		{ IP_PROTO_UDP,
		  "c000 0868 0010 0000 30ff 0001 00000001 00" }, /* no packet within */
		{ IP_PROTO_UDP, "c000 0dd8 0010 0000 45" },
		{ IP_PROTO_UDP, "06a5 06a5 0010 0000 c802 0010 0001 0002 00000000" }, /* control */
		{ IP_PROTO_UDP, "06a5 06a5 0010 0000 0003 0001 0002 ff03" },          /* L2TPv3 */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t buf[64];
		struct link_next next = { 99, { NULL, 0 } };

		CHECK_EQ(tunnel_open(cases[i].proto, octets(cases[i].octets, buf, sizeof(buf)),
				     &next),
			 0);
		CHECK_EQ(next.type, 99);
	}
}

TEST(tunnel_ends_a_gtp_chain_at_its_bound)
{
	OCTETS(s, "c000 0868 0060 0000 34ff 0001 00000001 00000085");
	uint8_t buf[20 + 9 * 4 + 1];
	struct link_next next;

	memcpy(buf, s.p, s.len);
	for (size_t i = 0; i < 9; i++)
		memcpy(buf + 20 + i * 4, "\x01\x00\x00\x85", 4);
	buf[sizeof(buf) - 1] = 0x45;
	buf[20 + 8 * 4 + 3] = 0;
	CHECK_EQ(tunnel_open(IP_PROTO_UDP, (struct span){ buf, sizeof(buf) }, &next), 0);
	buf[20 + 7 * 4 + 3] = 0; /* eight of them pass */
	buf[20 + 8 * 4] = 0x45;
	CHECK_EQ(tunnel_open(IP_PROTO_UDP, (struct span){ buf, sizeof(buf) }, &next), 1);
	CHECK_EQ(next.type, ETH_TYPE_IP4);
}
