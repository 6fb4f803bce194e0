/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `sonde ping` learns: replies, ICMP errors in answer, the sum per target. Pure. */
#pragma once

#include "fact/field.h"

/* What a timestamp reply says (RFC 792): milliseconds since midnight UT, as sent. */
struct fact_timestamp {
	int64_t originate, receive, transmit;
};

struct fact_reply {
	const char *target;  /* as the user named it */
	struct ip_addr from; /* who answered */
	int64_t seq;         /* from 1 */
	int64_t icmp_type, code;
	int64_t ttl;                            /* of the reply; FACT_NONE: not told */
	int64_t rtt_us;                         /* nanoseconds, shown as microseconds */
	int64_t bytes;                          /* ICMP octets */
	bool duplicate;                         /* this sequence number was answered before */
	bool late;                              /* it came after the time that was to be waited */
	const struct fact_timestamp *timestamp; /* of a timestamp query; else NULL */
	struct ip_addr mask;                    /* of a mask query; else family 0 */
	const char *iface; /* of a probe query: what the reply says; else NULL */
};

struct fact_icmp_error {
	const char *target;
	struct ip_addr from; /* the offender */
	int64_t seq;
	int64_t icmp_type, code;
	int64_t mtu;         /* of 3/4 and packet-too-big; else FACT_NONE */
	const char *name;    /* machine name in the registry */
	const char *meaning; /* from the registry */
	int64_t rtt_us;
};

struct fact_rtt {
	int64_t min, avg, p50, p95, p99, max, mdev; /* nanoseconds, shown as microseconds */
};

struct fact_ping_target {
	const char *target;
	struct ip_addr addr;
	int64_t sent, received, duplicates, errors;
	int64_t late;     /* of .received: after the time that was to be waited */
	int64_t unsent;   /* probes that this host could not send */
	int64_t loss_pct; /* thousandths of a per cent */
	struct fact_rtt rtt_us;
};

extern const struct fact_type fact_timestamp, fact_reply, fact_icmp_error, fact_rtt,
	fact_ping_target;
