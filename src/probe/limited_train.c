/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/limited_own.h"

#define HASTY_TRIES 3    /* of a silent port by the impatient */
#define DRY         0.05 /* chance that ports are open below which their silence is a limiter's */
#define VAIN_MAX    16

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
	a->sent = a->sent == UINT8_MAX ? UINT8_MAX + 1 - ASK_TRIES_MAX : (uint8_t)(a->sent + 1);
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
	uint8_t class = (uint8_t)(number % h->class_n);
	struct limited_class *k = &h->class[class];
	uint32_t ask = k->ask[k->at % k->n], cell = limited_slot(l, s) * l->conf.ask_n + ask;

	k->at = (uint8_t)((k->at + 1) % k->n);
	s->sentinel[number] = (struct limited_sentinel){
		.ask = ask,
		.try = l->aux[cell].sent % ASK_TRIES_MAX,
		.class = class,
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

/*
 * When the next poll is due: by the time that no token came, dense at first; once it is known how
 * long a token takes, eight in that time.
 */
static uint64_t poll_ns(const struct limited_source *s, const struct limited_host *h)
{
	uint64_t from_ns = MAX(s->first_ns, s->seen_ns);
	uint64_t since = s->last_ns > from_ns ? s->last_ns - from_ns : 0, gap = since / 2;

	if (h->fit.n >= 2)
		gap = (h->fit.last_ns - h->fit.first_ns) / (h->fit.n - 1) / 8;
	return s->last_ns + MIN(MAX(LIMITED_POLL_NS, gap), limited_poll_max_ns(h));
}

/* Whether what is to be certified is far enough ahead of the rest. */
static bool guarded(const struct limited *l, const struct limited_source *s)
{
	const struct limited_host *h = &l->host[limited_slot(l, s)];

	return !h->reorders || s->riders > 0 || (s->ahead && s->quota > 0) || s->guarded ||
	       !s->train.n || s->polls || s->extra || !h->class_n || !s->riding;
}

void limited_emit(struct limited *l, struct limited_source *s, struct limited_out *out)
{
	const struct limited_host *h = &l->host[limited_slot(l, s)];
	uint32_t cell;

	if (s->polls && out->now_ns - s->first_ns > LIMITED_POLLS_NS)
		s->polls_end = true;
	while (out->n < out->room) {
		if (s->polls && s->train.n > 0 && s->quota > 0 && !s->polls_end &&
		    out->now_ns < poll_ns(s, h)) {
			limited_wake(l, s, poll_ns(s, h));
			return;
		}
		if (!guarded(l, s)) {
			limited_wake(l, s, s->last_ns + limited_guard_ns(l));
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

/* Whether so many refusals of each class came after the guard that a token was there before it. */
static bool certified_ahead(const struct limited *l, const struct limited_source *s,
			    const struct limited_host *h)
{
	unsigned after[LIMITED_CLASSES] = { 0 }, need = limited_after(l, h);
	uint32_t at = 0;

	for (uint32_t cell = s->train.head; cell != LIMITED_NONE; cell = l->aux[cell].next, at++) {
		if (at >= s->guarded && l->aux[cell].flags & LIMITED_SEEN)
			after[limited_class_of(h, &l->cell[cell])]++;
	}
	for (unsigned i = 0; i < s->sentinel_sent; i++)
		after[s->sentinel[i].class] += s->sentinel[i].seen;
	for (unsigned i = 0; i < h->class_n; i++) {
		if (after[i] < need)
			return false;
	}
	return need > 0;
}

static struct limited_verdict verdict(const struct limited *l, const struct limited_source *s,
				      struct limited_host *h)
{
	uint32_t last[LIMITED_CLASSES] = { 0 }, least = UINT32_MAX, most = 0;
	struct limited_verdict v = { .n = s->train.n };

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
		v.cut = certified_ahead(l, s, h) || (most >= s->guarded &&
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

/* Returns whether anything was learnt about any of them. */
static bool judge_cells(struct limited *l, struct limited_source *s,
			const struct limited_verdict *v)
{
	struct limited_host *h = &l->host[limited_slot(l, s)];
	bool deaf = s->sentinel_sent > 0 && v->sentinels == 0;
	bool steady = h->phase == LIMITED_STEADY || limited_number(l, s) > 0;
	unsigned need = limited_certs(l, h);
	double tokens = steady && s->proved && !s->polls && !deaf ? s->believed : 0;
	bool suspect = h->phase == LIMITED_GROW && h->reorders && v->sentinels > 0;
	uint32_t cell;
	bool told = false;

	for (uint32_t at = 0; (cell = limited_list_pop(l, &s->train)) != LIMITED_NONE; at++) {
		struct limited_cell *a = &l->aux[cell];
		uint8_t flags = a->flags;

		a->flags &= LIMITED_SUSPECT;
		if (!(flags & LIMITED_SUSPECT))
			tokens -= 1;
		told = told || at < v->cut || l->cell[cell].state != CELL_OPEN_QUESTION;
		if (l->cell[cell].state != CELL_OPEN_QUESTION)
			continue;
		if (flags & LIMITED_UNSENT) {
			limited_list_push(l, &h->again, cell);
			continue;
		}
		judge_silent(l, s, cell, at < v->cut, suspect || tokens >= 0, need);
	}
	return told || s->extra || s->polls;
}

/* Whether the bucket must have been empty when the train had passed. */
static bool dry(const struct limited_source *s, const struct limited_host *h,
		const struct limited_verdict *v)
{
	double open = 1 - limited_closed(h), all_open = 1;

	if (s->sentinel_sent > 0)
		return v->sentinels == 0;
	for (uint32_t i = 0; i < v->tail_asked; i++)
		all_open *= MAX(open, 0.1);
	return v->tail_asked > 1 && all_open < DRY;
}

/* What the train cost, and what is left in the bucket. */
static void settle_tokens(struct limited *l, struct limited_source *s,
			  const struct limited_verdict *v, uint64_t now_ns)
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
	/* An answer that was lost on its way here did cost a token. */
	silent = v->n - MIN(v->n, s->refused);
	if (limited_lossy(l) > 0 && limited_closed(h) >= 0.5)
		spent += MIN(1, silent) * 0.5;
	limiter_bucket_add(&s->bucket, &h->guess, s->charged - spent);
}

static void count_refusals(struct limited *l, struct limited_host *h,
			   const struct limited_source *s, const struct limited_verdict *v,
			   uint64_t now_ns)
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
	struct limited_verdict v = verdict(l, s, h);

	s->train_n = s->train.n;
	s->vain = judge_cells(l, s, &v) ? 0 : (uint8_t)MIN(s->vain + 1, VAIN_MAX);
	settle_tokens(l, s, &v, now_ns);
	h->trains--;
	count_refusals(l, h, s, &v, now_ns);
	if (h->phase != LIMITED_DONE) {
		if (s->polls)
			limited_after_polls(l, s);
		else if (h->phase < LIMITED_LEARN)
			limited_after_growth(l, s, &v);
		else
			limited_after_steady(l, s, &v, now_ns);
	}
	s->polls = false;
	s->proved = true;
	limited_plan(l, s, now_ns);
	limited_rouse(l, slot, now_ns);
}
