/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sending: shots that leave by the same way go to its back end together, in their order. */
#include <errno.h>
#include <string.h>

#include "flow/shooter_own.h"

/* How the shots of one run leave. */
struct leaving {
	const struct flow_path *path;
	struct shooter_way *way;
	struct pio_slot *slot;
	unsigned room, n;
	unsigned at[PIO_PACKET_BATCH]; /* which shot a slot holds */
};

/* Group addresses of Ethernet: RFC 1112 6.4, RFC 2464 7. */
static bool group_mac(const struct ip_addr *to, struct eth_addr *ret_mac)
{
	const uint8_t *o = to->octet;

	if (ip_kind(to) == IP_BROADCAST)
		memset(ret_mac, 0xff, sizeof(*ret_mac));
	else if (ip_kind(to) != IP_MULTICAST)
		return false;
	else if (to->family == 4)
		*ret_mac = (struct eth_addr){ { 0x01, 0x00, 0x5e, o[1] & 0x7f, o[2], o[3] } };
	else
		*ret_mac = (struct eth_addr){ { 0x33, 0x33, o[12], o[13], o[14], o[15] } };
	return true;
}

int shooter_next_mac(struct shooter *s, const struct flow_path *path, const struct ip_addr *dst,
		     struct eth_addr *ret_mac)
{
	struct ip_addr hop = path->kind == FLOW_PATH_GATEWAY ? path->gateway : *dst;
	int r;

	if (group_mac(&hop, ret_mac) || neighbours_find(s->neighbours, &hop, ret_mac))
		return 0;
	r = flow_routes_neighbour(s->routes, path->ifindex, &hop, ret_mac);
	if (r == 0)
		neighbours_put(s->neighbours, &hop, ret_mac);
	return r;
}

/* What asks for link addresses goes to where whoever has the target's hears it. */
static int shot_mac(struct shooter *s, const struct flow_path *path,
		    const struct shooter_shot *shot, struct eth_addr *ret_mac)
{
	switch ((enum ask_kind)shot->ask.kind) {
	case ASK_ARP:
		memset(ret_mac, 0xff, sizeof(*ret_mac));
		return 0;
	case ASK_ND: /* the solicited-node group of the target (RFC 4291 2.7.1) */
		*ret_mac = (struct eth_addr){ { 0x33, 0x33, 0xff, shot->dst.octet[13],
						shot->dst.octet[14], shot->dst.octet[15] } };
		return 0;
	case ASK_MLD: /* all nodes */
		*ret_mac = (struct eth_addr){ { 0x33, 0x33, 0, 0, 0, 1 } };
		return 0;
	case ASK_ECHO:
	case ASK_TIMESTAMP:
	case ASK_MASK:
	case ASK_INFO:
	case ASK_TCP_SYN:
	case ASK_TCP_ACK:
	case ASK_UDP:
	case ASK_KINDS:
		break;
	}
	return shooter_next_mac(s, path, &shot->dst, ret_mac);
}

static bool is_link_ask(enum ask_kind kind)
{
	return kind == ASK_ARP || kind == ASK_ND || kind == ASK_MLD;
}

static int build(struct shooter *s, const struct flow_path *path, struct pio_slot *slot,
		 const void *probe)
{
	const struct shooter_shot *shot = probe;
	struct shot packet = { .dst = shot->dst,
			       .ask = shot->ask,
			       .try = shot->try,
			       .hops = s->hops,
			       .mac = path->mac };
	struct wcur out = wcur(slot->p, slot->room);
	int r;

	if (is_link_ask(shot->ask.kind) && (!path->ether || path->kind != FLOW_PATH_ON_LINK))
		return -EHOSTUNREACH;
	if (!shooter_source(s, path, shot->source, &packet.src))
		return -EADDRNOTAVAIL;
	if (path->ether) {
		r = shot_mac(s, path, shot, &slot->dst);
		if (r < 0)
			return r;
	}
	r = shot_build(&s->codec, &packet, &out);
	if (r < 0)
		return r;
	slot->len = wcur_len(&out);
	slot->type = shot_ethertype(&packet);
	slot->to = shot->dst;
	return 0;
}

