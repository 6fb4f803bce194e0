/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Multicast listener discovery: how switches know which IPv6 groups a host wants. */
#include "icmp/number.h"
#include "policy/look.h"
#include "policy/mend.h"
#include "policy/tally.h"

static const struct mend_rule accept = {
	.nft = "icmpv6 type '{ mld-listener-query, mld-listener-report, mld-listener-done, "
	       "mld2-listener-report }' accept",
	.iptables = "-p ipv6-icmp --icmpv6-type $t -j ACCEPT",
	.types = "130 131 132 143",
};

/*
 * Genuine ones come from a link-local address or "::" (RFC 3810 5.1.14, 5.2.13).
 * A host needs the queries; only what forwards multicast needs the reports.
 */
static bool is_wanted(const struct fact_audit *a, const struct fact_icmp_verdict *v)
{
	enum ip_kind kind = ip_kind(&v->source);
	bool report = v->icmp_type == ICMP6_MLD_REPORT || v->icmp_type == ICMP6_MLD_DONE ||
		      v->icmp_type == ICMP6_MLD2_REPORT;

	if (v->family != 6 || v->from != FACT_NEIGHBOUR || v->context != FACT_STRAY ||
	    !v->source.family || (kind != IP_LINK_LOCAL && kind != IP_UNSPECIFIED))
		return false;
	return v->icmp_type == ICMP6_MLD_QUERY || (report && look_forwards(a, 6, v->iface));
}

static void check(const struct fact_audit *a, struct review *to)
{
	struct tally t = { 0 };
	struct note n;

	for (size_t i = 0; i < a->verdict_n; i++)
		if (is_wanted(a, &a->verdict[i]))
			tally_add(&t, &a->verdict[i], tally_blocked(&a->verdict[i]));
	/* Where nothing of ICMPv6 arrives, icmp-blocked-entirely says so, and worse. */
	if (!t.hit || !look_family_arrives(a, 6))
		return;
	note_init(&n, &review_mld_blocked, FACT_LOW, 6);
	note_put_names(&n.subject, &t.ifaces);
	note_put(&n.subject, ": ");
	note_put_names(&n.subject, &t.names);
	tally_put(&n.evidence, &t);
	note_put(&n.why,
		 "A switch that snoops asks who listens to which group (RFC 3810). A host that "
		 "never hears the question is taken off its groups, its solicited-node "
		 "group too, and then neighbours cannot resolve its address: IPv6 fails "
		 "after some minutes, on such switches only (RFC 4890 4.4.1: must not be "
		 "dropped).");
	mend_before(&n.fix, a, t.first->rule, 6, &accept);
	mend_keep(&n.fix, a, t.first->rule);
	note_tell(&n, to);
}

const struct review_rule review_mld_blocked = {
	.id = "mld-blocked",
	.summary = "multicast listener queries do not reach the host",
	.check = check,
};
