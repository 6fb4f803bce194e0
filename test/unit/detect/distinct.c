/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/distinct.h"

#include "test.h"

static uint64_t nth(uint64_t i)
{
	static const struct hash_key key = { { 5, 6 } };

	return hash(&key, (struct span){ (const uint8_t *)&i, sizeof(i) });
}

TEST(distinct_is_exact_while_few)
{
	struct distinct x = { .n = 0 };
	struct detect_alert a;

	CHECK(distinct_count(&x) == 0);
	for (uint64_t i = 0; i < DISTINCT_FEW - 1; i++) {
		distinct_add(&x, nth(i));
		distinct_add(&x, nth(i));
		CHECK(distinct_count(&x) == (double)(i + 1));
		CHECK(distinct_reaches(&x, (double)(i + 1)));
		CHECK(!distinct_reaches(&x, (double)(i + 2)));
	}
	distinct_tell(&x, &a);
	CHECK(a.distinct_error == 0);
}

TEST(distinct_is_an_estimate_of_many)
{
	struct distinct x = { .n = 0 };
	struct detect_alert a;

	for (uint64_t i = 0; i < 5000; i++)
		distinct_add(&x, nth(i));
	distinct_tell(&x, &a);
	CHECK(a.distinct > 3000 && a.distinct < 7000);
	CHECK(a.distinct_error > 0.1 * a.distinct && a.distinct_error < 0.2 * a.distinct);
}
