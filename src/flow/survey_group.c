/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups of targets, and the memory of what is asked of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow/survey_own.h"

struct ip_addr survey_group_addr(const struct survey *s, const struct survey_group *g,
				 uint32_t slot)
{
	return survey_addr(s, g->first + slot);
}

enum survey_near survey_group_near(const struct survey_group *g, uint32_t slot)
{
	return g->near ? g->near[slot] : g->near_all;
}

static bool one_bit(unsigned v)
{
	return v != 0 && (v & (v - 1)) == 0;
}

static int find_nears(struct survey *s, struct survey_group *g, struct err *err)
{
	if (one_bit(s->nears)) {
		g->near_all = (uint8_t)__builtin_ctz(s->nears);
		return 0;
	}
	if (!g->near)
		g->near = malloc(g->room);
	if (!g->near)
		return err_set(err, -ENOMEM, "making room for a group: out of memory");
	for (uint32_t i = 0; i < g->slots; i++) {
		struct ip_addr a = survey_group_addr(s, g, i);

		g->near[i] = (uint8_t)survey_near(s, &a);
	}
	return 0;
}

int survey_group_begin(struct survey *s, struct survey_group *g, uint64_t number, struct err *err)
{
	uint64_t first = number * s->group_slots;

	g->number = number;
	g->first = first;
	g->slots = (uint32_t)MIN((uint64_t)s->group_slots, s->count - first);
	g->room = (uint32_t)MIN((uint64_t)s->group_slots, s->count);
	s->from.n = 0;
	s->from.saved = 0;
	memset(s->from.bucket, 0, sizeof(s->from.bucket));
	if ((s->nears & 1u << SURVEY_LINK) && !g->mac) {
		g->mac = calloc(g->room, sizeof(*g->mac));
		g->mac_new = calloc(g->room / 64 + 1, sizeof(*g->mac_new));
		if (!g->mac || !g->mac_new)
			return err_set(err, -ENOMEM, "making room for a group: out of memory");
	}
	if (g->mac) {
		memset(g->mac, 0, g->room * sizeof(*g->mac));
		memset(g->mac_new, 0, (g->room / 64 + 1) * sizeof(*g->mac_new));
	}
	return find_nears(s, g, err);
}

void survey_group_done(struct survey_group *g)
{
	free(g->near);
	free(g->mac);
	free(g->mac_new);
	*g = (struct survey_group){ .slots = 0 };
}

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The order of the space is that of addresses; where places are not numbers of it, they are sorted. */
static int sort_slots(const struct survey *s, const struct survey_group *g, uint32_t *slot,
		      uint32_t n)
{
	uint32_t shards = MAX(s->conf->shards, 1u);
	uint64_t *number = malloc(MAX(n, 1u) * sizeof(*number));

	if (!number)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		number[i] = permute_at(&s->order, s->conf->shard + (g->first + slot[i]) * shards);
	qsort(number, n, sizeof(*number), compare_u64);
	for (uint32_t i = 0; i < n; i++)
		slot[i] = (uint32_t)(permute_find(&s->order, number[i]) / shards - g->first);
	free(number);
	return 0;
}

int survey_group_sorted(const struct survey *s, const struct survey_group *g,
			bool (*want)(void *to, uint32_t slot), void *to, uint32_t **ret,
			uint32_t *ret_n)
{
	uint32_t n = 0, at = 0, *slot;
	int r;

	for (uint32_t i = 0; i < g->slots; i++)
		n += want(to, i);
	slot = malloc(MAX(n, 1u) * sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	for (uint32_t i = 0; i < g->slots && at < n; i++) {
		if (want(to, i))
			slot[at++] = i;
	}
	r = s->permuted ? sort_slots(s, g, slot, n) : 0;
	if (r < 0) {
		free(slot);
		return r;
	}
	*ret = slot;
	*ret_n = n;
	return 0;
}

int survey_stage_add(struct survey_stage *st, const struct survey_asks *asks, struct err *err)
{
	struct survey_part *p = &st->part[st->parts++];
	size_t cells = (size_t)st->slots * asks->n;

	*p = (struct survey_part){ .asks = asks };
	p->cell = calloc(MAX(cells, (size_t)1), sizeof(*p->cell));
	p->saved = calloc(cells / 64 + 1, sizeof(*p->saved));
	if (!p->cell || !p->saved)
		return err_set(err, -ENOMEM, "making room for %zu probes: out of memory", cells);
	return 0;
}

void survey_stage_done(struct survey_stage *st)
{
	for (unsigned i = 0; i < ARRAY_LEN(st->part); i++) {
		free(st->part[i].cell);
		free(st->part[i].saved);
		free(st->part[i].grid);
		free(st->part[i].limited);
	}
	*st = (struct survey_stage){ .slots = 0 };
}

struct ip_addr survey_stage_addr(const struct survey *s, const struct survey_stage *st,
				 uint32_t slot)
{
	return survey_group_addr(s, st->group, survey_stage_slot(st, slot));
}
