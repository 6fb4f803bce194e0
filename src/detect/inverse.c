/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inverse mapping: answers that nobody asked for, sent to many hosts. A router says of those that do not exist
 * that they do not; the silence of the others tells that they are there.
 */
#include "detect/distinct.h"
#include "detect/table.h"

#define PLACES    1024
#define WINDOW_NS (900 * NS_PER_S)

struct answerer {
	uint64_t first_ns, packets;
	struct distinct hosts;
};

static size_t inverse_size(const struct detect_conf *conf)
{
	return table_size(detect_places(conf, PLACES), sizeof(struct answerer));
}

static void inverse_init(void *self, const struct detect_conf *conf)
{
	table_init(self, detect_places(conf, PLACES), sizeof(struct answerer));
}

static void inverse_packet(void *self, struct detect *d, const struct sight *s,
			   const struct detect_contact *c)
{
	struct detect_alert a;
	struct answerer *x;

	if (!c->unasked_first || !detect_warm(d))
		return;
	x = table_get(self, detect_hash(d, &s->pkt.src));
	if (x->first_ns == 0 || detect_now(d) - x->first_ns > WINDOW_NS)
		*x = (struct answerer){ .first_ns = detect_now(d) };
	x->packets++;
	distinct_add(&x->hosts, c->pair);
	if (x->packets < detect_bound(d, DETECT_inverse_hosts))
		return;
	/* Where requests are not seen every answer is unasked: that alone says little. */
	a = detect_alert_of("inverse", detect_two_way(d) ? DETECT_MEDIUM : DETECT_LOW, &s->pkt.src,
			    NULL);
	distinct_tell(&x->hosts, &a);
	a.packets = x->packets;
	a.first_ns = x->first_ns;
	if (!distinct_reaches(&x->hosts, detect_bound(d, DETECT_inverse_hosts)))
		return;
	detect_because_of(d, &a, DETECT_inverse_hosts, a.distinct);
	detect_raise(d, detect_thing(d, a.kind, &a.src, NULL), &a);
}

const struct detector_ops detect_inverse = {
	.name = "inverse",
	.summary = "unasked answers to many hosts",
	.on = DETECT_ON_ANSWER,
	.size = inverse_size,
	.init = inverse_init,
	.packet = inverse_packet,
};
