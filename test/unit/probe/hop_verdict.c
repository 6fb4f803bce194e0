/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "probe/hop_verdict.h"

#define HOPS 24

enum { PLAIN, BUCKET, DICE, WINDOW };

struct limiter {
	uint8_t how;
	double per_s, burst, tokens; /* BUCKET; WINDOW: burst answers each burst / per_s seconds */
	double drop;                 /* DICE */
	double window_s;
};

/* A path of @n hops. Hop @lossy and all behind lose @loss of their packets. */
struct path {
	size_t n;
	struct limiter limiter[HOPS];
	bool silent[HOPS];
	size_t lossy[2];
	double loss[2];
	unsigned rounds;
	double round_s, jitter_s;
	bool errors, end;
};

static uint64_t seed;

static double dice(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (double)(seed >> 11) / 9007199254740992.0;
}

static unsigned pick(unsigned n)
{
	return (unsigned)(dice() * n);
}

/* Whether it answers at @at, @since seconds after it was asked last. */
static bool lets(struct limiter *l, double at, double since)
{
	switch (l->how) {
	case BUCKET:
		l->tokens = MIN(l->burst, l->tokens + since * l->per_s);
		break;
	case WINDOW:
		if (at - l->window_s >= l->burst / l->per_s) {
			l->window_s = at;
			l->tokens = l->burst;
		}
		break;
	case DICE:
		return dice() >= l->drop;
	default:
		return true;
	}
	if (l->tokens < 1)
		return false;
	l->tokens -= 1;
	return true;
}

static void run_hop(const struct path *p, size_t i, struct hop_tally *t)
{
	struct limiter l = p->limiter[i];
	double before = -1000;

	l.tokens = l.burst;
	*t = (struct hop_tally){ .end = p->end && i == p->n - 1,
				 .errors = i < p->n - 1 || p->errors };
	for (unsigned r = 0; r < p->rounds; r++) {
		double at = r * p->round_s + dice() * p->jitter_s;
		bool answered = !p->silent[i];

		for (unsigned k = 0; k < 2; k++)
			answered = answered && (i < p->lossy[k] || dice() >= p->loss[k]);
		if (answered) {
			answered = lets(&l, at, at - before);
			before = at;
		}
		t->sent++;
		t->received += answered;
		t->asked_bits = t->asked_bits << 1 | 1;
		t->answered_bits = t->answered_bits << 1 | answered;
	}
}

static void run(const struct path *p, struct hop_tally *t, struct hop_judgement *j)
{
	for (size_t i = 0; i < p->n; i++)
		run_hop(p, i, &t[i]);
	hop_judge(t, p->n, j);
}

static struct limiter some_limiter(void)
{
	static const double rates[] = { 0.5, 1, 1, 1, 2, 5, 10, 0 };
	struct limiter l = { .how = (uint8_t)(BUCKET + pick(3)), .burst = 1 + pick(10) };

	l.per_s = rates[pick(ARRAY_LEN(rates))];
	if (l.per_s <= 0)
		l.per_s = 0.2 + 20 * dice();
	l.drop = dice() * dice();
	return l;
}

static struct path some_path(void)
{
	struct path p = { .n = 2 + pick(HOPS - 2), .lossy = { HOPS, HOPS }, .end = true };

	p.rounds = 3 + (pick(3) == 0 ? pick(10) : pick(98));
	p.round_s = 0.05 + dice() * 0.95;
	p.jitter_s = p.round_s * 0.05 * pick(3);
	p.errors = pick(2);
	return p;
}

static void show(const struct path *p, const struct hop_tally *t, const struct hop_judgement *j)
{
	fprintf(stderr, "# rounds %u every %.3f s, errors %d, end %d, loss %.2f at %zu\n",
		p->rounds, p->round_s, p->errors, p->end, p->loss[0], p->lossy[0]);
	for (size_t i = 0; i < p->n; i++)
		fprintf(stderr,
			"# %zu: %llu/%llu how %u rate %.1f drop %.2f: verdict %u why %u hop %u chance %.2g\n",
			i, (unsigned long long)t[i].received, (unsigned long long)t[i].sent,
			p->limiter[i].how, p->limiter[i].per_s, p->limiter[i].drop, j[i].verdict,
			j[i].why, j[i].hop, j[i].chance);
}

static unsigned falsely_lossy(const struct path *p)
{
	struct hop_tally t[HOPS];
	struct hop_judgement j[HOPS];

	run(p, t, j);
	for (size_t i = 0; i < p->n; i++) {
		if (j[i].verdict != HOP_LOSES)
			continue;
		show(p, t, j);
		return 1;
	}
	return 0;
}

