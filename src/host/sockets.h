/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sockets of the calling thread's network namespace, from the kernel's
 * socket diagnostics over netlink; from /proc/thread-self/net where the kernel
 * has none for a protocol (ICMP never; raw, UDP-Lite and SCTP by configuration).
 * A protocol that the kernel does not have yields no socket and no error.
 *
 * Needs no privilege, except to see the processes of other users. Unix, packet
 * and netlink sockets are not read: the network cannot see them.
 */
#pragma once

#include "base/err.h"
#include "fact/socket.h"

#define HOST_SOCKETS_MAX (8u << 20) /* sockets; a host that has more is refused with -E2BIG */

#define HOST_SOCKETS_BIT(proto) (1u << (proto))

/* What to read; zeroed: all sockets, without processes and names. */
struct host_sockets_want {
	unsigned protos; /* HOST_SOCKETS_BIT(FACT_TCP) | …; 0: all */
	uint8_t family;  /* 4, 6; 0: both */
	bool listening; /* only what takes packets of strangers: listeners, datagram sockets without peer */
	bool processes; /* look for pid and program */
	bool names;     /* look for user and service */
};

struct host_sockets_own; /* what the texts of the items live in */

struct host_sockets {
	struct fact_socket *item; /* by protocol; listeners first; then port, family, addresses */
	size_t n;
	size_t unseen; /* of these: held by processes that we may not look into */
	struct host_sockets_own *own;
};

/**
 * Read them.
 *
 * Returns 0 with *@ret_sockets owned by the caller; -errno with @err, and nothing
 * written: out of memory, too many sockets, or neither netlink nor /proc can be read.
 */
int host_sockets_read(const struct host_sockets_want *want, struct host_sockets **ret_sockets,
		      struct err *err);
void host_sockets_free(struct host_sockets *s); /* NULL is fine */
void host_sockets_freep(struct host_sockets **s);

/**
 * How far a bind to @local reaches, on device @ifindex (0: on every device).
 *
 * An IPv4 address inside IPv6 (::ffff:127.0.0.1) is what it stands for. Multicast groups
 * reach as far as their scope: RFC 4291 2.7, RFC 5771 4.
 */
enum fact_reach sockets_reach(const struct ip_addr *local, uint32_t ifindex);

/** The IPv4 address inside ::ffff:0:0/96 (RFC 4291 2.5.5.2); any other address as it is. */
struct ip_addr sockets_unmapped(const struct ip_addr *a);
