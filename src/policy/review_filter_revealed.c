/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Some ports refuse with a message, others stay silent: the difference shows the filter. */
#include <inttypes.h>
#include <string.h>

#include "policy/note.h"

static bool same_view(const struct fact_port_group *a, const struct fact_port_group *b)
{
	return a->proto == b->proto && a->family == b->family && a->from == b->from &&
	       (a->iface == b->iface || (a->iface && b->iface && strcmp(a->iface, b->iface) == 0));
}

static const struct fact_port_group *find_silent(const struct fact_audit *a,
						 const struct fact_port_group *rejected)
{
	for (size_t i = 0; i < a->group_n; i++)
		if (a->group[i].state == FACT_FILTERED && same_view(&a->group[i], rejected))
			return &a->group[i];
	return NULL;
}

static void put_group(struct note_text *t, const struct fact_port_group *g, const char *what)
{
	note_put(t, "%s %" PRId64 " %s ports (%.60s%s)", what, g->count, fact_proto_words[g->proto],
		 g->ports ? g->ports : "", g->ports && strlen(g->ports) > 60 ? "…" : "");
	if (g->answer && g->answer->kind && g->answer->icmp_type != FACT_NONE)
		note_put(t, " with %s %" PRId64 "/%" PRId64, g->answer->kind, g->answer->icmp_type,
			 g->answer->code);
	else if (g->answer && g->answer->kind)
		note_put(t, " with %s", g->answer->kind);
	if (g->rule) {
		note_put(t, " by ");
		note_put_rule(t, g->rule);
	}
}

static void tell(unsigned family, const struct fact_port_group *rejected,
		 const struct fact_port_group *silent, const struct note_names *ifaces,
		 struct review *to)
{
	struct note n;

	note_init(&n, &review_filter_revealed, FACT_INFO, family);
	note_put(&n.subject, "IPv%u at ", family);
	note_put_names(&n.subject, ifaces);
	put_group(&n.evidence, rejected, "rejects");
	put_group(&n.evidence, silent, "; silent on");
	note_put(&n.why, "Who scans the host learns from the difference that there is a filter and "
			 "which ports it treats apart. A reject ends a mistaken connection at once "
			 "and says why; it costs one packet, limited by icmp_ratelimit (RFC 1812 "
			 "5.2.7.1). Silence makes clients wait, two minutes for TCP, hides nothing "
			 "while any port answers, and is scanned as fast by who expects it.");
	note_put(&n.fix,
		 "choose one answer for all unwanted ports: a last rule \"reject with icmpx "
		 "admin-prohibited\" in front of the chain's policy, or drop for all");
	note_tell(&n, to);
}

static void check(const struct fact_audit *a, struct review *to)
{
	for (unsigned family = 4; family <= 6; family += 2) {
		const struct fact_port_group *rejected = NULL, *silent = NULL;
		struct note_names ifaces = { 0 };

		for (size_t i = 0; i < a->group_n; i++) {
			const struct fact_port_group *g = &a->group[i], *other;

			if (g->family != family || g->state != FACT_REJECTED)
				continue;
			other = find_silent(a, g);
			if (!other)
				continue;
			note_name(&ifaces, g->iface ? g->iface : "every interface");
			rejected = rejected ? rejected : g;
			silent = silent ? silent : other;
		}
		if (rejected)
			tell(family, rejected, silent, &ifaces, to);
	}
}

const struct review_rule review_filter_revealed = {
	.id = "filter-revealed",
	.summary = "some ports are rejected and others silent, which shows the filter",
	.check = check,
};
