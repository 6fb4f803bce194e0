/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Backscatter: answers of somebody who is flooded from forged sources, to whom those sources belong. It comes
 * from one victim to many who never asked; the victim is told, not an attacker, and it is no scan.
 */
#include "detect/distinct.h"
#include "detect/table.h"
#include "icmp/number.h"
#include "wire/tcp.h"

#define PLACES    1024
#define SYN_BITS  20 /* of each filter of connections that were asked for, at DETECT_MEMORY */
#define TURN_NS   (600 * NS_PER_S)
#define FORGET_NS (3600 * NS_PER_S)
#define FLAGS_AT  13

struct flooded {
	uint64_t first_ns, last_ns, packets;
	struct distinct hosts; /* who gets the answers */
};

struct backscatter {
	struct bloom syn[2];
	uint64_t turned_ns;
	struct table victims;
};

static unsigned syn_bits(const struct detect_conf *conf)
{
	unsigned bits = 12;

	while (bits < SYN_BITS && 1u << (bits + 1) <= detect_places(conf, 1u << SYN_BITS))
		bits++;
	return bits;
}

static size_t victims_size(const struct detect_conf *conf)
{
	return (table_size(detect_places(conf, PLACES), sizeof(struct flooded)) + 63) / 64 * 64;
}

static size_t backscatter_size(const struct detect_conf *conf)
{
	return sizeof(struct backscatter) + victims_size(conf) + (2u << (syn_bits(conf) - 3));
}

static void backscatter_init(void *self, const struct detect_conf *conf)
{
	struct backscatter *b = self;
	uint8_t *p = (uint8_t *)&b->victims + victims_size(conf);

	table_init(&b->victims, detect_places(conf, PLACES), sizeof(struct flooded));
	for (unsigned i = 0; i < 2; i++, p += 1u << (syn_bits(conf) - 3))
		b->syn[i] = (struct bloom){ (uint64_t *)p, syn_bits(conf) };
}

static void add(struct backscatter *b, struct detect *d, const struct ip_addr *victim,
		const struct ip_addr *to)
{
	const uint64_t now = detect_now(d);
	struct detect_alert a;
	struct flooded *f;

	if (!detect_warm(d))
		return;
	f = table_get(&b->victims, detect_hash(d, victim));
	if (f->first_ns == 0 || now - f->last_ns > FORGET_NS)
		*f = (struct flooded){ .first_ns = now };
	f->last_ns = now;
	f->packets++;
	distinct_add(&f->hosts, detect_hash(d, to));
	if (f->packets < detect_bound(d, DETECT_backscatter) ||
	    now - f->first_ns < detect_bound_ns(d, DETECT_backscatter_time))
		return;
	a = detect_alert_of("backscatter", DETECT_LOW, victim, NULL);
	distinct_tell(&f->hosts, &a);
	if (!distinct_reaches(&f->hosts, detect_bound(d, DETECT_backscatter_hosts)))
		return;
	a.packets = f->packets;
	a.first_ns = f->first_ns;
	detect_because_of(d, &a, DETECT_backscatter, (double)f->packets);
	detect_because_of(d, &a, DETECT_backscatter_time, (double)(now - f->first_ns) / 1e9);
	detect_because_of(d, &a, DETECT_backscatter_hosts, a.distinct);
	detect_raise(d, detect_thing(d, a.kind, victim, NULL), &a);
}

static void on_tcp(struct backscatter *b, struct detect *d, const struct packet *p)
{
	const uint8_t flags = p->l4.p[FLAGS_AT];
	const bool asks = (flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
	uint64_t h;

	if (detect_now(d) - b->turned_ns > TURN_NS) {
		struct bloom old = b->syn[1];

		b->syn[1] = b->syn[0];
		b->syn[0] = old;
		bloom_clear(&b->syn[0]);
		b->turned_ns = detect_now(d);
	}
	/* Whoever resets has been talked to; that of a host that is asked for nothing teaches nothing. */
	if (asks) {
		bloom_add(&b->syn[0], detect_pair(d, &p->src, &p->dst));
		return;
	}
	if ((flags & (TCP_SYN | TCP_ACK)) != (TCP_SYN | TCP_ACK))
		return;
	h = detect_pair(d, &p->dst, &p->src);
	if (!bloom_has(&b->syn[0], h) && !bloom_has(&b->syn[1], h))
		add(b, d, &p->src, &p->dst);
}

static void backscatter_packet(void *self, struct detect *d, const struct sight *s,
			       const struct detect_contact *c)
{
	const struct icmperr *e = c->err;

	if (c->on & DETECT_ON_TCP)
		on_tcp(self, d, &s->pkt);
	else if (c->on & DETECT_ON_ANSWER && c->unasked_first)
		add(self, d, &s->pkt.src, &s->pkt.dst);
	else if (e && e->quote.family && e->type != ICMP4_REDIRECT)
		add(self, d, &e->quote.dst, &s->pkt.dst);
}

const struct detector_ops detect_backscatter = {
	.name = "backscatter",
	.summary = "answers of a flooded host to those whose addresses were forged",
	.on = DETECT_ON_ANSWER | DETECT_ON_ERROR | DETECT_ON_TCP,
	.size = backscatter_size,
	.init = backscatter_init,
	.packet = backscatter_packet,
};
