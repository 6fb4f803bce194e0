/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A grid with all it borrows, before a simulated network. */
#pragma once

#include <stdlib.h>

#include "sim.h"
#include "test.h"

#define START_NS (1000 * NS_PER_S)
#define LONG_NS  (START_NS + 3600 * NS_PER_S)

struct bench {
	struct grid g;
	struct pace pace;
	struct rtt rtt;
	struct sim sim;
	struct grid_conf conf;
	struct pace_conf rate;
	struct probe_cell *cell;
};

static inline uint8_t all_answer(uint32_t slot UNUSED, uint32_t ask UNUSED)
{
	return REPLY_ANSWER;
}

static inline uint8_t none_answers(uint32_t slot UNUSED, uint32_t ask UNUSED)
{
	return REPLY_NONE;
}

static inline uint8_t one_in_hundred(uint32_t slot, uint32_t ask UNUSED)
{
	return slot % 100 == 7 ? REPLY_ANSWER : REPLY_NONE;
}

/* Three eighths RST, one SYN-ACK, one error, three silent, without a pattern. */
static inline uint8_t mixture(uint32_t slot, uint32_t ask)
{
	static const uint8_t kind[] = { REPLY_RST,   REPLY_RST,  REPLY_RST,  REPLY_SYNACK,
					REPLY_ERROR, REPLY_NONE, REPLY_NONE, REPLY_NONE };
	uint32_t x = slot * 2654435761u ^ ask * 40503u;

	x = (x ^ x >> 15) * 2246822519u;
	return kind[(x ^ x >> 13) % ARRAY_LEN(kind)];
}

static inline struct bench bench_of(uint32_t slots, uint32_t ask_n,
				    uint8_t (*kind)(uint32_t slot, uint32_t ask), uint64_t seed)
{
	struct bench b = {
		.sim = { .kind = kind,
			 .rtt_ns = NS_PER_MS,
			 .draws = seed * 7919,
			 .now_ns = START_NS },
		.conf = { .slots = slots,
			  .ask_n = ask_n,
			  .tries_min = 1,
			  .tries_max = 11,
			  .miss_max = 0.01,
			  .wait_first_ns = 300 * NS_PER_MS,
			  .wait_min_ns = 5 * NS_PER_MS,
			  .wait_max_ns = 3 * NS_PER_S,
			  .seed = { { seed, 1 } } },
		.rate = { .batch = 64 },
		.cell = calloc((size_t)slots * ask_n + 1, sizeof(*b.cell)),
	};

	assert_non_null(b.cell);
	return b;
}

static inline void bench_begin(struct bench *b)
{
	pace_init(&b->pace, &b->rate, b->sim.now_ns);
	rtt_init(&b->rtt);
	grid_init(&b->g, &b->conf, b->cell, &b->pace, &b->rtt, b->sim.now_ns);
}

static inline void bench_run(struct bench *b)
{
	bench_begin(b);
	CHECK(sim_run(&b->sim, &b->g, LONG_NS));
}

static inline double seconds(const struct bench *b)
{
	return (double)(b->sim.now_ns - START_NS) / (double)NS_PER_S;
}

static inline void bench_done(struct bench *b)
{
	sim_done(&b->sim);
	free(b->cell);
}

/* Cells whose verdict is not what the network is. */
static inline unsigned wrong(const struct bench *b)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < b->conf.slots * b->conf.ask_n; i++) {
		const struct probe_cell *c = &b->cell[i];
		uint8_t kind = b->sim.kind(i / b->conf.ask_n, i % b->conf.ask_n);

		if (kind == REPLY_NONE)
			n += c->state != CELL_SILENT || c->tries < b->conf.tries_min;
		else
			n += c->state != CELL_ANSWERED || c->kind != kind ||
			     c->from != (kind == REPLY_ERROR) || c->ttl != 64;
		n += c->tries > b->conf.tries_max;
	}
	return n;
}
