/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unused addresses: given ones, and those of monitored networks that have sent nothing for a learning period.
 * A learned unit is an address of IPv4 and a /64 of IPv6. Errors teach nothing: what a router says about a
 * host is not the host.
 */
#include <string.h>

#include "detect/own.h"

#define UNIT4 32
#define UNIT6 64

static unsigned unit_bits(const struct ip_prefix *p)
{
	unsigned unit = p->addr.family == 4 ? UNIT4 : UNIT6;

	return p->len < unit ? unit - p->len : 0;
}

static size_t bitmap_size(unsigned bits)
{
	return bits < 6 ? 8 : (size_t)1 << (bits - 3);
}

size_t dark_size(const struct detect_conf *conf)
{
	size_t sum = 0;

	for (size_t i = 0; i < conf->monitored_n; i++) {
		unsigned bits = unit_bits(&conf->monitored[i]);

		if (bits > 30)
			return SIZE_MAX;
		sum += 2 * bitmap_size(bits);
	}
	return sum;
}

void dark_init(struct dark *k, void *mem, const struct detect_conf *conf)
{
	uint8_t *p = mem;

	for (size_t i = 0; i < conf->dark_n; i++)
		k->range[k->n++] = (struct dark_range){ .prefix = conf->dark[i] };
	for (size_t i = 0; i < conf->monitored_n; i++) {
		struct dark_range *r = &k->range[k->n++];

		r->prefix = conf->monitored[i];
		r->bits = unit_bits(&r->prefix);
		for (unsigned g = 0; g < 2; g++, p += bitmap_size(r->bits))
			r->lit[g] = p;
	}
}

size_t detect_dark_ranges(const struct detect_conf *conf)
{
	return conf->dark_n + conf->monitored_n;
}

struct ip_prefix detect_dark_range(const struct detect *d, int i)
{
	return d->dark.range[i].prefix;
}

/* Which unit of the range @a is; it lies within. */
static uint64_t unit_of(const struct dark_range *r, const struct ip_addr *a)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < (a->family == 4 ? 4 : 8); i++)
		v = v << 8 | a->octet[i];
	return v & ((1ull << r->bits) - 1);
}

static void learn(struct dark *k, const struct ip_addr *a)
{
	for (size_t i = 0; i < k->n; i++) {
		const struct dark_range *r = &k->range[i];
		uint64_t u;

		if (!r->lit[0] || !ip_prefix_has(&r->prefix, a))
			continue;
		u = unit_of(r, a);
		r->lit[k->young][u >> 3] |= (uint8_t)(1 << (u & 7));
	}
}

static int find(const struct dark *k, const struct ip_addr *a)
{
	for (size_t i = 0; i < k->n; i++) {
		const struct dark_range *r = &k->range[i];
		uint64_t u;

		if (!ip_prefix_has(&r->prefix, a))
			continue;
		if (!r->lit[0])
			return (int)i;
		u = unit_of(r, a);
		if (k->learned && !((r->lit[0][u >> 3] | r->lit[1][u >> 3]) >> (u & 7) & 1))
			return (int)i;
	}
	return -1;
}

bool detect_is_dark(const struct detect *d, const struct ip_addr *a)
{
	return find(&d->dark, a) >= 0;
}

int dark_look(struct detect *d, const struct sight *s)
{
	bool error = s->kind == SIGHT_ICMP && s->type != SIGHT_CUT &&
		     d->class[s->pkt.family == 6][s->type] & DETECT_ON_ERROR;

	if (!error)
		learn(&d->dark, &s->pkt.src);
	return find(&d->dark, &s->pkt.dst);
}

void dark_tick(struct detect *d)
{
	struct dark *k = &d->dark;

	if (d->now_ns - k->turned_ns < detect_bound_ns(d, DETECT_dark_learn))
		return;
	k->turned_ns = d->now_ns;
	k->learned = true;
	k->young ^= 1;
	for (size_t i = 0; i < k->n; i++)
		if (k->range[i].lit[0])
			memset(k->range[i].lit[k->young], 0, bitmap_size(k->range[i].bits));
}
