/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host's rtnetlink messages, rewritten so that the twin's kernel takes them
 * and so that two that mean the same are the same octets: state (lifetimes, flags
 * that the kernel alone sets) is cut, interface indexes are the twin's.
 *
 * Reads and writes nothing but its arguments.
 */
#pragma once

#include "twin/twin.h"

struct nlattr;

#define TWIN_REPLAY_ROOM 16384 /* octets; a rewritten message longer than this is refused */

/* Which interface of the twin stands for which of the host; NULL in its place: all for themselves. */
struct twin_map {
	const struct twin_port *port;
	size_t n;
};

/** The twin's index for @host_index; 0: it was not copied, or is part of a bridge or bond. */
int twin_map_index(const struct twin_map *map, int host_index);

/** The attribute after @prev (NULL: the first) of @msg, whose own header has @head octets; or NULL. */
const struct nlattr *twin_replay_attr(const struct nlmsghdr *msg, size_t head,
				      const struct nlattr *prev);

/*
 * Each rewrites @msg (RTM_NEWADDR, RTM_NEWRULE, RTM_NEWROUTE, as a dump tells it)
 * into @ret, a buffer of TWIN_REPLAY_ROOM octets, with no flags set.
 *
 * Returns 0; -ENOENT: nothing that belongs into a twin (cached, of another family,
 * on an interface that was not copied, an address that lost its duplicate
 * detection); -EMSGSIZE: longer than the buffer; -EBADMSG.
 */
typedef int twin_replay(const struct nlmsghdr *msg, const struct twin_map *map,
			struct nlmsghdr *ret);

twin_replay twin_replay_addr, twin_replay_rule, twin_replay_route;
