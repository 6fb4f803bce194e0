/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast to send: the highest rate at which canaries (probes to whoever has answered already)
 * are not lost. Starts low, doubles each round trip while nothing is lost, keeps the loss that a
 * low rate showed too (a lossy link is not congestion), backs off when loss rises above it, and
 * creeps up again. It does not wait for loss where a queue is deep: when canaries are answered ever
 * later (pace_queue.h) the rate falls below what gets through, until the queue is short. Also the loss it saw, for whoever must say how much a scan missed.
 *
 * | mode  | rate                                          | ends                               |
 * |-------|-----------------------------------------------|------------------------------------|
 * | START | doubles each epoch that was sent in full      | an epoch lost more than those before it: TRIAL; a queue is seen: DRAIN |
 * | HOLD  | grows a little with each window as it should be | a window lost more than the base: TRIAL; a queue is seen: DRAIN |
 * | TRIAL | lower, to see whether less is lost            | one window: then it was congestion; else the loss is the link's own, and the rate is restored |
 * | DRAIN | half of what gets through, three quarters where the queue is short | the queue is short: HOLD, near what got through; it is as it was: then such delay is the way's own (it has become longer, say) and normal from now on, and the rate is restored; it still grows: DRAIN by what gets through now |
 *
 * Pure: the clock is the caller's, monotonic nanoseconds that never go back (a clock that jumps
 * ahead only grants one burst; one that goes back grants nothing).
 */
#pragma once

#include "probe/pace_queue.h"

#define PACE_BURST_NS  (2 * NS_PER_MS) /* what idle time can save up */
#define PACE_START_PPS 20000
#define PACE_MAX_PPS   100000000 /* as fixed rate: never waits */
#define PACE_LEAST_PPS 100       /* never slower by its own finding */
#define PACE_ALLOW_MAX 65536     /* packets of one pace_allow() */
#define PACE_EPOCHS    16        /* of START, remembered until their canaries are judged */

enum pace_mode { PACE_FIXED, PACE_START, PACE_HOLD, PACE_TRIAL, PACE_DRAIN };

struct pace_conf {
	uint64_t fixed_pps; /* send at this rate whatever is lost; 0: find it */
	uint64_t max_pps;   /* never faster; 0: no bound */
	uint64_t start_pps; /* 0: PACE_START_PPS or max_pps, whichever is less */
	unsigned batch;     /* packets a back end sends at once: the least worth waiting for */
};

/* Canaries judged, of one epoch, of one window, of the base. */
struct pace_tally {
	double asked, lost;
};

struct pace_epoch {
	uint64_t begin_ns;
	double rate;
	struct pace_tally tally;
};

struct pace {
	struct pace_conf conf;
	enum pace_mode mode;
	double rate;      /* packets a second, now */
	double credit;    /* packets that may leave */
	uint64_t last_ns; /* when credit was reckoned */

	uint64_t epoch_ns; /* when this epoch began */
	uint64_t epoch_len_ns;
	double epoch_sent; /* packets of this epoch */
	double used;       /* packets a second that really left, while it was busy; 0: not known */
	bool full;         /* all of the last epoch's rate was used */
	struct pace_epoch epoch[PACE_EPOCHS]; /* START: a ring */
	unsigned epoch_at;                    /* the one going on */

	uint64_t since_ns;        /* HOLD, TRIAL: canaries sent before say nothing of this rate */
	struct pace_tally window; /* of this rate */
	struct pace_tally base;   /* at rates that were not too high; old ones fade */
	struct pace_tally high;   /* TRIAL: what made it doubt .high_rate */
	double high_rate;
	struct pace_tally helped; /* TRIAL after one that helped: .high of that; */
	double helped_rate;       /* 0: there was none */
	double ceiling;           /* what got through when a rate was too high; 0: none is known */
	unsigned patience;        /* windows spent at it */
	uint64_t grown_ns;        /* HOLD: when the rate was raised last */

	struct pace_queue queue;
	uint64_t sent;            /* packets of the whole run */
	bool starting;            /* DRAIN: it was START before, */
	double undrained_rate;    /* and the rate was this */
	double through;           /* DRAIN: what the queue lets through */
	unsigned steps;           /* HOLD: up, since a queue was emptied */
	uint64_t drain_ns;        /* DRAIN: when it should be empty at the latest */
	unsigned braked, drained; /* queues seen; of them those that a lower rate has emptied */

	uint64_t canaries, canaries_lost; /* of the whole run */
};

void pace_init(struct pace *p, const struct pace_conf *conf, uint64_t now_ns);

/**
 * How many packets may leave now, a batch at least where the rate makes one in a millisecond;
 * 0: none, and *@ret_wake_ns says when to ask again.
 */
unsigned pace_allow(struct pace *p, uint64_t now_ns, uint64_t *ret_wake_ns);

/** @n packets left. */
void pace_sent(struct pace *p, unsigned n);

/** What became of one canary, sent at @sent_ns: @lost when its answer did not come in time. */
void pace_canary(struct pace *p, bool lost, uint64_t sent_ns);

/** A canary's answer has come, and its round trip is known. */
void pace_answered(struct pace *p, const struct pace_answer *a);

/** One canary, sent at @sent_ns, that was told as lost has been answered after all. */
void pace_canary_late(struct pace *p, uint64_t sent_ns);

/**
 * Send one canary among how many packets: more of them while the rate is being tried, but evenly
 * where @room more can wait for an answer, each for @open_ns at most.
 */
unsigned pace_canary_every(const struct pace *p, uint64_t open_ns, unsigned room);

/** The back end itself dropped @n (ENOBUFS, ring drops): as sure a sign as lost canaries. */
void pace_dropped(struct pace *p, unsigned n, uint64_t now_ns);

/** The round-trip time by which an epoch is measured has become @rtt_ns. */
void pace_rtt(struct pace *p, uint64_t rtt_ns);

/** Share of canaries lost in the run so far, 0..1; negative: none was sent, nothing can be said. */
double pace_loss(const struct pace *p);