/* Any one to five hops limit, wherever they stand; the end limits its errors as Linux does. */
TEST(hop_verdict_never_calls_a_limiter_lossy)
{
	unsigned lossy = 0;

	seed = 0x1234567;
	for (unsigned run_i = 0; run_i < 30000; run_i++) {
		struct path p = some_path();
		unsigned limiting = 1 + pick(5);

		for (unsigned k = 0; k < limiting; k++)
			p.limiter[pick((unsigned)p.n - 1)] = some_limiter();
		if (p.errors && pick(4))
			p.limiter[p.n - 1] =
				(struct limiter){ .how = BUCKET, .per_s = 1, .burst = 6 };
		p.end = pick(5);
		p.silent[p.n - 1] = !p.end;
		p.silent[pick((unsigned)p.n)] = pick(2);
		lossy += falsely_lossy(&p);
	}
	CHECK_EQ(lossy, 0);
}

/* The worst: the last five before the end limit alike, the end by a bucket; or the end is silent. */
TEST(hop_verdict_never_calls_limiters_in_a_row_lossy)
{
	unsigned lossy = 0;

	seed = 0x7654321;
	for (unsigned run_i = 0; run_i < 30000; run_i++) {
		struct path p = some_path();
		struct limiter l = some_limiter();

		p.rounds = 3 + pick(200);
		for (unsigned k = 0; k < 5 && k + 1 < p.n; k++)
			p.limiter[p.n - 2 - k] = l;
		p.end = pick(3);
		p.silent[p.n - 1] = !p.end;
		if (p.errors) {
			p.limiter[p.n - 1] = some_limiter();
			p.limiter[p.n - 1].how = BUCKET;
		}
		lossy += falsely_lossy(&p);
	}
	CHECK_EQ(lossy, 0);
}

struct score {
	unsigned runs, right, elsewhere, missed, at_limiter, limiter_right;
};

/* Loss @loss from hop @k on, perhaps a limiter before or behind it, told at @k and nowhere else? */
static void judge_loss(const struct path *p, size_t limiter, struct score *s)
{
	struct hop_tally t[HOPS];
	struct hop_judgement j[HOPS];
	size_t told = HOPS, n = 0;

	run(p, t, j);
	for (size_t i = 0; i < p->n; i++) {
		if (j[i].verdict != HOP_LOSES)
			continue;
		told = i;
		n++;
	}
	s->runs++;
	s->right += n == 1 && told == p->lossy[0];
	s->elsewhere += n > 1 || (n == 1 && told != p->lossy[0]);
	s->missed += n == 0;
	if (limiter < p->n) {
		s->at_limiter += j[limiter].verdict == HOP_LOSES;
		s->limiter_right += j[limiter].verdict == HOP_LIMITS;
	}
}

static struct score judge_losses(bool errors, double loss, unsigned rounds, bool limited)
{
	struct score s = { 0 };

	for (unsigned run_i = 0; run_i < 400; run_i++) {
		struct path p = {
			.n = 10 + pick(6), .rounds = rounds, .round_s = 0.1, .end = true
		};
		size_t at = HOPS;

		p.errors = errors;
		p.loss[0] = loss;
		p.lossy[0] = 4 + pick(4);
		p.lossy[1] = HOPS;
		if (limited) {
			at = pick(2) ? p.lossy[0] - 2 : p.lossy[0] + 1;
			p.limiter[at] =
				(struct limiter){ .how = BUCKET, .per_s = 1, .burst = 1 + pick(5) };
		}
		judge_loss(&p, at, &s);
	}
	return s;
}

TEST(hop_verdict_finds_where_packets_are_lost)
{
	static const struct {
		double loss;
		unsigned rounds;
		unsigned echo, errors; /* right of 400, at least: by how the end answers */
	} cases[] = {
		{ 0.01, 2000, 396, 200 },
		{ 0.03, 600, 396, 180 },
		{ 0.1, 200, 396, 80 },
		{ 0.3, 60, 396, 320 },
	};

	seed = 0xabcdef;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (unsigned how = 0; how < 4; how++) {
			bool errors = how & 1, limited = how & 2;
			struct score s =
				judge_losses(errors, cases[i].loss, cases[i].rounds, limited);

			CHECK(s.right >= (errors ? cases[i].errors : cases[i].echo));
			CHECK(s.elsewhere <= 4);
			CHECK(!limited || s.limiter_right >= 396);
			CHECK_EQ(s.at_limiter, 0);
		}
	}
}

static struct hop_tally tally(uint64_t sent, uint64_t received)
{
	return (struct hop_tally){ .sent = sent, .received = received, .errors = true };
}

static struct hop_tally end_tally(uint64_t sent, uint64_t received)
{
	return (struct hop_tally){ .sent = sent, .received = received, .end = true };
}

