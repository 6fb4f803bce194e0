/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/netparse.h"

#include <errno.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/xfrm.h>

#define ATTR_MAX 128 /* higher attribute numbers than any that is read here */

struct attrs {
	const struct nlattr *at[ATTR_MAX];
};

static int gather(const struct nlattr *attr, void *to)
{
	struct attrs *a = to;
	unsigned type = mnl_attr_get_type(attr);

	if (type < ATTR_MAX)
		a->at[type] = attr;
	return MNL_CB_OK;
}

/* The message's own header, or NULL when it is too short for one of @len octets. */
static const void *head(const struct nlmsghdr *msg, size_t len, struct attrs *ret_attrs)
{
	*ret_attrs = (struct attrs){ 0 };
	if (msg->nlmsg_len < MNL_NLMSG_HDRLEN + MNL_ALIGN(len))
		return NULL;
	mnl_attr_parse(msg, (unsigned)len, gather, ret_attrs);
	return mnl_nlmsg_get_payload(msg);
}

static uint32_t u32_of(const struct attrs *a, unsigned type, uint32_t otherwise)
{
	const struct nlattr *attr = a->at[type];

	if (!attr || mnl_attr_get_payload_len(attr) < sizeof(uint32_t))
		return otherwise;
	return mnl_attr_get_u32(attr);
}

static void text_of(const struct attrs *a, unsigned type, char *buf, size_t room)
{
	const struct nlattr *attr = a->at[type];
	size_t len = attr ? strnlen(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr)) : 0;

	len = MIN(len, room - 1);
	if (len > 0)
		memcpy(buf, mnl_attr_get_payload(attr), len);
	buf[len] = 0;
}

static int family_of(int af)
{
	if (af == AF_INET)
		return 4;
	return af == AF_INET6 ? 6 : 0;
}

/* Family 0 when the attribute is absent or too short. */
static struct ip_addr ip_of(const struct attrs *a, unsigned type, int family)
{
	const struct nlattr *attr = a->at[type];

	if (!attr || family == 0 || mnl_attr_get_payload_len(attr) < ip_len(family))
		return (struct ip_addr){ 0 };
	return ip_from(family, mnl_attr_get_payload(attr));
}

static struct ip_addr with_zone(struct ip_addr addr, int index)
{
	if (addr.family == 6 && ip_kind(&addr) == IP_LINK_LOCAL)
		addr.zone = (uint32_t)index;
	return addr;
}

static void parse_linkinfo(const struct nlattr *nest, struct host_link *link)
{
	struct attrs a = { 0 };
	char slave[sizeof(link->kind)];

	if (nest)
		mnl_attr_parse_nested(nest, gather, &a);
	text_of(&a, IFLA_INFO_KIND, link->kind, sizeof(link->kind));
	text_of(&a, IFLA_INFO_SLAVE_KIND, slave, sizeof(slave));
	/* Members of a VRF receive for themselves; those of anything else hand all they get up. */
	link->slave = link->master != 0 && strcmp(slave, "vrf") != 0;
}

static bool has_xdp(const struct nlattr *nest)
{
	struct attrs a = { 0 };

	if (nest)
		mnl_attr_parse_nested(nest, gather, &a);
	return a.at[IFLA_XDP_ATTACHED] && mnl_attr_get_payload_len(a.at[IFLA_XDP_ATTACHED]) > 0 &&
	       mnl_attr_get_u8(a.at[IFLA_XDP_ATTACHED]) != XDP_ATTACHED_NONE;
}

static enum host_link_sort sort_of(unsigned type)
{
	if (type == ARPHRD_LOOPBACK)
		return HOST_LINK_LOOPBACK;
	return type == ARPHRD_ETHER ? HOST_LINK_ETHER : HOST_LINK_L3;
}

