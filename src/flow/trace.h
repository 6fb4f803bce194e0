/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tracing: the engines of probe/{trace,mda,path_mtu}.h with packets and a clock, for one target or for
 * thousands at a bounded rate. A target goes through up to three phases: the trace (or, with .paths, the
 * search for all branches), then the path MTU; what each found is told as facts when it is over. Only
 * FLOW_TRACE_AT_ONCE targets are under way at once, so that memory does not grow with their number.
 */
#pragma once

#include "fact/trace.h"
#include "flow/target.h"
#include "probe/trace.h"

#define FLOW_TRACE_AT_ONCE 1024
#define FLOW_TRACE_RATE    10000 /* probes a second over all targets, by default and without --rate */

struct pio_packet_mem;

struct flow_trace_conf {
	const struct flow_targets *targets;
	const char *backend, *iface; /* as in struct shooter_conf; "auto", NULL */
	struct ip_addr source;
	uint8_t kind; /* ASK_ECHO, ASK_UDP, ASK_TCP_SYN */
	uint16_t port;
	uint8_t first, last;
	uint32_t rounds;   /* probes a hop limit; 0: until stopped (live) */
	uint64_t round_ns; /* between rounds */
	uint64_t timeout_ns;
	uint64_t rate_pps; /* 0: FLOW_TRACE_RATE */
	uint16_t len;
	uint8_t tos;
	bool df;
	uint16_t flow;
	bool paths; /* all branches */
	double confidence;
	bool mtu;                         /* the path MTU as well */
	bool names;                       /* ask the resolver for names of addresses */
	bool live;                        /* keep recent results; tell.live is called */
	const struct pio_packet_mem *mem; /* backend "memory" only */
};

/* One row of the live view: a hop limit and one address there (the fact's addr is family 0: nobody yet). */
struct flow_trace_row {
	struct fact_hop hop;
	const int64_t *recent; /* oldest first; ns or enum trace_recent */
	size_t recent_n;
};

struct flow_trace_view {
	size_t target; /* index */
	const struct flow_trace_row *row;
	size_t row_n;
	uint64_t rounds, elapsed_ns;
	struct fact_trace trace; /* the sum as it stands */
};

enum flow_trace_wish { FLOW_TRACE_GO, FLOW_TRACE_PAUSE, FLOW_TRACE_RESET, FLOW_TRACE_STOP };

struct flow_trace_sum {
	size_t reached; /* targets */
	uint64_t sent, received, forged, elapsed_ns;
	bool interrupted;
	bool several_flows; /* TCP without privilege: each probe had a flow of its own */
};

/* What is told, in order. Facts are borrowed for the call. @i is the target's index. */
struct flow_trace_tell {
	void (*begin)(void *to); /* the first probe leaves now */
	void (*hop)(
		void *to, size_t i,
		const struct fact_hop *hop); /* one a hop limit and address, in order of limits */
	void (*path)(void *to, size_t i, const struct fact_path *path); /* one a branch */
	void (*mtu)(void *to, size_t i, const struct fact_path_mtu *mtu);
	void (*trace)(void *to, size_t i,
		      const struct fact_trace *trace); /* the last word on target @i */
	void (*note)(void *to,
		     const char *text); /* what a person should know: an interface went down … */
	/* Now and then: targets that are done, of all; probes sent so far. */
	void (*progress)(void *to, size_t done, size_t all, uint64_t sent);
	/* live: the state of one target, at most ten times a second, and after each wish. */
	void (*live)(void *to, const struct flow_trace_view *view);
	/* live: descriptor that wakes the run (a keyboard); -1: none. */
	int (*wake_fd)(void *to);
	/* What the user wants; asked now and then, after every signal and when wake_fd is readable. */
	enum flow_trace_wish (*wish)(void *to);
	void *to;
};

/** Whether @conf can be run at all, before anything is opened. 0; -EINVAL with @err. */
int flow_trace_check(const struct flow_trace_conf *conf, struct err *err);

/**
 * Run to the end, or until stopped; what is known then is told.
 *
 * Returns 0 with @ret_sum; -EPERM, -errno with @err.
 */
int flow_trace_run(const struct flow_trace_conf *conf, const struct flow_trace_tell *tell,
		   struct flow_trace_sum *ret_sum, struct err *err);
