/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same probes through sockets, for users who may not send packets. */
#include <errno.h>

#include "flow/shooter_own.h"
#include "sys/clock.h"

enum { ICMP4_REPLY = 0, ICMP6_REPLY = 129 };

static int open_hopsock(struct shooter *s, enum pio_hopsock_kind kind, struct pio_hopsock **ret,
			struct err *err)
{
	const struct pio_hopsock_conf conf = {
		.kind = kind, .iface = s->iface, .source = s->source, .flows = s->hop.port_n
	};

	return pio_hopsock_open(&conf, ret, err);
}

/* Who may not ping can still do the rest. */
int shooter_hops_sock_open(struct shooter *s, struct err *err)
{
	int r = open_hopsock(s, PIO_HOPSOCK_UDP, &s->hop_udp, err);

	if (r == 0)
		r = open_hopsock(s, PIO_HOPSOCK_ECHO, &s->hop_echo, err);
	return r == -EPERM ? 0 : r;
}

/* One by a flow's own socket. 0; -errno. */
static int send_message(struct shooter *s, const struct hop_shot *shot)
{
	struct pio_hopsock *sock = shot->kind == ASK_ECHO ? s->hop_echo : s->hop_udp;
	struct pio_hopsock_message m = { .dst = shot->dst,
					 .port = shot->port,
					 .flow = shot->flow,
					 .hops = shot->hops,
					 .tos = shot->tos,
					 .df = shot->df };
	struct wcur out = wcur(s->message, sizeof(s->message));
	int id, r;

	if (!sock)
		return -EPERM;
	id = pio_hopsock_id(sock, shot->dst.family, shot->flow);
	if (id < 0)
		return id;
	r = hop_shot_message(&s->hop, shot, (uint16_t)id, &out);
	if (r < 0)
		return r;
	m.octets = (struct span){ s->message, wcur_len(&out) };
	return pio_hopsock_send(sock, &m);
}

static int ask_tcp(struct shooter *s, const struct shooter_hop *hop)
{
	struct pio_socket_ask q = { .kind = PIO_SOCKET_TCP,
				    .dst = hop->shot.dst,
				    .port = hop->shot.port,
				    .ifindex = s->ifindex,
				    .hops = hop->shot.hops,
				    .until_ns = hop->until_ns };
	struct shooter_asked *a;
	uint32_t at;
	int r;

	if (s->source.family == hop->shot.dst.family)
		q.src = s->source;
	a = shooter_asked_take(s, &at);
	if (!a)
		return -EAGAIN;
	q.tag = at;
	r = pio_sockets_ask(s->sockets, &q);
	if (r < 0) {
		shooter_asked_give(s, at);
		return r;
	}
	a->dst = hop->shot.dst;
	a->local = hop->shot.src;
	a->ask = (struct ask){ .kind = ASK_TCP_SYN, .port = hop->shot.port };
	a->flow = hop->shot.flow;
	a->number = hop->shot.number;
	return 0;
}

static int send_one(struct shooter *s, const struct shooter_hop *hop)
{
	const struct flow_path *path = flow_routes_find(s->routes, &hop->shot.dst);

	if (path->kind == FLOW_PATH_NONE)
		return -path->error;
	if (hop_shot_least((enum ask_kind)hop->shot.kind, hop->shot.dst.family) == 0 ||
	    hop->shot.number == 0 || hop->shot.hops == 0)
		return -EINVAL;
	return hop->shot.kind == ASK_TCP_SYN ? ask_tcp(s, hop) : send_message(s, &hop->shot);
}

unsigned shooter_hops_sock_send(struct shooter *s, struct shooter_hop *hop, unsigned n)
{
	unsigned left = 0;

	for (unsigned i = 0; i < n; i++) {
		int r = send_one(s, &hop[i]);

		hop[i].result = -r;
		left += r == 0;
	}
	s->count.sent += left;
	return left;
}

static void hand_over(struct shooter *s, const struct hop_reply *reply)
{
	s->replies++;
	s->each_hop(s->to, reply);
}

/* What both sockets' events mean as a reply. */
static void tell(struct shooter *s, enum ask_kind kind, const struct pio_hopsock_event *e)
{
	struct pio_hopsock *sock = kind == ASK_ECHO ? s->hop_echo : s->hop_udp;
	struct hop_reply reply = {
		.dst = e->dst,
		.local = flow_routes_find(s->routes, &e->dst)->source,
		.from = e->from,
		.ask = (uint8_t)kind,
		.port = e->port,
		.flow = e->flow,
		.kind = e->error ? REPLY_ERROR : REPLY_ANSWER,
		.type = e->type,
		.code = e->code,
		.ttl = e->ttl,
		.mtu = e->mtu,
		.quote = { .ttl = -1, .tos = -1 },
		.ext = e->ext,
		.t_ns = e->t_ns,
	};
	int id = pio_hopsock_id(sock, e->dst.family, e->flow);

	s->count.received++;
	if (!e->error && kind == ASK_ECHO)
		reply.type = e->dst.family == 4 ? ICMP4_REPLY : ICMP6_REPLY;
	if (hop_match_message(&s->hop, kind, (uint16_t)id, e->octets, &reply) < 0)
		s->count.forged++;
	else
		hand_over(s, &reply);
}

static void tell_echo(void *to, const struct pio_hopsock_event *e)
{
	tell(to, ASK_ECHO, e);
}

static void tell_udp(void *to, const struct pio_hopsock_event *e)
{
	tell(to, ASK_UDP, e);
}

static void tell_tcp(void *to, const struct pio_socket_event *e)
{
	struct shooter *s = to;
	struct hop_reply reply;
	struct shooter_asked a;

	if (e->tag >= SHOOTER_ASKED_N)
		return;
	a = s->asked[e->tag];
	shooter_asked_give(s, (uint32_t)e->tag);
	reply = (struct hop_reply){ .dst = a.dst,
				    .local = a.local,
				    .from = e->from.family ? e->from : a.dst,
				    .ask = ASK_TCP_SYN,
				    .port = a.ask.port,
				    .flow = a.flow,
				    .number = a.number,
				    .type = e->type,
				    .code = e->code,
				    .ttl = e->ttl,
				    .mtu = e->mtu,
				    .quote = { .ttl = -1, .tos = -1 },
				    .t_ns = e->t_ns };
	switch (e->kind) {
	case PIO_SOCKET_OPEN:
		reply.kind = REPLY_SYNACK;
		break;
	case PIO_SOCKET_REFUSED:
		reply.kind = REPLY_RST;
		break;
	case PIO_SOCKET_ERROR:
		reply.kind = REPLY_ERROR;
		break;
	case PIO_SOCKET_DATA:
	case PIO_SOCKET_SILENT:
	case PIO_SOCKET_FAILED:
		return;
	}
	s->count.received++;
	hand_over(s, &reply);
}

int shooter_hops_sock_recv(struct shooter *s)
{
	int r = pio_sockets_take(s->sockets, clock_mono_ns(), tell_tcp, s);

	if (r >= 0 && s->hop_echo)
		r = pio_hopsock_take(s->hop_echo, tell_echo, s);
	if (r >= 0 && s->hop_udp)
		r = pio_hopsock_take(s->hop_udp, tell_udp, s);
	return r < 0 ? r : s->replies;
}
