/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fact/watch.h"

const char *const fact_direction_words[] = { "passing", "in", "out", NULL };
const char *const fact_talker_words[] = { "source", "destination", NULL };

static const struct fact_field count_fields[] = {
	FACT_FIELD(struct fact_icmp_count, family, FACT_INT, "4 or 6"),
	FACT_FIELD(struct fact_icmp_count, icmp_type, FACT_INT,
		   "type; null: the capture cut it off"),
	FACT_FIELD(struct fact_icmp_count, code, FACT_INT, "code; null: the capture cut it off"),
	FACT_FIELD(struct fact_icmp_count, name, FACT_TEXT, "name in the registry"),
	FACT_FIELD_ENUM(struct fact_icmp_count, direction, fact_direction_words,
			"to this host, from it, or neither or not known"),
	FACT_FIELD(struct fact_icmp_count, packets, FACT_INT, "packets"),
	FACT_FIELD(struct fact_icmp_count, bytes, FACT_INT, "octets of their frames on the wire"),
	FACT_FIELD(struct fact_icmp_count, risk, FACT_TEXT,
		   "risk of accepting it from strangers: none, low, medium, high"),
};

const struct fact_type fact_icmp_count =
	FACT_TYPE(struct fact_icmp_count, "icmp_count",
		  "packets of one ICMP type and code, one way", count_fields);

static const struct fact_field failure_fields[] = {
	FACT_FIELD(struct fact_failure, src, FACT_IP, "who could not reach it"),
	FACT_FIELD(struct fact_failure, dst, FACT_IP, "what could not be reached"),
	FACT_FIELD(struct fact_failure, proto, FACT_TEXT,
		   "tcp, udp, icmp, or the protocol's number; null: not quoted"),
	FACT_FIELD(struct fact_failure, dport, FACT_INT, "destination port, where one is quoted"),
	FACT_FIELD(struct fact_failure, service, FACT_TEXT, "name of the port's service"),
	FACT_FIELD(struct fact_failure, icmp_type, FACT_INT, "type of the error"),
	FACT_FIELD(struct fact_failure, code, FACT_INT, "code of the error"),
	FACT_FIELD(struct fact_failure, name, FACT_TEXT, "name in the registry"),
	FACT_FIELD(struct fact_failure, meaning, FACT_TEXT, "meaning in the registry"),
	FACT_FIELD(struct fact_failure, offender, FACT_IP, "who said so, the latest"),
	FACT_FIELD(struct fact_failure, offenders, FACT_INT,
		   "how often that was another one than before, and 1"),
	FACT_FIELD(struct fact_failure, count, FACT_INT, "errors"),
	FACT_FIELD(struct fact_failure, first, FACT_TIME, "when the first was seen"),
	FACT_FIELD(struct fact_failure, last, FACT_TIME, "when the latest was seen"),
	FACT_FIELD(struct fact_failure, mtu, FACT_INT,
		   "of too-big: the MTU told, in octets, the latest"),
	FACT_FIELD(struct fact_failure, gateway, FACT_IP, "of a redirect: the gateway to use"),
	FACT_FIELD(struct fact_failure, hint, FACT_TEXT, "what it means, and what one would do"),
};

const struct fact_type fact_failure =
	FACT_TYPE(struct fact_failure, "failure",
		  "who could not reach what, and why: errors about the same thing", failure_fields);

static const struct fact_field echo_fields[] = {
	FACT_FIELD(struct fact_echo_rtt, src, FACT_IP, "who asks"),
	FACT_FIELD(struct fact_echo_rtt, dst, FACT_IP, "who is asked"),
	FACT_FIELD(struct fact_echo_rtt, requests, FACT_INT, "echo requests seen"),
	FACT_FIELD(struct fact_echo_rtt, replies, FACT_INT, "replies to those"),
	FACT_FIELD(struct fact_echo_rtt, lost, FACT_INT, "requests without a reply in 3 s"),
	FACT_FIELD(struct fact_echo_rtt, duplicates, FACT_INT, "further replies to the same"),
	FACT_FIELD(struct fact_echo_rtt, unasked, FACT_INT,
		   "replies whose request was not seen, or is forgotten"),
	FACT_FIELD(struct fact_echo_rtt, loss, FACT_PCT, "per cent lost of those answered or lost"),
	FACT_FIELD(struct fact_echo_rtt, first, FACT_TIME, "when the first was seen"),
	FACT_FIELD(struct fact_echo_rtt, last, FACT_TIME, "when the latest was seen"),
	FACT_FIELD_SUB(struct fact_echo_rtt, rtt_us, FACT_OBJ, &fact_rtt,
		       "from request to reply, where they were seen"),
};

const struct fact_type fact_echo_rtt = FACT_TYPE(
	struct fact_echo_rtt, "echo_rtt", "the pings of one to another, watched", echo_fields);

