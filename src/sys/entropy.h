/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Octets that nobody can guess, from the kernel. */
#pragma once

#include "base/err.h"

/** Fill @buf. Returns 0; -errno with @err, where the kernel has no getrandom. */
int entropy_fill(void *buf, size_t len, struct err *err);
