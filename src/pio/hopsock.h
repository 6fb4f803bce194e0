/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Probes with a hop limit of their own, without privilege: a datagram socket (UDP) or a ping socket (echo) a
 * flow, for all targets of one family, each message with its hop limit, and the kernel's account of the
 * ICMP errors about them (IP_RECVERR, IPV6_RECVERR). What messages mean is the business of probe/hop_shot.h.
 */
#pragma once

#include "base/base.h"
#include "base/err.h"
#include "base/ip.h"

struct pio_hopsock;

enum pio_hopsock_kind { PIO_HOPSOCK_ECHO, PIO_HOPSOCK_UDP };

struct pio_hopsock_conf {
	enum pio_hopsock_kind kind;
	const char *iface;     /* NULL: as routes say */
	struct ip_addr source; /* family 0: the kernel's choice */
	size_t flows;          /* sockets a family, opened when first used */
};

struct pio_hopsock_message {
	struct ip_addr dst;
	uint16_t port; /* UDP */
	uint16_t flow;
	uint8_t hops, tos;
	bool df;
	struct span octets; /* UDP: payload; echo: from the ICMP header on */
};

struct pio_hopsock_event {
	uint16_t flow;
	bool error; /* an ICMP error: .type, .code, .mtu, .octets is our message as quoted (perhaps empty) */
	struct ip_addr from; /* who sent it; an error's offender */
	struct ip_addr dst;  /* whom our message was for (of answers: who sent it) */
	uint16_t port;       /* UDP: of the target */
	uint8_t type, code;
	uint32_t mtu;
	int16_t ttl;        /* -1: not told */
	struct span octets; /* borrowed until the call returns */
	struct span
		ext; /* RFC 4884 extensions where the kernel tells them (IP_RECVERR_RFC4884, Linux 5.9); else empty */
	uint64_t t_ns; /* monotonic */
};

/** 0 with *@ret owned by the caller; -EPERM: ping sockets are forbidden to this user (@err says what would do); -errno with @err. */
int pio_hopsock_open(const struct pio_hopsock_conf *conf, struct pio_hopsock **ret,
		     struct err *err);
void pio_hopsock_close(struct pio_hopsock *s); /* NULL is fine */
void pio_hopsock_closep(struct pio_hopsock **s);

int pio_hopsock_fd(const struct pio_hopsock *s); /* readable when take has something (an epoll) */

/** The identifier of @flow's socket (echo) or its source port (UDP), host order; -errno. */
int pio_hopsock_id(struct pio_hopsock *s, int family, uint16_t flow);

/** 0; -EMSGSIZE (with .df, and over IPv6: larger than the first link takes); -EAGAIN, -ENOBUFS: not now; -errno. */
int pio_hopsock_send(struct pio_hopsock *s, const struct pio_hopsock_message *m);

/** Hand over what has happened; does not wait. Number of events, or -errno. */
int pio_hopsock_take(struct pio_hopsock *s,
		     void (*each)(void *to, const struct pio_hopsock_event *e), void *to);
