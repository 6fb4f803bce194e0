/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/distinct.h"

void distinct_add(struct distinct *x, uint64_t hash)
{
	hll_add(x->reg, DETECT_HLL, hash);
	if (x->n == DISTINCT_FEW)
		return;
	for (unsigned i = 0; i < x->n; i++)
		if (x->few[i] == hash)
			return;
	x->few[x->n++] = hash;
}

double distinct_count(const struct distinct *x)
{
	return x->n < DISTINCT_FEW ? x->n : MAX(DISTINCT_FEW, hll_count(x->reg, DETECT_HLL));
}

bool distinct_reaches(const struct distinct *x, double bound)
{
	double n = distinct_count(x);

	return n >= bound || (n > DISTINCT_FEW && 1.1 * n >= bound);
}

void distinct_tell(const struct distinct *x, struct detect_alert *a)
{
	a->distinct = distinct_count(x);
	a->distinct_error = x->n < DISTINCT_FEW ? 0 : a->distinct * hll_error(DETECT_HLL);
}
