/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "host/keep.h"
#include "test.h"

TEST(what_is_kept_stays_where_it_is)
{
	struct keep k = { 0 };
	const char *first = keep_str(&k, "first"), *none = keep_str(&k, NULL);
	uint8_t *big = keep_alloc(&k, 300000);
	const char *formatted = keep_format(&k, "%s-%d", first, 7);

	CHECK(big && !none && !k.full);
	for (size_t i = 0; i < 300000; i++)
		CHECK_EQ(big[i], 0);
	for (int i = 0; i < 10000; i++)
		CHECK_STR(keep_text(&k, "abcdef", 3), "abc");
	CHECK_STR(first, "first");
	CHECK_STR(formatted, "first-7");
	CHECK_EQ((uintptr_t)keep_alloc(&k, 1) % _Alignof(max_align_t), 0);
	keep_done(&k);
	CHECK(!k.last);
}
