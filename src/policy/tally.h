/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Folds ICMP verdicts into one story: how many packets of a kind were sent, how
 * many met one fate, at which interfaces, and the first of them as the example.
 *
 * Pure.
 */
#pragma once

#include "policy/note.h"

struct tally {
	size_t sent, hit;                      /* of the kind; of those, with the fate asked for */
	const struct fact_icmp_verdict *first; /* the first hit; NULL: none */
	struct note_names ifaces, names;       /* of the hits: where, and which messages */
};

/** Did a firewall rule take it, silently or with a message? */
bool tally_blocked(const struct fact_icmp_verdict *v);

bool tally_answered(const struct fact_icmp_verdict *v);

/** Count @v as sent, and as a hit when @hit. */
void tally_add(struct tally *t, const struct fact_icmp_verdict *v, bool hit);

/** Tally all verdicts of @family and @type (of any code, context, place); @fate says which are hits. */
struct tally tally_type(const struct fact_audit *a, unsigned family, int64_t type,
			bool (*fate)(const struct fact_icmp_verdict *));

/** "3 of 4 probes at eth0, eth1; the first: <verdict>". */
void tally_put(struct note_text *to, const struct tally *t);
