/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/pace_own.h"

#define EPOCH_LEAST_NS  NS_PER_MS
#define EPOCH_BLIND_NS  (10 * NS_PER_MS) /* while no round trip is known */
#define EPOCH_SHORT_NS  (4 * NS_PER_MS)
#define EPOCH_MOST_NS   NS_PER_S
#define BASE_MOST       1000 /* canaries of the base; more, and the oldest half fades */
#define BASE_SOUND      48   /* canaries that make a base worth comparing with */
#define WINDOW_CEILING  160  /* of one close to the ceiling, where loss begins to rise */
#define ASKED_LEAST     12   /* fewer canaries of a window never are a sign */
#define LOST_LEAST      3    /* nor are fewer lost ones */
#define PATIENCE        2    /* windows at the ceiling before it is tried again */
#define EXCESS_LEAST    0.02 /* loss above the base that matters */
#define EXCESS_PLAIN    0.3  /* loss that needs no sound base to be a sign */
#define BELOW_CAPACITY  0.92
#define STEP_DOWN       0.7   /* at most, from a few canaries; more steps may follow */
#define SURE            3     /* deviations that are no chance */
#define SURE_BOUND      1.5   /* where a ceiling is known, and loss expected */
#define BLIND_SHARE     0.04  /* loss that may be the link's own or not, while no base is known */
#define BUSY            0.125 /* share of the rate below which a sender idles */
#define SHORT_OF        0.75  /* share below which it cannot go faster */
#define EVERY           64
#define EVERY_BOUND     32 /* below a ceiling */
#define EVERY_ON_TRIAL  16
#define CANARIES_EPOCH  128       /* more of them on their way tell nothing more */
#define EXACT_CREDIT_NS NS_PER_MS /* a batch is worth waiting for so long */

static void tally_add(struct pace_tally *t, const struct pace_tally *more)
{
	t->asked += more->asked;
	t->lost += more->lost;
}

static void base_add(struct pace *p, const struct pace_tally *more)
{
	tally_add(&p->base, more);
	if (p->base.asked > BASE_MOST) {
		p->base.asked /= 2;
		p->base.lost /= 2;
	}
}

/* The two-sample test of proportions, so many deviations, without its square root. */
static bool lost_more(const struct pace_tally *now, const struct pace_tally *base,
		      double deviations)
{
	double excess = pace_share(now) - pace_share(base);
	double all = (now->lost + base->lost) / (now->asked + base->asked);
	double spread = all * (1 - all) * (1 / now->asked + 1 / base->asked);

	return excess > 0 && excess * excess > deviations * deviations * spread;
}

/* Whether @now lost so much more than @base that its rate must be too high. */
static bool too_much(const struct pace_tally *now, const struct pace_tally *base)
{
	if (now->lost < LOST_LEAST)
		return false;
	if (base->asked < BASE_SOUND)
		return pace_share(now) > EXCESS_PLAIN + pace_share(base);
	return pace_share(now) > pace_share(base) + EXCESS_LEAST && lost_more(now, base, SURE);
}

static double bounded(const struct pace *p, double rate)
{
	double most = (double)(p->conf.max_pps ? p->conf.max_pps : PACE_MAX_PPS);

	return MIN(MAX(rate, MIN(PACE_LEAST_PPS, most)), MIN(most, PACE_MAX_PPS));
}

/* Packets that are worth waiting for. */
static double least(const struct pace *p)
{
	double soon = p->rate * (double)EXACT_CREDIT_NS / (double)NS_PER_S;

	return MAX(1, MIN((double)p->conf.batch, soon));
}

void pace_init(struct pace *p, const struct pace_conf *conf, uint64_t now_ns)
{
	uint64_t start = conf->start_pps ? conf->start_pps : PACE_START_PPS;

	*p = (struct pace){
		.conf = *conf,
		.mode = conf->fixed_pps ? PACE_FIXED : PACE_START,
		.last_ns = now_ns,
		.epoch_ns = now_ns,
		.epoch_len_ns = EPOCH_BLIND_NS,
		.full = true,
	};
	p->rate = bounded(p, (double)(conf->fixed_pps ? conf->fixed_pps : start));
	if (conf->fixed_pps)
		p->rate = MIN(p->rate, (double)conf->fixed_pps);
	p->credit = least(p);
	p->epoch[0] = (struct pace_epoch){ .begin_ns = now_ns, .rate = p->rate };
}