static void *at(const struct shooter_batch *b, unsigned i)
{
	return (uint8_t *)b->first + i * b->stride;
}

static const struct ip_addr *dst_of(const struct shooter_batch *b, unsigned i)
{
	return (const struct ip_addr *)((const uint8_t *)at(b, i) + b->dst_at);
}

static void tell(const struct shooter_batch *b, unsigned i, int error)
{
	*(int *)((uint8_t *)at(b, i) + b->result_at) = error;
}

/* Everything built goes; what did not leave learns why. Returns how many left. */
static unsigned flush(struct shooter *s, struct leaving *l, const struct shooter_batch *b)
{
	unsigned left;
	int why = 0;

	if (l->n == 0)
		return 0;
	left = l->way->ops->send(l->way->self, l->n, &why);
	/* The fault is the first one's; the others have not been tried. */
	for (unsigned i = left; i < l->n; i++)
		tell(b, l->at[i], why && (i == left || why == ENETDOWN) ? why : ENOBUFS);
	s->count.sent += left;
	l->n = 0;
	l->room = 0;
	return left;
}

/* Get ready for probes along @path. 0; -errno. */
static int prepare(struct shooter *s, struct leaving *l, const struct flow_path *path, unsigned n)
{
	int r;

	l->path = path;
	if (path->kind == FLOW_PATH_NONE)
		return -path->error;
	if (!path->up)
		return -ENETDOWN;
	r = shooter_way_open(s, path, &l->way, NULL);
	/* Opening takes its time: what left now would seem to have been on its way for as long. */
	if (r != 0)
		return r < 0 ? r : -EAGAIN;
	l->room = l->way->ops->slots(l->way->self, &l->slot, MIN(n, (unsigned)PIO_PACKET_BATCH));
	return l->room > 0 ? 0 : -ENOBUFS;
}

/* Whether what goes along @a and along @b may leave together: pieces of one interface often can. */
static bool same_way(const struct flow_path *a, const struct flow_path *b)
{
	return a == b || (a->kind != FLOW_PATH_NONE && a->up && a->ifindex == b->ifindex);
}

unsigned shooter_send_batch(struct shooter *s, const struct shooter_batch *b)
{
	struct leaving l = { .path = NULL };
	unsigned left = 0;

	for (unsigned i = 0; i < b->n; i++) {
		const struct flow_path *path = flow_routes_find(s->routes, dst_of(b, i));
		int r = 0;

		if (l.room > 0 && l.n < l.room && same_way(path, l.path)) {
			l.path = path;
		} else {
			left += flush(s, &l, b);
			r = prepare(s, &l, path, b->n - i);
		}
		if (r == 0)
			r = b->build(s, l.path, &l.slot[l.n], at(b, i));
		tell(b, i, -r);
		if (r == 0)
			l.at[l.n++] = i;
	}
	return left + flush(s, &l, b);
}

static unsigned send_packets(struct shooter *s, struct shooter_shot *shot, unsigned n)
{
	const struct shooter_batch b = { .first = shot,
					 .stride = sizeof(*shot),
					 .dst_at = offsetof(struct shooter_shot, dst),
					 .result_at = offsetof(struct shooter_shot, result),
					 .n = n,
					 .build = build };

	return shooter_send_batch(s, &b);
}

unsigned shooter_send(struct shooter *s, struct shooter_shot *shot, unsigned n)
{
	unsigned left = 0;

	if (!s->sockets)
		return send_packets(s, shot, n);
	for (unsigned i = 0, end; i < n; i = end) {
		bool sock = shooter_by_sock(s, shot[i].ask.kind);

		for (end = i + 1; end < n && shooter_by_sock(s, shot[end].ask.kind) == sock; end++)
			;
		left += sock ? shooter_sock_send(s, shot + i, end - i)
			     : send_packets(s, shot + i, end - i);
	}
	return left;
}
