/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/slotmap.h"

#include <stdlib.h>

#include "test.h"

#define PLACES 37
#define KEYS   90

/* The same in the plainest form: keys in order of use, the newest last. */
struct model {
	unsigned key[PLACES], n;
};

static int model_at(const struct model *m, unsigned key)
{
	for (unsigned i = 0; i < m->n; i++)
		if (m->key[i] == key)
			return (int)i;
	return -1;
}

static void model_remove(struct model *m, int at)
{
	for (unsigned i = (unsigned)at; i + 1 < m->n; i++)
		m->key[i] = m->key[i + 1];
	m->n--;
}

/* Few hashes for many keys, so that they collide. */
static uint64_t hash_of(unsigned key)
{
	return key % 11 * 0x9e3779b97f4a7c15u;
}

static uint32_t find(const struct slotmap *m, const unsigned *record, unsigned key)
{
	uint32_t i = slotmap_find(m, hash_of(key));

	while (i != SLOTMAP_NONE && record[i] != key)
		i = slotmap_next(m, i);
	return i;
}

static void check_same(const struct slotmap *m, const unsigned *record, const struct model *model)
{
	uint32_t i = slotmap_oldest(m);
	unsigned taken = 0;

	for (unsigned k = 0; k < model->n; k++, i = slotmap_newer(m, i)) {
		CHECK(i != SLOTMAP_NONE);
		CHECK_EQ(record[i], model->key[k]);
	}
	CHECK_EQ(i, SLOTMAP_NONE);
	CHECK_EQ(m->used, model->n);
	for (i = 0; i < PLACES + 1; i++)
		taken += slotmap_taken(m, i);
	CHECK_EQ(taken, model->n);
}

static void put(struct slotmap *m, unsigned *record, struct model *model, unsigned key)
{
	unsigned was[PLACES];
	bool evicted;
	uint32_t i;

	for (i = 0; i < PLACES; i++)
		was[i] = record[i];
	i = slotmap_take(m, hash_of(key), &evicted);
	CHECK_EQ(evicted, model->n == PLACES);
	if (evicted) {
		CHECK_EQ(was[i], model->key[0]);
		model_remove(model, 0);
	}
	record[i] = key;
	model->key[model->n++] = key;
}

TEST(places_are_found_and_the_least_used_makes_room)
{
	void *mem = malloc(slotmap_size(PLACES));
	struct model model = { .n = 0 };
	unsigned record[PLACES] = { 0 }, random = 1;
	struct slotmap m;

	CHECK(mem);
	slotmap_init(&m, mem, PLACES);
	for (int step = 0; step < 20000; step++) {
		unsigned key;
		uint32_t i;
		int at;

		random = random * 1664525 + 1013904223;
		key = random >> 16 & 0xff;
		key %= KEYS;
		at = model_at(&model, key);
		i = find(&m, record, key);
		CHECK_EQ(i != SLOTMAP_NONE, at >= 0);
		if (at < 0) {
			put(&m, record, &model, key);
		} else if (random >> 28 == 0) {
			slotmap_drop(&m, i);
			model_remove(&model, at);
		} else {
			slotmap_touch(&m, i);
			model_remove(&model, at);
			model.key[model.n++] = key;
		}
		if (step % 50 == 0)
			check_same(&m, record, &model);
	}
	check_same(&m, record, &model);
	free(mem);
}

TEST(one_place_is_enough_and_none_is_refused)
{
	void *mem = malloc(slotmap_size(1));
	struct slotmap m;
	bool evicted;

	CHECK(mem);
	CHECK_EQ(slotmap_size(0), 0);
	CHECK_EQ(slotmap_size(SLOTMAP_MAX + 1), 0);
	slotmap_init(&m, mem, 1);
	CHECK_EQ(slotmap_find(&m, 5), SLOTMAP_NONE);
	CHECK_EQ(slotmap_take(&m, 5, &evicted), 0);
	CHECK(!evicted);
	CHECK_EQ(slotmap_take(&m, 6, &evicted), 0);
	CHECK(evicted);
	CHECK_EQ(slotmap_find(&m, 5), SLOTMAP_NONE);
	CHECK_EQ(slotmap_find(&m, 6), 0);
	slotmap_drop(&m, 0);
	CHECK_EQ(slotmap_oldest(&m), SLOTMAP_NONE);
	CHECK_EQ(slotmap_find(&m, 6), SLOTMAP_NONE);
	free(mem);
}
