/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of flow/prover*.c: what its files share. */
#pragma once

#include "flow/prover.h"
#include "pio/afpacket.h"

#define PROVER_LABEL_MASK 0x7fffu /* both tags have 15 bits of our own */

/* What the frame, stub and oracle readers are looking for now. */
struct prover_watch {
	bool bulk;      /* a pass over all ports; else one probe */
	uint8_t proto;  /* enum fact_proto */
	uint16_t sport; /* of the probe or pass */
	uint16_t port;  /* of the probe */
	uint8_t icmp_type, icmp_code;
	uint16_t tag;
	struct prover_port *result; /* bulk */
	struct prover_fate *fate;   /* one probe */
	unsigned echoes;            /* a burst's answers */
	bool own;                   /* waiting for a packet of the host's own */
	uint8_t *own_buf;
	size_t own_len;
};

struct prover {
	struct prover_conf conf;
	struct afpacket *io;
	int icmp_fd[2]; /* the oracle, IPv4 and IPv6; -1: the family is not there */
	const struct twin_port *port;
	struct proof_place place;
	struct prover_watch watch;
	uint16_t tag, sport;                            /* the last ones used */
	uint8_t arena[AFPACKET_BATCH][PROOF_FRAME_MAX]; /* frames to be sent */
	struct span out[AFPACKET_BATCH];
	size_t out_n;
	uint8_t reset[AFPACKET_BATCH][PROOF_FRAME_MAX]; /* RSTs for what answered with SYN/ACK */
	struct span reset_out[AFPACKET_BATCH];
	size_t reset_n;
	int64_t *hit; /* conf.rule_n of them */
	bool spent;   /* see prover_spent() */
};

/** Send @n frames at the present port. 0 or -errno. */
int prover_send(struct prover *p, const struct span *frame, size_t n);

/** Read all frames, datagrams and ICMP messages that have come; send the resets that follow. 0 or -errno. */
int prover_drain(struct prover *p);

/** A frame buffer of the batch; NULL when it is full. */
struct wcur prover_slot(struct prover *p);

/** Add the frame in @w to the batch. */
void prover_push(struct prover *p, const struct wcur *w);

/** Send the batch and empty it. 0 or -errno. */
int prover_flush(struct prover *p);

/** The next tag; never 0. */
uint16_t prover_next_tag(struct prover *p);

/** The next source port for a probe or a pass: conntrack knows it from no earlier one. */
uint16_t prover_next_sport(struct prover *p);

/** Has the caller asked to end? */
bool prover_stopped(const struct prover *p);

/** Wait at most @ms for anything to come. */
void prover_wait(struct prover *p, int ms);
