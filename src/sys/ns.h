/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Network namespaces by file descriptor alone: nothing is named, nothing is
 * mounted, so what lives in a namespace is gone when its last descriptor is.
 * A socket belongs for ever to the namespace it was created in.
 *
 * All of it concerns the calling thread only.
 */
#pragma once

#include "base/err.h"

/**
 * The calling thread's network namespace.
 *
 * Returns 0 with *@ret_fd owned by the caller (close it); -errno with @err.
 */
int ns_open_current(int *ret_fd, struct err *err);

/**
 * Make an empty network namespace. The thread is back in its own when this returns.
 *
 * Returns 0 with *@ret_fd owned by the caller: closing it (and every socket made
 * within) ends the namespace. -EPERM, @err naming the capability that is missing;
 * other -errno with @err.
 */
int ns_new(int *ret_fd, struct err *err);

/* A stay of the calling thread in another namespace; see ns_visit(). */
struct ns_visit {
	int back; /* the namespace to return to; -1: nowhere was gone to */
	int r;    /* 0: the thread is there; else -errno, and it never left */
};

/**
 * Go to the namespace of @fd until the end of the scope:
 *
 *	AUTO(ns_leave) struct ns_visit v = ns_visit(fd, err);
 *
 *	if (v.r < 0)
 *		return v.r;
 *
 * Visits nest. -EPERM names the missing capability in @err.
 */
struct ns_visit ns_visit(int fd, struct err *err);

/**
 * Return from a visit; harmless when repeated. A thread that cannot return is in
 * a world that no caller expects, so the process aborts then.
 */
void ns_leave(struct ns_visit *v);

/**
 * A socket (always close-on-exec) of the namespace of @fd.
 *
 * Returns 0 with *@ret_fd owned by the caller; -errno with @err.
 */
int ns_socket(int fd, int domain, int type, int protocol, int *ret_fd, struct err *err);
