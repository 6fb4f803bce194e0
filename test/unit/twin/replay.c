/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "twin/replay.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "test.h"

struct msg {
	uint8_t octets[TWIN_REPLAY_ROOM] __attribute__((aligned(NLMSG_ALIGNTO)));
};

/* Interface 2 is number 12 in the twin, 3 is itself, 4 is part of a bridge. */
static const struct twin_port ports[] = {
	{ .host_index = 2, .index = 12 },
	{ .host_index = 3, .index = 3 },
	{ .host_index = 4, .index = 4, .slave = true },
};
static const struct twin_map map = { ports, ARRAY_LEN(ports) };

static struct nlmsghdr *begin(struct msg *m, int type, const void *head, size_t len)
{
	struct nlmsghdr *msg;

	/* What was in the buffer before must not show in the message. */
	memset(m, 0xee, sizeof(*m));
	msg = mnl_nlmsg_put_header(m->octets);
	msg->nlmsg_type = (uint16_t)type;
	memcpy(mnl_nlmsg_put_extra_header(msg, len), head, len);
	return msg;
}

static struct nlmsghdr *blank(struct msg *m, int with)
{
	memset(m, with, sizeof(*m));
	return (struct nlmsghdr *)(void *)m->octets;
}

static const struct nlattr *find(const struct nlmsghdr *msg, size_t head, unsigned type)
{
	for (const struct nlattr *a = NULL; (a = twin_replay_attr(msg, head, a));)
		if (mnl_attr_get_type(a) == type)
			return a;
	return NULL;
}

static struct nlmsghdr *an_addr(struct msg *m, int af, int index, uint32_t flags,
				uint32_t preferred)
{
	struct ifaddrmsg ifa = { .ifa_family = (uint8_t)af,
				 .ifa_prefixlen = 24,
				 .ifa_flags = (uint8_t)flags,
				 .ifa_index = (uint32_t)index };
	struct ifa_cacheinfo life = { preferred, 300, 7, 8 };
	struct nlmsghdr *msg = begin(m, RTM_NEWADDR, &ifa, sizeof(ifa));

	mnl_attr_put(msg, IFA_LOCAL, af == AF_INET ? 4 : 16, "sixteen octets..");
	mnl_attr_put_strz(msg, IFA_LABEL, "eth0:1");
	mnl_attr_put_u32(msg, IFA_FLAGS, flags);
	mnl_attr_put(msg, IFA_CACHEINFO, sizeof(life), &life);
	return msg;
}

TEST(map_tells_the_twins_index_and_nothing_of_members_of_bridges)
{
	CHECK_EQ(twin_map_index(&map, 2), 12);
	CHECK_EQ(twin_map_index(&map, 3), 3);
	CHECK_EQ(twin_map_index(&map, 4), 0);
	CHECK_EQ(twin_map_index(&map, 5), 0);
	CHECK_EQ(twin_map_index(NULL, 5), 5);
}

TEST(addresses_keep_what_the_user_says_and_lose_what_the_kernel_adds)
{
	struct msg from, to;
	struct nlmsghdr *ret = blank(&to, 0);
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(ret);
	uint32_t flags = IFA_F_PERMANENT | IFA_F_SECONDARY | IFA_F_NOPREFIXROUTE;

	CHECK_EQ(twin_replay_addr(an_addr(&from, AF_INET, 2, flags, 100), &map, ret), 0);
	CHECK_EQ(ret->nlmsg_type, RTM_NEWADDR);
	CHECK_EQ(ret->nlmsg_flags, 0);
	CHECK_EQ(ifa->ifa_index, 12);
	CHECK_EQ(ifa->ifa_prefixlen, 24);
	CHECK_EQ(mnl_attr_get_u32(find(ret, sizeof(*ifa), IFA_FLAGS)), IFA_F_NOPREFIXROUTE);
	CHECK(find(ret, sizeof(*ifa), IFA_CACHEINFO) == NULL);
	CHECK_MEM(mnl_attr_get_payload(find(ret, sizeof(*ifa), IFA_LOCAL)), "sixt", 4);
	CHECK_STR(mnl_attr_get_str(find(ret, sizeof(*ifa), IFA_LABEL)), "eth0:1");
}

