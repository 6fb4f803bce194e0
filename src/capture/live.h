/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames as they cross this host's interfaces, both ways, by a TPACKET_V3 ring (packet(7)). Frames come with a
 * cooked header (LINK_SLL) in place of their own, so that every kind of link does; the octets of their own are
 * in .wire_len as of Ethernet.
 *
 * Not seen: what a program sends with the queueing discipline passed by, and what an XDP program took. Of the
 * loopback interface, which shows each packet twice, the coming in is taken.
 */
#pragma once

#include "base/err.h"
#include "capture/files.h"

#define CAPTURE_LIVE_IFACES 64
#define CAPTURE_LIVE_RING   (8u << 20) /* octets */

struct capture_live;

/**
 * @iface   names; @n 0: all that are up, and those that come later
 * @filter  libpcap's language, from the network header on (pio/filter.h); NULL: everything
 *
 * 0; -EPERM with @err telling what would help; -ENODEV; -EINVAL; -E2BIG; -ENOMEM; -errno.
 */
int capture_live_open(const char *const *iface, size_t n, const char *filter,
		      struct capture_live **ret, struct err *err);
void capture_live_close(struct capture_live *l); /* NULL is fine */
void capture_live_closep(struct capture_live **l);

int capture_live_fd(const struct capture_live *l);

/** 1 with @ret, whose octets are borrowed until the next call; 0: nothing is there now. Does not wait. */
int capture_live_next(struct capture_live *l, struct capture_frame *ret);

/** Look anew at interfaces and addresses, which change: once a second will do. Number of interfaces watched. */
unsigned capture_live_look(struct capture_live *l);

/** Frames that the kernel could not hand over so far, because the ring was full. */
uint64_t capture_live_dropped(struct capture_live *l);
