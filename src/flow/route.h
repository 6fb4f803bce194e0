/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * By which way a target is reached: interface, next hop, source address, as this host's kernel
 * decides it now. The kernel is asked (RTM_GETROUTE); the dump of routes and rules
 * only says where its answer may change, so that a range of a million targets costs a handful
 * of questions. Policy routing and VRFs are the kernel's business and come out right.
 */
#pragma once

#include "base/err.h"
#include "base/ip.h"
#include "wire/eth.h"

#define FLOW_ROUTE_PIECES_MAX 65536 /* answers kept; the oldest are asked for again */

enum flow_path_kind {
	FLOW_PATH_ON_LINK, /* the target itself is the next hop */
	FLOW_PATH_GATEWAY,
	FLOW_PATH_LOCAL, /* an address of this host */
	FLOW_PATH_BARE,  /* the interface has no link addresses (tun, wg, ppp, ipip …) */
	FLOW_PATH_NONE,  /* no route, or one that refuses: .error */
};

struct flow_path {
	enum flow_path_kind kind;
	int error; /* NONE: ENETUNREACH, EHOSTUNREACH, EACCES */
	int ifindex;
	char iface[16];
	bool ether;             /* frames need an Ethernet header */
	bool up;                /* the interface is up and has a carrier */
	struct ip_addr source;  /* the address to send from */
	struct ip_addr gateway; /* GATEWAY; may be of the other family */
	struct eth_addr mac;    /* own, ether only */
	unsigned mtu;
	struct ip_addr first; /* this answer holds for @first .. @last */
	struct ip_addr last;
};

struct flow_routes;

struct flow_routes_conf {
	const char *iface;     /* only by this interface (a VRF's name too); NULL: as routes say */
	struct ip_addr source; /* family 0: the route's */
};

/** Read what is needed. 0 with *@ret owned by the caller; -ENODEV (no such interface), -EADDRNOTAVAIL (not this host's address: @err says how to add it), -errno. */
int flow_routes_open(const struct flow_routes_conf *conf, struct flow_routes **ret,
		     struct err *err);
void flow_routes_close(struct flow_routes *r); /* NULL is fine */
void flow_routes_closep(struct flow_routes **r);

/** The way to @dst. Borrowed, until the next call that returns a changed epoch. Never NULL: FLOW_PATH_NONE says there is none. */
const struct flow_path *flow_routes_find(struct flow_routes *r, const struct ip_addr *dst);

/** Descriptor that is readable when routes, addresses, neighbours or links have changed. */
int flow_routes_fd(const struct flow_routes *r);

/** Read those changes. Returns whether any may change answers (all paths borrowed before are then stale). */
bool flow_routes_changed(struct flow_routes *r);

/**
 * The link address of @next_hop on @ifindex, as the kernel's neighbour table knows it; when it does
 * not, the kernel is made to ask (NTF_USE) and the caller asks again later.
 *
 * Returns 0; -EAGAIN: being resolved; -EHOSTUNREACH: it failed; -errno.
 */
int flow_routes_neighbour(struct flow_routes *r, int ifindex, const struct ip_addr *next_hop,
			  struct eth_addr *ret_mac);

/** Whether every one of this host's addresses in @first .. @first+@n-1 is its own (bound to an interface, or in a local route). 0; -EADDRNOTAVAIL with @err naming the first that is not, and the ip(8) command that would add it. */
int flow_routes_own(struct flow_routes *r, const struct ip_addr *first, uint64_t n,
		    struct err *err);
