/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of flow/route.h share: the question to the kernel, and where its answer may change. */
#pragma once

#include "flow/route.h"
#include "host/net.h"
#include "sys/nl.h"

/* The starts of the pieces of one family's address space, sorted, the first of them all zeroes. */
struct route_edges {
	uint8_t *octet;   /* owned; .n addresses of 4 or 16 octets, one behind the other */
	uint32_t *answer; /* owned; per piece: a number the owner gives; 0 at first */
	size_t n, room;
	int family;
};

/** All of @family that @net's routes and rules know of. 0; -ENOMEM. */
int route_edges_make(const struct host_net *net, int family, struct route_edges *ret);
void route_edges_done(struct route_edges *e);

/** The piece that @a lies in, and its ends. */
size_t route_edges_find(const struct route_edges *e, const struct ip_addr *a,
			struct ip_addr *ret_first, struct ip_addr *ret_last);

/**
 * Ask @nl for the way to @dst by @oif (0: any) from @source (family 0: any).
 *
 * Fills @ret_path but for .first and .last. What the kernel refuses is FLOW_PATH_NONE.
 */
void route_ask(struct nl *nl, const struct host_net *net, const struct ip_addr *dst, int oif,
	       const struct ip_addr *source, struct flow_path *ret_path);

/** Whether @a is @net's own, and the last address up to which all others are, too. */
bool route_local(const struct host_net *net, const struct ip_addr *a, struct ip_addr *ret_last);

/** -EADDRNOTAVAIL with the ip(8) command that would make @a (and the others up to @last) @net's own. @iface: NULL: not known. */
int route_local_refuse(const struct host_net *net, const struct ip_addr *a,
		       const struct ip_addr *last, const char *iface, struct err *err);

/** Ask @nl for a neighbour; see flow_routes_neighbour(). */
int route_neighbour(struct nl *nl, int ifindex, const struct ip_addr *next_hop,
		    struct eth_addr *ret_mac);
