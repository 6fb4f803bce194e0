/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which rule decided: the kernel's own trace (NFT_MSG_TRACE) of packets that the
 * prober marked, put together packet by packet.
 *
 * A probe is traced when bit 15 of its IPv4 identification, or bit 19 of its IPv6
 * flow label, is set: TRACE_IP_ID, TRACE_FLOW_LABEL. Give each probe of a window
 * another identification: that is how the answer is told from its neighbours'.
 *
 * Everything happens in the namespace the trace was opened in; no thread has to be there.
 */
#pragma once

#include "twin/fw.h"

#define TRACE_IP_ID      0x8000u  /* set in the IPv4 identification: trace this probe */
#define TRACE_FLOW_LABEL 0x80000u /* set in the IPv6 flow label: the same */
#define TRACE_HITS_MAX   256      /* rules kept of one packet; more set .cut */
#define TRACE_CHAINS_MAX 32       /* base chains kept of one packet; more set .cut */

enum trace_verdict {
	TRACE_DROP, /* reject is a drop too: the host's rule says which */
	TRACE_ACCEPT,
	TRACE_OTHER, /* queued, stolen, or gone on without a last word */
};

/* What one base chain said. */
struct trace_chain {
	int64_t rule;    /* index into host_ruleset.rule (a policy has one too); -1: not known */
	int64_t chain;   /* the base chain, index into host_ruleset.chain; -1: not known */
	uint16_t hook;   /* RULE_HOOK_* */
	uint8_t verdict; /* enum trace_verdict */
};

struct trace_packet {
	uint8_t family; /* 4 or 6 */
	uint8_t proto;  /* the last header's: ICMP, TCP, UDP, … */
	bool out;       /* one of the twin's own, seen in the output hook */
	bool cut;       /* there was more than fits below */
	uint16_t ip_id; /* IPv4 identification */
	uint32_t label; /* IPv6 flow label */
	struct ip_addr src, dst;
	uint16_t sport, dport; /* TCP, UDP; else 0 */
	uint8_t icmp_type, icmp_code;
	uint16_t icmp_id, icmp_seq; /* octets 4..7 of ICMP, as of an echo */
	uint32_t iif;               /* interface index; 0: none */
	uint8_t ct; /* RULE_CT_*: states seen; 0: the kernel told none (invalid, or no conntrack) */
	uint8_t verdict; /* enum trace_verdict: dropped anywhere is dropped */
	int64_t rule;    /* what decided: the rule that dropped it; else what accepted it last on
			 the innermost hook, a rule before a policy; -1: nothing did */
	bool limited;    /* a rule with a limit that may have fitted it was on its way */
	const struct trace_chain *chain; /* in order */
	size_t chain_n;
	const uint32_t *hit; /* rules that fitted it, in order; only with trace_opt.hits */
	size_t hit_n;
};

struct trace_opt {
	const char *const *device; /* interfaces to trace on, NULL at the end */
	bool hits; /* report every rule that fitted: costs time, see twin_trace_hits */
};

struct twin_trace;

/**
 * Begin to trace in the namespace @ns_fd.
 *
 * @fw    its rules; borrowed until twin_trace_close; may be NULL: then no rule is named
 *
 * Returns 0 with *@ret_trace owned by the caller; -errno with @err: the kernel does not
 * trace, or the namespace is out of reach.
 */
int twin_trace_open(int ns_fd, const struct twin_fw *fw, const struct trace_opt *opt,
		    struct twin_trace **ret_trace, struct err *err);
void twin_trace_close(struct twin_trace *trace); /* NULL is fine; removes its tables */
void twin_trace_closep(struct twin_trace **trace);

/** Readable when twin_trace_drain has something to read. */
int twin_trace_fd(const struct twin_trace *trace);

/** How many probes may be on their way at once without loss, 16..1024, by the receive buffer. */
unsigned twin_trace_window(const struct twin_trace *trace);

/** Whether every rule that fitted is told (slower), or only what decided. 0, or -errno. */
int twin_trace_hits(struct twin_trace *trace, bool on);

/** Whether what the twin itself sends (in the output hook, unmarked) is traced. 0, or -errno. */
int twin_trace_output(struct twin_trace *trace, bool on, struct err *err);

/**
 * Read all that has come so far and tell of each packet. Call it when the window's
 * packets have been dealt with (the kernel traces before it answers): a packet ends
 * when the next one with its id begins, or when nothing more is to be read.
 * Never blocks.
 *
 * Returns the number of packets told; -ENOBUFS when events were lost: the packets of the
 * window that were not told are forgotten; send them again at half the size; another -errno.
 */
int twin_trace_drain(struct twin_trace *trace,
		     void (*each)(void *to, const struct trace_packet *packet), void *to);
