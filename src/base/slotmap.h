/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hash table of a fixed number of places, which are in order of use: what was not touched for longest makes
 * room when all are taken. The caller keeps its records in an array of its own, by the number of the place,
 * and compares keys; hashes should be keyed (base/hash.h), so that nobody can aim collisions.
 *
 * Pure. All memory is the caller's.
 */
#pragma once

#include "base/base.h"

#define SLOTMAP_NONE UINT32_MAX
#define SLOTMAP_MAX  (1u << 24) /* places */

struct slotmap_link {
	uint64_t hash;
	uint32_t next;         /* in the same bucket, or of the free ones */
	uint32_t newer, older; /* in order of use; a free place has neither */
};

struct slotmap {
	struct slotmap_link *link;
	uint32_t *bucket;
	uint32_t places, used, buckets; /* buckets: a power of two */
	uint32_t newest, oldest, spare;
};

/** Octets that @places (1..SLOTMAP_MAX) take besides the records; 0: out of bounds. */
size_t slotmap_size(uint32_t places);

/** Begin, empty, in @mem of slotmap_size() octets aligned as malloc's. */
void slotmap_init(struct slotmap *m, void *mem, uint32_t places);

/** The first place whose record has @hash, and the next one after @i; SLOTMAP_NONE: no more. */
uint32_t slotmap_find(const struct slotmap *m, uint64_t hash);
uint32_t slotmap_next(const struct slotmap *m, uint32_t i);

/**
 * A place for a new record with @hash, the newest now. @ret_evicted: it was taken from the oldest record,
 * which still stands in the caller's array.
 */
uint32_t slotmap_take(struct slotmap *m, uint64_t hash, bool *ret_evicted);

/** Place @i was used: it is the newest. */
void slotmap_touch(struct slotmap *m, uint32_t i);

/** Place @i is free again. */
void slotmap_drop(struct slotmap *m, uint32_t i);

/** Whether place @i is taken. */
bool slotmap_taken(const struct slotmap *m, uint32_t i);

/** The oldest place, and the next newer one after @i; SLOTMAP_NONE: no more. */
uint32_t slotmap_oldest(const struct slotmap *m);
uint32_t slotmap_newer(const struct slotmap *m, uint32_t i);
