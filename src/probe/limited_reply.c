/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/limited_own.h"

static bool same_class(const struct limited_class *k, const struct probe_cell *c)
{
	return k->from == c->from && k->type == c->type && k->code == c->code;
}

unsigned limited_class_of(const struct limited_host *h, const struct probe_cell *c)
{
	for (unsigned i = 0; i < h->class_n; i++) {
		if (same_class(&h->class[i], c))
			return i;
	}
	return 0;
}

void limited_class_add(struct limited_host *h, const struct probe_cell *c, uint32_t ask)
{
	struct limited_class *k = &h->class[limited_class_of(h, c)];

	if (!h->class_n || (!same_class(k, c) && h->class_n < LIMITED_CLASSES)) {
		k = &h->class[h->class_n++];
		*k = (struct limited_class){ .from = c->from, .type = c->type, .code = c->code };
	}
	if (same_class(k, c) && k->n < LIMITED_KNOWN)
		k->ask[k->n++] = ask;
}

uint64_t limited_wait_ns(const struct limited *l, const struct limited_source *s)
{
	return s->last_ns +
	       rtt_wait(l->rtt, l->conf.wait_first_ns, l->conf.wait_min_ns, l->conf.wait_max_ns);
}

static uint32_t clock_us(const struct limited *l, uint64_t t_ns)
{
	return (uint32_t)((t_ns - MIN(t_ns, l->start_ns)) / NS_PER_US);
}

/* One probe less to wait for. */
static void settled(struct limited *l, struct limited_source *s, uint64_t t_ns)
{
	if (s->pending > 0)
		s->pending--;
	if (s->state == LIMITED_WAITING)
		limited_wake(l, s, s->pending ? limited_wait_ns(l, s) : t_ns);
}

/* Of a cell that was decided before: a sentinel, or a duplicate. */
static void known_reply(struct limited *l, struct limited_source *s, uint32_t ask,
			const struct reply *reply)
{
	struct limited_host *h = &l->host[limited_slot(l, s)];

	if (reply->kind != REPLY_ERROR)
		return;
	for (unsigned i = 0; i < s->sentinel_sent && s->state >= LIMITED_SENDING; i++) {
		struct limited_sentinel *k = &s->sentinel[i];

		if (k->ask != ask || k->seen || (reply->try >= 0 && reply->try != k->try))
			continue;
		k->seen = true;
		k->rank = s->rank++;
		if (reply->t_ns > k->sent_ns)
			rtt_add(l->rtt, reply->t_ns - k->sent_ns);
		settled(l, s, reply->t_ns);
		return;
	}
	/* Probes that were doubled on their way cost two tokens. */
	limiter_bucket_add(&s->bucket, &h->guess, -1);
}

static void fill_cell(struct limited *l, struct probe_cell *c, uint16_t from,
		      const struct reply *reply, bool last)
{
	uint32_t rtt_us = clock_us(l, reply->t_ns) - c->sent_us;

	c->state = CELL_ANSWERED;
	c->from = from;
	c->kind = reply->kind;
	c->type = reply->type;
	c->code = reply->code;
	c->ttl = reply->ttl < 0 ? 0 : (uint8_t)reply->ttl;
	/* More than half the range is a reply from before its probe: a clock of somebody else's. */
	c->rtt_us = last && rtt_us <= INT32_MAX ? rtt_us : UINT32_MAX;
	if (c->rtt_us != UINT32_MAX)
		rtt_add(l->rtt, c->rtt_us * NS_PER_US);
}

/* Polls have told enough: most of them find no token, or nearly all do. */
static bool polls_told(const struct limited_host *h, const struct limited_source *s)
{
	uint32_t since = s->train.n - MIN(s->train.n, s->poll_first);

	if (s->refused >= LIMITED_POLLS_TOLD && s->refused * 10 >= since * 8)
		return true;
	return h->fit.n >= 4 && since >= 2 * s->refused &&
	       h->fit.last_ns - h->fit.first_ns >= LIMITED_SPAN_NS;
}

