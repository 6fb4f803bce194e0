/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <string.h>

#include "icmp/sysctls.h"

TEST(icmp_sysctl_row_has_every_column)
{
	const struct icmp_sysctl *s = icmp_sysctl_find("net.ipv4.conf.*.secure_redirects");

	CHECK_STR(s->name, "net.ipv4.conf.*.secure_redirects");
	CHECK(s->alias == NULL);
	CHECK_EQ(s->family, 4);
	CHECK_EQ(s->scope, ICMP_SYSCTL_INTERFACE);
	CHECK_EQ(s->group, ICMP_SYSCTL_REDIRECT);
	CHECK_STR(s->default_kernel, "1");
	CHECK_STR(s->fresh_netns, "1");
	CHECK_STR(s->values, "0|1");
	CHECK(strlen(s->meaning) > 10);
	CHECK_STR(s->hardened_host, "1 (CIS wants 0)");
	CHECK_STR(s->hardened_router, "1");
	CHECK(s->advice != NULL);
	CHECK_HAS(s->cis, "CIS");
	CHECK_HAS(s->gotcha, "shared_media");
	CHECK_HAS(s->source, "ip-sysctl");
	CHECK_EQ(s->confidence, ICMP_CONFIDENCE_HIGH);
}

TEST(icmp_sysctl_absent_cells_are_null)
{
	const struct icmp_sysctl *s = icmp_sysctl_find("net.ipv4.route.error_cost");

	CHECK_EQ(s->scope, ICMP_SYSCTL_GLOBAL);
	CHECK(s->hardened_host == NULL);
	CHECK(s->hardened_router == NULL);
	CHECK(s->cis == NULL);
}

TEST(icmp_sysctl_find_reads_concrete_names)
{
	static const struct {
		const char *name, *row;
	} cases[] = {
		{ "net.ipv4.icmp_echo_ignore_all", "net.ipv4.icmp_echo_ignore_all" },
		{ "net.ipv4.conf.eth0.accept_redirects", "net.ipv4.conf.*.accept_redirects" },
		{ "net.ipv4.conf.all.accept_redirects", "net.ipv4.conf.*.accept_redirects" },
		{ "net.ipv6.conf.default.accept_redirects", "net.ipv6.conf.*.accept_redirects" },
		{ "net.ipv6.conf.eth0.100.accept_ra", "net.ipv6.conf.*.accept_ra" },
		{ "net/ipv6/conf/eth0.100/accept_ra", "net.ipv6.conf.*.accept_ra" },
		{ "net.ipv6.conf.eth0.accept_ra_mtu", "net.ipv6.conf.*.accept_ra_mtu" },
		{ "net/ipv6/icmp/ratelimit", "net.ipv6.icmp.ratelimit" },
		{ "net.ipv4.ip_forward", "net.ipv4.conf.*.forwarding" },
		{ "net/ipv4/ip_forward", "net.ipv4.conf.*.forwarding" },
		{ "net.ipv4.conf.lo.forwarding", "net.ipv4.conf.*.forwarding" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct icmp_sysctl *s = icmp_sysctl_find(cases[i].name);

		CHECK(s != NULL);
		CHECK_STR(s->name, cases[i].row);
	}
}

TEST(icmp_sysctl_find_knows_no_others)
{
	static const char *const names[] = {
		"",
		"net",
		"net.ipv4.ip_local_port_range",
		"net.ipv4.conf..accept_redirects",
		"net.ipv4.conf.accept_redirects",
		"net.ipv4.conf.eth0.accept_redirects.",
		"net.ipv4.conf.eth0.accept_redirect",
		"net.ipv4.icmp_echo_ignore_all.",
		"Net.ipv4.icmp_echo_ignore_all",
		"net.ipv6.conf.eth0.forwarding/",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		CHECK(icmp_sysctl_find(names[i]) == NULL);
}

TEST(icmp_sysctl_finds_each_of_its_rows_by_name)
{
	unsigned scope = 0, group = 0;

	for (size_t i = 0; i < icmp_sysctl_count(); i++) {
		const struct icmp_sysctl *s = icmp_sysctl_at(i);

		CHECK(icmp_sysctl_find(s->name) == s);
		CHECK(s->family == 4 || s->family == 6 || s->family == 46);
		CHECK(s->default_kernel && s->fresh_netns && s->values && s->meaning && s->source);
		scope |= 1u << s->scope;
		group |= 1u << s->group;
	}
	CHECK_EQ(scope, (1u << ICMP_SYSCTL_SCOPE_N) - 1);
	CHECK_EQ(group, (1u << ICMP_SYSCTL_GROUP_N) - 1);
	CHECK_EQ(icmp_sysctl_count(), 79);
	CHECK(icmp_sysctl_at(icmp_sysctl_count()) == NULL);
}

TEST(icmp_sysctl_words_of_the_enums)
{
	CHECK_STR(icmp_sysctl_scope_name(ICMP_SYSCTL_NETNS), "netns");
	CHECK_STR(icmp_sysctl_scope_name(ICMP_SYSCTL_INTERFACE), "interface");
	CHECK_STR(icmp_sysctl_scope_name(ICMP_SYSCTL_GLOBAL), "global");
	CHECK_STR(icmp_sysctl_scope_name(ICMP_SYSCTL_SCOPE_N), "?");
	CHECK_STR(icmp_sysctl_group_name(ICMP_SYSCTL_ECHO), "echo");
	CHECK_STR(icmp_sysctl_group_name(ICMP_SYSCTL_CONNTRACK), "conntrack");
	CHECK_STR(icmp_sysctl_group_name(ICMP_SYSCTL_GROUP_N), "?");
}
