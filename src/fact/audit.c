/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fact/audit.h"

const char *const fact_from_words[] = { "stranger", "neighbour", NULL };
const char *const fact_context_words[] = { "stray", "related", NULL };
const char *const fact_port_state_words[] = { "open",     "closed",    "filtered",
					      "rejected", "forwarded", NULL };
const char *const fact_icmp_outcome_words[] = { "passed",   "answered", "dropped",
						"rejected", "ignored",  NULL };
const char *const fact_severity_words[] = { "info", "low", "medium", "high", NULL };

static const struct fact_field rule_fields[] = {
	FACT_FIELD(struct fact_rule, backend, FACT_TEXT,
		   "nftables, iptables-nft or iptables-legacy"),
	FACT_FIELD(struct fact_rule, family, FACT_TEXT, "ip, ip6, inet, netdev, arp or bridge"),
	FACT_FIELD(struct fact_rule, table, FACT_TEXT, "table"),
	FACT_FIELD(struct fact_rule, chain, FACT_TEXT, "chain"),
	FACT_FIELD(struct fact_rule, handle, FACT_INT, "nftables' handle; null: a policy, or none"),
	FACT_FIELD(struct fact_rule, position, FACT_INT, "place in its chain, from 1"),
	FACT_FIELD(struct fact_rule, text, FACT_TEXT, "the rule as its tool prints it"),
};

const struct fact_type fact_rule =
	FACT_TYPE(struct fact_rule, "rule", "a firewall rule", rule_fields);

static const struct fact_field answer_fields[] = {
	FACT_FIELD(struct fact_answer, kind, FACT_TEXT, "syn-ack, rst, udp or icmp"),
	FACT_FIELD(struct fact_answer, from, FACT_IP, "who answered"),
	FACT_FIELD(struct fact_answer, icmp_type, FACT_INT, "type of an ICMP answer"),
	FACT_FIELD(struct fact_answer, code, FACT_INT, "code of an ICMP answer"),
	FACT_FIELD(struct fact_answer, ttl, FACT_INT, "TTL or hop limit"),
};

const struct fact_type fact_answer =
	FACT_TYPE(struct fact_answer, "answer", "what came back", answer_fields);

static const struct fact_field exposure_fields[] = {
	FACT_FIELD_ENUM(struct fact_exposure, proto, fact_proto_words, "tcp or udp"),
	FACT_FIELD(struct fact_exposure, family, FACT_U8, "4 or 6"),
	FACT_FIELD(struct fact_exposure, port, FACT_INT, "port"),
	FACT_FIELD(struct fact_exposure, iface, FACT_TEXT, "interface at which the probe arrived"),
	FACT_FIELD_ENUM(struct fact_exposure, from, fact_from_words, "who probed"),
	FACT_FIELD(struct fact_exposure, source, FACT_IP, "the probe's source address"),
	FACT_FIELD(struct fact_exposure, addr, FACT_IP, "the host's address"),
	FACT_FIELD_ENUM(struct fact_exposure, state, fact_port_state_words,
			"what the network sees"),
	FACT_FIELD(struct fact_exposure, program, FACT_TEXT, "who listens"),
	FACT_FIELD(struct fact_exposure, pid, FACT_INT, "its process"),
	FACT_FIELD(struct fact_exposure, service, FACT_TEXT, "service name of the port"),
	FACT_FIELD_ENUM(struct fact_exposure, reach, fact_reach_words, "how far the bind reaches"),
	FACT_FIELD_SUB(struct fact_exposure, rule, FACT_REF, &fact_rule,
		       "the rule that decided; null: none"),
	FACT_FIELD_SUB(struct fact_exposure, answer, FACT_REF, &fact_answer,
		       "what came back; null: nothing"),
};

const struct fact_type fact_exposure = FACT_TYPE(
	struct fact_exposure, "exposure", "a listening socket seen from outside", exposure_fields);