/* A refusal in the train on its way. */
static void train_reply(struct limited *l, uint32_t cell, const struct reply *reply)
{
	struct limited_cell *a = &l->aux[cell];
	uint32_t slot = cell / l->conf.ask_n;
	struct limited_host *h = &l->host[slot];
	struct limited_source *s = &l->lane[(size_t)slot * l->conf.sources + a->source];
	uint32_t age_us = clock_us(l, reply->t_ns) - l->cell[cell].sent_us;
	uint64_t sent_ns = MAX(s->first_ns, reply->t_ns - MIN(reply->t_ns, age_us * NS_PER_US));

	if (reply->kind == REPLY_ERROR) {
		a->flags |= LIMITED_SEEN;
		a->rank = s->rank++;
		s->refused++;
	}
	if (s->polls && reply->kind == REPLY_ERROR) {
		s->seen_ns = MAX(s->seen_ns, sent_ns);
		limiter_fit_add(&h->fit, sent_ns);
		if (s->refused == 1)
			s->poll_first = s->train.n;
		s->polls_end = polls_told(h, s);
	}
	settled(l, s, reply->t_ns);
}

/* What a refusal tells about loss, and about the guess. */
static void count_refusal(struct limited *l, struct limited_host *h, const struct limited_cell *a)
{
	bool suspect = a->flags & LIMITED_SUSPECT;

	h->refused++;
	if (a->certs > 0 && h->certain > 0)
		h->certain--;
	if (a->certs > 0)
		l->seen_lost += a->certs;
	else if (!suspect)
		l->seen_ok++;
	else if (h->guess.fitted) /* else it may be the guess that was wrong */
		l->seen_lost++;
	h->second++;
	h->late += suspect;
}

bool limited_reply(struct limited *l, uint32_t slot, uint32_t ask, uint16_t source, uint16_t from,
		   const struct reply *reply)
{
	struct limited_host *h;
	struct limited_cell *a;
	struct probe_cell *c;
	uint32_t cell;
	bool last;

	if (slot >= l->conf.slots || ask >= l->conf.ask_n || source >= l->conf.sources ||
	    reply->kind == REPLY_NONE)
		return false;
	h = &l->host[slot];
	cell = slot * l->conf.ask_n + ask;
	c = &l->cell[cell];
	a = &l->aux[cell];
	/* Who speaks of a try that never was did not see it. */
	if (a->sent < ASK_TRIES_MAX && reply->try >= a->sent) {
		l->strays++;
		return false;
	}
	h->any_reply = true;
	if (c->state == CELL_ANSWERED) {
		known_reply(l, &l->lane[(size_t)slot * l->conf.sources + source], ask, reply);
		return false;
	}
	last = a->sent > 0 && (reply->try < 0 || reply->try == (a->sent - 1) % ASK_TRIES_MAX);
	if (c->state == CELL_OPEN_QUESTION && h->undecided > 0)
		h->undecided--;
	fill_cell(l, c, from, reply, last && (reply->try >= 0 || c->tries == 1));
	if (reply->kind == REPLY_ERROR) {
		limited_class_add(h, c, ask);
		count_refusal(l, h, a);
	}
	if (last && (a->flags & LIMITED_IN_TRAIN))
		train_reply(l, cell, reply);
	return true;
}

void limited_unsent(struct limited *l, const struct probe_shot *shot, int fatal)
{
	uint32_t cell = shot->slot * l->conf.ask_n + shot->ask;
	struct limited_source *s = &l->lane[(size_t)shot->slot * l->conf.sources + shot->source];
	struct probe_cell *c = &l->cell[cell];
	struct limited_cell *a = &l->aux[cell];

	if (c->state != CELL_OPEN_QUESTION || !(a->flags & LIMITED_IN_TRAIN))
		return;
	a->flags |= LIMITED_UNSENT;
	if (c->tries > 0)
		c->tries--;
	if (fatal) {
		c->state = CELL_UNSENT;
		c->code = (uint8_t)fatal;
		l->host[shot->slot].undecided--;
	}
	settled(l, s, s->last_ns);
}
