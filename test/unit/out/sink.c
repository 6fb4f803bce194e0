/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/sink.h"

#include <errno.h>
#include <stdlib.h>

#include "taken.h"
#include "test.h"

static struct taken got;

TEST(nothing_is_written_before_the_buffer_is_full_or_flushed)
{
	struct out_sink *s = taken_anew(&got);

	out_text(s, "one ");
	out_char(s, '2');
	CHECK_EQ(got.calls, 0);
	CHECK_EQ(out_flush(s), 0);
	CHECK_EQ(got.calls, 1);
	CHECK_STR(got.text, "one 2");
	CHECK_EQ(out_flush(s), 0);
	CHECK_EQ(got.calls, 1);
}

TEST(what_is_longer_than_the_buffer_comes_out_whole_and_in_order)
{
	static char much[2 * OUT_BUF_LEN + 77];
	struct out_sink *s = taken_anew(&got);

	for (size_t i = 0; i < sizeof(much); i++)
		much[i] = (char)('!' + i % 90);
	out_char(s, '<');
	out_put(s, much, sizeof(much));
	out_char(s, '>');
	CHECK_EQ(out_flush(s), 0);
	CHECK_EQ(got.len, sizeof(much) + 2);
	CHECK_EQ(got.text[0], '<');
	CHECK_MEM(got.text + 1, much, sizeof(much));
	CHECK_EQ(got.text[got.len - 1], '>');
}

TEST(single_characters_fill_the_buffer_and_go_on_behind_it)
{
	struct out_sink *s = taken_anew(&got);

	for (size_t i = 0; i < OUT_BUF_LEN + 1; i++)
		out_char(s, 'x');
	CHECK_EQ(out_flush(s), 0);
	CHECK_EQ(got.len, OUT_BUF_LEN + 1);
}

TEST(the_first_error_sticks_and_nothing_more_is_asked)
{
	static char much[OUT_BUF_LEN];
	struct out_sink *s = taken_anew(&got);

	got.fail = -ENOSPC;
	out_put(s, much, sizeof(much));
	CHECK_EQ(s->error, -ENOSPC);
	CHECK_EQ(got.calls, 1);
	got.fail = -EIO;
	out_put(s, much, sizeof(much));
	out_text(s, "more");
	CHECK_EQ(out_flush(s), -ENOSPC);
	CHECK_EQ(got.calls, 1);
	got.fail = 0;
	out_text(s, "more");
	CHECK_EQ(out_flush(s), -ENOSPC);
	CHECK_EQ(got.len, 0);
}

TEST(integers_reach_both_ends_of_their_range)
{
	static const struct {
		int64_t v;
		const char *text;
	} cases[] = {
		{ 0, "0" },
		{ 7, "7" },
		{ -7, "-7" },
		{ 10, "10" },
		{ INT64_MAX, "9223372036854775807" },
		{ INT64_MIN, "-9223372036854775808" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		out_int(taken_anew(&got), cases[i].v);
		CHECK_STR(taken_text(&got), cases[i].text);
	}
}

TEST(printf_cuts_at_what_its_header_says)
{
	static char much[5000];

	memset(much, 'y', sizeof(much) - 1);
	out_printf(taken_anew(&got), "%s", much);
	CHECK_EQ(strlen(taken_text(&got)), 4095);
	out_printf(taken_anew(&got), "%d-%s", 5, "a");
	CHECK_STR(taken_text(&got), "5-a");
	out_printf(taken_anew(&got), "%s", "");
	CHECK_STR(taken_text(&got), "");
}
