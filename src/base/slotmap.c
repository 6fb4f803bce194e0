/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/slotmap.h"

#define FREE (UINT32_MAX - 1) /* in place of .older */

static uint32_t buckets_for(uint32_t places)
{
	uint32_t n = 1;

	while (n < places)
		n *= 2;
	return n;
}

size_t slotmap_size(uint32_t places)
{
	if (places == 0 || places > SLOTMAP_MAX)
		return 0;
	return places * sizeof(struct slotmap_link) + buckets_for(places) * sizeof(uint32_t);
}

void slotmap_init(struct slotmap *m, void *mem, uint32_t places)
{
	*m = (struct slotmap){ .link = mem,
			       .places = places,
			       .buckets = buckets_for(places),
			       .newest = SLOTMAP_NONE,
			       .oldest = SLOTMAP_NONE };
	m->bucket = (uint32_t *)(m->link + places);
	for (uint32_t i = 0; i < m->buckets; i++)
		m->bucket[i] = SLOTMAP_NONE;
	for (uint32_t i = 0; i < places; i++)
		m->link[i] = (struct slotmap_link){ .next = i + 1 < places ? i + 1 : SLOTMAP_NONE,
						    .older = FREE };
}

static uint32_t *bucket_of(const struct slotmap *m, uint64_t hash)
{
	return &m->bucket[hash & (m->buckets - 1)];
}

static uint32_t same(const struct slotmap *m, uint32_t i, uint64_t hash)
{
	while (i != SLOTMAP_NONE && m->link[i].hash != hash)
		i = m->link[i].next;
	return i;
}

uint32_t slotmap_find(const struct slotmap *m, uint64_t hash)
{
	return same(m, *bucket_of(m, hash), hash);
}

uint32_t slotmap_next(const struct slotmap *m, uint32_t i)
{
	return same(m, m->link[i].next, m->link[i].hash);
}

static void unlink_use(struct slotmap *m, uint32_t i)
{
	struct slotmap_link *l = &m->link[i];

	if (l->newer == SLOTMAP_NONE)
		m->newest = l->older;
	else
		m->link[l->newer].older = l->older;
	if (l->older == SLOTMAP_NONE)
		m->oldest = l->newer;
	else
		m->link[l->older].newer = l->newer;
}

static void link_newest(struct slotmap *m, uint32_t i)
{
	m->link[i].newer = SLOTMAP_NONE;
	m->link[i].older = m->newest;
	if (m->newest == SLOTMAP_NONE)
		m->oldest = i;
	else
		m->link[m->newest].newer = i;
	m->newest = i;
}

void slotmap_touch(struct slotmap *m, uint32_t i)
{
	if (m->newest == i)
		return;
	unlink_use(m, i);
	link_newest(m, i);
}

void slotmap_drop(struct slotmap *m, uint32_t i)
{
	uint32_t *at = bucket_of(m, m->link[i].hash);

	while (*at != i)
		at = &m->link[*at].next;
	*at = m->link[i].next;
	unlink_use(m, i);
	m->link[i].next = m->spare;
	m->link[i].older = FREE;
	m->spare = i;
	m->used--;
}

uint32_t slotmap_take(struct slotmap *m, uint64_t hash, bool *ret_evicted)
{
	uint32_t *at = bucket_of(m, hash), i;

	*ret_evicted = m->used == m->places;
	if (*ret_evicted)
		slotmap_drop(m, m->oldest);
	i = m->spare;
	m->spare = m->link[i].next;
	m->used++;
	m->link[i].hash = hash;
	m->link[i].next = *at;
	*at = i;
	link_newest(m, i);
	return i;
}

bool slotmap_taken(const struct slotmap *m, uint32_t i)
{
	return i < m->places && m->link[i].older != FREE;
}

uint32_t slotmap_oldest(const struct slotmap *m)
{
	return m->oldest;
}

uint32_t slotmap_newer(const struct slotmap *m, uint32_t i)
{
	return m->link[i].newer;
}
