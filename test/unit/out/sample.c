/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sample.h"

#include "base/ip.h"

#define MAX_VERDICTS 400

static const struct fact_rule established = {
	"nftables", "inet", "filter", "input", 5, 2, "ct state established,related accept",
};
static const struct fact_rule web = {
	"nftables", "inet", "filter", "input", 9, 5, "tcp dport { 22, 80, 443 } accept",
};
static const struct fact_rule lan = {
	"nftables", "inet", "filter", "input", 10, 6, "ip saddr 192.0.2.0/24 tcp dport 5432 accept",
};
static const struct fact_rule too_strict = {
	"nftables", "inet", "filter", "input", 4, 1, "icmp type destination-unreachable drop",
};
static const struct fact_rule reject = {
	"nftables",
	"inet",
	"filter",
	"input",
	12,
	8,
	"tcp dport 113 reject with icmpx admin-prohibited",
};
static const struct fact_rule nd = {
	"nftables",
	"inet",
	"filter",
	"input",
	8,
	4,
	"icmpv6 type { 133-137 } ip6 hoplimit 255 accept",
};
static const struct fact_rule ping = {
	"nftables",
	"inet",
	"filter",
	"input",
	7,
	3,
	"icmp type echo-request limit rate 5/second burst 5 packets accept",
};
static const struct fact_rule dead = {
	"nftables",
	"inet",
	"filter",
	"input",
	14,
	9,
	"icmp type redirect log prefix \"<redirect> & co\" drop",
};
static const struct fact_rule policy = {
	"nftables", "inet", "filter", "input", FACT_NONE, FACT_NONE, "policy drop",
};
static const struct fact_answer prohibited = { "icmp", { 4, { 192, 0, 2, 10 }, 0 }, 3, 13, 64 };

static struct fact_icmp_verdict verdicts[MAX_VERDICTS];
static size_t verdict_n;

static struct ip_addr addr(const char *text)
{
	struct ip_addr a = { 0 };

	ip_scan(text, &a);
	return a;
}

static void verdict(unsigned family, int64_t type, int64_t code, const char *name, int context,
		    int from, int outcome, const struct fact_rule *rule)
{
	verdicts[verdict_n++] = (struct fact_icmp_verdict){
		.family = (uint8_t)family,
		.icmp_type = type,
		.code = code,
		.name = name,
		.context = (uint8_t)context,
		.iface = "eth0",
		.from = (uint8_t)from,
		.source = addr(family == 6 ? "2001:db8:ffff::7" : "203.0.113.7"),
		.addr = addr(family == 6 ? "2001:db8::10" : "192.0.2.10"),
		.verdict = (uint8_t)outcome,
		.rule = rule,
	};
}

/* From strangers and neighbours alike. */
static void both(unsigned family, int64_t type, int64_t code, const char *name, int context,
		 int outcome, const struct fact_rule *rule)
{
	verdict(family, type, code, name, context, FACT_STRANGER, outcome, rule);
	verdict(family, type, code, name, context, FACT_NEIGHBOUR, outcome, rule);
}