TEST(ipv6_addresses_are_usable_at_once_and_make_no_temporary_ones)
{
	struct msg from, to;
	struct nlmsghdr *ret = blank(&to, 0);
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(ret);
	uint32_t flags = IFA_F_TENTATIVE | IFA_F_MANAGETEMPADDR;

	CHECK_EQ(twin_replay_addr(an_addr(&from, AF_INET6, 3, flags, 100), &map, ret), 0);
	CHECK_EQ(mnl_attr_get_u32(find(ret, sizeof(*ifa), IFA_FLAGS)), IFA_F_NODAD);
	CHECK_EQ(ifa->ifa_flags, IFA_F_NODAD);
}

TEST(deprecated_addresses_stay_deprecated_and_live_for_ever)
{
	struct msg from, to;
	struct nlmsghdr *ret = blank(&to, 0);
	const struct ifa_cacheinfo *life;

	CHECK_EQ(twin_replay_addr(an_addr(&from, AF_INET6, 3, 0, 0), &map, ret), 0);
	life = mnl_attr_get_payload(find(ret, sizeof(struct ifaddrmsg), IFA_CACHEINFO));
	CHECK_EQ(life->ifa_prefered, 0);
	CHECK_EQ(life->ifa_valid, 0xffffffff);
	CHECK_EQ(life->cstamp, 0);
}

TEST(addresses_that_do_not_belong_into_the_twin_are_passed_over)
{
	struct msg from, to;
	struct nlmsghdr *ret = blank(&to, 0);

	CHECK_EQ(twin_replay_addr(an_addr(&from, AF_INET, 4, 0, 1), &map, ret), -ENOENT);
	CHECK_EQ(twin_replay_addr(an_addr(&from, AF_INET, 9, 0, 1), &map, ret), -ENOENT);
	CHECK_EQ(twin_replay_addr(an_addr(&from, AF_INET6, 2, IFA_F_DADFAILED, 1), &map, ret),
		 -ENOENT);
	CHECK_EQ(twin_replay_addr(an_addr(&from, AF_PACKET, 2, 0, 1), &map, ret), -ENOENT);
	CHECK_EQ(twin_replay_addr(begin(&from, RTM_NEWADDR, "abc", 3), &map, ret), -EBADMSG);
}

TEST(what_means_the_same_is_the_same_octets)
{
	struct msg from, to, again;
	struct nlmsghdr *a = blank(&to, 0x11), *b = blank(&again, 0x22);

	CHECK_EQ(twin_replay_addr(an_addr(&from, AF_INET, 2, IFA_F_PERMANENT, 5), &map, a), 0);
	CHECK_EQ(twin_replay_addr(an_addr(&from, AF_INET, 12, 0, 9), NULL, b), 0);
	CHECK_EQ(a->nlmsg_len, b->nlmsg_len);
	CHECK_MEM(mnl_nlmsg_get_payload(a), mnl_nlmsg_get_payload(b), mnl_nlmsg_get_payload_len(a));
}

static struct nlmsghdr *a_route(struct msg *m, unsigned flags, int oif)
{
	struct rtmsg rtm = { .rtm_family = AF_INET, .rtm_dst_len = 24, .rtm_flags = flags };
	struct nlmsghdr *msg = begin(m, RTM_NEWROUTE, &rtm, sizeof(rtm));

	mnl_attr_put(msg, RTA_DST, 4, "dst.");
	if (oif)
		mnl_attr_put_u32(msg, RTA_OIF, (uint32_t)oif);
	mnl_attr_put_u32(msg, RTA_NH_ID, 77);
	mnl_attr_put_u32(msg, RTA_EXPIRES, 77);
	mnl_attr_put_u32(msg, RTA_PRIORITY, 50);
	return msg;
}

TEST(routes_lose_state_and_keep_onlink)
{
	struct msg from, to;
	struct nlmsghdr *ret = blank(&to, 0);
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(ret);

	CHECK_EQ(
		twin_replay_route(a_route(&from, RTNH_F_ONLINK | RTNH_F_LINKDOWN | RTM_F_NOTIFY, 2),
				  &map, ret),
		0);
	CHECK_EQ(rtm->rtm_flags, RTNH_F_ONLINK);
	CHECK_EQ(mnl_attr_get_u32(find(ret, sizeof(*rtm), RTA_OIF)), 12);
	CHECK_EQ(mnl_attr_get_u32(find(ret, sizeof(*rtm), RTA_PRIORITY)), 50);
	CHECK(find(ret, sizeof(*rtm), RTA_NH_ID) == NULL);
	CHECK(find(ret, sizeof(*rtm), RTA_EXPIRES) == NULL);
}

