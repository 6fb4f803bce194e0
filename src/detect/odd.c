/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types nobody uses: deprecated, reserved, unassigned; and ICMP of the other family. Many of them: somebody tries. */
#include "detect/detector.h"
#include "detect/table.h"
#include "icmp/registry.h"

#define PLACES 1024

struct oddity { /* one source */
	uint64_t first_ns, packets;
	uint64_t types[4]; /* a bit a type */
};

static size_t odd_size(const struct detect_conf *conf)
{
	return table_size(detect_places(conf, PLACES), sizeof(struct oddity));
}

static void odd_init(void *self, const struct detect_conf *conf)
{
	table_init(self, detect_places(conf, PLACES), sizeof(struct oddity));
}

static const char *kind_of(const struct sight *s)
{
	const struct icmp_entry *e;

	if (s->kind != SIGHT_ICMP)
		return "type.family";
	e = icmp_find(s->pkt.family, (uint8_t)s->type, ICMP_CODE_ANY);
	return e && e->status != ICMP_STATUS_UNASSIGNED && e->status != ICMP_STATUS_RESERVED
		       ? "type.deprecated"
		       : "type.unassigned";
}

static void odd_packet(void *self, struct detect *d, const struct sight *s,
		       const struct detect_contact *c)
{
	struct oddity *o = table_get(self, detect_hash(d, &s->pkt.src));
	struct detect_alert a = detect_alert_of(kind_of(s), DETECT_LOW, &s->pkt.src, NULL);
	const uint8_t type = s->kind == SIGHT_ICMP ? (uint8_t)s->type : 0;
	unsigned types = 0;

	(void)c;
	if (o->first_ns == 0)
		o->first_ns = detect_now(d);
	o->packets++;
	o->types[type >> 6] |= 1ull << (type & 63);
	for (unsigned i = 0; i < ARRAY_LEN(o->types); i++)
		types += (unsigned)__builtin_popcountll(o->types[i]);
	a.dst = s->pkt.dst;
	a.packets = o->packets;
	a.first_ns = o->first_ns;
	detect_because(&a, "type", type, type);
	if (types >= detect_bound(d, DETECT_odd_types)) {
		a.severity = DETECT_MEDIUM;
		detect_because_of(d, &a, DETECT_odd_types, types);
	}
	detect_raise(d, detect_thing(d, a.kind, &a.src, NULL), &a);
}

const struct detector_ops detect_odd = {
	.name = "odd",
	.summary = "deprecated, reserved and unassigned types, and ICMP of the other family",
	.on = DETECT_ON_ODD,
	.size = odd_size,
	.init = odd_init,
	.packet = odd_packet,
};
