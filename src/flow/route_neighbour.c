/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/route_own.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#define FAILED_TICKS 300 /* of USER_HZ (100 a second): how long a failure counts */
#define DISCARD_PORT 9   /* RFC 863 */
#define VALID        (NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_PROBE | NUD_STALE | NUD_DELAY)

struct entry {
	bool any, has_mac;
	unsigned state;
	uint32_t age; /* ticks of USER_HZ since the last change */
	struct eth_addr mac;
};

static int attribute(const struct nlattr *attr, void *to)
{
	struct entry *e = to;
	struct nda_cacheinfo info;
	size_t len = mnl_attr_get_payload_len(attr);

	if (mnl_attr_get_type(attr) == NDA_LLADDR && len == sizeof(e->mac.octet)) {
		memcpy(e->mac.octet, mnl_attr_get_payload(attr), len);
		e->has_mac = true;
	}
	if (mnl_attr_get_type(attr) == NDA_CACHEINFO && len >= sizeof(info)) {
		memcpy(&info, mnl_attr_get_payload(attr), sizeof(info));
		e->age = info.ndm_updated;
	}
	return MNL_CB_OK;
}

static int take(const struct nlmsghdr *msg, void *to)
{
	const struct ndmsg *ndm = mnl_nlmsg_get_payload(msg);
	struct entry *e = to;

	if (msg->nlmsg_type != RTM_NEWNEIGH || mnl_nlmsg_get_payload_len(msg) < sizeof(*ndm))
		return 0;
	e->any = true;
	e->state = ndm->ndm_state;
	mnl_attr_parse(msg, sizeof(*ndm), attribute, e);
	return 0;
}

static int talk(struct nl *nl, int type, int flags, int ifindex, const struct ip_addr *a,
		struct entry *e)
{
	uint8_t buf[256] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);
	struct ndmsg *ndm;

	msg->nlmsg_type = (uint16_t)type;
	msg->nlmsg_flags = (uint16_t)(type == RTM_NEWNEIGH ? NLM_F_CREATE : 0);
	ndm = mnl_nlmsg_put_extra_header(msg, sizeof(*ndm));
	ndm->ndm_family = a->family == 4 ? AF_INET : AF_INET6;
	ndm->ndm_ifindex = ifindex;
	ndm->ndm_flags = (uint8_t)flags;
	mnl_attr_put(msg, NDA_DST, ip_len(a->family), a->octet);
	return nl_talk(nl, msg, e ? take : NULL, NULL, e);
}

/*
 * Whoever may send packets but not change neighbours still can make the kernel look for one, by
 * having something for it: an empty datagram to the discard port that no router hands on.
 */
static int nudge(int ifindex, const struct ip_addr *a)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(DISCARD_PORT) };
	struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(DISCARD_PORT),
		.sin6_scope_id = (uint32_t)ifindex,
	};
	bool is4 = a->family == 4;
	int fd = socket(is4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int one = 1, r = fd < 0 ? -errno : 0;

	if (r < 0)
		return r;
	memcpy(&v4.sin_addr, a->octet, sizeof(v4.sin_addr));
	memcpy(&v6.sin6_addr, a->octet, sizeof(v6.sin6_addr));
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &ifindex, sizeof(ifindex)) < 0 ||
	    setsockopt(fd, is4 ? IPPROTO_IP : IPPROTO_IPV6, is4 ? IP_TTL : IPV6_UNICAST_HOPS, &one,
		       sizeof(one)) < 0 ||
	    sendto(fd, "", 0, MSG_DONTROUTE | MSG_DONTWAIT,
		   is4 ? (const struct sockaddr *)&v4 : (const struct sockaddr *)&v6,
		   is4 ? sizeof(v4) : sizeof(v6)) < 0)
		r = -errno;
	close(fd);
	return r;
}

/* RFC 1112 6.4, RFC 2464 7; all ones for the broadcast to everyone on the link. */
static bool group_mac(const struct ip_addr *a, struct eth_addr *ret)
{
	enum ip_kind kind = ip_kind(a);
	const uint8_t *o = a->octet;

	if (kind == IP_BROADCAST)
		*ret = (struct eth_addr){ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
	else if (kind == IP_MULTICAST && a->family == 4)
		*ret = (struct eth_addr){ { 0x01, 0x00, 0x5e, o[1] & 0x7f, o[2], o[3] } };
	else if (kind == IP_MULTICAST)
		*ret = (struct eth_addr){ { 0x33, 0x33, o[12], o[13], o[14], o[15] } };
	else
		return false;
	return true;
}

/* What the kernel enters for a subnet's broadcast address. */
static bool is_everyone(const struct eth_addr *mac)
{
	static const struct eth_addr everyone = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };

	return memcmp(mac, &everyone, sizeof(everyone)) == 0;
}

int route_neighbour(struct nl *nl, int ifindex, const struct ip_addr *next_hop,
		    struct eth_addr *ret_mac)
{
	struct entry e = { 0 };
	int r;

	if (group_mac(next_hop, ret_mac))
		return 0;
	r = talk(nl, RTM_GETNEIGH, 0, ifindex, next_hop, &e);
	if (r < 0 && r != -ENOENT)
		return r;
	if (e.any && e.state & VALID && e.has_mac) {
		if (is_everyone(&e.mac))
			return -EHOSTUNREACH;
		*ret_mac = e.mac;
		return 0;
	}
	if (e.any && e.state & NUD_INCOMPLETE)
		return -EAGAIN;
	if (e.any && e.state & NUD_FAILED && e.age < FAILED_TICKS)
		return -EHOSTUNREACH;
	r = talk(nl, RTM_NEWNEIGH, NTF_USE, ifindex, next_hop, NULL);
	if (r == -EPERM)
		r = nudge(ifindex, next_hop);
	return r < 0 ? r : -EAGAIN;
}