TEST(routes_without_an_interface_are_kept_and_those_of_missing_ones_are_not)
{
	struct msg from, to;
	struct nlmsghdr *ret = blank(&to, 0);

	CHECK_EQ(twin_replay_route(a_route(&from, 0, 0), &map, ret), 0);
	CHECK_EQ(twin_replay_route(a_route(&from, 0, 9), &map, ret), -ENOENT);
	CHECK_EQ(twin_replay_route(a_route(&from, 0, 4), &map, ret), -ENOENT);
	CHECK_EQ(twin_replay_route(a_route(&from, RTM_F_CLONED, 2), &map, ret), -ENOENT);
}

TEST(legs_of_multipath_routes_get_the_twins_indexes)
{
	struct rtnexthop legs[2] = {
		{ sizeof(*legs), RTNH_F_LINKDOWN | RTNH_F_ONLINK, 3, 2 },
		{ sizeof(*legs), RTNH_F_DEAD, 0, 3 },
	};
	struct msg from, to;
	struct nlmsghdr *ret = blank(&to, 0), *msg = a_route(&from, 0, 0);
	const struct rtnexthop *got;

	mnl_attr_put(msg, RTA_MULTIPATH, sizeof(legs), legs);
	CHECK_EQ(twin_replay_route(msg, &map, ret), 0);
	got = mnl_attr_get_payload(find(ret, sizeof(struct rtmsg), RTA_MULTIPATH));
	CHECK_EQ(got[0].rtnh_ifindex, 12);
	CHECK_EQ(got[0].rtnh_flags, RTNH_F_ONLINK);
	CHECK_EQ(got[0].rtnh_hops, 3);
	CHECK_EQ(got[1].rtnh_ifindex, 3);
	CHECK_EQ(got[1].rtnh_flags, 0);

	legs[1].rtnh_ifindex = 4;
	msg = a_route(&from, 0, 0);
	mnl_attr_put(msg, RTA_MULTIPATH, sizeof(legs), legs);
	CHECK_EQ(twin_replay_route(msg, &map, ret), -ENOENT);
	legs[0].rtnh_len = 1; /* would never end */
	msg = a_route(&from, 0, 0);
	mnl_attr_put(msg, RTA_MULTIPATH, sizeof(legs), legs);
	CHECK_EQ(twin_replay_route(msg, &map, ret), -EBADMSG);
}

TEST(messages_too_long_for_the_buffer_are_refused)
{
	static const uint8_t big[TWIN_REPLAY_ROOM - 100];
	static uint8_t octets[2 * TWIN_REPLAY_ROOM] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct rtmsg rtm = { .rtm_family = AF_INET };
	struct nlmsghdr *msg = mnl_nlmsg_put_header(octets);
	struct msg to;

	msg->nlmsg_type = RTM_NEWROUTE;
	memcpy(mnl_nlmsg_put_extra_header(msg, sizeof(rtm)), &rtm, sizeof(rtm));
	mnl_attr_put(msg, RTA_METRICS, sizeof(big), big);
	mnl_attr_put(msg, RTA_METRICS, 100, big);
	CHECK_EQ(twin_replay_route(msg, &map, blank(&to, 0)), -EMSGSIZE);
}

TEST(rules_keep_all_but_what_became_of_their_interfaces)
{
	struct fib_rule_hdr rule = { .family = AF_INET6,
				     .action = FR_ACT_TO_TBL,
				     .table = 7,
				     .flags = FIB_RULE_INVERT | FIB_RULE_IIF_DETACHED };
	struct msg from, to;
	struct nlmsghdr *ret = blank(&to, 0), *msg = begin(&from, RTM_NEWRULE, &rule, sizeof(rule));
	const struct fib_rule_hdr *got = mnl_nlmsg_get_payload(ret);

	mnl_attr_put_strz(msg, FRA_IIFNAME, "eth0");
	mnl_attr_put_u32(msg, FRA_PRIORITY, 1000);
	CHECK_EQ(twin_replay_rule(msg, &map, ret), 0);
	CHECK_EQ(got->flags, FIB_RULE_INVERT);
	CHECK_EQ(got->table, 7);
	CHECK_STR(mnl_attr_get_str(find(ret, sizeof(*got), FRA_IIFNAME)), "eth0");
	CHECK_EQ(mnl_attr_get_u32(find(ret, sizeof(*got), FRA_PRIORITY)), 1000);
	rule.family = AF_PACKET;
	CHECK_EQ(twin_replay_rule(begin(&from, RTM_NEWRULE, &rule, sizeof(rule)), &map, ret),
		 -ENOENT);
}
