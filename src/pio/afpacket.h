/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames on every interface of one network namespace, by AF_PACKET: sent in
 * batches past the queueing discipline, received without one's own.
 *
 * What is on the frames is wire/'s business.
 */
#pragma once

#include "base/base.h"
#include "base/err.h"

#define AFPACKET_BATCH     256  /* frames a system call */
#define AFPACKET_FRAME_MAX 2048 /* octets of a received frame that are kept */

struct afpacket;

/**
 * Take over @fd, a packet socket (SOCK_RAW, protocol 0) of the namespace in
 * question, and begin to receive everything there. The receive buffer becomes as
 * large as the process may make it.
 *
 * Returns 0 with *@ret owned by the caller, which owns @fd; -errno with @err, @fd then closed.
 */
int afpacket_take(int fd, struct afpacket **ret, struct err *err);
void afpacket_close(struct afpacket *p); /* NULL is fine */
void afpacket_closep(struct afpacket **p);
int afpacket_fd(const struct afpacket *p);

/**
 * Send @n frames out of interface @ifindex. Waits (at most a second in all) when the
 * device's ring is full.
 *
 * Returns 0 when every frame was taken; -errno, some may have been.
 */
int afpacket_send(struct afpacket *p, int ifindex, const struct span *frame, size_t n);

/**
 * Hand every frame that has arrived to @each; does not wait. The frame is borrowed.
 *
 * Returns how many; -errno.
 */
int afpacket_recv(struct afpacket *p, void (*each)(void *to, int ifindex, struct span frame),
		  void *to);

/** Frames lost since the last call because the buffer was full. */
unsigned afpacket_drops(struct afpacket *p);
