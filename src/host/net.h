/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network of this host (of the calling thread's namespace): interfaces,
 * addresses, routes of all tables, policy rules, neighbours, from the kernel
 * over rtnetlink. The kernel's messages are kept beside the parsed facts, so that
 * a copy can be made by sending them again.
 */
#pragma once

#include "base/err.h"
#include "base/ip.h"
#include "fact/audit.h"

struct nl;
struct nlmsghdr;

#define HOST_DUMP_MAX (64u << 20) /* octets of one dump; the rest is not kept, .cut says so */

/* One answered dump: the kernel's messages, one behind the other, each aligned. */
struct host_dump {
	uint8_t *octets; /* owned */
	size_t len, room;
	size_t n; /* messages */
	bool cut; /* there were more than HOST_DUMP_MAX octets */
};

/** The message after @prev (NULL: the first), or NULL. Borrowed from @d. */
const struct nlmsghdr *host_dump_next(const struct host_dump *d, const struct nlmsghdr *prev);

/**
 * Ask @nl for all messages of @type (RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE,
 * RTM_GETRULE, RTM_GETNEIGH, RTM_GETQDISC; XFRM_MSG_GETPOLICY of NETLINK_XFRM) of @family (AF_*, or AF_UNSPEC) and append them to @d.
 *
 * Returns 0; -errno, @d then holding no half answer.
 */
int host_dump_read(struct nl *nl, int type, int family, struct host_dump *d);
void host_dump_done(struct host_dump *d);

enum host_link_sort {
	HOST_LINK_LOOPBACK,
	HOST_LINK_ETHER, /* frames with Ethernet headers: physical, bridge, VLAN, bond, TAP, … */
	HOST_LINK_L3,    /* IP packets without link addresses: WireGuard, TUN, PPP, tunnels */
};

/* An interface beyond what struct fact_iface says of it. */
struct host_link {
	int index;
	char name[16];
	char kind[32];  /* the kernel's own word ("veth", "bridge"), "" for hardware */
	unsigned flags; /* IFF_* */
	unsigned type;  /* ARPHRD_* */
	unsigned mtu;   /* octets */
	unsigned group; /* 0: default */
	int master;     /* index of the bridge, bond or VRF it is part of; 0: none */
	bool slave;     /* its packets reach IP as its master's: part of a bridge, bond or team */
	bool tc;        /* a queueing discipline hands arriving packets to classifiers */
	bool xdp;       /* an XDP program is attached */
	uint8_t mac[6]; /* zeroes when it has none */
	enum host_link_sort sort;
};

struct host_addr {
	int index;                /* interface */
	struct ip_addr addr;      /* own; link-local ones carry their zone */
	struct ip_addr peer;      /* the other end of a point-to-point link; family 0: none */
	struct ip_prefix prefix;  /* on-link: around the peer when there is one */
	struct ip_addr broadcast; /* family 0: none */
	unsigned flags;           /* IFA_F_* */
};

struct host_route {
	uint8_t family, type; /* 4 or 6; RTN_* */
	uint32_t table, metric;
	struct ip_prefix dst;
	int index;              /* outgoing interface; 0: none, or several */
	struct ip_addr gateway; /* family 0: none; may be of the other family (RTA_VIA) */
};

/* A gateway as a route (or one leg of a multipath route) names it. */
struct host_gateway {
	int index; /* interface it is reached by */
	struct ip_addr addr;
	bool is_default; /* of a default route */
};

struct host_neigh {
	int index;
	struct ip_addr addr;
	uint8_t mac[6];
	bool has_mac;
};

/* A snapshot. Counts go with their arrays; all is owned by the snapshot. */
struct host_net {
	struct host_dump links, addrs, routes, rules, neighs; /* raw */
	const struct host_link *link;                         /* in the kernel's order */
	const struct fact_iface *iface; /* iface[i] is link[i]; in_twin is false */
	size_t link_n;
	const struct host_addr *addr; /* in the kernel's order */
	size_t addr_n;
	const struct host_route *route; /* without cached ones */
	size_t route_n;
	const struct host_gateway *gateway; /* each (interface, address) once, default ones first */
	size_t gateway_n;
	const struct host_neigh *neigh;
	size_t neigh_n;
	size_t ipsec_n;      /* IPsec policies; 0 also when they may not be read */
	bool has_v4, has_v6; /* the kernel has the family at all */
};

/**
 * Read the network of the calling thread's namespace. Needs no privilege.
 *
 * Returns 0 with *@ret owned by the caller; -errno with @err.
 */
int host_net_read(struct host_net **ret, struct err *err);
void host_net_free(struct host_net *net); /* NULL is fine */
void host_net_freep(struct host_net **net);

const struct host_link *host_net_link(const struct host_net *net, int index); /* or NULL */
const struct host_link *host_net_link_named(const struct host_net *net, const char *name);
