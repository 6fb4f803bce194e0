/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pio/sockets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/resource.h>

#include "pio/icmpsock.h"
#include "sys/clock.h"
#include "wire/icmp4.h"
#include "wire/icmp6.h"

#define OTHERS      64    /* descriptors left to the rest of the program */
#define SOCKETS_MAX 32768 /* as many as there are source ports for one destination by default */
#define EVENTS      256   /* looked at by one system call */
#define DATA_LEN    65536 /* octets of the longest datagram */
#define ECHO_SEQ    1
#define ECHO_BODY   1400 /* octets of an echo request behind its header, at most */
#define AT_MASK     UINT32_MAX
#define ROUND_SHIFT 32

/* A question that waits. */
struct question {
	int fd; /* -1: this place is free */
	enum pio_socket_kind kind;
	int result; /* TCP: what connect() said at once: 0, ECONNREFUSED; -1: nothing yet */
	struct ip_addr dst;
	uint16_t port;
	uint32_t round; /* of this place: tells an old event from one of the question here now */
	uint32_t heap;  /* its place there */
	uint32_t next_free;
	uint64_t tag, sent_ns, until_ns;
};

struct pio_sockets {
	int epoll;
	size_t most, room, n; /* questions: at most, places there are, that wait */
	struct question *q;
	uint32_t *heap; /* places of those that wait, the one whose time is over first in front */
	uint32_t free;  /* first free place; .room: none */
	struct icmpsock_batch batch;
	uint8_t data[DATA_LEN];
};

/* As many descriptors as the process may have without asking for more rights. */
static size_t descriptors(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) < 0)
		return 0;
	if (l.rlim_cur < l.rlim_max) {
		l.rlim_cur = l.rlim_max;
		(void)!setrlimit(RLIMIT_NOFILE, &l);
		(void)!getrlimit(RLIMIT_NOFILE, &l);
	}
	return l.rlim_cur == RLIM_INFINITY ? SOCKETS_MAX + OTHERS : (size_t)l.rlim_cur;
}

int pio_sockets_open(size_t most, struct pio_sockets **ret, struct err *err)
{
	size_t may = descriptors();
	struct pio_sockets *s;

	if (may <= OTHERS)
		return err_set(
			err, -EMFILE,
			"asking by sockets: this process may open %zu files, which is too few "
			"(ulimit -n)",
			may);
	s = calloc(1, sizeof(*s));
	if (!s)
		return err_set(err, -ENOMEM, "asking by sockets: out of memory");
	s->most = MIN(MIN(may - OTHERS, SOCKETS_MAX), most ? most : SOCKETS_MAX);
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll < 0) {
		free(s);
		return err_set(err, -errno, "asking by sockets: %s", strerror(errno));
	}
	*ret = s;
	return 0;
}

void pio_sockets_close(struct pio_sockets *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->room; i++) {
		if (s->q[i].fd >= 0)
			close(s->q[i].fd);
	}
	close(s->epoll);
	free(s->q);
	free(s->heap);
	free(s);
}

void pio_sockets_closep(struct pio_sockets **s)
{
	pio_sockets_close(*s);
}

int pio_sockets_fd(const struct pio_sockets *s)
{
	return s->epoll;
}

uint64_t pio_sockets_next_ns(const struct pio_sockets *s)
{
	return s->n ? s->q[s->heap[0]].until_ns : UINT64_MAX;
}

static bool earlier(const struct pio_sockets *s, size_t a, size_t b)
{
	return s->q[s->heap[a]].until_ns < s->q[s->heap[b]].until_ns;
}

static void heap_swap(struct pio_sockets *s, size_t a, size_t b)
{
	uint32_t at = s->heap[a];

	s->heap[a] = s->heap[b];
	s->heap[b] = at;
	s->q[s->heap[a]].heap = (uint32_t)a;
	s->q[s->heap[b]].heap = (uint32_t)b;
}

/* Put heap place @i where it belongs, up or down. */
static void heap_settle(struct pio_sockets *s, size_t i)
{
	for (; i > 0 && earlier(s, i, (i - 1) / 2); i = (i - 1) / 2)
		heap_swap(s, i, (i - 1) / 2);
	for (;;) {
		size_t least = i;

		for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < s->n; child++) {
			if (earlier(s, child, least))
				least = child;
		}
		if (least == i)
			return;
		heap_swap(s, i, least);
		i = least;
	}
}

