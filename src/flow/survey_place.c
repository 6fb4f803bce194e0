/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Targets as numbers, asks as numbers, offenders as numbers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow/survey_own.h"

#define PIECES_MAX \
	(1u << 20)    /* answers about routes looked at before the run; then any may occur */
#define OPENED_MAX 64 /* of them, whose back ends are opened before the run */
#define PORTS      65536

struct ip_addr survey_addr(const struct survey *s, uint64_t place)
{
	uint64_t at = s->conf->shard + place * MAX(s->conf->shards, 1u);

	return space_addr(s->space, s->permuted ? permute_at(&s->order, at) : at);
}

bool survey_place(const struct survey *s, const struct ip_addr *a, uint64_t *ret_place)
{
	uint32_t shards = MAX(s->conf->shards, 1u);
	uint64_t at;

	if (!space_find(s->space, a, &at))
		return false;
	if (s->permuted)
		at = permute_find(&s->order, at);
	if (shards > 1 && at % shards != s->conf->shard)
		return false;
	*ret_place = at / shards;
	return true;
}

enum survey_near survey_near(struct survey *s, const struct ip_addr *a)
{
	const struct flow_path *path = shooter_path(s->shooter, a);

	switch (path->kind) {
	case FLOW_PATH_ON_LINK:
		return path->ether ? SURVEY_LINK : SURVEY_FAR;
	case FLOW_PATH_LOCAL:
		return SURVEY_LOCAL;
	case FLOW_PATH_GATEWAY:
	case FLOW_PATH_BARE:
		return SURVEY_FAR;
	case FLOW_PATH_NONE:
		break;
	}
	return SURVEY_NO_WAY;
}

/* How many addresses behind @a the answer about its route holds for. */
static uint64_t piece_left(const struct flow_path *path, const struct ip_addr *a)
{
	uint64_t from = 0, to = 0;

	if (path->last.family != a->family)
		return 0;
	if (a->family == 4)
		return ip4_u32(&path->last) - ip4_u32(a);
	if (memcmp(path->last.octet, a->octet, 8) != 0)
		return UINT64_MAX;
	for (size_t i = 8; i < 16; i++) {
		from = from << 8 | a->octet[i];
		to = to << 8 | path->last.octet[i];
	}
	return to - from;
}

/* Which kinds of ways the targets need: where all are alike, none need be looked at one by one. */
void survey_paths(struct survey *s)
{
	unsigned pieces = 0;

	s->nears = 0;
	s->families = 0;
	for (size_t i = 0; i < s->space->n; i++) {
		const struct space_range *r = &s->space->range[i];
		uint64_t at = 0;

		s->families |= 1u << r->first.family;
		while (at < r->n) {
			struct ip_addr a = ip_plus(&r->first, at);
			uint64_t left;

			if (++pieces > PIECES_MAX) {
				s->nears = 1u << SURVEY_LINK | 1u << SURVEY_LOCAL |
					   1u << SURVEY_FAR | 1u << SURVEY_NO_WAY;
				break;
			}
			a.zone = r->first.zone;
			s->nears |= 1u << survey_near(s, &a);
			/* Opened now: it takes longer than many an answer. */
			if (pieces <= OPENED_MAX)
				shooter_backend(s->shooter, &a);
			left = piece_left(shooter_path(s->shooter, &a), &a);
			at = left >= r->n - at - 1 ? r->n : at + left + 1;
		}
	}
}

int survey_asks_new(struct survey_asks *a, const struct ask *ask, uint32_t n)
{
	*a = (struct survey_asks){ .n = n };
	a->ask = calloc(MAX(n, 1u), sizeof(*ask));
	if (!a->ask)
		return -ENOMEM;
	memset(a->alone, 0xff, sizeof(a->alone));
	for (uint32_t i = 0; i < n; i++) {
		uint8_t kind = ask[i].kind;

		a->ask[i] = ask[i];
		if (!ask_has_port(kind)) {
			a->alone[kind] = i;
			continue;
		}
		if (!a->port[kind]) {
			a->port[kind] = malloc(PORTS * sizeof(uint32_t));
			if (!a->port[kind])
				return -ENOMEM;
			memset(a->port[kind], 0xff, PORTS * sizeof(uint32_t));
		}
		a->port[kind][ask[i].port] = i;
	}
	return 0;
}

uint32_t survey_asks_find(const struct survey_asks *a, const struct ask *ask)
{
	if (ask->kind >= ASK_KINDS)
		return SURVEY_NOWHERE;
	if (!ask_has_port(ask->kind))
		return a->alone[ask->kind];
	return a->port[ask->kind] ? a->port[ask->kind][ask->port] : SURVEY_NOWHERE;
}

void survey_asks_done(struct survey_asks *a)
{
	for (size_t i = 0; i < ASK_KINDS; i++)
		free(a->port[i]);
	free(a->ask);
	*a = (struct survey_asks){ .n = 0 };
}

static size_t bucket_of(const struct ip_addr *a)
{
	uint64_t h = a->family;

	for (size_t i = 0; i < sizeof(a->octet); i++)
		h = (h ^ a->octet[i]) * 0x100000001b3;
	return (size_t)(h ^ h >> 29) % (2 * CELL_FROM_MAX);
}

/* Offenders choose their addresses: the table is bounded and half empty, so a walk ends soon enough. */
uint16_t survey_from_index(struct survey_from *f, const struct ip_addr *a)
{
	size_t b = bucket_of(a);

	for (; f->bucket[b] != 0; b = (b + 1) % ARRAY_LEN(f->bucket)) {
		if (ip_eq(&f->addr[f->bucket[b]], a))
			return f->bucket[b];
	}
	if (f->n + 1 >= CELL_FROM_MAX - 1)
		return CELL_FROM_MAX - 1;
	f->n++;
	f->addr[f->n] = *a;
	f->bucket[b] = f->n;
	return f->n;
}

void survey_from_put(struct survey_from *f, uint16_t index, const struct ip_addr *a)
{
	if (index == f->n + 1 && index < CELL_FROM_MAX - 1)
		survey_from_index(f, a);
}
