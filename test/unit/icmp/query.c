/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "icmp/query.h"

static struct icmp_query query(const char *text, unsigned family, enum icmp_risk risk)
{
	struct icmp_query q;
	struct err err = { "" };

	if (icmp_query_parse(text, family, risk, &q, &err) < 0)
		print_error("'%s': %s\n", text, err.text);
	CHECK_EQ(icmp_query_parse(text, family, risk, &q, &err), 0);
	return q;
}

/* What matches, as "4:3/13 6:1 …", cut at 32 rows. */
static const char *found(const struct icmp_query *q)
{
	static char buf[1024];
	size_t at = 0, n = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < icmp_registry_count() && n < 32; i++) {
		const struct icmp_entry *e = icmp_registry_at(i);

		if (!icmp_query_match(q, e))
			continue;
		at += (size_t)snprintf(buf + at, sizeof(buf) - at, "%s%u:%u", n++ ? " " : "",
				       e->family, e->type_lo);
		if (e->type_hi != e->type_lo)
			at += (size_t)snprintf(buf + at, sizeof(buf) - at, "-%u", e->type_hi);
		if (e->code != ICMP_CODE_ANY)
			at += (size_t)snprintf(buf + at, sizeof(buf) - at, "/%d", e->code);
	}
	return buf;
}

