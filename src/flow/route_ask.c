/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/route_own.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

/* The kernel's answer, as far as it matters here. */
struct reply {
	bool any;
	int family; /* of the question */
	uint8_t type;
	int oif;
	unsigned mtu;
	struct ip_addr gateway, source;
};

static struct ip_addr addr_of(int family, const struct nlattr *attr)
{
	if (mnl_attr_get_payload_len(attr) < ip_len(family))
		return (struct ip_addr){ 0 };
	return ip_from(family, mnl_attr_get_payload(attr));
}

/* A next hop of the other family. */
static struct ip_addr via_of(const struct nlattr *attr)
{
	const struct rtvia *via = mnl_attr_get_payload(attr);
	size_t len = mnl_attr_get_payload_len(attr), at = offsetof(struct rtvia, rtvia_addr);
	int family;

	if (len < at)
		return (struct ip_addr){ 0 };
	family = via->rtvia_family == AF_INET ? 4 : via->rtvia_family == AF_INET6 ? 6 : 0;
	if (family == 0 || len < at + ip_len(family))
		return (struct ip_addr){ 0 };
	return ip_from(family, via->rtvia_addr);
}

static int metric(const struct nlattr *attr, void *to)
{
	struct reply *reply = to;

	if (mnl_attr_get_type(attr) == RTAX_MTU && mnl_attr_get_payload_len(attr) >= 4)
		reply->mtu = mnl_attr_get_u32(attr);
	return MNL_CB_OK;
}

static int attribute(const struct nlattr *attr, void *to)
{
	struct reply *reply = to;

	switch (mnl_attr_get_type(attr)) {
	case RTA_OIF:
		if (mnl_attr_get_payload_len(attr) >= 4)
			reply->oif = (int)mnl_attr_get_u32(attr);
		break;
	case RTA_GATEWAY:
		reply->gateway = addr_of(reply->family, attr);
		break;
	case RTA_VIA:
		reply->gateway = via_of(attr);
		break;
	case RTA_PREFSRC:
		reply->source = addr_of(reply->family, attr);
		break;
	case RTA_METRICS:
		mnl_attr_parse_nested(attr, metric, reply);
		break;
	}
	return MNL_CB_OK;
}

static int take(const struct nlmsghdr *msg, void *to)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(msg);
	struct reply *reply = to;

	if (msg->nlmsg_type != RTM_NEWROUTE || mnl_nlmsg_get_payload_len(msg) < sizeof(*rtm))
		return 0;
	reply->any = true;
	reply->type = rtm->rtm_type;
	mnl_attr_parse(msg, sizeof(*rtm), attribute, reply);
	return 0;
}

static int ask(struct nl *nl, const struct ip_addr *dst, int oif, const struct ip_addr *source,
	       struct reply *ret_reply)
{
	uint8_t buf[256] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);
	size_t len = ip_len(dst->family);
	struct reply reply = { .family = dst->family };
	struct rtmsg *rtm;
	int r;

	msg->nlmsg_type = RTM_GETROUTE;
	rtm = mnl_nlmsg_put_extra_header(msg, sizeof(*rtm));
	rtm->rtm_family = dst->family == 4 ? AF_INET : AF_INET6;
	rtm->rtm_dst_len = (uint8_t)(8 * len);
	rtm->rtm_flags = RTM_F_LOOKUP_TABLE;
	mnl_attr_put(msg, RTA_DST, len, dst->octet);
	if (source->family != 0) {
		rtm->rtm_src_len = (uint8_t)(8 * len);
		mnl_attr_put(msg, RTA_SRC, len, source->octet);
	}
	if (oif != 0)
		mnl_attr_put_u32(msg, RTA_OIF, (uint32_t)oif);
	r = nl_talk(nl, msg, take, NULL, &reply);
	*ret_reply = reply;
	return r < 0 ? r : reply.any ? 0 : -ENETUNREACH;
}

/* IPv6 tells of a route that refuses, where IPv4 answers with its error at once. */
static int refusal(uint8_t type)
{
	static const struct {
		uint8_t type;
		int error;
	} refusing[] = {
		{ RTN_UNREACHABLE, EHOSTUNREACH },
		{ RTN_PROHIBIT, EACCES },
		{ RTN_BLACKHOLE, EINVAL },
		{ RTN_THROW, ENETUNREACH },
	};

	for (size_t i = 0; i < ARRAY_LEN(refusing); i++)
		if (refusing[i].type == type)
			return refusing[i].error;
	return 0;
}

static enum flow_path_kind kind_of(const struct reply *reply, bool ether)
{
	if (reply->type == RTN_LOCAL || reply->type == RTN_ANYCAST)
		return FLOW_PATH_LOCAL;
	if (!ether)
		return FLOW_PATH_BARE;
	return reply->gateway.family != 0 && reply->type == RTN_UNICAST ? FLOW_PATH_GATEWAY
									: FLOW_PATH_ON_LINK;
}

/* With a source address given, IPv6 takes the interface asked for as a wish only. */
static bool other_way(const struct host_link *link, const struct reply *reply, int oif)
{
	return oif != 0 && reply->type != RTN_LOCAL && link->index != oif && link->master != oif;
}

static struct ip_addr with_zone(struct ip_addr a, int ifindex)
{
	if (a.family == 6 && ip_kind(&a) == IP_LINK_LOCAL)
		a.zone = (uint32_t)ifindex;
	return a;
}

void route_ask(struct nl *nl, const struct host_net *net, const struct ip_addr *dst, int oif,
	       const struct ip_addr *source, struct flow_path *ret_path)
{
	struct flow_path path = { .kind = FLOW_PATH_NONE };
	const struct host_link *link;
	struct reply reply;

	*ret_path = path;
	if (source->family != 0 && source->family != dst->family) {
		ret_path->error = EADDRNOTAVAIL;
		return;
	}
	path.error = -ask(nl, dst, oif, source, &reply);
	link = path.error == 0 ? host_net_link(net, reply.oif) : NULL;
	if (path.error == 0)
		path.error = refusal(reply.type);
	if (path.error == 0 && (!link || other_way(link, &reply, oif)))
		path.error = ENETUNREACH;
	path.source = source->family != 0 ? *source : reply.source;
	if (path.error == 0 && path.source.family == 0)
		path.error = EADDRNOTAVAIL;
	if (path.error != 0) {
		ret_path->error = path.error;
		return;
	}
	path.ifindex = link->index;
	memcpy(path.iface, link->name, sizeof(path.iface));
	path.ether = link->sort == HOST_LINK_ETHER && !(link->flags & IFF_NOARP);
	path.up = (link->flags & IFF_UP) && (link->flags & IFF_RUNNING);
	path.kind = kind_of(&reply, path.ether);
	path.source = with_zone(path.source, link->index);
	path.gateway = with_zone(reply.gateway, link->index);
	path.mtu = reply.mtu ? reply.mtu : link->mtu;
	if (path.ether)
		memcpy(path.mac.octet, link->mac, sizeof(path.mac.octet));
	*ret_path = path;
}
