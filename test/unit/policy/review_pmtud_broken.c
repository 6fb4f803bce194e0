/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

static struct fact_audit plant(struct fact_icmp_verdict *v, size_t n)
{
	struct fact_audit a = made_audit();

	a.verdict = v;
	a.verdict_n = n;
	return a;
}

TEST(fragmentation_needed_that_does_not_arrive_is_high)
{
	struct fact_icmp_verdict v[] = {
		made_verdict(4, 8, 0, FACT_STRANGER, FACT_STRAY, FACT_ANSWERED, NULL),
		made_verdict(4, 3, 4, FACT_STRANGER, FACT_RELATED, FACT_DROPPED, &made_rule),
		made_verdict(4, 3, 4, FACT_NEIGHBOUR, FACT_RELATED, FACT_REFUSED, &made_rule),
		made_verdict(4, 3, 4, FACT_STRANGER, FACT_STRAY, FACT_DROPPED, &made_policy),
	};
	struct fact_audit a = plant(v, ARRAY_LEN(v));
	const struct made_finding *f = made_only(made_review(&a), "pmtud-broken", FACT_HIGH);

	CHECK_EQ(f->family, 4);
	CHECK_HAS(f->subject, "3/4");
	CHECK_HAS(f->evidence, "2 of 2 probes; the first: ");
	CHECK_HAS(f->evidence, "(3/4) about a real flow from stranger 203.0.113.7 to 192.0.2.10");
	CHECK_HAS(f->evidence, "dropped by rule 3 (handle 12) of inet filter input");
	CHECK_HAS(f->fix, "nft insert rule inet filter input handle 12 icmp type "
			  "destination-unreachable icmp code frag-needed accept");
	CHECK_HAS(f->why, "RFC 1191");
}

TEST(packet_too_big_that_does_not_arrive_is_high_and_mended_for_the_policy)
{
	struct fact_icmp_verdict v[] = {
		made_verdict(6, 2, 0, FACT_STRANGER, FACT_RELATED, FACT_DROPPED, &made_policy),
	};
	struct fact_audit a = plant(v, ARRAY_LEN(v));
	const struct made_finding *f = made_only(made_review(&a), "pmtud-broken", FACT_HIGH);

	CHECK_EQ(f->family, 6);
	CHECK_HAS(f->evidence, "the policy of inet filter input");
	CHECK_HAS(f->fix, "nft add rule inet filter input icmpv6 type packet-too-big accept");
}

TEST(pmtud_is_mended_in_the_tool_that_made_the_rule)
{
	struct fact_icmp_verdict v[] = {
		made_verdict(4, 3, 4, FACT_STRANGER, FACT_RELATED, FACT_DROPPED, &made_iptables),
	};
	struct fact_audit a = plant(v, ARRAY_LEN(v));

	CHECK_HAS(made_only(made_review(&a), "pmtud-broken", FACT_HIGH)->fix,
		  "iptables-nft -I INPUT 4 -p icmp --icmp-type fragmentation-needed -j ACCEPT");
	v[0].rule = &made_legacy;
	CHECK_HAS(made_only(made_review(&a), "pmtud-broken", FACT_HIGH)->fix,
		  "iptables-legacy -I INPUT 4 -p icmp");
	CHECK_HAS(made_review(&a)->finding[0].evidence, "dropped by rule 4 of ip filter INPUT");
}

TEST(only_what_belongs_to_a_real_flow_and_is_lost_breaks_pmtud)
{
	struct fact_icmp_verdict v[] = {
		made_verdict(4, 3, 4, FACT_STRANGER, FACT_RELATED, FACT_PASSED, &made_accept),
		made_verdict(4, 3, 4, FACT_STRANGER, FACT_STRAY, FACT_DROPPED, &made_rule),
		made_verdict(6, 2, 0, FACT_STRANGER, FACT_RELATED, FACT_IGNORED, &made_accept),
		made_verdict(6, 3, 4, FACT_STRANGER, FACT_RELATED, FACT_DROPPED, &made_rule),
	};
	struct fact_audit a = plant(v, ARRAY_LEN(v));

	CHECK_EQ(made_check(&review_pmtud_broken, &a)->n, 0);
}

TEST(pmtud_on_a_link_local_only_interface_is_low)
{
	static const struct fact_iface_addr only = { { 6, { 0xfe, 0x80 }, 0 }, 64 };
	struct fact_iface iface = { "eth0", 2, 1500, "ethernet", true, true, { &only, 1 } };
	struct fact_icmp_verdict v[] = {
		made_verdict(6, 2, 0, FACT_STRANGER, FACT_RELATED, FACT_DROPPED, &made_policy),
	};
	struct fact_audit a = plant(v, ARRAY_LEN(v));

	a.iface = &iface;
	a.iface_n = 1;
	made_only(made_review(&a), "pmtud-broken", FACT_LOW);
}
