/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Netlink conversations, on libmnl: one request, all its answers. A socket
 * belongs for ever to the network namespace it was opened in.
 */
#pragma once

#include "base/err.h"

struct nlmsghdr;
struct nl;

/* Called for each message of an answer; <0 stops and becomes the result. Messages are borrowed. */
typedef int nl_each(const struct nlmsghdr *msg, void *to);

/**
 * Open a netlink socket of @family (NETLINK_ROUTE, …) in the calling thread's network namespace.
 *
 * Returns 0 with *@ret_nl owned by the caller; -errno with @err.
 */
int nl_open(int family, struct nl **ret_nl, struct err *err);
void nl_close(struct nl *nl); /* NULL is fine */
void nl_closep(struct nl **nl);
int nl_fd(const struct nl *nl);

/**
 * Send @msg (its flags get NLM_F_REQUEST and a sequence number) and hand every
 * answer to @each (NULL: only the acknowledgement matters) until the answer ends.
 * A dump that the kernel says was interrupted by a change, or that overran the
 * socket's buffer, is begun again (at most 5 times) after @restart (NULL: nothing
 * to undo) has thrown away what was gathered; then -EINTR or -ENOBUFS.
 *
 * Returns 0; the kernel's -errno (no @err text: callers know what they asked); or @each's.
 */
int nl_talk(struct nl *nl, struct nlmsghdr *msg, nl_each *each, void (*restart)(void *to),
	    void *to);
