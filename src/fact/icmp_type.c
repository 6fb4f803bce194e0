/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fact/icmp_type.h"

static const struct fact_field advice_fields[] = {
	FACT_FIELD(struct fact_advice, input, FACT_TEXT,
		   "advice for messages that arrive for this host"),
	FACT_FIELD(struct fact_advice, output, FACT_TEXT,
		   "advice for messages that this host sends"),
	FACT_FIELD(struct fact_advice, forward, FACT_TEXT, "advice for messages that pass through"),
};

static const struct fact_type advice =
	FACT_TYPE(struct fact_advice, "advice", "what to do with a type", advice_fields);

static const struct fact_field fields[] = {
	FACT_FIELD(struct fact_icmp_type, family, FACT_U8, "4 or 6"),
	FACT_FIELD(struct fact_icmp_type, icmp_type, FACT_INT,
		   "type number, the first one of a range"),
	FACT_FIELD(struct fact_icmp_type, icmp_type_to, FACT_INT,
		   "last type of a range; null: one type"),
	FACT_FIELD(struct fact_icmp_type, code, FACT_INT,
		   "code; null: every code without a row of its own"),
	FACT_FIELD(struct fact_icmp_type, name, FACT_TEXT, "IANA's name"),
	FACT_FIELD(struct fact_icmp_type, machine_name, FACT_TEXT, "the name to type"),
	FACT_FIELD(struct fact_icmp_type, class, FACT_TEXT,
		   "error, query, reply, discovery, routing, info, …"),
	FACT_FIELD(struct fact_icmp_type, status, FACT_TEXT,
		   "current, deprecated, historic, unassigned, …"),
	FACT_FIELD(struct fact_icmp_type, rfc, FACT_TEXT, "where it is defined"),
	FACT_FIELD(struct fact_icmp_type, meaning, FACT_TEXT, "what it says"),
	FACT_FIELD(struct fact_icmp_type, cause, FACT_TEXT, "why one is usually seen"),
	FACT_FIELD(struct fact_icmp_type, risk, FACT_TEXT,
		   "none, low, medium or high: of letting it in"),
	FACT_FIELD(struct fact_icmp_type, risk_why, FACT_TEXT, "the reason of the risk"),
	FACT_FIELD(struct fact_icmp_type, breakage, FACT_TEXT, "what breaks when it is blocked"),
	FACT_FIELD_SUB(struct fact_icmp_type, advice, FACT_OBJ, &advice,
		       "accept, ratelimit, drop, …"),
	FACT_FIELD(struct fact_icmp_type, note, FACT_TEXT, "what a policy should know besides"),
};

const struct fact_type fact_icmp_type = FACT_TYPE(
	struct fact_icmp_type, "icmp_type", "an ICMP type or code, from the registry", fields);
