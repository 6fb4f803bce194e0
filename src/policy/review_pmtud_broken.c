/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Path MTU discovery: may the network tell the host that its packets are too big? */
#include "icmp/number.h"
#include "policy/look.h"
#include "policy/mend.h"
#include "policy/tally.h"

static const struct mend_rule accept4 = {
	.nft = "icmp type destination-unreachable icmp code frag-needed accept",
	.iptables = "-p icmp --icmp-type fragmentation-needed -j ACCEPT",
};

static const struct mend_rule accept6 = {
	.nft = "icmpv6 type packet-too-big accept",
	.iptables = "-p ipv6-icmp --icmpv6-type packet-too-big -j ACCEPT",
};

static bool too_big(const struct fact_icmp_verdict *v)
{
	return v->family == 6 ? v->icmp_type == ICMP6_PACKET_TOO_BIG
			      : v->icmp_type == ICMP4_UNREACH && v->code == ICMP4_UNREACH_NEEDFRAG;
}

static void tell(const struct fact_audit *a, unsigned family, const struct tally *t, bool routed,
		 struct review *to)
{
	struct note n;

	/* On a link where nobody has more than a link-local address no path is longer than one hop. */
	note_init(&n, &review_pmtud_broken, routed ? FACT_HIGH : FACT_LOW, family);
	note_put(&n.subject, "%s",
		 family == 6 ? "packet-too-big (ICMPv6 2/0)" : "fragmentation-needed (3/4)");
	tally_put(&n.evidence, t);
	note_put(&n.why,
		 "Without this message the host never learns that a path takes only smaller "
		 "packets: connections open and then hang as soon as they carry full-sized data, "
		 "typically over VPNs, tunnels and PPPoE. %s",
		 family == 6 ? "IPv6 routers never fragment, so IPv6 depends on it wholly (RFC "
			       "8201; RFC 4890 4.3.1: must not be dropped)."
			     : "RFC 1191 3 needs it, RFC 2923 2.1 describes the black hole.");
	mend_before(&n.fix, a, t->first->rule, family, family == 6 ? &accept6 : &accept4);
	mend_keep(&n.fix, a, t->first->rule);
	note_tell(&n, to);
}

static void check(const struct fact_audit *a, struct review *to)
{
	for (unsigned family = 4; family <= 6; family += 2) {
		struct tally t = { 0 };
		bool routed = false;

		for (size_t i = 0; i < a->verdict_n; i++) {
			const struct fact_icmp_verdict *v = &a->verdict[i];

			if (v->family != family || v->context != FACT_RELATED || !too_big(v))
				continue;
			tally_add(&t, v, tally_blocked(v));
			if (tally_blocked(v) && look_iface_routed(a, v->iface, family))
				routed = true;
		}
		if (t.hit)
			tell(a, family, &t, routed, to);
	}
}

const struct review_rule review_pmtud_broken = {
	.id = "pmtud-broken",
	.summary = "the host cannot be told that its packets are too big for a path",
	.check = check,
};
