/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every part of a proof needs: a place to look from, fresh limits, the host's rules. */
#include "flow/audit_own.h"

#include <stdarg.h>
#include <stdio.h>

#include "wire/ip4.h"

void audit_take_gap(void *to, const struct fact_gap *gap)
{
	audit_add_gap(&((struct audit *)to)->store, gap);
}

void audit_say(const struct audit *a, const char *fmt, ...)
{
	char text[160];
	va_list ap;

	if (!a->conf.progress)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	a->conf.progress(a->conf.to, text);
}

static bool may_limit(const struct rule_shape *s, enum fact_proto proto)
{
	if (!s->has_limit || !(s->hooks & RULE_HOOK_INWARD))
		return false;
	if (proto == FACT_ICMP)
		return s->proto == RULE_ANY || s->proto == IP_PROTO_ICMP4 ||
		       s->proto == IP_PROTO_ICMP6;
	return s->proto == RULE_ANY ||
	       s->proto == (proto == FACT_TCP ? IP_PROTO_TCP : IP_PROTO_UDP);
}

void audit_spend(struct audit *a, enum fact_proto proto)
{
	for (size_t i = 0; a->fw && i < a->ruleset->rule_n; i++)
		a->spent |= may_limit(&a->ruleset->rule[i].shape, proto);
}

int audit_refresh(struct audit *a, struct err *err)
{
	bool spent = prover_spent(a->prover) || a->spent;
	int r = 0;

	a->spent = false;
	if (a->fw && spent)
		r = twin_fw_reload(a->fw, err);
	return r < 0 ? r : twin_flush_conntrack(a->twin, err);
}

int audit_go(struct audit *a, const struct audit_view *v, struct err *err)
{
	return prover_go(a->prover, v->port, &v->where, v->from, err);
}

const struct fact_rule *audit_rule(const struct audit *a, int64_t i)
{
	return i < 0 || !a->ruleset || (size_t)i >= a->ruleset->rule_n ? NULL
								       : &a->ruleset->rule[i].fact;
}
