/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/limited_own.h"

#include <math.h>

#define YIELD_MIN     20             /* refusals that tell whether the guess is right … */
#define YIELD_S       0.25           /* … over such a time at least */
#define FAST_PPS      50.0           /* limits above it are counted, not polled */
#define FAST_MIN      20             /* refusals that tell such a rate */
#define EDGE_MIN      4              /* refusals that show where a bucket ran out */
#define HASTY_TRIES   3              /* of a silent port by the impatient */
#define TRIAL_NS      (2 * NS_PER_S) /* when full buckets have been used up */
#define DRY           0.05 /* chance that ports are open below which their silence is a limiter's */
#define GUARD_MAX_NS  (100 * NS_PER_MS)
#define UNLIMITED_MIN 256 /* probes of a train, all answered */

/* What a train proved. */
struct verdict {
	uint32_t n;          /* cells in it */
	uint32_t cut;        /* those before it had a token each */
	uint32_t tail_asked; /* of these, such as were no suspects */
	uint32_t tail;       /* cells after the last refused */
	unsigned sentinels;  /* that answered */
};

static uint32_t clock_us(const struct limited *l, uint64_t now_ns)
{
	return (uint32_t)((now_ns - l->start_ns) / NS_PER_US);
}

static void put_shot(struct limited *l, struct limited_source *s, struct limited_out *out,
		     uint32_t cell, bool canary)
{
	struct limited_cell *a = &l->aux[cell];
	uint32_t ask = cell % l->conf.ask_n;

	out->shot[out->n++] = (struct probe_shot){
		.slot = limited_slot(l, s),
		.ask = ask,
		.try = a->sent % ASK_TRIES_MAX,
		.payload = (uint8_t)(canary ? 0 : a->sent % l->payloads[ask]),
		.source = limited_number(l, s),
		.canary = canary,
	};
	a->sent++;
	s->last_ns = out->now_ns;
	s->pending++;
}

static void put_cell(struct limited *l, struct limited_source *s, struct limited_out *out,
		     uint32_t cell)
{
	struct probe_cell *c = &l->cell[cell];
	struct limited_cell *a = &l->aux[cell];

	put_shot(l, s, out, cell, false);
	a->flags = (uint8_t)((a->flags & LIMITED_SUSPECT) | LIMITED_IN_TRAIN);
	a->source = (uint8_t)limited_number(l, s);
	c->sent_us = clock_us(l, out->now_ns);
	if (c->tries < UINT8_MAX)
		c->tries++;
	limited_list_push(l, &s->train, cell);
}

static void put_sentinel(struct limited *l, struct limited_source *s, struct limited_out *out)
{
	struct limited_host *h = &l->host[limited_slot(l, s)];
	uint8_t number = s->sentinel_sent++;
	struct limited_class *k = &h->class[number];
	uint32_t ask = k->ask[k->at % k->n], cell = limited_slot(l, s) * l->conf.ask_n + ask;

	k->at = (uint8_t)((k->at + 1) % k->n);
	s->sentinel[number] = (struct limited_sentinel){
		.ask = ask,
		.try = l->aux[cell].sent % ASK_TRIES_MAX,
		.class = number,
		.sent_ns = out->now_ns,
	};
	put_shot(l, s, out, cell, true);
}

/* The next cell of the train; LIMITED_NONE when it has all its cells. */
static uint32_t next_cell(struct limited *l, struct limited_source *s)
{
	struct limited_host *h = &l->host[limited_slot(l, s)];
	uint32_t cell = LIMITED_NONE;

	if (s->riders > 0) {
		s->riders--;
		cell = limited_list_pop_open(l, s->extra ? &h->more : &h->suspect);
		if (cell != LIMITED_NONE)
			return cell;
		s->riders = 0;
	}
	/* Whoever refuses for the first time has a limit that is to be learnt first. */
	if ((h->phase == LIMITED_QUIET && h->class_n > 0) || (s->polls && s->polls_end))
		s->quota = 0;
	if (s->quota > 0) {
		s->quota--;
		cell = limited_list_pop_open(l, &h->again);
		if (cell == LIMITED_NONE)
			cell = limited_fresh(l, limited_slot(l, s));
		if (cell == LIMITED_NONE)
			s->quota = 0;
	}
	return cell;
}