int host_net_parse_link(const struct nlmsghdr *msg, struct host_link *ret)
{
	struct attrs a;
	const struct ifinfomsg *info = head(msg, sizeof(*info), &a);
	struct host_link link = { 0 };
	const struct nlattr *mac;

	if (msg->nlmsg_type != RTM_NEWLINK)
		return -ENOENT;
	if (!info || info->ifi_index <= 0 || !a.at[IFLA_IFNAME])
		return -EBADMSG;
	/* A bridge also describes its ports with AF_BRIDGE messages. */
	if (info->ifi_family != AF_UNSPEC)
		return -ENOENT;

	link.index = info->ifi_index;
	link.flags = info->ifi_flags;
	link.type = info->ifi_type;
	link.mtu = u32_of(&a, IFLA_MTU, 0);
	link.group = u32_of(&a, IFLA_GROUP, 0);
	link.master = (int)u32_of(&a, IFLA_MASTER, 0);
	link.sort = sort_of(info->ifi_type);
	text_of(&a, IFLA_IFNAME, link.name, sizeof(link.name));
	parse_linkinfo(a.at[IFLA_LINKINFO], &link);
	link.xdp = has_xdp(a.at[IFLA_XDP]);
	mac = a.at[IFLA_ADDRESS];
	if (mac && link.sort == HOST_LINK_ETHER &&
	    mnl_attr_get_payload_len(mac) == sizeof(link.mac))
		memcpy(link.mac, mnl_attr_get_payload(mac), sizeof(link.mac));
	*ret = link;
	return 0;
}

int host_net_parse_addr(const struct nlmsghdr *msg, struct host_addr *ret)
{
	struct attrs a;
	const struct ifaddrmsg *ifa = head(msg, sizeof(*ifa), &a);
	struct ip_addr local, address;
	struct host_addr addr = { 0 };
	int family;

	if (msg->nlmsg_type != RTM_NEWADDR)
		return -ENOENT;
	if (!ifa)
		return -EBADMSG;
	family = family_of(ifa->ifa_family);
	if (family == 0)
		return -ENOENT;

	/* Without IFA_LOCAL (IPv6, no peer) IFA_ADDRESS is the own one; with both it is the peer. */
	address = ip_of(&a, IFA_ADDRESS, family);
	local = ip_of(&a, IFA_LOCAL, family);
	if (local.family == 0)
		local = address;
	if (local.family == 0)
		return -EBADMSG;
	addr.index = (int)ifa->ifa_index;
	addr.addr = with_zone(local, addr.index);
	if (address.family != 0 && !ip_eq(&address, &local))
		addr.peer = with_zone(address, addr.index);
	addr.prefix = ip_prefix_of(address.family ? &address : &local, ifa->ifa_prefixlen);
	addr.broadcast = ip_of(&a, IFA_BROADCAST, family);
	addr.flags = u32_of(&a, IFA_FLAGS, ifa->ifa_flags);
	*ret = addr;
	return 0;
}

static struct ip_addr gateway_of(const struct attrs *a, int family)
{
	const struct nlattr *via = a->at[RTA_VIA];
	const struct rtvia *v;
	int f;

	if (!via || mnl_attr_get_payload_len(via) < sizeof(v->rtvia_family))
		return ip_of(a, RTA_GATEWAY, family);
	v = mnl_attr_get_payload(via);
	f = family_of(v->rtvia_family);
	if (f == 0 ||
	    mnl_attr_get_payload_len(via) < offsetof(struct rtvia, rtvia_addr) + ip_len(f))
		return (struct ip_addr){ 0 };
	return ip_from(f, v->rtvia_addr);
}

int host_net_parse_route(const struct nlmsghdr *msg, struct host_route *ret)
{
	struct attrs a;
	const struct rtmsg *rtm = head(msg, sizeof(*rtm), &a);
	struct host_route route = { 0 };
	struct ip_addr dst;

	if (msg->nlmsg_type != RTM_NEWROUTE)
		return -ENOENT;
	if (!rtm)
		return -EBADMSG;
	route.family = (uint8_t)family_of(rtm->rtm_family);
	if (route.family == 0 || rtm->rtm_flags & RTM_F_CLONED)
		return -ENOENT;

	route.type = rtm->rtm_type;
	route.table = u32_of(&a, RTA_TABLE, rtm->rtm_table);
	route.metric = u32_of(&a, RTA_PRIORITY, 0);
	route.index = (int)u32_of(&a, RTA_OIF, 0);
	route.gateway = with_zone(gateway_of(&a, route.family), route.index);
	dst = ip_of(&a, RTA_DST, route.family);
	if (dst.family == 0 && rtm->rtm_dst_len > 0)
		return -EBADMSG;
	dst.family = route.family; /* a default route carries no RTA_DST */
	route.dst = ip_prefix_of(&dst, rtm->rtm_dst_len);
	*ret = route;
	return 0;
}

