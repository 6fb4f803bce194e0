/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/frags.h"

#include <string.h>

#include "base/slotmap.h"
#include "wire/checksum.h"
#include "wire/ip6.h"

#define UNIT      8     /* octets; all fragments but the last are so many times as long */
#define BODY_MAX  65535 /* octets of what fragments are put together to */
#define UNITS_MAX ((BODY_MAX + UNIT) / UNIT) /* of them */
#define HEAD_ROOM IP6_HDR_LEN                /* in front of them: one plain IP header */

/* One message that is being put together. */
struct message {
	struct ip_addr src, dst, last_dst;
	uint32_t id;
	uint8_t proto; /* IPv4: part of its name. IPv6: of the first header, once .head */
	uint8_t ttl, tos, depth;
	uint32_t flow;
	bool head; /* the first fragment is there: what was read of its header is set */
	bool dead; /* it is given up, and keeps its place so that the rest of it finds that out */
	uint64_t first_ns;
	uint32_t len, have; /* octets in all (0: not known yet), and there */
	uint32_t top;       /* where the furthest of them ends */
	uint8_t seen[UNITS_MAX / 8 + 1];
	uint8_t octets[HEAD_ROOM + BODY_MAX + UNIT];
};

struct frags {
	struct slotmap map;
	struct message *message;
	struct hash_key key;
	struct frags_sum sum;
	uint64_t now_ns;
	uint32_t dead; /* of those in their places */
};

/* One fragment, as its headers tell it. */
struct fragment {
	uint32_t id, at; /* octets */
	uint8_t next;    /* protocol of the first header behind */
	bool more;
	struct span body;
};

struct message_key {
	uint8_t src[16], dst[16];
	uint32_t id;
	uint8_t family, proto, pad[2];
};

size_t frags_size(uint32_t places)
{
	if (places == 0 || places > FRAGS_MAX)
		return 0;
	return sizeof(struct frags) + places * sizeof(struct message) + slotmap_size(places);
}

struct frags *frags_init(void *mem, uint32_t places, const struct hash_key *key)
{
	struct frags *f = mem;

	memset(f, 0, sizeof(*f));
	f->key = *key;
	f->message = (struct message *)(f + 1);
	slotmap_init(&f->map, f->message + places, places);
	return f;
}

static bool read4(const struct packet *p, struct fragment *ret)
{
	struct ip4_pkt ip;

	if (ip4_parse(p->l3, &ip) < 0 || (ip.proto != IP_PROTO_ICMP4 && ip.proto != IP_PROTO_AH))
		return false;
	*ret = (struct fragment){
		.id = ip.id, .at = ip.frag_off, .next = ip.proto, .more = ip.mf, .body = ip.payload
	};
	return true;
}

/* Whether a message that begins with header @next may be one of ICMPv6. */
static bool may_be_icmp6(uint8_t next)
{
	return next == IP_PROTO_ICMP6 || next == IP_PROTO_HOPOPTS || next == IP_PROTO_ROUTING ||
	       next == IP_PROTO_DSTOPTS || next == IP_PROTO_AH;
}

/* To the fragment header: what stands before it is not fragmented. */
static bool read6(const struct packet *p, struct fragment *ret)
{
	struct rcur c = rcur(p->l3);
	uint8_t next;
	uint16_t off;

	get_span(&c, 6);
	next = get_u8(&c);
	get_span(&c, IP6_HDR_LEN - 7);
	for (int n = 0; n < IP6_EXT_MAX && next != IP_PROTO_FRAGMENT && !c.bad; n++) {
		uint8_t was = next, len;

		if (!may_be_icmp6(next) || next == IP_PROTO_ICMP6)
			return false;
		next = get_u8(&c);
		len = get_u8(&c);
		get_span(&c, was == IP_PROTO_AH ? len * 4u : len * 8u + 6u);
	}
	ret->next = get_u8(&c);
	get_u8(&c);
	off = get_u16(&c);
	ret->id = get_u32(&c);
	ret->at = off & ~7u;
	ret->more = off & 1;
	ret->body = rcur_rest(&c);
	return next == IP_PROTO_FRAGMENT && !c.bad && may_be_icmp6(ret->next);
}

