/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Probing of a host's ICMP limiter, as SAD DNS does (CVE-2020-25705): again and again, within 20 ms, as many
 * port-unreachable messages as the limiter lets out, about as many ports, to one host or two. How many come
 * tells the attacker which forged probe hit an open port.
 */
#include "detect/detector.h"
#include "detect/table.h"
#include "icmp/number.h"

#define PLACES    512
#define WINDOW_NS (20 * NS_PER_MS)
#define FORGET_NS (600 * NS_PER_S)

struct limited { /* one host that sends them */
	uint64_t window_ns, first_ns, packets;
	uint32_t in_window, bursts;
	uint8_t hosts[16], ports[1 << DETECT_HLL];
	bool counted; /* this window is a burst already */
};

static size_t limiter_size(const struct detect_conf *conf)
{
	return table_size(detect_places(conf, PLACES), sizeof(struct limited));
}

static void limiter_init(void *self, const struct detect_conf *conf)
{
	table_init(self, detect_places(conf, PLACES), sizeof(struct limited));
}

static void begin_window(struct limited *l, uint64_t now_ns)
{
	const struct limited old = *l;

	*l = (struct limited){ .window_ns = now_ns, .first_ns = now_ns };
	if (old.window_ns && now_ns - old.window_ns < FORGET_NS) {
		l->first_ns = old.first_ns;
		l->packets = old.packets;
		l->bursts = old.bursts;
	}
}

static void limiter_packet(void *self, struct detect *d, const struct sight *s,
			   const struct detect_contact *c)
{
	const struct icmperr *e = c->err;
	const bool port = e->family == 4
				  ? e->type == ICMP4_UNREACH && e->code == ICMP4_UNREACH_PORT
				  : e->type == ICMP6_UNREACH && e->code == ICMP6_UNREACH_PORT;
	const uint64_t now = detect_now(d);
	struct detect_alert a;
	struct limited *l;

	if (!port || !e->quote.has_ports)
		return;
	l = table_get(self, detect_hash(d, &s->pkt.src));
	if (l->window_ns == 0 || now - l->window_ns >= WINDOW_NS)
		begin_window(l, now);
	l->packets++;
	l->in_window++;
	hll_add(l->hosts, 4, detect_hash(d, &s->pkt.dst));
	hll_add(l->ports, DETECT_HLL, (e->quote.dport + 1u) * 0x9e3779b97f4a7c15u);
	if (l->counted || l->in_window < detect_bound(d, DETECT_limiter_burst) ||
	    hll_count(l->hosts, 4) > 2.5 ||
	    hll_count(l->ports, DETECT_HLL) < 0.7 * detect_bound(d, DETECT_limiter_burst))
		return;
	l->counted = true;
	if (++l->bursts < detect_bound(d, DETECT_limiter_bursts))
		return;
	a = detect_alert_of("limiter.probing", DETECT_HIGH, &s->pkt.dst, &s->pkt.src);
	a.packets = l->packets;
	a.first_ns = l->first_ns;
	detect_because_of(d, &a, DETECT_limiter_burst, l->in_window);
	detect_because_of(d, &a, DETECT_limiter_bursts, l->bursts);
	detect_raise(d, detect_thing(d, a.kind, NULL, &a.dst), &a);
}

const struct detector_ops detect_limiter = {
	.name = "limiter",
	.summary = "probing of a host's ICMP limiter, as SAD DNS does",
	.on = DETECT_ON_ERROR,
	.size = limiter_size,
	.init = limiter_init,
	.packet = limiter_packet,
};
