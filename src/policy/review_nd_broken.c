/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Neighbour discovery: IPv6's ARP, and the routers' announcements where the host uses them. */
#include "icmp/number.h"
#include "policy/look.h"
#include "policy/mend.h"
#include "policy/tally.h"

static const struct mend_rule accept = {
	.nft = "icmpv6 type '{ nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert }' "
	       "ip6 hoplimit 255 accept",
	.iptables = "-p ipv6-icmp --icmpv6-type $t -m hl --hl-eq 255 -j ACCEPT",
	.types = "134 135 136",
};

static bool uses_ra(const struct fact_audit *a, const char *iface)
{
	int64_t accept_ra = look_conf(a, 6, iface, "accept_ra");

	return accept_ra == 2 || (accept_ra == 1 && !look_forwards(a, 6, iface));
}

/* A router speaks from its link-local address (RFC 4861 6.1.2): others may be refused. */
static bool genuine_ra(const struct fact_icmp_verdict *v)
{
	return !v->source.family || ip_kind(&v->source) == IP_LINK_LOCAL;
}

static bool is_wanted(const struct fact_audit *a, const struct fact_icmp_verdict *v)
{
	const struct fact_iface *iface = look_iface(a, v->iface);

	if (v->family != 6 || v->from != FACT_NEIGHBOUR || v->context != FACT_STRAY || !iface ||
	    !look_iface_live(iface, 6))
		return false;
	if (v->icmp_type == ICMP6_ND_ROUTER_ADVERT)
		return uses_ra(a, v->iface) && genuine_ra(v);
	return v->icmp_type == ICMP6_ND_NEIGHBOR_SOLICIT ||
	       v->icmp_type == ICMP6_ND_NEIGHBOR_ADVERT;
}

struct damage {
	bool neighbours; /* solicitations or advertisements of neighbours are lost */
	bool routed;     /* on an interface with more than a link-local address */
};

/*
 * Neighbours that cannot be resolved end IPv6 there. Lost announcements end it
 * only for a host that lives by them, and accept_ra=1 is the default of those
 * that do not: so that is not called broken.
 */
static enum fact_severity weigh(const struct damage *d)
{
	return d->neighbours && d->routed ? FACT_HIGH : FACT_MEDIUM;
}

static void tell(const struct fact_audit *a, const struct tally *t, const struct damage *d,
		 struct review *to)
{
	struct note n;

	note_init(&n, &review_nd_broken, weigh(d), 6);
	note_put_names(&n.subject, &t->ifaces);
	note_put(&n.subject, ": ");
	note_put_names(&n.subject, &t->names);
	tally_put(&n.evidence, t);
	if (d->neighbours)
		note_put(&n.why, "IPv6 has no ARP: neighbours find each other by these messages "
				 "(RFC 4861 7.2), always sent with hop limit 255. Where they are "
				 "lost, IPv6 stops working at this interface within seconds of "
				 "the neighbour cache running out (RFC 4890 4.4.1: must not be "
				 "dropped).");
	else
		note_put(&n.why, "accept_ra says that the host takes its default route and "
				 "addresses from router advertisements (RFC 4861 6.3.4). Without "
				 "them both expire, and IPv6 fails with them (RFC 4890 4.4.1).");
	if (!d->routed)
		note_put(&n.why, " The interface has only a link-local address, so perhaps nobody "
				 "misses IPv6 there yet; if it is not wanted, switch it off rather "
				 "than break it.");
	mend_before(&n.fix, a, t->first->rule, 6, &accept);
	mend_keep(&n.fix, a, t->first->rule);
	note_tell(&n, to);
}

static void check(const struct fact_audit *a, struct review *to)
{
	struct tally t = { 0 };
	struct damage d = { 0 };

	for (size_t i = 0; i < a->verdict_n; i++) {
		const struct fact_icmp_verdict *v = &a->verdict[i];
		bool hit = tally_blocked(v);

		if (!is_wanted(a, v))
			continue;
		tally_add(&t, v, hit);
		d.neighbours |= hit && v->icmp_type != ICMP6_ND_ROUTER_ADVERT;
		d.routed |= hit && look_iface_routed(a, v->iface, 6);
	}
	if (t.hit)
		tell(a, &t, &d, to);
}

const struct review_rule review_nd_broken = {
	.id = "nd-broken",
	.summary = "neighbour discovery does not pass, so IPv6 cannot work",
	.check = check,
};
