/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/space.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* An address of either family as a number: 128 bits, an IPv4 address in the lowest 32. */
struct wide {
	uint64_t hi, lo;
};

static const struct wide wide_max = { UINT64_MAX, UINT64_MAX };

/* The first four octets of a prefix; the others are 0. */
struct special {
	uint8_t family, len, octet[4];
};

static const struct special specials[] = {
	/* In order within a family. */
	{ 4, 8, { 0 } },                       /* "this" network */
	{ 4, 8, { 127 } },                     /* loopback */
	{ 4, 24, { 192, 0, 2 } },              /* documentation */
	{ 4, 15, { 198, 18 } },                /* benchmarking */
	{ 4, 24, { 198, 51, 100 } },           /* documentation */
	{ 4, 24, { 203, 0, 113 } },            /* documentation */
	{ 4, 3, { 224 } },                     /* multicast, reserved, broadcast */
	{ 6, 128, { 0 } },                     /* unspecified */
	{ 6, 64, { 0x01 } },                   /* discard-only */
	{ 6, 48, { 0x20, 0x01, 0x00, 0x02 } }, /* benchmarking */
	{ 6, 32, { 0x20, 0x01, 0x0d, 0xb8 } }, /* documentation */
	{ 6, 20, { 0x3f, 0xff } },             /* documentation */
	{ 6, 8, { 0xff } },                    /* multicast */
};

#define SPECIALS ARRAY_LEN(specials)

static int wide_cmp(struct wide a, struct wide b)
{
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	return a.lo < b.lo ? -1 : a.lo > b.lo;
}

static struct wide wide_min(struct wide a, struct wide b)
{
	return wide_cmp(a, b) < 0 ? a : b;
}

static struct wide wide_plus(struct wide a, uint64_t n)
{
	return (struct wide){ a.hi + (a.lo + n < n), a.lo + n };
}

/* Only of one that is not 0. */
static struct wide wide_before(struct wide a)
{
	return (struct wide){ a.hi - (a.lo == 0), a.lo - 1 };
}

/* @a - @b, which is less than 2^64. */
static uint64_t wide_minus(struct wide a, struct wide b)
{
	return a.lo - b.lo;
}

static uint64_t be64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return be64toh(v);
}

static struct wide wide_of(const struct ip_addr *a)
{
	if (a->family == 4)
		return (struct wide){ 0, ip4_u32(a) };
	return (struct wide){ be64(a->octet), be64(a->octet + 8) };
}

static struct ip_addr addr_of(const struct ip_addr *like, struct wide w)
{
	struct ip_addr a = { .family = 6, .zone = like->zone };
	uint64_t hi = htobe64(w.hi), lo = htobe64(w.lo);

	if (like->family == 4)
		return ip4_of((uint32_t)w.lo);
	memcpy(a.octet, &hi, sizeof(hi));
	memcpy(a.octet + 8, &lo, sizeof(lo));
	return a;
}

/* The last address of the @bits-sized block that begins at @w. */
static struct wide wide_filled(struct wide w, unsigned bits)
{
	w.lo |= bits >= 64 ? UINT64_MAX : (1ull << bits) - 1;
	if (bits > 64)
		w.hi |= bits >= 128 ? UINT64_MAX : (1ull << (bits - 64)) - 1;
	return w;
}

static struct wide range_last(const struct space_range *r)
{
	struct wide w = wide_of(&r->first);

	return r->wide ? wide_filled(w, r->wide) : wide_plus(w, r->n - 1);
}

/* Family, then link. */
static int group_cmp(const struct ip_addr *a, const struct ip_addr *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return a->zone < b->zone ? -1 : a->zone > b->zone;
}

static int range_cmp(const void *a_, const void *b_)
{
	const struct space_range *a = a_, *b = b_;
	int c = group_cmp(&a->first, &b->first);

	return c != 0 ? c : wide_cmp(wide_of(&a->first), wide_of(&b->first));
}

static bool follows(const struct space_range *r, const struct ip_addr *first, bool named)
{
	return r->named == named && group_cmp(&r->first, first) == 0 &&
	       wide_cmp(wide_plus(wide_of(&r->first), r->n), wide_of(first)) == 0;
}

