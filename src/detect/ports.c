/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Port scans, seen by the refusals they meet: port unreachable and "prohibited" quote the probe, a reset that
 * acknowledges and has sequence number 0 answers a SYN to a closed port (RFC 9293 3.10.7.1).
 */
#include "detect/detector.h"
#include "detect/table.h"
#include "icmp/number.h"
#include "wire/tcp.h"

#define PLACES 2048

struct refused { /* one source by one host, of one protocol */
	uint64_t since_ns;
	uint64_t packets;
	uint8_t port[32]; /* a bit a port, hashed */
};

struct scanner { /* one source, of one protocol */
	uint64_t since_ns, packets;
	uint8_t hll[1 << DETECT_HLL]; /* hosts that refused */
};

struct ports {
	struct table *host, *source;
};

struct refusal {
	const struct ip_addr *scanner, *host;
	uint16_t port;
	uint8_t proto;
};

static size_t aligned(size_t n)
{
	return (n + 15) / 16 * 16;
}

static size_t ports_size(const struct detect_conf *conf)
{
	uint32_t n = detect_places(conf, PLACES);

	return sizeof(struct ports) + aligned(table_size(n, sizeof(struct refused))) +
	       aligned(table_size(n, sizeof(struct scanner)));
}

static void ports_init(void *self, const struct detect_conf *conf)
{
	uint32_t n = detect_places(conf, PLACES);
	struct ports *p = self;

	p->host = (struct table *)(p + 1);
	p->source = (struct table *)((uint8_t *)p->host +
				     aligned(table_size(n, sizeof(struct refused))));
	table_init(p->host, n, sizeof(struct refused));
	table_init(p->source, n, sizeof(struct scanner));
}

static bool of_error(const struct icmperr *e, struct refusal *ret)
{
	const struct icmperr_quote *q = &e->quote;
	bool refused;

	if (e->family == 4)
		refused = e->type == ICMP4_UNREACH && (e->code == ICMP4_UNREACH_PORT ||
						       e->code == ICMP4_UNREACH_NET_PROHIBITED ||
						       e->code == ICMP4_UNREACH_HOST_PROHIBITED ||
						       e->code == ICMP4_UNREACH_ADMIN);
	else
		refused = e->type == ICMP6_UNREACH &&
			  (e->code == ICMP6_UNREACH_PORT || e->code == ICMP6_UNREACH_ADMIN);
	*ret = (struct refusal){ &q->src, &q->dst, q->dport, q->proto };
	return refused && q->has_ports;
}

static bool of_reset(const struct packet *p, struct refusal *ret)
{
	struct tcp_seg seg;

	*ret = (struct refusal){ &p->dst, &p->src, p->sport, p->proto };
	return tcp_parse(p->l4, &seg) == 0 && seg.seq == 0 &&
	       (seg.flags & (TCP_RST | TCP_ACK)) == (TCP_RST | TCP_ACK);
}

static unsigned count_bits(const uint8_t *p, unsigned n)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += (unsigned)__builtin_popcount(p[i]);
	return sum;
}

static void tell(struct detect *d, const struct refusal *r, const struct refused *h,
		 const struct scanner *x)
{
	const double ports = count_bits(h->port, sizeof(h->port));
	const double hosts = hll_count(x->hll, DETECT_HLL);
	const bool many_ports = ports >= detect_bound(d, DETECT_scan_ports);
	const bool many_hosts = x->packets >= detect_bound(d, DETECT_scan_hosts) &&
				detect_reaches(d, DETECT_scan_hosts, hosts);
	struct detect_alert a = detect_alert_of(r->proto == IP_PROTO_TCP ? "scan.tcp" : "scan.udp",
						DETECT_MEDIUM, r->scanner, NULL);

	if (!many_ports && !many_hosts)
		return;
	a.packets = x->packets;
	a.first_ns = x->since_ns;
	a.distinct = hosts;
	a.distinct_error = hosts * hll_error(DETECT_HLL);
	if (many_ports)
		detect_because_of(d, &a, DETECT_scan_ports, ports);
	if (many_hosts)
		detect_because_of(d, &a, DETECT_scan_hosts, hosts);
	if (many_ports && many_hosts)
		a.severity = DETECT_HIGH;
	if (hosts < 1.5)
		a.dst = *r->host;
	detect_raise(d, detect_thing(d, a.kind, &a.src, NULL), &a);
}

static void ports_packet(void *self, struct detect *d, const struct sight *s,
			 const struct detect_contact *c)
{
	struct ports *p = self;
	const uint64_t now = detect_now(d), time = detect_bound_ns(d, DETECT_scan_time);
	struct refusal r;
	struct refused *h;
	struct scanner *x;
	uint8_t bit;

	if (c->err ? !of_error(c->err, &r) : !of_reset(&s->pkt, &r))
		return;
	h = table_get(p->host, detect_pair(d, r.scanner, r.host) + r.proto);
	x = table_get(p->source, detect_hash(d, r.scanner) + r.proto);
	if (h->since_ns == 0 || now - h->since_ns > time)
		*h = (struct refused){ .since_ns = now };
	if (x->since_ns == 0 || now - x->since_ns > time)
		*x = (struct scanner){ .since_ns = now };
	bit = (uint8_t)(r.port * 0x9e3779b1u >> 24);
	h->port[bit >> 3] |= (uint8_t)(1 << (bit & 7));
	h->packets++;
	x->packets++;
	hll_add(x->hll, DETECT_HLL, detect_hash(d, r.host));
	if (h->packets >= detect_bound(d, DETECT_scan_ports) ||
	    x->packets >= detect_bound(d, DETECT_scan_hosts))
		tell(d, &r, h, x);
}

const struct detector_ops detect_ports = {
	.name = "ports",
	.summary = "port scans, by the refusals they meet",
	.on = DETECT_ON_ERROR | DETECT_ON_TCP,
	.size = ports_size,
	.init = ports_init,
	.packet = ports_packet,
};
