/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "made.h"

#define V4(iface, key) "net.ipv4.conf." iface "." key
#define V6(iface, key) "net.ipv6.conf." iface "." key

static struct fact_audit plant(const struct fact_sysctl *s, size_t n)
{
	struct fact_audit a = made_audit();

	a.sysctl = s;
	a.sysctl_n = n;
	return a;
}

TEST(ipv4_redirects_follow_all_or_interface_on_a_host_and_all_and_interface_on_a_router)
{
	static const struct {
		const char *all, *own, *forwarding;
		bool accepted;
	} cases[] = {
		{ "0", "0", "0", false }, { "1", "0", "0", true },  { "0", "1", "0", true },
		{ "1", "1", "0", true },  { "1", "0", "1", false }, { "0", "1", "1", false },
		{ "1", "1", "1", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fact_sysctl s[] = {
			{ V4("all", "accept_redirects"), cases[i].all },
			{ V4("eth0", "accept_redirects"), cases[i].own },
			{ V4("eth0", "forwarding"), cases[i].forwarding },
		};
		struct fact_audit a = plant(s, ARRAY_LEN(s));
		const struct made_review *r = made_check(&review_redirects_accepted, &a);

		CHECK_EQ(r->n, cases[i].accepted);
		if (!cases[i].accepted)
			continue;
		made_only(r, "redirects-accepted", FACT_MEDIUM);
		CHECK_EQ(r->finding[0].family, 4);
		CHECK_STR(r->finding[0].subject, "eth0");
		CHECK_HAS(r->finding[0].evidence, "conf.all.accept_redirects=");
		CHECK_HAS(r->finding[0].fix,
			  "sysctl -w net.ipv4.conf.all.accept_redirects=0 "
			  "net.ipv4.conf.default.accept_redirects=0 "
			  "net.ipv4.conf.eth0.accept_redirects=0 | tee /etc/sysctl.d/");
	}
}

TEST(ipv6_redirects_follow_the_interface_alone)
{
	struct fact_sysctl s[] = { { V6("all", "accept_redirects"), "0" },
				   { V6("eth0", "accept_redirects"), "1" },
				   { V6("eth0", "forwarding"), "0" } };
	struct fact_audit a = plant(s, ARRAY_LEN(s));
	const struct made_finding *f =
		made_only(made_review(&a), "redirects-accepted", FACT_MEDIUM);

	CHECK_EQ(f->family, 6);
	CHECK(!strstr(f->fix, "net.ipv6.conf.all."));
	CHECK_HAS(f->fix, "net.ipv6.conf.eth0.accept_redirects=0");
	s[0].value = "1";
	s[1].value = "0";
	CHECK_EQ(made_review(&a)->n, 0); /* all=1 does nothing */
	s[1].value = "1";
	s[2].value = "1";
	CHECK_EQ(made_review(&a)->n, 0); /* a router follows none */
}

TEST(redirects_that_the_firewall_drops_are_no_fault)
{
	static const struct fact_sysctl s[] = { { V4("all", "accept_redirects"), "1" } };
	struct fact_icmp_verdict v[] = {
		made_verdict(4, 5, 1, FACT_NEIGHBOUR, FACT_STRAY, FACT_DROPPED, &made_rule),
		made_verdict(4, 5, 1, FACT_NEIGHBOUR, FACT_RELATED, FACT_DROPPED, &made_rule),
	};
	struct fact_audit a = plant(s, ARRAY_LEN(s));

	a.verdict = v;
	a.verdict_n = ARRAY_LEN(v);
	CHECK_EQ(made_review(&a)->n, 0);
	v[1].verdict = FACT_IGNORED; /* it got in, and the kernel does not heed it */
	CHECK_EQ(made_review(&a)->n, 0);
	v[1].verdict = FACT_PASSED; /* "related accept" stands in front of the drop */
	v[1].rule = &made_accept;
	CHECK_HAS(made_only(made_review(&a), "redirects-accepted", FACT_MEDIUM)->evidence,
		  "rule 2 (handle 8)");
}

TEST(redirects_at_many_interfaces_are_one_finding)
{
	static const struct fact_sysctl s[] = { { V4("all", "accept_redirects"), "1" } };
	struct fact_iface iface[9];
	char name[9][16];
	struct fact_audit a = plant(s, ARRAY_LEN(s));

	for (int i = 0; i < 9; i++) {
		iface[i] = made_audit().iface[1];
		snprintf(name[i], sizeof(name[i]), "eth%d", i);
		iface[i].name = name[i];
	}
	a.iface = iface;
	a.iface_n = 9;
	CHECK_STR(made_only(made_review(&a), "redirects-accepted", FACT_MEDIUM)->subject,
		  "eth0, eth1, eth2, eth3 and 5 more");
	CHECK_HAS(made_review(&a)->finding[0].fix,
		  "for f in /proc/sys/net/ipv4/conf/*/accept_redirects");
}

TEST(redirects_at_an_interface_that_is_down_or_unread_are_no_fault)
{
	static const struct fact_sysctl s[] = { { V4("all", "accept_redirects"), "1" } };
	struct fact_iface down = made_audit().iface[1];
	struct fact_audit a = plant(s, ARRAY_LEN(s));

	down.up = false;
	a.iface = &down;
	a.iface_n = 1;
	CHECK_EQ(made_review(&a)->n, 0);
	a = plant(NULL, 0);
	CHECK_EQ(made_review(&a)->n, 0);
}
