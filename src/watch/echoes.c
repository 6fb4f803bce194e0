/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/echoes.h"

#include <string.h>

#include "base/slotmap.h"
#include "icmp/number.h"

/* A request: who asked whom, which. */
struct request {
	struct ip_addr src, dst;
	uint16_t id, seq;
	bool answered;
	uint64_t sent_ns;
};

struct echoes {
	struct slotmap waiting, known;
	struct request *request;
	struct echo_pair *pair;
	uint64_t (*sample)[ECHOES_SAMPLES];
	struct hash_key key;
	uint64_t now_ns, forgotten;
	uint32_t unanswered;
};

struct request_key {
	uint8_t src[16], dst[16];
	uint16_t id, seq, family, pad;
};

size_t echoes_size(uint32_t pending, uint32_t pairs)
{
	if (pending == 0 || pending > ECHOES_PENDING_MAX || pairs == 0 || pairs > ECHOES_PAIRS_MAX)
		return 0;
	return sizeof(struct echoes) + slotmap_size(pending) + 8 + slotmap_size(pairs) + 8 +
	       pending * sizeof(struct request) +
	       pairs * (sizeof(struct echo_pair) + ECHOES_SAMPLES * sizeof(uint64_t));
}

struct echoes *echoes_init(void *mem, uint32_t pending, uint32_t pairs, const struct hash_key *key)
{
	struct echoes *e = mem;
	uint8_t *p;

	memset(e, 0, sizeof(*e));
	e->key = *key;
	e->sample = (uint64_t(*)[ECHOES_SAMPLES])(e + 1);
	e->pair = (struct echo_pair *)(e->sample + pairs);
	e->request = (struct request *)(e->pair + pairs);
	p = (uint8_t *)(e->request + pending);
	slotmap_init(&e->waiting, p, pending);
	p += (slotmap_size(pending) + 7) / 8 * 8;
	slotmap_init(&e->known, p, pairs);
	return e;
}

static uint64_t hash_of(const struct echoes *e, const struct ip_addr *src,
			const struct ip_addr *dst, uint16_t id, uint16_t seq)
{
	struct request_key k = { .id = id, .seq = seq, .family = src->family };

	memcpy(k.src, src->octet, sizeof(k.src));
	memcpy(k.dst, dst->octet, sizeof(k.dst));
	return hash(&e->key, (struct span){ (const uint8_t *)&k, sizeof(k) });
}

static uint32_t find_request(const struct echoes *e, uint64_t h, const struct request *r)
{
	uint32_t i = slotmap_find(&e->waiting, h);

	for (; i != SLOTMAP_NONE; i = slotmap_next(&e->waiting, i)) {
		const struct request *q = &e->request[i];

		if (q->id == r->id && q->seq == r->seq && ip_eq(&q->src, &r->src) &&
		    ip_eq(&q->dst, &r->dst))
			break;
	}
	return i;
}

static struct echo_pair *pair_of(struct echoes *e, const struct ip_addr *src,
				 const struct ip_addr *dst)
{
	uint64_t h = hash_of(e, src, dst, 0, 0);
	uint32_t i = slotmap_find(&e->known, h);
	bool evicted;

	for (; i != SLOTMAP_NONE; i = slotmap_next(&e->known, i)) {
		if (!ip_eq(&e->pair[i].src, src) || !ip_eq(&e->pair[i].dst, dst))
			continue;
		slotmap_touch(&e->known, i);
		return &e->pair[i];
	}
	i = slotmap_take(&e->known, h, &evicted);
	e->forgotten += evicted;
	e->pair[i] = (struct echo_pair){ .src = *src, .dst = *dst, .first_ns = e->now_ns };
	stats_init(&e->pair[i].rtt, e->sample[i], ECHOES_SAMPLES);
	return &e->pair[i];
}

static enum echo_outcome asked(struct echoes *e, const struct request *r)
{
	uint64_t h = hash_of(e, &r->src, &r->dst, r->id, r->seq);
	struct echo_pair *pair = pair_of(e, &r->src, &r->dst);
	uint32_t i = find_request(e, h, r);
	bool evicted;

