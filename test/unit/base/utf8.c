/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <string.h>

#include "base/utf8.h"

TEST(utf8_len_accepts_only_well_formed_characters)
{
	static const struct {
		const char *text;
		size_t len;
	} cases[] = {
		{ "a", 1 },
		{ "\xc3\xa9", 2 },
		{ "\xe2\x82\xac", 3 },
		{ "\xf0\x9f\x98\x80", 4 },
		{ "\x80", 0 },
		{ "\xc3", 0 },
		{ "\xc3(", 0 },
		{ "\xc0\xaf", 0 },
		{ "\xe0\x80\xaf", 0 },
		{ "\xed\xa0\x80", 0 },
		{ "\xf4\x90\x80\x80", 0 },
		{ "\xf0\x80\x80\x80", 0 },
		{ "\xff", 0 },
		{ "", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(utf8_len(cases[i].text, strlen(cases[i].text)), cases[i].len);
	CHECK_EQ(utf8_width("a\xc3\xa9\xff"), 3);
}
