/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets that arrive on one interface, by a plain packet socket: what ring.h does, a system call a batch.
 * A ring costs its making and its end a grace period of the kernel (10 ms and more) each, which a run
 * of a few packets feels; and it hands packets over a millisecond late. Only ring.c includes this.
 */
#pragma once

#include "pio/packet.h"

#define PLAIN_LEN (4u << 20) /* octets of the socket's buffer; some 2,000 packets at least */

struct plain;
struct sockaddr_ll;

/**
 * @fd   a packet socket (SOCK_DGRAM) with its filter, not bound yet; stays the caller's
 * @len  octets; 0: PLAIN_LEN
 *
 * Returns 0 with *@ret owned by the caller; -ENOMEM, -errno with @err.
 */
int plain_open(int fd, size_t len, struct plain **ret, struct err *err);
void plain_close(struct plain *p); /* NULL is fine */

/** As pio_packet_ops.recv. */
int plain_recv(struct plain *p, unsigned n, void (*each)(void *to, const struct pio_arrival *a),
	       void *to);

/** Whether a packet from @from is for us: neither our own, nor another's, nor of a VLAN (@status, @tci: as packet(7) tells). */
bool plain_wants(const struct sockaddr_ll *from, uint32_t status, uint16_t tci);
