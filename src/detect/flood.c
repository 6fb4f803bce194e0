/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Floods: more ICMP a second to one address than there is use for. Counters by hash find the hot ones at the
 * cost of one increment; only those get a record, with how much is usual for them.
 */
#include <string.h>

#include "detect/detector.h"
#include "detect/table.h"

#define CELLS  4096
#define PLACES 256
#define USUAL  10          /* times the mean that is more than usual */
#define ALPHA  (1 / 300.0) /* of the mean, a second: five minutes */

struct victim {
	struct ip_addr addr, most; /* .most: who may be sending more than half */
	uint64_t first_ns, total;
	uint32_t in_second, votes, streak;
	double mean;
};

struct flood {
	uint64_t second_ns;
	uint16_t count[CELLS];
	uint8_t hot[CELLS]; /* reached the bound in the second before */
	struct table victims;
};

static size_t flood_size(const struct detect_conf *conf)
{
	return sizeof(struct flood) +
	       table_size(detect_places(conf, PLACES), sizeof(struct victim));
}

static void flood_init(void *self, const struct detect_conf *conf)
{
	struct flood *f = self;

	table_init(&f->victims, detect_places(conf, PLACES), sizeof(struct victim));
}

static void tell(struct detect *d, const struct victim *v, double rate)
{
	const bool high = rate >= detect_bound(d, DETECT_flood_high);
	struct detect_alert a =
		detect_alert_of("flood.icmp", high ? DETECT_HIGH : DETECT_MEDIUM, NULL, &v->addr);

	if (2ull * v->votes > v->in_second)
		a.src = v->most;
	a.packets = v->total;
	a.first_ns = v->first_ns;
	if (high)
		detect_because_of(d, &a, DETECT_flood_high, rate);
	if (v->streak >= detect_bound(d, DETECT_flood_time)) {
		detect_because_of(d, &a, DETECT_flood, rate);
		detect_because_of(d, &a, DETECT_flood_time, v->streak);
	}
	detect_raise(d, detect_thing(d, a.kind, &v->addr, NULL), &a);
}

static void flood_packet(void *self, struct detect *d, const struct sight *s,
			 const struct detect_contact *c)
{
	struct flood *f = self;
	const uint64_t h = detect_hash(d, &s->pkt.dst);
	uint16_t *n = &f->count[h % CELLS];
	struct victim *v;

	(void)c;
	*n = (uint16_t)MIN(*n + 1, UINT16_MAX);
	if (!f->hot[h % CELLS] && *n < detect_bound(d, DETECT_flood))
		return;
	v = table_get(&f->victims, h);
	if (v->addr.family == 0) {
		v->addr = s->pkt.dst;
		v->first_ns = detect_now(d);
		v->in_second = *n - 1u;
		v->total = *n - 1u;
	}
	v->in_second++;
	v->total++;
	/* Boyer and Moore: whoever sends more than half is left. */
	if (v->votes == 0)
		v->most = s->pkt.src;
	v->votes += ip_eq(&v->most, &s->pkt.src) ? 1u : -1u;
	if (v->in_second == (uint32_t)detect_bound(d, DETECT_flood_high) &&
	    v->in_second > USUAL * v->mean)
		tell(d, v, v->in_second);
}

static void flood_tick(void *self, struct detect *d, uint64_t now_ns)
{
	struct flood *f = self;
	const uint16_t bound = (uint16_t)MIN(detect_bound(d, DETECT_flood), UINT16_MAX);
	const double seconds = f->second_ns ? (double)(now_ns - f->second_ns) / 1e9 : 1;

	for (uint32_t i = 0; i < f->victims.map.places; i++) {
		struct victim *v = table_at(&f->victims, i);
		double rate = v ? v->in_second / seconds : 0;

		if (!v)
			continue;
		if (rate >= detect_bound(d, DETECT_flood) && rate > USUAL * v->mean) {
			v->streak++;
			if (v->streak >= detect_bound(d, DETECT_flood_time))
				tell(d, v, rate);
		} else {
			v->streak = 0;
			v->mean += ALPHA * (rate - v->mean);
		}
		v->in_second = v->votes = 0;
	}
	for (unsigned i = 0; i < CELLS; i++)
		f->hot[i] = f->count[i] >= bound;
	memset(f->count, 0, sizeof(f->count));
	f->second_ns = now_ns;
}

const struct detector_ops detect_flood = {
	.name = "flood",
	.summary = "more ICMP to one address than there is use for",
	.on = DETECT_ON_ICMP,
	.size = flood_size,
	.init = flood_init,
	.packet = flood_packet,
	.tick = flood_tick,
};
