/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The slots of back ends that send by sendmmsg, and that call. Only those back ends include this. */
#pragma once

#include <sys/socket.h>

#include <linux/if_packet.h>

#include "pio/packet.h"
#include "pio/sockaddr.h"

#define SLOTS_HEAD 16 /* octets before a packet: an Ethernet header, and the packet aligned */

union slots_to {
	union sockaddr_ip ip;
	struct sockaddr_ll link;
};

struct slots {
	struct pio_slot slot[PIO_PACKET_BATCH];
	uint8_t *buf; /* owned; .stride octets a slot */
	size_t room, stride;

	/* The messages of one call, and the slot that each of them is. */
	unsigned msgs;
	unsigned flushed; /* how many there were at the last call */
	uint8_t of[PIO_PACKET_BATCH];
	struct mmsghdr m[PIO_PACKET_BATCH];
	struct iovec iov[PIO_PACKET_BATCH];
	union slots_to to[PIO_PACKET_BATCH];
};

/** Make room for packets of @room octets, 0: PIO_PACKET_ROOM. 0; -ENOMEM, and slots_done() has nothing to do. */
int slots_init(struct slots *s, size_t room);
void slots_done(struct slots *s); /* zeroed ones are fine */

/** As pio_packet_ops.slots; there are always as many as asked for. */
unsigned slots_take(struct slots *s, struct pio_slot **ret_slots, unsigned n);

/** Add slot @i to the messages, @head octets before it included; @name_len: of .to[i], 0: none. */
void slots_add(struct slots *s, unsigned i, unsigned head, socklen_t name_len);

/**
 * Send the messages added since the last call on @fd.
 *
 * Returns true when all left; else false, with *@ret_slot the first slot that did not and
 * *@ret_errno as pio_packet_ops.send tells it.
 */
bool slots_flush(struct slots *s, int fd, unsigned *ret_slot, int *ret_errno);

/** Make what slots_flush() left, from slot @failed on, the messages of the next call. False: nothing. */
bool slots_keep(struct slots *s, unsigned failed);
