/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/limiter.h"

#include "test.h"

#define NEAR(a, b) CHECK((a) > (b)-1e-3 && (a) < (b) + 1e-3)

TEST(a_limiter_begins_with_what_linux_does)
{
	struct limiter_guess g4 = limiter_default(4), g6 = limiter_default(6);

	NEAR(g4.burst, 6);
	NEAR(g4.rate, 1);
	NEAR(g6.burst, 6);
	NEAR(g6.rate, 4);
	CHECK(!g4.fitted && !g4.unlimited && !g6.fitted && !g6.unlimited);
}

TEST(a_bucket_fills_at_the_share_and_never_runs_over)
{
	struct limiter_guess g = { .burst = 6, .rate = 10 };
	struct limiter_bucket b;

	limiter_bucket_fill(&b, &g, NS_PER_S);
	NEAR(b.tokens_min, 6);
	limiter_bucket_add(&b, &g, -5);
	NEAR(b.tokens_min, 1);
	limiter_bucket_refill(&b, &g, 0.95, NS_PER_S + 200 * NS_PER_MS);
	NEAR(b.tokens_min, 2.9);
	NEAR(b.tokens, 3);
	limiter_bucket_refill(&b, &g, 0.95, 9 * NS_PER_S);
	NEAR(b.tokens_min, 6);
	NEAR(b.tokens, 6);
	limiter_bucket_add(&b, &g, 1);
	NEAR(b.tokens, 6);
}

TEST(a_bucket_takes_no_harm_from_a_clock_that_goes_back)
{
	struct limiter_guess g = limiter_default(4);
	struct limiter_bucket b;

	limiter_bucket_fill(&b, &g, 5 * NS_PER_S);
	limiter_bucket_empty(&b, 5 * NS_PER_S);
	limiter_bucket_refill(&b, &g, 1, 3 * NS_PER_S);
	NEAR(b.tokens, 0);
	CHECK_EQ(b.at_ns, 5 * NS_PER_S);
	limiter_bucket_refill(&b, &g, 1, 7 * NS_PER_S);
	NEAR(b.tokens, 2);
}

TEST(a_bucket_tells_when_tokens_will_be_there)
{
	struct limiter_guess g = { .burst = 6, .rate = 4 };
	struct limiter_bucket b;
	uint64_t when_ns;

	limiter_bucket_empty(&b, NS_PER_S);
	for (double want = 1; want <= 6; want++) {
		struct limiter_bucket then = b;

		when_ns = limiter_bucket_when(&b, &g, 0.95, want);
		limiter_bucket_refill(&then, &g, 0.95, when_ns);
		CHECK(then.tokens_min >= want - 1e-9);
		CHECK(then.tokens_min <= want + 1e-3);
	}
	CHECK_EQ(limiter_bucket_when(&b, &g, 0.95, 0), NS_PER_S);
}

/* Polls every @gap_ms of a bucket that was just emptied. */
static double polled(double rate, uint64_t gap_ms, uint32_t want)
{
	struct limiter_fit f = { 0 };
	double tokens = 0, fitted = -1;

	for (uint64_t ns = 0; f.n < want; ns += gap_ms * NS_PER_MS) {
		tokens += rate * (double)gap_ms / 1000;
		if (tokens < 1)
			continue;
		tokens -= 1;
		limiter_fit_add(&f, NS_PER_S + ns);
	}
	CHECK(limiter_fit_rate(&f, &fitted));
	return fitted;
}

TEST(polls_tell_the_rates_of_common_systems_exactly)
{
	static const struct {
		double rate;
		uint64_t gap_ms;
		uint32_t n;
	} cases[] = {
		{ 1, 150, 4 }, { 2, 60, 5 },  { 4, 20, 5 },
		{ 8, 15, 8 },  { 10, 15, 8 }, { 16, 15, 12 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		NEAR(polled(cases[i].rate, cases[i].gap_ms, cases[i].n), cases[i].rate);
}

TEST(between_two_common_rates_the_faster_is_believed_more)
{
	NEAR(limiter_known(8.4), 8);
	NEAR(limiter_known(8.6), 10);
	NEAR(limiter_known(7), 8);
	NEAR(limiter_known(0.83), 1);
	NEAR(limiter_known(1.19), 1);
	NEAR(limiter_known(1.3), 1.3);
	NEAR(limiter_known(12.5), 12.5);
	NEAR(limiter_known(500), 500);
}

TEST(polls_tell_an_uncommon_rate_nearly)
{
	double rate = polled(5.7, 15, 12);

	CHECK(rate > 5.4 && rate < 6.0);
}

TEST(too_few_refusals_tell_no_rate)
{
	struct limiter_fit f = { 0 };
	double rate = 42;

	CHECK(!limiter_fit_rate(&f, &rate));
	limiter_fit_add(&f, NS_PER_S);
	limiter_fit_add(&f, 2 * NS_PER_S);
	CHECK(!limiter_fit_rate(&f, &rate));
	NEAR(rate, 42);
	/* Three at one time are no measure either. */
	f = (struct limiter_fit){ .n = 3, .first_ns = 5, .last_ns = 5 };
	CHECK(!limiter_fit_rate(&f, &rate));
	NEAR(rate, 42);
}
