/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/netparse.h"

#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/xfrm.h>

#include "test.h"

struct msg {
	uint8_t octets[2048] __attribute__((aligned(NLMSG_ALIGNTO)));
};

static struct nlmsghdr *begin(struct msg *m, int type, const void *head, size_t len)
{
	struct nlmsghdr *msg;

	memset(m, 0, sizeof(*m));
	msg = mnl_nlmsg_put_header(m->octets);
	msg->nlmsg_type = (uint16_t)type;
	memcpy(mnl_nlmsg_put_extra_header(msg, len), head, len);
	return msg;
}

static void put_ip(struct nlmsghdr *msg, uint16_t type, const char *text)
{
	struct ip_addr a = { 0 };

	CHECK_EQ(ip_scan(text, &a), 0);
	mnl_attr_put(msg, type, ip_len(a.family), a.octet);
}

static void check_ip(const struct ip_addr *a, const char *want)
{
	char text[IP_TEXT_LEN];

	CHECK_STR(ip_format(a, text), want);
}

static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 9 };

static struct nlmsghdr *a_link(struct msg *m, unsigned type, const char *name)
{
	struct ifinfomsg info = { .ifi_index = 7, .ifi_type = (uint16_t)type, .ifi_flags = IFF_UP };
	struct nlmsghdr *msg = begin(m, RTM_NEWLINK, &info, sizeof(info));

	mnl_attr_put_strz(msg, IFLA_IFNAME, name);
	return msg;
}

static void put_kinds(struct nlmsghdr *msg, const char *kind, const char *slave)
{
	struct nlattr *nest = mnl_attr_nest_start(msg, IFLA_LINKINFO);

	mnl_attr_put_strz(msg, IFLA_INFO_KIND, kind);
	if (slave)
		mnl_attr_put_strz(msg, IFLA_INFO_SLAVE_KIND, slave);
	mnl_attr_nest_end(msg, nest);
}

TEST(links_are_read_with_every_field)
{
	struct host_link link;
	struct nlattr *nest;
	struct msg m;
	struct nlmsghdr *msg = a_link(&m, ARPHRD_ETHER, "eth0.100");

	mnl_attr_put(msg, IFLA_ADDRESS, sizeof(mac), mac);
	mnl_attr_put_u32(msg, IFLA_MTU, 1492);
	mnl_attr_put_u32(msg, IFLA_GROUP, 3);
	mnl_attr_put_u32(msg, IFLA_MASTER, 4);
	put_kinds(msg, "vlan", "bridge");
	nest = mnl_attr_nest_start(msg, IFLA_XDP);
	mnl_attr_put_u8(msg, IFLA_XDP_ATTACHED, XDP_ATTACHED_SKB);
	mnl_attr_nest_end(msg, nest);

	CHECK_EQ(host_net_parse_link(msg, &link), 0);
	CHECK_EQ(link.index, 7);
	CHECK_STR(link.name, "eth0.100");
	CHECK_STR(link.kind, "vlan");
	CHECK_EQ(link.flags, IFF_UP);
	CHECK_EQ(link.type, ARPHRD_ETHER);
	CHECK_EQ(link.mtu, 1492);
	CHECK_EQ(link.group, 3);
	CHECK_EQ(link.master, 4);
	CHECK(link.slave);
	CHECK(link.xdp);
	CHECK_MEM(link.mac, mac, sizeof(mac));
	CHECK_EQ(link.sort, HOST_LINK_ETHER);
}

TEST(links_are_sorted_by_what_they_carry)
{
	static const struct {
		unsigned type;
		enum host_link_sort want;
	} cases[] = {
		{ ARPHRD_LOOPBACK, HOST_LINK_LOOPBACK },
		{ ARPHRD_ETHER, HOST_LINK_ETHER },
		{ ARPHRD_PPP, HOST_LINK_L3 },
		{ 0xfffe, HOST_LINK_L3 },
		{ ARPHRD_SIT, HOST_LINK_L3 },
	};
	struct host_link link;
	struct msg m;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(host_net_parse_link(a_link(&m, cases[i].type, "x0"), &link), 0);
		CHECK_EQ(link.sort, cases[i].want);
		CHECK_STR(link.kind, "");
		CHECK(!link.slave && !link.xdp);
	}
}

