/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two sources of sockets (sockets_diag, sockets_proc) fill. Internal to host/sockets*. */
#pragma once

#include "fact/socket.h"
#include "host/sockets.h"

/* One protocol, as both sources know it. */
struct sockets_source {
	enum fact_proto proto;
	int diag;            /* IPPROTO_… for socket diagnostics; -1: it has none */
	const char *file[2]; /* under /proc/thread-self/net: IPv4, IPv6; NULL: there is none */
	uint32_t listening;  /* kernel states (1 << TCP_…) that take packets of strangers */
};

/* A socket, and what is not looked up yet. */
struct sockets_entry {
	struct fact_socket fact;
	uint32_t ifindex; /* bound to this device; 0: to none */
};

struct sockets_list {
	struct sockets_entry *item; /* owned */
	size_t n, room;
};

/** Append a copy of @e. 0; -ENOMEM; -E2BIG at HOST_SOCKETS_MAX. */
int sockets_list_add(struct sockets_list *l, const struct sockets_entry *e);

/**
 * The state that the kernel's number means for @proto.
 *
 * Returns enum fact_sock_state; -EBADMSG when the number is none.
 */
int sockets_list_state(enum fact_proto proto, uint8_t kernel_state, bool has_peer);

/** What is known at once of a socket whose owner is @uid and inode @inode, as the kernel told them. */
void sockets_list_owner(struct fact_socket *fact, uint32_t uid, uint64_t inode);
