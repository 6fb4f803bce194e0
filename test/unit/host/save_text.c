/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "host/save_text.h"
#include "test.h"

static bool is(struct span s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.p, text, s.len) == 0;
}

TEST(a_save_falls_into_its_lines)
{
	static const char text[] = "# Generated\n*filter\n:INPUT DROP [12:34]\n:ICMP - [0:0]\n"
				   "[1:84] -A INPUT -p icmp -j ICMP\n-A ICMP -j DROP\nCOMMIT";
	const char *p = text;
	struct save_line l;

	CHECK_EQ(save_text_next(&p, &l), 1);
	CHECK_EQ(l.kind, SAVE_OTHER);
	CHECK_EQ(save_text_next(&p, &l), 1);
	CHECK_EQ(l.kind, SAVE_TABLE);
	CHECK(is(l.name, "filter") && is(l.whole, "*filter\n"));
	CHECK_EQ(save_text_next(&p, &l), 1);
	CHECK_EQ(l.kind, SAVE_CHAIN);
	CHECK(is(l.name, "INPUT") && is(l.text, "DROP"));
	CHECK_EQ(save_text_next(&p, &l), 1);
	CHECK(is(l.name, "ICMP") && is(l.text, "-"));
	CHECK_EQ(save_text_next(&p, &l), 1);
	CHECK_EQ(l.kind, SAVE_RULE);
	CHECK(is(l.name, "INPUT") && is(l.text, "-A INPUT -p icmp -j ICMP"));
	CHECK_EQ(save_text_next(&p, &l), 1);
	CHECK(is(l.name, "ICMP") && is(l.text, "-A ICMP -j DROP"));
	CHECK_EQ(save_text_next(&p, &l), 1);
	CHECK_EQ(l.kind, SAVE_COMMIT);
	CHECK_EQ(save_text_next(&p, &l), 0);
}

TEST(odd_save_lines_are_other)
{
	static const char *const cases[] = { "[",   "[1:2",     "[1:2]", "-", "-A",
					     "-A ", "-N chain", "x",     "\n" };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *p = cases[i];
		struct save_line l;

		CHECK_EQ(save_text_next(&p, &l), 1);
		CHECK_EQ(l.kind, SAVE_OTHER);
		CHECK_EQ(save_text_next(&p, &l), 0);
	}
}
