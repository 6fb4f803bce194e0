/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/detect.h"

#include <errno.h>
#include <string.h>

#include "detect/own.h"
#include "icmp/number.h"
#include "icmp/registry.h"

#define LATE_NS (10 * NS_PER_S) /* packets out of order; later ones: the clock was set */

#define DETECTOR(name) &detect_##name,
static const struct detector_ops *const detectors[] = {
#include "detect/detectors.def"
};
#undef DETECTOR

_Static_assert(ARRAY_LEN(detectors) <= DETECTORS_MAX, "a bit a detector");

static size_t aligned(size_t n)
{
	return (n + 63) / 64 * 64;
}

uint32_t detect_places(const struct detect_conf *conf, uint32_t most)
{
	uint64_t n = (uint64_t)most * (conf->memory >> 10) / (DETECT_MEMORY >> 10);

	return (uint32_t)MIN(MAX(n, 16), SLOTMAP_MAX / 4);
}

static size_t size_of(const struct detector_ops *ops, const struct detect_conf *conf)
{
	return ops->size ? aligned(ops->size(conf)) : 0;
}

size_t detect_size(const struct detect_conf *conf)
{
	size_t dark = dark_size(conf), sum;

	if (conf->memory < DETECT_MEMORY_MIN || dark > conf->memory / 5)
		return 0;
	sum = aligned(sizeof(struct detect)) + aligned(contact_size(conf)) + aligned(dark) +
	      aligned(raise_size(conf));
	for (size_t i = 0; i < ARRAY_LEN(detectors); i++)
		sum += size_of(detectors[i], conf);
	return sum <= conf->memory ? sum : 0;
}

static uint16_t class_of(unsigned family, uint8_t type)
{
	const struct icmp_entry *e = icmp_find(family, type, ICMP_CODE_ANY);
	const bool v4 = family == 4;
	uint16_t on = DETECT_ON_ICMP;

	if (v4 ? type == ICMP4_ROUTER_ADVERT || type == ICMP4_ROUTER_SOLICIT
	       : type >= ICMP6_ND_ROUTER_SOLICIT && type <= ICMP6_ND_REDIRECT)
		on |= DETECT_ON_ND;
	else if (icmperr_is((int)family, type))
		on |= DETECT_ON_ERROR;
	else if (v4 ? type == ICMP4_ECHO || type == ICMP4_TIMESTAMP || type == ICMP4_INFO ||
				 type == ICMP4_MASK || type == ICMP4_EXT_ECHO
		    : type == ICMP6_ECHO || type == ICMP6_NODE_INFO || type == ICMP6_EXT_ECHO)
		on |= DETECT_ON_REQUEST;
	else if (icmp_is_reply_to(family, type, NULL))
		on |= DETECT_ON_ANSWER;
	if (e && (e->status == ICMP_STATUS_DEPRECATED || e->status == ICMP_STATUS_RESERVED ||
		  e->status == ICMP_STATUS_UNASSIGNED || e->status == ICMP_STATUS_HISTORIC))
		on |= DETECT_ON_ODD;
	return on;
}

static void init_tables(struct detect *d)
{
	for (unsigned v6 = 0; v6 < 2; v6++)
		for (unsigned t = 0; t < 256; t++)
			d->class[v6][t] = class_of(v6 ? 6 : 4, (uint8_t)t);
	for (unsigned on = 0; on <= DETECT_ON_ALL; on++)
		for (size_t i = 0; i < d->n; i++)
			if (d->ops[i]->on & on)
				d->called[on] |= 1u << i;
}

