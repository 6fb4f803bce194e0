/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Probing a twin: sends the packets of probe/proof.h from outside, and gathers from
 * everything that sees them what became of each: the answer, the oracle inside
 * (raw ICMP sockets, UDP stubs), the kernel's trace.
 *
 * One thread. It owns its sockets; twin, stubs and trace are borrowed.
 */
#pragma once

#include "base/err.h"
#include "host/place.h"
#include "probe/proof.h"
#include "twin/stub.h"
#include "twin/trace.h"
#include "twin/twin.h"

struct prover;

struct prover_conf {
	struct twin *twin;
	struct twin_stubs *stubs; /* NULL: nothing listens */
	struct twin_trace *trace; /* NULL: which rule decided is not told */
	size_t rule_n;            /* rules of the copy; hits are counted for each */
	bool (*stop)(void *to);   /* asked now and then: true ends everything with -EINTR */
	void *stop_to;
};

int prover_new(const struct prover_conf *conf, struct prover **ret, struct err *err);
void prover_free(struct prover *p); /* NULL is fine */
void prover_freep(struct prover **p);

/**
 * Probe from here on at @port from @where. The source becomes a neighbour of the twin
 * as far as its link needs that.
 *
 * Returns 0; -errno with @err.
 */
int prover_go(struct prover *p, const struct twin_port *port, const struct host_place *where,
	      enum fact_from from, struct err *err);

/** The place as the packets have it. Borrowed; changes with prover_go(). */
const struct proof_place *prover_place(const struct prover *p);

/* What came of one port in a bulk pass. */
struct prover_port {
	uint8_t kind;            /* enum proof_kind; PROOF_NOISE: silence */
	uint8_t icmp_type, code; /* of PROOF_ERROR */
	uint8_t ttl;             /* of the answer */
	bool taken;              /* a UDP stub received it */
};

/**
 * Every port of @proto, 1 to 65535, untraced, as fast as the kernel takes them.
 *
 * Returns 0 with @result[port] filled (entry 0 is silence); -EINTR; -errno with @err.
 */
int prover_ports(struct prover *p, enum fact_proto proto, struct prover_port result[static 65536],
		 struct err *err);

/* What became of one probe. */
struct prover_fate {
	bool traced;  /* the members up to .ct are from the kernel's trace */
	bool dropped; /* some rule or policy took it (a reject is a drop too) */
	bool limited; /* a rule with a limit was on its way */
	bool input;   /* it came as far as the input hook */
	bool forward; /* it was handed on: rules of the forward or postrouting hook saw it */
	uint8_t ct;   /* RULE_CT_* */
	int64_t rule; /* what decided, index into the ruleset; -1: nothing did */
	bool reached; /* it was seen inside: by ICMP's raw socket, or by a UDP stub */
	bool answered;
	struct fact_answer answer; /* where answered; .from as the frame had it */
	int64_t out_rule;          /* the rule that took the host's answer away; -1: none did */
};

/** One SYN or datagram, traced where there is a trace. 0; -EINTR; -errno with @err. */
int prover_ask_port(struct prover *p, enum fact_proto proto, uint16_t port, struct prover_fate *ret,
		    struct err *err);

/** One ICMP message; @quote as in struct proof_icmp. 0; -EINTR; -errno with @err. */
int prover_ask_icmp(struct prover *p, uint8_t type, uint8_t code, struct span quote,
		    struct prover_fate *ret, struct err *err);

/**
 * @n echo requests of one ping (one identifier) back to back, untraced, then count the answers.
 *
 * Returns how many were answered; -EINTR; -errno with @err.
 */
int prover_burst(struct prover *p, unsigned n, struct err *err);

/**
 * Make the host send a packet of its own to the prober and keep it: something for an error to be
 * about. A connected UDP socket inside sends it; where a rule takes that, a TCP SYN;
 * last, its answer to a SYN of ours.
 *
 * @open_port  a TCP port that answers; 0: none is known
 * @buf        at least PROOF_FRAME_MAX octets
 *
 * Returns its length, from the IP header on; 0 when nothing came out; -errno with @err.
 */
int prover_own_packet(struct prover *p, uint16_t open_port, uint8_t buf[static PROOF_FRAME_MAX],
		      struct err *err);

/**
 * Has a probe followed one by one met a rule with a limit since this was last asked? What
 * bulk passes and bursts meet is not traced: their caller knows.
 */
bool prover_spent(struct prover *p);

/** Packets of this proof that fitted rule @i, as far as the trace told. */
int64_t prover_hits(const struct prover *p, size_t i);
