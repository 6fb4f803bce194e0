/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

static const struct fact_sysctl answers4[] = { { "net.ipv4.icmp_echo_ignore_broadcasts", "0" } };
static const struct fact_sysctl answers6[] = { { "net.ipv6.icmp.echo_ignore_multicast", "0" } };

TEST(broadcast_pings_that_the_settings_allow_are_medium)
{
	struct fact_audit a = made_audit();
	const struct made_finding *f;

	a.sysctl = answers4;
	a.sysctl_n = 1;
	f = made_only(made_review(&a), "broadcast-echo-answered", FACT_MEDIUM);
	CHECK_EQ(f->family, 4);
	CHECK_HAS(f->evidence, "net.ipv4.icmp_echo_ignore_broadcasts=0");
	CHECK_HAS(f->fix, "sysctl -w net.ipv4.icmp_echo_ignore_broadcasts=1");
}

TEST(a_probe_to_the_broadcast_address_decides_over_the_settings)
{
	static const char *const many[] = { "192.0.2.255", "255.255.255.255", "224.0.0.1" };
	struct fact_icmp_verdict v =
		made_verdict(4, 8, 0, FACT_NEIGHBOUR, FACT_STRAY, FACT_ANSWERED, &made_accept);
	struct fact_audit a = made_audit();

	a.verdict = &v;
	a.verdict_n = 1;
	CHECK_EQ(made_review(&a)->n, 0); /* a ping to the host alone */
	for (size_t i = 0; i < ARRAY_LEN(many); i++) {
		CHECK_EQ(ip_scan(many[i], &v.addr), 0);
		CHECK_HAS(made_only(made_review(&a), "broadcast-echo-answered", FACT_MEDIUM)
				  ->evidence,
			  "(handle 8)");
	}
	v.verdict = FACT_DROPPED;
	a.sysctl = answers4;
	a.sysctl_n = 1;
	CHECK_EQ(made_review(&a)->n, 0);
}

TEST(where_no_ping_is_answered_the_setting_does_no_harm)
{
	struct fact_icmp_verdict v =
		made_verdict(4, 8, 0, FACT_NEIGHBOUR, FACT_STRAY, FACT_DROPPED, &made_rule);
	struct fact_audit a = made_audit();

	a.verdict = &v;
	a.verdict_n = 1;
	a.sysctl = answers4;
	a.sysctl_n = 1;
	CHECK_EQ(made_review(&a)->n, 0);
}

TEST(multicast_pings_of_ipv6_are_a_note_on_request)
{
	struct fact_audit a = made_audit();

	a.sysctl = answers6;
	a.sysctl_n = 1;
	CHECK_EQ(made_review(&a)->n, 0);
	a.explain = true;
	CHECK_EQ(made_only(made_review(&a), "broadcast-echo-answered", FACT_INFO)->family, 6);
}
