/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

static struct fact_answer answer;
static struct fact_rule rule;
static struct fact_port_group g;

static struct fact_audit plant(unsigned family, int64_t type, int64_t code)
{
	struct fact_audit a = made_audit();

	answer = (struct fact_answer){ "icmp", { 0 }, type, code, 64 };
	rule = made_rule;
	rule.text = "meta l4proto udp counter packets 0 bytes 0 reject";
	g = (struct fact_port_group){ .proto = FACT_UDP,
				      .family = (uint8_t)family,
				      .iface = "eth0",
				      .state = FACT_REJECTED,
				      .ports = "1-65535",
				      .count = 65535,
				      .rule = &rule,
				      .answer = &answer };
	a.group = &g;
	a.group_n = 1;
	return a;
}

TEST(a_reject_that_says_port_unreachable_is_a_note)
{
	struct fact_audit a = plant(4, 3, 3);
	const struct made_finding *f =
		made_only(made_review(&a), "reject-as-port-unreachable", FACT_INFO);

	CHECK_HAS(f->subject, "rule 3 (handle 12)");
	CHECK_STR(f->fix, "nft replace rule inet filter input handle 12 'meta l4proto udp counter "
			  "packets 0 bytes 0 reject with icmpx admin-prohibited'");
	a = plant(6, 1, 4);
	CHECK_EQ(made_only(made_review(&a), "reject-as-port-unreachable", FACT_INFO)->family, 6);
}

TEST(one_rule_for_both_families_is_one_note)
{
	static const struct fact_answer six = { "icmp", { 0 }, 1, 4, 64 };
	struct fact_audit a = plant(4, 3, 3);
	struct fact_port_group both[2] = { g, g };

	both[1].family = 6;
	both[1].answer = &six;
	a.group = both;
	a.group_n = 2;
	CHECK_EQ(made_only(made_review(&a), "reject-as-port-unreachable", FACT_INFO)->family, 0);
	both[1].rule = &made_accept;
	CHECK_EQ(made_review(&a)->n, 2);
}

TEST(a_reject_of_iptables_is_replaced_in_its_place)
{
	struct fact_audit a = plant(4, 3, 3);

	rule = made_iptables;
	rule.text = "-A INPUT -p udp -j REJECT --reject-with icmp-port-unreachable";
	CHECK_STR(made_only(made_review(&a), "reject-as-port-unreachable", FACT_INFO)->fix,
		  "iptables-nft -R INPUT 4 -p udp -j REJECT --reject-with icmp-admin-prohibited");
	rule.text = "-p udp -j REJECT";
	CHECK_HAS(made_review(&a)->finding[0].fix, "-R INPUT 4 -p udp -j REJECT --reject-with");
	rule.text = "-j REJECT";
	CHECK_HAS(made_review(&a)->finding[0].fix, "-R INPUT 4 -j REJECT --reject-with");
}

TEST(other_rejects_and_closed_ports_are_no_note)
{
	struct fact_audit a = plant(4, 3, 13);

	CHECK_EQ(made_review(&a)->n, 0);
	a = plant(4, 1, 4);
	CHECK_EQ(made_review(&a)->n, 0);
	a = plant(4, 3, 3);
	g.state = FACT_CLOSED; /* the kernel says it, and means it */
	CHECK_EQ(made_review(&a)->n, 0);
	a = plant(4, 3, 3);
	answer.kind = "rst";
	CHECK_EQ(made_review(&a)->n, 0);
}
