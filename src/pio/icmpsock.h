/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What raw.c, dgram.c, hopsock.c and sockets.c share. Nobody else includes this. */
#pragma once

#include "pio/pio.h"
#include "pio/sockaddr.h"

#define ICMPSOCK_RCVBUF (4 * 1024 * 1024) /* octets; some 5,000 small answers at once */

/* Room for every control message asked for: time, hops, destination, and an error's account. */
#define ICMPSOCK_CONTROL_LEN 512

/** Buffers of one batch of recvmmsg. */
struct icmpsock_batch {
	struct mmsghdr m[PIO_BATCH];
	struct iovec iov[PIO_BATCH];
	union sockaddr_ip from[PIO_BATCH];
	uint8_t control[PIO_BATCH][ICMPSOCK_CONTROL_LEN] __attribute__((aligned(8)));
};

/**
 * A non-blocking socket of @type (SOCK_RAW, SOCK_DGRAM) with the options of @conf: interface,
 * source address, hops, buffers, and time, hops and destination told with all that arrives.
 *
 * Returns 0 with *@ret_fd owned by the caller; -errno with @err (-EPERM, -EACCES without
 * text: the caller knows what would help).
 */
int icmpsock_open(const struct pio_conf *conf, int type, int *ret_fd, struct err *err);

/** The same, a UDP socket. */
int icmpsock_open_udp(const struct pio_conf *conf, int *ret_fd, struct err *err);

/**
 * The identifier of a ping socket, the port of a UDP socket: binding to port 0 makes the kernel choose
 * now what it would choose at the first message. -errno with @err.
 */
int icmpsock_number(int fd, const struct pio_conf *conf, struct err *err);

/** Have ICMP errors told through the error queue. 0; -errno with @err. */
int icmpsock_want_errors(int fd, int family, struct err *err);

/** Send up to PIO_BATCH of @f. As pio_ops.send. */
int icmpsock_send(int fd, const struct pio_frame *f, size_t n);

/** Receive up to PIO_BATCH into @f, @flags as recvmmsg's. As pio_ops.recv; .icmp is all octets. */
int icmpsock_recv(int fd, int flags, struct icmpsock_batch *b, struct pio_frame *f, size_t n);
