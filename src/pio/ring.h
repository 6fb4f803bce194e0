/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets that arrive on one interface, by a TPACKET_V3 ring (packet(7)): the kernel writes them
 * into memory shared with us, in blocks. A block that is not full is handed over after a
 * millisecond or so; each packet has its own time, so round-trip times do not show it.
 *
 * What this host sends is not received, nor what is not addressed to it, nor packets with a VLAN
 * tag: those belong to another link. Checksums that a sender on this machine left out are filled in.
 */
#pragma once

#include "pio/packet.h"

#define RING_LEN (16u << 20) /* octets; more than 100,000 short answers */

struct ring;

/**
 * Receive on the interface of the calling thread's namespace.
 *
 * @conf  .ifindex, .filter, .ring_len (0: RING_LEN) and .few, with which a plain socket does (plain.h)
 *
 * Returns 0 with *@ret owned by the caller; -EPERM, -EINVAL (filter), -ENODEV, -errno with @err.
 */
int ring_open(const struct pio_packet_conf *conf, struct ring **ret, struct err *err);
void ring_close(struct ring *r);   /* NULL is fine */
int ring_fd(const struct ring *r); /* a packet socket (SOCK_DGRAM), which may send too */

/** As pio_packet_ops.recv. */
int ring_recv(struct ring *r, unsigned n, void (*each)(void *to, const struct pio_arrival *a),
	      void *to);

/** As pio_packet_ops.drops. */
unsigned ring_drops(struct ring *r);
