/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/pace_queue.h"

#include "test.h"

#define LEAST_NS (40 * NS_PER_MS)

/* One reading, of canaries at @pps from packet @from on, each @excess_ns late. */
static void read_one(struct pace_queue *q, uint64_t from, double pps, uint64_t excess_ns)
{
	for (unsigned i = 0; i < PACE_QUEUE_SAMPLES; i++) {
		struct pace_answer a = {
			.sent_ns = NS_PER_S + (uint64_t)((double)(from + i) / pps * NS_PER_S),
			.before = from + i,
			.rtt_ns = LEAST_NS + excess_ns,
			.least_ns = LEAST_NS,
		};

		CHECK_EQ(pace_queue_add(q, &a), i == PACE_QUEUE_SAMPLES - 1);
	}
}

TEST(what_is_a_little_late_is_no_queue)
{
	struct pace_queue q = { 0 };

	for (unsigned i = 0; i < 100; i++) {
		read_one(&q, i * 1000, 10000, 9 * NS_PER_MS);
		CHECK(!q.seen);
	}
	CHECK_EQ(q.readings, 100);
	CHECK(pace_queue_since_ns(&q) == 0);
	CHECK(pace_queue_rate(&q) == 0);
	CHECK(!pace_queue_sure(&q));
}

TEST(a_queue_tells_what_gets_through)
{
	struct pace_queue q = { 0 };

	/* 10,000 a second into one that passes on 8,000: a quarter of the time it lasts. */
	for (unsigned i = 0; i < 11; i++)
		read_one(&q, i * 1000, 10000, 20 * NS_PER_MS + i * 25 * NS_PER_MS);
	CHECK(q.seen);
	CHECK(pace_queue_sure(&q));
	CHECK(pace_queue_rate(&q) > 7990 && pace_queue_rate(&q) < 8010);
	CHECK(pace_queue_since_ns(&q) > 1249e6 && pace_queue_since_ns(&q) < 1251e6);
	pace_queue_anew(&q);
	CHECK(q.seen);
	CHECK(pace_queue_since_ns(&q) == 0);
	read_one(&q, 20000, 10000, 20 * NS_PER_MS);
	CHECK(pace_queue_since_ns(&q) == 0);
	read_one(&q, 21000, 10000, 20 * NS_PER_MS);
	CHECK(pace_queue_since_ns(&q) > 99e6 && pace_queue_since_ns(&q) < 101e6);
}

TEST(a_queue_is_over_when_half_of_it_is_gone)
{
	struct pace_queue q = { 0 };

	read_one(&q, 0, 10000, 11 * NS_PER_MS);
	CHECK(q.seen);
	read_one(&q, 1000, 10000, 6 * NS_PER_MS);
	CHECK(q.seen);
	read_one(&q, 2000, 10000, 4 * NS_PER_MS);
	CHECK(!q.seen);
	read_one(&q, 3000, 10000, 6 * NS_PER_MS);
	CHECK(!q.seen);
}

TEST(what_no_lower_rate_changes_is_normal_until_it_is_gone)
{
	struct pace_queue q = { 0 };

	read_one(&q, 0, 10000, 100 * NS_PER_MS);
	CHECK(q.seen);
	pace_queue_normal(&q);
	CHECK(!q.seen);
	read_one(&q, 1000, 10000, 105 * NS_PER_MS);
	CHECK(!q.seen);
	read_one(&q, 2000, 10000, 115 * NS_PER_MS);
	CHECK(q.seen);
	for (unsigned i = 0; i < 100; i++)
		read_one(&q, 3000 + i * 1000, 10000, 0);
	CHECK(!q.seen);
	read_one(&q, 110000, 10000, 11 * NS_PER_MS);
	CHECK(q.seen);
}

TEST(a_far_network_may_queue_longer)
{
	struct pace_queue q = { 0 };

	for (unsigned i = 0; i < PACE_QUEUE_SAMPLES; i++)
		pace_queue_add(&q, &(struct pace_answer){ .sent_ns = NS_PER_S,
							  .rtt_ns = 660 * NS_PER_MS,
							  .least_ns = 600 * NS_PER_MS });
	CHECK_EQ(q.readings, 1);
	CHECK(!q.seen);
	CHECK(q.typical_ns == 600e6);
}

TEST(a_few_late_and_a_few_early_ones_change_nothing)
{
	struct pace_queue q = { 0 };

	for (unsigned i = 0; i < 10 * PACE_QUEUE_SAMPLES; i++) {
		uint64_t rtt = i % 16 == 3 ? 900 * NS_PER_MS : LEAST_NS;

		pace_queue_add(&q, &(struct pace_answer){ .sent_ns = NS_PER_S + i,
							  .rtt_ns = rtt,
							  .least_ns = LEAST_NS });
	}
	CHECK(!q.seen);
	for (unsigned i = 0; i < 10 * PACE_QUEUE_SAMPLES; i++) {
		uint64_t rtt = i % 8 == 3 ? LEAST_NS : LEAST_NS + 20 * NS_PER_MS;

		pace_queue_add(&q, &(struct pace_answer){ .sent_ns = NS_PER_S + i,
							  .rtt_ns = rtt,
							  .least_ns = LEAST_NS });
	}
	CHECK(q.seen);
}
