/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blind attacks (RFC 5927): errors about a TCP connection by somebody who does not see it and so guesses
 * sequence numbers; path MTUs that no real path has; errors about packets their receiver never sent.
 */
#include "detect/detector.h"
#include "detect/table.h"
#include "icmp/number.h"

#define PLACES    1024
#define WINDOW_NS (10 * NS_PER_S)

struct guessed { /* one connection */
	uint64_t since_ns, packets;
	uint64_t seqs; /* a bit a sequence number, hashed */
};

static size_t blind_size(const struct detect_conf *conf)
{
	return table_size(detect_places(conf, PLACES), sizeof(struct guessed));
}

static void blind_init(void *self, const struct detect_conf *conf)
{
	table_init(self, detect_places(conf, PLACES), sizeof(struct guessed));
}

static bool is_mtu(const struct icmperr *e)
{
	return e->family == 4 ? e->type == ICMP4_UNREACH && e->code == ICMP4_UNREACH_NEEDFRAG
			      : e->type == ICMP6_PACKET_TOO_BIG;
}

/* What a naive stack aborts or slows a connection for. */
static bool is_hard(const struct icmperr *e)
{
	if (is_mtu(e))
		return true;
	if (e->family == 6)
		return e->type == ICMP6_UNREACH && e->code == ICMP6_UNREACH_PORT;
	return e->type == ICMP4_SOURCE_QUENCH ||
	       (e->type == ICMP4_UNREACH &&
		(e->code == ICMP4_UNREACH_PROTO || e->code == ICMP4_UNREACH_PORT));
}

static void look_mtu(struct detect *d, const struct sight *s, const struct icmperr *e)
{
	const enum detect_threshold least = e->family == 4 ? DETECT_mtu_least4 : DETECT_mtu_least6;
	struct detect_alert a;

	/* 0: a router from before RFC 1191. */
	if ((e->family == 4 && e->mtu == 0) || e->mtu >= detect_bound(d, least))
		return;
	a = detect_alert_of("pmtu.low", DETECT_LOW, &s->pkt.src, &s->pkt.dst);
	/* Less than any IPv4 link has, or than IPv6 allows (RFC 8200 5): no router says so. */
	if (e->family == 6 || e->mtu < 68)
		a.severity = DETECT_MEDIUM;
	detect_because_of(d, &a, least, e->mtu);
	detect_raise(d, detect_thing(d, a.kind, &a.src, &a.dst), &a);
}

static void look_seq(struct table *t, struct detect *d, const struct sight *s,
		     const struct detect_contact *c)
{
	const struct icmperr_quote *q = &c->err->quote;
	struct detect_alert a;
	struct guessed *g;
	int seqs;

	g = table_get(t, c->pair + ((uint64_t)q->sport << 16 | q->dport));
	if (g->since_ns == 0 || detect_now(d) - g->since_ns > WINDOW_NS)
		*g = (struct guessed){ .since_ns = detect_now(d) };
	g->packets++;
	g->seqs |= 1ull << (q->tcp_seq * 0x9e3779b1u >> 26);
	seqs = __builtin_popcountll(g->seqs);
	if (g->packets < detect_bound(d, DETECT_blind_errors) ||
	    seqs <= detect_bound(d, DETECT_blind_seqs))
		return;
	a = detect_alert_of("tcp.blind", DETECT_MEDIUM, &s->pkt.src, &s->pkt.dst);
	a.packets = g->packets;
	a.first_ns = g->since_ns;
	detect_because_of(d, &a, DETECT_blind_errors, (double)g->packets);
	detect_because_of(d, &a, DETECT_blind_seqs, seqs);
	detect_raise(d, detect_thing(d, a.kind, &q->src, &q->dst), &a);
}

static void blind_packet(void *self, struct detect *d, const struct sight *s,
			 const struct detect_contact *c)
{
	const struct icmperr *e = c->err;

	if (!e->quote.family)
		return;
	if (!ip_eq(&e->quote.src, &s->pkt.dst)) {
		/* Translation on the way does that too. */
		struct detect_alert a =
			detect_alert_of("error.foreign", DETECT_LOW, &s->pkt.src, &s->pkt.dst);

		detect_because(&a, "quotes a packet of somebody else", 1, 1);
		detect_raise(d, detect_thing(d, a.kind, &a.src, &a.dst), &a);
	}
	if (is_mtu(e))
		look_mtu(d, s, e);
	if (e->quote.has_seq && e->quote.has_ports && is_hard(e))
		look_seq(self, d, s, c);
}

const struct detector_ops detect_blind = {
	.name = "blind",
	.summary = "blind attacks on TCP and on the path MTU (RFC 5927)",
	.on = DETECT_ON_ERROR,
	.size = blind_size,
	.init = blind_init,
	.packet = blind_packet,
};