TEST(hop_verdict_says_why)
{
	struct hop_tally t[] = {
		tally(100, 100), tally(100, 0),  tally(100, 20),     tally(100, 98),
		tally(100, 70),  tally(100, 60), end_tally(100, 71),
	};
	struct hop_judgement j[ARRAY_LEN(t)];

	hop_judge(t, ARRAY_LEN(t), j);
	CHECK(j[0].verdict == HOP_OK && j[0].why == HOP_WHY_ALL && j[0].hop == 255);
	CHECK(j[1].verdict == HOP_SILENT && j[1].why == HOP_WHY_PASSES && j[1].hop == 2);
	CHECK(j[2].verdict == HOP_LIMITS && j[2].why == HOP_WHY_BEHIND && j[2].hop == 3);
	CHECK(j[2].chance < 0.001);
	CHECK(j[3].verdict == HOP_OK && j[3].why == HOP_WHY_FEW);
	CHECK(j[4].verdict == HOP_LOSES && j[4].why == HOP_WHY_CARRIED);
	CHECK(j[4].loss > 0.25 && j[4].loss < 0.36);
	CHECK(j[4].chance < 0.001);
	CHECK(j[5].verdict == HOP_OK && j[5].why == HOP_WHY_INHERITED && j[5].hop == 4);
	CHECK(j[6].verdict == HOP_OK && j[6].why == HOP_WHY_INHERITED && j[6].hop == 4);
	CHECK(hop_path_loss(t, j, ARRAY_LEN(t)) == 0.29);
}

TEST(hop_verdict_finds_loss_at_the_end_itself_and_on_the_first_link)
{
	struct hop_tally last[] = { tally(100, 100), tally(100, 100), end_tally(100, 80) };
	struct hop_tally first[] = { tally(100, 80), tally(100, 81), end_tally(100, 79) };
	struct hop_judgement j[3];

	hop_judge(last, 3, j);
	CHECK(j[2].verdict == HOP_LOSES && j[2].why == HOP_WHY_END);
	CHECK(j[0].verdict == HOP_OK && j[1].verdict == HOP_OK);
	hop_judge(first, 3, j);
	CHECK(j[0].verdict == HOP_LOSES && j[0].why == HOP_WHY_CARRIED);
	CHECK(j[1].why == HOP_WHY_INHERITED && j[2].why == HOP_WHY_INHERITED && j[2].hop == 0);
}

TEST(hop_verdict_finds_a_second_place_behind_the_first)
{
	struct hop_tally t[] = { tally(500, 500), tally(500, 300), tally(500, 302),
				 tally(500, 220), tally(500, 221), end_tally(500, 219) };
	struct hop_judgement j[ARRAY_LEN(t)];

	hop_judge(t, ARRAY_LEN(t), j);
	CHECK(j[1].verdict == HOP_LOSES && j[1].loss > 0.4);
	CHECK(j[3].verdict == HOP_LOSES && j[3].loss > 0.2 && j[3].loss < 0.35);
	CHECK(j[2].why == HOP_WHY_INHERITED && j[2].hop == 1);
	CHECK(j[5].why == HOP_WHY_INHERITED && j[5].hop == 3);
}

TEST(hop_verdict_calls_three_rounds_few)
{
	struct hop_tally t[] = { tally(3, 3), tally(3, 1), tally(3, 2), end_tally(3, 2) };
	struct hop_judgement j[ARRAY_LEN(t)];

	hop_judge(t, ARRAY_LEN(t), j);
	for (size_t i = 1; i < ARRAY_LEN(t); i++)
		CHECK(j[i].verdict == HOP_OK && j[i].why == HOP_WHY_FEW);
}

TEST(hop_verdict_tells_the_silent_end_of_a_path)
{
	struct hop_tally t[] = { tally(3, 3), tally(3, 0), tally(3, 3), tally(3, 0), tally(0, 0) };
	struct hop_tally nobody[] = { tally(3, 0), tally(3, 0) };
	struct hop_judgement j[ARRAY_LEN(t)];

	hop_judge(t, ARRAY_LEN(t), j);
	CHECK(j[1].verdict == HOP_SILENT && j[1].why == HOP_WHY_PASSES && j[1].hop == 2);
	CHECK(j[3].verdict == HOP_SILENT && j[3].why == HOP_WHY_DEAD && j[3].hop == 255);
	CHECK(j[4].verdict == HOP_SILENT && j[4].why == HOP_WHY_DEAD);
	CHECK(hop_path_loss(t, j, ARRAY_LEN(t)) == 0);
	hop_judge(nobody, 2, j);
	CHECK(j[0].verdict == HOP_SILENT && j[1].why == HOP_WHY_DEAD);
	CHECK(hop_path_loss(nobody, j, 2) < 0);
	hop_judge(nobody, 0, j);
}

