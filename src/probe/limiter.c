/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/limiter.h"

/*
 * What common systems do, tokens a second: Linux over IPv4, and over IPv6 by the length of the
 * route's prefix (1, 2, 4, 8, 16) or, since 2026, always 10; OpenBSD and NetBSD 100, FreeBSD 200.
 */
static const double known_rate[] = { 1, 2, 4, 8, 10, 16, 100, 200 };

#define KNOWN_FROM   0.8    /* a fit this near to a known rate … */
#define KNOWN_RATHER 0.85   /* … and so near where the next slower one is near, too */
#define KNOWN_TO     1.2    /* … is taken to be it */
#define WHEN_MAX_S   3600.0 /* whatever the rate, one looks again after this */
#define RATE_MIN     0.05
#define RATE_MAX     1e6
#define FIT_MIN      3 /* refusals that tell a rate */

struct limiter_guess limiter_default(int family)
{
	/* Over IPv6 the slower of the two usual ones (a /64 on link): to be too slow is never wrong. */
	return (struct limiter_guess){ .burst = 6, .rate = family == 6 ? 4 : 1 };
}

void limiter_bucket_fill(struct limiter_bucket *b, const struct limiter_guess *g, uint64_t now_ns)
{
	*b = (struct limiter_bucket){
		.tokens_min = g->burst,
		.tokens = g->burst,
		.at_ns = now_ns,
	};
}

void limiter_bucket_add(struct limiter_bucket *b, const struct limiter_guess *g, double n)
{
	b->tokens_min = MAX(-g->burst, MIN(g->burst, b->tokens_min + n));
	b->tokens = MAX(-g->burst, MIN(g->burst, b->tokens + n));
}

void limiter_bucket_refill(struct limiter_bucket *b, const struct limiter_guess *g, double share,
			   uint64_t now_ns)
{
	double s;

	if (now_ns <= b->at_ns)
		return;
	s = (double)(now_ns - b->at_ns) / (double)NS_PER_S;
	b->tokens_min = MIN(g->burst, b->tokens_min + s * g->rate * share);
	b->tokens = MIN(g->burst, b->tokens + s * g->rate);
	b->at_ns = now_ns;
}

void limiter_bucket_empty(struct limiter_bucket *b, uint64_t then_ns)
{
	*b = (struct limiter_bucket){ .at_ns = then_ns };
}

uint64_t limiter_bucket_when(const struct limiter_bucket *b, const struct limiter_guess *g,
			     double share, double want)
{
	double s = (want - b->tokens_min) / (g->rate * share);

	/* The tenth of a microsecond more keeps rounding from granting a shade less than @want. */
	return s <= 0 ? b->at_ns
		      : b->at_ns + (uint64_t)(MIN(s, WHEN_MAX_S) * (double)NS_PER_S) + 100;
}

void limiter_fit_add(struct limiter_fit *f, uint64_t sent_ns)
{
	if (f->n++ == 0)
		f->first_ns = sent_ns;
	f->first_ns = MIN(f->first_ns, sent_ns);
	f->last_ns = MAX(f->last_ns, sent_ns);
}

double limiter_known(double rate)
{
	double near = rate;

	/* Between two rather the faster: what is lost makes a rate look slower, never faster. */
	for (size_t i = 0; i < ARRAY_LEN(known_rate); i++) {
		double part = rate / known_rate[i];

		if (part < KNOWN_TO && part > (near < rate ? KNOWN_RATHER : KNOWN_FROM))
			near = known_rate[i];
	}
	return near;
}

bool limiter_fit_rate(const struct limiter_fit *f, double *ret_rate)
{
	double s, rate;

	if (f->n < FIT_MIN || f->last_ns <= f->first_ns)
		return false;
	/*
	 * Each token came at most one gap before it was seen; the first as likely as the last, so
	 * that this is an error of the span, not a bias.
	 */
	s = (double)(f->last_ns - f->first_ns) / (double)NS_PER_S;
	rate = (f->n - 1) / s;
	*ret_rate = MAX(RATE_MIN, MIN(limiter_known(rate), RATE_MAX));
	return true;
}
