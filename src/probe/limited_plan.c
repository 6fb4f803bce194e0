/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/limited_own.h"

#define CERTS_MIN 2  /* independent certificates of a silent port, though no loss was seen */
#define CERTS_MAX 30 /* below ASK_TRIES_MAX: each is a try */

#define GUARD_MAX_NS  (100 * NS_PER_MS)
#define JITTER_NS     (1 * NS_PER_MS)
#define BATCH_CAREFUL 64
#define SPREAD        3 /* times the ports that a token is enough for, where most are silent */
#define VAIN_MANY     2 /* such trains in a row: what follows is to be short */

#define LOSSY 0.02 /* less is no reason to be careful with tokens */

/* The tokens that one train of a steady lane is made of. */
struct want {
	double tokens; /* to wait for */
	unsigned sentinels;
	bool few; /* hardly anything is left: spend what was held back */
};

static uint32_t asks(const struct limited *l, const struct limited_host *h)
{
	return l->conf.ask_n - h->fresh + h->again.n;
}

double limited_lossy(const struct limited *l)
{
	double seen = 0;

	if (l->seen_lost > 0)
		seen = (l->seen_lost + 1) / (l->seen_ok + l->seen_lost + 2);
	return MIN(0.9, MAX(seen, l->told_loss));
}

double limited_closed(const struct limited_host *h)
{
	return (h->refused + 1.0) / (h->refused + h->certain + 1.0);
}

unsigned limited_certs(const struct limited *l, const struct limited_host *h)
{
	double lossy = limited_lossy(l), wrong = h->suspect.n + h->held.n + 1;
	unsigned n = 0, max = MIN((unsigned)MAX(l->conf.tries_max, CERTS_MIN), CERTS_MAX);

	if (lossy <= 0)
		return CERTS_MIN;
	for (; wrong > l->conf.miss_max && n < max; n++)
		wrong *= lossy;
	/* One more: the loss is an estimate, and losses come in rows. */
	return MIN(max, MAX(CERTS_MIN, n + 1));
}

bool limited_few(const struct limited_host *h)
{
	return h->undecided <= LIMITED_FEW && !h->guess.unlimited;
}

uint64_t limited_guard_ns(const struct limited *l)
{
	/* The variation is smoothed, and may be small for a while: the worst seen counts, too. */
	double worst = 1.5 * MAX(0, (double)l->rtt->max_ns - l->rtt->srtt_ns);

	return (uint64_t)MIN(MAX(5 * l->rtt->var_ns, worst), (double)GUARD_MAX_NS);
}

unsigned limited_after(const struct limited *l, const struct limited_host *h)
{
	/* From what went ahead to the last refusal: the guard, and a jitter as long as it. */
	double s = 2 * (double)limited_guard_ns(l) / (double)NS_PER_S;
	double n = h->guess.unlimited ? 1 : 2 + h->guess.rate * s;

	/* With many sources there are tokens enough for each, and short trains are sooner home. */
	if ((n * h->class_n > h->guess.burst || l->conf.sources > 1) && !h->guess.unlimited)
		return 0;
	return n < LIMITED_AFTER_MAX + 1 ? (unsigned)n : 0;
}

static struct want want(const struct limited *l, const struct limited_host *h,
			const struct limited_source *s)
{
	uint32_t left = asks(l, h);
	bool closed = limited_closed(h) >= 0.5;
	unsigned after = h->reorders ? limited_after(l, h) : 0;
	struct want w = { .few = left <= l->conf.sources * MAX(1, s->bucket.tokens) &&
				 limited_lossy(l) < LOSSY };

	/*
	 * Where most ports are closed, the next one to be asked is as good as a sentinel; unless
	 * there are others that refuse, too.
	 */
	if (!left || !closed || h->mute >= 2 ||
	    (h->class_n > 1 && h->suspect.n >= LIMITED_RIDERS_MAX))
		w.sentinels = h->class_n * MAX(1, after);
	w.tokens = w.sentinels;
	if (left && (closed || h->reorders) && (!w.sentinels || !h->suspect.n))
		w.tokens++;
	if (h->reorders && !after)
		w.tokens += MIN(h->suspect.n, 2);
	else if (h->suspect.n > 0)
		w.tokens = MAX(w.tokens, after);
	w.tokens = MAX(w.tokens, MIN(left, h->guess.rate * l->conf.share * 0.02));
	w.tokens = MAX(1, MIN(w.tokens, h->guess.burst));
	return w;
}

