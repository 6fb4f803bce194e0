/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rare questions: timestamp, mask, information, extended echo, node information, and echo with a code. Hosts
 * have no use for them from strangers; asked of several hosts they map a network, several kinds of them in a
 * minute tell operating systems apart.
 */
#include "detect/distinct.h"
#include "detect/table.h"
#include "icmp/number.h"

#define PLACES    1024
#define MINUTE_NS (60 * NS_PER_S)

struct asker {
	uint64_t first_ns, minute_ns, packets;
	uint32_t kinds, kinds_minute; /* a bit each */
	struct distinct hosts;        /* hosts asked */
};

static const char *const names[] = { "timestamp",        "mask",
				     "information",      "extended echo",
				     "node information", "echo with a code" };

static size_t query_size(const struct detect_conf *conf)
{
	return table_size(detect_places(conf, PLACES), sizeof(struct asker));
}

static void query_init(void *self, const struct detect_conf *conf)
{
	table_init(self, detect_places(conf, PLACES), sizeof(struct asker));
}

/* Index into names; negative: nothing rare. */
static int kind_of(const struct sight *s)
{
	const bool v4 = s->pkt.family == 4;

	if (s->type == (v4 ? ICMP4_ECHO : ICMP6_ECHO))
		return s->code != 0 && s->code != SIGHT_CUT ? 5 : -1;
	if (!v4)
		return s->type == ICMP6_NODE_INFO ? 4 : s->type == ICMP6_EXT_ECHO ? 3 : -1;
	if (s->type == ICMP4_TIMESTAMP)
		return 0;
	if (s->type == ICMP4_MASK)
		return 1;
	return s->type == ICMP4_INFO ? 2 : s->type == ICMP4_EXT_ECHO ? 3 : -1;
}

static void query_packet(void *self, struct detect *d, const struct sight *s,
			 const struct detect_contact *c)
{
	const int kind = kind_of(s);
	struct detect_alert a;
	struct asker *q;
	int kinds;

	if (kind < 0)
		return;
	q = table_get(self, detect_hash(d, &s->pkt.src));
	if (q->first_ns == 0)
		q->first_ns = detect_now(d);
	if (detect_now(d) - q->minute_ns > MINUTE_NS) {
		q->minute_ns = detect_now(d);
		q->kinds_minute = 0;
	}
	q->packets++;
	q->kinds |= 1u << kind;
	q->kinds_minute |= 1u << kind;
	distinct_add(&q->hosts, c->pair);
	a = detect_alert_of("query.probe", DETECT_LOW, &s->pkt.src, NULL);
	distinct_tell(&q->hosts, &a);
	a.packets = q->packets;
	a.first_ns = q->first_ns;
	kinds = __builtin_popcount(q->kinds_minute);
	if (distinct_reaches(&q->hosts, detect_bound(d, DETECT_query_hosts))) {
		a.severity = DETECT_MEDIUM;
		detect_because_of(d, &a, DETECT_query_hosts, a.distinct);
	}
	if (kinds >= detect_bound(d, DETECT_query_kinds)) {
		a.severity = DETECT_MEDIUM;
		detect_because_of(d, &a, DETECT_query_kinds, kinds);
	}
	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (q->kinds >> i & 1)
			detect_because(&a, names[i], 1, 1);
	if (a.distinct < 1.5)
		a.dst = s->pkt.dst;
	detect_raise(d, detect_thing(d, a.kind, &a.src, NULL), &a);
}

const struct detector_ops detect_query = {
	.name = "query",
	.summary = "rare questions: timestamp, mask, information, node information, extended echo",
	.on = DETECT_ON_REQUEST,
	.size = query_size,
	.init = query_init,
	.packet = query_packet,
};
