/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rogue routers and neighbours (RFC 6104, RFC 3756): advertisements from beyond the link or from whom is not
 * among the known routers, a router that is made to resign and come back, and addresses that change their
 * link address back and forth.
 */
#include <string.h>

#include "detect/detector.h"
#include "detect/table.h"
#include "wire/nd.h"

#define ROUTERS    32
#define NEIGHBOURS 2048
#define MINUTE_NS  (60 * NS_PER_S)
#define ALIVE_NS   (1800 * NS_PER_S) /* AdvDefaultLifetime (RFC 4861 6.2.1) */

struct router {
	struct ip_addr addr;
	uint64_t last_ns;
	uint32_t resigned; /* times it went from a lifetime to none */
	bool serves;
};

struct owner { /* of an address */
	uint64_t since_ns;
	uint32_t flips;
	struct eth_addr at;
	bool known;
};

struct neighbour {
	struct router router[ROUTERS]; /* the one that was quiet longest makes room */
	struct table owners;
};

static size_t neighbour_size(const struct detect_conf *conf)
{
	return sizeof(struct neighbour) +
	       table_size(detect_places(conf, NEIGHBOURS), sizeof(struct owner));
}

static void neighbour_init(void *self, const struct detect_conf *conf)
{
	struct neighbour *n = self;

	table_init(&n->owners, detect_places(conf, NEIGHBOURS), sizeof(struct owner));
}

static struct router *router_of(struct neighbour *n, const struct ip_addr *a)
{
	struct router *oldest = &n->router[0];

	for (unsigned i = 0; i < ROUTERS; i++) {
		if (n->router[i].last_ns && ip_eq(&n->router[i].addr, a))
			return &n->router[i];
		if (n->router[i].last_ns < oldest->last_ns)
			oldest = &n->router[i];
	}
	*oldest = (struct router){ .addr = *a };
	return oldest;
}

static bool knows_routers(const struct detect *d)
{
	const struct detect_conf *conf = detect_conf_of(d);

	for (size_t i = 0; i < conf->router_n; i++)
		if (conf->router[i].family == 6)
			return true;
	return false;
}

static unsigned serving(const struct neighbour *n, uint64_t now_ns)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < ROUTERS; i++)
		sum += n->router[i].last_ns && n->router[i].serves &&
		       now_ns - n->router[i].last_ns < ALIVE_NS;
	return sum;
}

static void on_router(struct neighbour *n, struct detect *d, const struct sight *s,
		      const struct nd_msg *m)
{
	struct detect_alert a = detect_alert_of("router.rogue", DETECT_LOW, &s->pkt.src, NULL);
	struct router *r = router_of(n, &s->pkt.src);
	unsigned many, faults = 0;

	if (r->serves && m->lifetime_s == 0)
		r->resigned++;
	r->serves = m->lifetime_s > 0;
	r->last_ns = detect_now(d);
	many = serving(n, detect_now(d));
	if (!nd_trusted(m, s->pkt.ttl, &s->pkt.src, &s->pkt.dst))
		faults += 2, detect_because(&a, "not from this link", s->pkt.ttl, 255);
	if (knows_routers(d) && !detect_is_router(d, &s->pkt.src))
		faults += 2, detect_because(&a, "sender is no known router", 1, 1);
	/* Once may be a router that is shut down; one that is told to go comes back and goes again. */
	if (r->resigned > 0)
		faults += r->resigned > 1 ? 2 : 1, detect_because(&a, "resigned", r->resigned, 1);
	if (many > detect_bound(d, DETECT_routers))
		faults++, detect_because_of(d, &a, DETECT_routers, many);
	if (faults == 0)
		return;
	a.severity = faults > 1 ? (r->resigned > 1 && faults == 2 ? DETECT_MEDIUM : DETECT_HIGH)
				: DETECT_LOW;
	detect_raise(d, detect_thing(d, a.kind, &a.src, NULL), &a);
}

static void on_neighbour(struct neighbour *n, struct detect *d, const struct sight *s,
			 const struct nd_msg *m)
{
	struct detect_alert a;
	struct owner *o;

	if (!nd_trusted(m, s->pkt.ttl, &s->pkt.src, &s->pkt.dst)) {
		a = detect_alert_of("neighbour.spoof", DETECT_HIGH, &s->pkt.src, &m->target);
		detect_because(&a, "not from this link", s->pkt.ttl, 255);
		detect_raise(d, detect_thing(d, a.kind, &a.src, &a.dst), &a);
		return;
	}
	if (!m->has_tlla)
		return;
	o = table_get(&n->owners, detect_hash(d, &m->target));
	if (detect_now(d) - o->since_ns > MINUTE_NS) {
		o->since_ns = detect_now(d);
		o->flips = 0;
	}
	if (o->known && memcmp(&o->at, &m->tlla, sizeof(o->at)) != 0)
		o->flips++;
	o->at = m->tlla;
	o->known = true;
	if (o->flips == 0)
		return;
	a = detect_alert_of("neighbour.spoof", DETECT_LOW, NULL, &m->target);
	if (o->flips >= detect_bound(d, DETECT_neighbour_flips))
		a.severity = DETECT_MEDIUM;
	detect_because_of(d, &a, DETECT_neighbour_flips, o->flips);
	detect_raise(d, detect_thing(d, a.kind, NULL, &a.dst), &a);
}

static void neighbour_packet(void *self, struct detect *d, const struct sight *s,
			     const struct detect_contact *c)
{
	struct nd_msg m;

	(void)c;
	if (s->pkt.family != 6 || (s->type != ND_RA && s->type != ND_NA) || s->pkt.truncated ||
	    nd_parse(s->pkt.l4, &m) < 0)
		return;
	if (m.type == ND_RA)
		on_router(self, d, s, &m);
	else
		on_neighbour(self, d, s, &m);
}

const struct detector_ops detect_neighbour = {
	.name = "neighbour",
	.summary = "rogue router advertisements and neighbour spoofing",
	.on = DETECT_ON_ND,
	.size = neighbour_size,
	.init = neighbour_init,
	.packet = neighbour_packet,
};