TEST(hop_verdict_knows_a_bucket_by_its_pattern)
{
	struct path p = {
		.n = 4, .lossy = { HOPS, HOPS }, .rounds = 60, .round_s = 0.5, .end = true
	};
	struct hop_tally t[HOPS];
	struct hop_judgement j[HOPS];

	seed = 99;
	p.errors = true;
	p.limiter[3] = (struct limiter){ .how = BUCKET, .per_s = 1, .burst = 6 };
	run(&p, t, j);
	CHECK(j[3].verdict == HOP_LIMITS && j[3].why == HOP_WHY_PATTERN);
	CHECK(hop_path_loss(t, j, 4) == 0); /* of the last before it */
	/* Alone at the end of what is seen: nobody behind could show loss. */
	p.limiter[3] = (struct limiter){ .how = DICE, .drop = 0.4 };
	p.end = false;
	run(&p, t, j);
	CHECK(j[3].verdict == HOP_LIMITS && j[3].why == HOP_WHY_UNTOLD);
	/* Two alike: it may be either. */
	p.limiter[2] = p.limiter[3];
	run(&p, t, j);
	CHECK(j[2].verdict == HOP_OK && j[2].why == HOP_WHY_EITHER);
	CHECK(j[3].verdict == HOP_OK && j[3].why == HOP_WHY_EITHER);
}

/* It looks the same whether packets are lost from hop 5 on or all from there on throw dice. */
TEST(hop_verdict_does_not_guess_where_the_end_is_silent)
{
	struct path p = { .n = 14, .lossy = { 5, HOPS }, .rounds = 200, .round_s = 0.1 };
	struct hop_tally t[HOPS];
	struct hop_judgement j[HOPS];

	seed = 4711;
	p.loss[0] = 0.2;
	p.silent[13] = true;
	run(&p, t, j);
	for (size_t i = 5; i < 13; i++)
		CHECK(j[i].verdict == HOP_OK && j[i].why == HOP_WHY_EITHER);
	CHECK(j[13].verdict == HOP_SILENT && j[13].why == HOP_WHY_DEAD);
	CHECK(hop_path_loss(t, j, 14) < 0);
}

/* Any number of hops throw dice; the end answers all, by a bucket, by dice of its own, or nothing. */
TEST(hop_verdict_never_calls_dice_lossy)
{
	unsigned lossy = 0;

	seed = 0x5eed;
	for (unsigned run_i = 0; run_i < 20000; run_i++) {
		struct path p = some_path();
		unsigned from = pick((unsigned)p.n), how = pick(4);
		double drop = 0.5 * dice();

		for (unsigned k = from; k + 1 < p.n; k++)
			p.limiter[k] = (struct limiter){ .how = DICE, .drop = drop };
		p.errors = how > 0;
		p.end = how != 3;
		p.silent[p.n - 1] = !p.end;
		p.limiter[p.n - 1] = (struct limiter){ .how = how == 1 ? BUCKET : PLAIN,
						       .per_s = 1 + 10 * dice(),
						       .burst = 1 + pick(10) };
		if (how == 2 && p.n - from < 4)
			p.limiter[p.n - 1] = (struct limiter){ .how = DICE, .drop = dice() };
		lossy += falsely_lossy(&p);
	}
	CHECK_EQ(lossy, 0);
}

TEST(hop_path_loss_believes_no_errors_that_are_missing)
{
	struct hop_tally t[] = { tally(3, 3), tally(3, 2), tally(3, 1) };
	struct hop_judgement j[ARRAY_LEN(t)];

	t[2].end = true;
	hop_judge(t, ARRAY_LEN(t), j);
	CHECK(hop_path_loss(t, j, 3) < 0);
	t[2].received = 3;
	hop_judge(t, ARRAY_LEN(t), j);
	CHECK(hop_path_loss(t, j, 3) == 0);
	t[2].received = 1;
	t[2].errors = false; /* an echo reply that is missing is a packet that is lost */
	hop_judge(t, ARRAY_LEN(t), j);
	CHECK(hop_path_loss(t, j, 3) > 0.6);
}

TEST(hop_verdict_does_not_take_a_path_full_of_limiters_for_a_lossy_one)
{
	/* Each answers once in 20 rounds: three answers tell little of one hop, of eight they do. */
	struct path p = { .n = 8,
			  .lossy = { HOPS, HOPS },
			  .rounds = 60,
			  .round_s = 0.05,
			  .end = true,
			  .errors = true };
	struct hop_tally t[HOPS];
	struct hop_judgement j[HOPS];

	for (unsigned round = 0; round < 200; round++) {
		p.jitter_s = round % 2 ? 0.004 : 0;
		for (size_t i = 0; i < p.n; i++)
			p.limiter[i] = (struct limiter){ BUCKET, 1, 1, 1, 0, 0 };
		p.limiter[4].burst = p.limiter[4].tokens = 6;
		seed = round;
		run(&p, t, j);
		for (size_t i = 0; i < p.n; i++)
			CHECK(j[i].verdict != HOP_LOSES);
	}
}
