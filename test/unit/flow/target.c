/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names are not resolved here but for those of /etc/hosts that every Debian has: none is sure. */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "flow/target.h"

static const struct hash_key key = { { 5, 6 } };

TEST(targets_are_spread_out_in_order)
{
	AUTO(flow_targets_done) struct flow_targets l = { .key = key };
	char buf[IP_TEXT_LEN];

	CHECK_EQ(flow_targets_add(&l, "192.0.2.9", NULL), 0);
	CHECK_EQ(flow_targets_add(&l, "198.51.100.130/30", NULL), 0);
	CHECK_EQ(flow_targets_add(&l, "2001:DB8::/127", NULL), 0);
	CHECK_EQ(l.n, 7);
	CHECK_STR(flow_targets_name(&l, 0, buf), "192.0.2.9");
	CHECK_STR(flow_targets_name(&l, 1, buf), "198.51.100.128");
	CHECK_STR(flow_targets_name(&l, 4, buf), "198.51.100.131");
	CHECK_STR(flow_targets_name(&l, 6, buf), "2001:db8::1");
	CHECK_EQ(l.repeated, 0);
}

TEST(targets_of_ranges_are_spread_out)
{
	AUTO(flow_targets_done) struct flow_targets l = { .key = key, .iface = "lo" };
	char buf[IP_TEXT_LEN];

	CHECK_EQ(flow_targets_add(&l, "10.0.0.9-11", NULL), 0);
	CHECK_EQ(flow_targets_add(&l, "10.0.0.254-10.0.1.0", NULL), 0);
	CHECK_EQ(flow_targets_add(&l, "10.0.3,5.7", NULL), 0);
	CHECK_EQ(flow_targets_add(&l, "fe80::/127", NULL), 0);
	CHECK_EQ(flow_targets_add(&l, "10.0.0.12-12", NULL), 0);
	CHECK_EQ(l.n, 11);
	CHECK_STR(flow_targets_name(&l, 2, buf), "10.0.0.11");
	CHECK_STR(flow_targets_name(&l, 5, buf), "10.0.1.0");
	CHECK_STR(flow_targets_name(&l, 7, buf), "10.0.5.7");
	CHECK_STR(flow_targets_name(&l, 9, buf), "fe80::1%1");
	CHECK_STR(flow_targets_name(&l, 10, buf), "10.0.0.12-12");
}

TEST(targets_are_each_in_the_list_once)
{
	AUTO(flow_targets_done) struct flow_targets l = { .key = key };

	CHECK_EQ(flow_targets_add(&l, "192.0.2.0/24", NULL), 0);
	CHECK_EQ(flow_targets_add(&l, "192.0.2.128/25", NULL), 0);
	CHECK_EQ(flow_targets_add(&l, "192.0.2.1", NULL), 0);
	CHECK_EQ(flow_targets_add(&l, "192.0.2.1/32", NULL), 0);
	CHECK_EQ(l.n, 256);
	CHECK_EQ(l.repeated, 130);
}

TEST(targets_on_two_links_are_two)
{
	AUTO(flow_targets_done) struct flow_targets l = { .key = key };

	CHECK_EQ(flow_targets_add(&l, "fe80::1%lo", NULL), 0);
	CHECK_EQ(flow_targets_add(&l, "fe80::1%77777", NULL), 0);
	CHECK_EQ(flow_targets_add(&l, "fe80::1%1", NULL), 0); /* lo again */
	CHECK_EQ(l.n, 2);
	CHECK_EQ(l.item[0].addr.zone, 1);
	CHECK_STR(l.item[0].name, "fe80::1%lo");
	CHECK_EQ(l.item[1].addr.zone, 77777);
}

TEST(targets_take_their_link_from_the_interface_asked_for)
{
	AUTO(flow_targets_done) struct flow_targets l = { .key = key, .iface = "lo" };

	CHECK_EQ(flow_targets_add(&l, "fe80::1", NULL), 0);
	CHECK_EQ(flow_targets_add(&l, "ff02::1", NULL), 0);
	CHECK_EQ(flow_targets_add(&l, "ff0e::1", NULL), 0); /* global: of no link */
	CHECK_EQ(flow_targets_add(&l, "2001:db8::1", NULL), 0);
	CHECK_EQ(l.item[0].addr.zone, 1);
	CHECK_EQ(l.item[1].addr.zone, 1);
	CHECK_EQ(l.item[2].addr.zone, 0);
	CHECK_EQ(l.item[3].addr.zone, 0);
}

TEST(targets_are_refused_and_the_list_stays)
{
	static const struct {
		const char *text;
		int family, want;
		const char *says;
	} cases[] = {
		{ "10.0.0.256", 0, -EINVAL, "four numbers" },
		{ "fe80::1", 0, -EINVAL, "say which" },
		{ "fe80::1%nosuchif", 0, -EINVAL, "no interface" },
		{ "fe80::1%0", 0, -EINVAL, "no interface" },
		{ "::1", 4, -EINVAL, "-4" },
		{ "127.0.0.1", 6, -EINVAL, "-6" },
		{ "10.0.0.0/8", 0, -E2BIG, "65536" },
		{ "10.0.0.0/15", 0, -E2BIG, "65536" },
		{ "2001:db8::/64", 0, -E2BIG, "65536" },
		{ "224.0.0.0/24", 0, -EINVAL, "one by one" },
		{ "ff0e::/120", 0, -EINVAL, "one by one" },
		{ "ff02::/120", 0, -EINVAL, "say which" },
		{ "223.255.255.0-224.0.0.9", 0, -EINVAL, "one by one" },
		{ "10.0-1.0-255.0-255", 0, -E2BIG, "65536" },
		{ "fe80::/127", 0, -EINVAL, "say which" },
		{ "255.255.255.255", 0, -EINVAL, "not the address of a host" },
		{ "0.0.0.0", 0, -EINVAL, "not the address of a host" },
		{ "::", 0, -EINVAL, "not the address of a host" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(flow_targets_done)
		struct flow_targets l = { .key = key, .family = cases[i].family };
		struct err err;

		CHECK_EQ(flow_targets_add(&l, cases[i].text, &err), cases[i].want);
		CHECK_HAS(err.text, cases[i].says);
		CHECK_EQ(l.n, 0);
	}
}

TEST(targets_are_bounded_in_all)
{
	AUTO(flow_targets_done) struct flow_targets l = { .key = key };

	CHECK_EQ(flow_targets_add(&l, "10.0.0.0/16", NULL), 0);
	CHECK_EQ(l.n, FLOW_TARGETS_MAX);
	CHECK_EQ(flow_targets_add(&l, "192.0.2.1", NULL), -E2BIG);
	CHECK_EQ(flow_targets_add(&l, "192.0.2.0/31", NULL), -E2BIG);
	CHECK_EQ(l.n, FLOW_TARGETS_MAX);
}
