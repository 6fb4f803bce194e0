/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <string.h>

#include "host/strings.h"

TEST(strings_stay_where_they_are)
{
	static char longest[40000];
	struct strings s = { 0 };
	const char *first = strings_add(&s, "first and more", 5), *big, *after;

	memset(longest, 'x', sizeof(longest));
	big = strings_add(&s, longest, sizeof(longest));
	after = strings_add(&s, NULL, 0);
	for (int i = 0; i < 5000; i++)
		CHECK_STR(strings_add(&s, "filler", 6), "filler");
	CHECK_STR(first, "first");
	CHECK_STR(after, "");
	CHECK_EQ(strlen(big), sizeof(longest));
	strings_done(&s);
	CHECK(s.last == NULL);
	strings_done(&s);
}