static void go_idle(struct limited *l, struct limited_host *h, struct limited_source *s)
{
	limited_sleep(l, s);
	s->state = LIMITED_IDLE;
	s->next_idle = h->idle;
	h->idle = limited_number(l, s);
}

/* What was certified often enough by what was known of loss then may not be by now. */
static void review(struct limited *l, struct limited_host *h)
{
	unsigned need = limited_certs(l, h);
	struct limited_list held = h->held;
	uint32_t cell;

	limited_list_init(&h->held);
	while ((cell = limited_list_pop_open(l, &held)) != LIMITED_NONE)
		limited_list_push(l, l->aux[cell].certs < need ? &h->suspect : &h->held, cell);
}

void limited_finish(struct limited *l, uint32_t slot, bool given_up)
{
	struct limited_host *h = &l->host[slot];
	uint32_t cell;

	while (!given_up && (cell = limited_list_pop_open(l, &h->held)) != LIMITED_NONE) {
		l->cell[cell].state = h->any_reply ? CELL_CERTIFIED : CELL_SILENT;
		h->undecided--;
	}
	for (uint32_t i = 0; h->undecided && i < l->conf.ask_n; i++) {
		cell = slot * l->conf.ask_n + i;
		if (l->cell[cell].state == CELL_OPEN_QUESTION) {
			l->cell[cell].state = CELL_LIMITED;
			h->undecided--;
		}
	}
	if (h->phase != LIMITED_DONE)
		l->hosts_left--;
	h->phase = LIMITED_DONE;
}

/* No list has work. Returns whether there is some after all. */
static bool end_of_lists(struct limited *l, struct limited_source *s)
{
	struct limited_host *h = &l->host[limited_slot(l, s)];

	if (h->trains > 0)
		return false;
	review(l, h);
	if (h->suspect.n > 0)
		return true;
	limited_finish(l, limited_slot(l, s), false);
	return false;
}

static uint64_t steady_ns(const struct limited *l, const struct limited_host *h,
			  const struct limited_source *s)
{
	struct want w = want(l, h, s);
	struct limiter_bucket b = s->bucket;

	if (!w.few)
		return limiter_bucket_when(&b, &h->guess, l->conf.share, w.tokens);
	b.tokens_min = b.tokens;
	return limiter_bucket_when(&b, &h->guess, 1, w.tokens);
}

/* While one lane finds out, the others would only spoil it. */
static bool waits_for_first(const struct limited_host *h)
{
	return h->phase < LIMITED_LEARN ||
	       (h->phase == LIMITED_LEARN && h->guess.burst > LIMITED_BURST_PEER);
}

/*
 * What told nothing tells nothing again at once: an eighth of the time that a token is presumed to
 * take, then twice that, and so on.
 */
static uint64_t vain_ns(const struct limited_host *h, const struct limited_source *s)
{
	uint64_t ns = (uint64_t)((double)NS_PER_S / (8 * h->guess.rate)), most_ns = NS_PER_S;

	if (h->passed > LIMITED_FEW) {
		ns = MIN(ns, LIMITED_POLL_NS);
		most_ns = limited_poll_max_ns(h);
	}
	return MIN(ns << (s->vain - 1), most_ns);
}

void limited_plan(struct limited *l, struct limited_source *s, uint64_t now_ns)
{
	struct limited_host *h = &l->host[limited_slot(l, s)];
	bool first = limited_number(l, s) == 0;
	uint64_t wake_ns = now_ns;

	if (h->phase == LIMITED_DONE) {
		limited_sleep(l, s);
		s->state = LIMITED_IDLE;
		return;
	}
	limited_list_prune(l, &h->again);
	limited_list_prune(l, &h->suspect);
	limited_list_prune(l, &h->more);
	if ((!first && waits_for_first(h)) ||
	    (!asks(l, h) && !h->suspect.n && !h->more.n && !end_of_lists(l, s))) {
		go_idle(l, h, s);
		return;
	}
	if (!s->filled)
		limiter_bucket_fill(&s->bucket, &h->guess, now_ns);
	s->filled = true;
	limiter_bucket_refill(&s->bucket, &h->guess, l->conf.share, now_ns);
	if (!asks(l, h) && !h->suspect.n)
		wake_ns = now_ns;
	else if (h->phase == LIMITED_QUIET && !h->guess.unlimited)
		wake_ns = MAX(now_ns, s->last_ns + LIMITER_REST_NS);
	else if (h->phase == LIMITED_STEADY || (h->phase == LIMITED_LEARN && !first))
		wake_ns = MAX(now_ns, steady_ns(l, h, s));
	if (s->vain > 0 && h->phase != LIMITED_QUIET)
		wake_ns = MAX(wake_ns, s->last_ns + vain_ns(h, s));
	s->state = LIMITED_READY;
	s->granted = 0;
	limited_wake(l, s, wake_ns);
}

