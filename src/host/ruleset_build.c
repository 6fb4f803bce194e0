/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/ruleset_build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LEGACY "iptables-legacy"

int ruleset_grow(void *array, size_t *room, size_t n, size_t size)
{
	size_t more = *room ? *room * 2 : 64;
	void *had, *got;

	if (n < *room)
		return 0;
	memcpy(&had, array, sizeof(had));
	got = reallocarray(had, more, size);
	if (!got)
		return -ENOMEM;
	memcpy(array, &got, sizeof(got));
	*room = more;
	return 0;
}

void ruleset_gap(const struct build *b, const char *what, const char *which, const char *why,
		 const char *means)
{
	if (b->tell)
		b->tell(b->to, &(struct fact_gap){ what, which, why, means });
}

static uint32_t mix(uint32_t h, const char *text)
{
	for (; *text; text++)
		h = (h ^ (uint8_t)*text) *
		    16777619u; /* FNV-1a: the host's own names, no adversary */
	return (h ^ 0xff) * 16777619u;
}

static uint32_t hash_chain(bool legacy, const char *family, const char *table, const char *name)
{
	return mix(mix(mix(legacy ? 1 : 2166136261u, family), table), name);
}

static bool is_legacy(const struct host_chain *c)
{
	return strcmp(c->backend, LEGACY) == 0;
}

int64_t ruleset_find_chain(const struct build *b, bool legacy, const char *family,
			   const char *table, const char *name)
{
	size_t at = b->hash_room ? hash_chain(legacy, family, table, name) % b->hash_room : 0;

	for (; b->hash_room && b->hash[at]; at = (at + 1) % b->hash_room) {
		const struct host_chain *c = &b->chain[b->hash[at] - 1];

		if (is_legacy(c) == legacy && strcmp(c->name, name) == 0 &&
		    strcmp(c->table, table) == 0 && strcmp(c->family, family) == 0)
			return b->hash[at] - 1;
	}
	return -1;
}

static void put_hash(struct build *b, uint32_t chain)
{
	const struct host_chain *c = &b->chain[chain];
	size_t at = hash_chain(is_legacy(c), c->family, c->table, c->name) % b->hash_room;

	while (b->hash[at])
		at = (at + 1) % b->hash_room;
	b->hash[at] = chain + 1;
}

/* Never more than half full. */
static int grow_hash(struct build *b)
{
	size_t room = b->hash_room ? b->hash_room * 4 : 256;
	uint32_t *hash;

	if ((b->chain_n + 1) * 2 < b->hash_room)
		return 0;
	hash = calloc(room, sizeof(*hash));
	if (!hash)
		return -ENOMEM;
	free(b->hash);
	b->hash = hash;
	b->hash_room = room;
	for (size_t i = 0; i < b->chain_n; i++)
		put_hash(b, (uint32_t)i);
	return 0;
}

int64_t ruleset_add_chain(struct build *b, const struct host_chain *chain, int policy)
{
	int64_t had =
		ruleset_find_chain(b, is_legacy(chain), chain->family, chain->table, chain->name);

	if (had >= 0)
		return had;
	if (ruleset_grow(&b->chain, &b->chain_room, b->chain_n, sizeof(*b->chain)) < 0 ||
	    ruleset_grow(&b->policy, &b->policy_room, b->chain_n, sizeof(*b->policy)) < 0 ||
	    grow_hash(b) < 0)
		return -ENOMEM;
	b->chain[b->chain_n] = *chain;
	b->policy[b->chain_n] = policy;
	put_hash(b, (uint32_t)b->chain_n);
	return (int64_t)b->chain_n++;
}

int ruleset_add_rule(struct build *b, const struct build_rule *rule)
{
	if (ruleset_grow(&b->rule, &b->rule_room, b->rule_n, sizeof(*b->rule)) < 0)
		return -ENOMEM;
	b->rule[b->rule_n++] = *rule;
	return 0;
}