static bool read_fragment(const struct sight *s, struct fragment *ret)
{
	const struct packet *p = &s->pkt;

	if (s->kind == SIGHT_NOTHING || p->frag == PACKET_WHOLE)
		return false;
	return p->family == 4 ? read4(p, ret) : read6(p, ret);
}

static struct message_key key_of(const struct packet *p, const struct fragment *frag)
{
	struct message_key k = { .id = frag->id, .family = p->family };

	/* IPv6's fragments are not told apart by the header behind (RFC 8200 4.5). */
	k.proto = p->family == 4 ? frag->next : 0;
	memcpy(k.src, p->src.octet, sizeof(k.src));
	memcpy(k.dst, p->dst.octet, sizeof(k.dst));
	return k;
}

static void give_up(struct frags *f, uint32_t i, uint64_t *reason)
{
	if (f->message[i].dead)
		f->dead--;
	else
		++*reason;
	slotmap_drop(&f->map, i);
}

static struct message *find(struct frags *f, const struct packet *p, const struct fragment *frag)
{
	const struct message_key k = key_of(p, frag);
	uint64_t h = hash(&f->key, (struct span){ (const uint8_t *)&k, sizeof(k) });
	uint32_t i = slotmap_find(&f->map, h);
	struct message *m;
	bool evicted;

	for (; i != SLOTMAP_NONE; i = slotmap_next(&f->map, i)) {
		m = &f->message[i];
		if (m->id == frag->id && ip_eq(&m->src, &p->src) && ip_eq(&m->dst, &p->dst) &&
		    (p->family == 6 || m->proto == frag->next))
			return m;
	}
	if (f->map.used == f->map.places)
		give_up(f, slotmap_oldest(&f->map), &f->sum.evicted);
	i = slotmap_take(&f->map, h, &evicted);
	m = &f->message[i];
	memset(m, 0, offsetof(struct message, octets));
	m->src = p->src;
	m->dst = p->dst;
	m->id = frag->id;
	m->proto = frag->next;
	m->first_ns = f->now_ns;
	return m;
}

static bool kill(struct frags *f, struct message *m, uint64_t *reason)
{
	m->dead = true;
	f->dead++;
	++*reason;
	return false;
}

static bool is_seen(const struct message *m, uint32_t unit)
{
	return m->seen[unit / 8] & 1u << unit % 8;
}

/* How many of the fragment's units are there already. */
static uint32_t count_seen(const struct message *m, uint32_t from, uint32_t to)
{
	uint32_t n = 0;

	for (uint32_t u = from; u < to; u++)
		n += is_seen(m, u);
	return n;
}

/* Whether @frag may be part of @m; what is wrong is counted. */
static bool fits(struct frags *f, struct message *m, const struct packet *p,
		 const struct fragment *frag)
{
	uint32_t end = frag->at + (uint32_t)frag->body.len;
	uint32_t most = BODY_MAX - (p->family == 4 ? IP4_MIN_LEN : 0);

	if (end > most)
		return kill(f, m, &f->sum.oversize);
	/* No fragment behind the end, and one end only. */
	if ((m->len > 0 && (end > m->len || (!frag->more && end != m->len))) ||
	    (frag->more && (frag->body.len == 0 || frag->body.len % UNIT != 0)))
		return kill(f, m, &f->sum.overlaps);
	return true;
}

/* Put the octets in their place. False: they were there already, or contradict what was. */
static bool place(struct frags *f, struct message *m, const struct fragment *frag)
{
	uint32_t from = frag->at / UNIT;
	uint32_t to = (frag->at + (uint32_t)frag->body.len + UNIT - 1) / UNIT;
	uint32_t n = count_seen(m, from, to);
	uint8_t *at = m->octets + HEAD_ROOM + frag->at;

	if (n > 0) {
		/* A copy says the same of the end. */
		if (n == to - from && memcmp(at, frag->body.p, frag->body.len) == 0 &&
		    (frag->more || m->len > 0))
			return false;
		return kill(f, m, &f->sum.overlaps);
	}
	memcpy(at, frag->body.p, frag->body.len);
	for (uint32_t u = from; u < to; u++)
		m->seen[u / 8] |= (uint8_t)(1u << u % 8);
	m->have += (uint32_t)frag->body.len;
	return true;
}

