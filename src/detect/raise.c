/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One alert a thing: told when it is new, when it has grown tenfold or got worse, and when it has ended. */
#include <string.h>

#include "detect/own.h"

#define GROWN   10
#define LOOK_NS (10 * NS_PER_S)

static uint32_t places(const struct detect_conf *conf)
{
	return MIN(detect_places(conf, DETECT_ALERTS_MAX), DETECT_ALERTS_MAX);
}

size_t raise_size(const struct detect_conf *conf)
{
	return places(conf) * sizeof(struct raise_thing) + slotmap_size(places(conf));
}

void raise_init(struct raise *r, void *mem, const struct detect_conf *conf)
{
	r->thing = mem;
	slotmap_init(&r->map, r->thing + places(conf), places(conf));
}

struct detect_alert detect_alert_of(const char *kind, enum detect_severity severity,
				    const struct ip_addr *src, const struct ip_addr *dst)
{
	struct detect_alert a = { .kind = kind,
				  .severity = (uint8_t)severity,
				  .distinct = -1,
				  .distinct_error = -1,
				  .alive = -1 };

	if (src)
		a.src = *src;
	if (dst)
		a.dst = *dst;
	return a;
}

void detect_because(struct detect_alert *a, const char *what, double seen, double bound)
{
	if (a->reasons < DETECT_REASONS_MAX)
		a->reason[a->reasons++] = (struct detect_reason){ what, seen, bound };
}

void detect_because_of(const struct detect *d, struct detect_alert *a, enum detect_threshold t,
		       double seen)
{
	detect_because(a, detect_threshold_at(t)->name, seen, detect_bound(d, t));
}

uint64_t detect_thing(const struct detect *d, const char *kind, const struct ip_addr *a,
		      const struct ip_addr *b)
{
	uint8_t what[64 + 32] = { 0 };
	size_t n = MIN(strlen(kind), 64);

	memcpy(what, kind, n);
	if (a)
		memcpy(what + 64, a->octet, 16);
	if (b)
		memcpy(what + 80, b->octet, 16);
	return hash(&d->conf.key, (struct span){ what, sizeof(what) });
}

static void tell(struct detect *d, struct raise_thing *t, enum detect_state state)
{
	t->alert.state = (uint8_t)state;
	t->told_packets = t->alert.packets;
	t->told_severity = t->alert.severity;
	d->alert(d->to, &t->alert);
	t->alert.suppressed = 0;
}

static bool is_ignored(const struct detect *d, const struct ip_addr *a)
{
	for (size_t i = 0; i < d->conf.ignored_n; i++)
		if (ip_prefix_has(&d->conf.ignored[i], a))
			return true;
	return false;
}

static void raise_new(struct detect *d, uint64_t h, const struct detect_alert *a)
{
	struct raise *r = &d->raise;
	struct raise_thing *t;
	bool evicted;
	uint32_t i;

	if (r->map.used == r->map.places)
		tell(d, &r->thing[slotmap_oldest(&r->map)], DETECT_ENDED);
	i = slotmap_take(&r->map, h, &evicted);
	t = &r->thing[i];
	*t = (struct raise_thing){ .alert = *a };
	t->alert.id = ++r->ids;
	t->alert.packet = d->number;
	t->alert.contact = d->contact;
	t->alert.last_ns = d->now_ns;
	if (t->alert.first_ns == 0)
		t->alert.first_ns = d->now_ns;
	t->alert.packets = MAX(a->packets, 1);
	d->sums.raised[a->severity]++;
	tell(d, t, DETECT_NEW);
}

void detect_raise(struct detect *d, uint64_t thing, struct detect_alert *a)
{
	struct raise *r = &d->raise;
	uint32_t i = slotmap_find(&r->map, thing);
	struct detect_alert old;
	struct raise_thing *t;

	if (a->src.family && is_ignored(d, &a->src)) {
		d->sums.ignored++;
		return;
	}
	if (i == SLOTMAP_NONE) {
		raise_new(d, thing, a);
		return;
	}
	slotmap_touch(&r->map, i);
	t = &r->thing[i];
	old = t->alert;
	t->alert = *a;
	t->alert.id = old.id;
	t->alert.first_ns = old.first_ns;
	t->alert.packet = old.packet;
	t->alert.contact = old.contact;
	t->alert.last_ns = d->now_ns;
	t->alert.packets = a->packets ? MAX(a->packets, old.packets) : old.packets + 1;
	t->alert.suppressed = old.suppressed + (t->alert.packets - old.packets);
	t->alert.severity = MAX(a->severity, old.severity);
	d->sums.suppressed++;
	if (t->alert.severity > t->told_severity || t->alert.packets / GROWN >= t->told_packets) {
		d->sums.raised[t->alert.severity] += t->alert.severity > t->told_severity;
		d->sums.suppressed--;
		tell(d, t, DETECT_UPDATE);
	}
}

static void end_at(struct detect *d, uint32_t i)
{
	tell(d, &d->raise.thing[i], DETECT_ENDED);
	slotmap_drop(&d->raise.map, i);
}

void raise_tick(struct detect *d)
{
	struct raise *r = &d->raise;
	uint32_t i, next;

	if (d->now_ns - r->looked_ns < LOOK_NS)
		return;
	r->looked_ns = d->now_ns;
	for (i = slotmap_oldest(&r->map); i != SLOTMAP_NONE; i = next) {
		const struct detect_alert *a = &r->thing[i].alert;

		next = slotmap_newer(&r->map, i);
		if (d->now_ns - a->last_ns >= (a->quiet_ns ? a->quiet_ns : DETECT_QUIET_NS))
			end_at(d, i);
	}
}

void raise_end(struct detect *d)
{
	while (d->raise.map.used > 0)
		end_at(d, slotmap_oldest(&d->raise.map));
}
