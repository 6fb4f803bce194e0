/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * By which way a target is reached: interface, next hop, source address, as this host's kernel
 * decides it now. The kernel is asked (RTM_GETROUTE); the dump of routes and rules
 * only says where its answer may change, so that a range of a million targets costs a handful
 * of questions. Policy routing and VRFs are the kernel's business and come out right, but for
 * rules that look at more than addresses and interface (protocol, port, user, mark): those
 * are not told. Of several next hops with equal right, one serves all of a piece.
 *
 * Source: rtnetlink(7), RFC 6724 2.1 (where IPv6 source addresses may differ).
 */
#pragma once

#include "base/err.h"
#include "base/ip.h"
#include "wire/eth.h"

#define FLOW_ROUTE_PIECES_MAX 65536 /* answers kept; the oldest are asked for again */

enum flow_path_kind {
	FLOW_PATH_ON_LINK, /* the target itself is the next hop; broadcast and multicast as well */
	FLOW_PATH_GATEWAY,
	FLOW_PATH_LOCAL, /* an address of this host */
	FLOW_PATH_BARE, /* the interface has no link addresses (tun, wg, ppp, ipip …), or wants none (dummy) */
	FLOW_PATH_NONE, /* no way: .error */
};

struct flow_path {
	enum flow_path_kind kind;
	/*
	 * NONE: ENETUNREACH (no route), EHOSTUNREACH (an "unreachable" route), EACCES
	 * ("prohibit"), EINVAL ("blackhole"), EADDRNOTAVAIL (no own address of this family), or
	 * what else the kernel said.
	 */
	int error;
	int ifindex;
	char iface[16];
	bool ether;             /* frames need an Ethernet header */
	bool up;                /* the interface is up and has a carrier */
	struct ip_addr source;  /* the address to send from */
	struct ip_addr gateway; /* GATEWAY, perhaps BARE; may be of the other family */
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

/**
 * Read what is needed, in the calling thread's network namespace.
 *
 * Returns 0 with *@ret owned by the caller; -ENODEV (no such interface), -EADDRNOTAVAIL (not this
 * host's address: @err says how to add it), -errno.
 */
int flow_routes_open(const struct flow_routes_conf *conf, struct flow_routes **ret,
		     struct err *err);
void flow_routes_close(struct flow_routes *r); /* NULL is fine */
void flow_routes_closep(struct flow_routes **r);

/**
 * The way to @dst (with its zone). Never NULL: FLOW_PATH_NONE says there is none. Borrowed, until
 * flow_routes_changed() returns true or 200 other pieces have been asked for.
 */
const struct flow_path *flow_routes_find(struct flow_routes *r, const struct ip_addr *dst);

/** Descriptor that is readable when routes, rules, addresses or links have changed. */
int flow_routes_fd(const struct flow_routes *r);

/** Read those changes; does not wait. Returns whether any may change answers (all paths borrowed before are then gone). */
bool flow_routes_changed(struct flow_routes *r);

/**
 * The link address of @next_hop on @ifindex, as the kernel's neighbour table knows it; when it does
 * not, the kernel is made to ask (NTF_USE; without CAP_NET_ADMIN by an empty datagram to
 * @next_hop) and the caller asks again later. Group addresses have theirs by computation; a
 * subnet's broadcast address has none here: it is no host.
 *
 * Returns 0; -EAGAIN: being resolved; -EHOSTUNREACH: nobody answered, less than 3 s ago; -errno.
 */
int flow_routes_neighbour(struct flow_routes *r, int ifindex, const struct ip_addr *next_hop,
			  struct eth_addr *ret_mac);

/** Whether what arrives on @ifindex arrives at the bridge, bond or team it is part of as well. */
bool flow_routes_slave(const struct flow_routes *r, int ifindex);

/**
 * Whether every one of @first .. @first+@n-1 is this host's own (bound to an interface, or in a
 * local route).
 *
 * Returns 0; -EADDRNOTAVAIL with @err naming the first that is not, and the ip(8) command that
 * would add it.
 */
int flow_routes_own(struct flow_routes *r, const struct ip_addr *first, uint64_t n,
		    struct err *err);