static void make_verdicts(void)
{
	static const char *const unreachable = "destination-unreachable";

	verdict_n = 0;
	both(4, 3, 4, "fragmentation-needed", FACT_RELATED, FACT_DROPPED, &too_strict);
	both(4, 3, 4, "fragmentation-needed", FACT_STRAY, FACT_DROPPED, &too_strict);
	both(4, 3, 3, unreachable, FACT_RELATED, FACT_DROPPED, &too_strict);
	both(4, 3, 3, unreachable, FACT_STRAY, FACT_DROPPED, &too_strict);
	both(4, 11, 0, "time-exceeded", FACT_RELATED, FACT_PASSED, &established);
	both(4, 11, 0, "time-exceeded", FACT_STRAY, FACT_DROPPED, &policy);
	both(4, 12, 0, "parameter-problem", FACT_RELATED, FACT_PASSED, &established);
	both(4, 5, 1, "redirect", FACT_RELATED, FACT_PASSED, &established);
	both(4, 5, 1, "redirect", FACT_STRAY, FACT_DROPPED, &policy);
	both(4, 8, 0, "echo-request", FACT_STRAY, FACT_ANSWERED, &ping);
	verdict(4, 13, 0, "timestamp-request", FACT_STRAY, FACT_STRANGER, FACT_REFUSED, &reject);
	verdict(4, 13, 0, "timestamp-request", FACT_STRAY, FACT_NEIGHBOUR, FACT_ANSWERED, &web);
	both(4, 17, 0, "address-mask-request", FACT_STRAY, FACT_IGNORED, NULL);
	verdicts[verdict_n - 1].reason = "nothing in the kernel <handles> it";
	both(6, 2, 0, "packet-too-big", FACT_RELATED, FACT_PASSED, &established);
	both(6, 2, 0, "packet-too-big", FACT_STRAY, FACT_DROPPED, &policy);
	both(6, 1, 4, unreachable, FACT_RELATED, FACT_PASSED, &established);
	both(6, 128, 0, "echo-request", FACT_STRAY, FACT_DROPPED, &policy);
	verdict(6, 135, 0, "neighbour-solicitation", FACT_STRAY, FACT_NEIGHBOUR, FACT_ANSWERED,
		&nd);
	verdict(6, 135, 0, "neighbour-solicitation", FACT_STRAY, FACT_STRANGER, FACT_DROPPED,
		&policy);
	verdict(6, 136, 0, "neighbour-advertisement", FACT_STRAY, FACT_NEIGHBOUR, FACT_PASSED, &nd);
	verdict(6, 134, 0, "router-advertisement", FACT_STRAY, FACT_NEIGHBOUR, FACT_PASSED, &nd);
}

static struct fact_exposure exposures[32];
static size_t exposure_n;

static void exposure(int proto, unsigned family, int64_t port, const char *program, int from,
		     int state, const struct fact_rule *rule)
{
	exposures[exposure_n++] = (struct fact_exposure){
		.proto = (uint8_t)proto,
		.family = (uint8_t)family,
		.port = port,
		.iface = "eth0",
		.from = (uint8_t)from,
		.source = addr(family == 6 ? "2001:db8:ffff::7" : "203.0.113.7"),
		.addr = addr(family == 6 ? "2001:db8::10" : "192.0.2.10"),
		.state = (uint8_t)state,
		.program = program,
		.pid = 100 + port,
		.reach = FACT_REACH_ANY,
		.rule = rule,
	};
}

static void make_exposures(void)
{
	exposure_n = 0;
	for (unsigned family = 4; family <= 6; family += 2) {
		for (int from = FACT_STRANGER; from <= FACT_NEIGHBOUR; from++) {
			exposure(FACT_TCP, family, 22, "sshd", from, FACT_OPEN, &web);
			exposure(FACT_TCP, family, 443, "nginx", from, FACT_OPEN, &web);
		}
	}
	exposure(FACT_TCP, 4, 5432, "postgres", FACT_STRANGER, FACT_FILTERED, &policy);
	exposure(FACT_TCP, 4, 5432, "postgres", FACT_NEIGHBOUR, FACT_OPEN, &lan);
	exposure(FACT_TCP, 4, 113, "identd", FACT_STRANGER, FACT_REJECTED, &reject);
	exposure(FACT_TCP, 4, 113, "identd", FACT_NEIGHBOUR, FACT_REJECTED, &reject);
	exposure(FACT_UDP, 4, 53, "dnsmasq", FACT_STRANGER, FACT_FILTERED, &policy);
	exposure(FACT_UDP, 6, 53, "dnsmasq", FACT_STRANGER, FACT_OPEN, &nd);
	exposure(FACT_UDP, 4, 5353, "avahi-daemon", FACT_STRANGER, FACT_FILTERED, &policy);
	exposure(FACT_UDP, 4, 5353, "avahi-daemon", FACT_NEIGHBOUR, FACT_FILTERED, &policy);
	exposure(FACT_TCP, 4, 8080, "<script>alert(1)</script>", FACT_STRANGER, FACT_CLOSED, NULL);
}