/* When the next poll is due: dense at first, then by the time that no token came. */
static uint64_t poll_ns(const struct limited_source *s)
{
	uint64_t from_ns = MAX(s->first_ns, s->seen_ns);
	uint64_t since = s->last_ns > from_ns ? s->last_ns - from_ns : 0;

	return s->last_ns + MIN(MAX(LIMITED_POLL_NS, since / 4), LIMITED_POLL_MAX_NS);
}

/* How long to wait lest what follows overtakes what went before. */
static uint64_t guard_ns(const struct limited *l)
{
	return MIN((uint64_t)(5 * l->rtt->var_ns), GUARD_MAX_NS);
}

/* Whether the suspects of the train are far enough ahead of the rest. */
static bool guarded(const struct limited *l, const struct limited_source *s)
{
	const struct limited_host *h = &l->host[limited_slot(l, s)];

	return !h->reorders || s->riders > 0 || s->guarded || !s->train.n || s->polls || s->extra ||
	       !h->class_n || !s->riding;
}

void limited_emit(struct limited *l, struct limited_source *s, struct limited_out *out)
{
	uint32_t cell;

	if (s->polls && out->now_ns - s->first_ns > LIMITED_POLLS_NS)
		s->polls_end = true;
	while (out->n < out->room) {
		if (s->polls && s->train.n > 0 && s->quota > 0 && !s->polls_end &&
		    out->now_ns < poll_ns(s)) {
			limited_wake(l, s, poll_ns(s));
			return;
		}
		if (!guarded(l, s)) {
			limited_wake(l, s, s->last_ns + guard_ns(l));
			if (out->now_ns < s->wake_ns)
				return;
			s->guarded = s->train.n;
		}
		cell = next_cell(l, s);
		if (cell != LIMITED_NONE)
			put_cell(l, s, out, cell);
		else if (s->riders == 0 && s->train.n > 0 && s->sentinel_sent < s->sentinel_n)
			put_sentinel(l, s, out);
		else if (s->riders == 0)
			break;
	}
	if (s->riders > 0 || s->quota > 0 || (s->train.n > 0 && s->sentinel_sent < s->sentinel_n)) {
		limited_wake(l, s, out->now_ns);
		return;
	}
	s->state = LIMITED_WAITING;
	limited_wake(l, s, s->pending ? limited_wait_ns(l, s) : out->now_ns);
}

/* The refusals of a train came in another order than its probes left. */
static bool out_of_order(const struct limited *l, const struct limited_source *s)
{
	uint32_t rank = 0;

	for (uint32_t cell = s->train.head; cell != LIMITED_NONE; cell = l->aux[cell].next) {
		if (!(l->aux[cell].flags & LIMITED_SEEN))
			continue;
		if (l->aux[cell].rank < rank)
			return true;
		rank = l->aux[cell].rank;
	}
	for (unsigned i = 0; i < s->sentinel_sent; i++) {
		if (s->sentinel[i].seen && s->sentinel[i].rank < rank)
			return true;
	}
	return false;
}

/* For each class of refusals, the place after which none of it was seen. */
static void last_of_class(const struct limited *l, const struct limited_source *s,
			  const struct limited_host *h, uint32_t last[LIMITED_CLASSES])
{
	uint32_t at = 0;

	for (uint32_t cell = s->train.head; cell != LIMITED_NONE; cell = l->aux[cell].next, at++) {
		if (l->aux[cell].flags & LIMITED_SEEN)
			last[limited_class_of(h, &l->cell[cell])] = at;
	}
	for (unsigned i = 0; i < s->sentinel_sent; i++) {
		if (s->sentinel[i].seen)
			last[s->sentinel[i].class] = at + i;
	}
}

static struct verdict verdict(const struct limited *l, const struct limited_source *s,
			      struct limited_host *h)
{
	uint32_t last[LIMITED_CLASSES] = { 0 }, least = UINT32_MAX, most = 0;
	struct verdict v = { .n = s->train.n };

