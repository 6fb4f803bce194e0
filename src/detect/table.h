/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table of records by keyed 64-bit hash, as detectors need many: the oldest makes room. Two things with one
 * hash are taken for one: among a million that happens once in 30 million runs, and nobody can aim it. Pure.
 */
#pragma once

#include "base/slotmap.h"

struct table {
	struct slotmap map;
	uint8_t *record;
	size_t record_size;
};

/** Octets behind the struct table, for @places records of @record_size octets (a multiple of 8). */
size_t table_size(uint32_t places, size_t record_size);

/** Begin; the records lie behind @t. */
void table_init(struct table *t, uint32_t places, size_t record_size);

/** The record of @hash, zeroed if it is new. Never NULL. */
void *table_get(struct table *t, uint64_t hash);

/** The record of @hash; NULL: there is none. */
void *table_find(struct table *t, uint64_t hash);

/** Record @i of those that are taken, or NULL; for all i < t->map.places. */
void *table_at(const struct table *t, uint32_t i);
