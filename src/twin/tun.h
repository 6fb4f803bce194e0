/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TUN devices: interfaces that carry bare IP, whose other end is a descriptor. They
 * are gone when it is closed.
 */
#pragma once

#define TWIN_TUN_QUEUE 10000 /* packets the device holds for its reader; beyond, they are lost */

/**
 * Make one in the namespace of @ns with the name @name (shorter than 16), the index
 * @index and, where it is a kind of bare IP, the type @type (ARPHRD_*).
 *
 * Returns 0 with *@ret_fd owned by the caller, close-on-exec and not blocking; -ENOENT,
 * -ENODEV, -EACCES: /dev/net/tun cannot be opened; -EBUSY, -EEXIST: name or index
 * are taken; other -errno.
 */
int twin_tun_open(int ns, const char *name, int index, unsigned type, int *ret_fd);
