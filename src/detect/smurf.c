/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Amplifiers: a request to a broadcast or multicast address makes many hosts answer whoever it claims to come
 * from. A request from such an address is forged, whatever else is true of it (RFC 1122 3.2.1.3, RFC 4443 2.4).
 */
#include <string.h>

#include "detect/detector.h"
#include "detect/table.h"

#define PLACES    512
#define SECOND_NS NS_PER_S
#define CELLS     4096
#define SUSPECT   2 /* answers to one request that are worth a record */

struct burst { /* answers with one identifier and sequence number to one host */
	uint64_t since_ns, packets;
	uint8_t hll[16];
};

struct smurf {
	uint8_t count[CELLS]; /* unasked answers of this second, by what they answer */
	struct table bursts;
};

static size_t smurf_size(const struct detect_conf *conf)
{
	return sizeof(struct smurf) + table_size(detect_places(conf, PLACES), sizeof(struct burst));
}

static void smurf_init(void *self, const struct detect_conf *conf)
{
	struct smurf *x = self;

	table_init(&x->bursts, detect_places(conf, PLACES), sizeof(struct burst));
}

static bool is_many(const struct ip_addr *a)
{
	if (a->family == 6)
		return a->octet[0] == 0xff;
	return a->octet[0] >= 224 && (a->octet[0] < 240 || ip_kind(a) == IP_BROADCAST);
}

/* The broadcast address of a network that is known to be one. */
static bool is_directed(const struct detect *d, const struct ip_addr *a)
{
	const struct detect_conf *conf = detect_conf_of(d);

	for (size_t i = 0; i < conf->monitored_n; i++) {
		const struct ip_prefix *p = &conf->monitored[i];

		if (p->addr.family == 4 && a->family == 4 && p->len < 31 && ip_prefix_has(p, a) &&
		    ip4_u32(a) == (ip4_u32(&p->addr) | (uint32_t)(0xffffffffu >> p->len)))
			return true;
	}
	return false;
}

static void on_request(struct detect *d, const struct sight *s)
{
	const bool from = is_many(&s->pkt.src);
	struct detect_alert a;

	if (!from && !is_many(&s->pkt.dst) && !is_directed(d, &s->pkt.dst))
		return;
	a = detect_alert_of("flood.smurf", from ? DETECT_HIGH : DETECT_LOW, &s->pkt.src,
			    &s->pkt.dst);
	detect_because(&a, from ? "source is a group" : "request to a group", 1, 1);
	detect_raise(d, detect_thing(d, a.kind, &a.src, &a.dst), &a);
}

static void smurf_packet(void *self, struct detect *d, const struct sight *s,
			 const struct detect_contact *c)
{
	struct smurf *x = self;
	struct detect_alert a;
	struct burst *b;
	uint64_t h;

	if (c->on & DETECT_ON_REQUEST) {
		on_request(d, s);
		return;
	}
	if (!c->unasked)
		return;
	h = detect_hash(d, &s->pkt.dst) ^ ((uint64_t)s->id << 16 | s->seq);
	if (x->count[h % CELLS] < SUSPECT) {
		x->count[h % CELLS]++;
		return;
	}
	b = table_get(&x->bursts, h);
	if (b->since_ns == 0 || detect_now(d) - b->since_ns > SECOND_NS)
		*b = (struct burst){ .since_ns = detect_now(d) };
	b->packets++;
	hll_add(b->hll, 4, detect_hash(d, &s->pkt.src));
	/* The first ones went by unrecorded. */
	if (hll_count(b->hll, 4) + SUSPECT + 0.5 < detect_bound(d, DETECT_smurf_responders))
		return;
	a = detect_alert_of("flood.smurf", DETECT_MEDIUM, NULL, &s->pkt.dst);
	a.distinct = hll_count(b->hll, 4) + SUSPECT;
	a.distinct_error = a.distinct * hll_error(4);
	a.first_ns = b->since_ns;
	detect_because_of(d, &a, DETECT_smurf_responders, a.distinct);
	detect_raise(d, detect_thing(d, a.kind, NULL, &a.dst), &a);
}

static void smurf_tick(void *self, struct detect *d, uint64_t now_ns)
{
	struct smurf *x = self;

	(void)d, (void)now_ns;
	memset(x->count, 0, sizeof(x->count));
}

const struct detector_ops detect_smurf = {
	.name = "smurf",
	.summary = "requests to or from groups, and the answers they draw",
	.on = DETECT_ON_REQUEST | DETECT_ON_ANSWER,
	.size = smurf_size,
	.init = smurf_init,
	.packet = smurf_packet,
	.tick = smurf_tick,
};