TEST(icmp_query_forms_and_what_they_find)
{
	static const struct {
		const char *text;
		unsigned family;
		const char *finds;
	} cases[] = {
		{ "3", 6, "6:3 6:3/0 6:3/1" },
		{ "11", 0, "4:11 4:11/0 4:11/1 6:5-99" },
		{ " 11 ", 4, "4:11 4:11/0 4:11/1" },
		{ "011", 4, "4:11 4:11/0 4:11/1" },
		{ "3/13", 4, "4:3/13" },
		{ "3 / 13", 4, "4:3/13" },
		{ "type 3 code 13", 4, "4:3/13" },
		{ "icmp type 3", 6, "6:3 6:3/0 6:3/1" },
		{ "icmpv6 3/1", 0, "6:3/1" },
		{ "icmp4 3/1", 0, "4:3/1" },
		{ "icmpv4 3/1", 4, "4:3/1" },
		{ "ipv6-icmp type 135", 0, "6:135" },
		{ "8/5", 0, "4:8 6:5-99" },
		{ "3/200", 4, "4:3" },
		{ "77", 4, "4:44-252" },
		{ "77/3", 4, "4:44-252" },
		{ "20", 4, "4:20-29" },
		{ "255", 0, "4:255 6:255" },
		{ "echo-request", 0, "4:8 6:128" },
		{ "Echo_Request", 4, "4:8" },
		{ "ECHO request", 4, "4:8" },
		{ "echo", 4, "4:0 4:8 4:42 4:42/0 4:43 4:43/0 4:43/1 4:43/2 4:43/3 4:43/4" },
		{ "port-unreachable", 0, "4:3/3 6:1/4" },
		{ "port unreachable", 0, "4:3/3 6:1/4" },
		{ "icmp port unreachable", 0, "4:3/3 6:1/4" },
		{ "admin-prohibited", 0, "4:3/13 6:1/1" },
		{ "nd-neighbor-solicit", 0, "6:135" },
		{ "TOS-host-redirect", 0, "4:5/3" },
		{ "frag", 4, "4:3/4 4:11/1" },
		{ "unreachable", 6, "6:1 6:1/3 6:1/4" },
		{ "redirect", 0, "4:5 4:5/0 4:5/1 4:5/2 4:5/3 6:137" },
		{ "redirect/1", 4, "4:5/1" },
		{ "redirect/host", 4, "4:5/1 4:5/3" },
		{ "unreach/port", 0, "4:3/3 6:1/4" },
		{ "3/port", 0, "4:3/3" },
		{ "unreach/13", 4, "4:3/13" },
		{ "echo-request/9", 4, "4:8" },
		{ "no-such-thing", 0, "" },
		{ "3/no-such-code", 0, "" },
		{ "packet-too-big", 4, "" },
		{ "packet-too-big", 6, "6:2" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct icmp_query q = query(cases[i].text, cases[i].family, ICMP_RISK_NONE);

		if (strcmp(found(&q), cases[i].finds) != 0)
			print_error("'%s' finds %s\n", cases[i].text, found(&q));
		CHECK_STR(found(&q), cases[i].finds);
		CHECK(!q.says_port);
	}
}

static size_t count(const char *text, unsigned family, enum icmp_risk risk)
{
	struct icmp_query q = query(text, family, risk);
	size_t n = 0;

	for (size_t i = 0; i < icmp_registry_count(); i++)
		n += icmp_query_match(&q, icmp_registry_at(i));
	return n;
}

TEST(icmp_query_without_words_finds_everything)
{
	CHECK_EQ(count("", 0, ICMP_RISK_NONE), icmp_registry_count());
	CHECK_EQ(count(" \t ", 0, ICMP_RISK_NONE), icmp_registry_count());
	CHECK_EQ(count("", 4, ICMP_RISK_NONE) + count("", 6, ICMP_RISK_NONE),
		 icmp_registry_count());
	{
		struct icmp_query q;

		CHECK_EQ(icmp_query_parse(NULL, 0, ICMP_RISK_NONE, &q, NULL), 0);
		CHECK_EQ(q.type.kind, ICMP_QUERY_ALL);
		CHECK_EQ(q.code.kind, ICMP_QUERY_ALL);
	}
}

TEST(icmp_query_keeps_rows_below_the_risk_out)
{
	struct icmp_query q = query("", 0, ICMP_RISK_HIGH);

	CHECK_STR(found(&q), "4:5 4:5/0 4:5/1 4:5/2 4:5/3 6:134 6:137");
	CHECK_EQ(count("3", 4, ICMP_RISK_HIGH), 0);
	CHECK(count("", 0, ICMP_RISK_MEDIUM) > count("", 0, ICMP_RISK_HIGH));
	CHECK_EQ(count("", 0, ICMP_RISK_LOW), icmp_registry_count() - 1);
}

TEST(icmp_query_knows_the_ports_that_are_types)
{
	static const char *const texts[] = { "port 3",      "port 3/3",          "ports 3",
					     "icmp port 3", "ICMP Port 3/3",     "icmp  port  3",
					     "PORT 3",      "icmp port 3 code 3" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct icmp_query q = query(texts[i], 4, ICMP_RISK_NONE);

		CHECK(q.says_port);
		CHECK_EQ(q.type.kind, ICMP_QUERY_NUMBER);
		CHECK_EQ(q.type.number, 3);
	}
	CHECK(!query("port", 4, ICMP_RISK_NONE).says_port);
	CHECK(!query("port-unreachable", 4, ICMP_RISK_NONE).says_port);
}

TEST(icmp_query_fields)
{
	struct icmp_query q = query("Destination_Unreachable/Port  Un", 6, ICMP_RISK_LOW);

	CHECK_EQ(q.family, 6);
	CHECK_EQ(q.min_risk, ICMP_RISK_LOW);
	CHECK_EQ(q.type.kind, ICMP_QUERY_NAME);
	CHECK_STR(q.type.text, "destination_unreachable");
	CHECK_EQ(q.code.kind, ICMP_QUERY_TEXT);
	CHECK_STR(q.code.text, "port un");
	q = query("icmpv6 1/4", 0, ICMP_RISK_NONE);
	CHECK_EQ(q.family, 6);
	CHECK_EQ(q.type.kind, ICMP_QUERY_NUMBER);
	CHECK_EQ(q.type.number, 1);
	CHECK_EQ(q.code.kind, ICMP_QUERY_NUMBER);
	CHECK_EQ(q.code.number, 4);
}

TEST(icmp_query_refuses_says_why_and_leaves_result_alone)
{
	char longest[ICMP_QUERY_LEN + 1];
	const struct {
		const char *text;
		unsigned family;
		const char *says;
	} cases[] = {
		{ "256", 0, "ICMP type '256' is above 255: types are 0-255" },
		{ "99999999999999999999", 0, "ICMP type '99999999999999999999' is above 255" },
		{ "3/999", 0, "ICMP code '999' is above 255: codes are 0-255" },
		{ "port 443", 0,
		  "ICMP has no ports but types and codes: ICMP type '443' is above 255" },
		{ "port 3/", 0, "no code beside '/': ask as TYPE/CODE" },
		{ "3/", 0, "no code beside '/'" },
		{ "/3", 0, "no type beside '/'" },
		{ "/", 0, "no type beside '/'" },
		{ "3/1/2", 0, "'3/1/2' has more than one '/'" },
		{ "icmpv6 3", 4, "'icmpv6' asks for IPv6, but -4 was given" },
		{ "icmp4 3", 6, "'icmp4' asks for IPv4, but -6 was given" },
		{ "echo\n", 0, "no printable ASCII" },
		{ "\xc3\xa9", 0, "no printable ASCII" },
		{ "\x1b[31m", 0, "no printable ASCII" },
		{ longest, 0, "is longer than any name of an ICMP type" },
	};

	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct icmp_query q = { .family = 42 };
		struct err err = { "" };

		CHECK_EQ(icmp_query_parse(cases[i].text, cases[i].family, ICMP_RISK_NONE, &q, &err),
			 -EINVAL);
		CHECK_HAS(err.text, cases[i].says);
		CHECK_EQ(q.family, 42);
		CHECK_EQ(icmp_query_parse(cases[i].text, cases[i].family, ICMP_RISK_NONE, &q, NULL),
			 -EINVAL);
	}
	longest[ICMP_QUERY_LEN - 1] = '\0';
	query(longest, 0, ICMP_RISK_NONE);
}

