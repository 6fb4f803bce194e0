/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One AF_XDP socket on one queue of an interface, in copy mode, with its packet memory. Only
 * packet_xdp.c includes this.
 */
#pragma once

#include <xdp/xsk.h>

#include "pio/packet.h"

#define PACKET_XDP_RING  2048 /* packets each way; larger rings were slower, for want of cache */
#define PACKET_XDP_FRAME 2048 /* octets of memory a packet; the kernel keeps 256 of them in front */

struct packet_xdp_socket {
	struct xsk_umem *umem;
	struct xsk_socket *xsk;
	struct xsk_ring_prod fill, tx;
	struct xsk_ring_cons done, rx;
	uint8_t *memory;
	size_t memory_len;
	uint64_t drops; /* told so far */

	/* Frames that may be sent from, a stack. */
	uint64_t free[PACKET_XDP_RING];
	unsigned free_n;
};

/**
 * Open on queue @queue of interface @iface, for sending too when @sends.
 *
 * Returns 0, packet_xdp_socket_done() afterwards also when it failed; -EBUSY: another process has
 * that queue; -errno with @err.
 */
int packet_xdp_socket_init(struct packet_xdp_socket *s, const char *iface, unsigned queue,
			   bool sends, struct err *err);
void packet_xdp_socket_done(struct packet_xdp_socket *s); /* zeroed ones are fine */

/** Put what has left back among the free frames. */
void packet_xdp_socket_reap(struct packet_xdp_socket *s);

/** Hand over at most @n packets that have arrived. Returns how many were taken off the ring. */
unsigned packet_xdp_socket_recv(struct packet_xdp_socket *s, unsigned n,
				void (*each)(void *to, const struct pio_arrival *a), void *to);

/** Packets lost since the last call. */
unsigned packet_xdp_socket_drops(struct packet_xdp_socket *s);
