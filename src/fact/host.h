/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `sonde sweep` learns of a target, and the sum of a survey. Pure. */
#pragma once

#include "fact/field.h"

enum fact_host_state {
	FACT_HOST_UP,
	FACT_HOST_DOWN,       /* nothing came, and loss does not explain it */
	FACT_HOST_PROHIBITED, /* a firewall said so by ICMP (3/9, 3/10, 3/13; 1/1, 1/5, 1/6 …) */
	FACT_HOST_UNREACHABLE, /* a router said so (3/0, 3/1 …; 1/0, 1/3), or this host has no route */
	FACT_HOST_UNKNOWN, /* not decided: interrupted, or it could not be asked */
};

extern const char *const fact_host_state_words[];

/* One answer: who said what, to which probe. */
struct fact_by {
	const char *probe;       /* "echo", "tcp:443" */
	const char *reply;       /* answer, syn-ack, rst, icmp */
	struct ip_addr from;     /* the target, or the offender of an ICMP error */
	int64_t icmp_type, code; /* FACT_NONE: not ICMP */
	int64_t ttl;             /* FACT_NONE: not told (ARP) */
	int64_t rtt_us;          /* nanoseconds, shown as microseconds */
	int64_t tries;           /* probes sent until it came */
};

struct fact_host {
	struct ip_addr addr;
	const char *name;      /* as the user named it, or reverse DNS; NULL */
	uint8_t state;         /* enum fact_host_state */
	struct ip_addr by_who; /* PROHIBITED, UNREACHABLE: the offender; else family 0 */
	struct fact_list by;   /* struct fact_by, in the order of the probes */
	const char *mac;       /* "02:00:5e:10:00:00"; NULL: not on a link of ours */
	const char *vendor;    /* of the link address; NULL: not known */
	const char *middlebox; /* why not to believe what answers for it; NULL: nothing odd */
	const char *error;     /* why it could not be asked; NULL */
};

/* The sum of a sweep or scan. */
struct fact_survey {
	int64_t targets;                  /* addresses to ask */
	int64_t up;                       /* of them */
	int64_t probes;                   /* packets sent */
	int64_t answers;                  /* replies that counted */
	int64_t duplicates, late, forged; /* replies that did not */
	int64_t rate_pps;                 /* packets a second, over the time it was sending */
	int64_t miss_rate; /* millionths: of probes to answering targets that no answer came for; FACT_NONE: cannot be told */
	int64_t missed; /* answers that were probably missed after all tries, in thousandths */
	int64_t special, excluded, repeated; /* addresses left out, and why */
	const char *backend;                 /* packet, ip, xdp, sockets; the first one used */
	const char *resume;                  /* file to go on with; NULL: it is finished */
};

extern const struct fact_type fact_by, fact_host, fact_survey;
