/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/nearest.h"

#include <string.h>

static int lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

/*
 * Optimal string alignment, three rows of it: Damerau's distance but for words
 * that are edited twice in the same place.
 */
unsigned nearest_distance(const char *a, const char *b)
{
	unsigned row[3][NEAREST_LEN_MAX + 1] = { 0 };
	unsigned *two = row[0], *one = row[1], *now = row[2], *t;
	size_t an = strlen(a), bn = strlen(b);

	if (an > NEAREST_LEN_MAX || bn > NEAREST_LEN_MAX)
		return NEAREST_LEN_MAX;
	for (unsigned j = 0; j <= bn; j++)
		one[j] = j;
	for (size_t i = 1; i <= an; i++) {
		now[0] = (unsigned)i;
		for (size_t j = 1; j <= bn; j++) {
			unsigned change = one[j - 1] + (lower(a[i - 1]) != lower(b[j - 1]));

			now[j] = MIN(change, MIN(one[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]))
				now[j] = MIN(now[j], two[j - 2] + 1);
		}
		t = two;
		two = one;
		one = now;
		now = t;
	}
	return one[bn];
}

bool nearest_is(const char *a, const char *b)
{
	size_t n = MAX(strlen(a), strlen(b)), most = MIN(MAX(n / 3, (size_t)1), (size_t)3);

	return nearest_distance(a, b) <= most;
}
