/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/ns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The main thread's /proc/self/ns would be wrong in every other thread. */
#define OWN_NS "/proc/thread-self/ns/net"

static int say(struct err *err, int r, const char *doing)
{
	if (r == -EPERM)
		return err_set(
			err, r,
			"%s needs CAP_SYS_ADMIN, CAP_NET_ADMIN and CAP_NET_RAW: run it as root",
			doing);
	return err_set(err, r, "%s: %s", doing, strerror(-r));
}

int ns_open_current(int *ret_fd, struct err *err)
{
	int fd = open(OWN_NS, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_set(err, -errno, "opening " OWN_NS ": %s", strerror(errno));
	*ret_fd = fd;
	return 0;
}

/* Being left in a namespace that no caller expects is worse than ending. */
static void go_back(int fd)
{
	if (setns(fd, CLONE_NEWNET) < 0)
		abort();
	close(fd);
}

int ns_new(int *ret_fd, struct err *err)
{
	int back = -1, fd = -1, r;

	r = ns_open_current(&back, err);
	if (r < 0)
		return r;
	if (unshare(CLONE_NEWNET) < 0) {
		r = -errno;
		close(back);
		return say(err, r, "making a network namespace");
	}
	r = ns_open_current(&fd, err);
	go_back(back);
	if (r < 0)
		return r;
	*ret_fd = fd;
	return 0;
}

struct ns_visit ns_visit(int fd, struct err *err)
{
	struct ns_visit v = { .back = -1 };

	v.r = ns_open_current(&v.back, err);
	if (v.r < 0)
		return v;
	if (setns(fd, CLONE_NEWNET) < 0) {
		v.r = say(err, -errno, "entering a network namespace");
		close(v.back);
		v.back = -1;
	}
	return v;
}

void ns_leave(struct ns_visit *v)
{
	if (v->back < 0)
		return;
	go_back(v->back);
	v->back = -1;
}

int ns_socket(int fd, int domain, int type, int protocol, int *ret_fd, struct err *err)
{
	AUTO(ns_leave) struct ns_visit v = ns_visit(fd, err);
	int sock;

	if (v.r < 0)
		return v.r;
	sock = socket(domain, type | SOCK_CLOEXEC, protocol);
	if (sock < 0)
		return say(err, -errno, "opening a socket in a network namespace");
	*ret_fd = sock;
	return 0;
}
