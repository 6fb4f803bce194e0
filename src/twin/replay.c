/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "twin/replay.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

/* What a user may say of an address; the kernel sets the rest itself. MANAGETEMPADDR is not
 * among them: it would make temporary addresses that the host does not have. */
#define ADDR_FLAGS (IFA_F_HOMEADDRESS | IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN)

#define FOREVER 0xffffffffu

int twin_map_index(const struct twin_map *map, int host_index)
{
	if (!map)
		return host_index;
	for (size_t i = 0; i < map->n; i++)
		if (map->port[i].host_index == host_index)
			return map->port[i].slave ? 0 : map->port[i].index;
	return 0;
}

const struct nlattr *twin_replay_attr(const struct nlmsghdr *msg, size_t head,
				      const struct nlattr *prev)
{
	const struct nlattr *attr =
		prev ? mnl_attr_next(prev) : mnl_nlmsg_get_payload_offset(msg, head);
	const char *end = mnl_nlmsg_get_payload_tail(msg);

	return mnl_attr_ok(attr, (int)(end - (const char *)attr)) ? attr : NULL;
}

static bool is_ip(int af)
{
	return af == AF_INET || af == AF_INET6;
}

/* A new message of the same type with room for the header of @len octets, which is copied. */
static void *begin(const struct nlmsghdr *msg, size_t len, struct nlmsghdr *ret)
{
	void *head;

	if (msg->nlmsg_len < MNL_NLMSG_HDRLEN + MNL_ALIGN(len))
		return NULL;
	mnl_nlmsg_put_header(ret);
	ret->nlmsg_type = msg->nlmsg_type;
	head = mnl_nlmsg_put_extra_header(ret, len);
	memcpy(head, mnl_nlmsg_get_payload(msg), len);
	return head;
}

static bool put(struct nlmsghdr *to, uint16_t type, const void *data, size_t len)
{
	uint8_t *end;

	if (!mnl_attr_put_check(to, TWIN_REPLAY_ROOM, type, len, data))
		return false;
	/* What pads it must not make equal messages differ. */
	end = mnl_nlmsg_get_payload_tail(to);
	memset(end - (MNL_ALIGN(len) - len), 0, MNL_ALIGN(len) - len);
	return true;
}

static bool put_u32(struct nlmsghdr *to, uint16_t type, uint32_t v)
{
	return put(to, type, &v, sizeof(v));
}

/* As it is, its flags (nested, byte order) included. */
static bool copy(struct nlmsghdr *to, const struct nlattr *attr)
{
	return put(to, attr->nla_type, mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
}

/* Deprecated addresses stay so; all others live for ever, and the twin's own need no word of it. */
static bool put_lifetime(struct nlmsghdr *to, const struct nlattr *attr)
{
	struct ifa_cacheinfo life = { .ifa_prefered = 0, .ifa_valid = FOREVER };
	const struct ifa_cacheinfo *was = mnl_attr_get_payload(attr);

	if (mnl_attr_get_payload_len(attr) < sizeof(*was) || was->ifa_prefered != 0)
		return true;
	return put(to, IFA_CACHEINFO, &life, sizeof(life));
}

static uint32_t addr_flags(const struct nlmsghdr *msg, const struct ifaddrmsg *ifa)
{
	uint32_t flags = ifa->ifa_flags;

	for (const struct nlattr *a = NULL; (a = twin_replay_attr(msg, sizeof(*ifa), a));)
		if (mnl_attr_get_type(a) == IFA_FLAGS && mnl_attr_get_payload_len(a) >= 4)
			flags = mnl_attr_get_u32(a);
	return flags;
}

static bool put_addr_attr(struct nlmsghdr *to, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case IFA_FLAGS: /* once, at the end */
		return true;
	case IFA_CACHEINFO:
		return put_lifetime(to, attr);
	default:
		return copy(to, attr);
	}
}

