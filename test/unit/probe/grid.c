/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What single calls do; whole runs are in grid_net.c. */
#include "probe/grid_canary.h"

#include <errno.h>

#include "grid_bench.h"

TEST(a_fatal_refusal_decides_its_cell_with_the_reason)
{
	struct bench b = bench_of(2, 1, all_answer, 1);
	struct probe_shot shot[4];
	uint64_t wake;
	unsigned n;

	bench_begin(&b);
	n = grid_next(&b.g, START_NS, shot, 4, &wake);
	CHECK_EQ(n, 2);
	grid_unsent(&b.g, &shot[0], ENETUNREACH);
	CHECK_EQ(b.cell[shot[0].slot].state, CELL_UNSENT);
	CHECK_EQ(b.cell[shot[0].slot].code, ENETUNREACH);
	CHECK_EQ(b.cell[shot[0].slot].tries, 0);
	CHECK(!grid_over(&b.g));
	grid_unsent(&b.g, &shot[1], 4711);
	CHECK_EQ(b.cell[shot[1].slot].code, 255);
	CHECK(grid_over(&b.g));
	bench_done(&b);
}

/* A grid of one slot, asked once at START_NS. */
static void asked_once(struct bench *b, uint32_t ask_n, bool enough)
{
	struct probe_shot shot[8];
	uint64_t wake;

	*b = bench_of(1, ask_n, none_answers, 1);
	b->conf.enough = enough;
	bench_begin(b);
	CHECK_EQ(grid_next(&b->g, START_NS, shot, 8, &wake), ask_n);
}

TEST(evidence_is_kept)
{
	struct bench b;
	struct reply r = { .kind = REPLY_ERROR,
			   .type = 3,
			   .code = 13,
			   .try = 0,
			   .ttl = 57,
			   .t_ns = START_NS + 1500000 };

	asked_once(&b, 2, false);
	CHECK(grid_reply(&b.g, 0, 1, 9, &r));
	CHECK_EQ(b.cell[1].state, CELL_ANSWERED);
	CHECK_EQ(b.cell[1].kind, REPLY_ERROR);
	CHECK_EQ(b.cell[1].type, 3);
	CHECK_EQ(b.cell[1].code, 13);
	CHECK_EQ(b.cell[1].from, 9);
	CHECK_EQ(b.cell[1].ttl, 57);
	CHECK_EQ(b.cell[1].rtt_us, 1500);
	CHECK_EQ(b.cell[1].tries, 1);
	CHECK_EQ(b.rtt.n, 1);
	CHECK_EQ(b.cell[0].state, CELL_OPEN_QUESTION);
	bench_done(&b);
}

TEST(a_reply_to_a_try_that_was_never_sent_is_not_believed)
{
	struct bench b;
	struct reply r = { .kind = REPLY_SYNACK, .try = 1, .ttl = -1, .t_ns = START_NS + 5000 };

	asked_once(&b, 2, false);
	CHECK(!grid_reply(&b.g, 0, 0, 0, &r));
	CHECK_EQ(b.g.count.stray, 1);
	CHECK_EQ(b.cell[0].state, CELL_OPEN_QUESTION);
	r.kind = REPLY_ERROR;
	r.try = 0;
	CHECK(grid_reply(&b.g, 0, 0, 3, &r));
	/* Nor may one take the place of what is known. */
	r.kind = REPLY_SYNACK;
	r.try = 1;
	CHECK(!grid_reply(&b.g, 0, 0, 0, &r));
	CHECK_EQ(b.cell[0].kind, REPLY_ERROR);
	r.try = -1;
	CHECK(grid_reply(&b.g, 0, 0, 0, &r));
	bench_done(&b);
}

TEST(a_positive_answer_takes_the_place_of_an_error_and_not_the_other_way)
{
	struct bench b;
	struct reply error = {
		.kind = REPLY_ERROR, .type = 3, .code = 1, .ttl = 60, .t_ns = START_NS
	};
	struct reply open = { .kind = REPLY_SYNACK, .ttl = -1, .t_ns = START_NS + 5000 };

	asked_once(&b, 2, false);
	CHECK(grid_reply(&b.g, 0, 0, 3, &error));
	CHECK(!grid_reply(&b.g, 0, 0, 3, &error));
	CHECK_EQ(b.g.count.duplicates, 1);
	CHECK(grid_reply(&b.g, 0, 0, 0, &open));
	CHECK_EQ(b.cell[0].kind, REPLY_SYNACK);
	CHECK_EQ(b.cell[0].from, 0);
	CHECK_EQ(b.cell[0].ttl, 0);
	CHECK(!grid_reply(&b.g, 0, 0, 3, &error));
	open.kind = REPLY_RST;
	CHECK(!grid_reply(&b.g, 0, 0, 0, &open));
	CHECK_EQ(b.cell[0].kind, REPLY_SYNACK);
	CHECK_EQ(b.g.count.answered, 1);
	bench_done(&b);
}

TEST(a_late_answer_mends_the_verdict)
{
	struct bench b = bench_of(10, 10, none_answers, 1);
	struct reply r = { .kind = REPLY_RST, .try = 0, .ttl = 64 };

	bench_run(&b);
	CHECK_EQ(b.cell[55].state, CELL_SILENT);
	r.t_ns = b.sim.now_ns;
	CHECK(grid_reply(&b.g, 5, 5, 0, &r));
	CHECK_EQ(b.cell[55].state, CELL_ANSWERED);
	CHECK_EQ(b.cell[55].rtt_us, UINT32_MAX); /* two tries were made, and this is to the first */
	CHECK_EQ(b.g.count.late, 1);
	CHECK(grid_over(&b.g));
	bench_done(&b);
}

