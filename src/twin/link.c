/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interfaces: a cable (veth) for what speaks Ethernet, a TUN device for what
 * carries bare IP. T's end has the host's name, index, MAC address, MTU and group.
 */
#include "twin/inside.h"

#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

#include "host/netparse.h"
#include "sys/nl.h"
#include "twin/tun.h"

#define LOWER_UP 0x10000 /* IFF_LOWER_UP: there is a carrier; <net/if.h> lacks it */

#define MTU_MIN 68 /* veth's and TUN's bounds */
#define MTU_MAX 65535

/* For a twin whose kernel keeps the host's index for a device of its own. */
#define INDEX_SPARE 0x40000000

#define LOST_IFACE "nothing was probed through this interface"

struct msg {
	uint8_t octets[1024] __attribute__((aligned(NLMSG_ALIGNTO)));
};

static struct nlmsghdr *link_msg(struct msg *m, int type, uint16_t flags, int index)
{
	struct nlmsghdr *msg = mnl_nlmsg_put_header(m->octets);
	struct ifinfomsg *info;

	msg->nlmsg_type = (uint16_t)type;
	msg->nlmsg_flags = flags;
	info = mnl_nlmsg_put_extra_header(msg, sizeof(*info));
	info->ifi_index = index;
	return msg;
}

/* The other end has no name that anybody knows; no kernel makes such a device by itself. */
static void outside_name(int host_index, char name[static TWIN_NAME_LEN])
{
	snprintf(name, TWIN_NAME_LEN, "o%d", host_index);
}

static uint32_t mtu_of(const struct host_link *link)
{
	return MIN(MAX(link->mtu, MTU_MIN), MTU_MAX);
}

static void put_peer(struct nlmsghdr *msg, const struct twin *t, const struct host_link *link,
		     int index)
{
	uint8_t mac[6] = { 0x02,
			   'S',
			   'o',
			   (uint8_t)(link->index >> 16),
			   (uint8_t)(link->index >> 8),
			   (uint8_t)link->index };
	struct nlattr *peer = mnl_attr_nest_start(msg, VETH_INFO_PEER);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(msg, sizeof(*info));
	char name[TWIN_NAME_LEN];

	info->ifi_index = index;
	outside_name(link->index, name);
	mnl_attr_put_strz(msg, IFLA_IFNAME, name);
	mnl_attr_put(msg, IFLA_ADDRESS, sizeof(mac), mac);
	mnl_attr_put_u32(msg, IFLA_MTU, mtu_of(link));
	mnl_attr_put_u32(msg, IFLA_NET_NS_FD, (uint32_t)t->outside);
	mnl_attr_nest_end(msg, peer);
}

