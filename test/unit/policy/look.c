/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"
#include "policy/look.h"

TEST(look_sysctl_tells_unknown_from_off)
{
	static const struct fact_sysctl s[] = {
		{ "net.a", "0" }, { "net.b", "12" }, { "net.c", "x" },
		{ "net.d", "" },  { "net.e", NULL }, { "net.f", "99999999999999999999999" },
	};
	struct fact_audit a = made_audit();

	a.sysctl = s;
	a.sysctl_n = ARRAY_LEN(s);
	CHECK_EQ(look_sysctl(&a, "net.a"), 0);
	CHECK_EQ(look_sysctl(&a, "net.b"), 12);
	CHECK_EQ(look_sysctl(&a, "net.c"), LOOK_UNKNOWN);
	CHECK_EQ(look_sysctl(&a, "net.d"), LOOK_UNKNOWN);
	CHECK_EQ(look_sysctl(&a, "net.e"), LOOK_UNKNOWN);
	CHECK_EQ(look_sysctl(&a, "net.f"), LOOK_UNKNOWN);
	CHECK_EQ(look_sysctl(&a, "net.ab"), LOOK_UNKNOWN);
}

TEST(look_conf_finds_interfaces_with_dots_however_they_are_written)
{
	static const struct fact_sysctl s[] = { { "net.ipv4.conf.eth0/100.forwarding", "1" },
						{ "net.ipv6.conf.eth0.200.forwarding", "1" } };
	struct fact_audit a = made_audit();

	a.sysctl = s;
	a.sysctl_n = ARRAY_LEN(s);
	CHECK_EQ(look_conf(&a, 4, "eth0.100", "forwarding"), 1);
	CHECK_EQ(look_conf(&a, 6, "eth0.200", "forwarding"), 1);
	CHECK_EQ(look_conf(&a, 6, "eth0.100", "forwarding"), LOOK_UNKNOWN);
}

TEST(look_iface_prefix_skips_link_local_addresses)
{
	static const struct fact_iface_addr addrs[] = {
		{ { 6, { 0xfe, 0x80 }, 0 }, 64 }, { { 6, { 0x20, 0x01, 0x0d, 0xb8, 1 }, 0 }, 48 }
	};
	struct fact_iface iface = { "eth0", 2, 1500, "ethernet", true, true, { addrs, 2 } };
	char text[IP_TEXT_LEN];
	struct fact_audit a = made_audit();
	struct ip_prefix p;

	a.iface = &iface;
	a.iface_n = 1;
	CHECK(look_iface_prefix(&a, "eth0", 6, &p));
	CHECK_STR(ip_prefix_format(&p, text), "2001:db8:100::/48");
	CHECK(!look_iface_prefix(&a, "eth0", 4, &p));
	CHECK(!look_iface_prefix(&a, "eth1", 6, &p));
	CHECK(look_iface_routed(&a, "eth0", 6));
	CHECK(!look_iface_routed(&a, "eth0", 4));
	CHECK(look_iface_routed(&a, "nobody", 4)); /* not known: not excused */
}

TEST(look_rule_same_compares_places_not_pointers)
{
	struct fact_rule copy = made_rule;

	CHECK(look_rule_same(&made_rule, &copy));
	copy.handle = 13;
	CHECK(!look_rule_same(&made_rule, &copy));
	CHECK(!look_rule_same(&made_rule, &made_policy));
	CHECK(!look_rule_same(NULL, NULL));
}

TEST(look_input_prefers_the_chain_of_that_name_and_the_family)
{
	static const struct fact_rule ufw = {
		"iptables-nft", "ip", "filter", "ufw-user-input", 1, 1, "x"
	};
	static const struct fact_rule six = { "iptables-nft", "ip6", "filter", "INPUT", 1, 1, "x" };
	struct fact_rule_proof proof[] = { { .rule = &ufw },
					   { .rule = &six },
					   { .rule = &made_iptables } };
	struct fact_audit a = made_audit();

	CHECK(look_input(&a, 4) == NULL);
	a.proof = proof;
	a.proof_n = 2;
	CHECK(look_input(&a, 4) == &ufw);
	CHECK(look_input(&a, 6) == &six);
	a.proof_n = 3;
	CHECK(look_input(&a, 4) == &made_iptables);
}
