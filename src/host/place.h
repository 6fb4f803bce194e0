/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Places to look at a host from: which address a stranger may have, which a
 * neighbour, and which of the host's own addresses it would speak to. Questions to
 * a struct host_net; nothing is asked of the kernel.
 */
#pragma once

#include "host/net.h"

/* A prober's address and the host's address to probe from it. */
struct host_place {
	struct ip_addr source; /* the prober's; of no one else that the host knows of */
	struct ip_addr addr;   /* one of the host's own, on the interface in question */
};

/** Is @addr held by a local address, a local prefix or a route that is not a default route? */
bool host_place_known(const struct host_net *net, const struct ip_addr *addr);

/**
 * The host's own address on interface @index that a stranger would speak to: the
 * first global one; link-local ones never.
 *
 * Returns 0; -ENOENT: it has none of @family (4 or 6).
 */
int host_place_own(const struct host_net *net, int index, int family, struct ip_addr *ret);

/**
 * A place that no local prefix and no route but a default one holds. From the
 * documentation ranges (RFC 5737, RFC 3849, RFC 9637) when the host leaves one
 * unused, else from benchmarking or public space: the packets never leave the machine.
 * Default routes are those of 0 or 1 bits, in IPv6 up to 3 (2000::/3).
 *
 * Returns 0; -ENOENT: interface @index has no address of @family, or no such
 * source is left.
 */
int host_place_stranger(const struct host_net *net, int index, int family, struct host_place *ret);

/**
 * A place on the link: an unused address of one of the interface's own prefixes,
 * not its network's, broadcast's, gateway's or a known neighbour's. IPv6 falls back
 * to a link-local address (with its zone) when no wider prefix has room. A link that
 * never holds more than two (/30, /31, /127, point-to-point) is seen from its other end.
 *
 * Returns 0; -ENOENT: no prefix of @family with room for anyone else (/32, /128).
 */
int host_place_neighbour(const struct host_net *net, int index, int family, struct host_place *ret);