static int grow(struct pio_sockets *s)
{
	size_t room = MIN(s->room ? 2 * s->room : 64, s->most);
	struct question *q = realloc(s->q, room * sizeof(*q));
	uint32_t *heap;

	if (!q)
		return -ENOMEM;
	s->q = q;
	heap = realloc(s->heap, room * sizeof(*heap));
	if (!heap)
		return -ENOMEM;
	s->heap = heap;
	for (size_t i = s->room; i < room; i++)
		q[i] = (struct question){ .fd = -1, .next_free = (uint32_t)i + 1 };
	s->free = (uint32_t)s->room;
	s->room = room;
	return 0;
}

/* The question at place @at is over. */
static void drop(struct pio_sockets *s, uint32_t at)
{
	struct question *q = &s->q[at];
	size_t i = q->heap;

	/* Closing takes it out of epoll: nobody else has the descriptor. */
	close(q->fd);
	q->fd = -1;
	q->round++;
	heap_swap(s, i, --s->n);
	if (i < s->n)
		heap_settle(s, i);
	q->next_free = s->free;
	s->free = at;
}

struct option {
	int level, name, value;
	bool must;
};

static int set_options(int fd, const struct pio_socket_ask *ask)
{
	const struct option v4[] = {
		{ IPPROTO_IP, IP_RECVERR, 1, true },
		{ IPPROTO_IP, IP_RECVTTL, 1, true },
		{ IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1, false },
		{ IPPROTO_IP, IP_TTL, ask->hops, true },
	};
	const struct option v6[] = {
		{ IPPROTO_IPV6, IPV6_RECVERR, 1, true },
		{ IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1, true },
		{ IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1, false },
		{ IPPROTO_IPV6, IPV6_UNICAST_HOPS, ask->hops, true },
	};
	const struct option *o = ask->dst.family == 4 ? v4 : v6;
	/* The last one is not set when the kernel's default is wanted. */
	size_t n = ARRAY_LEN(v4) - (ask->hops == 0);
	const struct linger reset = { 1, 0 };
	int one = 1;

	for (size_t i = 0; i < n; i++) {
		if (setsockopt(fd, o[i].level, o[i].name, &o[i].value, sizeof(o[i].value)) < 0 &&
		    o[i].must)
			return -errno;
	}
	if (ask->ifindex > 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &ask->ifindex, sizeof(ask->ifindex)) < 0)
		return -errno;
	if (ask->kind == PIO_SOCKET_TCP)
		return setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) < 0 ? -errno
											: 0;
	return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one)) < 0 ? -errno : 0;
}

