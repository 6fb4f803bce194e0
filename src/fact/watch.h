/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `sonde watch` and `sonde detect` learn. Pure. */
#pragma once

#include "fact/field.h"
#include "fact/ping.h"

/* One type and code, one way. */
struct fact_icmp_count {
	int64_t family;
	int64_t icmp_type, code; /* FACT_NONE: cut off by the capture */
	const char *name;        /* machine name in the registry; NULL: the type was cut off */
	uint8_t direction;       /* index of fact_direction_words, as enum sight_way */
	int64_t packets, bytes;  /* octets of whole frames on the wire */
	const char *risk;        /* of accepting it from strangers; NULL as .name */
};

/* Who could not reach what, and why. */
struct fact_failure {
	struct ip_addr src, dst; /* of the packet that failed */
	const char *proto;       /* "tcp", "udp", "icmp", else the number; NULL: not quoted */
	int64_t dport;           /* FACT_NONE: the protocol has none, or it was not quoted */
	const char *service;     /* of the port, where one is known; else NULL */
	int64_t icmp_type, code; /* of the error */
	const char *name, *meaning;
	struct ip_addr offender; /* the latest who said so */
	int64_t offenders;       /* how often that was another one than before, and 1 */
	int64_t count;
	uint64_t first, last;   /* ns since 1970 */
	int64_t mtu;            /* of too-big, the latest; else FACT_NONE */
	struct ip_addr gateway; /* of redirects, the latest; else family 0 */
	const char *hint;       /* what that means, and what one would do */
};

/* One pair's pings, watched. */
struct fact_echo_rtt {
	struct ip_addr src, dst; /* who asks whom */
	int64_t requests, replies, lost, duplicates, unasked;
	int64_t loss; /* thousandths of a per cent of those decided; FACT_NONE: none was */
	uint64_t first, last;
	struct fact_rtt rtt_us;
};

enum fact_talker_role { FACT_TALKER_SOURCE, FACT_TALKER_DESTINATION };

struct fact_talker {
	struct ip_addr addr;
	uint8_t role; /* enum fact_talker_role */
	int64_t packets, bytes;
	int64_t error; /* .packets may be so much too large */
};

/* One interval of a live watch: what came in it, and no more. */
struct fact_watch_interval {
	uint64_t first, last; /* ns since 1970 */
	int64_t frames, icmp, errors;
	int64_t dropped;         /* frames that the kernel could not hand over */
	struct fact_list counts; /* struct fact_icmp_count, of this interval alone */
};

/* All of it. */
struct fact_watch_sum {
	int64_t files, interfaces;
	int64_t frames; /* those the filter let pass */
	int64_t icmp;
	int64_t other;                    /* IP packets with something else in them */
	int64_t unreadable;               /* without IP, or damaged below it */
	int64_t not_opened;               /* of a link type that is not opened */
	int64_t fragments;                /* later fragments of ICMP messages */
	int64_t reassembled, unassembled; /* ICMP messages of fragments */
	int64_t overlaps;                 /* messages given up because fragments of them overlap */
	int64_t cut;                      /* ICMP messages that the capture holds a part of */
	int64_t bad_checksum;
	int64_t errors;                       /* that tell of a failure */
	int64_t failures, failures_forgotten; /* groups; those that made room */
	int64_t unfit;                        /* errors about somebody else's packet */
	int64_t unquoted;                     /* errors with too little of a quote */
	int64_t pairs, pairs_forgotten;
	int64_t dropped;      /* live: frames the kernel could not hand over; FACT_NONE of files */
	uint64_t first, last; /* ns since 1970; 0: there was no frame */
};

extern const char *const fact_direction_words[], *const fact_talker_words[];
extern const struct fact_type fact_icmp_count, fact_failure, fact_echo_rtt, fact_talker,
	fact_watch_interval, fact_watch_sum;
