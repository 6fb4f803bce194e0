/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fact/port.h"

const char *const fact_verdict_words[] = {
	"open",       "closed",      "filtered",   "open|filtered",
	"unresolved", "unreachable", "unfiltered", NULL,
};
const char *const fact_confidence_words[] = { "certain", "likely", "doubtful", NULL };

static const struct fact_field reason_fields[] = {
	FACT_FIELD(struct fact_reason, kind, FACT_TEXT,
		   "syn-ack, rst, udp, icmp, silence, sentinel, limiter, no-route, connected or "
		   "refused"),
	FACT_FIELD(struct fact_reason, from, FACT_IP, "who said so; null: nobody"),
	FACT_FIELD(struct fact_reason, icmp_type, FACT_INT, "type of an ICMP error"),
	FACT_FIELD(struct fact_reason, code, FACT_INT, "code of an ICMP error"),
	FACT_FIELD(struct fact_reason, ttl, FACT_INT, "TTL or hop limit of the reply"),
	FACT_FIELD(struct fact_reason, rtt_us, FACT_US, "round-trip time in microseconds"),
	FACT_FIELD(struct fact_reason, text, FACT_TEXT, "the same for people"),
};

const struct fact_type fact_reason =
	FACT_TYPE(struct fact_reason, "reason", "why a port's state is what it is", reason_fields);

static const struct fact_field port_fields[] = {
	FACT_FIELD(struct fact_port, addr, FACT_IP, "the host's address"),
	FACT_FIELD_ENUM(struct fact_port, proto, fact_proto_words, "protocol"),
	FACT_FIELD(struct fact_port, port, FACT_INT, "port"),
	FACT_FIELD_ENUM(struct fact_port, state, fact_verdict_words, "state"),
	FACT_FIELD(struct fact_port, service, FACT_TEXT, "IANA's name of the port's service"),
	FACT_FIELD(struct fact_port, spoke, FACT_BOOL,
		   "UDP: what answered speaks that service's protocol"),
	FACT_FIELD_SUB(struct fact_port, reason, FACT_OBJ, &fact_reason, "why"),
	FACT_FIELD(struct fact_port, tries, FACT_INT, "probes sent"),
	FACT_FIELD_ENUM(struct fact_port, confidence, fact_confidence_words, "how sure that is"),
};

const struct fact_type fact_port =
	FACT_TYPE(struct fact_port, "port", "what a scan learnt of a port", port_fields);
