/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/pace.h"

#define EPOCH_LEAST_NS  NS_PER_MS
#define EPOCH_BLIND_NS  (10 * NS_PER_MS) /* while no round trip is known */
#define EPOCH_SHORT_NS  (4 * NS_PER_MS)
#define EPOCH_MOST_NS   NS_PER_S
#define WINDOW          64   /* canaries of one judgement */
#define BASE_MOST       1000 /* canaries of the base; more, and the oldest half fades */
#define BASE_SOUND      48   /* canaries that make a base worth comparing with */
#define LOST_LEAST      3    /* fewer lost canaries never are a sign */
#define EXCESS_LEAST    0.02 /* loss above the base that matters */
#define EXCESS_PLAIN    0.3  /* loss that needs no sound base to be a sign */
#define BELOW_CAPACITY  0.92
#define EVERY           64
#define EVERY_ON_TRIAL  16
#define EXACT_CREDIT_NS NS_PER_MS /* a batch is worth waiting for so long */

static double share(const struct pace_tally *t)
{
	return t->asked > 0 ? t->lost / t->asked : 0;
}

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

/* The two-sample test of proportions, three deviations, without its square root. */
static bool lost_more(const struct pace_tally *now, const struct pace_tally *base)
{
	double excess = share(now) - share(base);
	double all = (now->lost + base->lost) / (now->asked + base->asked);
	double spread = all * (1 - all) * (1 / now->asked + 1 / base->asked);

	return excess > 0 && excess * excess > 9 * spread;
}

/* Whether @now lost so much more than @base that its rate must be too high. */
static bool too_much(const struct pace_tally *now, const struct pace_tally *base)
{
	if (now->lost < LOST_LEAST)
		return false;
	if (base->asked < BASE_SOUND)
		return share(now) > EXCESS_PLAIN + share(base);
	return share(now) > share(base) + EXCESS_LEAST && lost_more(now, base);
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
	};
	p->rate = bounded(p, (double)(conf->fixed_pps ? conf->fixed_pps : start));
	if (conf->fixed_pps)
		p->rate = MIN(p->rate, (double)conf->fixed_pps);
	p->credit = least(p);
	p->epoch[0] = (struct pace_epoch){ .begin_ns = now_ns, .rate = p->rate };
}

/* A new rate outside START: what was sent before, and what queues still hold, says nothing of it. */
static void rate_set(struct pace *p, double rate, bool settle)
{
	p->rate = bounded(p, rate);
	p->window = (struct pace_tally){ 0 };
	if (settle)
		p->since_ns = p->last_ns + p->epoch_len_ns;
}

/* What gets through at @rate when it loses @t: no more can, if it was too much. */
static double capacity(const struct pace *p, double rate, const struct pace_tally *t)
{
	double through = rate * (1 - share(t)) / (1 - MIN(share(&p->base), 0.9));

	return MIN(MAX(through, rate / 4), rate);
}

static void start_end(struct pace *p, const struct pace_epoch *e)
{
	p->mode = PACE_HOLD;
	p->ceiling = e->rate;
	rate_set(p, BELOW_CAPACITY * capacity(p, e->rate, &e->tally), true);
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
	double could = p->rate * (double)p->epoch_len_ns / (double)NS_PER_S;
	double step = p->epoch_len_ns > EPOCH_SHORT_NS ? 1.5 : 2;

	p->full = p->epoch_sent > could / 2;
	p->epoch_ns = now_ns;
	p->epoch_sent = 0;
	if (p->mode != PACE_START)
		return;
	if (p->full)
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
		if (p->epoch[i].rate < e->rate)
			tally_add(&before, &p->epoch[i].tally);
	if (!lost || !too_much(&e->tally, &before))
		return;
	p->base = before;
	start_end(p, e);
}

/* Go up: cautiously towards a rate that was too high, boldly where none is known. */
static void grow(struct pace *p)
{
	double step = 1.25;

	if (p->rate > 1.1 * p->ceiling)
		p->ceiling = 0;
	if (p->ceiling > 0)
		step = p->rate < 0.9 * p->ceiling ? 1.05 : 1.02;
	if (p->full)
		rate_set(p, p->rate * step, false);
}

static void hold_judge(struct pace *p)
{
	if (too_much(&p->window, &p->base)) {
		p->mode = PACE_TRIAL;
		p->high = p->window;
		p->high_rate = p->rate;
		rate_set(p, BELOW_CAPACITY * capacity(p, p->rate, &p->window), true);
	} else if (p->window.asked >= WINDOW) {
		base_add(p, &p->window);
		p->window = (struct pace_tally){ 0 };
		grow(p);
	}
}

/*
 * Less was sent: was less lost? Loss nearer to what the higher rate lost than to the base has
 * nothing to do with the rate: it becomes the base.
 */
static void trial_judge(struct pace *p)
{
	if (p->window.asked < WINDOW)
		return;
	p->mode = PACE_HOLD;
	if (share(&p->window) < (share(&p->base) + share(&p->high)) / 2) {
		p->ceiling = p->high_rate;
		base_add(p, &p->window);
		rate_set(p, p->rate, false);
	} else {
		p->base = p->window;
		rate_set(p, p->high_rate, false);
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
	if (sent_ns < p->since_ns)
		return;
	p->window.asked++;
	p->window.lost += lost;
	if (p->mode == PACE_HOLD)
		hold_judge(p);
	else
		trial_judge(p);
}

void pace_canary_late(struct pace *p)
{
	if (p->canaries_lost > 0)
		p->canaries_lost--;
	if (p->window.lost > 0)
		p->window.lost--;
}

unsigned pace_canary_every(const struct pace *p)
{
	return p->mode == PACE_START || p->mode == PACE_TRIAL ? EVERY_ON_TRIAL : EVERY;
}

void pace_dropped(struct pace *p, unsigned n, uint64_t now_ns)
{
	if (p->mode == PACE_FIXED || n == 0 || now_ns < p->since_ns)
		return;
	p->mode = PACE_HOLD;
	p->ceiling = p->rate;
	p->last_ns = MAX(p->last_ns, now_ns);
	rate_set(p, p->rate * 0.8, true);
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
