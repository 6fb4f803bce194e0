/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pio/hopsock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/epoll.h>

#include "pio/icmpsock.h"

#define TRIES_MAX 4    /* an error of an earlier message is told once by an unrelated call */
#define EVENTS    64   /* looked at by one system call */
#define TAKE_MAX  1024 /* of one call, so that sending gets its turn */
#define FRAME_LEN \
	2048 /* octets: an ICMPv4 error of 576, an ICMPv6 one of 1280; of an answer its begin */
#define UNSET -1

enum { UNREACH4 = 3, FRAG_NEEDED = 4, TOO_BIG6 = 2 };

/* One flow's socket, and what it is set to: an option is set again only when it changes. */
struct flow {
	int fd; /* -1: not opened yet */
	int id;
	int hops, tos, df;
};

struct pio_hopsock {
	struct pio_hopsock_conf conf;
	int epoll;
	struct flow *flow; /* .conf.flows of IPv4, then as many of IPv6 */
	struct icmpsock_batch batch;
	struct pio_frame frame[PIO_BATCH];
	uint8_t buf[PIO_BATCH][FRAME_LEN];
};

/* Where the flow's socket is kept; NULL: there is none. */
static struct flow *place(struct pio_hopsock *s, int family, uint16_t flow)
{
	if (flow >= s->conf.flows || (family != 4 && family != 6))
		return NULL;
	return &s->flow[flow + (family == 6 ? s->conf.flows : 0)];
}

static int set_up(struct pio_hopsock *s, struct flow *f, const struct pio_conf *conf,
		  struct err *err)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u64 = (uint64_t)(f - s->flow) };
	int on = 1, r = icmpsock_want_errors(f->fd, conf->family, err);

	if (r < 0)
		return r;
	/* Linux 5.9 and later tell where extensions begin. */
	if (conf->family == 4)
		(void)!setsockopt(f->fd, IPPROTO_IP, IP_RECVERR_RFC4884, &on, sizeof(on));
	else
		(void)!setsockopt(f->fd, IPPROTO_IPV6, IPV6_RECVERR_RFC4884, &on, sizeof(on));
	r = icmpsock_number(f->fd, conf, err);
	if (r < 0)
		return r;
	f->id = r;
	if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, f->fd, &e) < 0)
		return err_set(err, -errno, "watching a socket: %s", strerror(errno));
	return 0;
}

/* 0: the socket is open; -errno with @err. */
static int need(struct pio_hopsock *s, struct flow *f, int family, struct err *err)
{
	const struct pio_conf conf = { .family = family,
				       .iface = s->conf.iface,
				       .source = s->conf.source };
	int r;

	if (f->fd >= 0)
		return 0;
	if (s->conf.kind == PIO_HOPSOCK_UDP)
		r = icmpsock_open_udp(&conf, &f->fd, err);
	else
		r = icmpsock_open(&conf, SOCK_DGRAM, &f->fd, err);
	if (r < 0)
		return r;
	f->hops = f->tos = f->df = UNSET;
	r = set_up(s, f, &conf, err);
	if (r < 0) {
		close(f->fd);
		f->fd = -1;
	}
	return r;
}

/* A host may have one family only; whoever may not open a socket of the one may not of the other. */
static int try_out(struct pio_hopsock *s, struct err *err)
{
	int r = need(s, place(s, 4, 0), 4, err);

	if (r == -EAFNOSUPPORT)
		r = need(s, place(s, 6, 0), 6, err);
	if (r == -EPERM)
		return err_set(err, r,
			       "ping sockets are forbidden to this user: the sysctl "
			       "net.ipv4.ping_group_range would let its group");
	return r;
}

int pio_hopsock_open(const struct pio_hopsock_conf *conf, struct pio_hopsock **ret, struct err *err)
{
	struct pio_hopsock *s = calloc(1, sizeof(*s));
	int r = 0;

	if (!s)
		return err_set(err, -ENOMEM, "probing by sockets: out of memory");
	s->conf = *conf;
	s->conf.flows = MIN(MAX(conf->flows, 1), UINT16_MAX);
	s->flow = calloc(2 * s->conf.flows, sizeof(*s->flow));
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll < 0)
		r = err_set(err, -errno, "probing by sockets: %s", strerror(errno));
	if (!s->flow)
		r = err_set(err, -ENOMEM, "probing by sockets: out of memory");
	for (size_t i = 0; s->flow && i < 2 * s->conf.flows; i++)
		s->flow[i].fd = -1;
	if (r == 0)
		r = try_out(s, err);
	if (r < 0) {
		pio_hopsock_close(s);
		return r;
	}
	*ret = s;
	return 0;
}

void pio_hopsock_close(struct pio_hopsock *s)
{
	if (!s)
		return;
	for (size_t i = 0; s->flow && i < 2 * s->conf.flows; i++) {
		if (s->flow[i].fd >= 0)
			close(s->flow[i].fd);
	}
	if (s->epoll >= 0)
		close(s->epoll);
	free(s->flow);
	free(s);
}

void pio_hopsock_closep(struct pio_hopsock **s)
{
	pio_hopsock_close(*s);
}

int pio_hopsock_fd(const struct pio_hopsock *s)
{
	return s->epoll;
}

int pio_hopsock_id(struct pio_hopsock *s, int family, uint16_t flow)
{
	struct flow *f = place(s, family, flow);
	int r = f ? need(s, f, family, NULL) : -EINVAL;

	return r < 0 ? r : f->id;
}

static int set(int fd, int level, int name, int value, int *now)
{
	if (*now == value)
		return 0;
	if (setsockopt(fd, level, name, &value, sizeof(value)) < 0)
		return -errno;
	*now = value;
	return 0;
}