static const struct fact_port_group groups[] = {
	{ FACT_TCP, 4, "eth0", FACT_STRANGER, FACT_FILTERED, "1-21,23-79,81-112,114-442,444-65535",
	  65530, &policy, NULL },
	{ FACT_TCP, 4, "eth0", FACT_STRANGER, FACT_REJECTED, "113", 1, &reject, &prohibited },
	{ FACT_UDP, 6, "eth0", FACT_NEIGHBOUR, FACT_CLOSED, "1-52,54-65535", 65534, NULL, NULL },
};

static const struct fact_gap gaps[] = {
	{ "rule", "inet filter input handle 31: socket cgroupv2 level 1 \"x\" accept",
	  "the path is not there in a namespace", "its packets meet the later rules" },
	{ "sysctl", "net.ipv6.mld_qrv", "one for the whole machine", "nothing that was probed" },
};

static const struct fact_rule_proof proofs[] = {
	{ &established, 220, true, NULL, "tcp established", false, false },
	{ &dead, 0, true, &policy, "icmp type 5 from 203.0.113.7", false, false },
	{ &ping, 12, true, NULL, "icmp type 8", true, false },
};

static const struct fact_finding findings[] = {
	{ "pmtud-broken", FACT_HIGH, 4, "fragmentation-needed (3/4)",
	  "2 of 2 probes; the first: fragmentation-needed (3/4) about a real flow from stranger "
	  "203.0.113.7 to 192.0.2.10 at eth0 was dropped by rule 1 (handle 4) of inet filter input "
	  "(\"icmp type destination-unreachable drop\")",
	  "Without this message the host never learns that a path takes only smaller packets: "
	  "connections open and then hang as soon as they carry full-sized data, typically over "
	  "VPNs, tunnels and PPPoE. RFC 1191 3 needs it, RFC 2923 2.1 describes the black hole.",
	  "nft insert rule inet filter input handle 4 icmp type destination-unreachable icmp code "
	  "frag-needed accept # keep it: the same line in /etc/nftables.conf" },
	{ "redirects-accepted", FACT_MEDIUM, 4, "eth0",
	  "effective at 1 interface; net.ipv4.conf.eth0.accept_redirects=1",
	  "Anyone on the link can tell the host to send its traffic through them.",
	  "sysctl -w net.ipv4.conf.all.accept_redirects=0 | tee /etc/sysctl.d/60-x.conf" },
	{ "service-unrestricted", FACT_LOW, 0, "tcp/22 (sshd)", "listens on all addresses",
	  "Anybody on any network can connect.",
	  "nft insert rule inet filter input handle 9 tcp dport 22 ip saddr != 192.0.2.0/24 drop" },
	{ "filter-revealed", FACT_INFO, 4, "IPv4 at eth0", "rejects 1 tcp ports (113)",
	  "Who scans the host learns that there is a filter.", "drop all, or reject all" },
};

const struct fact_audit *sample_audit(void)
{
	static struct fact_iface_addr addrs[3];
	static struct fact_iface ifaces[2];
	static struct fact_audit audit;

	addrs[0] = (struct fact_iface_addr){ addr("192.0.2.10"), 24 };
	addrs[1] = (struct fact_iface_addr){ addr("2001:db8::10"), 64 };
	addrs[2] = (struct fact_iface_addr){ addr("127.0.0.1"), 8 };
	ifaces[0] =
		(struct fact_iface){ "lo", 1, 65536, "loopback", true, false, { addrs + 2, 1 } };
	ifaces[1] = (struct fact_iface){ "eth0", 2, 1500, "ethernet", true, true, { addrs, 2 } };
	make_verdicts();
	make_exposures();
	audit = (struct fact_audit){
		.host = "web1.example",
		.time_ns = 1795266000ull * NS_PER_S,
		.firewall = "nftables",
		.iface = ifaces,
		.iface_n = ARRAY_LEN(ifaces),
		.proof = proofs,
		.proof_n = ARRAY_LEN(proofs),
		.exposure = exposures,
		.exposure_n = exposure_n,
		.group = groups,
		.group_n = ARRAY_LEN(groups),
		.verdict = verdicts,
		.verdict_n = verdict_n,
		.gap = gaps,
		.gap_n = ARRAY_LEN(gaps),
		.finding = findings,
		.finding_n = ARRAY_LEN(findings),
		.proved = true,
	};
	return &audit;
}