/* What the first fragment says of the packet, and the last one of its end. */
static bool note(struct frags *f, struct message *m, const struct packet *p,
		 const struct fragment *frag)
{
	if (frag->at == 0) {
		m->head = true;
		m->proto = frag->next;
		m->ttl = p->ttl;
		m->tos = p->tos;
		m->flow = p->flow;
		m->depth = p->depth;
		m->last_dst = p->last_dst;
	}
	if (!frag->more)
		m->len = frag->at + (uint32_t)frag->body.len;
	m->top = MAX(m->top, frag->at + (uint32_t)frag->body.len);
	/* Something had come from behind what now turns out to be the end. */
	if (m->len > 0 && m->top > m->len)
		return kill(f, m, &f->sum.overlaps);
	return m->head && m->len > 0 && m->have == m->len;
}

/* A plain header in front of what was put together, with what is kept of the first fragment's. */
static struct span put_head(struct message *m)
{
	bool v4 = m->src.family == 4;
	size_t hdr = v4 ? IP4_MIN_LEN : IP6_HDR_LEN;
	uint8_t *start = m->octets + HEAD_ROOM - hdr;
	struct wcur c = wcur(start, hdr);

	if (v4) {
		put_u8(&c, 0x45);
		put_u8(&c, m->tos);
		put_u16(&c, (uint16_t)(hdr + m->len));
		put_u16(&c, (uint16_t)m->id);
		put_u16(&c, 0);
		put_u8(&c, m->ttl);
		put_u8(&c, m->proto);
		put_u16(&c, 0);
	} else {
		put_u32(&c, 6u << 28 | (uint32_t)m->tos << 20 | m->flow);
		put_u16(&c, (uint16_t)m->len);
		put_u8(&c, m->proto);
		put_u8(&c, m->ttl);
	}
	put_bytes(&c, m->src.octet, ip_len(m->src.family));
	put_bytes(&c, m->dst.octet, ip_len(m->dst.family));
	if (v4) {
		uint16_t sum = checksum((struct span){ start, hdr });

		start[10] = (uint8_t)(sum >> 8);
		start[11] = (uint8_t)sum;
	}
	return (struct span){ start, hdr + m->len };
}

/* Read it as a packet that was never fragmented. IPv6's may prove not to be ICMP. */
static bool read_whole(struct message *m, const struct sight *s, struct sight *ret)
{
	struct sight w = { .t_ns = s->t_ns,
			   .number = s->number,
			   .source = s->source,
			   .wire_len = s->wire_len,
			   .way = s->way,
			   .link = LINK_RAW };

	if (sight_read(&w, put_head(m)) != SIGHT_ICMP)
		return false;
	w.link = s->link;
	w.pkt.depth = m->depth;
	if (!ip_eq(&m->last_dst, &m->dst))
		w.pkt.last_dst = m->last_dst;
	*ret = w;
	return true;
}

bool frags_add(struct frags *f, const struct sight *s, struct sight *ret)
{
	struct fragment frag;
	struct message *m;

	if (!read_fragment(s, &frag))
		return false;
	frags_tick(f, s->t_ns);
	if (s->pkt.truncated) {
		f->sum.cut++;
		return false;
	}
	m = find(f, &s->pkt, &frag);
	if (m->dead || !fits(f, m, &s->pkt, &frag) || !place(f, m, &frag) ||
	    !note(f, m, &s->pkt, &frag))
		return false;
	slotmap_drop(&f->map, (uint32_t)(m - f->message));
	if (!read_whole(m, s, ret))
		return false;
	f->sum.whole++;
	return true;
}

void frags_tick(struct frags *f, uint64_t now_ns)
{
	uint32_t i;

	f->now_ns = MAX(f->now_ns, now_ns);
	/* Nothing touches them: they are in the order of their first fragments. */
	while ((i = slotmap_oldest(&f->map)) != SLOTMAP_NONE &&
	       f->now_ns - f->message[i].first_ns >= FRAGS_WAIT_NS)
		give_up(f, i, &f->sum.late);
}

struct frags_sum frags_told(const struct frags *f)
{
	return f->sum;
}

uint32_t frags_waiting(const struct frags *f)
{
	return f->map.used - f->dead;
}
