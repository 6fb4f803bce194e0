/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include "probe/asked.h"

static void put(struct asked_window *w, size_t lane, uint32_t seq, enum asked_state state)
{
	const struct asked q = { .sent_ns = seq * 100ull,
				 .seq = seq,
				 .mark = seq & 0xff,
				 .state = (uint32_t)state & 7 };

	asked_put(w, lane, &q);
}

TEST(a_question_is_found_by_what_the_wire_carries_of_it)
{
	struct asked slot[2 * 4] = { 0 };
	struct asked_window w;
	struct asked *s;

	asked_init(&w, slot, 4);
	CHECK(!asked_find(&w, 0, 0, 0xffff)); /* nothing was asked */
	put(&w, 0, 0x10001, ASKED_WAITING);
	put(&w, 1, 1, ASKED_WAITING);
	s = asked_find(&w, 0, 1, 0xffff);
	CHECK(s && s->seq == 0x10001 && s->mark == 1);
	CHECK(!asked_find(&w, 0, 1, 0x1ffff));
	CHECK(!asked_find(&w, 0, 5, 0xffff)); /* the same place, another question */
	CHECK_EQ(asked_find(&w, 1, 1, 0xffff)->seq, 1);
	CHECK(!asked_find(&w, 1, 2, 0xffff));
	CHECK_EQ(w.waiting, 2);
}

TEST(a_question_that_never_left_cannot_be_answered)
{
	struct asked slot[4] = { 0 };
	struct asked_window w;

	asked_init(&w, slot, 4);
	put(&w, 0, 2, ASKED_FAILED);
	CHECK(!asked_find(&w, 0, 2, 0xffff));
	CHECK_EQ(asked_at(&w, 0, 2)->seq, 2);
	CHECK_EQ(w.waiting, 0);
}

TEST(an_answer_is_judged_by_its_time_and_by_what_came_before)
{
	struct asked slot[4] = { 0 };
	struct asked_window w;
	uint64_t rtt;

	asked_init(&w, slot, 4);
	for (uint32_t seq = 1; seq <= 4; seq++)
		put(&w, 0, seq, ASKED_WAITING);
	CHECK_EQ(asked_settle(&w, asked_at(&w, 0, 1), 150, 50, &rtt), ASKED_FIRST);
	CHECK_EQ(rtt, 50);
	CHECK_EQ(w.waiting, 3);
	CHECK_EQ(asked_settle(&w, asked_at(&w, 0, 1), 160, 50, &rtt), ASKED_DUPLICATE);
	CHECK_EQ(rtt, 60);
	CHECK_EQ(w.waiting, 3);
	CHECK_EQ(asked_settle(&w, asked_at(&w, 0, 2), 251, 50, &rtt), ASKED_LATE);
	asked_close(&w, asked_at(&w, 0, 3), ASKED_LOST);
	CHECK_EQ(w.waiting, 1);
	CHECK_EQ(asked_settle(&w, asked_at(&w, 0, 3), 310, 50, &rtt), ASKED_LATE);
	CHECK_EQ(asked_settle(&w, asked_at(&w, 0, 4), 399, 50, &rtt), ASKED_FIRST);
	CHECK_EQ(rtt, 0); /* a clock that stepped back */
	CHECK_EQ(w.waiting, 0);
}

TEST(a_closed_question_is_not_waited_for_and_a_forgotten_one_is_nobodys)
{
	struct asked slot[4] = { 0 };
	struct asked_window w;
	uint64_t rtt;

	asked_init(&w, slot, 4);
	put(&w, 0, 1, ASKED_WAITING);
	put(&w, 0, 2, ASKED_WAITING);
	asked_close(&w, asked_at(&w, 0, 1), ASKED_ERROR);
	CHECK_EQ(w.waiting, 1);
	CHECK_EQ(asked_settle(&w, asked_at(&w, 0, 1), 110, 50, &rtt), ASKED_FIRST);
	asked_close(&w, asked_at(&w, 0, 1), ASKED_ERROR); /* it is answered */
	CHECK_EQ(asked_at(&w, 0, 1)->state, ASKED_ANSWERED);
	asked_close(&w, asked_at(&w, 0, 1), ASKED_NONE);
	asked_close(&w, asked_at(&w, 0, 2), ASKED_NONE);
	CHECK_EQ(w.waiting, 0);
	CHECK_EQ(asked_settle(&w, asked_find(&w, 0, 1, 0xffff), 110, 50, &rtt), ASKED_UNKNOWN);
}

TEST(a_question_that_is_pushed_out_is_waited_for_no_more)
{
	struct asked slot[4] = { 0 };
	struct asked_window w;

	asked_init(&w, slot, 4);
	for (uint32_t seq = 1; seq <= 9; seq++)
		put(&w, 0, seq, ASKED_WAITING);
	CHECK_EQ(w.waiting, 4);
	put(&w, 0, 10, ASKED_FAILED);
	CHECK_EQ(w.waiting, 3);
	CHECK(!asked_find(&w, 0, 5, 0xffff));
}
