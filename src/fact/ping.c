/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fact/ping.h"

static const struct fact_field timestamp_fields[] = {
	FACT_FIELD(struct fact_timestamp, originate, FACT_INT,
		   "when the request left, in ms since midnight UT"),
	FACT_FIELD(struct fact_timestamp, receive, FACT_INT, "when it came to the target"),
	FACT_FIELD(struct fact_timestamp, transmit, FACT_INT, "when the reply left"),
};

const struct fact_type fact_timestamp = FACT_TYPE(
	struct fact_timestamp, "timestamp", "the times in a timestamp reply", timestamp_fields);

static const struct fact_field reply_fields[] = {
	FACT_FIELD(struct fact_reply, target, FACT_TEXT, "the target as it was named"),
	FACT_FIELD(struct fact_reply, from, FACT_IP, "who answered"),
	FACT_FIELD(struct fact_reply, seq, FACT_INT, "sequence number, from 1"),
	FACT_FIELD(struct fact_reply, icmp_type, FACT_INT, "type of the reply"),
	FACT_FIELD(struct fact_reply, code, FACT_INT, "code of the reply"),
	FACT_FIELD(struct fact_reply, ttl, FACT_INT, "TTL or hop limit of the reply"),
	FACT_FIELD(struct fact_reply, rtt_us, FACT_US, "round-trip time in microseconds"),
	FACT_FIELD(struct fact_reply, bytes, FACT_INT, "ICMP octets of the reply"),
	FACT_FIELD(struct fact_reply, duplicate, FACT_BOOL, "answered before"),
	FACT_FIELD(struct fact_reply, late, FACT_BOOL, "came after the time to wait"),
	FACT_FIELD_SUB(struct fact_reply, timestamp, FACT_REF, &fact_timestamp,
		       "of a timestamp query"),
	FACT_FIELD(struct fact_reply, mask, FACT_IP, "of a mask query: the target's subnet mask"),
	FACT_FIELD(struct fact_reply, iface, FACT_TEXT,
		   "of a probe query: the interface's state, or why it is not told"),
};

const struct fact_type fact_reply =
	FACT_TYPE(struct fact_reply, "reply", "an answer to a ping", reply_fields);

static const struct fact_field error_fields[] = {
	FACT_FIELD(struct fact_icmp_error, target, FACT_TEXT, "the target as it was named"),
	FACT_FIELD(struct fact_icmp_error, from, FACT_IP, "the offender: who sent the error"),
	FACT_FIELD(struct fact_icmp_error, seq, FACT_INT, "sequence number of the probe, from 1"),
	FACT_FIELD(struct fact_icmp_error, icmp_type, FACT_INT, "type of the error"),
	FACT_FIELD(struct fact_icmp_error, code, FACT_INT, "code of the error"),
	FACT_FIELD(struct fact_icmp_error, mtu, FACT_INT,
		   "next-hop MTU in octets, where one is told"),
	FACT_FIELD(struct fact_icmp_error, name, FACT_TEXT, "name in the registry"),
	FACT_FIELD(struct fact_icmp_error, meaning, FACT_TEXT, "meaning in the registry"),
	FACT_FIELD(struct fact_icmp_error, rtt_us, FACT_US, "time to the error in microseconds"),
};

const struct fact_type fact_icmp_error = FACT_TYPE(
	struct fact_icmp_error, "icmp_error", "an ICMP error in answer to a probe", error_fields);

static const struct fact_field rtt_fields[] = {
	FACT_FIELD(struct fact_rtt, min, FACT_US, "least"),
	FACT_FIELD(struct fact_rtt, avg, FACT_US, "mean"),
	FACT_FIELD(struct fact_rtt, p50, FACT_US, "median"),
	FACT_FIELD(struct fact_rtt, p95, FACT_US, "95th percentile"),
	FACT_FIELD(struct fact_rtt, p99, FACT_US, "99th percentile"),
	FACT_FIELD(struct fact_rtt, max, FACT_US, "greatest"),
	FACT_FIELD(struct fact_rtt, mdev, FACT_US, "standard deviation"),
};

const struct fact_type fact_rtt =
	FACT_TYPE(struct fact_rtt, "rtt", "round-trip times in microseconds", rtt_fields);

static const struct fact_field target_fields[] = {
	FACT_FIELD(struct fact_ping_target, target, FACT_TEXT, "the target as it was named"),
	FACT_FIELD(struct fact_ping_target, addr, FACT_IP, "its address"),
	FACT_FIELD(struct fact_ping_target, sent, FACT_INT, "probes sent"),
	FACT_FIELD(struct fact_ping_target, received, FACT_INT, "probes answered"),
	FACT_FIELD(struct fact_ping_target, duplicates, FACT_INT, "further answers"),
	FACT_FIELD(struct fact_ping_target, errors, FACT_INT, "ICMP errors in answer"),
	FACT_FIELD(struct fact_ping_target, late, FACT_INT,
		   "of those received: after the time to wait"),
	FACT_FIELD(struct fact_ping_target, unsent, FACT_INT,
		   "probes that this host could not send"),
	FACT_FIELD(struct fact_ping_target, loss_pct, FACT_PCT, "per cent not answered"),
	FACT_FIELD_SUB(struct fact_ping_target, rtt_us, FACT_OBJ, &fact_rtt, "round-trip times"),
};

const struct fact_type fact_ping_target = FACT_TYPE(
	struct fact_ping_target, "ping_target", "the sum of one target's answers", target_fields);
