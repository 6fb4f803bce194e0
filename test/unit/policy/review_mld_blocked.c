/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

static struct fact_icmp_verdict verdicts[2];

static struct fact_audit plant(int64_t type, int outcome)
{
	struct fact_audit a = made_audit();

	verdicts[0] = made_verdict(6, type, 0, FACT_NEIGHBOUR, FACT_STRAY, outcome, &made_rule);
	verdicts[1] = made_verdict(6, 135, 0, FACT_NEIGHBOUR, FACT_STRAY, FACT_ANSWERED, NULL);
	a.verdict = verdicts;
	a.verdict_n = 2;
	return a;
}

TEST(listener_queries_that_are_lost_are_low)
{
	struct fact_audit a = plant(130, FACT_DROPPED);
	const struct made_finding *f = made_only(made_review(&a), "mld-blocked", FACT_LOW);

	CHECK_HAS(f->evidence, "(handle 12)");
	CHECK_HAS(f->fix, "mld-listener-query");
}

TEST(reports_matter_to_routers_only)
{
	static const struct fact_sysctl router[] = { { "net.ipv6.conf.eth0.forwarding", "1" } };
	struct fact_audit a = plant(143, FACT_DROPPED);

	CHECK_EQ(made_review(&a)->n, 0);
	a.sysctl = router;
	a.sysctl_n = 1;
	made_only(made_review(&a), "mld-blocked", FACT_LOW);
}

TEST(queries_that_pass_or_are_forged_are_no_fault)
{
	struct fact_audit a = plant(130, FACT_PASSED);

	CHECK_EQ(made_review(&a)->n, 0);
	a = plant(130, FACT_DROPPED);
	ip_scan("2001:db8::66", &verdicts[0].source);
	CHECK_EQ(made_review(&a)->n, 0);
	a = plant(130, FACT_DROPPED);
	verdicts[0].from = FACT_STRANGER;
	CHECK_EQ(made_review(&a)->n, 0);
	a = plant(130, FACT_DROPPED);
	verdicts[1].icmp_type = 138;
	verdicts[1].verdict = FACT_DROPPED; /* nothing arrives: another finding's */
	CHECK_EQ(made_review(&a)->n, 0);
}
