/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

TEST(mask_requests_that_are_answered_are_low)
{
	struct fact_icmp_verdict v[] = {
		made_verdict(4, 17, 0, FACT_STRANGER, FACT_STRAY, FACT_ANSWERED, &made_accept),
		made_verdict(4, 17, 0, FACT_NEIGHBOUR, FACT_STRAY, FACT_ANSWERED, &made_accept),
	};
	struct fact_audit a = made_audit();
	const struct made_finding *f;

	a.verdict = v;
	a.verdict_n = ARRAY_LEN(v);
	f = made_only(made_review(&a), "mask-answered", FACT_LOW);
	CHECK_HAS(f->evidence, "2 of 2 probes");
	CHECK_HAS(f->evidence, "let in by rule 2 (handle 8)");
	CHECK_HAS(f->fix,
		  "nft insert rule inet filter input handle 8 icmp type address-mask-request drop");
}

TEST(mask_requests_without_a_firewall_are_mended_with_a_table_of_their_own)
{
	struct fact_icmp_verdict v =
		made_verdict(4, 17, 0, FACT_STRANGER, FACT_STRAY, FACT_ANSWERED, NULL);
	struct fact_audit a = made_audit();

	a.verdict = &v;
	a.verdict_n = 1;
	CHECK_HAS(made_only(made_review(&a), "mask-answered", FACT_LOW)->fix,
		  "add rule inet filter input icmp type address-mask-request drop'");
	a.firewall = "iptables-legacy";
	CHECK_HAS(made_only(made_review(&a), "mask-answered", FACT_LOW)->fix,
		  "iptables-legacy -I INPUT -p icmp --icmp-type address-mask-request -j DROP");
}

TEST(mask_requests_that_are_not_answered_are_no_fault)
{
	struct fact_icmp_verdict v[] = {
		made_verdict(4, 17, 0, FACT_STRANGER, FACT_STRAY, FACT_DROPPED, &made_rule),
		made_verdict(4, 17, 0, FACT_STRANGER, FACT_STRAY, FACT_PASSED, &made_accept),
		made_verdict(6, 17, 0, FACT_STRANGER, FACT_STRAY, FACT_ANSWERED, &made_accept),
	};
	struct fact_audit a = made_audit();

	a.verdict = v;
	a.verdict_n = ARRAY_LEN(v);
	CHECK_EQ(made_review(&a)->n, 0);
}
