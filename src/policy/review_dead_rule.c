/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules that no packet reaches: one made to fit was sent, and another rule took it. */
#include "policy/look.h"
#include "policy/mend.h"
#include "policy/note.h"

#define SHOWN  4  /* dead rules of one group that are named one by one */
#define GROUPS 20 /* groups that are told one by one; the rest in one */

static bool same_chain(const struct fact_rule *a, const struct fact_rule *b)
{
	struct fact_rule there = *a;

	there.handle = b->handle;
	there.position = b->position;
	return look_rule_same(&there, b);
}

static bool comes_later(const struct fact_rule *later, const struct fact_rule *rule)
{
	return same_chain(later, rule) &&
	       (later->position == FACT_NONE || later->position > rule->position);
}

/*
 * A policy is no rule that one could delete. A limit that lets its packets go by is not dead, so of those only what is
 * decided before it counts.
 */
static bool is_dead(const struct fact_rule_proof *p)
{
	if (!p->rule || !p->addressed || p->hits > 0 || !p->decided_by ||
	    look_rule_same(p->rule, p->decided_by) || mend_is_policy(p->rule))
		return false;
	return !p->limits || !comes_later(p->decided_by, p->rule);
}

/* One group: rules of one chain whose packets one other rule takes. */
static bool same_group(const struct fact_rule_proof *a, const struct fact_rule_proof *b)
{
	return look_rule_same(a->decided_by, b->decided_by) && same_chain(a->rule, b->rule);
}

struct group {
	const struct fact_rule_proof *member[SHOWN];
	size_t n;
};

static struct group collect(const struct fact_audit *a, const struct fact_rule_proof *first)
{
	struct group g = { 0 };

	for (const struct fact_rule_proof *p = first; p < a->proof + a->proof_n; p++) {
		if (!is_dead(p) || !same_group(p, first))
			continue;
		if (g.n < SHOWN)
			g.member[g.n] = p;
		g.n++;
	}
	return g;
}

static bool is_first(const struct fact_audit *a, const struct fact_rule_proof *p)
{
	for (const struct fact_rule_proof *q = a->proof; q < p; q++)
		if (is_dead(q) && same_group(q, p))
			return false;
	return true;
}

static unsigned family_of(const struct fact_rule *r)
{
	if (r->family && r->family[0] == 'i' && r->family[1] == 'p')
		return r->family[2] == '6' ? 6 : 4;
	return 0;
}

static void put_fix(struct note_text *t, const struct group *g)
{
	/* From the last to the first: iptables counts anew after each removal. */
	for (size_t i = MIN(g->n, SHOWN); i-- > 0;) {
		mend_delete(t, g->member[i]->rule);
		note_put(t, i ? "; " : "");
	}
	note_put(t, " # or, where the rule is meant to work, move it in front of the one that "
		    "takes its packets");
}

/* Of one rule the subject has its place already. */
static void put_evidence(struct note_text *t, const struct group *g)
{
	size_t shown = MIN(g->n, SHOWN);

	note_put(t, "never hit: ");
	for (size_t i = 0; i < shown; i++) {
		const char *packet = g->member[i]->packet;

		note_put(t, "%s", i ? "; " : "");
		if (g->n > 1)
			note_put_rule(t, g->member[i]->rule);
		if (packet)
			note_put(t, "%s%s", g->n > 1 ? ", meant for " : "it is meant for ", packet);
	}
	if (shown < g->n)
		note_put(t, "; and %zu more", g->n - shown);
	note_put(t, ". What was sent to %s was taken by ", g->n == 1 ? "it" : "them");
	note_put_rule(t, g->member[0]->decided_by);
}

static void tell(const struct group *g, struct review *to)
{
	const struct fact_rule *first = g->member[0]->rule;
	struct note n;

	note_init(&n, &review_dead_rule, FACT_LOW, family_of(first));
	if (g->n == 1)
		note_put_rule(&n.subject, first);
	else
		note_put(&n.subject, "%zu rules of %s %s %s", g->n, first->family, first->table,
			 first->chain);
	put_evidence(&n.evidence, g);
	note_put(&n.why,
		 "A rule that never works misleads whoever reads the ruleset: it promises what "
		 "does not happen. nft -c and iptables accept such rules without a word.");
	put_fix(&n.fix, g);
	note_tell(&n, to);
}

static void tell_rest(size_t n_rest, struct review *to)
{
	struct note n;

	note_init(&n, &review_dead_rule, FACT_LOW, 0);
	note_put(&n.subject, "%zu more rules", n_rest);
	note_put(&n.evidence,
		 "never hit: a packet made to fit each was sent, and other rules took it");
	note_put(&n.why, "Rules that never work mislead whoever reads the ruleset.");
	note_put(&n.fix,
		 "sonde --json audit # lists them: \"type\":\"rule_proof\" with \"hits\":0");
	note_tell(&n, to);
}

static void check(const struct fact_audit *a, struct review *to)
{
	size_t groups = 0, dead = 0, told = 0;

	for (size_t i = 0; i < a->proof_n; i++) {
		struct group g;

		if (!is_dead(&a->proof[i]))
			continue;
		dead++;
		if (groups == GROUPS || !is_first(a, &a->proof[i]))
			continue;
		g = collect(a, &a->proof[i]);
		told += g.n;
		groups++;
		tell(&g, to);
	}
	if (dead > told)
		tell_rest(dead - told, to);
}

const struct review_rule review_dead_rule = {
	.id = "dead-rule",
	.summary = "a rule that no packet can reach",
	.check = check,
};
