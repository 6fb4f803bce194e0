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

#include "base/hash.h"
#include "pio/sockaddr.h"
#include "sys/clock.h"
#include "sys/entropy.h"

#define WORKERS    8  /* that resolve at once: one name that nobody answers for holds up no other */
#define ASKED_MOST 64 /* under way at once */
#define BUCKETS    4096
#define NOBODY     UINT32_MAX

/* What goes back from a resolver. */
struct answer {
	struct ip_addr addr;
	char name[FLOW_NAMES_LEN]; /* terminated, and sent no longer than that; empty: none */
};

struct entry {
	struct ip_addr addr;
	char *name;    /* owned; NULL: none, or not known yet */
	uint32_t next; /* in the bucket */
	bool known;
};

struct flow_names {
	int fd; /* to the resolvers; -1: they were left */
	pid_t pid;
	uint64_t spent_ns;

	/* What was asked for, in that order. */
	struct hash_key key;
	struct entry *entry;
	uint32_t n, room, sent, known;
	uint32_t *bucket;
	uint64_t last_ns; /* an answer came, or the resolvers had nothing to do until then */
};

static void answer_one(int fd, const struct ip_addr *a)
{
	struct answer out = { .addr = *a };
	union sockaddr_ip to;
	socklen_t len = sockaddr_to(a, 0, &to);

	if (getnameinfo(&to.any, len, out.name, sizeof(out.name), NULL, 0, NI_NAMEREQD) != 0)
		out.name[0] = '\0';
	if (send(fd, &out, offsetof(struct answer, name) + strlen(out.name) + 1, MSG_NOSIGNAL) < 0)
		_exit(0);
}

/* A resolver: an address in, a name out, an empty one where there is none. */
static _Noreturn void resolve(int fd)
{
	struct ip_addr a;

	while (recv(fd, &a, sizeof(a), 0) == (ssize_t)sizeof(a))
		answer_one(fd, &a);
	_exit(0);
}

/*
 * It ends with its parent, whatever ends that, and by the terminal's ^C; a ^Z or a new size is not for it
 * to answer with a screen (--live), though its parent does.
 */
static void be_child(pid_t parent)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH };

	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		signal(signals[i], SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
}

/* Whoever opened this waits for one fork only: the others are this child's, and end with it. */
static _Noreturn void child(int fd, pid_t parent)
{
	be_child(parent);
	parent = getpid();
	for (unsigned i = 1; i < WORKERS; i++) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		if (pid == 0) {
			be_child(parent);
			resolve(fd);
		}
	}
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
	for (uint32_t i = 0; i < n->n; i++)
		free(n->entry[i].name);
	free(n->entry);
	free(n->bucket);
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

/* False: there is none to be had. */
static bool read_answer(struct flow_names *n, struct answer *ret)
{
	ssize_t len = recv(n->fd, ret, sizeof(*ret), MSG_DONTWAIT);

	if (len <= (ssize_t)offsetof(struct answer, name))
		return false;
	ret->name[sizeof(ret->name) - 1] = '\0';
	return true;
}

int flow_names_find(struct flow_names *n, const struct ip_addr *a, char ret_name[FLOW_NAMES_LEN])
{
	struct answer got;

	if (n->fd < 0)
		return 0;
	if (send(n->fd, a, sizeof(*a), MSG_NOSIGNAL) < 0 || !answered(n) || !read_answer(n, &got)) {
		leave(n);
		return -ETIMEDOUT;
	}
	if (!got.name[0])
		return 0;
	memcpy(ret_name, got.name, sizeof(got.name));
	return 1;
}

static uint32_t *bucket_of(const struct flow_names *n, const struct ip_addr *a)
{
	return &n->bucket[hash(&n->key, (struct span){ a->octet, sizeof(a->octet) }) % BUCKETS];
}

static struct entry *find(const struct flow_names *n, const struct ip_addr *a)
{
	if (!n->bucket)
		return NULL;
	for (uint32_t i = *bucket_of(n, a); i != NOBODY; i = n->entry[i].next) {
		if (ip_eq(&n->entry[i].addr, a) && n->entry[i].addr.zone == a->zone)
			return &n->entry[i];
	}
	return NULL;
}

static bool make_buckets(struct flow_names *n)
{
	if (n->bucket)
		return true;
	if (entropy_fill(&n->key, sizeof(n->key), NULL) < 0)
		return false;
	n->bucket = malloc(BUCKETS * sizeof(*n->bucket));
	for (unsigned i = 0; n->bucket && i < BUCKETS; i++)
		n->bucket[i] = NOBODY;
	return n->bucket != NULL;
}

static bool grow(struct flow_names *n)
{
	uint32_t room = n->room > 0 ? 2 * n->room : 64;
	struct entry *more;

	if (n->n < n->room)
		return true;
	if (n->n == FLOW_NAMES_KEPT)
		return false;
	more = realloc(n->entry, room * sizeof(*more));
	if (!more)
		return false;
	n->entry = more;
	n->room = room;
	return true;
}

/* Give the resolvers more to do, in the order of asking. */
static void send_more(struct flow_names *n)
{
	while (n->fd >= 0 && n->sent < n->n && n->sent - n->known < ASKED_MOST) {
		const struct ip_addr *a = &n->entry[n->sent].addr;

		if (send(n->fd, a, sizeof(*a), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
			break;
		if (n->sent == n->known)
			n->last_ns = clock_mono_ns();
		n->sent++;
	}
}

void flow_names_ask(struct flow_names *n, const struct ip_addr *a)
{
	uint32_t *bucket;

	if (n->fd < 0 || find(n, a) || !make_buckets(n) || !grow(n))
		return;
	bucket = bucket_of(n, a);
	n->entry[n->n] = (struct entry){ .addr = *a, .next = *bucket };
	*bucket = n->n++;
	send_more(n);
}

int flow_names_take(const struct flow_names *n, const struct ip_addr *a, const char **ret_name)
{
	const struct entry *e = find(n, a);

	if (!e || (n->fd < 0 && !e->known))
		return 0;
	if (!e->known)
		return -EAGAIN;
	if (!e->name)
		return 0;
	*ret_name = e->name;
	return 1;
}

int flow_names_fd(const struct flow_names *n)
{
	return n->fd;
}

unsigned flow_names_read(struct flow_names *n)
{
	struct answer got;
	unsigned read = 0;

	if (n->fd < 0)
		return 0;
	for (errno = 0; read_answer(n, &got); read++, errno = 0) {
		struct entry *e = find(n, &got.addr);

		n->last_ns = clock_mono_ns();
		if (!e || e->known)
			continue;
		e->known = true;
		e->name = got.name[0] ? strdup(got.name) : NULL;
		n->known++;
	}
	/* Resolvers that ended (somebody killed them) tell nothing any more. */
	if (read == 0 && errno != EAGAIN && errno != EINTR)
		leave(n);
	send_more(n);
	return read;
}

bool flow_names_heard(const struct flow_names *n)
{
	return n->known > 0;
}

bool flow_names_stuck(const struct flow_names *n)
{
	return n->sent > n->known && clock_mono_ns() - n->last_ns > FLOW_NAMES_ONE_NS;
}
