/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between the engines and the back ends: finds the way to each target, opens a back end for each
 * way, builds packets in its memory, sends them, and gives replies back. Without the privilege to
 * send packets (or with "sockets") it asks through sockets, and the caller cannot tell but for
 * shooter_can().
 *
 * Knows link addresses: every ARP or ND answer that passes is remembered (NEIGHBOURS_MAX
 * of them, the oldest forgotten); for the others the kernel is asked.
 */
#pragma once

#include "flow/route.h"
#include "probe/hop_shot.h"
#include "probe/reply.h"
#include "probe/space.h"

#define SHOOTER_WAYS_MAX 6 /* interfaces used at once; targets behind further ones are ENOBUFS */

struct pio_packet_mem;
struct shooter;

struct shooter_conf {
	const char *backend;   /* "auto", a name of pio/packets.def, "sockets" */
	const char *iface;     /* NULL: as routes say */
	struct ip_addr source; /* family 0: the route's */
	const struct space
		*sources; /* further own addresses: source 1.. is number 0.. of it; NULL: none */
	bool spread;      /* no ask needs that packets leave in the order they are given */
	bool connect;     /* TCP SYN is asked by connect(), whatever else leaves as a packet */
	int source_port;  /* first of ours; -1: free ones are found and reserved */
	uint8_t hops;     /* 0: 64 */
	bool hops_run;    /* shooter_send_hops() and shooter_recv_hops() are used, not the others */
	uint16_t flows;   /* hops_run: so many source ports are needed; 0: HOP_FLOWS_MAX */
	size_t ring_len;  /* octets of receive buffer a way; 0: the back end's default */
	size_t room;      /* octets of the longest packet; 0: PIO_PACKET_ROOM */
	const struct pio_packet_mem *mem; /* backend "memory" only */
};

struct shooter_shot {
	struct ip_addr dst;
	struct ask ask;
	uint8_t try;
	uint16_t source;   /* 0: the route's */
	uint64_t until_ns; /* sockets: how long to wait for the answer */
	int result; /* set: 0: it left; EAGAIN, ENOBUFS: not now (link address being found, ring full); else why it never will */
};

struct shooter_counts {
	uint64_t sent, received, forged, drops;
};

/** 0 with *@ret owned by the caller; -EPERM: @backend needs a privilege that is missing (never with "auto"); -EINVAL: no such back end; -ENODEV, -EADDRNOTAVAIL, -errno with @err. */
int shooter_open(const struct shooter_conf *conf, struct shooter **ret, struct err *err);
void shooter_close(struct shooter *s); /* NULL is fine */
void shooter_closep(struct shooter **s);

/** Whether asks of @kind can be sent at all here (sockets: TCP SYN as connect, UDP, and echo where this user may ping). */
bool shooter_can(const struct shooter *s, enum ask_kind kind);

/** Whether TCP SYN is asked by connect(). */
bool shooter_connects(const struct shooter *s);

/** "packet", "ip", "xdp", "sockets", "memory": of the way to @dst; opens it if need be, NULL when that fails. */
const char *shooter_backend(struct shooter *s, const struct ip_addr *dst);

/** The way to @dst; see flow_routes_find(). */
const struct flow_path *shooter_path(struct shooter *s, const struct ip_addr *dst);

/** Take notice of what changed of routes and links; shooter_recv() does so now and then. */
void shooter_look(struct shooter *s);

/** The name of an interface in use that went down and is not back; NULL: there is none. */
const char *shooter_down(const struct shooter *s);

/** It is back: forget that it was down. */
void shooter_back(struct shooter *s, int ifindex);

/** Send @n shots in their order; each gets its .result. Returns how many left. */
unsigned shooter_send(struct shooter *s, struct shooter_shot *shot, unsigned n);

/**
 * Hand over the replies that have arrived; does not wait. @source is the number of our address it came to.
 *
 * Returns how many; -ENETDOWN when an interface in use went down (told once each; shooter_path() then says which); -errno.
 */
int shooter_recv(struct shooter *s,
		 void (*each)(void *to, uint16_t source, const struct reply *reply), void *to);

/*
 * Probes with a hop limit of their own (probe/hop_shot.h). With packets they leave as the others do; without the
 * privilege, UDP and echo leave by pio/hopsock.h, TCP by connect(), whose source port (and so its path)
 * is another one each time.
 */
struct shooter_hop {
	struct hop_shot shot; /* .src is set by shooter_send_hops() */
	uint64_t until_ns;    /* TCP by connect(): how long to wait */
	int result; /* set: as in struct shooter_shot; EMSGSIZE: larger than the first link takes */
};

/** As shooter_send(); of what is behind a probe that was refused with EMSGSIZE, some may be ENOBUFS: not now. */
unsigned shooter_send_hops(struct shooter *s, struct shooter_hop *hop, unsigned n);

/** As shooter_recv(), for the replies to those. A run has either kind of probes, not both. */
int shooter_recv_hops(struct shooter *s, void (*each)(void *to, const struct hop_reply *reply),
		      void *to);

/** Whether hop probes of @kind can be sent here at all, and whether one flow's probes leave with one source port. */
bool shooter_can_hops(const struct shooter *s, enum ask_kind kind, bool *ret_one_flow);

/** Descriptors to wait on: at most @n are written. Returns how many. */
unsigned shooter_fds(const struct shooter *s, int *ret_fd, unsigned n);

/** When shooter_recv() must be called though nothing is readable (time-outs of sockets); UINT64_MAX: never. */
uint64_t shooter_next_ns(const struct shooter *s);

/** The link address of @a, if it is known. */
bool shooter_neighbour(const struct shooter *s, const struct ip_addr *a, struct eth_addr *ret_mac);

/** Of shooter_counts() the forged ones, without asking anybody. */
uint64_t shooter_forged(const struct shooter *s);

/** So far. */
struct shooter_counts shooter_counts(struct shooter *s);