static const struct fact_field group_fields[] = {
	FACT_FIELD_ENUM(struct fact_port_group, proto, fact_proto_words, "tcp or udp"),
	FACT_FIELD(struct fact_port_group, family, FACT_U8, "4 or 6"),
	FACT_FIELD(struct fact_port_group, iface, FACT_TEXT,
		   "interface at which the probes arrived"),
	FACT_FIELD_ENUM(struct fact_port_group, from, fact_from_words, "who probed"),
	FACT_FIELD_ENUM(struct fact_port_group, state, fact_port_state_words,
			"what the network sees"),
	FACT_FIELD(struct fact_port_group, ports, FACT_TEXT, "the ports, as ranges"),
	FACT_FIELD(struct fact_port_group, count, FACT_INT, "how many they are"),
	FACT_FIELD_SUB(struct fact_port_group, rule, FACT_REF, &fact_rule,
		       "what decided for a sample of them"),
	FACT_FIELD_SUB(struct fact_port_group, answer, FACT_REF, &fact_answer,
		       "what came back; null: nothing"),
};

const struct fact_type fact_port_group =
	FACT_TYPE(struct fact_port_group, "port_group", "ports that behave alike", group_fields);

static const struct fact_field verdict_fields[] = {
	FACT_FIELD(struct fact_icmp_verdict, family, FACT_U8, "4 or 6"),
	FACT_FIELD(struct fact_icmp_verdict, icmp_type, FACT_INT, "type that was sent"),
	FACT_FIELD(struct fact_icmp_verdict, code, FACT_INT, "code that was sent"),
	FACT_FIELD(struct fact_icmp_verdict, name, FACT_TEXT, "name in the registry"),
	FACT_FIELD_ENUM(struct fact_icmp_verdict, context, fact_context_words,
			"about nothing, or a real flow"),
	FACT_FIELD(struct fact_icmp_verdict, iface, FACT_TEXT, "interface at which it arrived"),
	FACT_FIELD_ENUM(struct fact_icmp_verdict, from, fact_from_words, "who sent it"),
	FACT_FIELD(struct fact_icmp_verdict, source, FACT_IP, "its source address"),
	FACT_FIELD(struct fact_icmp_verdict, addr, FACT_IP, "its destination address"),
	FACT_FIELD_ENUM(struct fact_icmp_verdict, verdict, fact_icmp_outcome_words,
			"what became of it"),
	FACT_FIELD_SUB(struct fact_icmp_verdict, rule, FACT_REF, &fact_rule,
		       "the rule that decided; null: none"),
	FACT_FIELD(struct fact_icmp_verdict, sysctl, FACT_TEXT,
		   "setting that made the kernel ignore it"),
	FACT_FIELD(struct fact_icmp_verdict, reason, FACT_TEXT,
		   "why the kernel ignores it when no setting makes it"),
	FACT_FIELD_SUB(struct fact_icmp_verdict, answer, FACT_REF, &fact_answer,
		       "what came back; null: nothing"),
	FACT_FIELD(struct fact_icmp_verdict, conditional, FACT_BOOL,
		   "a rate limit was on the way: true of the first packets"),
};

const struct fact_type fact_icmp_verdict =
	FACT_TYPE(struct fact_icmp_verdict, "icmp_verdict", "what becomes of an ICMP type and code",
		  verdict_fields);

static const struct fact_field burst_fields[] = {
	FACT_FIELD(struct fact_burst, family, FACT_U8, "4 or 6"),
	FACT_FIELD(struct fact_burst, iface, FACT_TEXT, "interface at which they arrived"),
	FACT_FIELD_ENUM(struct fact_burst, from, fact_from_words, "who sent them"),
	FACT_FIELD(struct fact_burst, sent, FACT_INT, "echo requests sent back to back"),
	FACT_FIELD(struct fact_burst, answered, FACT_INT, "how many were answered"),
	FACT_FIELD_SUB(struct fact_burst, rule, FACT_REF, &fact_rule,
		       "rule that took the first unanswered one"),
};

