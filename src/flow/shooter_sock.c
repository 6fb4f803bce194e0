/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same questions through sockets, for users who may not send packets. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/socket.h>

#include "flow/shooter_own.h"
#include "probe/payload.h"
#include "sys/clock.h"

#define NOBODY UINT32_MAX /* the end of the free list */

enum {
	ICMP4_REPLY = 0,
	ICMP4_UNREACHABLE = 3,
	ICMP4_PORT = 3,
	ICMP6_REPLY = 129,
	ICMP6_UNREACHABLE = 1,
	ICMP6_PORT = 4,
};

/* net.ipv4.ping_group_range decides, for both families. */
static bool may_ping(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_ICMP);

	if (fd < 0 && errno != EACCES && errno != EPERM)
		fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

struct shooter_asked *shooter_asked_take(struct shooter *s, uint32_t *ret_at)
{
	uint32_t at = s->asked_free;

	if (at != NOBODY)
		s->asked_free = s->asked[at].next;
	else if (s->asked_n < SHOOTER_ASKED_N)
		at = s->asked_n++;
	else
		return NULL;
	*ret_at = at;
	return &s->asked[at];
}

void shooter_asked_give(struct shooter *s, uint32_t at)
{
	s->asked[at].next = s->asked_free;
	s->asked_free = at;
}

int shooter_sock_open(struct shooter *s, struct err *err)
{
	s->asked = calloc(SHOOTER_ASKED_N, sizeof(*s->asked));
	if (!s->asked)
		return err_set(err, -ENOMEM, "getting ready to probe: out of memory");
	s->asked_free = NOBODY;
	s->may_ping = may_ping();
	return pio_sockets_open(0, &s->sockets, err);
}

static bool socket_kind(enum ask_kind kind, enum pio_socket_kind *ret_kind)
{
	if (kind == ASK_ECHO)
		*ret_kind = PIO_SOCKET_ECHO;
	else if (kind == ASK_TCP_SYN)
		*ret_kind = PIO_SOCKET_TCP;
	else if (kind == ASK_UDP)
		*ret_kind = PIO_SOCKET_UDP;
	else
		return false;
	return true;
}

/* 0; -EAGAIN: as many wait as may; -errno. */
static int ask(struct shooter *s, const struct shooter_shot *shot)
{
	const struct flow_path *path = flow_routes_find(s->routes, &shot->dst);
	struct pio_socket_ask q = { .dst = shot->dst,
				    .port = shot->ask.port,
				    .ifindex = s->ifindex,
				    .hops = s->hops,
				    .until_ns = shot->until_ns };
	struct shooter_asked *a;
	uint32_t at;
	int r;

	if (path->kind == FLOW_PATH_NONE)
		return -path->error;
	if (!socket_kind(shot->ask.kind, &q.kind))
		return -EOPNOTSUPP;
	/* The route's own source is the kernel's business. */
	if (s->source.family == shot->dst.family)
		q.src = s->source;
	if (shot->source > 0 && !shooter_source(s, path, shot->source, &q.src))
		return -EADDRNOTAVAIL;
	if (shot->ask.kind == ASK_UDP) {
		const struct payload *p = payload_find(shot->ask.port, shot->ask.payload);

		if (!p)
			return -ENOENT;
		q.payload = p->octets;
	}
	a = shooter_asked_take(s, &at);
	if (!a)
		return -EAGAIN;
	q.tag = at;
	r = pio_sockets_ask(s->sockets, &q);
	if (r < 0) {
		shooter_asked_give(s, at);
		return r;
	}
	a->dst = shot->dst;
	a->local = q.src.family ? q.src : path->source;
	a->ask = shot->ask;
	a->try = shot->try;
	a->source = shot->source;
	return 0;
}

unsigned shooter_sock_send(struct shooter *s, struct shooter_shot *shot, unsigned n)
{
	unsigned left = 0;

	for (unsigned i = 0; i < n; i++) {
		int r = ask(s, &shot[i]);

		shot[i].result = -r;
		left += r == 0;
	}
	s->count.sent += left;
	return left;
}

/* The payload left with the id it has in its table: it is no secret. */
static void judge(const struct ask *ask, struct reply *ret)
{
	const struct payload *p = payload_find(ask->port, ask->payload);

	ret->weak = true;
	if (p && p->check)
		ret->spoke =
			p->check(ret->data, (struct span){ p->octets.p + p->id_at, p->id_len });
}

/* What the kernel's word means as a packet. False: it is no reply. */
static bool translate(const struct pio_socket_event *e, const struct shooter_asked *a,
		      struct reply *ret)
{
	bool v4 = a->dst.family == 4;

	*ret = (struct reply){ .target = a->dst,
			       .from = e->from.family ? e->from : a->dst,
			       .local = a->local,
			       .ask = a->ask,
			       .try = (int8_t)a->try,
			       .ttl = e->ttl,
			       .mtu = e->mtu,
			       .type = e->type,
			       .code = e->code,
			       .data = e->data,
			       .t_ns = e->t_ns };
	switch (e->kind) {
	case PIO_SOCKET_OPEN:
		ret->kind = REPLY_SYNACK;
		return true;
	case PIO_SOCKET_REFUSED:
		ret->kind = REPLY_RST;
		/* Without the error queue a datagram socket only says "refused": port unreachable. */
		if (a->ask.kind == ASK_UDP) {
			ret->kind = REPLY_ERROR;
			ret->type = v4 ? ICMP4_UNREACHABLE : ICMP6_UNREACHABLE;
			ret->code = v4 ? ICMP4_PORT : ICMP6_PORT;
		}
		return true;
	case PIO_SOCKET_DATA:
		ret->kind = REPLY_ANSWER;
		if (a->ask.kind == ASK_UDP)
			judge(&a->ask, ret);
		if (a->ask.kind == ASK_ECHO)
			ret->type = v4 ? ICMP4_REPLY : ICMP6_REPLY;
		return true;
	case PIO_SOCKET_ERROR:
		ret->kind = REPLY_ERROR;
		return true;
	case PIO_SOCKET_SILENT:
	case PIO_SOCKET_FAILED:
		break;
	}
	return false;
}

static void happened(void *to, const struct pio_socket_event *e)
{
	struct shooter *s = to;
	struct shooter_asked a;
	struct reply reply;

	if (e->tag >= SHOOTER_ASKED_N)
		return;
	a = s->asked[e->tag];
	shooter_asked_give(s, (uint32_t)e->tag);
	if (!translate(e, &a, &reply))
		return;
	s->count.received++;
	s->replies++;
	s->each(s->to, a.source, &reply);
}

int shooter_sock_recv(struct shooter *s)
{
	int r = pio_sockets_take(s->sockets, clock_mono_ns(), happened, s);

	return r < 0 ? r : s->replies;
}