int twin_replay_addr(const struct nlmsghdr *msg, const struct twin_map *map, struct nlmsghdr *ret)
{
	struct ifaddrmsg *ifa = begin(msg, sizeof(*ifa), ret);
	uint32_t flags;
	bool fits = true;

	if (!ifa)
		return -EBADMSG;
	flags = addr_flags(msg, ifa);
	ifa->ifa_index = (uint32_t)twin_map_index(map, (int)ifa->ifa_index);
	if (!is_ip(ifa->ifa_family) || ifa->ifa_index == 0 || flags & IFA_F_DADFAILED)
		return -ENOENT;

	flags &= ADDR_FLAGS;
	if (ifa->ifa_family == AF_INET6)
		flags |= IFA_F_NODAD; /* usable at once */
	ifa->ifa_flags = (uint8_t)flags;
	for (const struct nlattr *a = NULL; (a = twin_replay_attr(msg, sizeof(*ifa), a));)
		fits = fits && put_addr_attr(ret, a);
	return fits && put_u32(ret, IFA_FLAGS, flags) ? 0 : -EMSGSIZE;
}

int twin_replay_rule(const struct nlmsghdr *msg, const struct twin_map *map UNUSED,
		     struct nlmsghdr *ret)
{
	struct fib_rule_hdr *rule = begin(msg, sizeof(*rule), ret);
	bool fits = true;

	if (!rule)
		return -EBADMSG;
	if (!is_ip(rule->family))
		return -ENOENT;

	rule->flags &= FIB_RULE_INVERT | FIB_RULE_FIND_SADDR;
	for (const struct nlattr *a = NULL; (a = twin_replay_attr(msg, sizeof(*rule), a));)
		fits = fits && copy(ret, a);
	return fits ? 0 : -EMSGSIZE;
}

/* The legs of a multipath route: the twin's indexes, and of the flags only "onlink". */
static int put_legs(struct nlmsghdr *to, const struct nlattr *attr, const struct twin_map *map)
{
	uint16_t len = mnl_attr_get_payload_len(attr);
	uint8_t legs[TWIN_REPLAY_ROOM] __attribute__((aligned(RTNH_ALIGNTO)));
	size_t at = 0;

	if (len > sizeof(legs))
		return -EMSGSIZE;
	memcpy(legs, mnl_attr_get_payload(attr), len);
	while (at + sizeof(struct rtnexthop) <= len) {
		struct rtnexthop *leg = (void *)(legs + at);

		if (leg->rtnh_len < sizeof(*leg))
			return -EBADMSG;
		leg->rtnh_flags &= RTNH_F_ONLINK;
		leg->rtnh_ifindex = twin_map_index(map, leg->rtnh_ifindex);
		if (leg->rtnh_ifindex == 0)
			return -ENOENT;
		at += (size_t)RTNH_ALIGN(leg->rtnh_len);
	}
	return put(to, attr->nla_type, legs, len) ? 0 : -EMSGSIZE;
}

static int put_oif(struct nlmsghdr *to, const struct nlattr *attr, const struct twin_map *map)
{
	int index = mnl_attr_get_payload_len(attr) < sizeof(uint32_t)
			    ? 0
			    : twin_map_index(map, (int)mnl_attr_get_u32(attr));

	if (index == 0)
		return -ENOENT;
	return put_u32(to, RTA_OIF, (uint32_t)index) ? 0 : -EMSGSIZE;
}

static int put_route_attr(struct nlmsghdr *to, const struct nlattr *attr,
			  const struct twin_map *map)
{
	switch (mnl_attr_get_type(attr)) {
	case RTA_CACHEINFO: /* state */
	case RTA_EXPIRES:
	case RTA_NH_ID: /* its gateways stand beside it; the object itself is not copied */
		return 0;
	case RTA_OIF:
		return put_oif(to, attr, map);
	case RTA_MULTIPATH:
		return put_legs(to, attr, map);
	default:
		return copy(to, attr) ? 0 : -EMSGSIZE;
	}
}

int twin_replay_route(const struct nlmsghdr *msg, const struct twin_map *map, struct nlmsghdr *ret)
{
	struct rtmsg *rtm = begin(msg, sizeof(*rtm), ret);
	int r = 0;

	if (!rtm)
		return -EBADMSG;
	if (!is_ip(rtm->rtm_family) || rtm->rtm_flags & RTM_F_CLONED)
		return -ENOENT;

	rtm->rtm_flags &= RTNH_F_ONLINK;
	for (const struct nlattr *a = NULL; r == 0 && (a = twin_replay_attr(msg, sizeof(*rtm), a));)
		r = put_route_attr(ret, a, map);
	return r;
}
