/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who asked whom for the first time, and what came of it. Two Bloom filters know the pairs of the last ten
 * minutes or more: a packet whose pair is known costs one hash and two cache lines. While there is room every
 * source gets a record at once; when there is none, only after contacts_admit contacts, so that forged
 * sources, which have one each, do not drive out those that matter.
 */
#include <string.h>

#include "detect/own.h"
#include "icmp/number.h"
#include "wire/tcp.h"

#define TURN_NS      (600 * NS_PER_S)
#define SPARED       8 /* sources with an alert that are passed over for one that makes room */
#define SPARE_NS     (3600 * NS_PER_S)
#define FILTER_BITS  (1u << 22) /* of one filter, at DETECT_MEMORY */
#define ADMIT_WIDTH  (1u << 18)
#define ADMIT_DEPTH  4
#define SOURCES_MOST 30000
#define WAITING_MOST 32768
#define LN4          1386 /* thousandths: the weight of an outcome, see doc/detection.md */
#define ASKED_ENOUGH 3    /* outcomes until a source counts for the pairing */
#define TCP_FLAGS_AT 13
#define UNASKED      0x5a5a5a5a5u /* of the bits of a hash that choose bits in a line of a filter */

static unsigned log2_for(const struct detect_conf *conf, uint32_t most, unsigned least)
{
	unsigned n = least;

	while (1ull << (n + 1) <= (uint64_t)most * (conf->memory >> 10) / (DETECT_MEMORY >> 10))
		n++;
	return n;
}

static size_t room_size(uint32_t places, size_t record)
{
	return (places * record + 15) / 16 * 16 + (slotmap_size(places) + 15) / 16 * 16;
}

static void *init_table(struct slotmap *map, uint8_t **p, uint32_t places, size_t record)
{
	void *at = *p;

	slotmap_init(map, *p + (places * record + 15) / 16 * 16, places);
	*p += room_size(places, record);
	return at;
}

size_t contact_size(const struct detect_conf *conf)
{
	return 2 * ((size_t)1 << (log2_for(conf, FILTER_BITS, 12) - 3)) +
	       ((size_t)ADMIT_DEPTH << log2_for(conf, ADMIT_WIDTH, 8)) +
	       room_size(detect_places(conf, SOURCES_MOST), sizeof(struct detect_source)) +
	       room_size(detect_places(conf, WAITING_MOST), sizeof(struct contact_waiting));
}

void contact_init(struct contact *c, void *mem, const struct detect_conf *conf)
{
	unsigned bits = log2_for(conf, FILTER_BITS, 12);
	uint8_t *p = mem;

	for (unsigned i = 0; i < 2; i++) {
		c->filter[i] = (struct bloom){ (uint64_t *)p, bits };
		p += (size_t)1 << (bits - 3);
	}
	c->filter_full = 1ull << (bits - 4); /* 16 bits a pair: one in 500 is known wrongly */
	c->admit = (struct countmin){ p, log2_for(conf, ADMIT_WIDTH, 8), ADMIT_DEPTH };
	p += (size_t)ADMIT_DEPTH << c->admit.log2_width;
	c->source = init_table(&c->known, &p, detect_places(conf, SOURCES_MOST),
			       sizeof(struct detect_source));
	c->wait = init_table(&c->waiting, &p, detect_places(conf, WAITING_MOST),
			     sizeof(struct contact_waiting));
}