void pace_rate_set(struct pace *p, double rate, bool settle)
{
	p->rate = bounded(p, rate);
	p->used = 0;
	p->window = (struct pace_tally){ 0 };
	if (settle)
		p->since_ns = p->last_ns + p->epoch_len_ns;
}

/* What gets through at @rate when it loses @t: no more can, if it was too much. */
static double capacity(const struct pace *p, double rate, const struct pace_tally *t)
{
	double through = rate * (1 - pace_share(t)) / (1 - MIN(pace_share(&p->base), 0.9));

	return MIN(MAX(through, rate / 16), rate);
}

/* @tally is the loss at @high, and too much. Send at @low and see whether less is lost. */
static void trial_begin(struct pace *p, double high, const struct pace_tally *tally, double low)
{
	p->mode = PACE_TRIAL;
	p->high = *tally;
	p->high_rate = high;
	pace_rate_set(p, low, true);
}

void pace_start_begin(struct pace *p)
{
	p->mode = PACE_START;
	for (unsigned i = 0; i < PACE_EPOCHS; i++)
		p->epoch[i] = (struct pace_epoch){ 0 };
	p->epoch[p->epoch_at] = (struct pace_epoch){ .begin_ns = p->last_ns, .rate = p->rate };
}

double pace_effective(const struct pace *p)
{
	return p->used > 0 && p->used < SHORT_OF * p->rate ? p->used : p->rate;
}

static void epoch_open(struct pace *p, uint64_t now_ns)
{
	struct pace_epoch *e;

	p->epoch_at = (p->epoch_at + 1) % PACE_EPOCHS;
	e = &p->epoch[p->epoch_at];
	base_add(p, &e->tally); /* sixteen epochs old: it did not end START */
	*e = (struct pace_epoch){ .begin_ns = now_ns, .rate = p->rate };
}

/* Long round trips show their loss late: go up less steeply, so that less is lost till then. */
static void epoch_end(struct pace *p, uint64_t now_ns)
{
	double step = p->epoch_len_ns > EPOCH_SHORT_NS ? 1.5 : 2;
	double used = p->epoch_sent * (double)NS_PER_S / (double)(now_ns - p->epoch_ns);

	p->full = p->epoch_sent * (double)NS_PER_S > p->rate / 2 * (double)p->epoch_len_ns;
	if (used > p->rate * BUSY)
		p->used = used;
	p->epoch_ns = now_ns;
	p->epoch_sent = 0;
	if (p->mode != PACE_START)
		return;
	p->epoch[p->epoch_at].rate = pace_effective(p);
	if (p->full && !p->queue.seen)
		p->rate = bounded(p, p->rate * step);
	epoch_open(p, now_ns);
}

unsigned pace_allow(struct pace *p, uint64_t now_ns, uint64_t *ret_wake_ns)
{
	uint64_t passed = now_ns > p->last_ns ? now_ns - p->last_ns : 0;
	double need = least(p), burst;

	if (p->conf.fixed_pps >= PACE_MAX_PPS && p->rate >= PACE_MAX_PPS)
		return PACE_ALLOW_MAX;
	p->last_ns += passed;
	p->credit += p->rate * (double)MIN(passed, NS_PER_S * 3600) / (double)NS_PER_S;
	burst = p->rate * (double)PACE_BURST_NS / (double)NS_PER_S + need;
	p->credit = MIN(p->credit, burst);
	if (p->mode != PACE_FIXED && p->last_ns - p->epoch_ns >= p->epoch_len_ns)
		epoch_end(p, p->last_ns);
	if (p->credit >= need)
		return (unsigned)MIN(p->credit, PACE_ALLOW_MAX);
	*ret_wake_ns = p->last_ns + 1 + (uint64_t)((need - p->credit) / p->rate * (double)NS_PER_S);
	return 0;
}

void pace_sent(struct pace *p, unsigned n)
{
	p->credit -= n;
	p->sent += n;
	p->epoch_sent += n;
}

/* The epoch that was going on at @sent_ns, if it is still remembered. */
static struct pace_epoch *epoch_of(struct pace *p, uint64_t sent_ns)
{
	for (unsigned i = 0; i < PACE_EPOCHS; i++) {
		struct pace_epoch *e = &p->epoch[(p->epoch_at + PACE_EPOCHS - i) % PACE_EPOCHS];

		if (e->rate > 0 && e->begin_ns <= sent_ns)
			return e;
	}
	return NULL;
}

