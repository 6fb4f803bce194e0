/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/shape.h"

#include <string.h>

struct rule_shape shape_new(const char *family)
{
	struct rule_shape s = {
		.proto = RULE_ANY,
		.type = RULE_ANY,
		.code = RULE_ANY,
		.ttl = RULE_ANY,
		.sport = RULE_ANY,
		.dport = RULE_ANY,
		.complete = true,
	};

	if (strcmp(family, "ip") == 0)
		shape_family(&s, 4);
	else if (strcmp(family, "ip6") == 0)
		shape_family(&s, 6);
	else if (strcmp(family, "arp") == 0)
		s.complete = false;
	return s;
}

static void exactly(struct rule_shape *s, unsigned bit, bool exact)
{
	s->exact = (uint16_t)(exact ? s->exact | bit : s->exact & ~bit);
}

void shape_family(struct rule_shape *s, uint8_t family)
{
	if (s->family && s->family != family)
		s->complete = false;
	s->family = family;
	exactly(s, RULE_FAMILY, true);
}

/* One integer field: unset, the same again, or more than this sample can be. */
static int64_t settle(struct rule_shape *s, unsigned bit, int64_t had, int64_t value, bool exact,
		      int64_t max)
{
	if (value < 0 || value > max) {
		s->complete = false;
		return had;
	}
	if (had == RULE_ANY || had == value) {
		exactly(s, bit, exact || (had == value && s->exact & bit));
		return value;
	}
	s->complete = false;
	return exact ? value : had;
}

void shape_proto(struct rule_shape *s, int64_t proto, bool exact)
{
	s->proto = (int16_t)settle(s, RULE_PROTO, s->proto, proto, exact, 255);
}

void shape_type(struct rule_shape *s, int64_t type, bool exact)
{
	s->type = (int16_t)settle(s, RULE_TYPE, s->type, type, exact, 255);
}

void shape_code(struct rule_shape *s, int64_t code, bool exact)
{
	s->code = (int16_t)settle(s, RULE_CODE, s->code, code, exact, 255);
}

void shape_ttl(struct rule_shape *s, int64_t ttl, bool exact)
{
	s->ttl = (int16_t)settle(s, RULE_TTL, s->ttl, ttl, exact, 255);
}

void shape_sport(struct rule_shape *s, int64_t port, bool exact)
{
	s->sport = (int32_t)settle(s, RULE_SPORT, s->sport, port, exact, 65535);
}

void shape_dport(struct rule_shape *s, int64_t port, bool exact)
{
	s->dport = (int32_t)settle(s, RULE_DPORT, s->dport, port, exact, 65535);
}

/* The narrower of two prefixes of which one holds the other. False: they are apart. */
static bool narrow(struct ip_prefix *had, const struct ip_prefix *more)
{
	if (!more->addr.family)
		return true;
	if (!had->addr.family || (more->len >= had->len && ip_prefix_has(had, &more->addr))) {
		*had = *more;
		return true;
	}
	return had->len >= more->len && ip_prefix_has(more, &had->addr);
}

static void settle_addr(struct rule_shape *s, unsigned bit, struct ip_prefix *had,
			const struct ip_prefix *value, bool exact)
{
	bool was = !had->addr.family || s->exact & bit;

	if (!narrow(had, value))
		s->complete = false;
	exactly(s, bit, exact && was);
	shape_family(s, value->addr.family);
}

void shape_saddr(struct rule_shape *s, const struct ip_prefix *prefix, bool exact)
{
	settle_addr(s, RULE_SADDR, &s->saddr, prefix, exact);
	s->restricts_source = true;
}

void shape_daddr(struct rule_shape *s, const struct ip_prefix *prefix, bool exact)
{
	settle_addr(s, RULE_DADDR, &s->daddr, prefix, exact);
}

void shape_iif(struct rule_shape *s, const char *name, bool exact)
{
	if (s->iif && strcmp(s->iif, name) != 0)
		s->complete = false;
	s->iif = name;
	s->restricts_source = true;
	exactly(s, RULE_IIF, exact);
}

void shape_ct(struct rule_shape *s, unsigned states)
{
	unsigned both = s->ct ? s->ct & states : states;

	if (!both)
		s->complete = false;
	s->ct = (uint8_t)both;
	exactly(s, RULE_CT, true);
}

/* Two samples of one integer field: one may stand for both only when they are equal. */
static bool join_int(int64_t inner, int64_t outer, int64_t *ret)
{
	if (inner != RULE_ANY && outer != RULE_ANY && inner != outer)
		return false;
	*ret = inner != RULE_ANY ? inner : outer;
	return true;
}

static bool join_numbers(struct rule_shape *j, const struct rule_shape *outer)
{
	int64_t proto, type, code, ttl, sport, dport;

	if (!join_int(j->proto, outer->proto, &proto) || !join_int(j->type, outer->type, &type) ||
	    !join_int(j->code, outer->code, &code) || !join_int(j->ttl, outer->ttl, &ttl) ||
	    !join_int(j->sport, outer->sport, &sport) || !join_int(j->dport, outer->dport, &dport))
		return false;
	j->proto = (int16_t)proto;
	j->type = (int16_t)type;
	j->code = (int16_t)code;
	j->ttl = (int16_t)ttl;
	j->sport = (int32_t)sport;
	j->dport = (int32_t)dport;
	return true;
}

static bool join_rest(struct rule_shape *j, const struct rule_shape *outer)
{
	if (j->family && outer->family && j->family != outer->family)
		return false;
	j->family = j->family ? j->family : outer->family;
	if (j->ct && outer->ct && !(j->ct & outer->ct))
		return false;
	j->ct = j->ct && outer->ct ? j->ct & outer->ct : j->ct | outer->ct;
	if (j->iif && outer->iif && strcmp(j->iif, outer->iif) != 0)
		return false;
	j->iif = j->iif ? j->iif : outer->iif;
	return narrow(&j->saddr, &outer->saddr) && narrow(&j->daddr, &outer->daddr);
}

bool shape_join(struct rule_shape *inner, const struct rule_shape *outer)
{
	struct rule_shape j = *inner;

	if (!join_numbers(&j, outer) || !join_rest(&j, outer))
		return false;
	j.exact |= outer->exact;
	j.has_limit |= outer->has_limit;
	j.restricts_source |= outer->restricts_source;
	j.complete &= outer->complete;
	*inner = j;
	return true;
}
