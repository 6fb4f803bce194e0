/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waiting: for descriptors, until a time, or for the user's interruption, whichever
 * comes first, with no moment at which a signal could be missed.
 *
 * Who handles SIGINT, SIGTERM and SIGHUP is the program's business. While a loop is open
 * they are held back, and let through when one has come; the handlers, if any, run then.
 */
#pragma once

#include "base/err.h"
#include "sys/clock.h"

#define LOOP_FDS_MAX 8 /* descriptors in one wait */

struct loop;

enum loop_event {
	LOOP_TIME,        /* the time has come */
	LOOP_READY,       /* a descriptor can be read, or has an error to tell */
	LOOP_INTERRUPTED, /* a signal came; its handler has run */
};

/** Returns 0 with *@ret_loop owned by the caller; -errno with @err. */
int loop_open(struct loop **ret_loop, struct err *err);
void loop_close(struct loop *l); /* NULL is fine */
void loop_closep(struct loop **l);

/**
 * Wait for any of @n <= LOOP_FDS_MAX descriptors (negative ones are left out) until
 * @until_ns (monotonic; CLOCK_NEVER; the past: only look).
 *
 * Returns an enum loop_event, an interruption before readiness before time; -errno.
 * With LOOP_READY bit i of *@ret_ready stands for @fd[i].
 */
int loop_wait(struct loop *l, const int *fd, size_t n, uint64_t until_ns, uint32_t *ret_ready);