TEST(members_of_a_vrf_are_their_own_masters)
{
	struct host_link link;
	struct msg m;
	struct nlmsghdr *msg = a_link(&m, ARPHRD_ETHER, "eth1");

	mnl_attr_put_u32(msg, IFLA_MASTER, 4);
	put_kinds(msg, "veth", "vrf");
	CHECK_EQ(host_net_parse_link(msg, &link), 0);
	CHECK_EQ(link.master, 4);
	CHECK(!link.slave);
}

TEST(link_names_and_addresses_of_other_lengths_do_not_overflow)
{
	struct host_link link;
	struct msg m;
	struct nlmsghdr *msg = a_link(&m, ARPHRD_ETHER, "a-name-of-more-than-fifteen-octets");

	mnl_attr_put(msg, IFLA_ADDRESS, 20, "twenty octets of addr");
	mnl_attr_put(msg, IFLA_MTU, 1, "x");
	CHECK_EQ(host_net_parse_link(msg, &link), 0);
	CHECK_STR(link.name, "a-name-of-more-");
	CHECK_EQ(link.mac[0], 0);
	CHECK_EQ(link.mtu, 0);
}

TEST(other_and_broken_messages_leave_the_result_alone)
{
	struct ifinfomsg bridge = { .ifi_family = AF_BRIDGE, .ifi_index = 2 };
	struct host_link link = { .index = 99 };
	struct host_route route = { .table = 99 };
	struct rtmsg rtm = { .rtm_family = AF_INET, .rtm_dst_len = 24 };
	struct msg m;
	struct nlmsghdr *msg = begin(&m, RTM_NEWLINK, &bridge, sizeof(bridge));

	CHECK_EQ(host_net_parse_link(msg, &link), -EBADMSG); /* no name */
	mnl_attr_put_strz(msg, IFLA_IFNAME, "eth0");
	CHECK_EQ(host_net_parse_link(msg, &link), -ENOENT);
	msg = begin(&m, RTM_NEWLINK, "", 1);
	CHECK_EQ(host_net_parse_link(msg, &link), -EBADMSG);
	msg = begin(&m, RTM_DELLINK, &bridge, sizeof(bridge));
	CHECK_EQ(host_net_parse_link(msg, &link), -ENOENT);
	CHECK_EQ(link.index, 99);

	msg = begin(&m, RTM_NEWROUTE, &rtm, sizeof(rtm));
	CHECK_EQ(host_net_parse_route(msg, &route), -EBADMSG); /* 24 bits of nothing */
	rtm.rtm_flags = RTM_F_CLONED;
	msg = begin(&m, RTM_NEWROUTE, &rtm, sizeof(rtm));
	CHECK_EQ(host_net_parse_route(msg, &route), -ENOENT);
	CHECK_EQ(route.table, 99);
}

TEST(ipv4_addresses_are_read_with_broadcast_and_flags)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = 3 };
	struct host_addr a;
	struct msg m;
	struct nlmsghdr *msg = begin(&m, RTM_NEWADDR, &ifa, sizeof(ifa));

	put_ip(msg, IFA_ADDRESS, "192.0.2.5");
	put_ip(msg, IFA_LOCAL, "192.0.2.5");
	put_ip(msg, IFA_BROADCAST, "192.0.2.255");
	mnl_attr_put_u32(msg, IFA_FLAGS, IFA_F_PERMANENT | IFA_F_NOPREFIXROUTE);
	CHECK_EQ(host_net_parse_addr(msg, &a), 0);
	CHECK_EQ(a.index, 3);
	check_ip(&a.addr, "192.0.2.5");
	CHECK_EQ(a.peer.family, 0);
	check_ip(&a.broadcast, "192.0.2.255");
	check_ip(&a.prefix.addr, "192.0.2.0");
	CHECK_EQ(a.prefix.len, 24);
	CHECK_EQ(a.flags, IFA_F_PERMANENT | IFA_F_NOPREFIXROUTE);
}

