/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "twin/inside.h"

#include <stdlib.h>
#include <string.h>

static const struct fact_gap lost = {
	.what = "twin",
	.which = "further gaps",
	.why = "out of memory",
	.means = "this list is not complete",
};

static bool is_known(const struct twin *t, const char *what, const char *which, const char *why)
{
	for (size_t i = 0; i < t->gap_n; i++)
		if (strcmp(t->gap[i].what, what) == 0 && strcmp(t->gap[i].which, which) == 0 &&
		    strcmp(t->gap[i].why, why) == 0)
			return true;
	return false;
}

static void free_texts(const struct fact_gap *gap)
{
	free((void *)(uintptr_t)gap->what);
	free((void *)(uintptr_t)gap->which);
	free((void *)(uintptr_t)gap->why);
	free((void *)(uintptr_t)gap->means);
}

/* Room for @n gaps and the one that tells that others were lost. */
static bool have_room(struct twin *t, size_t n)
{
	size_t room = t->gap_room ? 2 * t->gap_room : 16;
	struct fact_gap *grown;

	if (n < t->gap_room)
		return true;
	grown = realloc(t->gap, room * sizeof(*grown));
	if (!grown)
		return false;
	t->gap = grown;
	t->gap_room = room;
	return true;
}

static void append(struct twin *t, const struct fact_gap *gap)
{
	if (gap->what && gap->which && gap->why && gap->means && have_room(t, t->gap_n + 1)) {
		t->gap[t->gap_n++] = *gap;
		return;
	}
	free_texts(gap);
	t->gap_lost = true;
}

void twin_gap(struct twin *t, const char *what, const char *which, const char *why,
	      const char *means)
{
	struct fact_gap gap;

	if (is_known(t, what, which, why))
		return;
	gap = (struct fact_gap){ strdup(what), strdup(which), strdup(why), strdup(means) };
	append(t, &gap);
}

const struct fact_gap *twin_gaps(const struct twin *t, size_t *ret_n)
{
	*ret_n = t->gap_n;
	if (!t->gap_lost)
		return t->gap;
	/* Without any room there is still this one to tell. */
	if (!t->gap) {
		*ret_n = 1;
		return &lost;
	}
	t->gap[t->gap_n] = lost;
	*ret_n = t->gap_n + 1;
	return t->gap;
}

void twin_gap_free(struct twin *t)
{
	for (size_t i = 0; i < t->gap_n; i++)
		free_texts(&t->gap[i]);
	free(t->gap);
}