const struct fact_type fact_burst =
	FACT_TYPE(struct fact_burst, "burst", "does anything limit echo replies", burst_fields);

static const struct fact_field proof_fields[] = {
	FACT_FIELD_SUB(struct fact_rule_proof, rule, FACT_REF, &fact_rule, "the rule"),
	FACT_FIELD(struct fact_rule_proof, hits, FACT_INT, "packets of the proof that it matched"),
	FACT_FIELD(struct fact_rule_proof, addressed, FACT_BOOL,
		   "a packet made to fit it was sent"),
	FACT_FIELD(struct fact_rule_proof, packet, FACT_TEXT, "that packet in words"),
	FACT_FIELD_SUB(struct fact_rule_proof, decided_by, FACT_REF, &fact_rule,
		       "rule that took that packet instead"),
};

const struct fact_type fact_rule_proof = FACT_TYPE(struct fact_rule_proof, "rule_proof",
						   "what the proof shows of a rule", proof_fields);

static const struct fact_field iface_addr_fields[] = {
	FACT_FIELD(struct fact_iface_addr, addr, FACT_IP, "address"),
	FACT_FIELD(struct fact_iface_addr, prefix_len, FACT_INT, "prefix length in bits"),
};

const struct fact_type fact_iface_addr = FACT_TYPE(struct fact_iface_addr, "iface_addr",
						   "an address of an interface", iface_addr_fields);

static const struct fact_field iface_fields[] = {
	FACT_FIELD(struct fact_iface, name, FACT_TEXT, "name"),
	FACT_FIELD(struct fact_iface, index, FACT_INT, "kernel's number"),
	FACT_FIELD(struct fact_iface, mtu, FACT_INT, "MTU in octets"),
	FACT_FIELD(struct fact_iface, kind, FACT_TEXT, "ethernet, loopback, l3, …"),
	FACT_FIELD(struct fact_iface, up, FACT_BOOL, "administratively up"),
	FACT_FIELD(struct fact_iface, in_twin, FACT_BOOL, "copied into the twin and probed"),
	FACT_FIELD_SUB(struct fact_iface, addrs, FACT_LIST, &fact_iface_addr, "its addresses"),
};

const struct fact_type fact_iface =
	FACT_TYPE(struct fact_iface, "iface", "an interface of this host", iface_fields);

static const struct fact_field gap_fields[] = {
	FACT_FIELD(struct fact_gap, what, FACT_TEXT, "kind of thing"),
	FACT_FIELD(struct fact_gap, which, FACT_TEXT, "the thing"),
	FACT_FIELD(struct fact_gap, why, FACT_TEXT, "why it could not be copied"),
	FACT_FIELD(struct fact_gap, means, FACT_TEXT, "what that does to the answers"),
};

const struct fact_type fact_gap =
	FACT_TYPE(struct fact_gap, "gap", "something the twin could not copy", gap_fields);

static const struct fact_field finding_fields[] = {
	FACT_FIELD(struct fact_finding, id, FACT_TEXT, "which kind of finding"),
	FACT_FIELD_ENUM(struct fact_finding, severity, fact_severity_words,
			"high, medium, low or info"),
	FACT_FIELD(struct fact_finding, family, FACT_U8, "4, 6, or 0 for both or neither"),
	FACT_FIELD(struct fact_finding, subject, FACT_TEXT, "what it is about"),
	FACT_FIELD(struct fact_finding, evidence, FACT_TEXT, "what was seen"),
	FACT_FIELD(struct fact_finding, why, FACT_TEXT, "why it matters"),
	FACT_FIELD(struct fact_finding, fix, FACT_TEXT, "the command or rule that mends it"),
};

const struct fact_type fact_finding =
	FACT_TYPE(struct fact_finding, "finding", "something that should change", finding_fields);