TEST(the_prefix_of_a_point_to_point_address_is_its_peers)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_INET, .ifa_prefixlen = 30, .ifa_index = 3 };
	struct host_addr a;
	struct msg m;
	struct nlmsghdr *msg = begin(&m, RTM_NEWADDR, &ifa, sizeof(ifa));

	put_ip(msg, IFA_ADDRESS, "10.9.0.1");
	put_ip(msg, IFA_LOCAL, "10.8.0.2");
	CHECK_EQ(host_net_parse_addr(msg, &a), 0);
	check_ip(&a.addr, "10.8.0.2");
	check_ip(&a.peer, "10.9.0.1");
	check_ip(&a.prefix.addr, "10.9.0.0");
}

TEST(ipv6_addresses_without_a_peer_have_only_one_attribute)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_INET6, .ifa_prefixlen = 64, .ifa_index = 5 };
	struct host_addr a = { .index = 99 };
	struct msg m;
	struct nlmsghdr *msg = begin(&m, RTM_NEWADDR, &ifa, sizeof(ifa));

	CHECK_EQ(host_net_parse_addr(msg, &a), -EBADMSG);
	CHECK_EQ(a.index, 99);
	put_ip(msg, IFA_ADDRESS, "fe80::5");
	CHECK_EQ(host_net_parse_addr(msg, &a), 0);
	check_ip(&a.addr, "fe80::5%5");
	CHECK_EQ(a.peer.family, 0);
	check_ip(&a.prefix.addr, "fe80::");
}

TEST(routes_are_read_with_every_field)
{
	struct rtmsg rtm = { .rtm_family = AF_INET6,
			     .rtm_dst_len = 48,
			     .rtm_type = RTN_UNICAST,
			     .rtm_table = RT_TABLE_COMPAT };
	struct host_route route;
	struct msg m;
	struct nlmsghdr *msg = begin(&m, RTM_NEWROUTE, &rtm, sizeof(rtm));

	put_ip(msg, RTA_DST, "2001:db8:1::");
	put_ip(msg, RTA_GATEWAY, "fe80::1");
	mnl_attr_put_u32(msg, RTA_OIF, 4);
	mnl_attr_put_u32(msg, RTA_PRIORITY, 1024);
	mnl_attr_put_u32(msg, RTA_TABLE, 4000);
	CHECK_EQ(host_net_parse_route(msg, &route), 0);
	CHECK_EQ(route.family, 6);
	CHECK_EQ(route.type, RTN_UNICAST);
	CHECK_EQ(route.table, 4000);
	CHECK_EQ(route.metric, 1024);
	CHECK_EQ(route.index, 4);
	check_ip(&route.dst.addr, "2001:db8:1::");
	CHECK_EQ(route.dst.len, 48);
	check_ip(&route.gateway, "fe80::1%4");
}

TEST(a_default_route_has_no_destination_and_may_have_a_gateway_of_the_other_family)
{
	struct rtmsg rtm = { .rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN };
	struct host_route route;
	struct msg m;
	struct nlmsghdr *msg = begin(&m, RTM_NEWROUTE, &rtm, sizeof(rtm));
	uint8_t via[2 + 16] = { AF_INET6, 0, 0xfe, 0x80, [17] = 9 };

	mnl_attr_put_u32(msg, RTA_OIF, 4);
	mnl_attr_put(msg, RTA_VIA, sizeof(via), via);
	CHECK_EQ(host_net_parse_route(msg, &route), 0);
	CHECK_EQ(route.dst.len, 0);
	CHECK_EQ(route.dst.addr.family, 4);
	CHECK_EQ(route.table, RT_TABLE_MAIN);
	check_ip(&route.gateway, "fe80::9%4");
}

struct seen {
	struct host_gateway gw[4];
	size_t n;
};

static void see(const struct host_gateway *gw, void *to)
{
	struct seen *s = to;

	CHECK(s->n < ARRAY_LEN(s->gw));
	s->gw[s->n++] = *gw;
}

/* One leg: index and gateway. */
static size_t put_leg(uint8_t *at, int index, const uint8_t gateway[4])
{
	struct rtnexthop leg = { .rtnh_len = sizeof(leg) + 8, .rtnh_ifindex = index };
	struct nlattr attr = { .nla_len = 8, .nla_type = RTA_GATEWAY };

	memcpy(at, &leg, sizeof(leg));
	memcpy(at + sizeof(leg), &attr, sizeof(attr));
	memcpy(at + sizeof(leg) + sizeof(attr), gateway, 4);
	return leg.rtnh_len;
}

