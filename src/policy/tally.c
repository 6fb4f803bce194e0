/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/tally.h"

bool tally_blocked(const struct fact_icmp_verdict *v)
{
	return v->verdict == FACT_DROPPED || v->verdict == FACT_REFUSED;
}

bool tally_answered(const struct fact_icmp_verdict *v)
{
	return v->verdict == FACT_ANSWERED;
}

void tally_add(struct tally *t, const struct fact_icmp_verdict *v, bool hit)
{
	t->sent++;
	if (!hit)
		return;
	t->hit++;
	if (!t->first)
		t->first = v;
	note_name(&t->ifaces, v->iface);
	note_name(&t->names, v->name);
}

struct tally tally_type(const struct fact_audit *a, unsigned family, int64_t type,
			bool (*fate)(const struct fact_icmp_verdict *))
{
	struct tally t = { 0 };

	for (size_t i = 0; i < a->verdict_n; i++) {
		const struct fact_icmp_verdict *v = &a->verdict[i];

		if (v->family == family && v->icmp_type == type)
			tally_add(&t, v, fate(v));
	}
	return t;
}

void tally_put(struct note_text *to, const struct tally *t)
{
	if (t->sent > 1) {
		note_put(to, "%zu of %zu probes", t->hit, t->sent);
		if (t->ifaces.n > 1) {
			note_put(to, " at ");
			note_put_names(to, &t->ifaces);
		}
		note_put(to, "; the first: ");
	}
	note_put_verdict(to, t->first);
}