	pair->requests++;
	pair->last_ns = e->now_ns;
	if (i != SLOTMAP_NONE && !e->request[i].answered) {
		/* The first one's time stands: which of the two is answered cannot be told. */
		pair->requests--;
		return ECHO_REPEATED;
	}
	if (i != SLOTMAP_NONE)
		slotmap_drop(&e->waiting, i);
	i = slotmap_oldest(&e->waiting);
	evicted = e->waiting.used == e->waiting.places;
	if (evicted && !e->request[i].answered) {
		e->unanswered--;
		e->forgotten++;
	}
	i = slotmap_take(&e->waiting, h, &evicted);
	e->request[i] = *r;
	e->request[i].sent_ns = e->now_ns;
	e->unanswered++;
	return ECHO_REQUEST;
}

/* @r: the request that this is the reply to, or the name of it. */
static enum echo_outcome answered(struct echoes *e, const struct request *r, uint64_t *ret_rtt_ns)
{
	struct echo_pair *pair = pair_of(e, &r->src, &r->dst);
	uint32_t i = find_request(e, hash_of(e, &r->src, &r->dst, r->id, r->seq), r);
	uint64_t rtt;

	pair->last_ns = e->now_ns;
	if (i == SLOTMAP_NONE) {
		pair->unasked++;
		return ECHO_UNASKED;
	}
	if (e->request[i].answered) {
		pair->duplicates++;
		return ECHO_DUPLICATE;
	}
	e->request[i].answered = true;
	e->unanswered--;
	rtt = e->now_ns - e->request[i].sent_ns;
	pair->replies++;
	stats_add(&pair->rtt, rtt);
	if (ret_rtt_ns)
		*ret_rtt_ns = rtt;
	return ECHO_REPLY;
}

enum echo_outcome echoes_add(struct echoes *e, const struct sight *s, uint64_t *ret_rtt_ns)
{
	struct request r = { .id = s->id, .seq = s->seq };
	bool v4 = s->pkt.family == 4;

	if (s->kind != SIGHT_ICMP || s->pkt.l4.len < 8)
		return ECHO_NONE;
	e->now_ns = MAX(e->now_ns, s->t_ns);
	if (s->type == (v4 ? ICMP4_ECHO : ICMP6_ECHO)) {
		r.src = s->pkt.src;
		r.dst = s->pkt.dst;
		return asked(e, &r);
	}
	if (s->type != (v4 ? ICMP4_ECHO_REPLY : ICMP6_ECHO_REPLY))
		return ECHO_NONE;
	r.src = s->pkt.dst;
	r.dst = s->pkt.src;
	return answered(e, &r, ret_rtt_ns);
}

void echoes_tick(struct echoes *e, uint64_t now_ns,
		 void (*lost)(void *to, const struct ip_addr *src, const struct ip_addr *dst),
		 void *to)
{
	uint32_t i;

	e->now_ns = MAX(e->now_ns, now_ns);
	/* Requests are in the order they were sent: nothing touches them. */
	while ((i = slotmap_oldest(&e->waiting)) != SLOTMAP_NONE) {
		const struct request *r = &e->request[i];

		if (e->now_ns - r->sent_ns < ECHOES_WAIT_NS)
			break;
		if (!r->answered) {
			pair_of(e, &r->src, &r->dst)->lost++;
			e->unanswered--;
			if (lost)
				lost(to, &r->src, &r->dst);
		}
		slotmap_drop(&e->waiting, i);
	}
}

struct echo_pair *echoes_next(struct echoes *e, uint32_t *at)
{
	uint32_t i = *at == 0 ? slotmap_oldest(&e->known) : slotmap_newer(&e->known, *at - 1);

	if (i == SLOTMAP_NONE)
		return NULL;
	*at = i + 1;
	return &e->pair[i];
}

uint32_t echoes_pairs(const struct echoes *e)
{
	return e->known.used;
}

uint32_t echoes_waiting(const struct echoes *e)
{
	return e->unanswered;
}

uint64_t echoes_forgotten(const struct echoes *e)
{
	return e->forgotten;
}