int ruleset_sort(struct build *b)
{
	struct build_rule *sorted = calloc(b->rule_n + 1, sizeof(*sorted));
	uint32_t at = 0;

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < b->rule_n; i++)
		b->chain[b->rule[i].chain].rule_n++;
	for (size_t c = 0; c < b->chain_n; c++) {
		b->chain[c].first = at;
		at += b->chain[c].rule_n;
		b->chain[c].rule_n = 0;
	}
	for (size_t i = 0; i < b->rule_n; i++) {
		struct host_chain *c = &b->chain[b->rule[i].chain];

		sorted[c->first + c->rule_n++] = b->rule[i];
	}
	free(b->rule);
	b->rule = sorted;
	b->rule_room = b->rule_n + 1;
	return 0;
}

struct way_to {
	struct build *b;
	uint32_t rule; /* index in .done */
	const struct host_chain *from;
	bool found; /* the target is a chain */
	int r;
};

static void add_way(void *to, const char *target, const struct rule_shape *shape)
{
	struct way_to *w = to;
	struct build *b = w->b;
	int64_t chain =
		ruleset_find_chain(b, is_legacy(w->from), w->from->family, w->from->table, target);

	if (chain < 0)
		return;
	w->found = true;
	w->r = ruleset_grow(&b->way, &b->way_room, b->way_n, sizeof(*b->way));
	if (w->r == 0)
		b->way[b->way_n++] = (struct build_way){ w->rule, (uint32_t)chain, *shape };
}

static struct rule_shape shape_rule(struct build *b, const struct build_rule *raw, struct way_to *w)
{
	struct rule_shape s;

	if (!raw->save)
		return shape_of_nft(raw->json, b->sets, &b->keep, add_way, w);
	s = shape_of_save(raw->save, strcmp(w->from->family, "ip") == 0 ? 4 : 6, &b->keep);
	if (s.target)
		add_way(w, s.target, &s);
	if (s.target && !w->found) { /* a target that nobody here knows */
		s.target = NULL;
		s.verdict = RULE_OTHER;
	}
	return s;
}

static int finish_rule(struct build *b, uint32_t chain, const struct build_rule *raw, int64_t n)
{
	const struct host_chain *c = &b->chain[chain];
	struct way_to w = { .b = b, .rule = (uint32_t)b->done_n, .from = c };
	struct host_rule *rule = &b->done[b->done_n];

	rule->chain = chain;
	rule->shape = shape_rule(b, raw, &w);
	rule->fact = (struct fact_rule){
		.backend = c->backend,
		.family = c->family,
		.table = c->table,
		.chain = c->name,
		.handle = raw->handle ? (int64_t)raw->handle : FACT_NONE,
		.position = n,
		.text = raw->save ? raw->save : raw->text,
	};
	b->done_n++;
	return w.r;
}

static void finish_policy(struct build *b, uint32_t chain)
{
	const struct host_chain *c = &b->chain[chain];
	struct host_rule *rule = &b->done[b->done_n++];
	bool drop = b->policy[chain] == RULE_DROP;

	rule->chain = chain;
	rule->shape = shape_new(c->family);
	rule->shape.verdict = drop ? RULE_DROP : RULE_ACCEPT;
	rule->fact = (struct fact_rule){
		.backend = c->backend,
		.family = c->family,
		.table = c->table,
		.chain = c->name,
		.handle = FACT_NONE,
		.position = FACT_NONE,
		.text = drop ? "policy drop" : "policy accept",
	};
}

int ruleset_finish(struct build *b)
{
	b->done = keep_alloc(&b->keep, (b->rule_n + b->chain_n + 1) * sizeof(*b->done));
	if (!b->done)
		return -ENOMEM;
	for (uint32_t i = 0; i < b->chain_n; i++) {
		struct host_chain *c = &b->chain[i];
		uint32_t first = (uint32_t)b->done_n;

		for (uint32_t n = 0; n < c->rule_n; n++) {
			int r = finish_rule(b, i, &b->rule[c->first + n], n + 1);

			if (r < 0)
				return r;
		}
		if (b->policy[i] >= 0)
			finish_policy(b, i);
		c->first = first;
		c->rule_n = (uint32_t)b->done_n - first;
	}
	return 0;
}
