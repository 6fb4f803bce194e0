/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

static const struct fact_sysctl on[] = { { "net.ipv4.icmp_echo_enable_probe", "1" } };

TEST(probe_that_is_switched_on_and_dropped_is_a_note)
{
	struct fact_icmp_verdict v[] = {
		made_verdict(4, 42, 0, FACT_STRANGER, FACT_STRAY, FACT_DROPPED, &made_rule),
		made_verdict(4, 42, 0, FACT_NEIGHBOUR, FACT_STRAY, FACT_DROPPED, &made_rule),
	};
	struct fact_audit a = made_audit();
	const struct made_finding *f;

	a.verdict = v;
	a.verdict_n = 2;
	CHECK_EQ(made_review(&a)->n, 0); /* switched off */
	a.sysctl = on;
	a.sysctl_n = 1;
	f = made_only(made_review(&a), "firewall-vs-sysctl", FACT_INFO);
	CHECK_HAS(f->evidence, "icmp_echo_enable_probe=1");
	CHECK_HAS(f->evidence, "(handle 12)");
	CHECK_HAS(f->fix, "handle 12 icmp type 42 accept");
	v[1].verdict = FACT_ANSWERED; /* neighbours may ask: meant so */
	CHECK_EQ(made_review(&a)->n, 0);
}

TEST(probe_of_ipv6_hangs_on_the_same_switch)
{
	struct fact_icmp_verdict v =
		made_verdict(6, 160, 0, FACT_STRANGER, FACT_STRAY, FACT_DROPPED, &made_rule);
	struct fact_audit a = made_audit();

	a.verdict = &v;
	a.verdict_n = 1;
	a.sysctl = on;
	a.sysctl_n = 1;
	CHECK_EQ(made_only(made_review(&a), "firewall-vs-sysctl", FACT_INFO)->family, 6);
}
