/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Receiving: what arrives on any way is matched, counted and handed on; link addresses are kept. */
#include <errno.h>

#include "flow/shooter_own.h"

static void arrived(void *to, const struct pio_arrival *a)
{
	struct shooter *s = to;
	struct reply reply;
	int r = shot_match(&s->codec, a->type, a->octets, (uint32_t)s->receiving->ifindex, &reply);

	s->count.received++;
	if (r == -EBADMSG)
		s->count.forged++;
	if (r < 0)
		return;
	reply.t_ns = a->t_ns;
	if (reply.has_mac)
		neighbours_put(s->neighbours, &reply.from, &reply.mac);
	s->replies++;
	s->each(s->to, shooter_source_number(s, &reply.local), &reply);
}

/* Routes, addresses, links: asked again where they changed. Gateways may have moved with them. */
void shooter_look(struct shooter *s)
{
	s->since_look = 0;
	flow_routes_changed(s->routes);
}

int shooter_recv_ways(struct shooter *s, void (*each)(void *shooter, const struct pio_arrival *a))
{
	if (++s->since_look >= SHOOTER_LOOK)
		shooter_look(s);
	for (size_t i = 0; i < SHOOTER_WAYS_MAX; i++) {
		struct shooter_way *w = &s->way[i];
		int r;

		if (!w->self)
			continue;
		s->receiving = w;
		r = w->ops->recv(w->self, SHOOTER_RECV_N, each, s);
		if (r >= 0)
			continue;
		shooter_way_down(w);
		shooter_look(s);
		if (r != -ENETDOWN && r != -ENODEV && r != -ENXIO)
			return r;
		if (!w->told) {
			w->told = true;
			return -ENETDOWN;
		}
	}
	return s->replies;
}

int shooter_recv(struct shooter *s,
		 void (*each)(void *to, uint16_t source, const struct reply *reply), void *to)
{
	s->each = each;
	s->to = to;
	s->replies = 0;
	if (s->sockets) {
		int r = shooter_sock_recv(s);

		if (r < 0)
			return r;
	}
	return shooter_recv_ways(s, arrived);
}
