/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whatever is answered, refused, late or never there, and however the clock leaps: a grid asks no
 * cell more often than it may, nothing that is decided but canaries, and comes to its end.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cur.h"
#include "probe/grid.h"

#define CELLS_MAX 256
#define BATCH     16
#define STEPS_MAX 200000 /* calls that a grid so small may need, whatever happened to it */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct run {
	struct rcur in;
	struct grid g;
	struct grid_conf conf;
	struct pace pace;
	struct rtt rtt;
	struct probe_cell cell[CELLS_MAX];
	uint64_t now_ns;
};

static void must(bool held)
{
	if (!held)
		abort();
}

static void begin(struct run *r)
{
	struct pace_conf rate = { .batch = 1 + get_u8(&r->in) % 64 };
	uint8_t bits = get_u8(&r->in), waits = get_u8(&r->in);

	rate.fixed_pps = bits & 1 ? 1000u + get_u16(&r->in) * 100u : 0;
	rate.max_pps = bits & 2 ? 1000u + get_u16(&r->in) : 0;
	r->conf = (struct grid_conf){
		.slots = get_u8(&r->in) % 32,
		.ask_n = get_u8(&r->in) % 8,
		.by_slot = bits & 4,
		.enough = bits & 8,
		.tries_min = 1 + get_u8(&r->in) % 4,
		.tries_max = 1 + get_u8(&r->in) % ASK_TRIES_MAX,
		.miss_max = bits & 16 ? 0.01 : 0,
		.wait_first_ns = (1 + waits % 16) * 20 * NS_PER_MS,
		.wait_min_ns = (1 + waits / 16) * NS_PER_MS,
		.wait_max_ns = NS_PER_S,
		.seed = { { waits, bits } },
	};
	for (uint32_t i = 0; i < r->conf.slots * r->conf.ask_n && bits & 32; i++)
		r->cell[i].state = get_u8(&r->in) % (CELL_UNSENT + 1);
	pace_init(&r->pace, &rate, r->now_ns);
	rtt_init(&r->rtt);
	grid_init(&r->g, &r->conf, r->cell, &r->pace, &r->rtt, r->now_ns);
}

static void check_shot(const struct run *r, const struct probe_shot *s)
{
	const struct probe_cell *c = &r->cell[s->slot * r->conf.ask_n + s->ask];

	must(s->slot < r->conf.slots && s->ask < r->conf.ask_n && s->try < ASK_TRIES_MAX);
	must(c->tries <= r->conf.tries_max);
	must(s->canary ? c->state == CELL_ANSWERED : c->state == CELL_OPEN_QUESTION);
}

static void reply(struct run *r, uint32_t slot, uint32_t ask, int8_t try)
{
	struct reply reply = {
		.kind = get_u8(&r->in) % (REPLY_ERROR + 2),
		.type = 3,
		.ttl = (int16_t)(get_u8(&r->in) * 2 - 1),
		.try = try,
		.t_ns = r->now_ns - get_u8(&r->in) * NS_PER_US * 10,
	};

	grid_reply(&r->g, slot, ask, reply.kind == REPLY_ERROR, &reply);
}

/* What becomes of one shot: mostly an answer or silence. */
static void shot(struct run *r, const struct probe_shot *s)
{
	uint8_t fate = get_u8(&r->in);

	if (fate < 32)
		grid_unsent(&r->g, s, fate < 4 ? 101 : 0);
	else if (fate < 128)
		reply(r, s->slot, s->ask, fate < 64 ? -1 : (int8_t)s->try);
	else if (fate < 136)
		reply(r, get_u8(&r->in) % 33, get_u8(&r->in) % 9, (int8_t)get_u8(&r->in));
}

static void step(struct run *r)
{
	struct probe_shot shots[BATCH];
	uint64_t wake = r->now_ns;
	uint8_t leap = get_u8(&r->in);
	unsigned n = grid_next(&r->g, r->now_ns, shots, 1 + leap % BATCH, &wake);

	must(n <= BATCH);
	for (unsigned i = 0; i < n; i++)
		check_shot(r, &shots[i]);
	for (unsigned i = 0; i < n; i++)
		shot(r, &shots[i]);
	r->now_ns = MAX(r->now_ns + 1, n ? 0 : MIN(wake, r->now_ns + 10 * NS_PER_S));
	if (leap > 250)
		r->now_ns += (leap - 250) * NS_PER_S;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct run r;

	memset(&r, 0, sizeof(r));
	r.in = rcur((struct span){ data, len });
	r.now_ns = 1000 * NS_PER_S;
	begin(&r);
	for (unsigned i = 0; !grid_over(&r.g); i++) {
		must(i < STEPS_MAX);
		step(&r);
	}
	for (uint32_t i = 0; i < r.conf.slots * r.conf.ask_n; i++) {
		must(r.cell[i].tries <= r.conf.tries_max);
		must(r.cell[i].state != CELL_OPEN_QUESTION || r.conf.enough);
	}
	must(grid_loss(&r.g) <= 1 && grid_missed(&r.g) >= 0);
	return 0;
}
