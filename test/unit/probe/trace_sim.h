/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A path to trace, in virtual time: what each hop limit earns and when, so that a test can tell to the
 * nanosecond when a trace must end and which probes it may send.
 */
#pragma once

#include "probe/trace.h"

#define CHAIN_T0          (1000 * NS_PER_S) /* the clock does not begin at 0 */
#define CHAIN_REPLIES_MAX 65536             /* replies under way */

/* Who receives the probes of one hop limit. */
struct chain_hop {
	struct ip_addr addr, other; /* .other takes turns with it; family 0: nobody does */
	uint64_t rtt_ns;
	uint64_t wobble_ns; /* each second answer takes so much longer */
	bool silent;
	uint8_t type, code; /* ICMP error it sends; type 0: the target's own answer */
	uint32_t burst;     /* of its limiter; 0: it has none */
	uint64_t refill_ns; /* for one more answer */
	uint32_t lose;      /* every so manieth probe is lost here; 0: none */
	uint32_t only;      /* only probe number @only (from 1) is answered; 0: all */
	bool twice;         /* answers come twice */
	/* state */
	uint64_t asked, full_ns;
};

struct chain {
	struct trace *t;
	struct trace_conf conf;
	struct chain_hop hop[TRACE_HOPS_MAX + 1]; /* [hop limit], up to .len */
	uint8_t len;                              /* hops beyond it arrive where it is */
	uint8_t later_len;                        /* … from round .later_round on; 0: no change */
	uint64_t later_round;
	bool untold;      /* replies do not tell the number */
	int broken_until; /* so many probes cannot be sent */
	struct span ext;  /* that routers attach */
	uint64_t now_ns;
	uint64_t sent, sent_to[TRACE_HOPS_MAX + 1];
	uint64_t verdicts[4];
	struct hop_reply *under_way;
	size_t under_way_n;
};

/** @len hops, the last of them the target; hop h answers after h times @step_ns. Echo, one round. */
struct chain chain_of(uint8_t len, uint64_t step_ns);

/** Begin to trace. */
void chain_begin(struct chain *s);

/** Go on until it is done, or until @until_ns. Returns how long it went on since CHAIN_T0. */
uint64_t chain_run(struct chain *s, uint64_t until_ns);

/** Begin and run to the end. Returns how long it took. */
uint64_t chain_all(struct chain *s);

/** A reply to probe @number at @hops that comes at @t_ns. */
struct hop_reply chain_reply(const struct chain *s, uint8_t hops, uint16_t number, uint64_t t_ns);

void chain_end(struct chain *s);
