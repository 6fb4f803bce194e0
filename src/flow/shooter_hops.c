/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probes with a hop limit of their own, as packets: by the same ways as all others. */
#include <errno.h>

#include "flow/shooter_own.h"

static int build(struct shooter *s, const struct flow_path *path, struct pio_slot *slot,
		 const void *probe)
{
	const struct shooter_hop *hop = probe;
	struct hop_shot shot = hop->shot;
	struct wcur out = wcur(slot->p, slot->room);
	int r;

	shot.src = path->source;
	if (path->ether) {
		r = shooter_next_mac(s, path, &shot.dst, &slot->dst);
		if (r < 0)
			return r;
	}
	r = hop_shot_build(&s->hop, &shot, &out);
	if (r < 0) /* what finds no room here finds none on the link either */
		return r == -ENOSPC ? -EMSGSIZE : r;
	slot->len = wcur_len(&out);
	slot->type = shot.dst.family == 4 ? ETH_TYPE_IP4 : ETH_TYPE_IP6;
	slot->to = shot.dst;
	return 0;
}

unsigned shooter_send_hops(struct shooter *s, struct shooter_hop *hop, unsigned n)
{
	const struct shooter_batch b = { .first = hop,
					 .stride = sizeof(*hop),
					 .dst_at = offsetof(struct shooter_hop, shot.dst),
					 .result_at = offsetof(struct shooter_hop, result),
					 .n = n,
					 .build = build };

	for (unsigned i = 0; i < n; i++)
		hop[i].shot.src = flow_routes_find(s->routes, &hop[i].shot.dst)->source;
	return s->packets ? shooter_send_batch(s, &b) : shooter_hops_sock_send(s, hop, n);
}

static void take(struct shooter *s, const struct pio_arrival *a, int ifindex)
{
	struct hop_reply reply;
	int r = hop_match(&s->hop, a->type, a->octets, (uint32_t)ifindex, &reply);

	s->count.received++;
	if (r == -EBADMSG)
		s->count.forged++;
	if (r < 0)
		return;
	reply.t_ns = a->t_ns;
	s->replies++;
	s->each_hop(s->to, &reply);
}

static void arrived(void *to, const struct pio_arrival *a)
{
	struct shooter *s = to;

	take(s, a, s->receiving->ifindex);
}

/* By the ear, which hears what the ways hear too. */
static void overheard(void *to, const struct pio_arrival *a)
{
	struct shooter *s = to;

	for (size_t i = 0; i < SHOOTER_WAYS_MAX; i++)
		if (s->way[i].self && s->way[i].ifindex == a->ifindex)
			return;
	if (!flow_routes_slave(s->routes, a->ifindex))
		take(s, a, a->ifindex);
}

int shooter_recv_hops(struct shooter *s, void (*each)(void *to, const struct hop_reply *reply),
		      void *to)
{
	int r;

	s->each_hop = each;
	s->to = to;
	s->replies = 0;
	if (!s->packets) {
		r = shooter_hops_sock_recv(s);
		if (r < 0)
			return r;
	}
	r = shooter_recv_ways(s, arrived);
	if (r >= 0 && s->ear)
		r = pio_packet_packet.recv(s->ear, SHOOTER_RECV_N, overheard, s);
	return r < 0 ? r : s->replies;
}

bool shooter_can_hops(const struct shooter *s, enum ask_kind kind, bool *ret_one_flow)
{
	bool tcp = kind == ASK_TCP_SYN;

	if (kind != ASK_ECHO && kind != ASK_UDP && !tcp)
		return false;
	*ret_one_flow = s->packets || !tcp;
	return s->packets || tcp || (kind == ASK_ECHO ? s->hop_echo : s->hop_udp) != NULL;
}
