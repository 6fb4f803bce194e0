/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The source ports of a trace are the same in every run, so that a flow takes the same branch again tomorrow.
 * Traces that run at the same time must not have them in common, or each would take the other's answers for
 * forged: a name in the kernel's abstract space, which ends with whoever has it, says that a range is taken.
 */
#include <stdio.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/un.h>

#include "flow/trace_own.h"

#define FIRST  61440 /* above those that the kernel gives to sockets by default (60999) */
#define RANGES 8     /* up to 65535 */

_Static_assert(FIRST + RANGES * HOP_FLOWS_MAX == 65536, "the ranges end with the ports");

int trace_ports_take(int *ret_fd)
{
	for (int i = 0; i < RANGES; i++) {
		struct sockaddr_un name = { .sun_family = AF_UNIX };
		int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		int len = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1,
				   "sonde trace ports %d", i);

		if (fd < 0)
			return -1;
		if (bind(fd, (struct sockaddr *)&name,
			 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len)) ==
		    0) {
			*ret_fd = fd;
			return FIRST + i * HOP_FLOWS_MAX;
		}
		close(fd);
	}
	return -1;
}
