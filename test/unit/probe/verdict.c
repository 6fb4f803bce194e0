/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/verdict.h"

#include <errno.h>
#include <string.h>

#include "test.h"

static struct probe_cell answer(uint8_t kind, uint16_t from, uint8_t type, uint8_t code)
{
	return (struct probe_cell){
		.state = CELL_ANSWERED, .kind = kind, .from = from, .type = type, .code = code
	};
}

static struct probe_cell still(uint8_t state, uint8_t code)
{
	return (struct probe_cell){ .state = state, .code = code };
}

TEST(verdict_of_error_knows_codes_of_both_families)
{
	static const struct {
		int family;
		uint8_t type, code;
		enum verdict_error want;
	} cases[] = {
		{ 4, 3, 0, VERDICT_NO_WAY },      { 4, 3, 1, VERDICT_NO_WAY },
		{ 4, 3, 2, VERDICT_PORT },        { 4, 3, 3, VERDICT_PORT },
		{ 4, 3, 4, VERDICT_NO_WAY },      { 4, 3, 9, VERDICT_PROHIBITED },
		{ 4, 3, 10, VERDICT_PROHIBITED }, { 4, 3, 13, VERDICT_PROHIBITED },
		{ 4, 11, 0, VERDICT_NO_WAY },     { 4, 1, 4, VERDICT_NO_WAY },
		{ 6, 1, 0, VERDICT_NO_WAY },      { 6, 1, 1, VERDICT_PROHIBITED },
		{ 6, 1, 3, VERDICT_NO_WAY },      { 6, 1, 4, VERDICT_PORT },
		{ 6, 1, 5, VERDICT_PROHIBITED },  { 6, 1, 6, VERDICT_PROHIBITED },
		{ 6, 3, 3, VERDICT_NO_WAY },      { 6, 3, 13, VERDICT_NO_WAY },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(verdict_of_error(cases[i].family, cases[i].type, cases[i].code),
			 cases[i].want);
}

TEST(verdict_is_there_takes_the_targets_own_word_only)
{
	struct probe_cell own = answer(REPLY_ERROR, 0, 3, 3);
	struct probe_cell others = answer(REPLY_ERROR, 1, 3, 3);
	struct probe_cell reset = answer(REPLY_RST, 0, 0, 0);
	struct probe_cell silent = still(CELL_SILENT, 0);

	CHECK(verdict_is_there(&own));
	CHECK(!verdict_is_there(&others));
	CHECK(verdict_is_there(&reset));
	CHECK(!verdict_is_there(&silent));
}

TEST(verdict_host_weighs_answers_before_errors_before_silence)
{
	const struct probe_cell up = answer(REPLY_ANSWER, 0, 0, 0);
	const struct probe_cell no_port = answer(REPLY_ERROR, 0, 3, 3);
	const struct probe_cell own_no = answer(REPLY_ERROR, 0, 3, 13);
	const struct probe_cell no = answer(REPLY_ERROR, 2, 3, 13);
	const struct probe_cell fake = answer(REPLY_ERROR, 4, 3, 3);
	const struct probe_cell lost = answer(REPLY_ERROR, 3, 3, 1);
	const struct probe_cell silent = still(CELL_SILENT, 0);
	const struct probe_cell open = still(CELL_OPEN_QUESTION, 0);
	const struct probe_cell not_here = still(CELL_UNSENT, EPROTONOSUPPORT);
	const struct probe_cell no_arp = still(CELL_UNSENT, EHOSTUNREACH);
	const struct probe_cell no_route = still(CELL_UNSENT, ENETUNREACH);
	const struct probe_cell refused = still(CELL_UNSENT, EPERM);
	const struct probe_cell went_down = still(CELL_UNSENT, ENETDOWN);
	const struct {
		struct probe_cell a, b;
		bool on_link;
		uint8_t want;
		uint16_t who;
		int error;
	} cases[] = {
		{ silent, up, false, FACT_HOST_UP, 0, 0 },
		{ no, up, false, FACT_HOST_UP, 0, 0 },
		{ silent, no_port, false, FACT_HOST_UP, 0, 0 },
		{ silent, own_no, false, FACT_HOST_UP, 0, 0 },
		{ lost, no, false, FACT_HOST_PROHIBITED, 2, 0 },
		{ silent, fake, false, FACT_HOST_PROHIBITED, 4, 0 },
		{ silent, lost, false, FACT_HOST_UNREACHABLE, 3, 0 },
		{ silent, silent, false, FACT_HOST_DOWN, 0, 0 },
		{ silent, not_here, false, FACT_HOST_DOWN, 0, 0 },
		{ silent, open, false, FACT_HOST_UNKNOWN, 0, 0 },
		{ not_here, not_here, false, FACT_HOST_UNKNOWN, 0, 0 },
		{ no_arp, not_here, true, FACT_HOST_DOWN, 0, 0 },
		{ no_arp, not_here, false, FACT_HOST_UNREACHABLE, 0, EHOSTUNREACH },
		{ no_route, no_route, false, FACT_HOST_UNREACHABLE, 0, ENETUNREACH },
		{ silent, refused, false, FACT_HOST_DOWN, 0, 0 },
		{ silent, went_down, false, FACT_HOST_UNKNOWN, 0, ENETDOWN },
		{ refused, refused, false, FACT_HOST_UNKNOWN, 0, EPERM },
		{ refused, up, false, FACT_HOST_UP, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct probe_cell cell[2] = { cases[i].a, cases[i].b };
		struct verdict_host v = verdict_host(cell, 2, 4, cases[i].on_link);

		CHECK_EQ(v.state, cases[i].want);
		CHECK_EQ(v.who, cases[i].who);
		CHECK_EQ(v.error, cases[i].error);
	}
}

TEST(verdict_port_gives_state_reason_and_confidence)
{
	const struct verdict_about syn = { .kind = ASK_TCP_SYN, .family = 4, .answers = true };
	const struct verdict_about mute = { .kind = ASK_TCP_SYN, .family = 4 };
	const struct verdict_about sock = {
		.kind = ASK_TCP_SYN, .family = 4, .answers = true, .by_sockets = true
	};
	const struct verdict_about box = {
		.kind = ASK_TCP_SYN, .family = 4, .answers = true, .middlebox = true
	};
	const struct verdict_about no = {
		.kind = ASK_TCP_SYN, .family = 4, .answers = true, .refuses = true
	};
	const struct verdict_about udp_no = {
		.kind = ASK_UDP, .family = 4, .answers = true, .refuses = true
	};
	const struct verdict_about udp_mute = { .kind = ASK_UDP, .family = 4 };
	const struct verdict_about ack = { .kind = ASK_TCP_ACK, .family = 4, .answers = true };
	const struct verdict_about udp = { .kind = ASK_UDP, .family = 4, .answers = true };
	const struct verdict_about udp6 = { .kind = ASK_UDP, .family = 6, .answers = true };
	const struct {
		struct probe_cell cell;
		const struct verdict_about *about;
		uint8_t state, confidence;
		const char *kind;
		bool icmp;
	} cases[] = {
		{ answer(REPLY_SYNACK, 0, 0, 0), &syn, FACT_VERDICT_OPEN, FACT_CERTAIN, "syn-ack",
		  false },
		{ answer(REPLY_RST, 0, 0, 0), &syn, FACT_VERDICT_CLOSED, FACT_CERTAIN, "rst",
		  false },
		{ answer(REPLY_SYNACK, 0, 0, 0), &sock, FACT_VERDICT_OPEN, FACT_CERTAIN,
		  "connected", false },
		{ answer(REPLY_RST, 0, 0, 0), &sock, FACT_VERDICT_CLOSED, FACT_CERTAIN, "refused",
		  false },
		{ answer(REPLY_SYNACK, 0, 0, 0), &box, FACT_VERDICT_OPEN, FACT_DOUBTFUL, "syn-ack",
		  false },
		{ answer(REPLY_RST, 0, 0, 0), &ack, FACT_VERDICT_UNFILTERED, FACT_CERTAIN, "rst",
		  false },
		{ answer(REPLY_ERROR, 0, 3, 3), &syn, FACT_VERDICT_FILTERED, FACT_CERTAIN, "icmp",
		  true },
		{ answer(REPLY_ERROR, 0, 3, 1), &syn, FACT_VERDICT_FILTERED, FACT_CERTAIN, "icmp",
		  true },
		{ answer(REPLY_ERROR, 1, 3, 13), &syn, FACT_VERDICT_FILTERED, FACT_LIKELY, "icmp",
		  true },
		{ answer(REPLY_ERROR, 1, 3, 1), &syn, FACT_VERDICT_UNREACHABLE, FACT_LIKELY, "icmp",
		  true },
		{ answer(REPLY_ERROR, 0, 3, 3), &udp, FACT_VERDICT_CLOSED, FACT_CERTAIN, "icmp",
		  true },
		{ answer(REPLY_ERROR, 0, 1, 4), &udp6, FACT_VERDICT_CLOSED, FACT_CERTAIN, "icmp",
		  true },
		{ answer(REPLY_ERROR, 1, 3, 3), &udp, FACT_VERDICT_FILTERED, FACT_LIKELY, "icmp",
		  true },
		{ answer(REPLY_ANSWER, 0, 0, 0), &udp, FACT_VERDICT_OPEN, FACT_CERTAIN, "udp",
		  false },
		{ still(CELL_SILENT, 0), &syn, FACT_VERDICT_FILTERED, FACT_LIKELY, "silence",
		  false },
		{ still(CELL_SILENT, 0), &mute, FACT_VERDICT_FILTERED, FACT_DOUBTFUL, "silence",
		  false },
		{ still(CELL_SILENT, 0), &udp, FACT_VERDICT_OPEN_FILTERED, FACT_DOUBTFUL, "silence",
		  false },
		{ still(CELL_SILENT, 0), &no, FACT_VERDICT_FILTERED, FACT_DOUBTFUL, "silence",
		  false },
		{ still(CELL_CERTIFIED, 0), &udp_no, FACT_VERDICT_OPEN_FILTERED, FACT_LIKELY,
		  "sentinel", false },
		{ still(CELL_CERTIFIED, 0), &udp, FACT_VERDICT_OPEN_FILTERED, FACT_LIKELY,
		  "silence", false },
		{ still(CELL_CERTIFIED, 0), &udp_mute, FACT_VERDICT_OPEN_FILTERED, FACT_DOUBTFUL,
		  "silence", false },
		{ still(CELL_LIMITED, 0), &udp, FACT_VERDICT_UNRESOLVED, FACT_DOUBTFUL, "limiter",
		  false },
		{ still(CELL_UNSENT, ENETUNREACH), &syn, FACT_VERDICT_UNREACHABLE, FACT_CERTAIN,
		  "no-route", false },
		{ still(CELL_UNSENT, EINVAL), &syn, FACT_VERDICT_UNREACHABLE, FACT_CERTAIN,
		  "no-route", false },
		{ still(CELL_UNSENT, EACCES), &syn, FACT_VERDICT_UNREACHABLE, FACT_CERTAIN,
		  "no-route", false },
		{ still(CELL_UNSENT, EIO), &syn, FACT_VERDICT_UNRESOLVED, FACT_DOUBTFUL, "no-route",
		  false },
		{ still(CELL_UNSENT, ENETDOWN), &syn, FACT_VERDICT_UNRESOLVED, FACT_DOUBTFUL,
		  "no-route", false },
		{ still(CELL_OPEN_QUESTION, 0), &syn, FACT_VERDICT_UNRESOLVED, FACT_DOUBTFUL,
		  "silence", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct verdict_port v = verdict_port(&cases[i].cell, cases[i].about);

		CHECK_EQ(v.state, cases[i].state);
		CHECK_EQ(v.confidence, cases[i].confidence);
		CHECK_STR(v.kind, cases[i].kind);
		CHECK_EQ(v.icmp, cases[i].icmp);
	}
}

TEST(verdict_of_routes_that_refuse_is_unreachable_for_hosts_as_well)
{
	static const struct {
		int error;
		enum fact_host_state state;
		const char *text;
	} cases[] = {
		{ EINVAL, FACT_HOST_UNREACHABLE, "this host has a blackhole route to it" },
		{ EACCES, FACT_HOST_UNREACHABLE,
		  "a route or the firewall of this host prohibits it" },
		{ EHOSTUNREACH, FACT_HOST_UNREACHABLE,
		  "nobody on the way there answers for it, or a route of this host says that it is "
		  "unreachable" },
		{ ENETUNREACH, FACT_HOST_UNREACHABLE, "this host has no route to it" },
		{ ENETDOWN, FACT_HOST_UNKNOWN, "the interface went down" },
		{ EIO, FACT_HOST_UNKNOWN, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct probe_cell cell = still(CELL_UNSENT, (uint8_t)cases[i].error);
		struct verdict_host v = verdict_host(&cell, 1, 4, false);
		const char *text = verdict_errno(cases[i].error);

		CHECK_EQ(v.state, cases[i].state);
		CHECK_EQ(v.error, cases[i].error);
		CHECK((text == NULL) == (cases[i].text == NULL));
		if (text)
			CHECK_STR(text, cases[i].text);
	}
}

TEST(verdict_text_says_who_and_what)
{
	const struct verdict_about syn = { .kind = ASK_TCP_SYN, .family = 4, .answers = true };
	const struct verdict_about udp = { .kind = ASK_UDP, .family = 4, .answers = true };
	const struct verdict_about mute = { .kind = ASK_UDP, .family = 4 };
	const struct verdict_about no = {
		.kind = ASK_UDP, .family = 4, .answers = true, .refuses = true
	};
	const struct ip_addr who = ip4_make(10, 0, 0, 1), nobody = { .family = 0 };
	char buf[VERDICT_TEXT_LEN];
	const struct {
		struct probe_cell cell;
		const struct verdict_about *about;
		const struct ip_addr *from;
		const char *want;
	} cases[] = {
		{ answer(REPLY_ERROR, 1, 3, 13), &syn, &who, "prohibited by 10.0.0.1" },
		{ answer(REPLY_ERROR, 0, 3, 3), &syn, &who, "rejected by 10.0.0.1" },
		{ answer(REPLY_ERROR, 0, 3, 3), &udp, &who, "no such port, says 10.0.0.1" },
		{ answer(REPLY_ERROR, 1, 3, 1), &udp, &who, "no way to it, says 10.0.0.1" },
		{ answer(REPLY_ERROR, 4095, 3, 13), &syn, &nobody,
		  "prohibited by an unnamed host" },
		{ answer(REPLY_SYNACK, 0, 0, 0), &syn, &who, "SYN-ACK" },
		{ still(CELL_SILENT, 0), &syn, &nobody, "silence" },
		{ still(CELL_SILENT, 0), &no, &nobody,
		  "silence; it refuses others by ICMP, and a limit may hide that here" },
		{ still(CELL_CERTIFIED, 0), &no, &nobody,
		  "silence while refusals were coming through: not closed" },
		{ still(CELL_CERTIFIED, 0), &udp, &nobody,
		  "silence, after rests that a limit on refusals would not outlast" },
		{ still(CELL_CERTIFIED, 0), &mute, &nobody,
		  "silence, and nothing else came from it either" },
		{ still(CELL_UNSENT, ENETDOWN), &syn, &nobody, "the interface went down" },
		{ still(CELL_LIMITED, 0), &udp, &nobody,
		  "silence that the target's limit on ICMP errors may explain" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_STR(verdict_text(&cases[i].cell, cases[i].about, cases[i].from, buf),
			  cases[i].want);
}