static int make_cable(struct twin *t, const struct host_link *link, int index, int outside)
{
	static const uint8_t none[6];
	struct msg m;
	struct nlmsghdr *msg = link_msg(&m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, index);
	struct nlattr *info, *data;

	mnl_attr_put_strz(msg, IFLA_IFNAME, link->name);
	if (memcmp(link->mac, none, sizeof(none)) != 0)
		mnl_attr_put(msg, IFLA_ADDRESS, sizeof(link->mac), link->mac);
	mnl_attr_put_u32(msg, IFLA_MTU, mtu_of(link));
	mnl_attr_put_u32(msg, IFLA_GROUP, link->group);
	info = mnl_attr_nest_start(msg, IFLA_LINKINFO);
	mnl_attr_put_strz(msg, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(msg, IFLA_INFO_DATA);
	put_peer(msg, t, link, outside);
	mnl_attr_nest_end(msg, data);
	mnl_attr_nest_end(msg, info);
	return nl_talk(t->in, msg, NULL, NULL, NULL);
}

static bool is_index_taken(int r)
{
	return r == -EEXIST || r == -EBUSY;
}

static int make_ether(struct twin *t, const struct host_link *link, struct twin_port *port)
{
	int spare = INDEX_SPARE + link->index;
	int r = make_cable(t, link, link->index, link->index);

	if (is_index_taken(r))
		r = make_cable(t, link, link->index, spare);
	if (is_index_taken(r))
		r = make_cable(t, link, spare, spare);
	port->kind = TWIN_ETHER;
	return r;
}

static int set_l3(struct twin *t, const struct host_link *link)
{
	struct msg m;
	struct nlmsghdr *msg = link_msg(&m, RTM_NEWLINK, 0, 0);

	mnl_attr_put_strz(msg, IFLA_IFNAME, link->name);
	mnl_attr_put_u32(msg, IFLA_MTU, mtu_of(link));
	mnl_attr_put_u32(msg, IFLA_GROUP, link->group);
	mnl_attr_put_u32(msg, IFLA_TXQLEN, TWIN_TUN_QUEUE);
	return nl_talk(t->in, msg, NULL, NULL, NULL);
}

static int make_l3(struct twin *t, const struct host_link *link, struct twin_port *port)
{
	int fd, r = twin_tun_open(t->inside, link->name, link->index, link->type, &fd);

	if (is_index_taken(r))
		r = twin_tun_open(t->inside, link->name, INDEX_SPARE + link->index, link->type,
				  &fd);
	if (r == -ENOENT || r == -ENODEV || r == -EACCES) {
		twin_gap(t, "interface", link->name, "/dev/net/tun cannot be opened here",
			 "the twin has an Ethernet interface in its place");
		return make_ether(t, link, port);
	}
	if (r < 0)
		return r;
	port->kind = TWIN_L3;
	port->tun_fd = fd;
	return set_l3(t, link);
}

static int make_one(struct twin *t, const struct host_link *link, struct twin_port *port)
{
	switch (link->sort) {
	case HOST_LINK_LOOPBACK:
		port->kind = TWIN_LOOPBACK;
		return 0;
	case HOST_LINK_ETHER:
		return make_ether(t, link, port);
	case HOST_LINK_L3:
		return make_l3(t, link, port);
	}
	return -EINVAL;
}

/* A new namespace may hold fallback tunnel devices, which some kernels do not let go. */
static int clear(struct twin *t, const struct host_net *net)
{
	struct host_dump left = { 0 };
	int r = host_dump_read(t->in, RTM_GETLINK, AF_UNSPEC, &left);

	for (const struct nlmsghdr *msg = NULL; r == 0 && (msg = host_dump_next(&left, msg));) {
		struct host_link link;
		char name[TWIN_NAME_LEN];
		struct msg m;

		if (host_net_parse_link(msg, &link) < 0 || link.sort == HOST_LINK_LOOPBACK)
			continue;
		nl_talk(t->in, link_msg(&m, RTM_DELLINK, 0, link.index), NULL, NULL, NULL);
		if (!host_net_link_named(net, link.name))
			continue;
		/* Still there or not: the name must be free. */
		snprintf(name, sizeof(name), "own%d", link.index);
		link_msg(&m, RTM_NEWLINK, 0, link.index);
		mnl_attr_put_strz((void *)m.octets, IFLA_IFNAME, name);
		nl_talk(t->in, (void *)m.octets, NULL, NULL, NULL);
	}
	host_dump_done(&left);
	return r;
}

static int set_flags(struct nl *nl, int index, unsigned flags, unsigned change)
{
	struct msg m;
	struct nlmsghdr *msg = link_msg(&m, RTM_NEWLINK, 0, index);
	struct ifinfomsg *info = mnl_nlmsg_get_payload(msg);

	info->ifi_flags = flags;
	info->ifi_change = change;
	return nl_talk(nl, msg, NULL, NULL, NULL);
}

/* What the kernel made of it: indexes and MAC addresses, by name. */
static int look(struct nl *nl, void (*each)(struct twin *, const struct host_link *),
		struct twin *t)
{
	struct host_dump links = { 0 };
	int r = host_dump_read(nl, RTM_GETLINK, AF_UNSPEC, &links);
	struct host_link link;

	for (const struct nlmsghdr *msg = NULL; r == 0 && (msg = host_dump_next(&links, msg));)
		if (host_net_parse_link(msg, &link) == 0)
			each(t, &link);
	host_dump_done(&links);
	return r;
}

static void see_inside(struct twin *t, const struct host_link *link)
{
	for (size_t i = 0; i < t->port_n; i++)
		if (strcmp(t->port[i].name, link->name) == 0) {
			t->port[i].index = link->index;
			t->port[i].mtu = link->mtu;
			memcpy(t->port[i].mac, link->mac, sizeof(link->mac));
		}
}

static void see_outside(struct twin *t, const struct host_link *link)
{
	char name[TWIN_NAME_LEN];

	for (size_t i = 0; i < t->port_n; i++) {
		outside_name(t->port[i].host_index, name);
		if (t->port[i].kind != TWIN_ETHER || strcmp(name, link->name) != 0)
			continue;
		t->port[i].outside = link->index;
		memcpy(t->port[i].outside_mac, link->mac, sizeof(link->mac));
	}
}

static void tell_slaves(struct twin *t, const struct host_net *net, const struct host_link *master)
{
	char why[128];
	size_t n = 0;

	for (size_t i = 0; i < net->link_n; i++)
		n += net->link[i].slave && net->link[i].master == master->index;
	if (n == 0)
		return;
	snprintf(why, sizeof(why), "its %zu members stand beside it in the twin, not in it", n);
	twin_gap(t, "interface", master->name, why,
		 "rules that name a member (bridge family, physdev) were not put to the proof");
}

/* Types that are bare IP by nature; a TUN device is their equal. */
static bool is_bare_ip(unsigned type)
{
	static const unsigned types[] = {
		65534 /* ARPHRD_NONE */, ARPHRD_PPP, 519 /* RAWIP */, ARPHRD_TUNNEL,
		ARPHRD_TUNNEL6,          ARPHRD_SIT, ARPHRD_IPGRE,    823 /* IP6GRE */,
	};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (types[i] == type)
			return true;
	return false;
}

static void tell_differences(struct twin *t, const struct host_net *net,
			     const struct host_link *link, const struct twin_port *port)
{
	if (port->index != port->host_index)
		twin_gap(t, "interface", link->name, "its index is taken by a device of the kernel",
			 "its index in the twin is another; only names were put to the proof");
	if (link->mtu != port->mtu && link->sort != HOST_LINK_LOOPBACK)
		twin_gap(t, "interface", link->name, "no veth or TUN device can have its MTU",
			 "sizes of packets near its MTU were not put to the proof");
	if (port->up && !(link->flags & LOWER_UP))
		twin_gap(t, "interface", link->name, "the host's has no carrier, the twin's has",
			 "its answers are those it will give once it is connected");
	if (link->sort == HOST_LINK_L3 && !is_bare_ip(link->type))
		twin_gap(t, "interface", link->name, "its own kind of frames",
			 "the twin has bare IP in its place");
	if (strcmp(link->kind, "wireguard") == 0)
		twin_gap(t, "interface", link->name, "WireGuard's allowed addresses",
			 "packets that WireGuard itself drops for their source got through");
	if (strcmp(link->kind, "vrf") == 0)
		twin_gap(t, "interface", link->name, "a VRF",
			 "its members answer by the main routing table");
	if (link->xdp)
		twin_gap(t, "interface", link->name, "its XDP program",
			 "packets that the program drops or redirects got through");
	if (link->tc)
		twin_gap(t, "interface", link->name, "its ingress classifiers (tc)",
			 "packets that they drop or redirect got through");
	tell_slaves(t, net, link);
}

static void make_port(struct twin *t, const struct host_link *link)
{
	struct twin_port *port = &t->port[t->port_n];
	int r;

	memcpy(t->port_name[t->port_n], link->name, TWIN_NAME_LEN);
	*port = (struct twin_port){
		.name = t->port_name[t->port_n],
		.host_index = link->index,
		.tun_fd = -1,
		.up = link->flags & IFF_UP && !link->slave,
		.slave = link->slave,
	};
	r = make_one(t, link, port);
	if (r < 0 && port->tun_fd >= 0)
		close(port->tun_fd);
	if (r < 0)
		twin_gap(t, "interface", link->name, strerror(-r), LOST_IFACE);
	else
		t->port_n++;
}

int twin_link_make(struct twin *t, const struct host_net *net, struct err *err)
{
	/* To change nothing takes the same right as to change something. */
	int r = set_flags(t->in, 1, 0, 0);

	if (r == -EPERM)
		return err_set(err, r,
			       "making the twin's interfaces needs CAP_NET_ADMIN: run it as root");
	r = clear(t, net);
	t->port = calloc(net->link_n + 1, sizeof(*t->port));
	t->port_name = calloc(net->link_n + 1, sizeof(*t->port_name));
	if (!t->port || !t->port_name)
		return err_set(err, -ENOMEM, "making the twin's interfaces: out of memory");
	for (size_t i = 0; r == 0 && i < net->link_n; i++)
		make_port(t, &net->link[i]);
	if (r == 0)
		r = look(t->in, see_inside, t);
	if (r == 0)
		r = look(t->out, see_outside, t);
	if (r < 0)
		return err_set(err, r, "making the twin's interfaces: %s", strerror(-r));
	for (size_t i = 0; i < t->port_n; i++)
		tell_differences(t, net, host_net_link(net, t->port[i].host_index), &t->port[i]);
	if (net->ipsec_n > 0)
		twin_gap(t, "IPsec", "its policies", "the twin has none",
			 "packets that a policy wants encrypted got through in the clear");
	if (net->links.cut)
		twin_gap(t, "interface", "those beyond the first 64 MiB", "more than Sonde keeps",
			 "nothing was probed through them");
	return 0;
}

static void set_mtu(struct twin *t, int index, uint32_t mtu)
{
	struct msg m;
	struct nlmsghdr *msg = link_msg(&m, RTM_NEWLINK, 0, index);

	mnl_attr_put_u32(msg, IFLA_MTU, mtu);
	nl_talk(t->in, msg, NULL, NULL, NULL);
}

void twin_link_up(struct twin *t, const struct host_net *net)
{
	for (size_t i = 0; i < t->port_n; i++) {
		struct twin_port *port = &t->port[i];
		const struct host_link *link = host_net_link(net, port->host_index);
		unsigned change =
			port->kind == TWIN_LOOPBACK ? IFF_UP : IFF_UP | IFF_NOARP | IFF_MULTICAST;
		unsigned flags = link->flags & change & ~(unsigned)IFF_UP;
		int r = 0;

		if (port->kind == TWIN_LOOPBACK && link->mtu != port->mtu) {
			set_mtu(t, port->index, link->mtu);
			port->mtu = link->mtu;
		}
		/* The far end first: then this one has a carrier at once. */
		if (port->outside && port->up)
			r = set_flags(t->out, port->outside, IFF_UP, IFF_UP);
		if (r == 0)
			r = set_flags(t->in, port->index, flags | (port->up ? IFF_UP : 0), change);
		if (r == 0)
			continue;
		port->up = false;
		twin_gap(t, "interface", port->name, strerror(-r), LOST_IFACE);
	}
}