static int open_socket(const struct pio_socket_ask *ask)
{
	int domain = ask->dst.family == 4 ? AF_INET : AF_INET6;
	int type = ask->kind == PIO_SOCKET_TCP ? SOCK_STREAM : SOCK_DGRAM;
	int echo = ask->dst.family == 4 ? (int)IPPROTO_ICMP : (int)IPPROTO_ICMPV6;
	int fd = socket(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK,
			ask->kind == PIO_SOCKET_ECHO ? echo : 0);
	union sockaddr_ip src;
	int r;

	if (fd < 0)
		return errno == EACCES ? -EPERM : -errno;
	r = set_options(fd, ask);
	if (r == 0 && ask->src.family == ask->dst.family &&
	    bind(fd, &src.any, sockaddr_to(&ask->src, 0, &src)) < 0)
		r = -errno;
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

/* The kernel fills in identifier and checksum. */
static ssize_t send_echo(int fd, const struct pio_socket_ask *ask)
{
	uint8_t buf[ICMP4_MIN_LEN + ECHO_BODY];
	struct wcur out = wcur(buf, sizeof(buf));
	const struct icmp4_msg m = { ask->dst.family == 4 ? 8 : 128, 0,
				     icmp4_echo_rest(0, ECHO_SEQ), ask->payload };

	if (icmp4_build(&m, &out) < 0) {
		errno = EMSGSIZE;
		return -1;
	}
	return send(fd, buf, wcur_len(&out), 0);
}

/* Returns 0; -errno. *@ret_result as question.result. */
static int send_question(int fd, const struct pio_socket_ask *ask, int *ret_result)
{
	union sockaddr_ip dst;
	socklen_t len = sockaddr_to(&ask->dst, ask->kind == PIO_SOCKET_ECHO ? 0 : ask->port, &dst);
	int r = connect(fd, &dst.any, len);

	*ret_result = -1;
	if (ask->kind == PIO_SOCKET_TCP) {
		/* On loopback the answer may be there before the call returns. */
		if (r == 0 || errno == ECONNREFUSED)
			*ret_result = r == 0 ? 0 : ECONNREFUSED;
		return r == 0 || errno == EINPROGRESS || errno == ECONNREFUSED ? 0 : -errno;
	}
	if (r == 0)
		r = ask->kind == PIO_SOCKET_ECHO
			    ? (send_echo(fd, ask) < 0 ? -1 : 0)
			    : (send(fd, ask->payload.p, ask->payload.len, 0) < 0 ? -1 : 0);
	return r < 0 ? -errno : 0;
}

static int add_question(struct pio_sockets *s, const struct pio_socket_ask *ask, int fd)
{
	uint32_t at = s->free;
	struct question *q = &s->q[at];
	struct epoll_event e = { .events = EPOLLIN,
				 .data.u64 = (uint64_t)q->round << ROUND_SHIFT | at };
	uint64_t sent_ns = clock_mono_ns();
	int result, r = send_question(fd, ask, &result);

	/* TCP tells that it is connected by being writable; the others always are. */
	if (ask->kind == PIO_SOCKET_TCP)
		e.events = EPOLLOUT;
	if (r == 0 && epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e) < 0)
		r = -errno;
	/* EPERM is this host's firewall; ours means that ping sockets are forbidden. */
	if (r < 0)
		return r == -EPERM ? -EACCES : r;
	s->free = q->next_free;
	*q = (struct question){
		.fd = fd,
		.kind = ask->kind,
		.result = result,
		.dst = ask->dst,
		.port = ask->port,
		.round = q->round,
		.heap = (uint32_t)s->n,
		.tag = ask->tag,
		.sent_ns = sent_ns,
		.until_ns = ask->until_ns,
	};
	s->heap[s->n++] = at;
	heap_settle(s, s->n - 1);
	return 0;
}

int pio_sockets_ask(struct pio_sockets *s, const struct pio_socket_ask *ask)
{
	int fd, r;

	if (ip_len(ask->dst.family) == 0)
		return -EINVAL;
	if (s->n >= s->most)
		return -EAGAIN;
	if (s->n == s->room) {
		r = grow(s);
		if (r < 0)
			return r;
	}
	fd = open_socket(ask);
	r = fd < 0 ? fd : add_question(s, ask, fd);
	if (r < 0 && fd >= 0)
		close(fd);
	/* What others of ours hold comes back when they are answered. */
	if (s->n > 0 && (r == -EMFILE || r == -ENFILE || r == -EADDRNOTAVAIL || r == -ENOBUFS))
		return ask->src.family && r == -EADDRNOTAVAIL ? r : -EAGAIN;
	return r;
}

/* Read one frame of @q. Returns whether there was one; *@ret_r is icmpsock_recv's result. */
static bool read_frame(struct pio_sockets *s, const struct question *q, int flags,
		       struct pio_frame *ret_f, int *ret_r)
{
	*ret_f = (struct pio_frame){ .p = s->data, .room = sizeof(s->data) };
	*ret_r = icmpsock_recv(q->fd, flags, &s->batch, ret_f, 1);
	return *ret_r == 1;
}

static void tell_error(struct pio_socket_event *e, const struct pio_frame *f)
{
	e->kind = PIO_SOCKET_ERROR;
	e->from = f->peer;
	e->type = f->type;
	e->code = f->code;
	e->mtu = f->mtu;
	e->ttl = f->hops;
	e->data = f->icmp;
	e->t_ns = f->t_ns;
}

static void tell_errno(struct pio_socket_event *e, int error)
{
	e->error = error;
	e->kind = PIO_SOCKET_FAILED;
	if (error == ECONNREFUSED || error == ECONNRESET)
		e->kind = PIO_SOCKET_REFUSED;
	if (error == ETIMEDOUT)
		e->kind = PIO_SOCKET_SILENT;
}