/*
 * By socket options, not by control messages: ping sockets of IPv6 read those only since Linux 5.18.
 * PROBE: no fragments, and what the kernel has learned of the path's MTU is not looked at.
 */
static int set_options(struct flow *f, const struct pio_hopsock_message *m)
{
	int r;

	if (m->dst.family == 4) {
		r = set(f->fd, IPPROTO_IP, IP_TTL, m->hops, &f->hops);
		if (r == 0)
			r = set(f->fd, IPPROTO_IP, IP_TOS, m->tos, &f->tos);
		if (r == 0)
			r = set(f->fd, IPPROTO_IP, IP_MTU_DISCOVER,
				m->df ? IP_PMTUDISC_PROBE : IP_PMTUDISC_DONT, &f->df);
		return r;
	}
	r = set(f->fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, m->hops, &f->hops);
	if (r == 0)
		r = set(f->fd, IPPROTO_IPV6, IPV6_TCLASS, m->tos, &f->tos);
	if (r == 0)
		r = set(f->fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE, &f->df);
	return r;
}

/* 0; -errno: of this message, or news about an earlier one. */
static int send_once(const struct pio_hopsock *s, const struct flow *f,
		     const struct pio_hopsock_message *m)
{
	uint16_t port = s->conf.kind == PIO_HOPSOCK_UDP ? m->port : 0;
	union sockaddr_ip to;
	socklen_t len = sockaddr_to(&m->dst, port, &to);
	ssize_t r;

	do
		r = sendto(f->fd, m->octets.p, m->octets.len, 0, &to.any, len);
	while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : 0;
}

int pio_hopsock_send(struct pio_hopsock *s, const struct pio_hopsock_message *m)
{
	struct flow *f = place(s, m->dst.family, m->flow);
	int r = f ? need(s, f, m->dst.family, NULL) : -EINVAL;

	if (r == 0)
		r = set_options(f, m);
	if (r < 0)
		return r;
	/* The errno of a send may be news about an earlier message: that news is in the error queue. */
	for (unsigned i = 0; i < TRIES_MAX; i++) {
		int pending;
		socklen_t len = sizeof(pending);

		getsockopt(f->fd, SOL_SOCKET, SO_ERROR, &pending, &len);
		r = send_once(s, f, m);
		if (r == 0 || r == -EAGAIN || r == -ENOBUFS || r == -EMSGSIZE)
			break;
	}
	return r;
}

static bool tells_mtu(const struct pio_frame *f)
{
	return f->dst.family == 4 ? f->type == UNREACH4 && f->code == FRAG_NEEDED
				  : f->type == TOO_BIG6;
}

static struct pio_hopsock_event event_of(const struct pio_hopsock *s, uint16_t flow, unsigned i)
{
	const struct pio_frame *f = &s->frame[i];
	struct pio_hopsock_event e = { .flow = flow,
				       .error = f->kind == PIO_ERROR,
				       .from = f->peer,
				       .dst = f->peer,
				       .ttl = f->hops,
				       .octets = f->icmp,
				       .t_ns = f->t_ns };

	if (s->conf.kind == PIO_HOPSOCK_UDP)
		e.port = sockaddr_port(&s->batch.from[i]);
	if (!e.error)
		return e;
	e.dst = f->dst;
	e.type = f->type;
	e.code = f->code;
	e.mtu = tells_mtu(f) ? f->mtu : 0;
	if (f->ext_at > 0 && f->ext_at <= f->icmp.len) {
		e.octets.len = f->ext_at;
		e.ext = (struct span){ f->icmp.p + f->ext_at, f->icmp.len - f->ext_at };
	}
	return e;
}

typedef void each_fn(void *to, const struct pio_hopsock_event *e);

/* One batch of @flags. Returns how many frames there were, perhaps no events; -errno. */
static int read_batch(struct pio_hopsock *s, struct flow *f, int flags, each_fn *each, void *to,
		      int *events)
{
	uint16_t flow = (uint16_t)((size_t)(f - s->flow) % s->conf.flows);
	int n;

	for (unsigned i = 0; i < PIO_BATCH; i++)
		s->frame[i] = (struct pio_frame){ .p = s->buf[i], .room = FRAME_LEN };
	n = icmpsock_recv(f->fd, flags, &s->batch, s->frame, PIO_BATCH);
	for (int i = 0; i < n; i++) {
		struct pio_hopsock_event e = event_of(s, flow, (unsigned)i);

		/* What the error queue holds besides is this host's own doing, and told by send. */
		if (flags != 0 && !e.error)
			continue;
		each(to, &e);
		++*events;
	}
	return n;
}

/* What is left is told again by epoll. */
static int take_flow(struct pio_hopsock *s, struct flow *f, each_fn *each, void *to)
{
	int events = 0, r = PIO_BATCH;

	for (int had = 0; r == PIO_BATCH && had < TAKE_MAX; had += r)
		r = read_batch(s, f, MSG_ERRQUEUE, each, to, &events);
	r = PIO_BATCH;
	/* An errno here is again news about an earlier message. */
	for (unsigned i = 0; (r == PIO_BATCH || (r < 0 && r != -EAGAIN)) && i < TRIES_MAX; i++)
		r = read_batch(s, f, 0, each, to, &events);
	return events;
}

int pio_hopsock_take(struct pio_hopsock *s, each_fn *each, void *to)
{
	struct epoll_event ev[EVENTS];
	int n, got = 0;

	do {
		n = epoll_wait(s->epoll, ev, EVENTS, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		for (int i = 0; i < n; i++)
			got += take_flow(s, &s->flow[ev[i].data.u64], each, to);
	} while (n < 0 || (n == EVENTS && got < TAKE_MAX));
	return got;
}
