/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

static const struct fact_answer prohibited = { "icmp", { 0 }, 3, 13, 64 };
static struct fact_port_group g[2];

static struct fact_audit plant(void)
{
	struct fact_audit a = made_audit();

	g[0] = (struct fact_port_group){ FACT_TCP, 4, "eth0",     FACT_STRANGER, FACT_REJECTED,
					 "113",    1, &made_rule, &prohibited };
	g[1] = (struct fact_port_group){
		FACT_TCP,     4,     "eth0",       FACT_STRANGER, FACT_FILTERED,
		"1-112,114-", 65534, &made_policy, NULL
	};
	a.group = g;
	a.group_n = 2;
	return a;
}

TEST(rejected_ports_beside_silent_ones_are_a_note)
{
	struct fact_audit a = plant();
	const struct made_finding *f = made_only(made_review(&a), "filter-revealed", FACT_INFO);

	CHECK_HAS(f->subject, "eth0");
	CHECK_HAS(f->evidence, "rejects 1 tcp port (113) with icmp 3/13 by rule 3 (handle 12)");
	CHECK_HAS(f->evidence, "silent on 65534 tcp ports");
	CHECK_HAS(f->evidence, "the policy of inet filter input");
}

TEST(both_families_and_all_views_are_one_note)
{
	struct fact_port_group all[4];
	struct fact_audit a = plant();

	for (int i = 0; i < 4; i++) {
		all[i] = g[i % 2];
		all[i].family = i < 2 ? 4 : 6;
		all[i].iface = i < 2 ? "eth0" : "eth1";
	}
	a.group = all;
	a.group_n = 4;
	CHECK_STR(made_only(made_review(&a), "filter-revealed", FACT_INFO)->subject, "eth0, eth1");
	CHECK_EQ(made_review(&a)->finding[0].family, 0);
}

TEST(one_answer_for_all_ports_reveals_nothing)
{
	struct fact_audit a = plant();

	g[1].state = FACT_REJECTED;
	CHECK_EQ(made_review(&a)->n, 0);
	g[0].state = g[1].state = FACT_FILTERED;
	CHECK_EQ(made_review(&a)->n, 0);
	a = plant();
	g[1].from = FACT_NEIGHBOUR; /* seen from elsewhere: nobody sees both */
	CHECK_EQ(made_review(&a)->n, 0);
	a = plant();
	g[1].proto = FACT_UDP;
	CHECK_EQ(made_review(&a)->n, 0);
	a = plant();
	g[0].state = FACT_CLOSED; /* the kernel's own RST */
	CHECK_EQ(made_review(&a)->n, 0);
}
