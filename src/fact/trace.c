/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fact/trace.h"

const char *const fact_hop_verdict_words[] = { "ok", "limits", "loses", "silent", NULL };
const char *const fact_trace_state_words[] = { "reached", "unreachable", "silent", "unsent", NULL };

static const struct fact_field mpls_fields[] = {
	FACT_FIELD(struct fact_mpls, label, FACT_INT, "label, 0..1048575"),
	FACT_FIELD(struct fact_mpls, tc, FACT_INT, "traffic class, 0..7"),
	FACT_FIELD(struct fact_mpls, ttl, FACT_INT, "TTL of the entry as it arrived there"),
	FACT_FIELD(struct fact_mpls, bottom, FACT_BOOL, "the last entry of the stack"),
};

const struct fact_type fact_mpls = FACT_TYPE(
	struct fact_mpls, "mpls", "an entry of an MPLS label stack (RFC 4950)", mpls_fields);

static const struct fact_field iface_fields[] = {
	FACT_FIELD(struct fact_hop_iface, role, FACT_TEXT,
		   "incoming, sub-ip, outgoing or next-hop"),
	FACT_FIELD(struct fact_hop_iface, ifindex, FACT_INT, "the router's number for it"),
	FACT_FIELD(struct fact_hop_iface, mtu, FACT_INT, "its MTU in octets"),
	FACT_FIELD(struct fact_hop_iface, addr, FACT_IP, "its address"),
	FACT_FIELD(struct fact_hop_iface, name, FACT_TEXT, "its name"),
};

const struct fact_type fact_hop_iface =
	FACT_TYPE(struct fact_hop_iface, "hop_iface",
		  "an interface that a router told about (RFC 5837)", iface_fields);

static const struct fact_field hop_fields[] = {
	FACT_FIELD(struct fact_hop, target, FACT_TEXT, "the target as it was named"),
	FACT_FIELD(struct fact_hop, ttl, FACT_INT, "hop limit of the probes"),
	FACT_FIELD(struct fact_hop, addr, FACT_IP, "who answered; null: nobody"),
	FACT_FIELD(struct fact_hop, name, FACT_TEXT, "name of the address, by the resolver"),
	FACT_FIELD_SUB(struct fact_hop, rtt_us, FACT_OBJ, &fact_rtt,
		       "round-trip times to this address"),
	FACT_FIELD(struct fact_hop, jitter_us, FACT_US,
		   "mean difference of successive round-trip times"),
	FACT_FIELD(struct fact_hop, sent, FACT_INT,
		   "probes of this hop limit, without those still waited for"),
	FACT_FIELD(struct fact_hop, received, FACT_INT, "answers from this address"),
	FACT_FIELD(struct fact_hop, duplicates, FACT_INT, "further answers to the same probes"),
	FACT_FIELD(struct fact_hop, late, FACT_INT, "answers after the time to wait"),
	FACT_FIELD(
		struct fact_hop, loss_pct, FACT_PCT,
		"per cent of this hop limit's probes without an answer; the verdict says whether "
		"packets were lost"),
	FACT_FIELD_ENUM(
		struct fact_hop, verdict, fact_hop_verdict_words,
		"of this hop limit: ok; limits: it limits its ICMP, nothing is lost; loses: "
		"packets are lost at it or on the way to it; silent: it never answered"),
	FACT_FIELD(struct fact_hop, evidence, FACT_TEXT, "why that is the verdict, in a sentence"),
	FACT_FIELD(struct fact_hop, icmp_type, FACT_INT, "type of its last ICMP answer"),
	FACT_FIELD(struct fact_hop, code, FACT_INT, "code of its last ICMP answer"),
	FACT_FIELD(struct fact_hop, icmp_name, FACT_TEXT, "name in the registry"),
	FACT_FIELD(struct fact_hop, meaning, FACT_TEXT, "meaning in the registry"),
	FACT_FIELD(
		struct fact_hop, reply, FACT_TEXT,
		"what came: time-exceeded, unreachable, echo-reply, syn-ack, rst, udp; null: nothing"),
	FACT_FIELD(struct fact_hop, reply_ttl, FACT_INT,
		   "TTL or hop limit of the answer as it arrived"),
	FACT_FIELD_SUB(struct fact_hop, mpls, FACT_LIST, &fact_mpls,
		       "label stack that the probe carried, outermost first"),
	FACT_FIELD_SUB(struct fact_hop, iface, FACT_LIST, &fact_hop_iface,
		       "interfaces that the router told about"),
	FACT_FIELD(struct fact_hop, nat, FACT_BOOL,
		   "the quoted probe has other addresses or ports than were sent"),
	FACT_FIELD(struct fact_hop, quoted, FACT_TEXT,
		   "what the quoted probe shows changed; null: nothing"),
	FACT_FIELD(struct fact_hop, quoted_ttl, FACT_INT, "TTL or hop limit in the quote"),
	FACT_FIELD(struct fact_hop, quoted_tos, FACT_INT,
		   "type of service or traffic class in the quote"),
};

const struct fact_type fact_hop =
	FACT_TYPE(struct fact_hop, "hop",
		  "one address at one hop limit of a path; silent ones have addr null", hop_fields);