TEST(gateways_of_multipath_routes_are_found_and_cut_legs_are_not_read)
{
	static const uint8_t one[4] = { 192, 0, 2, 1 }, two[4] = { 192, 0, 2, 2 };
	struct rtmsg rtm = { .rtm_family = AF_INET };
	uint8_t legs[64];
	size_t len = put_leg(legs, 2, one);
	struct seen seen = { 0 };
	struct msg m;
	struct nlmsghdr *msg = begin(&m, RTM_NEWROUTE, &rtm, sizeof(rtm));

	len += put_leg(legs + len, 3, two);
	mnl_attr_put(msg, RTA_MULTIPATH, len, legs);
	host_net_parse_gateways(msg, see, &seen);
	CHECK_EQ(seen.n, 2);
	CHECK_EQ(seen.gw[0].index, 2);
	check_ip(&seen.gw[0].addr, "192.0.2.1");
	CHECK(seen.gw[0].is_default);
	CHECK_EQ(seen.gw[1].index, 3);
	check_ip(&seen.gw[1].addr, "192.0.2.2");

	for (size_t cut = 0; cut < len; cut++) {
		seen.n = 0;
		msg = begin(&m, RTM_NEWROUTE, &rtm, sizeof(rtm));
		mnl_attr_put(msg, RTA_MULTIPATH, cut, legs);
		host_net_parse_gateways(msg, see, &seen);
		CHECK_EQ(seen.n, cut / (len / 2));
	}
}

TEST(neighbours_are_read_with_and_without_a_link_address)
{
	struct ndmsg ndm = { .ndm_family = AF_INET, .ndm_ifindex = 2 };
	struct host_neigh neigh = { .index = 99 };
	struct msg m;
	struct nlmsghdr *msg = begin(&m, RTM_NEWNEIGH, &ndm, sizeof(ndm));

	CHECK_EQ(host_net_parse_neigh(msg, &neigh), -ENOENT);
	CHECK_EQ(neigh.index, 99);
	put_ip(msg, NDA_DST, "192.0.2.9");
	CHECK_EQ(host_net_parse_neigh(msg, &neigh), 0);
	CHECK(!neigh.has_mac);
	mnl_attr_put(msg, NDA_LLADDR, sizeof(mac), mac);
	CHECK_EQ(host_net_parse_neigh(msg, &neigh), 0);
	CHECK(neigh.has_mac);
	CHECK_EQ(neigh.index, 2);
	check_ip(&neigh.addr, "192.0.2.9");
	CHECK_MEM(neigh.mac, mac, sizeof(mac));
}

TEST(only_ingress_disciplines_name_an_interface)
{
	static const struct {
		const char *kind;
		int want;
	} cases[] = { { "ingress", 6 }, { "clsact", 6 }, { "noqueue", 0 }, { "pfifo_fast", 0 } };
	struct tcmsg tcm = { .tcm_ifindex = 6 };
	struct msg m;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct nlmsghdr *msg = begin(&m, RTM_NEWQDISC, &tcm, sizeof(tcm));

		CHECK_EQ(host_net_parse_ingress(msg), 0);
		mnl_attr_put_strz(msg, TCA_KIND, cases[i].kind);
		CHECK_EQ(host_net_parse_ingress(msg), cases[i].want);
	}
	CHECK_EQ(host_net_parse_ingress(begin(&m, RTM_NEWQDISC, "abc", 3)), 0);
	CHECK_EQ(host_net_parse_ingress(begin(&m, RTM_DELQDISC, &tcm, sizeof(tcm))), 0);
}

TEST(policies_of_sockets_are_not_the_hosts)
{
	struct xfrm_userpolicy_info policy = { .dir = XFRM_POLICY_FWD };
	struct msg m;

	CHECK(host_net_parse_ipsec(begin(&m, XFRM_MSG_NEWPOLICY, &policy, sizeof(policy))));
	CHECK(!host_net_parse_ipsec(begin(&m, XFRM_MSG_DELPOLICY, &policy, sizeof(policy))));
	CHECK(!host_net_parse_ipsec(begin(&m, XFRM_MSG_NEWPOLICY, &policy, 8)));
	policy.dir = XFRM_POLICY_MAX;
	CHECK(!host_net_parse_ipsec(begin(&m, XFRM_MSG_NEWPOLICY, &policy, sizeof(policy))));
}