struct detect *detect_init(void *mem, const struct detect_conf *conf,
			   void (*alert)(void *to, const struct detect_alert *a), void *to)
{
	struct detect *d = mem;
	uint8_t *p = (uint8_t *)mem + aligned(sizeof(*d));

	memset(mem, 0, detect_size(conf));
	d->conf = *conf;
	d->alert = alert;
	d->to = to;
	contact_init(&d->contacts, p, conf);
	p += aligned(contact_size(conf));
	dark_init(&d->dark, p, conf);
	p += aligned(dark_size(conf));
	raise_init(&d->raise, p, conf);
	p += aligned(raise_size(conf));
	for (size_t i = 0; i < ARRAY_LEN(detectors); i++) {
		d->ops[i] = detectors[i];
		d->self[i] = p;
		p += size_of(detectors[i], conf);
		if (detectors[i]->init)
			detectors[i]->init(d->self[i], conf);
	}
	d->n = ARRAY_LEN(detectors);
	init_tables(d);
	return d;
}

static void tick(struct detect *d)
{
	d->tick_ns = d->now_ns + NS_PER_S;
	contact_tick(d);
	dark_tick(d);
	for (size_t i = 0; i < d->n; i++)
		if (d->ops[i]->tick)
			d->ops[i]->tick(d->self[i], d, d->now_ns);
	raise_tick(d);
}

static void begin(struct detect *d, uint64_t t_ns)
{
	d->start_ns = d->now_ns = t_ns;
	d->tick_ns = t_ns + NS_PER_S;
	d->contacts.turned_ns = d->dark.turned_ns = t_ns;
}

static void go_to(struct detect *d, uint64_t t_ns)
{
	if (d->start_ns == 0)
		begin(d, MAX(t_ns, 1));
	t_ns += d->shift_ns;
	if (t_ns + LATE_NS < d->now_ns)
		d->shift_ns += d->now_ns - t_ns;
	d->now_ns = MAX(d->now_ns, t_ns);
	if (d->now_ns >= d->tick_ns)
		tick(d);
}

void detect_feed(struct detect *d, const struct sight *s)
{
	struct detect_contact c = { .dark = -1 };
	struct icmperr err;

	d->sums.fed++;
	d->number = s->number;
	d->contact = 0;
	go_to(d, s->t_ns);
	if (s->kind == SIGHT_NOTHING)
		return;
	contact_look(d, s, &err, &c);
	for (uint32_t m = d->called[c.on & DETECT_ON_ALL]; m; m &= m - 1) {
		unsigned i = (unsigned)__builtin_ctz(m);

		d->ops[i]->packet(d->self[i], d, s, &c);
	}
}

void detect_outcome(struct detect *d, struct detect_source *src, bool answered)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->ops[i]->outcome)
			d->ops[i]->outcome(d->self[i], d, src, answered);
}

void detect_tick(struct detect *d, uint64_t now_ns)
{
	go_to(d, MAX(now_ns, d->now_ns - d->shift_ns));
}

void detect_end(struct detect *d)
{
	contact_tick(d);
	raise_end(d);
}

struct detect_sums detect_sums(const struct detect *d)
{
	struct detect_sums s = d->sums;
	const struct contact *c = &d->contacts;

	s.contacts = c->contacts;
	s.sources = c->known.used;
	s.forgotten = c->forgotten;
	s.pairing = c->askers ? (double)c->served / (double)c->askers : -1;
	return s;
}

double detect_bound(const struct detect *d, enum detect_threshold t)
{
	return d->conf.threshold[t];
}

bool detect_reaches(const struct detect *d, enum detect_threshold t, double estimate)
{
	return 1.1 * estimate + 0.5 >= d->conf.threshold[t];
}

uint64_t detect_bound_ns(const struct detect *d, enum detect_threshold t)
{
	return (uint64_t)(d->conf.threshold[t] * (double)NS_PER_S);
}

const struct detect_conf *detect_conf_of(const struct detect *d)
{
	return &d->conf;
}

uint64_t detect_now(const struct detect *d)
{
	return d->now_ns;
}

bool detect_warm(const struct detect *d)
{
	return d->now_ns - d->start_ns >= detect_bound_ns(d, DETECT_warm_up);
}

bool detect_is_router(const struct detect *d, const struct ip_addr *a)
{
	for (size_t i = 0; i < d->conf.router_n; i++)
		if (ip_eq(&d->conf.router[i], a))
			return true;
	return false;
}
