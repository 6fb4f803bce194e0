/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "twin/stub.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/ns.h"
#include "twin/inside.h"

#define FILES_SPARE 512 /* open files that the process wants besides its stubs */
#define BACKLOG_MIN 64  /* the proof is of the firewall: no probe is lost to a short queue */

#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78 /* since Linux 4.15 */
#endif

/* What makes two listening sockets one to a packet. */
struct key {
	uint8_t proto, family;
	bool v6only;
	struct ip_addr addr;
	uint16_t port;
	const char *iface; /* NULL: none */
};

static struct key key_of(const struct fact_socket *s)
{
	return (struct key){ s->proto, s->family, s->v6only, s->local.addr, (uint16_t)s->local.port,
			     s->iface };
}

static int cmp(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int by_key(const void *a_, const void *b_)
{
	const struct fact_socket *const *pa = a_, *const *pb = b_;
	struct key a = key_of(*pa), b = key_of(*pb);
	int r = cmp(a.proto, b.proto);

	if (r == 0)
		r = cmp(a.family, b.family);
	if (r == 0)
		r = cmp(a.port, b.port);
	if (r == 0)
		r = cmp(a.v6only, b.v6only);
	if (r == 0)
		r = ip_cmp(&a.addr, &b.addr);
	if (r == 0)
		r = cmp(a.addr.zone, b.addr.zone);
	if (r == 0)
		r = strcmp(a.iface ? a.iface : "", b.iface ? b.iface : "");
	return r;
}

static bool is_datagram(const struct fact_socket *s)
{
	return s->proto == FACT_UDP || s->proto == FACT_UDPLITE;
}

static bool is_listening(const struct fact_socket *s)
{
	if (s->local.port <= 0 || s->local.port > UINT16_MAX)
		return false;
	if (is_datagram(s))
		return s->state == FACT_UNCONN;
	return (s->proto == FACT_TCP || s->proto == FACT_SCTP) && s->state == FACT_LISTEN;
}

/* Make room for @n stubs. Returns for how many there is: the prober, too, needs to open files. */
static size_t raise_files(size_t n)
{
	struct rlimit now, want;

	if (getrlimit(RLIMIT_NOFILE, &now) < 0)
		return n;
	if (now.rlim_cur >= n + FILES_SPARE)
		return n;
	/* Beyond the hard limit only with CAP_SYS_RESOURCE; else as far as it lets us. */
	want = (struct rlimit){ n + FILES_SPARE, MAX(now.rlim_max, n + FILES_SPARE) };
	if (setrlimit(RLIMIT_NOFILE, &want) == 0)
		return n;
	now.rlim_cur = now.rlim_max;
	setrlimit(RLIMIT_NOFILE, &now);
	return MIN(n,
		   now.rlim_cur > 2 * FILES_SPARE ? now.rlim_cur - FILES_SPARE : now.rlim_cur / 2);
}

static void set_option(int fd, int level, int name, int value)
{
	setsockopt(fd, level, name, &value, sizeof(value));
}

/* Options that only help; where one is missing, bind tells. */
static void set_options(int fd, const struct fact_socket *s)
{
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	/* The host may have been told of an address that is not there, and multicast never is. */
	set_option(fd, SOL_IP, IP_FREEBIND, 1);
	if (s->family != 6)
		return;
	set_option(fd, SOL_IPV6, IPV6_FREEBIND, 1);
	set_option(fd, SOL_IPV6, IPV6_V6ONLY, s->v6only);
}

static socklen_t address_of(const struct twin *t, const struct fact_socket *s,
			    struct sockaddr_storage *ret)
{
	struct sockaddr_in *in4 = (void *)ret;
	struct sockaddr_in6 *in6 = (void *)ret;
	const struct twin_port *port;

	memset(ret, 0, sizeof(*ret));
	if (s->family == 4) {
		in4->sin_family = AF_INET;
		in4->sin_port = htons((uint16_t)s->local.port);
		memcpy(&in4->sin_addr, s->local.addr.octet, 4);
		return sizeof(*in4);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons((uint16_t)s->local.port);
	memcpy(&in6->sin6_addr, s->local.addr.octet, 16);
	port = twin_port_of(t, (int)s->local.addr.zone);
	if (!port && s->iface)
		port = twin_port_named(t, s->iface);
	if (ip_kind(&s->local.addr) == IP_LINK_LOCAL && port)
		in6->sin6_scope_id = (uint32_t)port->index;
	return sizeof(*in6);
}

static int listen_on(const struct twin *t, int fd, const struct fact_socket *s)
{
	struct sockaddr_storage addr;
	socklen_t len = address_of(t, s, &addr);
	int64_t backlog = MAX(s->send_q, BACKLOG_MIN);

	set_options(fd, s);
	if (s->iface &&
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, s->iface, (socklen_t)strlen(s->iface)) < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&addr, len) < 0)
		return -errno;
	if (!is_datagram(s) && listen(fd, (int)MIN(backlog, INT32_MAX)) < 0)
		return -errno;
	return 0;
}

