/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>

#include <string.h>

#include "base/portset.h"

TEST(portset_text_there_and_back)
{
	static const struct {
		const char *text, *canon;
		unsigned n;
	} cases[] = {
		{ "22", "22", 1 },
		{ "22,80-443", "22,80-443", 365 },
		{ "-", "1-65535", 65535 },
		{ "0-65535", "0-65535", 65536 },
		{ "-3,65534-", "1-3,65534-65535", 5 },
		{ "5,4,3,5", "3-5", 3 },
	};
	char buf[64];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct portset s;

		CHECK_EQ(portset_scan(cases[i].text, &s, NULL), 0);
		CHECK_EQ(portset_count(&s), cases[i].n);
		CHECK_EQ(portset_format(&s, buf, sizeof(buf)), strlen(cases[i].canon));
		CHECK_STR(buf, cases[i].canon);
	}
}

TEST(portset_scan_names_the_bad_part)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", "''" },          { "22,", "''" },        { "65536", "'65536'" },
		{ "22,x-9", "'x-9'" }, { "90-80", "'90-80'" }, { "1-2-3", "'1-2-3'" },
		{ "+5", "'+5'" },      { " 5", "' 5'" },       { "123456", "'123456'" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct portset s = { .word = { 42 } };
		struct err err;

		CHECK_EQ(portset_scan(cases[i].text, &s, &err), -EINVAL);
		CHECK_HAS(err.text, cases[i].says);
		CHECK_EQ(s.word[0], 42);
	}
}

TEST(portset_format_is_cut_like_snprintf)
{
	struct portset s = { 0 };
	char buf[4];

	CHECK_EQ(portset_format(&s, buf, sizeof(buf)), 0);
	CHECK_STR(buf, "");
	portset_add(&s, 12345);
	CHECK_EQ(portset_format(&s, buf, sizeof(buf)), 5);
	CHECK_STR(buf, "123");
	CHECK_EQ(portset_next(&s, 12346), -1);
	CHECK_EQ(portset_next(&s, 70000), -1);
}
