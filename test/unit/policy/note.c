/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "made.h"
#include "policy/note.h"

static struct note note;

TEST(note_put_cuts_at_a_character_and_says_so)
{
	note_init(&note, &review_pmtud_broken, FACT_LOW, 4);
	for (int i = 0; i < 1000; i++)
		note_put(&note.why, "%s", i % 2 ? "ä" : "ö€");
	CHECK_EQ(strlen(note.why.p) < NOTE_LEN, 1);
	CHECK_STR(note.why.p + strlen(note.why.p) - 3, "…");
	/* Every continuation octet follows a lead octet of the right length. */
	for (const unsigned char *p = (const unsigned char *)note.why.p; *p;) {
		int len = *p < 0x80 ? 1 : *p >= 0xe0 ? 3 : 2;

		CHECK((*p & 0xc0) != 0x80);
		for (int i = 1; i < len; i++)
			CHECK_EQ(p[i] & 0xc0, 0x80);
		p += len;
	}
}

TEST(note_put_rule_names_what_is_known)
{
	struct fact_rule r = made_rule;

	note_init(&note, &review_pmtud_broken, FACT_LOW, 4);
	note_put_rule(&note.why, &r);
	CHECK_STR(note.why.p,
		  "rule 3 (handle 12) of inet filter input (\"icmp type redirect drop\")");
	note_init(&note, &review_pmtud_broken, FACT_LOW, 4);
	r.position = FACT_NONE;
	r.text = NULL;
	note_put_rule(&note.why, &r);
	CHECK_STR(note.why.p, "the rule with handle 12 of inet filter input");
	note_init(&note, &review_pmtud_broken, FACT_LOW, 4);
	note_put_rule(&note.why, NULL);
	CHECK_STR(note.why.p, "no rule that could be named");
}

TEST(note_put_rule_cuts_long_rules)
{
	char text[2000];
	struct fact_rule r = made_rule;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	r.text = text;
	note_init(&note, &review_pmtud_broken, FACT_LOW, 4);
	note_put_rule(&note.why, &r);
	CHECK(strlen(note.why.p) < 260);
	CHECK_HAS(note.why.p, "xx…\")");
}

TEST(note_put_verdict_says_setting_and_answer)
{
	static const struct fact_answer answer = { "icmp", { 4, { 192, 0, 2, 10 }, 0 }, 3, 13, 64 };
	struct fact_icmp_verdict v =
		made_verdict(4, 8, 0, FACT_STRANGER, FACT_STRAY, FACT_REFUSED, &made_rule);

	v.answer = &answer;
	note_init(&note, &review_pmtud_broken, FACT_LOW, 4);
	note_put_verdict(&note.why, &v);
	CHECK_HAS(note.why.p, "was rejected with icmp 3/13 from 192.0.2.10 by rule 3");
	v.verdict = FACT_IGNORED;
	v.answer = NULL;
	v.sysctl = "net.ipv4.icmp_echo_ignore_all=1";
	note_init(&note, &review_pmtud_broken, FACT_LOW, 4);
	note_put_verdict(&note.why, &v);
	CHECK_HAS(note.why.p, "was ignored by net.ipv4.icmp_echo_ignore_all=1; let in by rule 3");
	v.sysctl = NULL;
	v.reason = "hop limit below 255";
	note_init(&note, &review_pmtud_broken, FACT_LOW, 4);
	note_put_verdict(&note.why, &v);
	CHECK_HAS(note.why.p, "was ignored (hop limit below 255); let in by rule 3");
}

TEST(note_names_keeps_each_name_once_and_bounds_them)
{
	static char name[NOTE_NAMES + 5][16];
	struct note_names names = { 0 };

	note_init(&note, &review_pmtud_broken, FACT_LOW, 4);
	for (int i = 0; i < NOTE_NAMES + 5; i++) {
		snprintf(name[i], sizeof(name[i]), "e%d", i);
		note_name(&names, name[i]);
		note_name(&names, name[i]);
	}
	note_name(&names, NULL);
	CHECK_EQ(names.n, NOTE_NAMES);
	note_put_names(&note.why, &names);
	CHECK_STR(note.why.p, "e0, e1, e2, e3 and 60 or more");
	names.n = 5; /* one more than shown is shown too: "and 1 more" is no shorter */
	note_init(&note, &review_pmtud_broken, FACT_LOW, 4);
	note_put_names(&note.why, &names);
	CHECK_STR(note.why.p, "e0, e1, e2, e3, e4");
}
