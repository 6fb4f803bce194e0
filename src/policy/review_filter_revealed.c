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
	note_put(t, "%s %" PRId64 " %s port%s (%.60s%s)", what, g->count,
		 fact_proto_words[g->proto], g->count == 1 ? "" : "s", g->ports ? g->ports : "",
		 g->ports && strlen(g->ports) > 60 ? "…" : "");
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

/* What was seen over all views: one pair of groups as the example. */
struct sight {
	const struct fact_port_group *rejected, *silent;
	struct note_names ifaces;
	bool family[2]; /* IPv4, IPv6 */
};

static void tell(const struct sight *s, struct review *to)
{
	unsigned family = s->family[0] && s->family[1] ? 0 : s->family[1] ? 6 : 4;
	struct note n;

	note_init(&n, &review_filter_revealed, FACT_INFO, family);
	note_put_names(&n.subject, &s->ifaces);
	put_group(&n.evidence, s->rejected, "rejects");
	put_group(&n.evidence, s->silent, "; silent on");
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
	struct sight s = { 0 };

	for (size_t i = 0; i < a->group_n; i++) {
		const struct fact_port_group *g = &a->group[i], *silent;

		if (g->state != FACT_REJECTED)
			continue;
		silent = find_silent(a, g);
		if (!silent)
			continue;
		note_name(&s.ifaces, g->iface ? g->iface : "every interface");
		s.family[g->family == 6] = true;
		if (!s.rejected) {
			s.rejected = g;
			s.silent = silent;
		}
	}
	if (s.rejected)
		tell(&s, to);
}

const struct review_rule review_filter_revealed = {
	.id = "filter-revealed",
	.summary = "some ports are rejected and others silent, which shows the filter",
	.check = check,
};
