/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What this process may do, and what to tell a person when it may not. Asking is for
 * choosing a way and for good messages; the kernel decides.
 */
#pragma once

#include "base/err.h"

/** Whether capability @cap (CAP_NET_RAW, …) is in this process's effective set. */
bool caps_has(int cap);

/**
 * Say in @err that @doing needs the capability called @name ("CAP_NET_RAW") and which
 * commands grant it to this program.
 *
 * Returns -EPERM.
 */
int caps_missing(const char *name, const char *doing, struct err *err);

/** Whether this process runs as root; some limits are for everybody else. */
bool caps_root(void);
