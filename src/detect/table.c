/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/table.h"

#include <string.h>

size_t table_size(uint32_t places, size_t record_size)
{
	return sizeof(struct table) + places * record_size + slotmap_size(places);
}

void table_init(struct table *t, uint32_t places, size_t record_size)
{
	t->record = (uint8_t *)(t + 1);
	t->record_size = record_size;
	slotmap_init(&t->map, t->record + places * record_size, places);
}

void *table_find(struct table *t, uint64_t hash)
{
	uint32_t i = slotmap_find(&t->map, hash);

	if (i == SLOTMAP_NONE)
		return NULL;
	slotmap_touch(&t->map, i);
	return t->record + i * t->record_size;
}

void *table_get(struct table *t, uint64_t hash)
{
	void *r = table_find(t, hash);
	bool evicted;

	if (r)
		return r;
	r = t->record + slotmap_take(&t->map, hash, &evicted) * t->record_size;
	memset(r, 0, t->record_size);
	return r;
}

void *table_at(const struct table *t, uint32_t i)
{
	return slotmap_taken(&t->map, i) ? t->record + i * t->record_size : NULL;
}
