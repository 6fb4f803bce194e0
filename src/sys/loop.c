/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

struct loop {
	sigset_t held; /* the signals this loop holds back */
	sigset_t was;  /* the mask before */
	int signal_fd; /* readable while one of them is pending; never read */
	int slack;     /* the thread's timer slack before, ns */
};

static void hold(struct loop *l)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

	sigemptyset(&l->held);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		sigaddset(&l->held, signals[i]);
	sigprocmask(SIG_BLOCK, &l->held, &l->was);
}

int loop_open(struct loop **ret_loop, struct err *err)
{
	struct loop *l = calloc(1, sizeof(*l));
	int r;

	if (!l)
		return err_set(err, -ENOMEM, "preparing to wait: out of memory");
	hold(l);
	l->slack = prctl(PR_GET_TIMERSLACK);
	prctl(PR_SET_TIMERSLACK, 1); /* the default, 50 us, is half of the shortest spacing */
	l->signal_fd = signalfd(-1, &l->held, SFD_CLOEXEC | SFD_NONBLOCK);
	if (l->signal_fd < 0) {
		r = -errno;
		loop_close(l);
		return err_set(err, r, "preparing to wait for signals: %s", strerror(-r));
	}
	*ret_loop = l;
	return 0;
}

void loop_close(struct loop *l)
{
	if (!l)
		return;
	if (l->signal_fd >= 0)
		close(l->signal_fd);
	if (l->slack > 0)
		prctl(PR_SET_TIMERSLACK, (unsigned long)l->slack);
	sigprocmask(SIG_SETMASK, &l->was, NULL);
	free(l);
}

void loop_closep(struct loop **l)
{
	loop_close(*l);
}

/* Pending signals are delivered in the moment they are not held; their handlers run here. */
static void let_through(const struct loop *l)
{
	sigprocmask(SIG_SETMASK, &l->was, NULL);
	sigprocmask(SIG_BLOCK, &l->held, NULL);
}

static struct timespec left(uint64_t until_ns)
{
	uint64_t now = clock_mono_ns(), ns = until_ns > now ? until_ns - now : 0;

	return (struct timespec){ (time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S) };
}

static uint32_t ready_bits(const struct pollfd *p, size_t n)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < n; i++)
		bits |= (uint32_t)(p[i].revents != 0) << i;
	return bits;
}

int loop_wait(struct loop *l, const int *fd, size_t n, uint64_t until_ns, uint32_t *ret_ready)
{
	struct pollfd p[LOOP_FDS_MAX + 1];
	struct timespec t;
	int r;

	if (n > LOOP_FDS_MAX)
		return -E2BIG;
	for (size_t i = 0; i < n; i++)
		p[i] = (struct pollfd){ .fd = fd[i], .events = POLLIN };
	p[n] = (struct pollfd){ .fd = l->signal_fd, .events = POLLIN };
	t = left(until_ns);
	r = ppoll(p, n + 1, until_ns == CLOCK_NEVER ? NULL : &t, NULL);
	if (r < 0 && errno != EINTR)
		return -errno;
	if (r < 0)
		return LOOP_TIME; /* a signal of no concern here; the caller looks at its clock again */
	if (p[n].revents) {
		let_through(l);
		return LOOP_INTERRUPTED;
	}
	if (r == 0)
		return LOOP_TIME;
	*ret_ready = ready_bits(p, n);
	return LOOP_READY;
}
