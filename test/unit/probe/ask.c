/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>
#include <stdlib.h>

#include "probe/ask.h"

TEST(ask_scan_reads_every_kind_in_its_order)
{
	static const struct ask want[] = {
		{ .kind = ASK_ECHO },
		{ .kind = ASK_TIMESTAMP },
		{ .kind = ASK_TCP_SYN, .port = 80 },
		{ .kind = ASK_TCP_ACK, .port = 443 },
		{ .kind = ASK_UDP, .port = 40125 },
		{ .kind = ASK_TCP_SYN, .port = 8000 },
		{ .kind = ASK_TCP_SYN, .port = 8001 },
		{ .kind = ASK_MASK },
		{ .kind = ASK_INFO },
		{ .kind = ASK_ARP },
		{ .kind = ASK_ND },
		{ .kind = ASK_MLD },
	};
	struct ask ask[16];

	CHECK_EQ(ask_scan("echo,timestamp,tcp:80,tcp-ack:443,udp:40125,tcp:8000-8001,"
			  "mask,info,arp,nd,mld",
			  ask, ARRAY_LEN(ask), NULL),
		 ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		CHECK_EQ(ask[i].kind, want[i].kind);
		CHECK_EQ(ask[i].port, want[i].port);
		CHECK_EQ(ask[i].payload, 0);
	}
}

TEST(ask_scan_takes_each_once)
{
	struct ask ask[8];

	CHECK_EQ(
		ask_scan("tcp:80,echo,tcp:79-81,echo,udp:80,tcp-ack:80", ask, ARRAY_LEN(ask), NULL),
		6);
	CHECK_EQ(ask[0].port, 80);
	CHECK_EQ(ask[1].kind, ASK_ECHO);
	CHECK_EQ(ask[2].port, 79);
	CHECK_EQ(ask[3].port, 81);
	CHECK_EQ(ask[4].kind, ASK_UDP);
	CHECK_EQ(ask[5].kind, ASK_TCP_ACK);
}

TEST(ask_scan_refuses_and_says_which_part)
{
	static const struct {
		const char *text, *part;
	} cases[] = {
		{ "", "is no probe" },
		{ "echo,", "'' is no probe" },
		{ "echo,ping", "'ping' is no probe" },
		{ "Echo", "'Echo'" },
		{ "ech", "'ech'" },
		{ "echo:1", "echo has no ports" },
		{ "tcp", "tcp:443" },
		{ "tcp:", "from 1 to 65535" },
		{ "tcp:0", "from 1 to 65535" },
		{ "tcp:65536", "from 1 to 65535" },
		{ "tcp:99999999999999999999", "from 1 to 65535" },
		{ "udp:80-", "udp:8000-8010" },
		{ "udp:-80", "udp:8000-8010" },
		{ "udp:81-80", "udp:8000-8010" },
		{ "udp:1-2-3", "udp:8000-8010" },
		{ "tcp-ack: 80", "tcp-ack:8000" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ask ask[4];
		struct err err = { "" };

		CHECK_EQ(ask_scan(cases[i].text, ask, ARRAY_LEN(ask), &err), -EINVAL);
		CHECK_HAS(err.text, cases[i].part);
	}
}

TEST(ask_scan_never_writes_past_its_room)
{
	struct ask ask[3];
	struct err err = { "" };

	CHECK_EQ(ask_scan("tcp:1-3", ask, 3, &err), 3);
	CHECK_EQ(ask_scan("tcp:1-4", ask, 3, &err), -E2BIG);
	CHECK_HAS(err.text, "more than 3");
	CHECK_EQ(ask_scan("echo", ask, 0, NULL), -E2BIG);
}

TEST(ask_scan_holds_every_port)
{
	struct ask *ask = calloc(ASK_MAX, sizeof(*ask));

	CHECK(ask);
	CHECK_EQ(ask_scan("tcp:1-65535,udp:1-65535", ask, ASK_MAX, NULL), 2 * 65535);
	CHECK_EQ(ask[65534].port, 65535);
	CHECK_EQ(ask[65535].kind, ASK_UDP);
	free(ask);
}

TEST(ask_format_is_what_scan_reads)
{
	static const char *const texts[] = {
		"echo",          "timestamp", "mask", "info", "tcp:80",
		"tcp-ack:65535", "udp:1",     "arp",  "nd",   "mld",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		char buf[ASK_TEXT_LEN];
		struct ask ask;

		CHECK_EQ(ask_scan(texts[i], &ask, 1, NULL), 1);
		CHECK_STR(ask_format(&ask, buf), texts[i]);
	}
	CHECK_STR(ask_format(&(struct ask){ .kind = ASK_KINDS }, (char[ASK_TEXT_LEN]){ 0 }), "?");
}

TEST(ask_fits_knows_the_families)
{
	CHECK(ask_fits(ASK_ECHO, 4) && ask_fits(ASK_ECHO, 6));
	CHECK(ask_fits(ASK_TIMESTAMP, 4) && !ask_fits(ASK_TIMESTAMP, 6));
	CHECK(ask_fits(ASK_MASK, 4) && !ask_fits(ASK_MASK, 6));
	CHECK(ask_fits(ASK_INFO, 4) && !ask_fits(ASK_INFO, 6));
	CHECK(ask_fits(ASK_TCP_SYN, 4) && ask_fits(ASK_TCP_SYN, 6));
	CHECK(ask_fits(ASK_TCP_ACK, 4) && ask_fits(ASK_TCP_ACK, 6));
	CHECK(ask_fits(ASK_UDP, 4) && ask_fits(ASK_UDP, 6));
	CHECK(ask_fits(ASK_ARP, 4) && !ask_fits(ASK_ARP, 6));
	CHECK(!ask_fits(ASK_ND, 4) && ask_fits(ASK_ND, 6));
	CHECK(!ask_fits(ASK_MLD, 4) && ask_fits(ASK_MLD, 6));
	CHECK(!ask_fits(ASK_ECHO, 0) && !ask_fits(ASK_KINDS, 4));
}
