/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include "base/nearest.h"

TEST(nearest_counts_edits)
{
	static const struct {
		const char *a, *b;
		unsigned d;
	} cases[] = {
		{ "", "", 0 },          { "ping", "ping", 0 }, { "PING", "ping", 0 },
		{ "pign", "ping", 1 },  { "pin", "ping", 1 },  { "pingg", "ping", 1 },
		{ "audit", "edit", 2 }, { "", "abc", 3 },      { "types", "ports", 4 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(nearest_distance(cases[i].a, cases[i].b), cases[i].d);
		CHECK_EQ(nearest_distance(cases[i].b, cases[i].a), cases[i].d);
	}
	CHECK(nearest_is("adit", "audit"));
	CHECK(!nearest_is("ping", "ports"));
	CHECK(!nearest_is("x", "ping"));
}
