/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stubs: sockets in the twin that listen where the host's processes listen, and
 * do nothing. A TCP stub lets T's kernel complete handshakes; a UDP stub swallows
 * what it gets and tells of it.
 */
#pragma once

#include "fact/socket.h"
#include "twin/twin.h"

struct twin_stubs;

#define TWIN_DATAGRAM_MAX 2048 /* octets of a payload that are kept; the rest is cut */

/* What a UDP stub received. */
struct twin_datagram {
	const struct fact_socket *socket; /* the host's socket that the stub stands for; borrowed */
	struct ip_addr from;              /* IPv4 senders to a dual-stack stub are family 4 */
	uint16_t from_port;
	struct span payload; /* valid during the call */
};

/**
 * Open a stub in @t for each of @socket (@n of them, borrowed for the life of the
 * stubs) that listens: TCP in state listen; UDP and UDP-Lite without a peer. Others are passed over;
 * so are sockets that differ from an earlier one only in who owns them (SO_REUSEPORT).
 * Same address, port, family, v6only and device; room for at least 64 waiting
 * connections. The process's limit of open files is raised for it.
 *
 * What cannot be opened is a gap of @t. Returns 0 with *@ret owned by the caller;
 * -errno with @err when nothing at all can be done (no memory, no epoll).
 */
int twin_stubs_open(struct twin *t, const struct fact_socket *socket, size_t n,
		    struct twin_stubs **ret, struct err *err);
void twin_stubs_close(struct twin_stubs *s); /* NULL is fine */
void twin_stubs_closep(struct twin_stubs **s);

/** How many stubs stand. */
size_t twin_stubs_count(const struct twin_stubs *s);

/** Is there a stub for socket number @i of the list given to twin_stubs_open(), or for its twin sister? */
bool twin_stubs_has(const struct twin_stubs *s, size_t i);

/**
 * Take every datagram that has arrived at UDP stubs since the last call and hand it to
 * @each. Does not wait; costs nothing for stubs that received nothing.
 *
 * Returns how many there were; -errno.
 */
int twin_stubs_drain(struct twin_stubs *s, void (*each)(const struct twin_datagram *d, void *to),
		     void *to);

/** Take and close (with a reset) every connection that TCP stubs completed. Returns how many; -errno. */
int twin_stubs_hang_up(struct twin_stubs *s);

/** A descriptor to poll: readable when twin_stubs_drain() has something to take. Borrowed. */
int twin_stubs_fd(const struct twin_stubs *s);
