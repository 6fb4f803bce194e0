/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A firewall that says "nobody listens" when it means "you may not". */
#include <inttypes.h>
#include <string.h>

#include "icmp/number.h"
#include "policy/look.h"
#include "policy/note.h"

static bool says_nobody_listens(const struct fact_port_group *g)
{
	const struct fact_answer *answer = g->answer;

	if (g->state != FACT_REJECTED || !g->rule || !answer || !answer->kind ||
	    strcmp(answer->kind, "icmp") != 0)
		return false;
	return g->family == 6
		       ? answer->icmp_type == ICMP6_UNREACH && answer->code == ICMP6_UNREACH_PORT
		       : answer->icmp_type == ICMP4_UNREACH && answer->code == ICMP4_UNREACH_PORT;
}

/* Where "reject" or "-j REJECT" begins in @text, the last time it does; NULL: nowhere. */
static const char *find_reject(const char *text, const char *word)
{
	const char *at = NULL;

	for (const char *p = text; p && (p = strstr(p, word)); p++)
		at = p;
	return at;
}

static void put_iptables_fix(struct note_text *t, const struct fact_rule *r, unsigned family)
{
	const char *as = family == 6 ? "icmp6-adm-prohibited" : "icmp-admin-prohibited";
	const char *reject = find_reject(r->text, "-j REJECT");
	const char *match = r->text;

	if (!reject || !match || r->position == FACT_NONE || strchr(match, '\'')) {
		note_put(t, "in that rule: -j REJECT --reject-with %s", as);
		return;
	}
	if (strncmp(match, "-A ", 3) == 0) /* "-A INPUT -p udp …": the match begins at word three */
		match += 3 + strcspn(match + 3, " ");
	match += strspn(match, " ");
	note_put(t, "ip%stables%s -R %s %" PRId64 " %.*s-j REJECT --reject-with %s",
		 family == 6 ? "6" : "", r->backend + strlen("iptables"), r->chain, r->position,
		 (int)MAX(reject - match, 0), match, as);
}

/* nft's icmpx speaks for both families, in the tables that hold both. */
static void put_nft_fix(struct note_text *t, const struct fact_rule *r)
{
	const char *reject = find_reject(r->text, "reject");
	const char *kind = strcmp(r->family, "ip") == 0    ? "icmp"
			   : strcmp(r->family, "ip6") == 0 ? "icmpv6"
							   : "icmpx";

	if (!reject || r->handle == FACT_NONE || strchr(r->text, '\'')) {
		note_put(t, "in that rule: reject with %s admin-prohibited", kind);
		return;
	}
	note_put(t,
		 "nft replace rule %s %s %s handle %" PRId64 " '%.*sreject with %s "
		 "admin-prohibited'",
		 r->family, r->table, r->chain, r->handle, (int)(reject - r->text), r->text, kind);
}

static void put_fix(struct note_text *t, const struct fact_port_group *g)
{
	const struct fact_rule *r = g->rule;

	if (r->backend && strncmp(r->backend, "iptables", 8) == 0)
		put_iptables_fix(t, r, g->family);
	else if (r->family && r->text)
		put_nft_fix(t, r);
	else
		note_put(t, "in that rule: reject with icmpx admin-prohibited");
}

static const struct fact_port_group *find(const struct fact_audit *a, unsigned family)
{
	for (size_t i = 0; i < a->group_n; i++)
		if (a->group[i].family == family && says_nobody_listens(&a->group[i]))
			return &a->group[i];
	return NULL;
}

static void tell(const struct fact_port_group *g, unsigned family, struct review *to)
{
	struct note n;

	note_init(&n, &review_reject_as_port_unreachable, FACT_INFO, family);
	note_put_rule(&n.subject, g->rule);
	note_put(&n.evidence, "%" PRId64 " %s port%s refused with port-unreachable (%s)", g->count,
		 fact_proto_words[g->proto], g->count == 1 ? " is" : "s are",
		 family == 0   ? "3/3, in IPv6 1/4"
		 : family == 6 ? "1/4"
			       : "3/3");
	note_put(&n.why,
		 "Port unreachable says that no program listens (RFC 1122 3.2.2.1). Whoever "
		 "looks for the fault searches the service instead of the firewall; "
		 "admin-prohibited names the cause (RFC 1812 5.2.7.1).");
	put_fix(&n.fix, g);
	note_tell(&n, to);
}

static void check(const struct fact_audit *a, struct review *to)
{
	const struct fact_port_group *four = find(a, 4), *six = find(a, 6);
	bool one_rule = four && six && look_rule_same(four->rule, six->rule);

	if (four)
		tell(four, one_rule ? 0 : 4, to);
	if (six && !one_rule)
		tell(six, 6, to);
}

const struct review_rule review_reject_as_port_unreachable = {
	.id = "reject-as-port-unreachable",
	.summary = "the firewall refuses ports with a message that means that nobody listens",
	.check = check,
};
