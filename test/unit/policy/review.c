/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "made.h"

static char source[512];

static bool exists(const char *dir, const char *name)
{
	struct stat st;

	snprintf(source, sizeof(source), "%s/%s/review_%s.c", TEST_SOURCE_ROOT, dir, name);
	return stat(source, &st) == 0;
}

static const char *const names[] = {
#define RULE(name) #name,
#include "policy/rules.def"
#undef RULE
};

TEST(every_rule_has_an_id_a_summary_a_file_and_its_tests)
{
	size_t n = 0;

	for (const struct review_rule *const *r = review_rules; *r; r++, n++) {
		const char *summary = (*r)->summary;

		CHECK((*r)->id[0] && (*r)->check);
		CHECK(summary[0] && summary[strlen(summary) - 1] != '.');
		for (const struct review_rule *const *other = review_rules; other < r; other++)
			CHECK(strcmp((*other)->id, (*r)->id) != 0);
		for (size_t i = 0; names[n][i]; i++)
			CHECK_EQ((*r)->id[i] == '-' ? '_' : (*r)->id[i], names[n][i]);
		CHECK(exists("src/policy", names[n]));
		CHECK(exists("test/unit/policy", names[n]));
	}
	CHECK_EQ(n, ARRAY_LEN(names));
}

TEST(a_clean_host_raises_nothing)
{
	struct fact_audit a = made_audit();

	CHECK_EQ(made_review(&a)->n, 0);
	a.explain = true;
	CHECK_EQ(made_review(&a)->n, 0);
}

TEST(a_hardened_host_that_was_probed_raises_nothing)
{
	struct fact_icmp_verdict v[] = {
		made_verdict(4, 8, 0, FACT_STRANGER, FACT_STRAY, FACT_ANSWERED, &made_accept),
		made_verdict(4, 13, 0, FACT_STRANGER, FACT_STRAY, FACT_DROPPED, &made_policy),
		made_verdict(4, 3, 3, FACT_STRANGER, FACT_STRAY, FACT_DROPPED, &made_policy),
		made_verdict(4, 3, 3, FACT_STRANGER, FACT_RELATED, FACT_PASSED, &made_accept),
		made_verdict(4, 3, 4, FACT_STRANGER, FACT_STRAY, FACT_DROPPED, &made_policy),
		made_verdict(4, 3, 4, FACT_STRANGER, FACT_RELATED, FACT_PASSED, &made_accept),
		made_verdict(4, 5, 1, FACT_NEIGHBOUR, FACT_RELATED, FACT_DROPPED, &made_rule),
		made_verdict(4, 42, 0, FACT_STRANGER, FACT_STRAY, FACT_DROPPED, &made_policy),
		made_verdict(6, 2, 0, FACT_STRANGER, FACT_RELATED, FACT_PASSED, &made_accept),
		made_verdict(6, 1, 4, FACT_STRANGER, FACT_RELATED, FACT_PASSED, &made_accept),
		made_verdict(6, 130, 0, FACT_NEIGHBOUR, FACT_STRAY, FACT_PASSED, &made_accept),
		made_verdict(6, 134, 0, FACT_NEIGHBOUR, FACT_STRAY, FACT_DROPPED, &made_policy),
		made_verdict(6, 135, 0, FACT_NEIGHBOUR, FACT_STRAY, FACT_ANSWERED, &made_accept),
		made_verdict(6, 136, 0, FACT_NEIGHBOUR, FACT_STRAY, FACT_PASSED, &made_accept),
		made_verdict(6, 135, 0, FACT_STRANGER, FACT_STRAY, FACT_DROPPED, &made_policy),
	};
	struct fact_burst burst = { 4, "eth0", FACT_STRANGER, 40, 25, &made_rule };
	struct fact_audit a = made_audit();

	a.verdict = v;
	a.verdict_n = ARRAY_LEN(v);
	a.burst = &burst;
	a.burst_n = 1;
	CHECK_EQ(made_review(&a)->n, 0);
}

TEST(findings_come_worst_first)
{
	struct fact_icmp_verdict v[] = {
		made_verdict(4, 13, 0, FACT_STRANGER, FACT_STRAY, FACT_ANSWERED, &made_accept),
		made_verdict(4, 3, 4, FACT_STRANGER, FACT_RELATED, FACT_DROPPED, &made_rule),
	};
	struct fact_gap gap = { "rule", "x", "y", "z" };
	struct fact_audit a = made_audit();
	const struct made_review *r;

	a.verdict = v;
	a.verdict_n = ARRAY_LEN(v);
	a.gap = &gap;
	a.gap_n = 1;
	r = made_review(&a);
	CHECK_EQ(r->n, 3);
	CHECK_STR(r->finding[0].id, "pmtud-broken");
	CHECK_STR(r->finding[1].id, "twin-incomplete");
	CHECK_STR(r->finding[2].id, "timestamp-answered");
}
