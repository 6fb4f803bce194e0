/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses in order: the longest run of first contacts that ascend or descend, in the natural order of
 * addresses and in that of their octets reversed, which is how some scanners walk a network. Repeated packets
 * are no contacts, so retries break no run; a register of the last ascents survives packets that overtake.
 */
#include "detect/detector.h"

static uint64_t number_of(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
}

static uint64_t reversed_of(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;

	for (unsigned i = n; i > 0; i--)
		v = v << 8 | p[i - 1];
	return v;
}

static void step(struct detect_order *o, uint64_t key, bool first)
{
	const uint64_t by = key > o->last ? key - o->last : o->last - key;

	if (first) {
		o->up = o->down = 1;
	} else {
		o->ascents = o->ascents << 1 | (key > o->last);
		o->up = key > o->last ? (uint16_t)MIN(o->up + 1, UINT16_MAX) : 1;
		o->down = key < o->last ? (uint16_t)MIN(o->down + 1, UINT16_MAX) : 1;
		o->step[(MAX(o->up, o->down) - 2u) % DETECT_STEPS] = (uint32_t)MIN(by, UINT32_MAX);
	}
	o->last = key;
}

static void order_packet(void *self, struct detect *d, const struct sight *s,
			 const struct detect_contact *c)
{
	const struct ip_addr *dst = &s->pkt.dst;
	const unsigned n = dst->family == 4 ? 4 : 8;
	const uint8_t *low = dst->octet + (dst->family == 4 ? 0 : 8);
	struct detect_source *src = c->source;
	bool first;

	(void)self;
	if (!src)
		return;
	first = src->order[0].up == 0;
	step(&src->order[0], number_of(low, n), first);
	step(&src->order[1], reversed_of(low, n), first);
	if (detect_in_order(d, src) && detect_sweep_due(d, src))
		detect_sweep(d, "sweep.sequential", src);
}

const struct detector_ops detect_order = {
	.name = "order",
	.summary = "sweeps in the order of addresses, natural or byte-reversed",
	.on = DETECT_ON_FIRST,
	.packet = order_packet,
};