static void parse_legs(const struct nlattr *nest, struct host_gateway gw, int family,
		       void (*each)(const struct host_gateway *, void *), void *to)
{
	const struct rtnexthop *leg = mnl_attr_get_payload(nest);
	size_t left = mnl_attr_get_payload_len(nest);

	while (left >= sizeof(*leg) && leg->rtnh_len >= sizeof(*leg) && leg->rtnh_len <= left) {
		struct attrs a = { 0 };

		mnl_attr_parse_payload(RTNH_DATA(leg), leg->rtnh_len - sizeof(*leg), gather, &a);
		gw.index = leg->rtnh_ifindex;
		gw.addr = with_zone(gateway_of(&a, family), gw.index);
		if (gw.addr.family != 0)
			each(&gw, to);
		if ((size_t)RTNH_ALIGN(leg->rtnh_len) >= left)
			return;
		left -= (size_t)RTNH_ALIGN(leg->rtnh_len);
		leg = (const void *)((const uint8_t *)leg + RTNH_ALIGN(leg->rtnh_len));
	}
}

void host_net_parse_gateways(const struct nlmsghdr *msg,
			     void (*each)(const struct host_gateway *gw, void *to), void *to)
{
	struct host_route route;
	struct host_gateway gw;
	struct attrs a;

	if (host_net_parse_route(msg, &route) < 0)
		return;
	gw = (struct host_gateway){
		.index = route.index,
		.addr = route.gateway,
		.is_default = route.dst.len == 0,
	};
	if (gw.addr.family != 0)
		each(&gw, to);
	head(msg, sizeof(struct rtmsg), &a);
	if (a.at[RTA_MULTIPATH])
		parse_legs(a.at[RTA_MULTIPATH], gw, route.family, each, to);
}

int host_net_parse_neigh(const struct nlmsghdr *msg, struct host_neigh *ret)
{
	struct attrs a;
	const struct ndmsg *ndm = head(msg, sizeof(*ndm), &a);
	struct host_neigh neigh = { 0 };
	const struct nlattr *mac;

	if (msg->nlmsg_type != RTM_NEWNEIGH)
		return -ENOENT;
	if (!ndm)
		return -EBADMSG;
	neigh.index = ndm->ndm_ifindex;
	neigh.addr = with_zone(ip_of(&a, NDA_DST, family_of(ndm->ndm_family)), neigh.index);
	if (neigh.addr.family == 0)
		return -ENOENT;
	mac = a.at[NDA_LLADDR];
	neigh.has_mac = mac && mnl_attr_get_payload_len(mac) == sizeof(neigh.mac);
	if (neigh.has_mac)
		memcpy(neigh.mac, mnl_attr_get_payload(mac), sizeof(neigh.mac));
	*ret = neigh;
	return 0;
}

int host_net_parse_ingress(const struct nlmsghdr *msg)
{
	struct attrs a;
	const struct tcmsg *tcm = head(msg, sizeof(*tcm), &a);
	char kind[16];

	if (!tcm || msg->nlmsg_type != RTM_NEWQDISC)
		return 0;
	text_of(&a, TCA_KIND, kind, sizeof(kind));
	return strcmp(kind, "ingress") == 0 || strcmp(kind, "clsact") == 0 ? tcm->tcm_ifindex : 0;
}

bool host_net_parse_ipsec(const struct nlmsghdr *msg)
{
	struct attrs a;
	const struct xfrm_userpolicy_info *policy = head(msg, sizeof(*policy), &a);

	return policy && msg->nlmsg_type == XFRM_MSG_NEWPOLICY && policy->dir < XFRM_POLICY_MAX;
}
