/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fact/host.h"

const char *const fact_host_state_words[] = { "up",          "down",    "prohibited",
					      "unreachable", "unknown", NULL };

static const struct fact_field by_fields[] = {
	FACT_FIELD(struct fact_by, probe, FACT_TEXT, "what was asked: echo, tcp:443, …"),
	FACT_FIELD(struct fact_by, reply, FACT_TEXT, "what came: answer, syn-ack, rst, icmp, …"),
	FACT_FIELD(struct fact_by, from, FACT_IP,
		   "who said so: the target, or the sender of an ICMP error"),
	FACT_FIELD(struct fact_by, icmp_type, FACT_INT, "type of an ICMP reply"),
	FACT_FIELD(struct fact_by, code, FACT_INT, "code of an ICMP reply"),
	FACT_FIELD(struct fact_by, ttl, FACT_INT, "TTL or hop limit of the reply"),
	FACT_FIELD(struct fact_by, rtt_us, FACT_US, "round-trip time in microseconds"),
	FACT_FIELD(struct fact_by, tries, FACT_INT, "probes sent until it came"),
};

const struct fact_type fact_by =
	FACT_TYPE(struct fact_by, "by", "one answer: who said what, to which probe", by_fields);

static const struct fact_field host_fields[] = {
	FACT_FIELD(struct fact_host, addr, FACT_IP, "address"),
	FACT_FIELD(struct fact_host, name, FACT_TEXT, "as the user named it; null: by its address"),
	FACT_FIELD_ENUM(struct fact_host, state, fact_host_state_words, "state"),
	FACT_FIELD(struct fact_host, by_who, FACT_IP,
		   "prohibited or unreachable: whose word that is"),
	FACT_FIELD_SUB(struct fact_host, by, FACT_LIST, &fact_by,
		       "the answers, in the order of the probes"),
	FACT_FIELD(struct fact_host, mac, FACT_TEXT, "link address; null: on no link of ours"),
	FACT_FIELD(struct fact_host, vendor, FACT_TEXT, "maker of the interface, by link address"),
	FACT_FIELD(struct fact_host, middlebox, FACT_TEXT,
		   "why something else seems to answer for it; null: nothing is odd"),
	FACT_FIELD(struct fact_host, error, FACT_TEXT, "why it could not be asked; null: it could"),
};

const struct fact_type fact_host =
	FACT_TYPE(struct fact_host, "host", "what a sweep or scan learnt of a target", host_fields);

static const struct fact_field survey_fields[] = {
	FACT_FIELD(struct fact_survey, targets, FACT_INT, "addresses to ask"),
	FACT_FIELD(struct fact_survey, up, FACT_INT, "of them: up"),
	FACT_FIELD(struct fact_survey, probes, FACT_INT, "packets sent"),
	FACT_FIELD(struct fact_survey, answers, FACT_INT, "replies that counted"),
	FACT_FIELD(struct fact_survey, duplicates, FACT_INT, "further replies to the same probe"),
	FACT_FIELD(struct fact_survey, late, FACT_INT, "replies after the verdict"),
	FACT_FIELD(struct fact_survey, forged, FACT_INT,
		   "replies that fit no probe in every field: not believed"),
	FACT_FIELD(struct fact_survey, rate_pps, FACT_INT,
		   "packets a second, over the time it was sending"),
	FACT_FIELD(
		struct fact_survey, miss_rate, FACT_SHARE,
		"share, 0 to 1, of probes to answering targets that no answer came for; null: cannot be "
		"told"),
	FACT_FIELD(struct fact_survey, missed, FACT_PCT,
		   "how many answers were probably missed after all tries, with three decimals"),
	FACT_FIELD(struct fact_survey, special, FACT_INT,
		   "addresses left out: reserved, multicast or documentation"),
	FACT_FIELD(struct fact_survey, excluded, FACT_INT, "addresses left out as asked"),
	FACT_FIELD(struct fact_survey, repeated, FACT_INT, "addresses named more than once"),
	FACT_FIELD(struct fact_survey, backend, FACT_TEXT,
		   "how packets left: packet, ip, xdp or sockets"),
	FACT_FIELD(struct fact_survey, resume, FACT_TEXT,
		   "file for --resume; null: it was finished"),
};

const struct fact_type fact_survey =
	FACT_TYPE(struct fact_survey, "survey", "the sum of a sweep or scan", survey_fields);
