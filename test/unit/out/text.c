/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/text.h"

#include "taken.h"
#include <stdio.h>

#include "test.h"

static struct taken got;

static struct text_out out_of(unsigned width, bool colour)
{
	return (struct text_out){ taken_anew(&got), width, colour };
}

static const char *put(enum text_style style, bool colour, const char *text)
{
	struct text_out t = out_of(0, colour);

	text_put(&t, style, text);
	return taken_text(&got);
}

static const char *wrap(unsigned width, unsigned indent, const char *head, const char *text)
{
	struct text_out t = out_of(width, false);

	text_wrap(&t, indent, head, text);
	return taken_text(&got);
}

TEST(a_style_shows_only_where_colour_is_wanted_and_there_is_text)
{
	CHECK_STR(put(TEXT_BAD, false, "no"), "no");
	CHECK_STR(put(TEXT_BAD, true, "no"), "\033[31mno\033[0m");
	CHECK_STR(put(TEXT_GOOD, true, "y"), "\033[32my\033[0m");
	CHECK_STR(put(TEXT_WARN, true, "y"), "\033[33my\033[0m");
	CHECK_STR(put(TEXT_NOTE, true, "y"), "\033[36my\033[0m");
	CHECK_STR(put(TEXT_BOLD, true, "y"), "\033[1my\033[0m");
	CHECK_STR(put(TEXT_DIM, true, "y"), "\033[2my\033[0m");
	CHECK_STR(put(TEXT_PLAIN, true, "plain"), "plain");
	CHECK_STR(put(TEXT_BOLD, true, ""), "");
}

TEST(control_characters_and_broken_utf8_show_as_question_marks)
{
	CHECK_STR(put(TEXT_PLAIN, false, "a\033[31mb"), "a?[31mb");
	CHECK_STR(put(TEXT_PLAIN, false, "\n\r\t\x7f\x01"), "?????");
	CHECK_STR(put(TEXT_PLAIN, false,
		      "\xc2\x9b"
		      "2J\xc2\xa0"),
		  "?2J\xc2\xa0");
	CHECK_STR(put(TEXT_PLAIN, false, "\xff\xc3"), "??");
	CHECK_STR(put(TEXT_PLAIN, false, "\xe2\x82\xac"), "\xe2\x82\xac");
}

TEST(a_message_is_cleaned_in_place_and_stays_one_line)
{
	char text[] = "bad \033]0;x\a name\nnext\ttab \xff \xc2\x9b \xe2\x82\xac";

	text_clean(text);
	CHECK_STR(text, "bad ?]0;x? name next tab ? ? \xe2\x82\xac");
}

TEST(words_are_wrapped_at_the_width)
{
	CHECK_STR(wrap(10, 0, "", "one two three four"), "one two\nthree four\n");
	CHECK_STR(wrap(10, 0, "", "three four"), "three four\n");
	CHECK_STR(wrap(9, 0, "", "three four"), "three\nfour\n");
	CHECK_STR(wrap(0, 0, "", "one two three four"), "one two three four\n");
	CHECK_STR(wrap(10, 0, "", ""), "\n");
}

TEST(blanks_and_line_ends_of_the_source_do_not_show)
{
	CHECK_STR(wrap(40, 0, "", "  one \n two  "), "one two\n");
	CHECK_STR(wrap(40, 0, "", "   "), "\n");
}

TEST(lines_behind_the_first_are_indented_and_the_head_stands_in_the_first)
{
	CHECK_STR(wrap(12, 4, "ab", "one two three"), "ab  one two\n    three\n");
	CHECK_STR(wrap(12, 4, "\xe2\x82\xac", "one two three"),
		  "\xe2\x82\xac   one two\n    three\n");
	CHECK_STR(wrap(12, 2, "long head", "a b"), "long heada b\n");
}

TEST(a_head_wider_than_its_column_counts_for_the_first_line)
{
	CHECK_STR(wrap(12, 2, "long head ", "one two"), "long head one\n  two\n");
}

