/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What trains that came home tell about the limiter. */
#include "probe/limited_own.h"

#include <math.h>

#define MEASURED_MIN  5    /* refusals that tell a rate */
#define YIELD_MIN     20   /* refusals that tell whether the guess is right … */
#define YIELD_S       0.25 /* … over such a time at least */
#define FAILS_S       2.0  /* … that all sources share: some hosts count by the second */
#define FAST_PPS      50.0 /* limits above it are counted, not polled */
#define FAST_MIN      20   /* refusals that tell such a rate */
#define EDGE_MIN      4    /* refusals that show where a bucket ran out */
#define TRIAL_NS      (2 * NS_PER_S) /* when full buckets have been used up */
#define UNLIMITED_MIN 256            /* probes of a train, all answered */

/* A limit was met while trains grew. */
static void hit(struct limited *l, struct limited_source *s, struct limited_host *h)
{
	double s_since = (double)(s->last_ns - h->hit_ns) / (double)NS_PER_S;

	h->phase = LIMITED_LEARN;
	if (h->hit_ns && h->grown >= FAST_MIN && s_since > 0 && h->grown / s_since > FAST_PPS) {
		h->guess.rate = h->grown / s_since;
		h->guess.fitted = true;
		h->phase = LIMITED_STEADY;
	}
	/* Limits that count by the second rather than with a bucket forgive no second burst. */
	if (h->guess.fitted && h->guess.rate > FAST_PPS)
		h->guess.burst = MAX(6, h->guess.rate * (1 - l->conf.share));
	else if (!h->hit_ns)
		h->guess.burst = MAX(h->guess.burst, MIN(h->grown, LIMITER_BURST_MAX));
	h->guess.unlimited = false;
	h->hit_ns = s->last_ns;
	h->grown = 0;
	h->window = LIMITED_FIRST;
	h->fit = (struct limiter_fit){ 0 };
	limiter_bucket_empty(&s->bucket, s->last_ns);
}

void limited_after_growth(struct limited *l, struct limited_source *s,
			  const struct limited_verdict *v)
{
	struct limited_host *h = &l->host[limited_slot(l, s)];
	/* All refused up to a place and none after it: without a sentinel too that is a limit. */
	bool edge = s->refused >= EDGE_MIN &&
		    (v->n - MIN(v->n, v->tail + s->refused)) * 4 <= s->refused;
	bool quiet = false;

	h->grown += s->refused + v->sentinels;
	if (!h->class_n) {
		h->phase = LIMITED_QUIET;
		h->window = MIN(h->window * 8, 16 * LIMITED_WINDOW_MAX);
		return;
	}
	if (h->phase == LIMITED_QUIET) {
		h->phase = LIMITED_GROW;
		h->window = LIMITED_FIRST;
		/* A token or two may have come while it rested. */
		limiter_bucket_empty(&s->bucket, s->last_ns);
		quiet = true;
	}
	if (s->extra || l->conf.impatient)
		return;
	/* As a usual limiter does, and what is left takes moments at its pace. */
	if (limited_few(h) && h->grown <= limiter_default(4).burst) {
		h->phase = LIMITED_STEADY;
		return;
	}
	if (quiet)
		return;
	if (v->sentinels || (v->tail < 3 && h->deaf < 2)) {
		h->passed = MAX(h->passed, s->refused + v->sentinels);
		if (v->n >= h->window / 2)
			h->window = MIN(h->window * 2, LIMITED_WINDOW_MAX);
		h->guess.unlimited = h->window > UNLIMITED_MIN;
		h->bad = 0;
	} else if ((s->sentinel_sent || edge) && (!h->guess.unlimited || h->bad++ > 0)) {
		hit(l, s, h);
	}
}

void limited_after_polls(struct limited *l, struct limited_source *s)
{
	struct limited_host *h = &l->host[limited_slot(l, s)];
	double rate;

	h->phase = LIMITED_STEADY;
	if (s->refused >= LIMITED_POLLS_TOLD &&
	    s->refused * 10 >= (s->train_n - MIN(s->train_n, s->poll_first)) * 8) {
		h->grown += s->refused;
		h->phase = LIMITED_GROW;
	} else if (limiter_fit_rate(&h->fit, &rate)) {
		h->guess.rate = rate;
		h->guess.fitted = true;
	}
}

/* Once, whether the host gives more than is usual: a failure costs a moment only. */
static void rate_holds(struct limited_host *h, double seen, uint64_t now_ns)
{
	h->bad = 0;
	if (!h->bound || h->host_known || seen < h->host_rate * 0.85 ||
	    now_ns - h->start_ns < TRIAL_NS)
		return;
	h->host_good = h->host_rate;
	h->host_rate *= 1.5;
}

static void rate_fails(struct limited *l, struct limited_host *h, double seen)
{
	/* What a limiter hid was not lost. */
	l->seen_lost = MAX(0, l->seen_lost - h->late);
	if (h->host_good > 0 && h->host_rate > h->host_good) {
		h->host_rate = h->host_good;
		h->host_known = true;
		return;
	}
	/* Ports hidden before may come late though all is well now. */
	if (h->bad++ == 0)
		return;
	h->bad = 0;
	h->host_known = true;
	if (l->conf.sources > 1 && h->bound)
		h->host_rate = MAX(1, MIN(h->host_rate, seen) * l->conf.share);
	else
		h->guess.rate = MAX(0.1, h->guess.rate * 0.8);
}

/*
 * A bucket that is found empty twice has given between what came: that is its rate. One that is
 * not found empty gives more than is asked of it. For hosts that were not polled: a sentinel
 * that stays silent costs nothing.
 */
static void measure(struct limited_host *h, struct limited_source *s,
		    const struct limited_verdict *v)
{
	double since = (double)(s->last_ns - h->dry_ns) / (double)NS_PER_S;

	if (!s->sentinel_sent)
		return;
	h->dry_told += s->refused + v->sentinels;
	if (v->sentinels) {
		if (h->dry_told < MEASURED_MIN || h->guess.rate > FAST_PPS)
			return;
		h->guess.rate *= 1.5;
		h->dry_told = 0;
		h->dry_ns = 0;
		return;
	}
	if (!h->dry_ns) {
		h->dry_ns = s->last_ns;
		h->dry_told = 0;
	} else if (h->dry_told >= MEASURED_MIN && since > 0) {
		h->guess.rate = limiter_known(h->dry_told / since);
		h->guess.fitted = true;
	}
}

/*
 * Refusals should come when a token is believed to be there, not for suspects only: is the guess
 * too high, or the other one too low?
 */
void limited_after_steady(struct limited *l, struct limited_source *lane,
			  const struct limited_verdict *v, uint64_t now_ns)
{
	struct limited_host *h = &l->host[limited_slot(l, lane)];
	double s = (double)(now_ns - h->second_ns) / (double)NS_PER_S;

	if (!h->guess.fitted && limited_number(l, lane) == 0)
		measure(h, lane, v);
	if (h->second < YIELD_MIN || s < YIELD_S)
		return;
	if (h->late < h->second * (0.15 + 1 / sqrt(h->second)))
		rate_holds(h, h->second / s, now_ns);
	else if (h->bound && l->conf.sources > 1 && s < FAILS_S)
		return;
	else
		rate_fails(l, h, h->second / s);
	h->late = h->second = 0;
	h->bound = false;
	h->second_ns = now_ns;
}
