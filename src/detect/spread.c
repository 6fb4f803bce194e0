/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sweeps that many sources share: each touches a few addresses of a network, together they cover it. A record
 * a network (a /24; a /64, whose interface identifiers are hashed into 256 parts), for ten minutes.
 */
#include <string.h>

#include "base/slotmap.h"
#include "detect/detector.h"

#define PLACES    4096
#define WINDOW_NS (600 * NS_PER_S)

struct net {
	struct ip_prefix net;
	uint64_t since_ns;
	uint32_t contacts, run;
	uint8_t last; /* of the run over all sources: the last part touched */
	uint8_t covered[32];
	uint8_t hll[1 << DETECT_HLL]; /* sources */
};

struct spread {
	struct slotmap map;
	struct net *net;
};

static size_t spread_size(const struct detect_conf *conf)
{
	uint32_t n = detect_places(conf, PLACES);

	return sizeof(struct spread) + n * sizeof(struct net) + slotmap_size(n);
}

static void spread_init(void *self, const struct detect_conf *conf)
{
	struct spread *x = self;
	uint32_t n = detect_places(conf, PLACES);

	x->net = (struct net *)(x + 1);
	slotmap_init(&x->map, x->net + n, n);
}

static struct net *net_of(struct spread *x, const struct detect *d, const struct ip_prefix *net)
{
	uint64_t h = detect_hash(d, &net->addr);
	uint32_t i = slotmap_find(&x->map, h);
	bool evicted;

	while (i != SLOTMAP_NONE && !ip_eq(&x->net[i].net.addr, &net->addr))
		i = slotmap_next(&x->map, i);
	if (i == SLOTMAP_NONE) {
		i = slotmap_take(&x->map, h, &evicted);
		x->net[i].since_ns = 0;
	} else {
		slotmap_touch(&x->map, i);
	}
	if (x->net[i].since_ns == 0 || detect_now(d) - x->net[i].since_ns > WINDOW_NS) {
		memset(&x->net[i], 0, sizeof(x->net[i]));
		x->net[i].net = *net;
		x->net[i].since_ns = detect_now(d);
	}
	return &x->net[i];
}

static void tell(struct detect *d, const struct net *n, unsigned covered, double sources)
{
	struct detect_alert a = detect_alert_of("sweep.distributed", DETECT_MEDIUM, NULL, NULL);

	a.targets = n->net;
	a.distinct = sources;
	a.distinct_error = sources * hll_error(DETECT_HLL);
	a.packets = n->contacts;
	a.first_ns = n->since_ns;
	a.run = n->run;
	detect_because_of(d, &a, DETECT_spread_covered, covered);
	detect_because_of(d, &a, DETECT_spread_sources, sources);
	detect_because_of(d, &a, DETECT_spread_each, n->contacts / sources);
	if (n->run >= 2 * detect_bound(d, DETECT_run)) {
		a.severity = DETECT_HIGH;
		detect_because(&a, "run over all sources", n->run, 2 * detect_bound(d, DETECT_run));
	}
	detect_raise(d, detect_thing(d, a.kind, &n->net.addr, NULL), &a);
}

static void spread_packet(void *self, struct detect *d, const struct sight *s,
			  const struct detect_contact *c)
{
	const struct ip_addr *dst = &s->pkt.dst;
	const struct ip_prefix net = ip_prefix_of(dst, dst->family == 4 ? 24 : 64);
	struct net *n;
	unsigned covered = 0;
	double sources;
	uint8_t part;

	/* Whoever sweeps alone is known already, and would hide in the crowd here. */
	if (c->source && c->source->pinned)
		return;
	n = net_of(self, d, &net);
	part = dst->family == 4 ? dst->octet[3] : (uint8_t)detect_hash(d, dst);
	n->run = part > n->last || n->run == 0 ? n->run + 1 : 1;
	n->last = part;
	n->contacts++;
	n->covered[part >> 3] |= (uint8_t)(1 << (part & 7));
	hll_add(n->hll, DETECT_HLL, detect_hash(d, &s->pkt.src));
	if (n->contacts < detect_bound(d, DETECT_spread_covered) || n->contacts % 8)
		return;
	for (unsigned i = 0; i < sizeof(n->covered); i++)
		covered += (unsigned)__builtin_popcount(n->covered[i]);
	sources = hll_count(n->hll, DETECT_HLL);
	if (covered >= detect_bound(d, DETECT_spread_covered) &&
	    sources >= detect_bound(d, DETECT_spread_sources) &&
	    n->contacts <= detect_bound(d, DETECT_spread_each) * sources)
		tell(d, n, covered, sources);
}

const struct detector_ops detect_spread = {
	.name = "spread",
	.summary = "sweeps that many sources share",
	.on = DETECT_ON_FIRST,
	.size = spread_size,
	.init = spread_init,
	.packet = spread_packet,
};
