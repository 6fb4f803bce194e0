/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PROBE (RFC 8335) is switched on, and the firewall takes it: to conntrack it is always invalid. */
#include "icmp/number.h"
#include "policy/look.h"
#include "policy/mend.h"
#include "policy/tally.h"

static const struct mend_rule accept4 = {
	.nft = "icmp type 42 accept",
	.iptables = "-p icmp --icmp-type 42 -j ACCEPT",
};

static const struct mend_rule accept6 = {
	.nft = "icmpv6 type 160 accept",
	.iptables = "-p ipv6-icmp --icmpv6-type 160 -j ACCEPT",
};

static void check(const struct fact_audit *a, struct review *to)
{
	if (look_sysctl(a, "net.ipv4.icmp_echo_enable_probe") <= 0)
		return;
	for (unsigned family = 4; family <= 6; family += 2) {
		struct tally t = tally_type(
			a, family, family == 6 ? ICMP6_EXT_ECHO : ICMP4_EXT_ECHO, tally_blocked);
		struct note n;

		/* Let in from anywhere, it may well be restricted to management on purpose. */
		if (!t.hit || t.hit < t.sent)
			continue;
		note_init(&n, &review_firewall_vs_sysctl, FACT_INFO, family);
		note_put(&n.subject, "extended-echo-request (%d)",
			 family == 6 ? ICMP6_EXT_ECHO : ICMP4_EXT_ECHO);
		note_put(&n.evidence, "net.ipv4.icmp_echo_enable_probe=1, but ");
		tally_put(&n.evidence, &t);
		note_put(&n.why,
			 "The setting says that the host answers PROBE (RFC 8335), and the "
			 "firewall never lets one in: connection tracking calls these types "
			 "invalid. One of the two is not what was meant.");
		mend_before(&n.fix, a, t.first->rule, family, family == 6 ? &accept6 : &accept4);
		note_put(&n.fix, " # if it is wanted; if not: sysctl -w "
				 "net.ipv4.icmp_echo_enable_probe=0");
		note_tell(&n, to);
	}
}

const struct review_rule review_firewall_vs_sysctl = {
	.id = "firewall-vs-sysctl",
	.summary = "a setting switches on what the firewall never lets in",
	.check = check,
};
