/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <string.h>

#include <linux/fib_rules.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "flow/route_own.h"

static struct host_route route(const char *prefix)
{
	struct host_route r = { 0 };

	CHECK_EQ(ip_prefix_scan(prefix, &r.dst), 0);
	r.family = r.dst.addr.family;
	return r;
}

static void check_piece(const struct route_edges *e, const char *addr, const char *first,
			const char *last)
{
	struct ip_addr a, f, l;
	char buf[IP_TEXT_LEN];
	size_t piece;

	CHECK_EQ(ip_scan(addr, &a), 0);
	piece = route_edges_find(e, &a, &f, &l);
	CHECK(piece < e->n);
	CHECK_STR(ip_format(&f, buf), first);
	CHECK_STR(ip_format(&l, buf), last);
	/* Both ends lie in it, too. */
	CHECK_EQ(route_edges_find(e, &f, &f, &l), piece);
	CHECK_EQ(route_edges_find(e, &l, &f, &l), piece);
}

TEST(route_edges_are_where_prefixes_begin_and_have_ended)
{
	const struct host_route routes[] = {
		route("0.0.0.0/0"),     route("10.0.0.0/24"), route("10.0.0.1/32"),
		route("10.0.0.255/32"), route("10.0.0.0/24"), route("255.255.255.0/24"),
		route("2001:db8::/32"), route("128.0.0.0/1"),
	};
	struct host_net net = { .route = routes, .route_n = ARRAY_LEN(routes) };
	AUTO(route_edges_done) struct route_edges e = { 0 };

	CHECK_EQ(route_edges_make(&net, 4, &e), 0);
	check_piece(&e, "8.8.8.8", "0.0.0.0", "9.255.255.255");
	check_piece(&e, "10.0.0.0", "10.0.0.0", "10.0.0.0");
	check_piece(&e, "10.0.0.1", "10.0.0.1", "10.0.0.1");
	check_piece(&e, "10.0.0.77", "10.0.0.2", "10.0.0.254");
	check_piece(&e, "10.0.0.255", "10.0.0.255", "10.0.0.255");
	check_piece(&e, "10.0.1.0", "10.0.1.0", "127.255.255.255");
	check_piece(&e, "200.0.0.1", "128.0.0.0", "255.255.254.255");
	check_piece(&e, "255.255.255.255", "255.255.255.0", "255.255.255.255");
	for (size_t i = 0; i < e.n; i++)
		CHECK_EQ(e.answer[i], 0);
}

TEST(route_edges_without_routes_are_one_piece)
{
	struct host_net net = { 0 };
	AUTO(route_edges_done) struct route_edges e = { 0 };

	CHECK_EQ(route_edges_make(&net, 4, &e), 0);
	CHECK_EQ(e.n, 1);
	check_piece(&e, "1.2.3.4", "0.0.0.0", "255.255.255.255");
}

TEST(route_edges_of_ipv6_keep_labels_apart)
{
	const struct host_route routes[] = { route("::/0"), route("2001:db8::/32"),
					     route("ffff::/16") };
	struct host_net net = { .route = routes, .route_n = ARRAY_LEN(routes) };
	AUTO(route_edges_done) struct route_edges e = { 0 };

	CHECK_EQ(route_edges_make(&net, 6, &e), 0);
	check_piece(&e, "2001:db8::1", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
	check_piece(&e, "fd00::1", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	check_piece(&e, "2600::1", "2003::", "3ffd:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	check_piece(&e, "ffff::1", "ffff::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	check_piece(&e, "::1", "::1", "::1");
}

/* One rule as the kernel tells it: "to 10.9.0.0/16". */
TEST(route_edges_are_where_rules_look_at_the_destination)
{
	struct {
		struct nlmsghdr h;
		struct fib_rule_hdr rule;
		struct nlattr a;
		uint8_t dst[4];
	} msg = {
		.h = { .nlmsg_len = sizeof(msg), .nlmsg_type = RTM_NEWRULE },
		.rule = { .family = AF_INET, .dst_len = 16 },
		.a = { .nla_len = sizeof(struct nlattr) + 4, .nla_type = FRA_DST },
		.dst = { 10, 9, 0, 0 },
	};
	struct host_net net = {
		.rules = { .octets = (uint8_t *)&msg, .len = sizeof(msg), .n = 1 },
	};
	AUTO(route_edges_done) struct route_edges e = { 0 };

	CHECK_EQ(route_edges_make(&net, 4, &e), 0);
	CHECK_EQ(e.n, 3);
	check_piece(&e, "10.9.200.1", "10.9.0.0", "10.9.255.255");
	check_piece(&e, "10.10.0.0", "10.10.0.0", "255.255.255.255");
}
