/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "ICMP is a risk, block it": not one type of a family arrives, wanted or not. */
#include <string.h>

#include "icmp/number.h"
#include "policy/look.h"
#include "policy/mend.h"
#include "policy/tally.h"

#define PROBES_MIN 3 /* fewer say nothing about a whole family */

static const struct mend_rule accept4 = {
	.nft = "icmp type '{ destination-unreachable, time-exceeded, parameter-problem, "
	       "echo-request }' accept",
	.iptables = "-p icmp --icmp-type $t -j ACCEPT",
	.types = "3 11 12 8",
};

static const struct mend_rule accept6 = {
	.nft = "icmpv6 type '{ destination-unreachable, packet-too-big, time-exceeded, "
	       "parameter-problem, echo-request, mld-listener-query, nd-router-advert, "
	       "nd-neighbor-solicit, nd-neighbor-advert }' accept",
	.iptables = "-p ipv6-icmp --icmpv6-type $t -j ACCEPT",
	.types = "1 2 3 4 128 130 134 135 136",
};

/* All probes of @family at @iface; a related one must be among them to condemn. */
static struct tally of_iface(const struct fact_audit *a, unsigned family, const char *iface,
			     bool *ret_related)
{
	struct tally t = { 0 };

	*ret_related = false;
	for (size_t i = 0; i < a->verdict_n; i++) {
		const struct fact_icmp_verdict *v = &a->verdict[i];

		if (v->family != family || !v->iface || strcmp(v->iface, iface) != 0)
			continue;
		tally_add(&t, v, tally_blocked(v));
		if (v->context == FACT_RELATED)
			*ret_related = true;
	}
	return t;
}

static void tell(const struct fact_audit *a, unsigned family, const struct tally *t, bool routed,
		 struct review *to)
{
	struct note n;

	note_init(&n, &review_icmp_blocked_entirely, routed ? FACT_HIGH : FACT_MEDIUM, family);
	note_put(&n.subject, "%s at ", family == 6 ? "ICMPv6" : "ICMP");
	note_put_names(&n.subject, &t->ifaces);
	note_put(&n.evidence,
		 "none of %zu probes arrived, of any type, not even errors about real "
		 "flows; the first: ",
		 t->sent);
	note_put_verdict(&n.evidence, t->first);
	note_put(&n.why, "%s",
		 family == 6 ? "IPv6 cannot work without ICMPv6: neighbour discovery, path MTU "
			       "discovery and every error message are part of it (RFC 4443, RFC "
			       "4861, RFC 4890 4.3 and 4.4)."
			     : "ICMP carries the errors that connections live by: path MTU "
			       "discovery, unreachable, time exceeded (RFC 1122 3.2.2). Blocking "
			       "all of it hides nothing, since open ports answer, and breaks "
			       "transfers and monitoring in ways that are hard to find.");
	mend_before(&n.fix, a, t->first->rule, family, family == 6 ? &accept6 : &accept4);
	mend_keep(&n.fix, a, t->first->rule);
	note_tell(&n, to);
}

static void check_family(const struct fact_audit *a, unsigned family, struct review *to)
{
	struct note_names seen = { 0 };
	struct tally all = { 0 };
	bool routed = false;

	for (size_t i = 0; i < a->verdict_n; i++)
		if (a->verdict[i].family == family)
			note_name(&seen, a->verdict[i].iface);
	for (size_t i = 0; i < seen.n; i++) {
		bool related;
		struct tally t = of_iface(a, family, seen.name[i], &related);

		if (t.sent < PROBES_MIN || t.hit < t.sent || !related)
			continue;
		all.sent += t.sent;
		all.first = all.first ? all.first : t.first;
		note_name(&all.ifaces, seen.name[i]);
		routed |= look_iface_routed(a, seen.name[i], family);
	}
	if (all.first)
		tell(a, family, &all, routed, to);
}

static void check(const struct fact_audit *a, struct review *to)
{
	check_family(a, 4, to);
	check_family(a, 6, to);
}

const struct review_rule review_icmp_blocked_entirely = {
	.id = "icmp-blocked-entirely",
	.summary = "not one ICMP type of a family gets through",
	.check = check,
};
