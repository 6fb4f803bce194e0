/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which base chains lead where, and what a packet must be to come along. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/ruleset_build.h"

#define DEPTH_MAX 17   /* the kernel's own bound of nested jumps (NFT_JUMP_STACK_SIZE), one more */
#define STEPS_MAX 4096 /* ways tried for one rule: then it is not understood */

static int by_chain(const void *a_, const void *b_)
{
	const struct build_way *a = a_, *b = b_;

	if (a->chain != b->chain)
		return a->chain < b->chain ? -1 : 1;
	return a->rule < b->rule ? -1 : a->rule > b->rule;
}

/* Bridged frames and ARP never come to an IP hook. */
static uint16_t own_hooks(const struct host_chain *c)
{
	return strcmp(c->family, "bridge") == 0 || strcmp(c->family, "arp") == 0 ? 0 : c->hook;
}

static void spread(struct build *b)
{
	bool more = true;

	for (size_t i = 0; i < b->chain_n; i++)
		b->chain[i].hooks = own_hooks(&b->chain[i]);
	for (int depth = 0; more && depth < DEPTH_MAX; depth++) {
		more = false;
		for (size_t i = 0; i < b->way_n; i++) {
			struct host_chain *to = &b->chain[b->way[i].chain];
			uint16_t hooks = to->hooks | b->chain[b->done[b->way[i].rule].chain].hooks;

			more |= hooks != to->hooks;
			to->hooks = hooks;
		}
	}
	for (size_t i = 0; i < b->done_n; i++)
		b->done[i].shape.hooks = b->chain[b->done[i].chain].hooks;
	for (size_t i = 0; i < b->way_n; i++)
		b->way[i].shape.hooks = b->done[b->way[i].rule].shape.hooks;
}

int ruleset_reach(struct build *b, struct build_own *own)
{
	struct build_way *way = keep_alloc(&b->keep, (b->way_n + 1) * sizeof(*way));
	uint32_t *way_of = keep_alloc(&b->keep, (b->chain_n + 2) * sizeof(*way_of));

	if (!way || !way_of)
		return -ENOMEM;
	spread(b);
	if (b->way_n) {
		qsort(b->way, b->way_n, sizeof(*b->way), by_chain);
		memcpy(way, b->way, b->way_n * sizeof(*way));
	}
	for (size_t i = 0, c = 0; c <= b->chain_n; c++) {
		while (i < b->way_n && way[i].chain < c)
			i++;
		way_of[c] = (uint32_t)i;
	}
	own->way = way;
	own->way_n = b->way_n;
	own->way_of = way_of;
	return 0;
}

struct search {
	const struct host_ruleset *rs;
	const struct build_own *own;
	uint16_t hooks;
	int steps;
};

/* From @chain outwards to a base chain; *@shape gathers what the jumps ask. */
static bool climb(struct search *s, uint32_t chain, struct rule_shape *shape, int depth)
{
	const struct host_chain *c = &s->rs->chain[chain];

	if (c->hook)
		return (c->hooks & s->hooks & c->hook) != 0;
	if (depth == DEPTH_MAX)
		return false;
	for (uint32_t i = s->own->way_of[chain]; i < s->own->way_of[chain + 1]; i++) {
		const struct build_way *w = &s->own->way[i];
		struct rule_shape joined = *shape;

		if (s->steps++ >= STEPS_MAX)
			return false;
		if (!(w->shape.hooks & s->hooks) || !w->shape.complete ||
		    !shape_join(&joined, &w->shape))
			continue;
		if (climb(s, s->rs->rule[w->rule].chain, &joined, depth + 1)) {
			*shape = joined;
			return true;
		}
	}
	return false;
}

int host_ruleset_path(const struct host_ruleset *ruleset, uint32_t at, uint16_t hooks,
		      struct rule_shape *ret_shape)
{
	struct search s = { ruleset, ruleset->own, hooks, 0 };
	struct rule_shape shape = ruleset->rule[at].shape;

	if (!shape.complete || !climb(&s, ruleset->rule[at].chain, &shape, 0))
		return -ENOENT;
	*ret_shape = shape;
	return 0;
}

static bool differs(uint16_t exact, unsigned bit, int64_t asked, int64_t is)
{
	return exact & bit && asked != RULE_ANY && asked != is;
}

/* Whether @s asks for something that @packet is known not to be. */
static bool excludes(const struct rule_shape *s, const struct rule_shape *packet)
{
	if (s->exact & RULE_FAMILY && s->family != packet->family)
		return true;
	if (s->exact & RULE_CT && packet->ct && !(s->ct & packet->ct))
		return true;
	if (s->exact & RULE_SADDR && !ip_prefix_has(&s->saddr, &packet->saddr.addr))
		return true;
	if (s->exact & RULE_DADDR && !ip_prefix_has(&s->daddr, &packet->daddr.addr))
		return true;
	return differs(s->exact, RULE_PROTO, s->proto, packet->proto) ||
	       differs(s->exact, RULE_TYPE, s->type, packet->type) ||
	       differs(s->exact, RULE_CODE, s->code, packet->code) ||
	       differs(s->exact, RULE_SPORT, s->sport, packet->sport) ||
	       differs(s->exact, RULE_DPORT, s->dport, packet->dport);
}

/* From @chain outwards to a base chain by ways that @packet may take. */
static bool may_climb(struct search *s, uint32_t chain, const struct rule_shape *packet, int depth)
{
	const struct host_chain *c = &s->rs->chain[chain];

	if (c->hook)
		return (c->hook & s->hooks) != 0;
	for (uint32_t i = s->own->way_of[chain]; i < s->own->way_of[chain + 1]; i++) {
		const struct build_way *w = &s->own->way[i];

		if (depth == DEPTH_MAX || s->steps++ >= STEPS_MAX)
			return true;
		if (w->shape.hooks & s->hooks && !excludes(&w->shape, packet) &&
		    may_climb(s, s->rs->rule[w->rule].chain, packet, depth + 1))
			return true;
	}
	return false;
}

bool host_ruleset_may_meet(const struct host_ruleset *ruleset, uint32_t at, uint16_t hooks,
			   const struct rule_shape *packet)
{
	struct search s = { ruleset, ruleset->own, hooks, 0 };
	const struct host_rule *rule = &ruleset->rule[at];

	return rule->shape.hooks & hooks && !excludes(&rule->shape, packet) &&
	       may_climb(&s, rule->chain, packet, 0);
}