static const struct fact_field talker_fields[] = {
	FACT_FIELD(struct fact_talker, addr, FACT_IP, "address"),
	FACT_FIELD_ENUM(struct fact_talker, role, fact_talker_words, "of ICMP packets it is"),
	FACT_FIELD(struct fact_talker, packets, FACT_INT, "ICMP packets, at most"),
	FACT_FIELD(struct fact_talker, bytes, FACT_INT,
		   "octets of their frames, since it has a place"),
	FACT_FIELD(struct fact_talker, error, FACT_INT, "packets may be so much too large"),
};

const struct fact_type fact_talker = FACT_TYPE(
	struct fact_talker, "talker", "an address that sends or gets much ICMP", talker_fields);

static const struct fact_field interval_fields[] = {
	FACT_FIELD(struct fact_watch_interval, first, FACT_TIME, "when it began"),
	FACT_FIELD(struct fact_watch_interval, last, FACT_TIME, "when it ended"),
	FACT_FIELD(struct fact_watch_interval, frames, FACT_INT, "frames in it"),
	FACT_FIELD(struct fact_watch_interval, icmp, FACT_INT, "ICMP packets in it"),
	FACT_FIELD(struct fact_watch_interval, errors, FACT_INT,
		   "ICMP errors in it that tell of a failure"),
	FACT_FIELD(struct fact_watch_interval, dropped, FACT_INT,
		   "frames that the kernel could not hand over"),
	FACT_FIELD_SUB(struct fact_watch_interval, counts, FACT_LIST, &fact_icmp_count,
		       "each type and code, of this interval alone"),
};

const struct fact_type fact_watch_interval =
	FACT_TYPE(struct fact_watch_interval, "watch_interval",
		  "what a live watch saw in one interval", interval_fields);

static const struct fact_field sum_fields[] = {
	FACT_FIELD(struct fact_watch_sum, files, FACT_INT, "capture files read"),
	FACT_FIELD(struct fact_watch_sum, interfaces, FACT_INT, "interfaces watched"),
	FACT_FIELD(struct fact_watch_sum, frames, FACT_INT, "frames that the filter let pass"),
	FACT_FIELD(struct fact_watch_sum, icmp, FACT_INT, "ICMP packets"),
	FACT_FIELD(struct fact_watch_sum, other, FACT_INT, "IP packets of other protocols"),
	FACT_FIELD(struct fact_watch_sum, unreadable, FACT_INT,
		   "frames without IP, or damaged below it"),
	FACT_FIELD(struct fact_watch_sum, not_opened, FACT_INT,
		   "frames of a kind of link that is not opened"),
	FACT_FIELD(struct fact_watch_sum, fragments, FACT_INT,
		   "later fragments of ICMP messages: not among .icmp"),
	FACT_FIELD(struct fact_watch_sum, reassembled, FACT_INT,
		   "ICMP messages put together from fragments"),
	FACT_FIELD(struct fact_watch_sum, unassembled, FACT_INT,
		   "ICMP messages whose fragments did not all come, or had to make room"),
	FACT_FIELD(struct fact_watch_sum, overlaps, FACT_INT,
		   "ICMP messages refused because their fragments overlap"),
	FACT_FIELD(struct fact_watch_sum, cut, FACT_INT,
		   "ICMP packets that the capture holds a part of"),
	FACT_FIELD(struct fact_watch_sum, bad_checksum, FACT_INT,
		   "ICMP packets with a wrong checksum"),
	FACT_FIELD(struct fact_watch_sum, errors, FACT_INT, "ICMP errors that tell of a failure"),
	FACT_FIELD(struct fact_watch_sum, failures, FACT_INT, "groups of failures"),
	FACT_FIELD(struct fact_watch_sum, failures_forgotten, FACT_INT,
		   "groups that had to make room"),
	FACT_FIELD(struct fact_watch_sum, unfit, FACT_INT,
		   "errors that quote a packet their receiver did not send"),
	FACT_FIELD(struct fact_watch_sum, unquoted, FACT_INT,
		   "errors that quote too little to tell whose packet it was"),
	FACT_FIELD(struct fact_watch_sum, pairs, FACT_INT, "pairs that ping"),
	FACT_FIELD(struct fact_watch_sum, pairs_forgotten, FACT_INT,
		   "pairs and requests that had to make room"),
	FACT_FIELD(struct fact_watch_sum, dropped, FACT_INT,
		   "live: frames that the kernel could not hand over"),
	FACT_FIELD(struct fact_watch_sum, first, FACT_TIME, "time of the first frame"),
	FACT_FIELD(struct fact_watch_sum, last, FACT_TIME, "time of the last frame"),
};

const struct fact_type fact_watch_sum =
	FACT_TYPE(struct fact_watch_sum, "watch_sum", "the sum of a watch", sum_fields);
