/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What path_mtu.c (packets and waves) and path_mtu_round.c (what to find out next) share.
 * Nobody else includes this. Pure.
 */
#pragma once

#include "probe/path_mtu.h"

#define PATH_MTU_TESTS  (TRACE_HOPS_MAX + 16)
#define PATH_MTU_PROBES 2048 /* of one path; whatever is known then is told */
#define PATH_MTU_ROUNDS 48

enum mtu_state { MTU_OPEN, MTU_PASSED, MTU_TOO_BIG, MTU_SILENT };

/* One question: does a packet of this length get so far? */
struct mtu_test {
	uint16_t len;
	uint8_t hops;
	uint8_t state; /* enum mtu_state */
	uint8_t tries; /* after so many it is silent */
	uint8_t sent;
	bool sweep; /* asked for where packets end, not for whether they arrive */
};

struct mtu_sent {
	uint64_t sent_ns;
	uint16_t len, test; /* test: PATH_MTU_TESTS: the small one of a wave */
	uint8_t hops, round;
	bool answered;
};

/* Why a round is asked. */
enum mtu_why { MTU_SIZES, MTU_CONFIRM, MTU_SWEEP };

/* What moves on; asking what is next moves it on as well, when time has passed. */
struct mtu_core {
	struct path_mtu_conf conf;
	uint64_t next_ns, wave_ns; /* wave_ns: the latest probe of the wave */
	uint16_t small, lo, hi;    /* least packet; passed; failed: more than conf.most: none did */
	bool hi_silent;            /* .hi vanished, nobody said so */
	uint16_t confirmed,
		swept; /* lengths that vanished again, that were asked at all hop limits */
	uint16_t told_len,
		asked_said; /* least length that somebody said is too big; tested for it */
	uint8_t goal;       /* hop limit of probes that are to arrive */
	uint8_t round, wave, waves, small_ok;
	enum mtu_why why;
	uint16_t test_n, cursor; /* cursor: 0 the small one, then tests */
	uint16_t probe_n;
	bool stopped, over;
	struct path_mtu_result result;
	struct mtu_test test[PATH_MTU_TESTS];
	struct mtu_sent sent[PATH_MTU_PROBES];
};

struct path_mtu {
	struct mtu_core *core;
};

/** The round is over: read what it showed and set up the next one, or end. */
void path_mtu_round_end(struct mtu_core *c);

/** Set up the first. */
void path_mtu_round_first(struct mtu_core *c);
