/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Traceroute: time exceeded again and again about one pair. No attack: labelled, so that it is told from one. */
#include "detect/detector.h"
#include "detect/table.h"
#include "icmp/number.h"

#define PLACES 1024

struct traced {
	uint64_t first_ns, packets;
	uint8_t hll[16]; /* who says so */
};

static size_t route_size(const struct detect_conf *conf)
{
	return table_size(detect_places(conf, PLACES), sizeof(struct traced));
}

static void route_init(void *self, const struct detect_conf *conf)
{
	table_init(self, detect_places(conf, PLACES), sizeof(struct traced));
}

static void route_packet(void *self, struct detect *d, const struct sight *s,
			 const struct detect_contact *c)
{
	const struct icmperr *e = c->err;
	const uint8_t exceeded = e->family == 4 ? ICMP4_TIME_EXCEEDED : ICMP6_TIME_EXCEEDED;
	struct detect_alert a;
	struct traced *t;

	if (e->type != exceeded || e->code != ICMP4_TIME_EXCEEDED_TTL || !e->quote.family)
		return;
	t = table_get(self, c->pair);
	if (t->first_ns == 0 || detect_now(d) - t->first_ns > detect_bound_ns(d, DETECT_trace_time))
		*t = (struct traced){ .first_ns = detect_now(d) };
	t->packets++;
	hll_add(t->hll, 4, detect_hash(d, &s->pkt.src));
	if (t->packets < detect_bound(d, DETECT_trace_hops))
		return;
	a = detect_alert_of("traceroute", DETECT_LOW, &e->quote.src, &e->quote.dst);
	a.packets = t->packets;
	a.first_ns = t->first_ns;
	a.distinct = hll_count(t->hll, 4);
	a.distinct_error = a.distinct * hll_error(4);
	detect_because_of(d, &a, DETECT_trace_hops, (double)t->packets);
	detect_raise(d, detect_thing(d, a.kind, &a.src, &a.dst), &a);
}

const struct detector_ops detect_route = {
	.name = "route",
	.summary = "traceroute, labelled",
	.on = DETECT_ON_ERROR,
	.size = route_size,
	.init = route_init,
	.packet = route_packet,
};
