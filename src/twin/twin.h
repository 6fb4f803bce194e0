/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The twin: a sealed copy of a host's network in two unnamed network namespaces.
 *
 *	T (inside)   interfaces with the host's names, indexes, MAC addresses and MTUs,
 *	             its addresses, routes, policy rules and sysctls
 *	O (outside)  the other ends of T's cables and nothing else: no address, no IPv6,
 *	             so its kernel never answers; for packet sockets
 *
 * Nothing leads out of either. Nothing is pinned: when the descriptors are closed, or the
 * process dies, both are gone. The firewall (fw.h), listening stubs (stub.h) and
 * probes are added by others. What could not be copied is a gap, never an error.
 *
 * A twin is used by one thread at a time. Every call leaves the thread in the
 * namespace it came from.
 */
#pragma once

#include "base/err.h"
#include "base/ip.h"
#include "fact/audit.h"
#include "host/net.h"
#include "host/sysctl.h"

struct twin;

enum twin_port_kind {
	TWIN_LOOPBACK, /* no outside: probes are sent inside T */
	TWIN_ETHER,    /* a veth; frames with Ethernet headers */
	TWIN_L3,       /* a TUN device; bare IP packets */
};

/* One interface of T and the end of it that the prober holds. */
struct twin_port {
	const char *name; /* as in the host */
	enum twin_port_kind kind;
	int index;      /* in T; the host's, unless a gap says otherwise */
	int host_index; /* in the host */
	int outside;    /* TWIN_ETHER: index of the other end in O; else 0 */
	int tun_fd;     /* TWIN_L3: write = arrives at T, read = T sent it, not blocking; else -1.
			 * Borrowed from the twin */
	uint8_t mac[6]; /* T's end, as in the host; TWIN_ETHER only */
	uint8_t outside_mac[6]; /* of the other end: T's neighbours all have it; TWIN_ETHER only */
	unsigned mtu;           /* octets */
	bool up;    /* it is up in the host and its own master: probes can arrive here */
	bool slave; /* part of a bridge or bond: left down, its master is probed instead */
};

/**
 * Build the twin of @net with the settings @sysctl (NULL: the kernel's defaults).
 * Both are borrowed for the call.
 *
 * T's ICMP rate limiters are off (the host's values stay in @sysctl). Each gateway
 * of the host is a permanent neighbour of T. T speaks by itself (MLD reports, perhaps
 * router solicitations): what comes out at the outside is not all answers.
 *
 * Returns 0 with *@ret owned by the caller; -EPERM naming the missing capability;
 * other -errno with @err.
 */
int twin_new(const struct host_net *net, const struct host_sysctl *sysctl, struct twin **ret,
	     struct err *err);
void twin_free(struct twin *t); /* NULL is fine; closes both namespaces */
void twin_freep(struct twin **t);

/** The namespaces, for ns_visit() and ns_socket(). Borrowed. */
int twin_inside_fd(const struct twin *t);
int twin_outside_fd(const struct twin *t);

/** All interfaces that were copied, in the host's order; lo among them. Borrowed. */
const struct twin_port *twin_ports(const struct twin *t, size_t *ret_n);

/** The port called @name, or NULL. */
const struct twin_port *twin_port_named(const struct twin *t, const char *name);

/** The port that stands for the host's interface @host_index, or NULL. */
const struct twin_port *twin_port_of(const struct twin *t, int host_index);

/**
 * Make @addr a permanent neighbour of T behind @port, so that T answers it at once and
 * asks nobody. To be called for each address a prober uses. Nothing to do (0) for
 * ports without link addresses.
 *
 * Returns 0; -errno with @err.
 */
int twin_add_neighbour(struct twin *t, const struct twin_port *port, const struct ip_addr *addr,
		       struct err *err);

/**
 * Record something that could not be copied; all four texts are copied. Running out
 * of memory here is told by twin_gaps() with a last row that says so. The same
 * (@what, @which, @why) twice is one gap.
 */
void twin_gap(struct twin *t, const char *what, const char *which, const char *why,
	      const char *means);

/** All gaps so far. Valid until the next twin_gap(). */
const struct fact_gap *twin_gaps(const struct twin *t, size_t *ret_n);

/**
 * A raw ICMP (@family 4) or ICMPv6 (6) socket in T, not blocking, with a large
 * receive buffer: it sees every ICMP message that the firewall let through to the
 * host, before sysctls, checksum and type are looked at. IPv4 messages come with their IP header,
 * IPv6 ones without.
 *
 * Returns 0 with *@ret_fd owned by the caller; -errno with @err.
 */
int twin_icmp_open(const struct twin *t, int family, int *ret_fd, struct err *err);

/**
 * Make T's connection tracking forget everything. Nothing to do (0) when the kernel
 * has none.
 *
 * Returns 0; -errno with @err.
 */
int twin_flush_conntrack(struct twin *t, struct err *err);
