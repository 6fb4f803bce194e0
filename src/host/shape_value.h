/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values in libnftables' JSON: one of those that fit, numbers and bits of them.
 * Total: what is not understood yields nothing.
 */
#pragma once

#include "host/shape.h"

/* Where a rule stands: the named sets it may speak of. */
struct shape_scope {
	const struct shape_sets *sets;
	const char *family, *table;
};

/** The text member @key of @object, or "". */
const char *shape_text(const json_t *object, const char *key);

bool shape_is_set(const json_t *value);

/** The elements of "@name" or of {"set": […]}; NULL for a value that is no set. */
const json_t *shape_elements(const struct shape_scope *in, const json_t *value);

/** An element without the timeout, comment or counter it may carry. */
const json_t *shape_bare(const json_t *value);

/** One value of those that fit; *@ret_exact: it is the only one. NULL: none is known. */
const json_t *shape_pick(const struct shape_scope *in, const json_t *value, bool *ret_exact);

/** 1: @n is a number that @value names; 0: it is not; -1: that cannot be told. */
int shape_holds(const struct shape_scope *in, const json_t *value, int64_t n);

/** A number of 0..@max that fits "@op @value"; RULE_ANY: none is known. */
int64_t shape_number(const struct shape_scope *in, const char *op, const json_t *value, int64_t max,
		     bool *ret_exact);

/** Bits of 8, [2, 4], {"|": [2, 4]}, {"set": [2, 4]}; 0: not understood. */
unsigned shape_bits(const struct shape_scope *in, const json_t *value);
