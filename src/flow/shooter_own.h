/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the shooter share. */
#pragma once

#include <net/if.h>

#include "flow/neighbours.h"
#include "flow/shooter.h"
#include "pio/hopsock.h"
#include "pio/packet.h"
#include "pio/sockets.h"
#include "probe/shot.h"

#define SHOOTER_PORTS   512       /* source ports of one run */
#define SHOOTER_RECV_N  1024      /* packets taken in one call, so that sending gets its turn */
#define SHOOTER_LOOK    256       /* receptions between two looks at routes */
#define SHOOTER_ASKED_N (1 << 16) /* questions that wait in sockets */

/* One interface in use. */
struct shooter_way {
	int ifindex; /* 0: free */
	char name[IF_NAMESIZE];
	const struct pio_packet_ops *ops;
	void *self; /* NULL: it went down, and is opened again when it is up */
	bool told;  /* that it went down; until it is up again */
};

/* A question that waits in a socket of its own. */
struct shooter_asked {
	struct ip_addr dst, local;
	struct ask ask;
	uint8_t try;
	uint16_t source;
	uint16_t flow, number; /* of a hop probe */
	uint32_t next;         /* of the free list */
};

/* Probes to send, of either kind. */
struct shooter_batch {
	void *first;
	size_t stride, dst_at,
		result_at; /* octets: from one to the next, to its struct ip_addr, to its int */
	unsigned n;
	/* Build @probe into @slot, its next hop's link address included. 0; -errno. */
	int (*build)(struct shooter *s, const struct flow_path *path, struct pio_slot *slot,
		     const void *probe);
};

struct shooter {
	struct flow_routes *routes;
	const char *backend, *iface;
	const struct pio_packet_mem *mem;
	const struct space *sources;
	uint8_t hops;
	bool spread;
	size_t ring_len, room;
	struct shot_codec codec;
	struct hop_codec hop;
	char filter[1024];
	struct shooter_way way[SHOOTER_WAYS_MAX];
	struct neighbours *neighbours;
	struct pio_sockets *sockets; /* NULL: packets are all that is sent */
	bool packets;                /* .sockets are for TCP SYN alone */
	bool may_ping;               /* .sockets: echo may be asked */
	struct ip_addr source;       /* that was wanted; family 0: the route's */
	int ifindex;                 /* of the interface that was wanted; 0: none */
	struct shooter_asked *asked; /* with .sockets: SHOOTER_ASKED_N */
	uint32_t asked_free, asked_n;
	bool hops_run;
	struct pio_hopsock *hop_echo, *hop_udp; /* NULL: packets, or it is forbidden */
	uint8_t message[HOP_LEN_MAX];           /* the one being sent by those */
	struct shooter_counts count;
	unsigned since_look;

	/* Hop runs, by packets: what returns by another interface than it went. NULL: not open. */
	void *ear;

	/* While receiving. */
	struct shooter_way *receiving;
	void (*each)(void *to, uint16_t source, const struct reply *reply);
	void (*each_hop)(void *to, const struct hop_reply *reply);
	void *to;
	int replies;
};

/** The way of @path, opened if need be. 0; 1: it was opened just now; -ENOBUFS: too many; -errno. */
int shooter_way_open(struct shooter *s, const struct flow_path *path, struct shooter_way **ret,
		     struct err *err);

/** The way's interface is gone: close it, to be opened again when it is back. */
void shooter_way_down(struct shooter_way *w);

/** The address that source @i stands for. False: there is no such. */
bool shooter_source(const struct shooter *s, const struct flow_path *path, uint16_t i,
		    struct ip_addr *ret_addr);

/** The number of our address @local. */
uint16_t shooter_source_number(const struct shooter *s, const struct ip_addr *local);

/** Send them as packets, those of one way together, in their order. Returns how many left. */
unsigned shooter_send_batch(struct shooter *s, const struct shooter_batch *b);

/** The link address of who gets frames to @dst first. 0; -EAGAIN: being found out; -errno. */
int shooter_next_mac(struct shooter *s, const struct flow_path *path, const struct ip_addr *dst,
		     struct eth_addr *ret_mac);

/** Take what has arrived on all ways. As shooter_recv(), with @each given @s. */
int shooter_recv_ways(struct shooter *s, void (*each)(void *shooter, const struct pio_arrival *a));

/* By sockets (shooter_sock.c). */
static inline bool shooter_by_sock(const struct shooter *s, enum ask_kind kind)
{
	return s->sockets && (!s->packets || kind == ASK_TCP_SYN);
}
int shooter_sock_open(struct shooter *s, struct err *err);
unsigned shooter_sock_send(struct shooter *s, struct shooter_shot *shot, unsigned n);
int shooter_sock_recv(struct shooter *s);

/** A place to remember a question in; NULL: as many wait as may. *@ret_at is its tag. */
struct shooter_asked *shooter_asked_take(struct shooter *s, uint32_t *ret_at);

/** Its question is over, or was not asked. */
void shooter_asked_give(struct shooter *s, uint32_t at);

/* Hop probes by sockets (shooter_hops_sock.c). */
int shooter_hops_sock_open(struct shooter *s, struct err *err);
unsigned shooter_hops_sock_send(struct shooter *s, struct shooter_hop *hop, unsigned n);
int shooter_hops_sock_recv(struct shooter *s);
