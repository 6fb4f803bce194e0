/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

static const struct fact_gap gaps[] = {
	{ "sysctl", "net.ipv6.mld_qrv", "not there in a namespace", "little" },
	{ "rule", "socket cgroupv2 …", "the path is missing", "its packets meet later rules" },
	{ "sysctl", "net.core.rmem_max", "read only", "little" },
	{ "sysctl", "a", "b", "c" },
	{ "sysctl", "d", "e", "f" },
};

TEST(a_rule_left_out_is_medium_and_other_kinds_are_low_one_each)
{
	struct fact_audit a = made_audit();
	const struct made_review *r;

	a.gap = gaps;
	a.gap_n = ARRAY_LEN(gaps);
	r = made_review(&a);
	CHECK_EQ(r->n, 2);
	CHECK_STR(r->finding[0].subject, "rule");
	CHECK_EQ(r->finding[0].severity, FACT_MEDIUM);
	CHECK_HAS(r->finding[0].evidence, "socket cgroupv2 …: the path is missing");
	CHECK_HAS(r->finding[0].why, "its packets meet later rules");
	CHECK_STR(r->finding[1].subject, "sysctl");
	CHECK_EQ(r->finding[1].severity, FACT_LOW);
	CHECK_HAS(r->finding[1].evidence, "net.core.rmem_max: read only");
	CHECK_HAS(r->finding[1].evidence, "and 1 more");
}

TEST(an_audit_without_a_proof_says_so)
{
	struct fact_audit a = made_audit();

	a.proved = false;
	CHECK_HAS(made_only(made_review(&a), "twin-incomplete", FACT_MEDIUM)->why, "Nothing here");
	a.gap = gaps;
	a.gap_n = 1;
	made_only(made_review(&a), "twin-incomplete", FACT_LOW);
}
