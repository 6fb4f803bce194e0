/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses with equally many packets are in one group, the groups are in order: whoever gets a packet moves on to
 * the next one, which takes the same time however many there are. When all places are taken, who is longest in
 * the least group makes room, and leaves its count. (The "stream summary" of the paper.)
 */
#include "watch/talkers.h"

#include <string.h>

#include "base/slotmap.h"

#define NONE UINT32_MAX

/* Where an address is: in a group, between others of it. */
struct member {
	uint32_t group, before, behind;
};

/* A free group has only .more: the next free one. */
struct group {
	uint64_t packets;
	uint32_t first, last; /* members; who came first stands first */
	uint32_t less, more;  /* groups */
};

struct talkers {
	struct slotmap map;
	struct talker *talker; /* by place of .map */
	struct member *member; /* likewise */
	struct group *group;
	uint32_t least, spare; /* groups */
	struct hash_key key;
};

size_t talkers_size(uint32_t places)
{
	if (places == 0 || places > TALKERS_MAX)
		return 0;
	/* While somebody moves on, one group more may be there than addresses are. */
	return sizeof(struct talkers) + places * (sizeof(struct talker) + sizeof(struct member)) +
	       (places + 1) * sizeof(struct group) + slotmap_size(places);
}

struct talkers *talkers_init(void *mem, uint32_t places, const struct hash_key *key)
{
	struct talkers *t = mem;

	memset(t, 0, sizeof(*t));
	t->key = *key;
	t->talker = (struct talker *)(t + 1);
	t->group = (struct group *)(t->talker + places);
	slotmap_init(&t->map, t->group + places + 1, places);
	t->member = (struct member *)((uint8_t *)(t->group + places + 1) + slotmap_size(places));
	t->least = NONE;
	for (uint32_t g = 0; g <= places; g++)
		t->group[g].more = g < places ? g + 1 : NONE;
	return t;
}

/* A group of @packets behind @less (NONE: in front of all). */
static uint32_t new_group(struct talkers *t, uint64_t packets, uint32_t less)
{
	uint32_t g = t->spare, more = less == NONE ? t->least : t->group[less].more;

	t->spare = t->group[g].more;
	t->group[g] = (struct group){ packets, NONE, NONE, less, more };
	if (less == NONE)
		t->least = g;
	else
		t->group[less].more = g;
	if (more != NONE)
		t->group[more].less = g;
	return g;
}

static void drop_group(struct talkers *t, uint32_t g)
{
	const struct group was = t->group[g];

	if (was.less == NONE)
		t->least = was.more;
	else
		t->group[was.less].more = was.more;
	if (was.more != NONE)
		t->group[was.more].less = was.less;
	t->group[g].more = t->spare;
	t->spare = g;
}

static void join(struct talkers *t, uint32_t i, uint32_t g)
{
	struct group *to = &t->group[g];

	t->member[i] = (struct member){ g, to->last, NONE };
	if (to->last == NONE)
		to->first = i;
	else
		t->member[to->last].behind = i;
	to->last = i;
}

static void leave(struct talkers *t, uint32_t i)
{
	const struct member m = t->member[i];
	struct group *from = &t->group[m.group];

	if (m.before == NONE)
		from->first = m.behind;
	else
		t->member[m.before].behind = m.behind;
	if (m.behind == NONE)
		from->last = m.before;
	else
		t->member[m.behind].before = m.before;
	if (from->first == NONE)
		drop_group(t, m.group);
}

/* The group of @packets, which comes next behind @less if it is there. */
static uint32_t group_behind(struct talkers *t, uint64_t packets, uint32_t less)
{
	uint32_t g = less == NONE ? t->least : t->group[less].more;

	return g != NONE && t->group[g].packets == packets ? g : new_group(t, packets, less);
}

/* One packet more for the one at @i. */
static void move_on(struct talkers *t, uint32_t i)
{
	uint32_t was = t->member[i].group;
	uint32_t to = group_behind(t, ++t->talker[i].packets, was);

	leave(t, i);
	join(t, i, to);
}

static uint32_t new_place(struct talkers *t, uint64_t h, const struct ip_addr *a)
{
	uint64_t least = 0;
	bool evicted;
	uint32_t i;

	if (t->map.used < t->map.places) {
		i = slotmap_take(&t->map, h, &evicted);
		join(t, i, group_behind(t, 0, NONE));
	} else {
		/* Not the longest unused one makes room: the one that is taken next is the one that is free. */
		i = t->group[t->least].first;
		least = t->talker[i].packets;
		slotmap_drop(&t->map, i);
		slotmap_take(&t->map, h, &evicted);
	}
	t->talker[i] = (struct talker){ .addr = *a, .packets = least, .error = least };
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
	t->talker[i].bytes += bytes;
	move_on(t, i);
}

/* What is certain of its packets. */
static uint64_t certain(const struct talker *x)
{
	return x->packets - x->error;
}

size_t talkers_top(const struct talkers *t, struct talker *ret, size_t n)
{
	size_t got = 0;

	for (uint32_t i = slotmap_oldest(&t->map); i != SLOTMAP_NONE;
	     i = slotmap_newer(&t->map, i)) {
		const struct talker *x = &t->talker[i];
		size_t at = got;

		/* Whoever may have come just now, by a place with a great count, is nobody to name. */
		if (certain(x) < x->error)
			continue;
		while (at > 0 && (certain(&ret[at - 1]) < certain(x) ||
				  (certain(&ret[at - 1]) == certain(x) &&
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
