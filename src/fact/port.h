/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `sonde scan` learns of a port, and how sure it is. Pure. */
#pragma once

#include "fact/field.h"
#include "fact/socket.h"

enum fact_verdict {
	FACT_VERDICT_OPEN,
	FACT_VERDICT_CLOSED,
	FACT_VERDICT_FILTERED, /* an ICMP prohibition, or TCP silence of a host that otherwise answers */
	FACT_VERDICT_OPEN_FILTERED, /* UDP silence: not closed, and no limiter hid a refusal */
	FACT_VERDICT_UNRESOLVED, /* silence that a limiter, loss or an end before the time may explain */
	FACT_VERDICT_UNREACHABLE, /* a router says so, or this host has no route */
	FACT_VERDICT_UNFILTERED,  /* -sA: a reset came, so nothing stands between */
};

enum fact_confidence {
	FACT_CERTAIN,  /* the target said so itself */
	FACT_LIKELY,   /* silence or another's word, asked often enough */
	FACT_DOUBTFUL, /* something contradicts: a middlebox, loss, a lone silence */
};

extern const char *const fact_verdict_words
	[]; /* open, closed, filtered, open|filtered, unresolved, unreachable, unfiltered */
extern const char *const fact_confidence_words[];

/* Why the verdict is what it is. */
struct fact_reason {
	const char *
		kind; /* syn-ack, rst, udp, icmp, silence, sentinel, limiter, no-route, connected, refused */
	struct ip_addr from;     /* who said so; family 0: nobody */
	int64_t icmp_type, code; /* kind icmp; else FACT_NONE */
	int64_t ttl;
	int64_t rtt_us;   /* nanoseconds, shown as microseconds */
	const char *text; /* a phrase for people: "prohibited by 10.0.0.1" */
};

struct fact_port {
	struct ip_addr addr;
	uint8_t proto; /* enum fact_proto: TCP or UDP */
	int64_t port;
	uint8_t state;       /* enum fact_verdict */
	const char *service; /* IANA's name, from /etc/services; NULL: none */
	bool spoke;          /* UDP: what answered speaks that service's protocol */
	struct fact_reason reason;
	int64_t tries;
	uint8_t confidence; /* enum fact_confidence */
};

extern const struct fact_type fact_reason, fact_port;