/* Only the first lane may go on: take it out of the idle ones if it is there. */
static void rouse_first(struct limited *l, uint32_t slot, uint64_t now_ns)
{
	struct limited_source *lane = &l->lane[(size_t)slot * l->conf.sources];
	uint16_t *at = &l->host[slot].idle;

	while (*at != UINT16_MAX && *at != 0)
		at = &lane[*at].next_idle;
	if (*at == UINT16_MAX)
		return;
	*at = lane->next_idle;
	limited_plan(l, lane, now_ns);
}

void limited_rouse(struct limited *l, uint32_t slot, uint64_t now_ns)
{
	struct limited_host *h = &l->host[slot];
	uint32_t n = l->conf.sources;

	if (h->phase == LIMITED_DONE)
		return;
	if (waits_for_first(h)) {
		rouse_first(l, slot, now_ns);
		return;
	}
	/* All of them: who rested longest has the tokens. */
	while (asks(l, h) + h->suspect.n > 0 && n-- > 0 && h->idle != UINT16_MAX) {
		struct limited_source *s = &l->lane[(size_t)slot * l->conf.sources + h->idle];

		h->idle = s->next_idle;
		limited_plan(l, s, now_ns);
	}
}

/* The bucket that all sources share gives @n tokens; when? (Virtual scheduling, ITU-T I.371.) */
static uint64_t shared_ns(struct limited_host *h, double n, uint64_t now_ns)
{
	uint64_t saved = (uint64_t)(LIMITER_HOST_BURST / h->host_rate * (double)NS_PER_S), at_ns;

	if (now_ns > saved)
		h->host_ns = MAX(h->host_ns, now_ns - saved);
	at_ns = MAX(now_ns, h->host_ns);
	h->host_ns += (uint64_t)(n / h->host_rate * (double)NS_PER_S);
	return at_ns;
}

/* Trains that no token limits. */
static void fill_free(struct limited *l, struct limited_host *h, struct limited_source *s)
{
	uint32_t n = h->window;

	s->extra = !asks(l, h) && !h->suspect.n;
	if (s->extra) {
		s->riders = MIN(h->more.n, LIMITED_WINDOW_MAX);
		return;
	}
	s->rested =
		h->guess.unlimited || (s->last_ns && s->first_ns >= s->last_ns + LIMITER_REST_NS);
	s->riders = MIN(h->suspect.n, n);
	s->quota = MIN(asks(l, h), n - s->riders);
	s->sentinel_n = h->class_n;
	s->believed = MAX(s->bucket.tokens_min, h->passed);
}

static void fill_polls(struct limited *l, struct limited_host *h, struct limited_source *s)
{
	s->quota = MIN(asks(l, h), LIMITED_POLLS_MAX);
	s->polls = true;
	s->polls_end = false;
	s->seen_ns = 0;
}

/* Neither loss nor a jitter that lets packets overtake was seen: long trains tell the truth. */
static bool calm(const struct limited *l, const struct limited_host *h)
{
	return !h->reorders && limited_lossy(l) <= 0 && l->rtt->var_ns < JITTER_NS;
}

/*
 * Where most ports are silent a train of a token is so long that one of its ports is closed most
 * likely, and takes it: whatever went before that is certified at no cost, and the sentinel costs
 * nothing either, as it finds no token any more.
 *
 * Returns false when there are not enough tokens yet.
 */
