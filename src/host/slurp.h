/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One small file, whole. Not for seq files under /proc/net, which have no bound: read those by line. */
#pragma once

#include "base/base.h"

/**
 * Read at most @max octets of the file at @path.
 *
 * Returns 0 with *@ret_text (never NULL, a NUL behind its @ret_len octets) owned by the
 * caller, to be freed with free(); -errno, nothing written.
 */
int slurp(const char *path, size_t max, char **ret_text, size_t *ret_len);