TEST(icmp_query_by_number_finds_the_row_that_speaks_for_it)
{
	for (unsigned type = 0; type < 256; type++)
		for (unsigned code = 0; code < 256; code += 5) {
			char text[16];

			snprintf(text, sizeof(text), "%u/%u", type, code);
			for (unsigned family = 4; family <= 6; family += 2) {
				struct icmp_query q = query(text, family, ICMP_RISK_NONE);

				CHECK(icmp_query_match(
					&q, icmp_find(family, (uint8_t)type, (int)code)));
				CHECK_EQ(count(text, family, ICMP_RISK_NONE), 1);
			}
		}
}

TEST(icmp_query_by_machine_name_finds_its_row)
{
	for (size_t i = 0; i < icmp_registry_count(); i++) {
		const struct icmp_entry *e = icmp_registry_at(i);
		struct icmp_query q = query(e->machine_name, e->family, ICMP_RISK_NONE);

		CHECK_EQ(q.type.kind, ICMP_QUERY_NAME);
		CHECK(icmp_query_match(&q, e));
	}
}

TEST(icmp_query_nearest_mends_typing_errors)
{
	static const struct {
		const char *text, *name;
		unsigned family, type;
		int code;
	} cases[] = {
		{ "ecko-request", "echo-request", 4, 8, ICMP_CODE_ANY },
		{ "ehco-request", "echo-request", 4, 8, ICMP_CODE_ANY },
		{ "redirct", "redirect", 4, 5, ICMP_CODE_ANY },
		{ "packet-to-big", "packet-too-big", 6, 2, ICMP_CODE_ANY },
		{ "port-unreachible", "port-unreachable", 4, 3, 3 },
		{ "timstamp", "timestamp-reply", 4, 14, ICMP_CODE_ANY },
		{ "3/prot-unreachble", "prot-unreachable", 4, 3, 2 },
		{ "redirct/host", "redirect", 4, 5, ICMP_CODE_ANY },
		{ "packet-too-big", "packet-too-big", 6, 2, ICMP_CODE_ANY },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct icmp_query q = query(cases[i].text, 0, ICMP_RISK_NONE);
		const struct icmp_entry *e = NULL;
		const char *name = icmp_query_nearest(&q, &e);

		CHECK(name != NULL);
		CHECK_STR(name, cases[i].name);
		CHECK_EQ(e->family, cases[i].family);
		CHECK_EQ(e->type_lo, cases[i].type);
		CHECK_EQ(e->code, cases[i].code);
		CHECK_STR(icmp_query_nearest(&q, NULL), name);
	}
}

TEST(icmp_query_nearest_looks_into_the_other_family_last)
{
	struct icmp_query q = query("packet-too-big", 4, ICMP_RISK_NONE);
	const struct icmp_entry *e = NULL;

	CHECK_STR(icmp_query_nearest(&q, &e), "packet-too-big");
	CHECK_EQ(e->family, 6);
	q = query("echo-requset", 6, ICMP_RISK_NONE);
	CHECK_STR(icmp_query_nearest(&q, &e), "echo-request");
	CHECK_EQ(e->family, 6);
}

TEST(icmp_query_nearest_keeps_silent_when_nothing_is_near)
{
	static const char *const texts[] = { "xyzzy", "3", "3/13", "", "qqqq", "3/xyzzy" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct icmp_query q = query(texts[i], 0, ICMP_RISK_NONE);
		const struct icmp_entry *e = NULL;

		CHECK(icmp_query_nearest(&q, &e) == NULL);
		CHECK(e == NULL);
	}
}