int space_add(struct space *s, const struct ip_addr *first, uint64_t n, bool named)
{
	struct wide w = wide_of(first), last = wide_plus(w, n - 1);

	if (n == 0)
		return 0;
	if (n > SPACE_TOTAL_MAX - s->total || wide_cmp(last, w) < 0 ||
	    (first->family == 4 && last.lo > UINT32_MAX))
		return -E2BIG;
	/* Lists are often in order: one range then, however long they are. */
	if (s->n > 0 && follows(&s->range[s->n - 1], first, named)) {
		s->range[s->n - 1].n += n;
	} else {
		if (s->n >= s->room)
			return -ENOSPC;
		s->range[s->n++] = (struct space_range){ .first = *first, .n = n, .named = named };
	}
	s->total += n;
	return 0;
}

int space_add_prefix(struct space *s, const struct ip_prefix *p)
{
	uint64_t n = ip_prefix_count(p);

	if (s->n >= s->room)
		return -ENOSPC;
	s->range[s->n++] = (struct space_range){
		.first = p->addr,
		.n = n,
		.wide = (uint8_t)(n == UINT64_MAX ? 128 - p->len : 0),
	};
	return 0;
}

/*
 * Sealing is a walk along the addresses with four covers lying over them: ranges of unnamed
 * addresses, of named ones, exclusions, special networks. Between two edges of any of them
 * every address fares alike.
 */
struct cover {
	const struct space_range *range; /* sorted, may overlap; NULL: the special networks */
	size_t at, n;                    /* the next that is not reached yet */
	bool any_name, named;            /* which of them count */
	bool begun;
	struct wide end; /* begun: the last address that those reached cover */
};

static void cover_item(const struct cover *c, struct wide *ret_first, struct wide *ret_last)
{
	struct ip_addr a = { 0 };

	if (c->range) {
		*ret_first = wide_of(&c->range[c->at].first);
		*ret_last = range_last(&c->range[c->at]);
		return;
	}
	a.family = specials[c->at].family;
	memcpy(a.octet, specials[c->at].octet, sizeof(specials[c->at].octet));
	*ret_first = wide_of(&a);
	*ret_last = wide_filled(*ret_first, (unsigned)(8 * ip_len(a.family) - specials[c->at].len));
}

/* Whether @pos, which never goes back, is covered; *@until is brought down to where that may change. */
static bool cover_at(struct cover *c, struct wide pos, struct wide *until)
{
	struct wide first = { 0, 0 }, last;

	for (; c->at < c->n; c->at++) {
		if (c->range && !c->any_name && c->range[c->at].named != c->named)
			continue;
		cover_item(c, &first, &last);
		if (wide_cmp(first, pos) > 0)
			break;
		if (!c->begun || wide_cmp(last, c->end) > 0)
			c->end = last;
		c->begun = true;
	}
	if (c->begun && wide_cmp(c->end, pos) >= 0) {
		*until = wide_min(*until, c->end);
		return true;
	}
	if (c->at < c->n)
		*until = wide_min(*until, wide_before(first));
	return false;
}

struct seal {
	bool allow_special;
	struct space_range *out; /* NULL: only counting */
	size_t out_n;
	size_t ahead;           /* most ranges by which writing was ahead of reading */
	struct space_range end; /* the last written; .n 0: none yet */
	uint64_t total, distinct, special, excluded;
};

static void emit(struct seal *q, const struct ip_addr *group, struct wide first, uint64_t n,
		 bool named, size_t read_n)
{
	struct ip_addr a = addr_of(group, first);

	if (q->end.n > 0 && follows(&q->end, &a, named)) {
		q->end.n += n;
		if (q->out)
			q->out[q->out_n - 1].n += n;
	} else {
		q->end = (struct space_range){ a, n, q->total, named, 0 };
		if (q->out)
			q->out[q->out_n] = q->end;
		q->out_n++;
		q->ahead = MAX(q->ahead, q->out_n > read_n ? q->out_n - read_n : 0);
	}
	q->total += n;
}

/* All ranges @r[@from..@to) are of one family and link. */
static void seal_group(struct seal *q, const struct space_range *r, size_t from, size_t to,
		       struct cover exclude, struct cover special)
{
	struct cover plain = { .range = r, .at = from, .n = to };
	struct cover names = { .range = r, .at = from, .n = to, .named = true };
	struct ip_addr group = r[from].first;
	struct wide pos = wide_of(&group), until;

