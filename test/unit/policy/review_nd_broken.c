/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

static struct fact_icmp_verdict verdict;

static struct fact_audit plant(int64_t type, int from, int outcome)
{
	struct fact_audit a = made_audit();

	verdict = made_verdict(6, type, 0, from, FACT_STRAY, outcome, &made_rule);
	a.verdict = &verdict;
	a.verdict_n = 1;
	return a;
}

TEST(neighbour_solicitations_and_advertisements_that_are_lost_are_high)
{
	for (int64_t type = 135; type <= 136; type++) {
		struct fact_audit a = plant(type, FACT_NEIGHBOUR, FACT_DROPPED);
		const struct made_finding *f = made_only(made_review(&a), "nd-broken", FACT_HIGH);

		CHECK_EQ(f->family, 6);
		CHECK_HAS(f->subject, "eth0");
		CHECK_HAS(f->evidence, "from neighbour fe80::1");
		CHECK_HAS(f->evidence, "rule 3 (handle 12)");
		CHECK_HAS(f->fix, "ip6 hoplimit 255 accept");
		CHECK_HAS(f->why, "RFC 4861");
	}
}

TEST(router_advertisements_count_only_where_the_host_uses_them)
{
	static const struct fact_sysctl uses[] = { { "net.ipv6.conf.eth0.accept_ra", "1" },
						   { "net.ipv6.conf.eth0.forwarding", "0" } };
	static const struct fact_sysctl router[] = { { "net.ipv6.conf.eth0.accept_ra", "1" },
						     { "net.ipv6.conf.eth0.forwarding", "1" } };
	static const struct fact_sysctl always[] = { { "net.ipv6.conf.eth0.accept_ra", "2" },
						     { "net.ipv6.conf.eth0.forwarding", "1" } };
	struct fact_audit a = plant(134, FACT_NEIGHBOUR, FACT_DROPPED);

	CHECK_EQ(made_review(&a)->n, 0); /* accept_ra=0 */
	a.sysctl_n = 2;
	a.sysctl = router;
	CHECK_EQ(made_review(&a)->n, 0);
	a.sysctl = uses;
	CHECK_HAS(made_only(made_review(&a), "nd-broken", FACT_MEDIUM)->why, "accept_ra");
	a.sysctl = always;
	made_only(made_review(&a), "nd-broken", FACT_MEDIUM);
	ip_scan("2001:db8::7", &verdict.source); /* no router speaks from there */
	CHECK_EQ(made_review(&a)->n, 0);
}

TEST(neighbour_discovery_that_passes_or_comes_from_afar_is_no_fault)
{
	struct fact_audit a = plant(135, FACT_NEIGHBOUR, FACT_ANSWERED);

	CHECK_EQ(made_review(&a)->n, 0);
	a = plant(135, FACT_STRANGER, FACT_DROPPED); /* a hop limit below 255: must be dropped */
	CHECK_EQ(made_review(&a)->n, 0);
	a = plant(133, FACT_NEIGHBOUR, FACT_DROPPED); /* only routers need solicitations */
	CHECK_EQ(made_review(&a)->n, 0);
}

TEST(neighbour_discovery_without_addresses_is_no_fault_and_link_local_only_is_medium)
{
	static const struct fact_iface_addr only = { { 6, { 0xfe, 0x80 }, 0 }, 64 };
	struct fact_iface iface = { "eth0", 2, 1500, "ethernet", true, true, { NULL, 0 } };
	struct fact_audit a = plant(135, FACT_NEIGHBOUR, FACT_DROPPED);

	a.iface = &iface;
	a.iface_n = 1;
	CHECK_EQ(made_review(&a)->n, 0);
	iface.addrs = (struct fact_list){ &only, 1 };
	CHECK_HAS(made_only(made_review(&a), "nd-broken", FACT_MEDIUM)->why, "link-local");
}
