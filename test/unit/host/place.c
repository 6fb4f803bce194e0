/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/place.h"

#include <errno.h>
#include <string.h>

#include "test.h"

#define ADDR_MAX 16

/* A host written down by hand; interface 2 unless said otherwise. */
struct made {
	struct host_net net;
	struct host_addr addr[ADDR_MAX];
	struct host_route route[ADDR_MAX];
	struct host_gateway gateway[ADDR_MAX];
	struct host_neigh neigh[ADDR_MAX];
};

static struct ip_addr ip(const char *text)
{
	struct ip_addr a = { 0 };

	CHECK_EQ(ip_scan(text, &a), 0);
	return a;
}

static struct ip_prefix prefix(const char *text)
{
	struct ip_prefix p = { 0 };

	CHECK_EQ(ip_prefix_scan(text, &p), 0);
	return p;
}

static void begin(struct made *m)
{
	memset(m, 0, sizeof(*m));
	m->net.addr = m->addr;
	m->net.route = m->route;
	m->net.gateway = m->gateway;
	m->net.neigh = m->neigh;
}

/* An address with its on-link prefix and the route that the kernel makes of it. */
static void has_addr(struct made *m, int index, const char *addr, unsigned len)
{
	struct host_addr *a = &m->addr[m->net.addr_n++];

	a->index = index;
	a->addr = ip(addr);
	a->prefix = ip_prefix_of(&a->addr, len);
	if (ip_kind(&a->addr) == IP_LINK_LOCAL)
		a->addr.zone = (uint32_t)index;
	m->route[m->net.route_n++] =
		(struct host_route){ .family = a->addr.family, .dst = a->prefix, .index = index };
}

static void has_route(struct made *m, int index, const char *dst)
{
	struct host_route *route = &m->route[m->net.route_n++];

	route->index = index;
	route->dst = prefix(dst);
	route->family = route->dst.addr.family;
}

static void check_place(const struct host_place *p, const char *source, const char *addr)
{
	char text[IP_TEXT_LEN];

	CHECK_STR(ip_format(&p->source, text), source);
	CHECK_STR(ip_format(&p->addr, text), addr);
}

TEST(a_stranger_comes_from_the_documentation_ranges)
{
	struct host_place p;
	struct made m;

	begin(&m);
	has_addr(&m, 2, "10.0.0.5", 24);
	has_addr(&m, 2, "2a00:1::5", 64);
	has_route(&m, 2, "0.0.0.0/0");
	has_route(&m, 2, "::/0");
	CHECK_EQ(host_place_stranger(&m.net, 2, 4, &p), 0);
	check_place(&p, "203.0.113.7", "10.0.0.5");
	CHECK_EQ(host_place_stranger(&m.net, 2, 6, &p), 0);
	check_place(&p, "2001:db8:5eed::7", "2a00:1::5");
}

TEST(a_stranger_avoids_what_any_route_but_a_default_one_holds)
{
	struct host_place p;
	struct made m;

	begin(&m);
	has_addr(&m, 2, "203.0.113.1", 24);
	has_addr(&m, 2, "2001:db8::1", 32);
	has_route(&m, 0, "198.51.100.0/24"); /* a blackhole has no interface */
	has_route(&m, 3, "192.0.0.0/8");
	has_route(&m, 3, "0.0.0.0/1"); /* a split default route */
	has_route(&m, 3, "128.0.0.0/1");
	has_route(&m, 3, "2000::/3");
	CHECK_EQ(host_place_stranger(&m.net, 2, 4, &p), 0);
	check_place(&p, "198.18.113.7", "203.0.113.1");
	CHECK_EQ(host_place_stranger(&m.net, 2, 6, &p), 0);
	check_place(&p, "3fff:5eed::7", "2001:db8::1");
}

TEST(a_stranger_may_come_from_public_space_when_all_else_is_taken)
{
	struct host_place p;
	struct made m;

	begin(&m);
	has_addr(&m, 2, "192.0.2.1", 4); /* 192.0.0.0 to 207.255.255.255 */
	has_route(&m, 2, "1.0.0.0/8");
	CHECK_EQ(host_place_stranger(&m.net, 2, 4, &p), 0);
	check_place(&p, "2.99.99.99", "192.0.2.1");
}

