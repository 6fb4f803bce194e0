/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets from the text files under /proc/thread-self/net. They do not tell devices and backlogs. */
#pragma once

#include "host/sockets_list.h"

/**
 * Append all sockets of @src in @family (4 or 6) whose kernel state is in @states.
 *
 * Returns 0; -ENOENT when there is no such file, so no such protocol; else -errno.
 */
int sockets_proc_read(const struct sockets_source *src, int family, uint32_t states,
		      struct sockets_list *to);
