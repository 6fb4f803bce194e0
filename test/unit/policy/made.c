/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

#include <stdio.h>
#include <string.h>

const struct fact_rule made_rule = {
	"nftables", "inet", "filter", "input", 12, 3, "icmp type redirect drop",
};
const struct fact_rule made_policy = {
	"nftables", "inet", "filter", "input", FACT_NONE, FACT_NONE, "policy drop",
};
const struct fact_rule made_accept = {
	"nftables", "inet", "filter", "input", 8, 2, "ct state established,related accept",
};
const struct fact_rule made_iptables = {
	"iptables-nft", "ip", "filter", "INPUT", 9, 4, "-p icmp -j DROP",
};
const struct fact_rule made_legacy = {
	"iptables-legacy", "ip", "filter", "INPUT", FACT_NONE, 4, "-p icmp -j DROP",
};

static const struct fact_sysctl sysctls[] = {
	{ "net.ipv4.conf.all.accept_redirects", "0" },
	{ "net.ipv4.conf.eth0.accept_redirects", "0" },
	{ "net.ipv4.conf.all.send_redirects", "0" },
	{ "net.ipv4.conf.eth0.send_redirects", "0" },
	{ "net.ipv4.conf.eth0.forwarding", "0" },
	{ "net.ipv4.icmp_echo_ignore_broadcasts", "1" },
	{ "net.ipv4.icmp_echo_enable_probe", "0" },
	{ "net.ipv6.conf.eth0.accept_redirects", "0" },
	{ "net.ipv6.conf.eth0.accept_ra", "0" },
	{ "net.ipv6.conf.eth0.forwarding", "0" },
	{ "net.ipv6.icmp.echo_ignore_multicast", "1" },
};

static struct ip_addr addr(const char *text)
{
	struct ip_addr a;

	assert_int_equal(ip_scan(text, &a), 0);
	return a;
}

struct fact_audit made_audit(void)
{
	static struct fact_iface_addr addrs[3];
	static struct fact_iface ifaces[2];

	addrs[0] = (struct fact_iface_addr){ addr("192.0.2.10"), 24 };
	addrs[1] = (struct fact_iface_addr){ addr("2001:db8::10"), 64 };
	addrs[2] = (struct fact_iface_addr){ addr("127.0.0.1"), 8 };
	ifaces[0] =
		(struct fact_iface){ "lo", 1, 65536, "loopback", true, false, { addrs + 2, 1 } };
	ifaces[1] = (struct fact_iface){ "eth0", 2, 1500, "ethernet", true, true, { addrs, 2 } };
	return (struct fact_audit){
		.host = "testhost",
		.time_ns = 1700000000ull * NS_PER_S,
		.firewall = "nftables",
		.iface = ifaces,
		.iface_n = ARRAY_LEN(ifaces),
		.sysctl = sysctls,
		.sysctl_n = ARRAY_LEN(sysctls),
		.proved = true,
	};
}

static const char *name_of(unsigned family, int64_t type)
{
	switch (family * 1000 + (unsigned)type) {
	case 4003:
	case 6001:
		return "destination-unreachable";
	case 4005:
	case 6137:
		return "redirect";
	case 4008:
	case 6128:
		return "echo-request";
	case 6002:
		return "packet-too-big";
	default:
		return "message";
	}
}

struct fact_icmp_verdict made_verdict(unsigned family, int64_t type, int64_t code, int from,
				      int context, int verdict, const struct fact_rule *rule)
{
	const char *neighbour = family == 6 ? "fe80::1" : "192.0.2.1";
	const char *stranger = family == 6 ? "2001:db8:ffff::7" : "203.0.113.7";

	return (struct fact_icmp_verdict){
		.family = (uint8_t)family,
		.icmp_type = type,
		.code = code,
		.name = name_of(family, type),
		.context = (uint8_t)context,
		.iface = "eth0",
		.from = (uint8_t)from,
		.source = addr(from == FACT_NEIGHBOUR ? neighbour : stranger),
		.addr = addr(family == 6 ? "2001:db8::10" : "192.0.2.10"),
		.verdict = (uint8_t)verdict,
		.rule = rule,
	};
}

struct fact_exposure made_exposure(uint8_t proto, unsigned family, int64_t port, int state,
				   const struct fact_rule *rule)
{
	return (struct fact_exposure){
		.proto = proto,
		.family = (uint8_t)family,
		.port = port,
		.iface = "eth0",
		.from = FACT_STRANGER,
		.source = addr(family == 6 ? "2001:db8:ffff::7" : "203.0.113.7"),
		.addr = addr(family == 6 ? "2001:db8::10" : "192.0.2.10"),
		.state = (uint8_t)state,
		.program = "daemon",
		.pid = 77,
		.reach = FACT_REACH_ANY,
		.rule = rule,
	};
}

static void keep(void *to, const struct fact_finding *f)
{
	struct made_review *review = to;
	struct made_finding *kept = &review->finding[review->n++];

	assert_true(review->n < MADE_FINDINGS);
	snprintf(kept->id, sizeof(kept->id), "%s", f->id);
	snprintf(kept->subject, sizeof(kept->subject), "%s", f->subject);
	snprintf(kept->evidence, sizeof(kept->evidence), "%s", f->evidence);
	snprintf(kept->why, sizeof(kept->why), "%s", f->why);
	snprintf(kept->fix, sizeof(kept->fix), "%s", f->fix);
	kept->severity = f->severity;
	kept->family = f->family;
	/* True of every finding, so looked at here, once for all tests. */
	CHECK(kept->subject[0] && kept->evidence[0] && kept->why[0] && kept->fix[0]);
	CHECK(!strchr(kept->fix, '\n') && !strstr(kept->evidence, "(null)"));
	CHECK(!strstr(kept->subject, "(null)") && !strstr(kept->fix, "(null)"));
}

const struct made_review *made_review(const struct fact_audit *audit)
{
	static struct made_review review;

	review.n = 0;
	review_run(audit, keep, &review);
	return &review;
}

const struct made_review *made_check(const struct review_rule *rule, const struct fact_audit *audit)
{
	static struct made_review review;

	review.n = 0;
	for (uint8_t severity = FACT_INFO; severity <= FACT_HIGH; severity++) {
		struct review to = { keep, &review, severity };

		rule->check(audit, &to);
	}
	return &review;
}

const struct made_finding *made_only(const struct made_review *review, const char *id, int severity)
{
	for (size_t i = 0; i < review->n; i++)
		if (strcmp(review->finding[i].id, id) != 0 || review->n != 1)
			print_error("found: %s: %s: %s\n", review->finding[i].id,
				    review->finding[i].subject, review->finding[i].evidence);
	assert_int_equal(review->n, 1);
	assert_string_equal(review->finding[0].id, id);
	assert_int_equal(review->finding[0].severity, severity);
	return &review->finding[0];
}
