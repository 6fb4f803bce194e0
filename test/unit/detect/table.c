/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/table.h"

#include <stdlib.h>

#include "test.h"

#define PLACES 4

TEST(table_zeroes_new_records_and_forgets_the_oldest)
{
	struct table *t = malloc(table_size(PLACES, sizeof(uint64_t)));
	uint64_t *r;

	CHECK(t);
	table_init(t, PLACES, sizeof(uint64_t));
	CHECK(!table_find(t, 1));
	for (uint64_t i = 1; i <= PLACES; i++) {
		r = table_get(t, i);
		CHECK_EQ(*r, 0);
		*r = i;
	}
	r = table_find(t, 1); /* touched: 2 is the oldest now */
	CHECK(r && *r == 1);
	r = table_get(t, 9);
	CHECK_EQ(*r, 0);
	CHECK(!table_find(t, 2));
	CHECK(table_find(t, 1) && table_find(t, 3) && table_find(t, 4));
	for (uint32_t i = 0; i < PLACES; i++)
		CHECK(table_at(t, i));
	free(t);
}

TEST(table_has_nothing_at_free_places)
{
	struct table *t = malloc(table_size(PLACES, sizeof(uint64_t)));
	unsigned n = 0;

	CHECK(t);
	table_init(t, PLACES, sizeof(uint64_t));
	table_get(t, 7);
	for (uint32_t i = 0; i < PLACES; i++)
		n += table_at(t, i) != NULL;
	CHECK_EQ(n, 1);
	free(t);
}