static const struct fact_field path_hop_fields[] = {
	FACT_FIELD(struct fact_path_hop, ttl, FACT_INT, "hop limit"),
	FACT_FIELD(struct fact_path_hop, addr, FACT_IP, "who is there; null: silent"),
};

const struct fact_type fact_path_hop =
	FACT_TYPE(struct fact_path_hop, "path_hop", "one hop of a branch", path_hop_fields);

static const struct fact_field path_fields[] = {
	FACT_FIELD(struct fact_path, target, FACT_TEXT, "the target as it was named"),
	FACT_FIELD(struct fact_path, branch, FACT_INT, "number of the branch, from 1"),
	FACT_FIELD(struct fact_path, branches, FACT_INT, "how many branches there are"),
	FACT_FIELD(struct fact_path, flow, FACT_INT, "number of a flow that takes it (--flow)"),
	FACT_FIELD(struct fact_path, reached, FACT_BOOL, "it ends at the target"),
	FACT_FIELD_SUB(struct fact_path, hops, FACT_LIST, &fact_path_hop, "its hops in order"),
};

const struct fact_type fact_path = FACT_TYPE(
	struct fact_path, "path",
	"one branch of the way to a target; without --paths the one that was seen", path_fields);

static const struct fact_field path_mtu_fields[] = {
	FACT_FIELD(struct fact_path_mtu, target, FACT_TEXT, "the target as it was named"),
	FACT_FIELD(struct fact_path_mtu, mtu, FACT_INT,
		   "octets of the largest packet that passed; null: none did"),
	FACT_FIELD(struct fact_path_mtu, exact, FACT_BOOL,
		   "a packet one octet longer did not pass"),
	FACT_FIELD(struct fact_path_mtu, black_hole, FACT_BOOL,
		   "larger packets vanish and nobody says so"),
	FACT_FIELD(struct fact_path_mtu, set_ttl, FACT_INT, "hop limit of who announced it"),
	FACT_FIELD(struct fact_path_mtu, set_by, FACT_IP, "who announced it"),
	FACT_FIELD(struct fact_path_mtu, said, FACT_INT, "the MTU that was announced"),
	FACT_FIELD(struct fact_path_mtu, lied, FACT_BOOL,
		   "packets of the announced size do not pass"),
	FACT_FIELD(struct fact_path_mtu, last_ttl, FACT_INT,
		   "of a black hole: hop limit of the last that passed large packets"),
	FACT_FIELD(struct fact_path_mtu, last_passed, FACT_IP, "who that is"),
	FACT_FIELD(struct fact_path_mtu, next_ttl, FACT_INT,
		   "of a black hole: hop limit of the first behind it that answers small packets"),
	FACT_FIELD(struct fact_path_mtu, next, FACT_IP, "who that is"),
	FACT_FIELD(struct fact_path_mtu, meaning, FACT_TEXT, "what that means, for a person"),
};

const struct fact_type fact_path_mtu =
	FACT_TYPE(struct fact_path_mtu, "path_mtu",
		  "the largest packet that passes, and who sets that", path_mtu_fields);

static const struct fact_field trace_fields[] = {
	FACT_FIELD(struct fact_trace, target, FACT_TEXT, "the target as it was named"),
	FACT_FIELD(struct fact_trace, addr, FACT_IP, "its address"),
	FACT_FIELD_ENUM(struct fact_trace, state, fact_trace_state_words,
			"reached; unreachable: somebody says so; silent: neither; unsent: nothing "
			"could be sent"),
	FACT_FIELD(struct fact_trace, by, FACT_TEXT,
		   "what ended it: echo-reply, syn-ack, an error"),
	FACT_FIELD(struct fact_trace, from, FACT_IP, "who said so"),
	FACT_FIELD(struct fact_trace, hops, FACT_INT,
		   "hop limit of the end, or of the last who answered"),
	FACT_FIELD(struct fact_trace, sent, FACT_INT, "probes sent"),
	FACT_FIELD(struct fact_trace, received, FACT_INT, "probes answered"),
	FACT_FIELD(struct fact_trace, loss_pct, FACT_PCT,
		   "per cent of packets lost on the whole way; null: cannot be told"),
	FACT_FIELD(struct fact_trace, loop_ttl, FACT_INT,
		   "first hop limit of a routing loop; null: there is none"),
	FACT_FIELD(struct fact_trace, branches, FACT_INT,
		   "branches that were found; null without --paths"),
	FACT_FIELD(struct fact_trace, confidence_pct, FACT_PCT,
		   "how sure it is that these are all, in per cent"),
	FACT_FIELD(struct fact_trace, probes, FACT_INT, "probes that finding the branches took"),
	FACT_FIELD(struct fact_trace, mtu, FACT_INT, "path MTU in octets; null without --mtu"),
	FACT_FIELD(struct fact_trace, error, FACT_TEXT, "why nothing could be sent"),
	FACT_FIELD(struct fact_trace, meaning, FACT_TEXT,
		   "what stands out, in a sentence or two; null: nothing does"),
};

const struct fact_type fact_trace =
	FACT_TYPE(struct fact_trace, "trace", "the sum of one target's trace", trace_fields);