/* In the twin's namespace. Returns a descriptor or -errno. */
static int open_stub(const struct twin *t, const struct fact_socket *s)
{
	int domain = s->family == 4 ? AF_INET : AF_INET6, fd, r;

	if (s->proto == FACT_SCTP)
		return -EPROTONOSUPPORT;
	fd = socket(domain,
		    (is_datagram(s) ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC,
		    s->proto == FACT_UDPLITE ? IPPROTO_UDPLITE : 0);
	if (fd < 0)
		return -errno;
	r = listen_on(t, fd, s);
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

static void tell(struct twin *t, const struct fact_socket *s, int r)
{
	char which[IP_TEXT_LEN + 64], addr[IP_TEXT_LEN];

	snprintf(which, sizeof(which), "%s %s port %u%s%s", fact_proto_words[s->proto],
		 ip_format(&s->local.addr, addr), (unsigned)s->local.port, s->iface ? " on " : "",
		 s->iface ? s->iface : "");
	twin_gap(t, "socket", which,
		 s->proto == FACT_SCTP ? "Sonde does not probe SCTP" : strerror(-r),
		 "whether it can be reached is not known");
}

static void tell_rest(struct twin *t, size_t n)
{
	char which[64];

	snprintf(which, sizeof(which), "%zu of the listening sockets", n);
	twin_gap(t, "socket", which, "the limit of open files (ulimit -n) is too low",
		 "whether they can be reached is not known");
}

static int watch(struct twin_stubs *s, size_t i)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = i };

	int to = is_datagram(&s->socket[s->stub[i].row]) ? s->datagrams : s->streams;

	return epoll_ctl(to, EPOLL_CTL_ADD, s->stub[i].fd, &ev) < 0 ? -errno : 0;
}

/* The first @n; the rest is one gap. */
static int open_all(struct twin *t, struct twin_stubs *s, size_t n, struct err *err)
{
	AUTO(ns_leave) struct ns_visit v = ns_visit(twin_inside_fd(t), err);

	if (v.r < 0)
		return v.r;
	if (n < s->n)
		tell_rest(t, s->n - n);
	for (size_t i = 0; i < n; i++) {
		const struct fact_socket *socket = &s->socket[s->stub[i].row];
		int r = open_stub(t, socket);

		if (r >= 0) {
			s->stub[i].fd = r;
			r = watch(s, i);
		}
		if (r < 0)
			tell(t, socket, r);
		else
			s->open++;
	}
	return 0;
}

/* The different ones among the listening sockets, in order. */
static int choose(struct twin_stubs *s)
{
	const struct fact_socket **sorted = calloc(s->socket_n + 1, sizeof(*sorted));
	size_t n = 0;

	s->stub = calloc(s->socket_n + 1, sizeof(*s->stub));
	if (!sorted || !s->stub) {
		free(sorted);
		return -ENOMEM;
	}
	for (size_t i = 0; i < s->socket_n; i++)
		if (is_listening(&s->socket[i]))
			sorted[n++] = &s->socket[i];
	qsort(sorted, n, sizeof(*sorted), by_key);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || by_key(&sorted[i - 1], &sorted[i]) != 0)
			s->stub[s->n++] = (struct twin_stub){ -1, (size_t)(sorted[i] - s->socket) };
	free(sorted);
	return 0;
}

/* Two: waiting connections must not wake those who ask for datagrams. */
static int make_epolls(struct twin_stubs *s)
{
	s->datagrams = epoll_create1(EPOLL_CLOEXEC);
	s->streams = epoll_create1(EPOLL_CLOEXEC);
	return s->datagrams < 0 || s->streams < 0 ? -errno : 0;
}

int twin_stubs_open(struct twin *t, const struct fact_socket *socket, size_t n,
		    struct twin_stubs **ret, struct err *err)
{
	AUTO(twin_stubs_closep) struct twin_stubs *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return err_set(err, -ENOMEM, "opening stubs: out of memory");
	s->socket = socket;
	s->socket_n = n;
	s->datagrams = s->streams = -1;
	r = make_epolls(s);
	if (r == 0)
		r = choose(s);
	if (r < 0)
		return err_set(err, r, "opening stubs: %s", strerror(-r));
	r = open_all(t, s, raise_files(s->n), err);
	if (r < 0)
		return err_wrap(err, r, "opening stubs");
	*ret = s;
	s = NULL;
	return 0;
}

static void close_if(int fd)
{
	if (fd >= 0)
		close(fd);
}

void twin_stubs_close(struct twin_stubs *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		close_if(s->stub[i].fd);
	close_if(s->datagrams);
	close_if(s->streams);
	free(s->stub);
	free(s);
}

void twin_stubs_closep(struct twin_stubs **s)
{
	twin_stubs_close(*s);
}

size_t twin_stubs_count(const struct twin_stubs *s)
{
	return s->open;
}

int twin_stubs_fd(const struct twin_stubs *s)
{
	return s->datagrams;
}

bool twin_stubs_has(const struct twin_stubs *s, size_t i)
{
	const struct fact_socket *want = &s->socket[i];
	size_t from = 0, to = s->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const struct fact_socket *have = &s->socket[s->stub[middle].row];
		int r = by_key(&want, &have);

		if (r == 0)
			return s->stub[middle].fd >= 0;
		if (r < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return false;
}
