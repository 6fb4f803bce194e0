/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asking without privilege: TCP by connect(), UDP by connected sockets whose ICMP errors the kernel
 * reports (IP_RECVERR, IPV6_RECVERR), echo by ping sockets. Each question has a socket of its own
 * while it waits; how many may wait follows from RLIMIT_NOFILE.
 */
#pragma once

#include "base/base.h"
#include "base/err.h"
#include "base/ip.h"

struct pio_sockets;

enum pio_socket_kind { PIO_SOCKET_TCP, PIO_SOCKET_UDP, PIO_SOCKET_ECHO };

enum pio_socket_event_kind {
	PIO_SOCKET_OPEN,    /* TCP: connected (and closed again at once, by reset) */
	PIO_SOCKET_REFUSED, /* TCP: reset; UDP: ICMP said so and no more is known */
	PIO_SOCKET_DATA,    /* UDP: a datagram; echo: a reply, from its ICMP header on */
	PIO_SOCKET_ERROR,   /* an ICMP error; of TCP too, where the kernel tells its offender */
	PIO_SOCKET_SILENT,  /* the time given is over */
	PIO_SOCKET_FAILED,  /* this host could not ask: .error is the errno; of TCP, on kernels
			       that tell no more, an ICMP error (EHOSTUNREACH, ENETUNREACH …) */
};

struct pio_socket_ask {
	enum pio_socket_kind kind;
	struct ip_addr dst, src; /* src.family 0: the kernel's choice */
	uint16_t port;
	int ifindex;         /* only by this interface (a VRF too); 0: as routes say */
	uint8_t hops;        /* 0: the kernel's default */
	struct span payload; /* UDP; echo: what follows the header, 1,400 octets at most */
	uint64_t until_ns;   /* monotonic */
	uint64_t tag;        /* the caller's */
};

struct pio_socket_event {
	enum pio_socket_event_kind kind;
	uint64_t tag;
	struct ip_addr from; /* who said so; an ICMP error's offender */
	uint8_t type, code;  /* ICMP error */
	int16_t ttl;         /* -1: not told */
	uint32_t mtu;
	int error;
	struct span data;       /* borrowed until the call returns; ERROR: what we had sent */
	uint64_t sent_ns, t_ns; /* monotonic */
};

/**
 * Raises the soft limit on descriptors to the hard one.
 *
 * @most  sockets at once; 0: as many as the process may have, less some for others
 *
 * Returns 0 with *@ret owned by the caller; -EMFILE, -errno with @err.
 */
int pio_sockets_open(size_t most, struct pio_sockets **ret, struct err *err);
void pio_sockets_close(struct pio_sockets *s); /* NULL is fine */
void pio_sockets_closep(struct pio_sockets **s);

/** Readable when pio_sockets_take() has something besides questions whose time is over. */
int pio_sockets_fd(const struct pio_sockets *s);

/**
 * Ask; allowed within pio_sockets_take()'s @each.
 *
 * Returns 0; -EAGAIN: as many wait as may, take events first; -EPERM: ping sockets are forbidden
 * to this user (net.ipv4.ping_group_range); -EACCES: this host's firewall drops the question, or it
 * is for a broadcast address; -ENETUNREACH, -EADDRNOTAVAIL or other -errno of this one.
 */
int pio_sockets_ask(struct pio_sockets *s, const struct pio_socket_ask *ask);

/**
 * Hand over what has happened, questions whose time is over included. Each question has one event,
 * its last.
 *
 * Returns the number of events; -errno.
 */
int pio_sockets_take(struct pio_sockets *s, uint64_t now_ns,
		     void (*each)(void *to, const struct pio_socket_event *e), void *to);

/** When the next question's time is over; UINT64_MAX: nothing waits. */
uint64_t pio_sockets_next_ns(const struct pio_sockets *s);
