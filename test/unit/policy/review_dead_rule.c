/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

static const struct fact_rule shadow = {
	"nftables", "inet", "filter", "input", 5, 1, "ct state invalid drop",
};

static struct fact_rule rules[6];
static struct fact_rule_proof proof[6];

static struct fact_audit plant(size_t n)
{
	struct fact_audit a = made_audit();

	for (size_t i = 0; i < n; i++) {
		rules[i] = made_rule;
		rules[i].position = 10 + (int64_t)i;
		rules[i].handle = 20 + (int64_t)i;
		rules[i].text = "icmpv6 type 141 accept";
		proof[i] = (struct fact_rule_proof){ .rule = &rules[i],
						     .addressed = true,
						     .decided_by = &shadow,
						     .packet = "icmpv6 type 141" };
	}
	a.proof = proof;
	a.proof_n = n;
	return a;
}

TEST(a_rule_whose_packet_another_takes_is_low)
{
	struct fact_audit a = plant(1);
	const struct made_finding *f = made_only(made_review(&a), "dead-rule", FACT_LOW);

	CHECK_HAS(f->subject, "rule 10 (handle 20) of inet filter input");
	CHECK_HAS(f->evidence, "meant for icmpv6 type 141");
	CHECK_HAS(f->evidence, "taken by rule 1 (handle 5)");
	CHECK_HAS(f->fix, "nft delete rule inet filter input handle 20");
}

TEST(dead_rules_behind_the_same_rule_are_one_finding)
{
	struct fact_audit a = plant(6);
	const struct made_finding *f = made_only(made_review(&a), "dead-rule", FACT_LOW);

	CHECK_STR(f->subject, "6 rules of inet filter input");
	CHECK_HAS(f->evidence, "(handle 23)");
	CHECK_HAS(f->evidence, "and 2 more");
	CHECK_HAS(f->fix, "handle 23; nft delete rule inet filter input handle 22;");
}

TEST(dead_rules_of_other_chains_are_findings_of_their_own)
{
	struct fact_audit a = plant(2);

	rules[1].chain = "icmp6";
	CHECK_EQ(made_review(&a)->n, 2);
}

TEST(many_groups_of_dead_rules_are_told_one_by_one_and_then_together)
{
	static struct fact_rule rule[30];
	static struct fact_rule_proof many[30];
	struct fact_audit a = plant(1);
	const struct made_review *r;

	for (int i = 0; i < 30; i++) {
		rule[i] = rules[0];
		rule[i].position = 10 + i;
		many[i] = proof[0];
		many[i].rule = &rule[i];
		many[i].decided_by = i ? &rule[i - 1] : &shadow;
	}
	a.proof = many;
	a.proof_n = 30;
	r = made_review(&a);
	CHECK_EQ(r->n, 21);
	CHECK_STR(r->finding[20].subject, "10 more rules");
}

TEST(dead_rules_of_iptables_are_deleted_by_number_from_the_last)
{
	struct fact_audit a = plant(2);

	rules[0] = rules[1] = made_legacy;
	rules[1].position = 6;
	CHECK_HAS(made_only(made_review(&a), "dead-rule", FACT_LOW)->fix,
		  "iptables-legacy -D INPUT 6; iptables-legacy -D INPUT 4");
}

TEST(rules_that_were_hit_or_not_tried_are_alive)
{
	struct fact_audit a = plant(1);

	proof[0].hits = 1;
	CHECK_EQ(made_review(&a)->n, 0);
	a = plant(1);
	proof[0].addressed = false;
	CHECK_EQ(made_review(&a)->n, 0);
	a = plant(1);
	proof[0].decided_by = NULL;
	CHECK_EQ(made_review(&a)->n, 0);
	a = plant(1);
	proof[0].limits = true; /* its packet went by, below the limit, to a later rule */
	rules[0].position = 1;
	rules[1] = made_rule;
	rules[1].position = 2;
	proof[0].decided_by = &rules[1];
	CHECK_EQ(made_review(&a)->n, 0);
	a = plant(1);
	rules[0] = made_policy;
	CHECK_EQ(made_review(&a)->n, 0);
}
