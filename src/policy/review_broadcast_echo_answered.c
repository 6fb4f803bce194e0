/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One ping to everybody, an answer from everybody: an amplifier for whoever forges the source. */
#include "icmp/number.h"
#include "policy/look.h"
#include "policy/tally.h"

/* An address of many: the all-ones one, multicast, or the last of a prefix of the interface. */
static bool is_to_many(const struct fact_audit *a, const struct fact_icmp_verdict *v)
{
	const struct fact_iface *iface = look_iface(a, v->iface);
	const struct fact_iface_addr *own = iface ? iface->addrs.item : NULL;
	enum ip_kind kind = ip_kind(&v->addr);

	if (!v->addr.family)
		return false;
	if (kind == IP_MULTICAST || kind == IP_BROADCAST)
		return true;
	for (size_t i = 0; v->family == 4 && iface && i < iface->addrs.n; i++) {
		uint32_t host;

		if (own[i].addr.family != 4 || own[i].prefix_len < 0 || own[i].prefix_len > 30)
			continue;
		host = UINT32_MAX >> own[i].prefix_len;
		if (ip4_u32(&v->addr) == (ip4_u32(&own[i].addr) | host))
			return true;
	}
	return false;
}

struct echoes {
	struct tally many; /* echo requests to a broadcast or multicast address */
	struct tally one;  /* to the host alone */
};

static struct echoes count(const struct fact_audit *a, unsigned family)
{
	int64_t type = family == 6 ? ICMP6_ECHO : ICMP4_ECHO;
	struct echoes e = { 0 };

	for (size_t i = 0; i < a->verdict_n; i++) {
		const struct fact_icmp_verdict *v = &a->verdict[i];

		if (v->family == family && v->icmp_type == type)
			tally_add(is_to_many(a, v) ? &e.many : &e.one, v, tally_answered(v));
	}
	return e;
}

static void check4(const struct fact_audit *a, struct review *to)
{
	struct echoes e = count(a, 4);
	int64_t ignore = look_sysctl(a, "net.ipv4.icmp_echo_ignore_broadcasts");
	struct note n;

	/* A probe decides; without one the setting does, unless no ping is answered anyway. */
	if (e.many.sent ? !e.many.hit : ignore != 0 || (e.one.sent && !e.one.hit))
		return;
	note_init(&n, &review_broadcast_echo_answered, FACT_MEDIUM, 4);
	note_put(&n.subject, "echo-request (8) to broadcast addresses");
	if (ignore != LOOK_UNKNOWN)
		note_put(&n.evidence, "net.ipv4.icmp_echo_ignore_broadcasts=%lld",
			 (long long)ignore);
	if (e.many.hit) {
		note_put(&n.evidence, ignore != LOOK_UNKNOWN ? "; " : "");
		tally_put(&n.evidence, &e.many);
	}
	note_put(&n.why,
		 "One forged packet to the broadcast address makes every such host answer its "
		 "victim (\"smurf\"; RFC 2644, CIS Debian 12 3.3.4). The kernel's default is "
		 "1 for this reason.");
	note_put(&n.fix, "sysctl -w net.ipv4.icmp_echo_ignore_broadcasts=1 | tee "
			 "/etc/sysctl.d/60-no-broadcast-echo.conf");
	note_tell(&n, to);
}

/* Linux answers ping ff02::1 by default, and hosts are found that way: no fault, a note on request. */
static void check6(const struct fact_audit *a, struct review *to)
{
	struct echoes e = count(a, 6);
	int64_t ignore = look_sysctl(a, "net.ipv6.icmp.echo_ignore_multicast");
	struct note n;

	if (!a->explain)
		return;
	if (e.many.sent ? !e.many.hit : ignore != 0 || (e.one.sent && !e.one.hit))
		return;
	note_init(&n, &review_broadcast_echo_answered, FACT_INFO, 6);
	note_put(&n.subject, "echo-request (ICMPv6 128) to multicast addresses");
	if (ignore != LOOK_UNKNOWN)
		note_put(&n.evidence, "net.ipv6.icmp.echo_ignore_multicast=%lld (the default)",
			 (long long)ignore);
	if (e.many.hit) {
		note_put(&n.evidence, ignore != LOOK_UNKNOWN ? "; " : "");
		tally_put(&n.evidence, &e.many);
	}
	note_put(&n.why,
		 "Whoever is on the link finds the host with one ping to ff02::1 (RFC 4443 4.2 "
		 "allows the answer). A hardened host need not answer.");
	note_put(&n.fix, "sysctl -w net.ipv6.icmp.echo_ignore_multicast=1 | tee "
			 "/etc/sysctl.d/60-no-multicast-echo.conf");
	note_tell(&n, to);
}

static void check(const struct fact_audit *a, struct review *to)
{
	check4(a, to);
	check6(a, to);
}

const struct review_rule review_broadcast_echo_answered = {
	.id = "broadcast-echo-answered",
	.summary = "the host answers pings that are sent to everybody",
	.check = check,
};
