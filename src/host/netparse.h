/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rtnetlink's messages to the structs of net.h. Total: a message that is short or
 * lacks what it must have is refused. Reads nothing but its arguments.
 *
 * Source: rtnetlink(7) and the kernel's uapi headers.
 */
#pragma once

#include "host/net.h"

/** Calls @each for each gateway of @msg, an RTM_NEWROUTE; multipath legs in order. */
void host_net_parse_gateways(const struct nlmsghdr *msg,
			     void (*each)(const struct host_gateway *gw, void *to), void *to);

/* Each returns 0 and writes its result, or -EBADMSG, or -ENOENT for a message that is
 * none of ours (cached routes, other families). */
int host_net_parse_link(const struct nlmsghdr *msg, struct host_link *ret);
int host_net_parse_addr(const struct nlmsghdr *msg, struct host_addr *ret);
int host_net_parse_route(const struct nlmsghdr *msg, struct host_route *ret);
int host_net_parse_neigh(const struct nlmsghdr *msg, struct host_neigh *ret);

/** The interface to whose arriving packets @msg, an RTM_NEWQDISC, ties classifiers; 0: none. */
int host_net_parse_ingress(const struct nlmsghdr *msg);

/** Is @msg, an XFRM_MSG_NEWPOLICY, a policy of the host? Key daemons have others, for their own sockets. */
bool host_net_parse_ipsec(const struct nlmsghdr *msg);
