/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hosts that limit their ICMP errors, and the links to them, under a scripted clock: what the
 * limiter-aware engine is tested against. Truth is known, and so is the best time possible.
 */
#pragma once

#include "probe/limited.h"

#define SIM_SLOTS_MAX   256
#define SIM_SOURCES_MAX 256

enum sim_port {
	SIM_CLOSED,
	SIM_OPEN,
	SIM_SILENT,
	SIM_REJECT
}; /* REJECT: 3/13 of a firewall's own limit */

enum sim_global {
	SIM_GLOBAL_NONE,
	SIM_GLOBAL_LAST, /* Linux since 2024: asked first, but a token only costs when the peer's was there */
	SIM_GLOBAL_FIRST,  /* Linux before: every probe takes one */
	SIM_GLOBAL_SECOND, /* FreeBSD: so many in each second, whoever asks */
};

struct sim_conf {
	uint32_t slots, ask_n;
	uint16_t sources;
	int family;
	double rate, burst; /* of a peer; rate 0: none */
	double start;       /* tokens a peer's bucket has at first; negative: full */
	uint8_t global;     /* enum sim_global */
	double global_rate, global_burst;
	double reject_rate, reject_burst;
	double loss;                  /* each way */
	double duplicates;            /* each way */
	uint64_t delay_ns, jitter_ns; /* each way */
	double open, silent, reject;  /* shares of ports; the rest is closed */
	uint32_t open_n, silent_n;    /* or counts */
	uint64_t seed;
	uint64_t host_timeout_ns;
	bool impatient;
	bool deaf;  /* stops answering after a second */
	bool local; /* the engine is told that the hosts are this one */
};

struct sim_result {
	uint64_t ns; /* how long it took */
	uint64_t probes;
	uint32_t wrong;       /* verdicts that contradict the truth */
	uint32_t limited;     /* CELL_LIMITED */
	uint32_t missed_open; /* certified silent, though a service would have answered: loss */
	uint32_t tries_most;  /* of one cell */
	uint32_t closed;      /* in truth, of the slot that has most */
	uint32_t calls;       /* of limited_next() */
	double ideal_s;       /* the best possible, of the slowest slot */
	uint64_t predicted_ns;
	struct limiter_guess guess; /* of slot 0 */
	bool over;
};

struct sim_result limiter_sim(const struct sim_conf *conf);
