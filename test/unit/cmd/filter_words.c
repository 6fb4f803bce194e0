/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/filter_words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

TEST(words_of_a_filter_are_joined_by_blanks)
{
	const char *const words[] = { "host", "192.0.2.1", "and icmp" };
	char *text = NULL;

	CHECK_EQ(filter_words(&(struct opt_rest){ words, 3 }, &text, NULL), 0);
	CHECK_STR(text, "host 192.0.2.1 and icmp");
	free(text);
	CHECK_EQ(filter_words(&(struct opt_rest){ words, 1 }, &text, NULL), 0);
	CHECK_STR(text, "host");
	free(text);
	CHECK_EQ(filter_words(&(struct opt_rest){ NULL, 0 }, &text, NULL), 0);
	CHECK(!text);
}

TEST(a_filter_too_long_is_refused)
{
	char *word = malloc(70000), *text = NULL;
	const char *words[1];
	struct err err;

	CHECK(word);
	memset(word, 'x', 69999);
	word[69999] = '\0';
	words[0] = word;
	CHECK_EQ(filter_words(&(struct opt_rest){ words, 1 }, &text, &err), -EINVAL);
	CHECK_HAS(err.text, "too long");
	CHECK(!text);
	free(word);
}
