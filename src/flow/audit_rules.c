/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules of the firewall, one by one: a packet made to fit each, to see whether
 * it ever gets there. What no packet can be made for is not judged.
 */
#include "flow/audit_own.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "icmp/registry.h"
#include "wire/ip4.h"

/* Could a first packet from outside fit this? Replies and later packets of a flow cannot be made here. */
static bool can_be_made(const struct rule_shape *s)
{
	if (s->sport != RULE_ANY || (s->ct && !(s->ct & (RULE_CT_NEW | RULE_CT_INVALID))))
		return false;
	if (s->proto == IP_PROTO_TCP || s->proto == IP_PROTO_UDP)
		return s->ct == 0 || s->ct & RULE_CT_NEW;
	if (s->proto != IP_PROTO_ICMP4 && s->proto != IP_PROTO_ICMP6)
		return false;
	return s->type != RULE_ANY &&
	       !icmp_is_reply_to(s->proto == IP_PROTO_ICMP4 ? 4 : 6, (uint8_t)s->type, NULL);
}

static uint8_t family_of(const struct rule_shape *s)
{
	if (s->proto == IP_PROTO_ICMP4)
		return 4;
	if (s->proto == IP_PROTO_ICMP6)
		return 6;
	return s->family;
}

static bool iface_fits(const struct rule_shape *s, const char *name)
{
	size_t n = s->iif ? strlen(s->iif) : 0;

	if (!s->iif)
		return true;
	if (n > 0 && s->iif[n - 1] == '*')
		return strncmp(s->iif, name, n - 1) == 0;
	return strcmp(s->iif, name) == 0;
}

/* An address of @p that is not its network's own, to be nobody's where that can be. */
static struct ip_addr sender_in(const struct ip_prefix *p)
{
	uint64_t n = ip_prefix_count(p);

	return n > 4 ? ip_plus(&p->addr, 3) : p->addr;
}

/* From where, to where: an interface and addresses that fit the rule. */
static bool place_for(const struct audit *a, const struct rule_shape *s, struct audit_view *ret)
{
	size_t n;
	const struct twin_port *port = twin_ports(a->twin, &n);

	for (size_t i = 0; i < n; i++) {
		for (int family = 4; family <= 6; family += 2) {
			struct audit_view v = { .port = &port[i],
						.from = FACT_STRANGER,
						.family = (uint8_t)family };

			if ((family_of(s) && family_of(s) != family) || !port[i].up ||
			    port[i].kind == TWIN_LOOPBACK || !iface_fits(s, port[i].name))
				continue;
			if (host_place_stranger(a->net, port[i].host_index, family, &v.where) < 0)
				continue;
			if (s->saddr.addr.family)
				v.where.source = sender_in(&s->saddr);
			if (s->daddr.addr.family && !ip_prefix_has(&s->daddr, &v.where.addr))
				continue;
			*ret = v;
			return true;
		}
	}
	return false;
}

static void describe(const struct rule_shape *s, const struct audit_view *v, char *buf, size_t len)
{
	char from[IP_TEXT_LEN], icmp[ICMP_TEXT_LEN];

	ip_format(&v->where.source, from);
	if (s->type != RULE_ANY)
		snprintf(buf, len, "%s from %s at %s",
			 icmp_text(v->family, (uint8_t)s->type,
				   s->code == RULE_ANY ? ICMP_CODE_ANY : s->code, icmp),
			 from, v->port->name);
	else
		snprintf(buf, len, "%s to port %d from %s at %s",
			 s->proto == IP_PROTO_TCP ? "TCP" : "UDP",
			 s->dport == RULE_ANY ? 9 : s->dport, from, v->port->name);
}

static int send_it(struct audit *a, const struct rule_shape *s, struct prover_fate *fate,
		   struct err *err)
{
	if (s->type != RULE_ANY)
		return prover_ask_icmp(a->prover, (uint8_t)s->type,
				       (uint8_t)(s->code == RULE_ANY ? 0 : s->code),
				       (struct span){ NULL, 0 }, fate, err);
	return prover_ask_port(a->prover, s->proto == IP_PROTO_TCP ? FACT_TCP : FACT_UDP,
			       (uint16_t)(s->dport == RULE_ANY ? 9 : s->dport), fate, err);
}

/* A place that its rule made up may be one the twin cannot be probed from; that is no failure. */
static int address(struct audit *a, size_t i, struct fact_rule_proof *proof, struct err *err)
{
	struct rule_shape s;
	struct audit_view v;
	struct prover_fate fate;
	char text[192];
	int r;

	if (host_ruleset_path(a->ruleset, (uint32_t)i, RULE_HOOK_INWARD, &s) < 0 || !s.complete ||
	    !can_be_made(&s) || !place_for(a, &s, &v) || audit_go(a, &v, NULL) < 0)
		return 0;
	r = twin_flush_conntrack(a->twin, err);
	if (r == 0)
		r = send_it(a, &s, &fate, err);
	/* A limit that is used up hides what lies behind it; loading anew takes long with many rules. */
	if (r == 0 && fate.limited && prover_hits(a->prover, i) == 0) {
		r = audit_refresh(a, err);
		if (r == 0)
			r = send_it(a, &s, &fate, err);
	}
	if (r < 0)
		return r;
	if (!fate.traced)
		return 0;
	describe(&s, &v, text, sizeof(text));
	proof->addressed = true;
	proof->packet = audit_text(&a->store, text);
	if (prover_hits(a->prover, i) == 0)
		proof->decided_by = audit_rule(a, fate.rule);
	return 0;
}

int audit_prove_rules(struct audit *a, struct err *err)
{
	for (size_t i = 0; a->ruleset && i < a->ruleset->rule_n; i++) {
		const struct host_rule *rule = &a->ruleset->rule[i];
		struct fact_rule_proof proof = {
			.rule = &rule->fact,
			.limits = rule->shape.has_limit,
			.restricts = rule->shape.restricts_source,
		};
		int r = 0;

		if (a->trace && prover_hits(a->prover, i) == 0 && rule->fact.handle != FACT_NONE)
			r = address(a, i, &proof, err);
		if (r < 0)
			return r;
		proof.hits = prover_hits(a->prover, i);
		audit_add(&a->store, &a->store.proof, &proof);
	}
	return 0;
}
