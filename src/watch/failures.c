/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/failures.h"

#include <string.h>

#include "base/slotmap.h"
#include "wire/nd.h"

struct failures {
	struct slotmap map;
	struct failure *group;
	struct hash_key key;
	uint64_t forgotten, unfit, unread;
};

/* What tells groups apart, without gaps, to be hashed and compared. */
struct group_key {
	uint8_t src[16], dst[16];
	uint8_t family, proto, type, code;
	uint16_t port;
};

size_t failures_size(uint32_t groups)
{
	if (groups == 0 || groups > FAILURES_MAX)
		return 0;
	return sizeof(struct failures) + groups * sizeof(struct failure) + slotmap_size(groups);
}

struct failures *failures_init(void *mem, uint32_t groups, const struct hash_key *key)
{
	struct failures *f = mem;

	memset(f, 0, sizeof(*f));
	f->key = *key;
	f->group = (struct failure *)(f + 1);
	slotmap_init(&f->map, f->group + groups, groups);
	return f;
}

static struct group_key key_of(const struct failure *g)
{
	struct group_key k = { .family = g->src.family,
			       .proto = g->proto,
			       .type = g->type,
			       .code = g->code,
			       .port = g->port };

	memcpy(k.src, g->src.octet, sizeof(k.src));
	memcpy(k.dst, g->dst.octet, sizeof(k.dst));
	return k;
}

/* What the quote is about, as far as it tells. */
static struct failure about(const struct icmperr *e)
{
	const struct icmperr_quote *q = &e->quote;
	struct failure g = {
		.src = q->src, .dst = q->dst, .proto = q->proto, .type = e->type, .code = e->code
	};

	if (q->has_ports) {
		g.port = q->dport;
		g.has_port = true;
	} else if (q->has_icmp) {
		g.port = (uint16_t)(q->icmp_type << 8 | q->icmp_code);
	}
	return g;
}

static struct failure *find(struct failures *f, const struct failure *g)
{
	const struct group_key k = key_of(g);
	uint64_t h = hash(&f->key, (struct span){ (const uint8_t *)&k, sizeof(k) });
	bool evicted;
	uint32_t i;

	for (i = slotmap_find(&f->map, h); i != SLOTMAP_NONE; i = slotmap_next(&f->map, i)) {
		const struct group_key other = key_of(&f->group[i]);

		if (memcmp(&other, &k, sizeof(k)) != 0)
			continue;
		slotmap_touch(&f->map, i);
		return &f->group[i];
	}
	i = slotmap_take(&f->map, h, &evicted);
	f->forgotten += evicted;
	f->group[i] = *g;
	return &f->group[i];
}

/* ICMPv6's redirect quotes in an option, and may leave it out: it is about .dst all the same. */
static bool read_redirect(const struct sight *s, struct icmperr *ret)
{
	struct nd_msg m;

	if (s->kind != SIGHT_ICMP || s->pkt.family != 6 || s->type != ND_REDIRECT ||
	    nd_parse(s->pkt.l4, &m) < 0)
		return false;
	*ret = (struct icmperr){
		.family = 6, .type = ND_REDIRECT, .code = m.code, .gateway = m.target
	};
	icmperr_quote_parse(m.redirected, &ret->quote);
	if (ret->quote.family == 0) {
		ret->quote.family = 6;
		ret->quote.src = s->pkt.dst;
		ret->quote.dst = m.dst;
	}
	return true;
}

const struct failure *failures_add(struct failures *f, const struct sight *s)
{
	struct failure *g, new;
	struct icmperr e;

	if (!sight_error(s, &e) && !read_redirect(s, &e))
		return NULL;
	if (e.quote.family == 0) {
		f->unread++;
		return NULL;
	}
	if (!ip_eq(&e.quote.src, &s->pkt.dst)) {
		f->unfit++;
		return NULL;
	}
	new = about(&e);
	g = find(f, &new);
	if (g->count++ == 0)
		g->first_ns = s->t_ns;
	g->last_ns = MAX(g->last_ns, s->t_ns);
	g->offenders += !ip_eq(&g->offender, &s->pkt.src);
	g->offender = s->pkt.src;
	g->mtu = e.mtu;
	g->gateway = e.gateway;
	return g;
}

const struct failure *failures_next(const struct failures *f, uint32_t *at)
{
	uint32_t i = *at == 0 ? slotmap_oldest(&f->map) : slotmap_newer(&f->map, *at - 1);

	if (i == SLOTMAP_NONE)
		return NULL;
	*at = i + 1;
	return &f->group[i];
}

uint32_t failures_groups(const struct failures *f)
{
	return f->map.used;
}

uint64_t failures_forgotten(const struct failures *f)
{
	return f->forgotten;
}

uint64_t failures_unfit(const struct failures *f)
{
	return f->unfit;
}

uint64_t failures_unread(const struct failures *f)
{
	return f->unread;
}