static bool fill_steady(struct limited *l, struct limited_host *h, struct limited_source *s)
{
	struct want w = want(l, h, s);
	/* Where packets overtake and none can be certified ahead, each needs a token. */
	bool each = h->reorders && !limited_after(l, h), few_closed = limited_closed(h) < 0.5;
	double most = each ? 1 : MIN(1, limited_closed(h));
	double spread = few_closed && calm(l, h) ? SPREAD : 1;
	uint32_t batch = spread > 1 || (h->reorders && !each) ? LIMITED_BATCH_MAX : BATCH_CAREFUL;
	uint32_t left = asks(l, h), tokens;

	s->believed = w.few ? s->bucket.tokens : s->bucket.tokens_min;
	tokens = s->believed < 0 ? 0 : (uint32_t)(s->believed + 1e-6);
	if (s->granted > 0)
		tokens = MIN(tokens, (uint32_t)(s->granted + 0.999));
	if (tokens < (uint32_t)w.tokens && s->granted <= 0)
		return false;
	s->ahead = h->reorders && !each && few_closed;
	s->sentinel_n = (uint8_t)MIN(w.sentinels, tokens);
	tokens -= s->sentinel_n;
	if (each)
		s->riders = MIN(h->suspect.n, tokens > 1 && left ? tokens - 1 : tokens);
	else
		s->riders = MIN(h->suspect.n, left && !few_closed ? LIMITED_RIDERS_MAX : batch);
	if (left && h->class_n > 1 && !s->sentinel_n)
		s->riders = 0; /* one class alone certifies nothing */
	if (each)
		tokens -= s->riders;
	if (few_closed)
		s->quota = MIN((uint32_t)(MAX(tokens, each ? 0 : 1) / most * spread),
			       batch - s->riders);
	else
		s->quota = tokens;
	s->quota = MIN(s->quota, left);
	if (!s->riders && !s->quota) {
		s->quota = MIN(left, s->sentinel_n);
		s->sentinel_n = 0;
	}
	s->charged = s->sentinel_n + s->quota * most / spread + (each ? s->riders : 0);
	return true;
}

static void fill(struct limited *l, struct limited_host *h, struct limited_source *s,
		 uint64_t now_ns)
{
	bool first = limited_number(l, s) == 0;

	s->riders = s->quota = s->pending = s->refused = 0;
	s->sentinel_n = s->sentinel_sent = 0;
	s->charged = s->believed = 0;
	s->polls = s->extra = s->rested = s->ahead = false;
	s->rank = 0;
	s->guarded = 0;
	s->first_ns = now_ns;
	if (h->phase == LIMITED_LEARN && first &&
	    (!asks(l, h) || limited_few(h) || limited_closed(h) < 0.5))
		h->phase = LIMITED_STEADY;
	if (h->phase == LIMITED_LEARN && first)
		fill_polls(l, h, s);
	else if (h->phase < LIMITED_LEARN || (!asks(l, h) && !h->suspect.n))
		fill_free(l, h, s);
	else if (!fill_steady(l, h, s))
		s->quota = 0;
	if (s->vain >= VAIN_MANY && h->phase != LIMITED_QUIET && h->passed <= LIMITED_FEW) {
		s->riders = MIN(s->riders, LIMITED_RIDERS_MAX / 2);
		s->quota = MIN(s->quota, LIMITED_RIDERS_MAX / 2);
	}
}

void limited_begin(struct limited *l, struct limited_source *s, uint64_t now_ns)
{
	struct limited_host *h = &l->host[limited_slot(l, s)];
	uint64_t at_ns;

	if (h->phase == LIMITED_DONE) {
		limited_plan(l, s, now_ns);
		return;
	}
	limiter_bucket_refill(&s->bucket, &h->guess, l->conf.share, now_ns);
	fill(l, h, s, now_ns);
	if (!s->riders && !s->quota) {
		limited_plan(l, s, now_ns);
		return;
	}
	if (s->charged > 0 && s->granted <= 0) {
		at_ns = shared_ns(h, s->charged, now_ns);
		if (at_ns > now_ns) {
			h->bound = true;
			s->granted = MAX(1, s->charged);
			s->state = LIMITED_READY;
			limited_wake(l, s, at_ns);
			return;
		}
	}
	s->granted = 0;
	s->riding = s->riders > 0 || s->ahead;
	limiter_bucket_add(&s->bucket, &h->guess, -s->charged);
	limited_list_init(&s->train);
	s->state = LIMITED_SENDING;
	h->trains++;
}
