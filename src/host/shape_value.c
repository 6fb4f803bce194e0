/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/shape_value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEEP 8 /* values within values; deeper ones are not understood */

struct shape_sets {
	json_t *by_name; /* "family table name" -> the object, borrowed from the listing */
};

const char *shape_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static bool name_of(char *buf, size_t len, const char *family, const char *table, const char *name)
{
	int n = snprintf(buf, len, "%s %s %s", family, table, name);

	return n > 0 && (size_t)n < len;
}

struct shape_sets *shape_sets_new(const json_t *listing)
{
	static const char *const kinds[] = { "set", "map" };
	struct shape_sets *sets = calloc(1, sizeof(*sets));
	const json_t *all = json_object_get(listing, "nftables");

	if (!sets)
		return NULL;
	sets->by_name = json_object();
	for (size_t i = 0; sets->by_name && i < json_array_size(all); i++) {
		for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
			json_t *o = json_object_get(json_array_get(all, i), kinds[k]);
			char name[512];

			if (o && name_of(name, sizeof(name), shape_text(o, "family"),
					 shape_text(o, "table"), shape_text(o, "name")))
				json_object_set(sets->by_name, name, o);
		}
	}
	return sets;
}

void shape_sets_free(struct shape_sets *sets)
{
	if (sets)
		json_decref(sets->by_name);
	free(sets);
}

void shape_sets_freep(struct shape_sets **sets)
{
	shape_sets_free(*sets);
}

const json_t *shape_elements(const struct shape_scope *in, const json_t *value)
{
	const char *text = json_string_value(value);
	char name[512];

	if (!text || *text != '@')
		return json_object_get(value, "set");
	if (!name_of(name, sizeof(name), in->family, in->table, text + 1))
		return NULL;
	return json_object_get(json_object_get(in->sets->by_name, name), "elem");
}

bool shape_is_set(const json_t *value)
{
	const char *text = json_string_value(value);

	return (text && *text == '@') || json_object_get(value, "set");
}

const json_t *shape_bare(const json_t *value)
{
	const json_t *elem = json_object_get(value, "elem");

	return elem ? json_object_get(elem, "val") : value;
}

const json_t *shape_pick(const struct shape_scope *in, const json_t *value, bool *ret_exact)
{
	*ret_exact = true;
	for (int depth = 0; value && depth < DEEP; depth++) {
		const json_t *range;

		value = shape_bare(value);
		range = json_object_get(value, "range");
		if (shape_is_set(value)) {
			const json_t *all = shape_elements(in, value);

			*ret_exact = *ret_exact && json_array_size(all) == 1;
			value = json_array_get(all, 0);
		} else if (range) {
			*ret_exact = false;
			value = json_array_get(range, 0);
		} else {
			return value;
		}
	}
	return NULL;
}

/* Is the number @n one that @value names? -1: that cannot be told. */
static int holds_at(const struct shape_scope *in, const json_t *value, int64_t n, int depth)
{
	const json_t *range, *all;
	int any = 0;

	value = shape_bare(value);
	range = json_object_get(value, "range");
	if (json_is_integer(value))
		return json_integer_value(value) == n;
	if (range && json_is_integer(json_array_get(range, 0)))
		return n >= json_integer_value(json_array_get(range, 0)) &&
		       n <= json_integer_value(json_array_get(range, 1));
	all = shape_is_set(value) ? shape_elements(in, value) : NULL;
	if (!all || depth == DEEP)
		return -1;
	for (size_t i = 0; i < json_array_size(all); i++) {
		int one = holds_at(in, json_array_get(all, i), n, depth + 1);

		if (one < 0)
			return one;
		any |= one;
	}
	return any;
}

int shape_holds(const struct shape_scope *in, const json_t *value, int64_t n)
{
	return holds_at(in, value, n, 0);
}

/* A number that is not in @value; -1: none is known. */
static int64_t other_than(const struct shape_scope *in, const json_t *value, int64_t max)
{
	static const uint8_t likely[] = { 17, 6, 1, 58 };

	for (size_t i = 0; max == 255 && i < ARRAY_LEN(likely); i++)
		if (shape_holds(in, value, likely[i]) == 0)
			return likely[i];
	for (int64_t n = 1; n <= max; n++) {
		int held = shape_holds(in, value, n);

		if (held <= 0)
			return held < 0 ? -1 : n;
	}
	return -1;
}

int64_t shape_number(const struct shape_scope *in, const char *op, const json_t *value, int64_t max,
		     bool *ret_exact)
{
	const json_t *one = shape_pick(in, value, ret_exact);
	int64_t n = json_is_integer(one) ? json_integer_value(one) : RULE_ANY;

	if (strcmp(op, "==") == 0 || strcmp(op, "in") == 0)
		return n;
	*ret_exact = false;
	if (strcmp(op, "!=") == 0)
		return other_than(in, value, max);
	if (n < 0)
		return RULE_ANY;
	if (strcmp(op, "<") == 0)
		return n - 1;
	if (strcmp(op, ">") == 0)
		return n + 1 <= max ? n + 1 : RULE_ANY;
	return strcmp(op, "<=") == 0 || strcmp(op, ">=") == 0 ? n : RULE_ANY;
}

/* Bits from 8, [2, 4], {"|": [2, 4]}, {"set": [2, 4]}; 0: not understood. */
static unsigned bits_at(const struct shape_scope *in, const json_t *value, int depth)
{
	const json_t *all = json_object_get(value, "|");
	unsigned sum = 0;

	if (json_is_integer(value))
		return (unsigned)json_integer_value(value);
	if (json_is_array(value))
		all = value;
	else if (shape_is_set(value))
		all = shape_elements(in, value);
	for (size_t i = 0; depth < DEEP && i < json_array_size(all); i++) {
		unsigned one = bits_at(in, shape_bare(json_array_get(all, i)), depth + 1);

		if (!one)
			return 0;
		sum |= one;
	}
	return sum;
}

unsigned shape_bits(const struct shape_scope *in, const json_t *value)
{
	return bits_at(in, value, 0);
}
