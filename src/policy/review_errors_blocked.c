/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMP errors about real flows, other than those of path MTU discovery. */
#include "icmp/number.h"
#include "policy/look.h"
#include "policy/mend.h"
#include "policy/tally.h"

static const struct mend_rule accept4 = {
	.nft = "ct state related icmp type '{ destination-unreachable, time-exceeded, "
	       "parameter-problem }' accept",
	.iptables = "-p icmp --icmp-type $t -m conntrack --ctstate RELATED -j ACCEPT",
	.types = "3 11 12",
};

static const struct mend_rule accept6 = {
	.nft = "ct state related icmpv6 type '{ destination-unreachable, time-exceeded, "
	       "parameter-problem }' accept",
	.iptables = "-p ipv6-icmp --icmpv6-type $t -m conntrack --ctstate RELATED -j ACCEPT",
	.types = "1 3 4",
};

/* RFC 792's common ones; RFC 4890 4.3.1 (must) and 4.3.2 (should normally) not be dropped. */
struct wanted {
	uint8_t family, type, code_max;
};

static const struct wanted wanted[] = {
	{ 4, ICMP4_UNREACH, ICMP4_UNREACH_PORT },
	{ 4, ICMP4_TIME_EXCEEDED, ICMP4_TIME_EXCEEDED_TTL },
	{ 4, ICMP4_PARAM_PROBLEM, ICMP4_PARAM_PROBLEM_LENGTH },
	{ 6, ICMP6_UNREACH, ICMP6_UNREACH_REJECT },
	{ 6, ICMP6_TIME_EXCEEDED, ICMP6_TIME_EXCEEDED_REASM },
	{ 6, ICMP6_PARAM_PROBLEM, ICMP6_PARAM_PROBLEM_OPTION },
};

static bool is_wanted(const struct fact_icmp_verdict *v)
{
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		if (v->family == wanted[i].family && v->icmp_type == wanted[i].type)
			return v->code <= wanted[i].code_max;
	return false;
}

static void tell(const struct fact_audit *a, unsigned family, const struct tally *t,
		 struct review *to)
{
	struct note n;

	note_init(&n, &review_errors_blocked, FACT_MEDIUM, family);
	note_put(&n.subject, "IPv%u ", family);
	note_put_names(&n.subject, &t->names);
	tally_put(&n.evidence, t);
	note_put(&n.why,
		 "These errors tell a connection of this host why it fails: nobody listens, "
		 "no route, a routing loop. Without them programs wait for a timeout "
		 "instead of failing over at once, and traceroute from here stays blind. %s",
		 family == 6 ? "RFC 4890 4.3.1 says they must not be dropped."
			     : "RFC 1122 3.2.2 has hosts pass them on to the transport layer.");
	mend_before(&n.fix, a, t->first->rule, family, family == 6 ? &accept6 : &accept4);
	mend_keep(&n.fix, a, t->first->rule);
	note_tell(&n, to);
}

static void check(const struct fact_audit *a, struct review *to)
{
	for (unsigned family = 4; family <= 6; family += 2) {
		struct tally t = { 0 };

		for (size_t i = 0; i < a->verdict_n; i++) {
			const struct fact_icmp_verdict *v = &a->verdict[i];

			if (v->family == family && v->context == FACT_RELATED && is_wanted(v))
				tally_add(&t, v, tally_blocked(v));
		}
		/* Where nothing of the family arrives, icmp-blocked-entirely says so, and better. */
		if (t.hit && look_family_arrives(a, family))
			tell(a, family, &t, to);
	}
}

const struct review_rule review_errors_blocked = {
	.id = "errors-blocked",
	.summary = "ICMP errors about the host's own connections do not arrive",
	.check = check,
};