TEST(no_stranger_can_speak_to_an_interface_without_a_global_address)
{
	struct host_place p = { .source = { .family = 99 } };
	struct made m;

	begin(&m);
	has_addr(&m, 2, "fe80::1", 64);
	has_addr(&m, 3, "10.0.0.1", 8);
	CHECK_EQ(host_place_stranger(&m.net, 2, 6, &p), -ENOENT);
	CHECK_EQ(host_place_stranger(&m.net, 2, 4, &p), -ENOENT);
	CHECK_EQ(p.source.family, 99);
}

TEST(the_first_global_address_of_the_interface_is_its_own)
{
	struct ip_addr a = { .family = 99 };
	struct made m;

	begin(&m);
	has_addr(&m, 3, "10.0.0.1", 8);
	has_addr(&m, 2, "169.254.3.4", 16);
	has_addr(&m, 2, "192.0.2.1", 24);
	has_addr(&m, 2, "192.0.2.2", 24);
	CHECK_EQ(host_place_own(&m.net, 2, 6, &a), -ENOENT);
	CHECK_EQ(a.family, 99);
	CHECK_EQ(host_place_own(&m.net, 2, 4, &a), 0);
	CHECK(ip_eq(&a, &m.addr[2].addr));
}

TEST(a_neighbour_is_the_highest_free_address_of_the_prefix)
{
	struct host_place p;
	struct made m;

	begin(&m);
	has_addr(&m, 2, "192.0.2.1", 24);
	CHECK_EQ(host_place_neighbour(&m.net, 2, 4, &p), 0);
	check_place(&p, "192.0.2.254", "192.0.2.1");

	m.gateway[m.net.gateway_n++] = (struct host_gateway){ 2, ip("192.0.2.254"), true };
	m.neigh[m.net.neigh_n++] = (struct host_neigh){ .index = 2, .addr = ip("192.0.2.253") };
	has_addr(&m, 3, "192.0.2.252", 32);
	m.addr[0].broadcast = ip("192.0.2.251");
	CHECK_EQ(host_place_neighbour(&m.net, 2, 4, &p), 0);
	check_place(&p, "192.0.2.250", "192.0.2.1");
}

TEST(a_neighbour_is_not_where_a_narrower_route_leads_elsewhere)
{
	struct host_place p;
	struct made m;

	begin(&m);
	has_addr(&m, 2, "10.0.0.1", 8);
	has_addr(&m, 3, "10.255.255.1", 24);
	has_route(&m, 0, "10.255.254.128/25");
	CHECK_EQ(host_place_neighbour(&m.net, 2, 4, &p), 0);
	check_place(&p, "10.255.254.127", "10.0.0.1");
}

TEST(two_interfaces_in_one_subnet_both_have_neighbours)
{
	struct host_place p;
	struct made m;

	begin(&m);
	has_addr(&m, 2, "192.168.1.2", 24);
	has_addr(&m, 3, "192.168.1.3", 24);
	CHECK_EQ(host_place_neighbour(&m.net, 2, 4, &p), 0);
	check_place(&p, "192.168.1.254", "192.168.1.2");
	CHECK_EQ(host_place_neighbour(&m.net, 3, 4, &p), 0);
	check_place(&p, "192.168.1.254", "192.168.1.3");
}