TEST(replies_to_nothing_of_ours_are_passed_over)
{
	struct bench b;
	struct reply r = { .kind = REPLY_RST, .t_ns = START_NS };

	asked_once(&b, 2, false);
	CHECK(!grid_reply(&b.g, 1, 0, 0, &r));
	CHECK(!grid_reply(&b.g, 0, 2, 0, &r));
	CHECK(!grid_reply(&b.g, UINT32_MAX, UINT32_MAX, 0, &r));
	r.kind = REPLY_NONE;
	CHECK(!grid_reply(&b.g, 0, 0, 0, &r));
	r.kind = 77;
	CHECK(!grid_reply(&b.g, 0, 0, 0, &r));
	CHECK_EQ(b.g.count.answered, 0);
	bench_done(&b);
}

TEST(one_answer_is_enough_when_it_is_to_be)
{
	struct bench b;
	struct reply foreign = { .kind = REPLY_ERROR, .type = 3, .code = 13, .t_ns = START_NS };
	struct reply r = { .kind = REPLY_RST, .t_ns = START_NS };

	asked_once(&b, 4, true);
	CHECK(grid_reply(&b.g, 0, 1, 2, &foreign));
	CHECK(!grid_over(&b.g));
	CHECK(grid_reply(&b.g, 0, 2, 0, &r));
	CHECK(grid_over(&b.g));
	CHECK_EQ(b.cell[0].state, CELL_OPEN_QUESTION);
	CHECK(grid_reply(&b.g, 0, 0, 0, &r)); /* it had been sent already */
	CHECK_EQ(b.cell[0].state, CELL_ANSWERED);
	bench_done(&b);
}

TEST(cells_that_are_decided_are_not_asked)
{
	struct bench b = bench_of(100, 3, all_answer, 1);

	for (uint32_t i = 0; i < 300; i++)
		b.cell[i].state = i % 3 == 0 ? CELL_SILENT : i % 3 == 1 ? CELL_UNSENT : 0;
	bench_run(&b);
	for (uint32_t i = 0; i < 300; i++) {
		CHECK_EQ(b.cell[i].tries, i % 3 == 2);
		CHECK_EQ(b.cell[i].state, i % 3 == 0 ? CELL_SILENT : i % 3 == 1 ? CELL_UNSENT : 1);
	}
	bench_done(&b);

	b = bench_of(100, 3, all_answer, 1);
	for (uint32_t i = 0; i < 300; i++)
		b.cell[i].state = CELL_ANSWERED;
	bench_begin(&b);
	CHECK(grid_over(&b.g));
	bench_done(&b);
}

/* By slot, what one target is asked leaves together; else it is spread over the run. */
TEST(asks_of_a_slot_stay_together_or_are_spread)
{
	for (int by_slot = 0; by_slot <= 1; by_slot++) {
		struct bench b = bench_of(16, 16, none_answers, 5);
		struct probe_shot shot[256];
		unsigned together = 0, n;
		uint64_t wake;

		b.conf.by_slot = by_slot;
		b.rate.fixed_pps = PACE_MAX_PPS;
		bench_begin(&b);
		n = grid_next(&b.g, START_NS, shot, 256, &wake);
		CHECK_EQ(n, 256);
		for (unsigned i = 1; i < n; i++)
			together += shot[i].slot == shot[i - 1].slot;
		CHECK(by_slot ? together == 240 : together < 40);
		bench_done(&b);
	}
}

/* Who has gone says nothing of the way there; who is merely late says much. */
TEST(an_answerer_that_has_gone_makes_room_for_another_and_one_that_is_late_does_not)
{
	struct bench b = bench_of(2000, 1, all_answer, 1);
	struct grid_canary *c;
	struct probe_shot shot;

	bench_begin(&b);
	for (uint32_t i = 0; i < GRID_CANARIES + 1; i++)
		grid_canary_answerer(&b.g, i, START_NS, 1000);
	CHECK_EQ(b.g.answerer_n, GRID_CANARIES);
	CHECK(grid_canary_shot(&b.g, START_NS + 1, &shot));
	CHECK(shot.canary && shot.slot == 0);
	grid_canary_expire(&b.g, START_NS + b.conf.wait_max_ns);
	CHECK_EQ(b.g.count.canaries_lost, 1);
	CHECK_EQ(b.g.answerer_gone, 0); /* it was heard a moment before */
	b.g.answerer_next = 0;
	CHECK(grid_canary_shot(&b.g, START_NS + b.conf.wait_max_ns, &shot));
	grid_canary_expire(&b.g, START_NS + 2 * b.conf.wait_max_ns);
	CHECK_EQ(b.g.answerer_gone, 1);
	grid_canary_answerer(&b.g, 1999, START_NS, 1000);
	CHECK_EQ(b.g.answerer_gone, 0);
	CHECK_EQ(b.g.answerer[0].cell, 1999);
	/* An answer of the one that went says nothing of the one that came. */
	c = &b.g.canary[1];
	CHECK(grid_canary_reply(&b.g, c->cell, c->try, c->sent_ns + 500));
	CHECK_EQ(b.g.answerer[0].least_us, 1000);
	bench_done(&b);
}