static void start_canary(struct pace *p, bool lost, uint64_t sent_ns)
{
	struct pace_epoch *e = epoch_of(p, sent_ns);
	struct pace_tally before = p->base;

	if (!e)
		return;
	e->tally.asked++;
	e->tally.lost += lost;
	for (unsigned i = 0; i < PACE_EPOCHS; i++)
		if (p->epoch[i].rate <= e->rate / 2)
			tally_add(&before, &p->epoch[i].tally);
	if (!lost || !too_much(&e->tally, &before))
		return;
	p->helped_rate = 0;
	trial_begin(p, e->rate, &e->tally, e->rate / 4);
}

/* A window was as it should be: go up, boldly where no ceiling is known, past one only rarely. */
static double step_up(struct pace *p)
{
	if (p->rate > 1.08 * p->ceiling)
		p->ceiling = 0;
	if (p->ceiling <= 0)
		return 1.15;
	if (p->rate < 0.9 * p->ceiling)
		return 1.08;
	return p->rate * 1.03 > p->ceiling && ++p->patience < PATIENCE ? 1 : 1.03;
}

void pace_grow(struct pace *p)
{
	if (!p->full || p->queue.seen || p->last_ns - p->grown_ns < p->epoch_len_ns)
		return;
	if (pace_by_queue(p))
		p->rate = bounded(p, p->rate * pace_queue_step(p)); /* and the window goes on */
	else
		pace_rate_set(p, p->rate * step_up(p), false);
	p->grown_ns = p->last_ns;
}

/*
 * Past the ceiling a little more loss is a sign, as it is to be expected there, and it must not
 * become the base.
 */
static bool hold_too_much(const struct pace *p, bool past)
{
	if (p->window.asked < ASKED_LEAST)
		return false;
	if (too_much(&p->window, &p->base))
		return true;
	return past && p->window.asked >= WINDOW_CEILING && p->window.lost >= LOST_LEAST &&
	       lost_more(&p->window, &p->base, SURE_BOUND);
}

static void hold_judge(struct pace *p)
{
	bool past = p->ceiling > 0 && p->rate > p->ceiling;
	bool near = p->ceiling > 0 && p->rate > 0.9 * p->ceiling;
	double rate = pace_effective(p);

	if (hold_too_much(p, past)) {
		p->helped_rate = 0;
		trial_begin(p, rate, &p->window,
			    MAX(BELOW_CAPACITY * capacity(p, rate, &p->window), STEP_DOWN * rate));
	} else if (p->window.asked >= (near ? WINDOW_CEILING : PACE_WINDOW)) {
		if (!past || pace_share(&p->window) <= pace_share(&p->base))
			base_add(p, &p->window);
		p->window = (struct pace_tally){ 0 };
		pace_grow(p);
	}
}

/* What got through at a rate that was too much is a ceiling; one known before fades. */
static void ceiling_set(struct pace *p, double rate, const struct pace_tally *tally)
{
	double found = MAX(capacity(p, rate, tally), p->rate);
	bool alike = found > 0.75 * p->ceiling && found < 1.25 * p->ceiling;

	p->ceiling = alike ? (p->ceiling + found) / 2 : found;
	p->patience = 0;
	p->mode = PACE_HOLD;
	pace_rate_set(p, MAX(p->rate, BELOW_CAPACITY * p->ceiling), false);
}

/*
 * Less was sent: was less lost? If the high rate was too high, as much gets through as before, or
 * all but the base; if loss has nothing to do with the rate, the share that gets through is as it
 * was. Whichever is nearer, by ratio; and a few lost by chance are no proof, least of all that
 * there is a ceiling where none was known.
 */
static bool trial_helped(const struct pace *p)
{
	double high = MAX(1 - pace_share(&p->high), 0.01);
	double best = MIN(p->high_rate / p->rate, (1 - pace_share(&p->base)) / high);
	double gain = (1 - pace_share(&p->window)) / high;
	struct pace_tally low = p->window;

	if (p->base.asked >= BASE_SOUND && !lost_more(&p->window, &p->base, 2))
		tally_add(&low, &p->base);
	if (!lost_more(&p->high, &low, p->ceiling > 0 ? SURE_BOUND : SURE))
		return false;
	return gain * gain > best;
}