	h->reorders = h->reorders || (!s->polls && out_of_order(l, s));
	last_of_class(l, s, h, last);
	for (unsigned i = 0; i < h->class_n; i++) {
		least = MIN(least, last[i]);
		most = MAX(most, last[i]);
	}
	for (unsigned i = 0; i < s->sentinel_sent; i++)
		v.sentinels += s->sentinel[i].seen;
	for (uint32_t cell = s->train.head, at = 0; cell != LIMITED_NONE; cell = l->aux[cell].next)
		v.tail_asked += (!(s->refused + v.sentinels) || at++ > most) &&
				!(l->aux[cell].flags & LIMITED_SUSPECT);
	v.tail = s->refused ? v.n - MIN(v.n, most + 1) : v.n;
	if (s->polls || s->extra)
		v.cut = 0;
	else if (!h->class_n)
		v.cut = s->rested ? v.n : 0;
	else if (h->reorders)
		v.cut = most >= s->guarded && (h->guess.unlimited ||
					       s->believed >= v.n + s->sentinel_sent)
				? s->guarded
				: 0;
	else
		v.cut = least;
	return v;
}

/* A cell of the train that nothing came for. Returns whether it is to be asked again. */
static void judge_silent(struct limited *l, struct limited_source *s, uint32_t cell, bool certain,
			 bool token, unsigned need)
{
	struct limited_host *h = &l->host[limited_slot(l, s)];
	struct limited_cell *a = &l->aux[cell];
	unsigned payloads = l->payloads[cell % l->conf.ask_n] * (limited_lossy(l) > 0 ? 2 : 1);
	bool more = l->cell[cell].tries < payloads;

	if (s->extra) {
		limited_list_push(l, more ? &h->more : &h->held, cell);
		return;
	}
	if (certain) {
		if (a->certs++ == 0)
			h->certain++;
		a->flags |= LIMITED_SUSPECT;
		if (a->certs < need)
			limited_list_push(l, &h->suspect, cell);
		else
			limited_list_push(l, more ? &h->more : &h->held, cell);
		return;
	}
	if (l->cell[cell].tries >=
	    (l->conf.impatient && h->class_n > 0 ? HASTY_TRIES : LIMITED_ASKED_MAX)) {
		l->cell[cell].state = CELL_LIMITED;
		h->undecided--;
		return;
	}
	if (token)
		a->flags |= LIMITED_SUSPECT;
	limited_list_push(l, a->flags & LIMITED_SUSPECT ? &h->suspect : &h->again, cell);
}

static void judge_cells(struct limited *l, struct limited_source *s, const struct verdict *v)
{
	struct limited_host *h = &l->host[limited_slot(l, s)];
	bool deaf = s->sentinel_sent > 0 && v->sentinels == 0;
	bool steady = h->phase == LIMITED_STEADY || limited_number(l, s) > 0;
	unsigned need = limited_certs(l, h);
	double tokens = steady && s->proved && !s->polls && !deaf ? s->believed : 0;
	bool suspect = h->phase == LIMITED_GROW && h->reorders && v->sentinels > 0;
	uint32_t cell;

	for (uint32_t at = 0; (cell = limited_list_pop(l, &s->train)) != LIMITED_NONE; at++) {
		struct limited_cell *a = &l->aux[cell];
		uint8_t flags = a->flags;

		a->flags &= LIMITED_SUSPECT;
		if (!(flags & LIMITED_SUSPECT))
			tokens -= 1;
		if (l->cell[cell].state != CELL_OPEN_QUESTION)
			continue;
		if (flags & LIMITED_UNSENT) {
			limited_list_push(l, &h->again, cell);
			continue;
		}
		judge_silent(l, s, cell, at < v->cut, suspect || tokens >= 0, need);
	}
}

/* Whether the bucket must have been empty when the train had passed. */
static bool dry(const struct limited_source *s, const struct limited_host *h,
		const struct verdict *v)
{
	double open = 1 - limited_closed(h), all_open = 1;

	if (s->sentinel_sent > 0)
		return v->sentinels == 0;
	for (uint32_t i = 0; i < v->tail_asked; i++)
		all_open *= MAX(open, 0.1);
	return v->tail_asked > 1 && all_open < DRY;
}

