/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/trace_words.h"

#include <errno.h>
#include <string.h>

#include "test.h"

static FILE *file_of(const char *text, size_t len)
{
	FILE *f = fmemopen((void *)(uintptr_t)text, len, "r");

	CHECK(f != NULL);
	return f;
}

TEST(trace_words_are_parted_by_blanks_and_line_ends_with_comments_left_out)
{
	static const char text[] =
		"\xef\xbb\xbf# targets\n192.0.2.1 ::1\r\n\n\twww.example # web 7\n"
		"a#b\n#";
	static const struct {
		const char *word;
		unsigned line;
	} want[] = { { "192.0.2.1", 2 }, { "::1", 2 }, { "www.example", 4 }, { "a#b", 5 } };
	struct trace_words w = { file_of(text, sizeof(text) - 1), "list", 1 };
	char word[TRACE_WORDS_LEN];

	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		CHECK_EQ(trace_words_next(&w, word, NULL), 1);
		CHECK_STR(word, want[i].word);
		CHECK_EQ(w.line, want[i].line);
	}
	CHECK_EQ(trace_words_next(&w, word, NULL), 0);
	CHECK_EQ(trace_words_next(&w, word, NULL), 0);
	fclose(w.file);
}

TEST(trace_words_refuse_one_that_is_too_long)
{
	char text[TRACE_WORDS_LEN + 1], word[TRACE_WORDS_LEN];
	struct trace_words w = { NULL, "list", 1 };
	struct err err = { "" };

	memset(text, 'x', sizeof(text));
	text[0] = '\n';
	w.file = file_of(text, TRACE_WORDS_LEN);
	CHECK_EQ(trace_words_next(&w, word, &err), 1);
	CHECK_EQ(strlen(word), TRACE_WORDS_LEN - 1);
	fclose(w.file);
	w = (struct trace_words){ file_of(text, sizeof(text)), "list", 1 };
	CHECK_EQ(trace_words_next(&w, word, &err), -EINVAL);
	CHECK_HAS(err.text, "list:2");
	fclose(w.file);
}
