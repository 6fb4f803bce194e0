/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fragments of ICMP that no honest stack sends: beyond the end of any packet (the ping of death), over one
 * another (forbidden by RFC 5722 for IPv6), or too small to hold the header of the message.
 */
#include "detect/detector.h"
#include "detect/table.h"
#include "wire/ip6.h"

#define PLACES  256
#define PIECES  8
#define LIFE_NS (60 * NS_PER_S)
#define IP6_LEN 40

struct piece {
	uint32_t from, to; /* octets of the whole, .to excluded */
};

struct whole {
	uint64_t since_ns;
	uint32_t pieces;
	struct piece piece[PIECES];
};

struct fragment {
	uint32_t id;
	struct piece at;
	bool more;
};

static size_t fragment_size(const struct detect_conf *conf)
{
	return table_size(detect_places(conf, PLACES), sizeof(struct whole));
}

static void fragment_init(void *self, const struct detect_conf *conf)
{
	table_init(self, detect_places(conf, PLACES), sizeof(struct whole));
}

static uint32_t be16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

/* By what the header promises, not by what the capture kept. */
static bool read4(const struct packet *p, struct fragment *ret)
{
	const uint8_t *h = p->l3.p;
	uint32_t header = (h[0] & 15u) * 4, len = be16(h + 2);

	if (len < header)
		return false;
	ret->id = p->ip_id;
	ret->more = h[6] >> 5 & 1;
	ret->at.from = (be16(h + 6) & 0x1fff) * 8;
	ret->at.to = ret->at.from + (len - header);
	return true;
}

static bool read6(const struct packet *p, struct fragment *ret)
{
	struct span payload = { p->l3.p + IP6_LEN, p->l3.len - IP6_LEN };
	uint32_t len = be16(p->l3.p + 4), before;
	struct ip6_chain chain;

	if (ip6_walk(p->l3.p[6], payload, &chain) < 0 || chain.cut || !chain.fragment)
		return false;
	before = (uint32_t)(chain.l4.p - payload.p);
	if (len < before)
		return false;
	ret->id = chain.frag_id;
	ret->more = chain.mf;
	ret->at.from = chain.frag_off;
	ret->at.to = ret->at.from + (len - before);
	return true;
}

/* Whether @f lies over a part that came before; one that came twice does not. */
static bool overlaps(struct whole *w, const struct fragment *f)
{
	bool over = false;

	for (unsigned i = 0; i < MIN(w->pieces, PIECES); i++) {
		const struct piece *p = &w->piece[i];

		if (p->from == f->at.from && p->to == f->at.to)
			return false;
		over |= f->at.from < p->to && p->from < f->at.to;
	}
	w->piece[w->pieces++ % PIECES] = f->at;
	return over;
}

static void tell(struct detect *d, const struct sight *s, const char *kind,
		 enum detect_severity severity, const char *what, double seen, double bound)
{
	struct detect_alert a = detect_alert_of(kind, severity, &s->pkt.src, &s->pkt.dst);

	detect_because(&a, what, seen, bound);
	detect_raise(d, detect_thing(d, kind, &a.src, &a.dst), &a);
}

static void fragment_packet(void *self, struct detect *d, const struct sight *s,
			    const struct detect_contact *c)
{
	const struct packet *p = &s->pkt;
	const bool v4 = p->family == 4;
	struct fragment f;
	struct whole *w;

	(void)c;
	if (p->l3.len < (v4 ? 20 : IP6_LEN) || !(v4 ? read4(p, &f) : read6(p, &f)))
		return;
	if (f.at.to > detect_bound(d, DETECT_death) + (v4 ? 0 : 20))
		tell(d, s, "fragment.death", DETECT_HIGH, "death", f.at.to,
		     detect_bound(d, DETECT_death));
	if (f.at.from == 0 && f.more && f.at.to < 8)
		tell(d, s, "fragment.tiny", DETECT_MEDIUM, "octets of the first fragment", f.at.to,
		     8);
	w = table_get(self, detect_pair(d, &p->src, &p->dst) + f.id);
	if (w->since_ns == 0 || detect_now(d) - w->since_ns > LIFE_NS)
		*w = (struct whole){ .since_ns = detect_now(d) };
	if (overlaps(w, &f))
		tell(d, s, "fragment.overlap", DETECT_MEDIUM, "octet sent twice, differently",
		     f.at.from, 0);
}

const struct detector_ops detect_fragment = {
	.name = "fragment",
	.summary = "ping of death and other abuse of fragments",
	.on = DETECT_ON_FRAGMENT,
	.size = fragment_size,
	.init = fragment_init,
	.packet = fragment_packet,
};