/* It helped. What is still lost may be the link's own, or too much as yet: one lower trial tells. */
static void trial_good(struct pace *p)
{
	bool blind = p->base.asked < BASE_SOUND;

	if (blind && pace_share(&p->window) > BLIND_SHARE) {
		p->helped = p->high;
		p->helped_rate = p->high_rate;
		trial_begin(p, p->rate, &p->window, p->rate / 2);
		return;
	}
	if (blind || lost_more(&p->base, &p->window, SURE))
		p->base = p->window;
	else
		base_add(p, &p->window);
	ceiling_set(p, p->high_rate, &p->high);
}

/*
 * Loss that has nothing to do with the rate becomes the base. Where next to all is lost the
 * targets have gone, and nothing can be told: the lower rate does less harm.
 */
static void trial_vain(struct pace *p)
{
	p->base = p->window;
	if (pace_share(&p->base) >= PACE_NOBODY) {
		p->mode = PACE_HOLD;
		pace_rate_set(p, p->rate, false);
		return;
	}
	pace_rate_set(p, p->high_rate, false);
	if (p->helped_rate > 0) {
		ceiling_set(p, p->helped_rate, &p->helped);
		return;
	}
	p->mode = PACE_HOLD;
	if (p->ceiling <= 0)
		pace_start_begin(p);
}

static void trial_judge(struct pace *p)
{
	if (p->window.asked < PACE_WINDOW)
		return;
	if (trial_helped(p))
		trial_good(p);
	else
		trial_vain(p);
}

/* In a trial, late news of the rate that is doubted. */
static void old_canary(struct pace *p, bool lost, uint64_t sent_ns)
{
	const struct pace_epoch *e = epoch_of(p, sent_ns);

	if (p->mode == PACE_TRIAL && e && e->rate == p->high_rate) {
		p->high.asked++;
		p->high.lost += lost;
	}
}

void pace_canary(struct pace *p, bool lost, uint64_t sent_ns)
{
	p->canaries++;
	p->canaries_lost += lost;
	if (p->mode == PACE_FIXED)
		return;
	if (p->mode == PACE_START) {
		start_canary(p, lost, sent_ns);
		return;
	}
	if (sent_ns < p->since_ns) {
		old_canary(p, lost, sent_ns);
		return;
	}
	p->window.asked++;
	p->window.lost += lost;
	if (p->mode == PACE_HOLD)
		hold_judge(p);
	else if (p->mode == PACE_DRAIN)
		pace_drain_lost(p);
	else
		trial_judge(p);
}

void pace_canary_late(struct pace *p, uint64_t sent_ns)
{
	struct pace_epoch *e = epoch_of(p, sent_ns);
	struct pace_tally *t = &p->window;

	if (p->mode == PACE_START)
		t = e ? &e->tally : NULL;
	else if (p->mode == PACE_TRIAL && sent_ns < p->since_ns)
		t = &p->high;
	if (p->canaries_lost > 0)
		p->canaries_lost--;
	if (t && t->lost > 0)
		t->lost--;
}

unsigned pace_canary_every(const struct pace *p, uint64_t open_ns, unsigned room)
{
	double spaced = p->rate * (double)open_ns / (double)NS_PER_S / room;
	unsigned every = EVERY;

	if ((p->mode == PACE_START && p->full) || p->mode == PACE_TRIAL || p->mode == PACE_DRAIN)
		every = EVERY_ON_TRIAL;
	else if (p->ceiling > 0)
		every = EVERY_BOUND;
	return spaced > every ? (unsigned)MIN(spaced, UINT32_MAX) : every;
}

void pace_dropped(struct pace *p, unsigned n, uint64_t now_ns)
{
	if (p->mode == PACE_FIXED || n == 0 || now_ns < p->since_ns)
		return;
	p->mode = PACE_HOLD;
	p->ceiling = pace_effective(p);
	p->last_ns = MAX(p->last_ns, now_ns);
	pace_rate_set(p, 0.8 * p->ceiling, true);
}

void pace_rtt(struct pace *p, uint64_t rtt_ns)
{
	uint64_t rtt = MIN(rtt_ns, EPOCH_MOST_NS);

	p->epoch_len_ns = MIN(MAX(rtt + rtt / 4, EPOCH_LEAST_NS), EPOCH_MOST_NS);
}

double pace_loss(const struct pace *p)
{
	return p->canaries ? (double)p->canaries_lost / (double)p->canaries : -1;
}