TEST(prefixes_without_room_have_no_neighbour)
{
	static const struct {
		const char *addr;
		unsigned len;
	} cases[] = {
		{ "192.0.2.1", 32 },
		{ "2001:db8::1", 128 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct host_place p = { .source = { .family = 99 } };
		struct made m;

		begin(&m);
		has_addr(&m, 2, cases[i].addr, cases[i].len);
		CHECK_EQ(host_place_neighbour(&m.net, 2, m.addr[0].addr.family, &p), -ENOENT);
		CHECK_EQ(p.source.family, 99);
	}
}

TEST(a_prefix_of_four_has_one_neighbour)
{
	struct host_place p;
	struct made m;

	begin(&m);
	has_addr(&m, 2, "192.0.2.1", 30);
	CHECK_EQ(host_place_neighbour(&m.net, 2, 4, &p), 0);
	check_place(&p, "192.0.2.2", "192.0.2.1");
	m.gateway[m.net.gateway_n++] = (struct host_gateway){ 2, ip("192.0.2.2"), true };
	CHECK_EQ(host_place_neighbour(&m.net, 2, 4, &p), 0);
	check_place(&p, "192.0.2.2", "192.0.2.1");
}

TEST(a_link_of_two_addresses_has_the_other_end_as_its_neighbour)
{
	struct host_place p;
	struct made m;

	begin(&m);
	has_addr(&m, 2, "192.0.2.1", 31);
	CHECK_EQ(host_place_neighbour(&m.net, 2, 4, &p), 0);
	check_place(&p, "192.0.2.0", "192.0.2.1");
	begin(&m);
	has_addr(&m, 2, "2001:db8::2", 127);
	CHECK_EQ(host_place_neighbour(&m.net, 2, 6, &p), 0);
	check_place(&p, "2001:db8::3", "2001:db8::2");
}

TEST(a_full_prefix_gives_way_to_the_next)
{
	struct host_place p;
	struct made m;

	begin(&m);
	has_addr(&m, 2, "192.0.2.1", 30);
	m.gateway[m.net.gateway_n++] = (struct host_gateway){ 2, ip("192.0.2.2"), true };
	has_addr(&m, 2, "198.51.100.1", 24);
	CHECK_EQ(host_place_neighbour(&m.net, 2, 4, &p), 0);
	check_place(&p, "198.51.100.254", "198.51.100.1");
}

TEST(the_other_end_of_a_point_to_point_link_is_its_neighbour)
{
	struct host_place p;
	struct made m;

	begin(&m);
	has_addr(&m, 2, "10.8.0.2", 24);
	m.addr[0].peer = ip("10.8.0.1");
	CHECK_EQ(host_place_neighbour(&m.net, 2, 4, &p), 0);
	check_place(&p, "10.8.0.1", "10.8.0.2");
}

TEST(a_wide_ipv6_prefix_is_entered_far_from_its_ends)
{
	struct host_place p;
	struct made m;

	begin(&m);
	has_addr(&m, 2, "fe80::1", 64);
	has_addr(&m, 2, "2001:db8::1", 64);
	CHECK_EQ(host_place_neighbour(&m.net, 2, 6, &p), 0);
	check_place(&p, "2001:db8::5eed", "2001:db8::1");
	m.neigh[m.net.neigh_n++] = (struct host_neigh){ .index = 2, .addr = ip("2001:db8::5eed") };
	CHECK_EQ(host_place_neighbour(&m.net, 2, 6, &p), 0);
	check_place(&p, "2001:db8::5eee", "2001:db8::1");
}

TEST(without_a_wider_prefix_the_neighbour_is_link_local_and_knows_its_link)
{
	struct host_place p;
	struct made m;

	begin(&m);
	has_addr(&m, 3, "fe80::3", 64);
	has_addr(&m, 2, "fe80::1", 64);
	has_addr(&m, 2, "2001:db8::1", 128);
	CHECK_EQ(host_place_neighbour(&m.net, 2, 6, &p), 0);
	check_place(&p, "fe80::5eed%2", "fe80::1%2");
}

TEST(known_is_what_an_address_a_prefix_a_route_or_a_gateway_holds)
{
	static const struct {
		const char *addr;
		bool known;
	} cases[] = {
		{ "10.0.0.1", true },    { "10.0.0.77", true },   { "10.0.1.1", false },
		{ "172.16.9.9", true },  { "172.32.0.1", false }, { "8.8.8.8", false },
		{ "192.0.2.254", true }, { "::1", false },
	};
	struct made m;

	begin(&m);
	has_addr(&m, 2, "10.0.0.1", 24);
	has_route(&m, 3, "172.16.0.0/12");
	has_route(&m, 2, "0.0.0.0/0");
	m.gateway[m.net.gateway_n++] = (struct host_gateway){ 2, ip("192.0.2.254"), true };
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ip_addr a = ip(cases[i].addr);

		CHECK_EQ(host_place_known(&m.net, &a), cases[i].known);
	}
}
