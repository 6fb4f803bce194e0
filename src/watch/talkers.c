/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A heap by packets, the least on top: whoever is new takes its place and its count when all places are
 * taken. A table finds the place of an address.
 */
#include "watch/talkers.h"

#include <string.h>

#include "base/slotmap.h"

struct talkers {
	struct slotmap map;
	struct talker *talker; /* by place of .map */
	uint32_t *heap;        /* places, the one with the least packets first */
	uint32_t *at;          /* of a place: where in the heap it is */
	struct hash_key key;
};

size_t talkers_size(uint32_t places)
{
	if (places == 0 || places > TALKERS_MAX)
		return 0;
	return sizeof(struct talkers) + places * (sizeof(struct talker) + 2 * sizeof(uint32_t)) +
	       slotmap_size(places);
}

struct talkers *talkers_init(void *mem, uint32_t places, const struct hash_key *key)
{
	struct talkers *t = mem;

	memset(t, 0, sizeof(*t));
	t->key = *key;
	t->talker = (struct talker *)(t + 1);
	t->heap = (uint32_t *)(t->talker + places);
	t->at = t->heap + places;
	slotmap_init(&t->map, t->at + places, places);
	return t;
}

static uint64_t packets_at(const struct talkers *t, uint32_t h)
{
	return t->talker[t->heap[h]].packets;
}

static void swap(struct talkers *t, uint32_t a, uint32_t b)
{
	uint32_t place = t->heap[a];

	t->heap[a] = t->heap[b];
	t->heap[b] = place;
	t->at[t->heap[a]] = a;
	t->at[t->heap[b]] = b;
}

/* The one at @h has grown. */
static void sink(struct talkers *t, uint32_t h)
{
	for (;;) {
		uint32_t least = h, child = 2 * h + 1;

		for (uint32_t c = child; c < child + 2 && c < t->map.used; c++)
			if (packets_at(t, c) < packets_at(t, least))
				least = c;
		if (least == h)
			return;
		swap(t, h, least);
		h = least;
	}
}

/* The one at @h is new, with the least there can be. */
static void rise(struct talkers *t, uint32_t h)
{
	while (h > 0 && packets_at(t, h) < packets_at(t, (h - 1) / 2)) {
		swap(t, h, (h - 1) / 2);
		h = (h - 1) / 2;
	}
}

static uint32_t new_place(struct talkers *t, uint64_t h, const struct ip_addr *a)
{
	struct talker least = { .packets = 0 };
	uint32_t i, at = t->map.used;
	bool evicted;

	if (t->map.used == t->map.places) {
		/* Not the longest unused one makes room, but the least. */
		least = t->talker[t->heap[0]];
		at = 0;
		slotmap_drop(&t->map, t->heap[0]);
	}
	i = slotmap_take(&t->map, h, &evicted);
	t->talker[i] =
		(struct talker){ .addr = *a, .packets = least.packets, .error = least.packets };
	t->heap[at] = i;
	t->at[i] = at;
	rise(t, at);
	return i;
}

void talkers_add(struct talkers *t, const struct ip_addr *a, uint32_t bytes)
{
	uint64_t h = hash(&t->key, (struct span){ a->octet, ip_len(a->family) });
	uint32_t i = slotmap_find(&t->map, h);

	while (i != SLOTMAP_NONE && !ip_eq(&t->talker[i].addr, a))
		i = slotmap_next(&t->map, i);
	if (i == SLOTMAP_NONE)
		i = new_place(t, h, a);
	t->talker[i].packets++;
	t->talker[i].bytes += bytes;
	sink(t, t->at[i]);
}

size_t talkers_top(const struct talkers *t, struct talker *ret, size_t n)
{
	size_t got = 0;

	for (uint32_t h = 0; h < t->map.used; h++) {
		const struct talker *x = &t->talker[t->heap[h]];
		size_t at = got;

		while (at > 0 && (ret[at - 1].packets < x->packets ||
				  (ret[at - 1].packets == x->packets &&
				   ip_cmp(&ret[at - 1].addr, &x->addr) > 0)))
			at--;
		if (at == n)
			continue;
		got = MIN(got + 1, n);
		memmove(ret + at + 1, ret + at, (got - at - 1) * sizeof(*ret));
		ret[at] = *x;
	}
	return got;
}