/*
 * A connect() to a port of this host that the kernel happens to choose as source port connects to
 * itself (RFC 9293 3.5, simultaneous open): nobody listens there.
 */
static bool is_itself(int fd)
{
	union sockaddr_ip a = { 0 }, b = { 0 };
	socklen_t alen = sizeof(a), blen = sizeof(b);

	return getsockname(fd, &a.any, &alen) == 0 && getpeername(fd, &b.any, &blen) == 0 &&
	       alen == blen && memcmp(&a, &b, alen) == 0;
}

static bool look_tcp(struct pio_sockets *s, const struct question *q, struct pio_socket_event *e)
{
	int error = q->result, r;
	socklen_t len = sizeof(error);
	struct pio_frame f;

	/* The queue first: an ICMP error and a reset may have the same errno. */
	if (read_frame(s, q, MSG_ERRQUEUE, &f, &r) && f.kind == PIO_ERROR) {
		tell_error(e, &f);
		return true;
	}
	if (error < 0 && getsockopt(q->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		error = errno;
	e->from = q->dst;
	if (error == 0 && !is_itself(q->fd))
		e->kind = PIO_SOCKET_OPEN;
	else
		tell_errno(e, error == 0 ? ECONNREFUSED : error);
	return true;
}

static bool look_datagram(struct pio_sockets *s, const struct question *q,
			  struct pio_socket_event *e)
{
	struct pio_frame f;
	int r;

	if (read_frame(s, q, MSG_ERRQUEUE, &f, &r) && f.kind == PIO_ERROR) {
		tell_error(e, &f);
		return true;
	}
	if (!read_frame(s, q, 0, &f, &r)) {
		if (r == -EAGAIN)
			return false;
		e->from = q->dst;
		tell_errno(e, -r);
		return true;
	}
	e->kind = PIO_SOCKET_DATA;
	e->from = f.peer;
	e->ttl = f.hops;
	e->data = f.icmp;
	e->t_ns = f.t_ns;
	return true;
}

typedef void each_fn(void *to, const struct pio_socket_event *e);

/* Something happened to the question at place @at. Returns whether it was an event. */
static bool look(struct pio_sockets *s, uint32_t at, each_fn *each, void *to)
{
	const struct question *q = &s->q[at];
	struct pio_socket_event e = {
		.tag = q->tag, .ttl = -1, .sent_ns = q->sent_ns, .t_ns = clock_mono_ns()
	};
	bool is_event = q->kind == PIO_SOCKET_TCP ? look_tcp(s, q, &e) : look_datagram(s, q, &e);

	if (!is_event)
		return false;
	/* The stamp's clock may have been set. */
	e.t_ns = MAX(e.t_ns, e.sent_ns);
	drop(s, at);
	each(to, &e);
	return true;
}

static int expire(struct pio_sockets *s, uint64_t now_ns, each_fn *each, void *to)
{
	int n = 0;

	for (; s->n > 0 && s->q[s->heap[0]].until_ns <= now_ns; n++) {
		const struct question *q = &s->q[s->heap[0]];
		struct pio_socket_event e = { .kind = PIO_SOCKET_SILENT,
					      .tag = q->tag,
					      .ttl = -1,
					      .sent_ns = q->sent_ns,
					      .t_ns = now_ns };

		drop(s, s->heap[0]);
		each(to, &e);
	}
	return n;
}

int pio_sockets_take(struct pio_sockets *s, uint64_t now_ns, each_fn *each, void *to)
{
	struct epoll_event ev[EVENTS];
	int n, got = 0;

	do {
		n = epoll_wait(s->epoll, ev, EVENTS, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		for (int i = 0; i < n; i++) {
			uint32_t at = (uint32_t)(ev[i].data.u64 & AT_MASK);

			/* @each may have asked something new in the place of an answered one. */
			if (s->q[at].fd >= 0 &&
			    s->q[at].round == (uint32_t)(ev[i].data.u64 >> ROUND_SHIFT))
				got += look(s, at, each, to);
		}
	} while (n == EVENTS || n < 0);
	return got + expire(s, now_ns, each, to);
}
