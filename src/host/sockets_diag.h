/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets from the kernel's socket diagnostics: sock_diag(7), linux/inet_diag.h. */
#pragma once

#include "host/sockets_list.h"

struct nl;
struct nlmsghdr;

/**
 * Append all sockets of @src in @family (4 or 6) whose kernel state is in @states.
 *
 * @nl  a NETLINK_SOCK_DIAG conversation
 *
 * Returns 0; -ENOENT when the kernel has no diagnostics for them; else -errno.
 */
int sockets_diag_read(struct nl *nl, const struct sockets_source *src, int family, uint32_t states,
		      struct sockets_list *to);

/**
 * One message of the answer, whatever its octets.
 *
 * Returns 0; -EBADMSG, nothing written, when it is no whole socket of IPv4 or IPv6.
 */
int sockets_diag_parse(const struct nlmsghdr *msg, enum fact_proto proto,
		       struct sockets_entry *ret_entry);
