/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `sonde trace` learns: hops, branches, the path MTU, the sum per target. Pure. */
#pragma once

#include "fact/field.h"
#include "fact/ping.h"

/* As enum hop_verdict of probe/hop_verdict.h, which this room may not know. */
enum fact_hop_verdict { FACT_HOP_OK, FACT_HOP_LIMITS, FACT_HOP_LOSES, FACT_HOP_SILENT };

enum fact_trace_state {
	FACT_TRACE_REACHED,
	FACT_TRACE_UNREACHABLE, /* somebody says so */
	FACT_TRACE_SILENT,      /* neither, up to the last hop limit */
	FACT_TRACE_UNSENT,      /* nothing could be sent */
};

/* One entry of an MPLS label stack (RFC 4950). */
struct fact_mpls {
	int64_t label, tc, ttl;
	bool bottom;
};

/* What a router told about an interface of its own (RFC 5837). */
struct fact_hop_iface {
	const char *role; /* incoming, sub-ip, outgoing, next-hop */
	int64_t ifindex, mtu;
	struct ip_addr addr;
	const char *name;
};

/* One address at one hop limit; silent hops have one with addr null. */
struct fact_hop {
	const char *target;
	int64_t ttl;         /* hop limit of the probes */
	struct ip_addr addr; /* family 0: nobody answered */
	const char *name;    /* of the address, by the resolver; NULL: none or not asked */
	struct fact_rtt rtt_us;
	int64_t jitter_us; /* mean difference of successive round-trip times, ns */
	int64_t sent,
		received; /* of this hop limit, without what is still waited for; of this address */
	int64_t duplicates, late;
	int64_t loss_pct; /* of this hop limit's probes, thousandths of a per cent: answers missing, which need not be packets lost */
	uint8_t verdict; /* of the hop limit: enum fact_hop_verdict; words ok, limits, loses, silent */
	const char *evidence; /* one sentence why */
	int64_t icmp_type, code;
	const char *icmp_name, *meaning; /* from the registry */
	const char
		*reply; /* what came: time-exceeded, unreachable, echo-reply, syn-ack, rst, udp */
	int64_t reply_ttl;
	struct fact_list mpls;  /* struct fact_mpls, outermost first */
	struct fact_list iface; /* struct fact_hop_iface */
	bool nat;               /* the quote's addresses or ports are not those that were sent */
	const char *
		quoted; /* what the quote shows changed: "source 10.0.0.1:40000, TOS 0x00, TTL 3"; NULL: nothing */
	int64_t quoted_ttl, quoted_tos;
};

/* One branch; without --paths the one path that was seen. */
struct fact_path_hop {
	int64_t ttl;
	struct ip_addr addr; /* family 0: silent */
};

struct fact_path {
	const char *target;
	int64_t branch;   /* from 1 */
	int64_t branches; /* of this target */
	int64_t flow;     /* a flow that takes it */
	bool reached;
	struct fact_list hops; /* struct fact_path_hop */
};

struct fact_path_mtu {
	const char *target;
	int64_t mtu; /* largest packet that passed; FACT_NONE: none */
	bool exact;
	bool black_hole;
	int64_t set_ttl; /* who announced it */
	struct ip_addr set_by;
	int64_t said; /* the MTU it announced */
	bool lied;
	int64_t last_ttl; /* black hole: the last hop that passed large packets */
	struct ip_addr last_passed;
	int64_t next_ttl;
	struct ip_addr next; /* the first behind it that answers small ones */
	const char *meaning; /* one or two sentences for a person */
};

struct fact_trace {
	const char *target;
	struct ip_addr addr;
	uint8_t state; /* enum fact_trace_state; words: reached, unreachable, silent, unsent */
	const char *
		by; /* what ended it: echo-reply, syn-ack, "3/13 communication administratively prohibited" … */
	struct ip_addr from; /* who said so */
	int64_t hops;        /* to the end; of silent: to the last who answered */
	int64_t sent, received;
	int64_t loss_pct;       /* of the path as a whole; FACT_NONE: cannot be told */
	int64_t loop_ttl;       /* first hop limit of a routing loop; FACT_NONE: there is none */
	int64_t branches;       /* FACT_NONE without --paths */
	int64_t confidence_pct; /* of .branches, thousandths of a per cent */
	int64_t probes;         /* of .branches */
	int64_t mtu;            /* FACT_NONE without --mtu */
	const char *error;      /* why nothing could be sent; else NULL */
	const char *meaning;    /* what stands out, in a sentence or two; NULL: nothing does */
};

extern const char *const fact_hop_verdict_words[];
extern const char *const fact_trace_state_words[];
extern const struct fact_type fact_mpls, fact_hop_iface, fact_hop, fact_path_hop, fact_path,
	fact_path_mtu, fact_trace;