/* Multiply and fold: 64 by 64 to 128 bits, both halves together. */
static uint64_t fold(uint64_t a, uint64_t b)
{
	__extension__ const unsigned __int128 p = (unsigned __int128)a * b;

	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

static uint64_t word(const uint8_t *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

/*
 * Every packet is hashed: this is wyhash's step with both halves of the secret key, several times as fast as
 * base/hash.h. It need only keep strangers, who see no hash, from aiming collisions.
 */
uint64_t detect_hash(const struct detect *d, const struct ip_addr *a)
{
	const uint64_t *k = d->conf.key.k;
	uint64_t h = fold(word(a->octet) ^ k[0] ^ a->family, k[1] | 1);

	if (a->family == 6)
		h ^= word(a->octet + 8);
	return fold(h ^ k[1], 0x9e3779b97f4a7c15u ^ k[0] << 1);
}

uint64_t detect_pair(const struct detect *d, const struct ip_addr *a, const struct ip_addr *b)
{
	return fold(detect_hash(d, a) ^ d->conf.key.k[0], detect_hash(d, b) | 1);
}

bool detect_two_way(const struct detect *d)
{
	const struct contact *c = &d->contacts;

	return c->served > 0 && 5 * c->served >= c->askers;
}

double detect_alive(const struct detect_source *src)
{
	uint32_t n = src->answered + src->failed + src->silent;

	return n ? (double)src->answered / n : -1;
}

static void turn_filter(struct contact *c, uint64_t now_ns)
{
	struct bloom old = c->filter[1];

	c->filter[1] = c->filter[0];
	c->filter[0] = old;
	bloom_clear(&c->filter[0]);
	c->in_filter = 0;
	c->turned_ns = now_ns;
}

enum known { KNOWN_NOT, KNOWN_LONG_AGO, KNOWN };

static enum known meet(struct contact *c, uint64_t pair, uint64_t now_ns)
{
	if (bloom_add(&c->filter[0], pair))
		return KNOWN;
	if (++c->in_filter >= c->filter_full)
		turn_filter(c, now_ns);
	return bloom_has(&c->filter[1], pair) ? KNOWN_LONG_AGO : KNOWN_NOT;
}

static struct detect_source *find(struct contact *c, uint64_t h, const struct ip_addr *a)
{
	uint32_t i = slotmap_find(&c->known, h);

	while (i != SLOTMAP_NONE && !ip_eq(&c->source[i].addr, a))
		i = slotmap_next(&c->known, i);
	if (i == SLOTMAP_NONE)
		return NULL;
	slotmap_touch(&c->known, i);
	return &c->source[i];
}

/* Whoever is under suspicion is passed over, a few times, when somebody must make room. */
static void spare(struct detect *d)
{
	struct contact *c = &d->contacts;

	for (unsigned i = 0; i < SPARED; i++) {
		uint32_t oldest = slotmap_oldest(&c->known);

		if (!c->source[oldest].pinned || d->now_ns - c->source[oldest].last_ns > SPARE_NS)
			return;
		slotmap_touch(&c->known, oldest);
	}
}

static struct detect_source *admit(struct detect *d, uint64_t h, const struct ip_addr *a)
{
	struct contact *c = &d->contacts;
	unsigned seen = 1;
	struct detect_source *src;
	bool evicted;

	if (c->known.used == c->known.places) {
		if (++c->admits >> (c->admit.log2_width - 1)) {
			countmin_halve(&c->admit);
			c->admits = 0;
		}
		seen = countmin_add(&c->admit, h);
		if (seen < detect_bound(d, DETECT_contacts_admit))
			return NULL;
		spare(d);
	}
	src = &c->source[slotmap_take(&c->known, h, &evicted)];
	c->forgotten += evicted;
	memset(src, 0, sizeof(*src));
	src->addr = *a;
	src->id = ++c->ids;
	src->first_ns = src->window_ns = d->now_ns;
	src->contacts = seen - 1;
	return src;
}

static bool is_exact(const struct detect_source *src, uint64_t pair)
{
	for (unsigned i = 0; i < MIN(src->exact_n, DETECT_EXACT); i++)
		if (src->exact[i] == pair)
			return true;
	return false;
}

static void note(struct detect *d, struct detect_source *src, const struct ip_addr *dst,
		 const struct detect_contact *c)
{
	src->last_ns = d->now_ns;
	src->contacts++;
	d->contact = src->contacts;
	if (d->now_ns - src->window_ns > detect_bound_ns(d, DETECT_fanout_time)) {
		src->window_ns = d->now_ns;
		src->in_window = 0;
	}
	src->in_window++;
	src->dark += c->dark >= 0;
	if (src->lowest.family != dst->family || ip_cmp(dst, &src->lowest) < 0)
		src->lowest = *dst;
	if (src->highest.family != dst->family || ip_cmp(dst, &src->highest) > 0)
		src->highest = *dst;
	src->exact[src->exact_n % DETECT_EXACT] = c->pair;
	src->exact_n =
		(uint8_t)(src->exact_n < 2 * DETECT_EXACT - 1 ? src->exact_n + 1 : DETECT_EXACT);
	hll_add(src->hll, DETECT_HLL, c->pair);
}

static void await(struct detect *d, const struct detect_source *src, uint64_t pair)
{
	struct contact *c = &d->contacts;
	bool evicted;
	uint32_t i = slotmap_take(&c->waiting, pair, &evicted);

	c->wait[i] = (struct contact_waiting){ .source_id = src->id,
					       .sent_ns = d->now_ns,
					       .place = (uint32_t)(src - c->source) };
}

static void look_request(struct detect *d, const struct sight *s, struct detect_contact *ret)
{
	struct contact *c = &d->contacts;
	uint64_t h;
	enum known known;

	ret->pair = detect_pair(d, &s->pkt.src, &s->pkt.dst);
	known = meet(c, ret->pair, d->now_ns);
	if (known == KNOWN)
		return;
	h = detect_hash(d, &s->pkt.src);
	ret->source = find(c, h, &s->pkt.src);
	if (known == KNOWN_LONG_AGO || (ret->source && is_exact(ret->source, ret->pair))) {
		if (ret->source)
			ret->source->again++;
		ret->source = NULL;
		return;
	}
	c->contacts++;
	ret->on |= DETECT_ON_FIRST;
	if (!ret->source)
		ret->source = admit(d, h, &s->pkt.src);
	if (!ret->source)
		return;
	note(d, ret->source, &s->pkt.dst, ret);
	await(d, ret->source, ret->pair);
}

enum outcome { ANSWERED, FAILED, SILENT };

static void conclude(struct detect *d, uint32_t i, enum outcome o)
{
	struct contact *c = &d->contacts;
	const struct contact_waiting w = c->wait[i];
	struct detect_source *src = &c->source[w.place];
	const int32_t most = (int32_t)(detect_bound(d, DETECT_cusum) * 1000) + 4 * LN4;

	slotmap_drop(&c->waiting, i);
	if (src->id != w.source_id || !slotmap_taken(&c->known, w.place))
		return;
	src->answered += o == ANSWERED;
	src->failed += o == FAILED;
	src->silent += o == SILENT;
	if (src->answered + src->failed + src->silent >= ASKED_ENOUGH && !src->counted) {
		src->counted = true;
		c->askers++;
		c->served += src->answered + src->failed > 0;
	}
	if (o == SILENT && !detect_two_way(d))
		return;
	src->cusum = MIN(MAX(src->cusum + (o == ANSWERED ? -LN4 : LN4), 0), most);
	d->contact = src->contacts;
	detect_outcome(d, src, o == ANSWERED);
}

static void look_answer(struct detect *d, const struct sight *s, struct detect_contact *ret)
{
	struct contact *c = &d->contacts;
	uint32_t i;

	ret->pair = detect_pair(d, &s->pkt.dst, &s->pkt.src);
	if (!bloom_has(&c->filter[0], ret->pair) && !bloom_has(&c->filter[1], ret->pair)) {
		/* Other bits of the same cache line say whether that happened before. */
		ret->unasked = true;
		ret->unasked_first = !bloom_add(&c->filter[0], ret->pair ^ UNASKED);
		c->in_filter += ret->unasked_first;
		return;
	}
	i = slotmap_find(&c->waiting, ret->pair);
	if (i != SLOTMAP_NONE)
		conclude(d, i, ANSWERED);
}

/* Whether an error says that nobody is there, or that one may not ask; others say neither. */
static bool says_failed(const struct icmperr *e)
{
	if (e->family == 6)
		return e->type == ICMP6_UNREACH && e->code != ICMP6_UNREACH_PORT;
	return e->type == ICMP4_UNREACH && e->code != ICMP4_UNREACH_PORT &&
	       e->code != ICMP4_UNREACH_NEEDFRAG;
}

static void look_error(struct detect *d, const struct sight *s, struct icmperr *err,
		       struct detect_contact *ret)
{
	struct contact *c = &d->contacts;
	const struct icmperr_quote *q = &err->quote;
	uint32_t i;

	if (!sight_error(s, err)) {
		ret->on &= ~(unsigned)DETECT_ON_ERROR;
		return;
	}
	ret->err = err;
	if (!q->family)
		return;
	ret->pair = detect_pair(d, &q->src, &q->dst);
	if (!q->has_icmp)
		return;
	i = slotmap_find(&c->waiting, ret->pair);
	if (i == SLOTMAP_NONE)
		return;
	if (says_failed(err))
		conclude(d, i, FAILED);
	else
		slotmap_drop(&c->waiting, i);
}

static unsigned look_other(const struct packet *p)
{
	const uint8_t icmp = p->family == 4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6;

	if (p->frag == PACKET_FRAG_LATER)
		return p->proto == icmp ? DETECT_ON_FRAGMENT : 0;
	if (p->proto == IP_PROTO_TCP && p->l4.len > TCP_FLAGS_AT &&
	    p->l4.p[TCP_FLAGS_AT] & (TCP_SYN | TCP_RST))
		return DETECT_ON_TCP;
	if (p->proto == IP_PROTO_ICMP4 || p->proto == IP_PROTO_ICMP6)
		return DETECT_ON_ODD; /* that of the other family */
	return 0;
}

void contact_look(struct detect *d, const struct sight *s, struct icmperr *err,
		  struct detect_contact *ret)
{
	if (d->dark.n > 0) {
		ret->dark = dark_look(d, s);
		ret->on |= ret->dark >= 0 ? DETECT_ON_DARK : 0;
	}
	if (s->kind == SIGHT_OTHER) {
		ret->on |= look_other(&s->pkt);
		return;
	}
	ret->on |= s->type == SIGHT_CUT ? DETECT_ON_ICMP : d->class[s->pkt.family == 6][s->type];
	if (s->pkt.frag != PACKET_WHOLE)
		ret->on |= DETECT_ON_FRAGMENT;
	if (ret->on & DETECT_ON_REQUEST)
		look_request(d, s, ret);
	else if (ret->on & DETECT_ON_ANSWER)
		look_answer(d, s, ret);
	else if (ret->on & DETECT_ON_ERROR)
		look_error(d, s, err, ret);
}

void contact_tick(struct detect *d)
{
	struct contact *c = &d->contacts;
	const uint64_t wait_ns = detect_bound_ns(d, DETECT_answer_wait);
	uint32_t i;

	if (d->now_ns - c->turned_ns >= TURN_NS)
		turn_filter(c, d->now_ns);
	/* They are in the order they were sent: nothing touches them. */
	while ((i = slotmap_oldest(&c->waiting)) != SLOTMAP_NONE &&
	       d->now_ns - c->wait[i].sent_ns >= wait_ns)
		conclude(d, i, SILENT);
}
