/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <pthread.h>
#include <sched.h>

#include "pio/lane.h"

struct jobs {
	pthread_mutex_t gate; /* held: no job gets on */
	unsigned done[64], n;
};

static void job(void *self, unsigned what)
{
	struct jobs *j = self;

	pthread_mutex_lock(&j->gate);
	j->done[j->n++] = what;
	pthread_mutex_unlock(&j->gate);
}

/* NULL where the machine has one processor: then there is nothing to test. */
static struct lane *start(struct jobs *j)
{
	struct lane *l;

	*j = (struct jobs){ .gate = PTHREAD_MUTEX_INITIALIZER };
	l = lane_start(job, j);
	if (!l)
		skip();
	return l;
}

TEST(lane_does_its_jobs_in_their_order)
{
	struct jobs j;
	struct lane *l = start(&j);

	for (unsigned i = 0; i < ARRAY_LEN(j.done); i++)
		while (!lane_push(l, i))
			sched_yield();
	lane_drain(l);
	CHECK_EQ(j.n, ARRAY_LEN(j.done));
	for (unsigned i = 0; i < ARRAY_LEN(j.done); i++)
		CHECK_EQ(j.done[i], i);
	lane_stop(l);
}

TEST(lane_takes_no_more_than_it_has_room_for)
{
	struct jobs j;
	struct lane *l = start(&j);

	pthread_mutex_lock(&j.gate);
	for (unsigned i = 0; i < LANE_DEPTH; i++)
		CHECK(lane_push(l, i));
	CHECK(!lane_push(l, 9));
	pthread_mutex_unlock(&j.gate);
	lane_drain(l);
	CHECK_EQ(j.n, LANE_DEPTH);
	CHECK(lane_push(l, 10));
	lane_stop(l);
	CHECK_EQ(j.n, LANE_DEPTH + 1);
	CHECK_EQ(j.done[LANE_DEPTH], 10);
}

TEST(lane_that_never_was_can_be_stopped)
{
	lane_drain(NULL);
	lane_stop(NULL);
}