/* What the train cost, and what is left in the bucket. */
static void settle_tokens(struct limited *l, struct limited_source *s, const struct verdict *v,
			  uint64_t now_ns)
{
	struct limited_host *h = &l->host[limited_slot(l, s)];
	double spent = s->refused + v->sentinels, silent;

	limiter_bucket_refill(&s->bucket, &h->guess, l->conf.share, now_ns);
	if (s->polls || dry(s, h, v)) {
		/* Polls after the last one refused took nothing. */
		limiter_bucket_empty(&s->bucket,
				     s->polls ? MAX(s->first_ns, s->seen_ns) : s->last_ns);
		limiter_bucket_refill(&s->bucket, &h->guess, l->conf.share, now_ns);
		return;
	}
	if (s->charged <= 0 && h->phase < LIMITED_LEARN)
		return;
	/* An answer that was lost on its way here did cost a token. */
	silent = v->n - MIN(v->n, s->refused);
	if (limited_lossy(l) > 0 && limited_closed(h) >= 0.5)
		spent += MIN(1, silent) * 0.5;
	limiter_bucket_add(&s->bucket, &h->guess, s->charged - spent);
}

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

static void after_growth(struct limited *l, struct limited_source *s, const struct verdict *v)
{
	struct limited_host *h = &l->host[limited_slot(l, s)];
	/* All refused up to a place and none after it: without a sentinel too that is a limit. */
	bool edge = s->refused >= EDGE_MIN &&
		    (v->n - MIN(v->n, v->tail + s->refused)) * 4 <= s->refused;

	h->grown += s->refused + v->sentinels;
	if (!h->class_n) {
		h->phase = LIMITED_QUIET;
		h->window = MIN(h->window * 8, 16 * LIMITED_WINDOW_MAX);
		return;
	}
	if (h->phase == LIMITED_QUIET) {
		h->phase = LIMITED_GROW;
		h->window = LIMITED_FIRST;
		return;
	}
	if (s->extra || l->conf.impatient)
		return;
	if (v->sentinels || v->tail < 3) {
		h->passed = MAX(h->passed, s->refused + v->sentinels);
		if (v->n >= h->window / 2)
			h->window = MIN(h->window * 2, LIMITED_WINDOW_MAX);
		h->guess.unlimited = h->window > UNLIMITED_MIN;
		h->bad = 0;
	} else if ((s->sentinel_sent || edge) && (!h->guess.unlimited || h->bad++ > 0)) {
		hit(l, s, h);
	}
}

static void after_polls(struct limited *l, struct limited_source *s)
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
 * Refusals should come when a token is believed to be there, not for suspects only: is the guess
 * too high, or the other one too low?
 */
static void after_steady(struct limited *l, struct limited_host *h, uint64_t now_ns)
{
	double s = (double)(now_ns - h->second_ns) / (double)NS_PER_S;

	if (h->second < YIELD_MIN || s < YIELD_S)
		return;
	if (h->late < h->second * (0.15 + 1 / sqrt(h->second)))
		rate_holds(h, h->second / s, now_ns);
	else
		rate_fails(l, h, h->second / s);
	h->late = h->second = 0;
	h->bound = false;
	h->second_ns = now_ns;
}

static void count_refusals(struct limited *l, struct limited_host *h,
			   const struct limited_source *s, const struct verdict *v, uint64_t now_ns)
{
	if (s->refused + v->sentinels > 0) {
		h->deaf = h->mute = 0;
		h->refusal_ns = now_ns;
		return;
	}
	if (h->mute < UINT16_MAX)
		h->mute++;
	if (s->sentinel_sent > 0 && h->deaf < UINT16_MAX)
		h->deaf++;
	if (h->deaf >= LIMITED_DEAF_MAX && now_ns - h->refusal_ns >= LIMITED_DEAF_NS)
		limited_finish(l, (uint32_t)(h - l->host), true);
}

void limited_judge(struct limited *l, struct limited_source *s, uint64_t now_ns)
{
	uint32_t slot = limited_slot(l, s);
	struct limited_host *h = &l->host[slot];
	struct verdict v = verdict(l, s, h);

	s->train_n = s->train.n;
	judge_cells(l, s, &v);
	settle_tokens(l, s, &v, now_ns);
	h->trains--;
	count_refusals(l, h, s, &v, now_ns);
	if (h->phase != LIMITED_DONE) {
		if (s->polls)
			after_polls(l, s);
		else if (h->phase < LIMITED_LEARN)
			after_growth(l, s, &v);
		else
			after_steady(l, h, now_ns);
	}
	s->polls = false;
	s->proved = true;
	limited_plan(l, s, now_ns);
	limited_rouse(l, slot, now_ns);
}
