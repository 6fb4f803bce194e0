/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/names.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "pio/sockaddr.h"
#include "sys/clock.h"

struct flow_names {
	int fd; /* to the resolver; -1: it was left */
	pid_t pid;
	uint64_t spent_ns;
};

/* The resolver: an address in, a name out, an empty one where there is none. */
static _Noreturn void resolve(int fd)
{
	struct ip_addr a;
	char name[FLOW_NAMES_LEN];

	while (recv(fd, &a, sizeof(a), 0) == (ssize_t)sizeof(a)) {
		union sockaddr_ip to;
		socklen_t len = sockaddr_to(&a, 0, &to);

		if (getnameinfo(&to.any, len, name, sizeof(name), NULL, 0, NI_NAMEREQD) != 0)
			name[0] = '\0';
		if (send(fd, name, strlen(name) + 1, MSG_NOSIGNAL) < 0)
			break;
	}
	_exit(0);
}

/* It ends with this process, whatever ends that, and by the terminal's ^C. */
static _Noreturn void child(int fd, pid_t parent)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		signal(signals[i], SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	resolve(fd);
}

int flow_names_open(struct flow_names **ret, struct err *err)
{
	struct flow_names *n = calloc(1, sizeof(*n));
	pid_t parent = getpid();
	int fd[2];

	if (!n)
		return err_set(err, -ENOMEM, "names of addresses: out of memory");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) < 0) {
		free(n);
		return err_set(err, -errno, "names of addresses: %s", strerror(errno));
	}
	n->fd = fd[0];
	n->pid = fork();
	if (n->pid == 0) {
		close(fd[0]);
		child(fd[1], parent);
	}
	close(fd[1]);
	if (n->pid < 0) {
		int r = err_set(err, -errno, "names of addresses: %s", strerror(errno));

		close(fd[0]);
		free(n);
		return r;
	}
	*ret = n;
	return 0;
}

static void leave(struct flow_names *n)
{
	if (n->fd < 0)
		return;
	close(n->fd);
	n->fd = -1;
	kill(n->pid, SIGKILL);
	while (waitpid(n->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void flow_names_close(struct flow_names *n)
{
	if (!n)
		return;
	leave(n);
	free(n);
}

void flow_names_closep(struct flow_names **n)
{
	flow_names_close(*n);
}

/* A signal ends the wait as well: who wants to stop does not want names. */
static bool answered(struct flow_names *n)
{
	struct pollfd p = { .fd = n->fd, .events = POLLIN };
	uint64_t start = clock_mono_ns(),
		 most = MIN(FLOW_NAMES_ONE_NS, FLOW_NAMES_TOTAL_NS - n->spent_ns);
	int r = poll(&p, 1, (int)(most / NS_PER_MS));

	n->spent_ns += clock_mono_ns() - start;
	return r > 0 && n->spent_ns < FLOW_NAMES_TOTAL_NS;
}

int flow_names_find(struct flow_names *n, const struct ip_addr *a, char ret_name[FLOW_NAMES_LEN])
{
	char name[FLOW_NAMES_LEN];
	ssize_t len;

	if (n->fd < 0)
		return 0;
	len = send(n->fd, a, sizeof(*a), MSG_NOSIGNAL) < 0 || !answered(n)
		      ? -1
		      : recv(n->fd, name, sizeof(name), 0);
	if (len <= 0) {
		leave(n);
		return -ETIMEDOUT;
	}
	name[sizeof(name) - 1] = '\0';
	if (!name[0])
		return 0;
	memcpy(ret_name, name, sizeof(name));
	return 1;
}
