/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The review: what should change on a host, told from the facts of its audit.
 *
 * A rule is one file (review_<name>.c) and one line in rules.def. Rules look at
 * facts only: how they were learnt is flow/'s business, how findings are shown
 * is out/'s. Verdicts of one kind (per interface, source, family) are folded into
 * one finding per subject, so a fault is told once, with how often it was seen
 * and one example.
 *
 * Severities: high is broken or dangerous now, medium should be mended, low is
 * worth a look, info is no fault.
 *
 * Pure: no allocation. Texts of a finding live only while it is told.
 */
#pragma once

#include "fact/audit.h"

/* Who is told; opaque to rules but for note_tell(). */
struct review {
	void (*tell)(void *to, const struct fact_finding *finding);
	void *to;
	uint8_t severity; /* only findings of this enum fact_severity are passed on */
};

struct review_rule {
	const char *id;      /* of its findings: "pmtud-broken" */
	const char *summary; /* one line, no full stop */
	/* Tells @to of each thing wrong in @audit, in any order; never NULL. */
	void (*check)(const struct fact_audit *audit, struct review *to);
};

#define RULE(name) extern const struct review_rule review_##name;
#include "policy/rules.def"
#undef RULE

/** Every rule, in the order of rules.def; NULL at the end. */
extern const struct review_rule *const review_rules[];

/**
 * Run every rule on @audit.
 *
 * @tell  gets each finding, worst first; its texts are borrowed for the call
 */
void review_run(const struct fact_audit *audit,
		void (*tell)(void *to, const struct fact_finding *finding), void *to);
