/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "twin/inside.h"

TEST(gaps_are_copied_kept_in_order_and_told_once)
{
	struct twin t = { 0 };
	const struct fact_gap *gap;
	char which[16] = "eth0";
	size_t n = 9;

	gap = twin_gaps(&t, &n);
	CHECK_EQ(n, 0);
	twin_gap(&t, "interface", which, "why", "means");
	twin_gap(&t, "interface", which, "why", "means something else");
	memcpy(which, "eth1", 4);
	twin_gap(&t, "interface", which, "why", "means");
	gap = twin_gaps(&t, &n);
	CHECK_EQ(n, 2);
	CHECK_STR(gap[0].what, "interface");
	CHECK_STR(gap[0].which, "eth0");
	CHECK_STR(gap[0].why, "why");
	CHECK_STR(gap[0].means, "means");
	CHECK_STR(gap[1].which, "eth1");
	twin_gap_free(&t);
}

TEST(lost_gaps_are_told)
{
	struct twin t = { .gap_lost = true };
	const struct fact_gap *gap;
	size_t n;

	gap = twin_gaps(&t, &n);
	CHECK_EQ(n, 1);
	CHECK_STR(gap[0].why, "out of memory");

	/* At every fill there is room for the one that tells. */
	for (int i = 0; i < 100; i++) {
		char which[16];

		snprintf(which, sizeof(which), "%d", i);
		twin_gap(&t, "rule", which, "why", "means");
		gap = twin_gaps(&t, &n);
		CHECK_EQ(n, i + 2);
		CHECK_STR(gap[n - 1].which, "further gaps");
	}
	twin_gap_free(&t);
}
