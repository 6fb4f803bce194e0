/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A network that is a program: a grid is run against it on a scripted clock. Probes and answers
 * are lost, delayed, doubled, overtake each other and queue before a bottleneck.
 */
#pragma once

#include "probe/grid.h"

struct sim_reply {
	uint64_t t_ns;
	uint32_t slot, ask;
	int8_t try;
	uint8_t kind;
};

struct sim {
	/* The network: what of it is 0 is not there. */
	double loss;        /* chance in each direction */
	double doubled;     /* chance of an answer to come twice */
	uint64_t rtt_ns;    /* there and back */
	uint64_t jitter_ns; /* at most so much more, evenly */
	uint64_t spread_ns; /* a slot is so much farther away at most, each another distance */
	uint64_t cost_ns;   /* what one probe costs the sender; 0: a microsecond */
	double cap_pps;     /* the bottleneck, 0: none */
	double queue;       /* packets that may wait before it */
	uint64_t vanish_ns; /* from then on nobody answers; 0: never */
	bool tryless;       /* answers do not say which try they are to */
	unsigned refuse;    /* one shot of so many does not leave; 0: all do */

	/* What answers: enum reply_kind, REPLY_NONE for silence. */
	uint8_t (*kind)(uint32_t slot, uint32_t ask);

	/* Its state and what happened. */
	uint64_t now_ns, draws;
	double backlog, backlog_most;
	uint64_t backlog_ns;
	struct sim_reply *heap;
	size_t heap_n, heap_room;
	uint64_t sent, to_answerers, lost, congested, refused, calls;
};

uint64_t sim_draw(struct sim *s); /* 31 bits */
bool sim_chance(struct sim *s, double p);

/** Run @g until it is over or @until_ns; false when it was not over, or spun. */
bool sim_run(struct sim *s, struct grid *g, uint64_t until_ns);

/** Share of probes to answerers that no answer came for. */
double sim_loss(const struct sim *s);

void sim_done(struct sim *s);
