/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Redirects: whoever may send them decides where packets go. Genuine ones come from the first-hop router, name
 * another router of the same network, and quote a packet of whoever gets them (RFC 1122 3.2.2.2, RFC 4861 8.1).
 */
#include "detect/detector.h"
#include "detect/table.h"
#include "icmp/number.h"
#include "wire/nd.h"

#define PLACES    512
#define MINUTE_NS (60 * NS_PER_S)

struct told { /* one host */
	uint64_t since_ns, packets;
};

struct redirect {
	struct ip_addr gateway, about;
	bool trusted, quotes_receiver;
};

static size_t redirect_size(const struct detect_conf *conf)
{
	return table_size(detect_places(conf, PLACES), sizeof(struct told));
}

static void redirect_init(void *self, const struct detect_conf *conf)
{
	table_init(self, detect_places(conf, PLACES), sizeof(struct told));
}

static bool read(const struct sight *s, const struct detect_contact *c, struct redirect *ret)
{
	struct nd_msg m;

	if (c->err) {
		const struct icmperr_quote *q = &c->err->quote;

		if (c->err->family != 4 || c->err->type != ICMP4_REDIRECT)
			return false;
		*ret = (struct redirect){ c->err->gateway, q->dst, true,
					  q->family == 0 || ip_eq(&q->src, &s->pkt.dst) };
		return true;
	}
	if (s->pkt.family != 6 || s->type != ICMP6_ND_REDIRECT || nd_parse(s->pkt.l4, &m) < 0)
		return false;
	*ret = (struct redirect){ m.target, m.dst,
				  nd_trusted(&m, s->pkt.ttl, &s->pkt.src, &s->pkt.dst), true };
	return true;
}

static bool knows_routers(const struct detect *d, unsigned family)
{
	const struct detect_conf *conf = detect_conf_of(d);

	for (size_t i = 0; i < conf->router_n; i++)
		if (conf->router[i].family == family)
			return true;
	return false;
}

static unsigned find_faults(const struct detect *d, const struct sight *s, const struct redirect *r,
			    const struct told *t, struct detect_alert *a)
{
	unsigned n = 0;

	if (knows_routers(d, s->pkt.family) && !detect_is_router(d, &s->pkt.src))
		n++, detect_because(a, "sender is no known router", 1, 1);
	if (!r->trusted)
		n += 2, detect_because(a, "not from this link", s->pkt.ttl, 255);
	if (!r->quotes_receiver)
		n++, detect_because(a, "quotes a packet of somebody else", 1, 1);
	if (ip_eq(&r->gateway, &s->pkt.dst))
		n++, detect_because(a, "gateway is the receiver", 1, 1);
	if (ip_kind(&r->gateway) == IP_MULTICAST || ip_kind(&r->gateway) == IP_LOOPBACK ||
	    ip_kind(&r->gateway) == IP_UNSPECIFIED)
		n++, detect_because(a, "gateway is no host", 1, 1);
	if (t->packets > detect_bound(d, DETECT_redirect_rate))
		n++, detect_because_of(d, a, DETECT_redirect_rate, (double)t->packets);
	return n;
}

static void redirect_packet(void *self, struct detect *d, const struct sight *s,
			    const struct detect_contact *c)
{
	struct detect_alert a;
	struct redirect r;
	struct told *t;
	unsigned n;

	if (!read(s, c, &r))
		return;
	t = table_get(self, detect_hash(d, &s->pkt.dst));
	if (t->since_ns == 0 || detect_now(d) - t->since_ns > MINUTE_NS)
		*t = (struct told){ .since_ns = detect_now(d) };
	t->packets++;
	a = detect_alert_of("redirect", DETECT_LOW, &s->pkt.src, &s->pkt.dst);
	if (r.about.family)
		a.targets = ip_prefix_of(&r.about, 128);
	n = find_faults(d, s, &r, t, &a);
	if (n > 0)
		a.severity = n > 1 ? DETECT_HIGH : DETECT_MEDIUM;
	detect_raise(d, detect_thing(d, a.kind, &a.src, &a.dst), &a);
}

const struct detector_ops detect_redirect = {
	.name = "redirect",
	.summary = "redirects, and what speaks against them",
	.on = DETECT_ON_ERROR | DETECT_ON_ND,
	.size = redirect_size,
	.init = redirect_init,
	.packet = redirect_packet,
};
