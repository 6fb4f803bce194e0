/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exhaustion of neighbour caches (RFC 6583): one host, mostly a router, solicits many neighbours in a short
 * time, because somebody far away walks through a /64.
 */
#include "detect/detector.h"
#include "detect/table.h"
#include "icmp/number.h"

#define PLACES    256
#define TARGET_AT 8 /* octet of the target in a solicitation */
#define WINDOW_NS (10 * NS_PER_S)

struct solicitor {
	uint64_t since_ns, packets;
	struct ip_addr last; /* that was solicited */
	uint8_t hll[1 << DETECT_HLL];
};

static size_t exhaust_size(const struct detect_conf *conf)
{
	return table_size(detect_places(conf, PLACES), sizeof(struct solicitor));
}

static void exhaust_init(void *self, const struct detect_conf *conf)
{
	table_init(self, detect_places(conf, PLACES), sizeof(struct solicitor));
}

static void exhaust_packet(void *self, struct detect *d, const struct sight *s,
			   const struct detect_contact *c)
{
	struct detect_alert a;
	struct solicitor *x;

	(void)c;
	if (s->pkt.family != 6 || s->type != ICMP6_ND_NEIGHBOR_SOLICIT ||
	    s->pkt.l4.len < TARGET_AT + 16)
		return;
	x = table_get(self, detect_hash(d, &s->pkt.src));
	if (x->since_ns == 0 || detect_now(d) - x->since_ns > WINDOW_NS)
		*x = (struct solicitor){ .since_ns = detect_now(d) };
	x->packets++;
	x->last = ip_from(6, s->pkt.l4.p + TARGET_AT);
	hll_add(x->hll, DETECT_HLL, detect_hash(d, &x->last));
	if (x->packets < detect_bound(d, DETECT_nd_targets))
		return;
	a = detect_alert_of("nd.exhaustion", DETECT_MEDIUM, &s->pkt.src, NULL);
	a.distinct = hll_count(x->hll, DETECT_HLL);
	a.distinct_error = a.distinct * hll_error(DETECT_HLL);
	if (!detect_reaches(d, DETECT_nd_targets, a.distinct))
		return;
	a.targets = ip_prefix_of(&x->last, 64);
	a.first_ns = x->since_ns;
	detect_because_of(d, &a, DETECT_nd_targets, a.distinct);
	detect_raise(d, detect_thing(d, a.kind, &a.src, NULL), &a);
}

const struct detector_ops detect_exhaust = {
	.name = "exhaust",
	.summary = "exhaustion of neighbour caches",
	.on = DETECT_ON_ND,
	.size = exhaust_size,
	.init = exhaust_init,
	.packet = exhaust_packet,
};
