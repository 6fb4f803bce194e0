/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast to send: the highest rate at which canaries (probes to whoever has answered already)
 * are not lost. Starts low, doubles each round trip while nothing is lost, keeps the loss that a
 * low rate showed too (a lossy link is not congestion), backs off when loss rises above it, and
 * creeps up again. Also the loss it saw, for whoever must say how much a scan missed.
 *
 * Pure: the clock is the caller's, monotonic nanoseconds that never go back (a clock that jumps
 * ahead only grants one burst).
 */
#pragma once

#include "base/base.h"

#define PACE_BURST_NS  (2 * NS_PER_MS) /* what idle time can save up */
#define PACE_START_PPS 20000
#define PACE_MAX_PPS   100000000

struct pace_conf {
	uint64_t fixed_pps; /* send at this rate whatever is lost; 0: find it */
	uint64_t max_pps;   /* never faster; 0: no bound */
	uint64_t start_pps; /* 0: PACE_START_PPS or max_pps, whichever is less */
	unsigned batch;     /* packets a back end sends at once: the least worth waiting for */
};

struct pace {
	struct pace_conf conf;
	double rate;       /* packets a second, now */
	double credit;     /* packets that may leave */
	uint64_t last_ns;  /* when credit was reckoned */
	uint64_t epoch_ns; /* when this epoch began */
	uint64_t epoch_len_ns;
	uint32_t asked, lost;             /* canaries of this epoch */
	double base_loss;                 /* loss seen at rates that were not too high */
	uint64_t canaries, canaries_lost; /* of the whole run */
	bool probing;                     /* still doubling */
	double best;                      /* highest rate that an epoch without new loss had */
};

void pace_init(struct pace *p, const struct pace_conf *conf, uint64_t now_ns);

/**
 * How many packets may leave now; 0: none, and *@ret_wake_ns says when to ask again.
 */
unsigned pace_allow(struct pace *p, uint64_t now_ns, uint64_t *ret_wake_ns);

/** @n packets left. */
void pace_sent(struct pace *p, unsigned n);

/** What became of one canary: @lost when its answer did not come in time. */
void pace_canary(struct pace *p, bool lost, uint64_t now_ns);

/** The back end itself dropped @n (ENOBUFS, ring drops): as sure a sign as lost canaries. */
void pace_dropped(struct pace *p, unsigned n, uint64_t now_ns);

/** The round-trip time by which an epoch is measured has become @rtt_ns. */
void pace_rtt(struct pace *p, uint64_t rtt_ns);

/** Share of canaries lost in the run so far, 0..1; negative: none was sent, nothing can be said. */
double pace_loss(const struct pace *p);