	for (;; pos = wide_plus(until, 1)) {
		bool named, in;

		until = wide_max;
		named = cover_at(&names, pos, &until);
		in = cover_at(&plain, pos, &until) || named;
		if (in) {
			bool out = cover_at(&exclude, pos, &until);
			bool odd = cover_at(&special, pos, &until);
			uint64_t n = wide_minus(until, pos) + 1;

			q->distinct += n;
			if (odd && !named && !q->allow_special)
				q->special += n;
			else if (out)
				q->excluded += n;
			else
				emit(q, &group, pos, n, named, MIN(plain.at, names.at));
		}
		if (wide_cmp(until, wide_max) == 0)
			return;
	}
}

static struct cover special_of(int family)
{
	struct cover c = { .any_name = true };

	while (c.at < SPECIALS && specials[c.at].family != family)
		c.at++;
	c.n = c.at;
	while (c.n < SPECIALS && specials[c.n].family == family)
		c.n++;
	return c;
}

static void seal_walk(struct seal *q, const struct space_range *r, size_t n,
		      const struct space *exclude)
{
	struct cover out = { .range = exclude ? exclude->range : NULL, .any_name = true };
	size_t to;

	for (size_t from = 0; from < n; from = to) {
		const struct ip_addr *group = &r[from].first;

		for (to = from; to < n && group_cmp(&r[to].first, group) == 0;)
			to++;
		out.at = out.n;
		while (exclude && out.at < exclude->n &&
		       group_cmp(&exclude->range[out.at].first, group) < 0)
			out.at++;
		out.n = out.at;
		while (exclude && out.n < exclude->n &&
		       group_cmp(&exclude->range[out.n].first, group) == 0)
			out.n++;
		seal_group(q, r, from, to, out, special_of(group->family));
	}
}

static void sort(struct space *s)
{
	for (size_t i = 1; i < s->n; i++) {
		if (range_cmp(&s->range[i - 1], &s->range[i]) > 0) {
			qsort(s->range, s->n, sizeof(*s->range), range_cmp);
			return;
		}
	}
}

/* Once to count; then what is read lies at the end of the room and what is written at its start. */
int space_seal(struct space *s, struct space *exclude, bool special, size_t *ret_room)
{
	struct seal q = { .allow_special = special };
	struct space_range *moved;

	sort(s);
	if (exclude)
		sort(exclude);
	seal_walk(&q, s->range, s->n, exclude);
	if (s->n + q.ahead > s->room) {
		*ret_room = s->n + q.ahead;
		return -ENOSPC;
	}
	moved = s->range ? s->range + (s->room - s->n) : NULL;
	if (s->n > 0)
		memmove(moved, s->range, s->n * sizeof(*moved));
	q = (struct seal){ .allow_special = special, .out = s->range };
	seal_walk(&q, moved, s->n, exclude);
	s->repeated += s->total - q.distinct;
	s->special += q.special;
	s->excluded += q.excluded;
	s->total = q.total;
	s->n = q.out_n;
	return 0;
}

struct ip_addr space_addr(const struct space *s, uint64_t i)
{
	size_t low = 0, high = s->n;
	const struct space_range *r;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (s->range[middle].before <= i)
			low = middle;
		else
			high = middle;
	}
	r = &s->range[low];
	return addr_of(&r->first, wide_plus(wide_of(&r->first), i - r->before));
}

bool space_find(const struct space *s, const struct ip_addr *a, uint64_t *ret_i)
{
	struct space_range key = { .first = *a };
	size_t low = 0, high = s->n;
	const struct space_range *r;
	struct wide w = wide_of(a);

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (range_cmp(&s->range[middle], &key) <= 0)
			low = middle;
		else
			high = middle;
	}
	if (s->n == 0)
		return false;
	r = &s->range[low];
	if (range_cmp(r, &key) > 0 || group_cmp(&r->first, a) != 0 ||
	    wide_cmp(range_last(r), w) < 0)
		return false;
	*ret_i = r->before + wide_minus(w, wide_of(&r->first));
	return true;
}
