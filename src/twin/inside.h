/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of this room share of a twin while they build it. Nobody else's business. */
#pragma once

#include "twin/replay.h"
#include "twin/stub.h"
#include "twin/twin.h"

struct nl;

#define TWIN_NAME_LEN 16 /* IFNAMSIZ */

struct twin {
	int inside, outside; /* the namespaces */
	struct nl *in, *out; /* rtnetlink in either */
	struct nl *ct;       /* ctnetlink in T; NULL until it is wanted */
	struct twin_port *port;
	char (*port_name)[TWIN_NAME_LEN];
	size_t port_n;
	struct fact_gap *gap;
	size_t gap_n, gap_room;
	bool gap_lost; /* there was no memory for one */
};

/** All interfaces of @net: made, with their MTUs, not yet up. What fails is a gap; -errno when nothing can be. */
int twin_link_make(struct twin *t, const struct host_net *net, struct err *err);

/** Set up, on both sides, what is up in @net. */
void twin_link_up(struct twin *t, const struct host_net *net);

/* The settings, in three steps around the interfaces; the thread must be in T. @s may be NULL. */
void twin_sysctl_early(struct twin *t, const struct host_sysctl *s);
void twin_sysctl_links(struct twin *t, const struct host_sysctl *s);
void twin_sysctl_late(struct twin *t, const struct host_sysctl *s);

/** What this thread's namespace must be for the outside: silent. */
void twin_sysctl_outside(void);

/** Make T's addresses, rules and routes those of @net. */
void twin_sync_all(struct twin *t, const struct host_net *net);

void twin_gap_free(struct twin *t);

struct twin_stub {
	int fd;     /* -1: it could not be opened */
	size_t row; /* its socket in the list */
};

struct twin_stubs {
	const struct fact_socket *socket; /* borrowed */
	size_t socket_n;
	struct twin_stub *stub; /* one for each different socket, in an order of stub.c's own */
	size_t n, open;         /* of .stub; of those with a descriptor */
	int datagrams, streams; /* epoll, an event's data is the index in .stub */
};
