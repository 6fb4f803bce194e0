/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

static void joined(int argc, const char *const *argv, const char *want)
{
	char *text = line_join("sonde", argc, argv);
	struct line l = { 0 };
	struct err err;

	CHECK_STR(text, want);
	CHECK_EQ(line_split(text, &l, &err), 0);
	CHECK_EQ(l.n, argc + 1);
	CHECK_STR(l.word[0], "sonde");
	for (int i = 0; i < argc; i++)
		CHECK_STR(l.word[i + 1], argv[i]);
	CHECK(l.word[l.n] == NULL);
	line_done(&l);
	free(text);
}

TEST(words_are_quoted_as_a_shell_takes_them_and_come_back)
{
	joined(0, NULL, "sonde");
	joined(3, (const char *[]){ "scan", "-p", "T:1-10,U:53" }, "sonde scan -p T:1-10,U:53");
	joined(4, (const char *[]){ "a b", "", "it's", "$HOME;rm *" },
	       "sonde 'a b' '' 'it'\\''s' '$HOME;rm *'");
	joined(2, (const char *[]){ "a\nb\tc", "\"\\" }, "sonde 'a\nb\tc' '\"\\'");
}

TEST(what_a_person_quoted_otherwise_is_read_too)
{
	struct line l;
	struct err err;

	CHECK_EQ(line_split("  a\\ b \"c 'd'\" e\"f\"'g'\n", &l, &err), 0);
	CHECK_EQ(l.n, 3);
	CHECK_STR(l.word[0], "a b");
	CHECK_STR(l.word[1], "c 'd'");
	CHECK_STR(l.word[2], "efg");
	line_done(&l);
	CHECK_EQ(line_split("", &l, &err), 0);
	CHECK_EQ(l.n, 0);
	line_done(&l);
	CHECK_EQ(line_split("a b c d e f g h", &l, &err), 0);
	CHECK_EQ(l.n, 8);
	line_done(&l);
}

TEST(a_quote_without_end_and_endless_texts_are_refused)
{
	char *much = malloc(LINE_MAX_LEN + 2);
	struct line l = { .n = 7 };
	struct err err;

	CHECK_EQ(line_split("a 'b", &l, &err), -EINVAL);
	CHECK_HAS(err.text, "quote");
	CHECK_EQ(line_split("\"", &l, &err), -EINVAL);
	CHECK(much != NULL);
	memset(much, 'x', LINE_MAX_LEN + 1);
	much[LINE_MAX_LEN + 1] = '\0';
	CHECK_EQ(line_split(much, &l, &err), -EINVAL);
	CHECK_HAS(err.text, "octets");
	CHECK_EQ(l.n, 7);
	free(much);
}
