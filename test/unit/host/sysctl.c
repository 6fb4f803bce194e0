/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sysctl.h"

#include <errno.h>
#include <string.h>

#include "test.h"

TEST(sysctl_names_and_paths_are_each_other_with_dots_and_slashes_exchanged)
{
	static const char *const pairs[][2] = {
		{ "net/ipv4/ip_forward", "net.ipv4.ip_forward" },
		{ "net/ipv4/conf/eth0.100/rp_filter", "net.ipv4.conf.eth0/100.rp_filter" },
		{ "net/ipv6/neigh/a..b/retrans_time", "net.ipv6.neigh.a//b.retrans_time" },
		{ "net/ipv4/conf/.x/tag", "net.ipv4.conf./x.tag" },
		{ "x", "x" },
	};
	char buf[HOST_SYSCTL_NAME_MAX];

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		CHECK_EQ(host_sysctl_swap(pairs[i][0], buf), 0);
		CHECK_STR(buf, pairs[i][1]);
		CHECK_EQ(host_sysctl_swap(pairs[i][1], buf), 0);
		CHECK_STR(buf, pairs[i][0]);
	}
}

TEST(sysctl_names_that_leave_the_tree_are_refused)
{
	static const char *const bad[] = {
		"", ".net", "/net", "net.//.etc", "net.ipv4.//", "//.etc"
	};
	char buf[HOST_SYSCTL_NAME_MAX] = "untouched", big[HOST_SYSCTL_NAME_MAX + 1];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_EQ(host_sysctl_swap(bad[i], buf), -EINVAL);
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = 0;
	CHECK_EQ(host_sysctl_swap(big, buf), -ENAMETOOLONG);
	CHECK_STR(buf, "untouched");
	big[sizeof(big) - 2] = 0;
	CHECK_EQ(host_sysctl_swap(big, buf), 0);
}

TEST(sysctl_values_are_found_by_name)
{
	static const struct fact_sysctl items[] = {
		{ "net.ipv4.conf.eth0.rp_filter", "2" },
		{ "net.ipv4.conf.eth0/100.rp_filter", "1" },
		{ "net.ipv4.ip_forward", "0" },
	};
	const struct host_sysctl s = { items, ARRAY_LEN(items), false }, none = { 0 };

	CHECK_STR(host_sysctl_find(&s, "net.ipv4.ip_forward"), "0");
	CHECK(host_sysctl_find(&s, "net.ipv4.ip_forwar") == NULL);
	CHECK(host_sysctl_find(&none, "net.ipv4.ip_forward") == NULL);
	CHECK_STR(host_sysctl_find_iface(&s, "net.ipv4.conf", "eth0.100", "rp_filter"), "1");
	CHECK_STR(host_sysctl_find_iface(&s, "net.ipv4.conf", "eth0", "rp_filter"), "2");
	CHECK(host_sysctl_find_iface(&s, "net.ipv4.conf", "eth1", "rp_filter") == NULL);
	CHECK(host_sysctl_find_iface(
		      &s, "net.ipv4.conf",
		      "a-name-that-is-much-longer-than-any-interface-may-have-at-all!!!",
		      "rp_filter") == NULL);
}

TEST(sysctl_read_lists_this_namespace_in_order_and_without_secrets)
{
	AUTO(host_sysctl_freep) struct host_sysctl *s = NULL;
	char now[64];
	struct err err;

	CHECK_EQ(host_sysctl_read(&s, &err), 0);
	CHECK(s->n > 50);
	CHECK(!s->cut);
	for (size_t i = 0; i < s->n; i++) {
		CHECK(i == 0 || strcmp(s->item[i - 1].name, s->item[i].name) < 0);
		CHECK(!strstr(s->item[i].name, "stable_secret"));
		CHECK(!strstr(s->item[i].name, "fastopen_key"));
		CHECK(!strchr(s->item[i].value, '\n') || strlen(s->item[i].value) > 1);
	}
	CHECK_EQ(host_sysctl_get("net.ipv4.ip_forward", now, sizeof(now)), 0);
	CHECK_STR(host_sysctl_find(s, "net.ipv4.ip_forward"), now);
}

TEST(sysctl_access_to_what_is_not_there_says_so)
{
	char buf[8] = "same";

	CHECK_EQ(host_sysctl_get("net.ipv4.no_such_thing", buf, sizeof(buf)), -ENOENT);
	CHECK_EQ(host_sysctl_write("net.ipv4.no_such_thing", "1"), -ENOENT);
	CHECK_EQ(host_sysctl_get("net.//.//.etc", buf, sizeof(buf)), -EINVAL);
	CHECK_STR(buf, "same");
}
