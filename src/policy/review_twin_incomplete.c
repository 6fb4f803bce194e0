/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the proof could not copy, and so what its answers are worth. */
#include <string.h>

#include "policy/note.h"

#define SHOWN 3 /* things of one kind that are named */

static bool same_kind(const struct fact_gap *a, const struct fact_gap *b)
{
	return strcmp(a->what, b->what) == 0;
}

static bool is_first(const struct fact_audit *a, const struct fact_gap *g)
{
	for (const struct fact_gap *p = a->gap; p < g; p++)
		if (same_kind(p, g))
			return false;
	return true;
}

/*
 * A rule that is missing in the twin can turn any verdict round, and so can a set
 * or a table that rules look into. A chain is left out where its interface is not
 * probed, or because it rules frames: that changes no answer.
 */
static enum fact_severity weigh(const struct fact_gap *g)
{
	static const char *const grave[] = { "rule", "set", "table" };

	for (size_t i = 0; i < ARRAY_LEN(grave); i++)
		if (strcmp(g->what, grave[i]) == 0)
			return FACT_MEDIUM;
	return FACT_LOW;
}

static void put_examples(struct note_text *t, const struct fact_audit *a,
			 const struct fact_gap *first)
{
	size_t n = 0;

	for (const struct fact_gap *g = first; g < a->gap + a->gap_n; g++) {
		if (!same_kind(g, first))
			continue;
		if (n < SHOWN)
			note_put(t, "%s%.200s: %.200s", n ? "; " : "", g->which ? g->which : "?",
				 g->why ? g->why : "not known why");
		n++;
	}
	if (n > SHOWN)
		note_put(t, "; and %zu more", n - SHOWN);
}

static void tell(const struct fact_audit *a, const struct fact_gap *g, struct review *to)
{
	struct note n;

	note_init(&n, &review_twin_incomplete, weigh(g), 0);
	note_put(&n.subject, "%s", g->what);
	put_examples(&n.evidence, a, g);
	note_put(&n.why, "%s",
		 g->means ? g->means : "The answers that depend on it may differ on the host.");
	note_put(&n.fix,
		 "mend the cause named here and run the audit again; until then check by hand "
		 "what depends on it");
	note_tell(&n, to);
}

static void tell_unproved(struct review *to)
{
	struct note n;

	note_init(&n, &review_twin_incomplete, FACT_MEDIUM, 0);
	note_put(&n.subject, "twin");
	note_put(&n.evidence, "no copy of the host was built and probed");
	note_put(&n.why,
		 "Nothing here is proved by packets: only what was read of the host is known, "
		 "not what its firewall does.");
	note_put(&n.fix, "run the audit as root: sudo sonde audit");
	note_tell(&n, to);
}

static void check(const struct fact_audit *a, struct review *to)
{
	for (size_t i = 0; i < a->gap_n; i++)
		if (is_first(a, &a->gap[i]))
			tell(a, &a->gap[i], to);
	if (!a->proved && a->gap_n == 0)
		tell_unproved(to);
}

const struct review_rule review_twin_incomplete = {
	.id = "twin-incomplete",
	.summary = "the copy of the host lacks something, so some answers are not certain",
	.check = check,
};
