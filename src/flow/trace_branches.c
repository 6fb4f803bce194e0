/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which branches are told. A hop that limits its ICMP is silent to some flows and answers others, which
 * would make two branches of one way: what another branch has too, but for silence, is none of its own.
 */
#include <errno.h>
#include <stdlib.h>

#include "flow/trace_own.h"

static bool is_silent(const struct mda *m, uint16_t node)
{
	return node == MDA_NOBODY || mda_node(m, node)->addr.family == 0;
}

/* Whether @b shows all that @a shows, and more. */
static bool shows_more(const struct mda *m, const struct trace_branch *a,
		       const struct trace_branch *b)
{
	bool more = false;

	if (a->n != b->n)
		return false;
	for (uint8_t k = 0; k < a->n; k++) {
		if (a->node[k] == b->node[k])
			continue;
		if (!is_silent(m, a->node[k]) || is_silent(m, b->node[k]))
			return false;
		more = true;
	}
	return more;
}

int trace_branches(struct trace_run *r, const struct mda *m)
{
	size_t all = MIN(mda_branches(m), (size_t)HOP_FLOWS_MAX);
	int told = 0;

	r->branch_n = 0;
	if (!r->branch)
		r->branch = calloc(HOP_FLOWS_MAX, sizeof(*r->branch));
	if (!r->branch)
		return -ENOMEM;
	for (size_t i = 0; i < all; i++) {
		struct trace_branch *b = &r->branch[i];

		b->n = (uint8_t)mda_branch(m, i, b->node, ARRAY_LEN(b->node), &b->flow);
	}
	r->branch_n = (uint16_t)all;
	for (size_t i = 0; i < all; i++) {
		struct trace_branch *b = &r->branch[i];

		b->told = b->n > 0;
		for (size_t k = 0; k < all && b->told; k++)
			b->told = !shows_more(m, b, &r->branch[k]);
		told += b->told;
	}
	return told;
}

bool trace_branch_has(const struct trace_run *r, size_t node)
{
	bool any = false;

	for (size_t i = 0; i < r->branch_n; i++) {
		const struct trace_branch *b = &r->branch[i];

		for (uint8_t k = 0; k < b->n; k++) {
			if (b->node[k] != node)
				continue;
			if (b->told)
				return true;
			any = true;
		}
	}
	return !any;
}
