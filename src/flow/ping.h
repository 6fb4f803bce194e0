/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pinging: the engine of probe/ping.h with sockets and a clock. Opens what it needs, raw
 * sockets where it may and ping sockets where it must, asks, and tells each thing learnt as
 * a fact the moment it is known.
 */
#pragma once

#include "fact/ping.h"
#include "flow/target.h"
#include "pio/pio.h"
#include "probe/probe.h"

#define FLOW_PING_RATE_MAX    10000           /* questions a second, over all targets */
#define FLOW_PING_USER_MIN_NS (2 * NS_PER_MS) /* least interval of users but root, as ping's */
#define FLOW_PING_BODY4_MAX   65507           /* octets: 65535 less IPv4 and ICMP headers */
#define FLOW_PING_BODY6_MAX   65527           /* octets: 65535 less the ICMPv6 header */

struct flow_ping_conf {
	const struct probe_ops *probe;
	const struct probe_about *about;    /* of extended echo; else NULL */
	const struct flow_targets *targets; /* at least one */
	const char *iface;                  /* to send from; NULL: as routes say */
	struct ip_addr source;              /* family 0: the kernel's choice */
	uint8_t hops;                       /* TTL or hop limit; 0: the kernel's default */
	uint16_t size;                      /* octets of body, for sized probes */
	uint32_t count;                     /* questions per target; 0: until stopped */
	uint64_t interval_ns, timeout_ns;   /* as in struct ping_conf */
	uint64_t deadline_ns;               /* end after so long in any case; 0: no such time */
};

struct flow_ping_sum {
	size_t answered;          /* targets that answered at least once */
	uint64_t elapsed_ns;      /* from the first question to the end */
	uint64_t foreign, forged; /* as in struct ping_strays */
	bool interrupted;
};

/* What is told while it runs, in the order it happens. Facts are borrowed; @i is the target's index. */
struct flow_ping_tell {
	/* Everything is open: the first question leaves now. */
	void (*begin)(void *to);
	void (*reply)(void *to, size_t i, const struct fact_reply *reply);
	void (*error)(void *to, size_t i, const struct fact_icmp_error *error);
	/* A question could not be sent: @code is the errno. */
	void (*unsent)(void *to, size_t i, uint32_t seq, int code);
	/* At the end, once for each target in order. */
	void (*target)(void *to, size_t i, const struct fact_ping_target *target);
	/* Nothing to do for a while: what was told should be seen now. */
	void (*idle)(void *to);
	/* Has the user had enough? Asked now and then, and after every signal. */
	bool (*stop)(void *to);
	void *to;
};

/**
 * Say in @err what would let this user do @doing ("this"): a capability, and for @echo the
 * kernel's group range as well.
 *
 * Returns -EPERM.
 */
int flow_ping_missing(const char *doing, bool echo, struct err *err);

/**
 * Whether @conf can be asked at all, before anything is sent or opened.
 *
 * Returns 0; -EINVAL or -EPERM with @err: a family without such a question, a body too large,
 * an interval that only root may use, a source of another family, no such interface.
 */
int flow_ping_check(const struct flow_ping_conf *conf, struct err *err);

/**
 * Run until every target was asked, or the end asked for. flow_ping_check() is the first thing
 * it does.
 *
 * Returns 0 with @ret_sum; -errno with @err, -EPERM when this user may not.
 */
int flow_ping_run(const struct flow_ping_conf *conf, const struct flow_ping_tell *tell,
		  struct flow_ping_sum *ret_sum, struct err *err);