TEST(a_word_too_long_for_a_line_has_one_of_its_own)
{
	CHECK_STR(wrap(6, 2, "x", "a nine-letters b"), "x a\n  nine-letters\n  b\n");
	CHECK_STR(wrap(6, 0, "", "nine-letters"), "nine-letters\n");
	CHECK_STR(wrap(3, 8, "", "a b"), "        a\n        b\n");
}

TEST(width_is_counted_in_characters_not_octets)
{
	CHECK_STR(wrap(7, 0, "", "\xc3\xa9\xc3\xa9\xc3\xa9 \xc3\xa9\xc3\xa9\xc3\xa9 x"),
		  "\xc3\xa9\xc3\xa9\xc3\xa9 \xc3\xa9\xc3\xa9\xc3\xa9\nx\n");
}

TEST(a_table_is_as_wide_as_its_widest_cells)
{
	static const struct text_column columns[] = { { "Name", TEXT_LEFT },
						      { "N", TEXT_RIGHT },
						      { "Rest", TEXT_LEFT } };
	static const struct text_cell cells[] = {
		{ "a", TEXT_PLAIN },    { "1", TEXT_PLAIN },    { "x", TEXT_PLAIN },
		{ "longer", TEXT_BAD }, { "1000", TEXT_PLAIN }, { "runs on and on", TEXT_PLAIN },
		{ NULL, TEXT_PLAIN },   { "", TEXT_PLAIN },     { "\033", TEXT_PLAIN },
	};
	struct text_out t = out_of(10, false);

	text_table(&t, columns, 3, cells, 3);
	CHECK_STR(taken_text(&got), "Name       N  Rest\n"
				    "a          1  x\n"
				    "longer  1000  runs on and on\n"
				    "-          -  ?\n");
	t = out_of(10, true);
	text_table(&t, columns, 2, cells, 1);
	CHECK_STR(taken_text(&got), "\033[1mName\033[0m  \033[1mN\033[0m\na     1\n");
}

TEST(a_table_without_rows_shows_its_titles)
{
	static const struct text_column columns[] = { { "A", TEXT_LEFT }, { "B", TEXT_RIGHT } };
	struct text_out t = out_of(80, false);

	text_table(&t, columns, 2, NULL, 0);
	CHECK_STR(taken_text(&got), "A  B\n");
}

TEST(columns_beyond_the_most_are_left_out_and_rows_stay_in_step)
{
	struct text_column columns[TEXT_COLUMN_MAX + 1];
	struct text_cell cells[2 * (TEXT_COLUMN_MAX + 1)];
	struct text_out t = out_of(0, false);

	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		columns[i] = (struct text_column){ "c", TEXT_LEFT };
	for (size_t i = 0; i < ARRAY_LEN(cells); i++)
		cells[i] = (struct text_cell){ i < ARRAY_LEN(columns) ? "1" : "2", TEXT_PLAIN };
	text_table(&t, columns, ARRAY_LEN(columns), cells, 2);
	CHECK(!strstr(taken_text(&got), "1  2"));
	CHECK(!strstr(taken_text(&got), "2  1"));
	CHECK_HAS(taken_text(&got), "1\n2");
}

TEST(marks_that_turn_the_direction_of_text_show_as_question_marks)
{
	static const char *const turns[] = { "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xaa",
					     "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa9" };
	static const char *const plain[] = { "\xe2\x80\x8d", "\xe2\x80\xa6", "\xe2\x80\xaf",
					     "\xe2\x81\xa5", "\xe2\x82\xac" };

	for (size_t i = 0; i < ARRAY_LEN(turns); i++) {
		char text[8];

		snprintf(text, sizeof(text), "%s", turns[i]);
		text_clean(text);
		CHECK_STR(text, "?");
	}
	for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
		char text[8];

		snprintf(text, sizeof(text), "%s", plain[i]);
		text_clean(text);
		CHECK_STR(text, plain[i]);
	}
}
