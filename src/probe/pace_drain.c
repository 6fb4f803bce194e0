/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The brake: what pace does about a queue. */
#include "probe/pace_own.h"

#define DRAIN_DEEP  0.5  /* of what gets through: a queue longer than the round trip */
#define DRAIN_SHORT 0.75 /* any other */
#define BELOW       0.97 /* of what got through */
#define PATIENT     1.5  /* times that emptying it should take */
#define EMPTYING    1.1  /* more gets through than is sent, by so much: no chance */
#define CHANGED     0.1  /* of the queue: no chance either */

/* Send so little that the queue, which lets @through pass, becomes shorter. */
static void drain(struct pace *p, double through)
{
	const struct pace_queue *q = &p->queue;
	double low = q->last_ns > q->typical_ns ? DRAIN_DEEP : DRAIN_SHORT;
	double ago_ns = q->typical_ns + q->last_ns; /* that the canaries behind this were sent */
	double grown = MAX(pace_effective(p) / through, 1) - 1;
	double queue_ns = q->last_ns - q->normal_ns + grown * ago_ns;

	p->mode = PACE_DRAIN;
	p->through = through;
	p->drain_ns = p->last_ns + p->epoch_len_ns +
		      (uint64_t)(PATIENT * queue_ns / (1 - low) + ago_ns + queue_ns);
	pace_rate_set(p, low * through, false);
	p->since_ns = p->last_ns;
	pace_queue_anew(&p->queue);
}

static void brake(struct pace *p)
{
	double through = pace_queue_rate(&p->queue);

	/* After a stall it empties by itself. */
	if (through > EMPTYING * pace_effective(p))
		return;
	p->undrained_rate = p->mode == PACE_TRIAL ? p->high_rate : pace_effective(p);
	p->starting = p->mode == PACE_START;
	p->braked++;
	drain(p, MIN(through, p->undrained_rate));
}

/* Carefully at first; but what was measured in a bad moment must not bound it for long. */
double pace_queue_step(struct pace *p)
{
	static const double step[] = { 1.05, 1.05, 1.05, 1.1, 1.15, 1.25 };

	/* Boldly only when the canaries of this rate have told that there is none. */
	if (!p->queue.clear || p->queue.last_sent_ns < p->grown_ns)
		return step[0];
	return step[MIN(p->steps++, ARRAY_LEN(step) - 1)];
}

static void drained(struct pace *p)
{
	p->steps = 0;
	p->mode = PACE_HOLD;
	p->drained++;
	p->ceiling = 0;
	p->helped_rate = 0;
	p->grown_ns = p->last_ns;
	pace_rate_set(p, BELOW * p->through, false);
}

/* All that time less was sent, and the delay is what it was. */
static void drain_vain(struct pace *p)
{
	pace_queue_normal(&p->queue);
	p->mode = PACE_HOLD;
	pace_rate_set(p, p->undrained_rate, true);
	if (p->starting)
		pace_start_begin(p);
}

static void drain_judge(struct pace *p)
{
	const struct pace_queue *q = &p->queue;
	double change, through;

	if (!q->seen) {
		drained(p);
		return;
	}
	if (!pace_queue_sure(q))
		return;
	through = pace_queue_rate(q);
	p->through += (through - p->through) / 4;
	if (p->last_ns < p->drain_ns)
		return;
	change = q->latest.excess_ns - q->first.excess_ns;
	if ((change < 0 ? -change : change) > MAX(CHANGED * q->first.excess_ns, q->swing_ns / 2))
		drain(p, through);
	else
		drain_vain(p);
}

void pace_answered(struct pace *p, const struct pace_answer *a)
{
	if (p->mode == PACE_FIXED || (p->mode == PACE_DRAIN && a->sent_ns < p->since_ns))
		return;
	if (!pace_queue_add(&p->queue, a))
		return;
	if (p->mode == PACE_DRAIN)
		drain_judge(p);
	else if (pace_queue_sure(&p->queue))
		brake(p);
	else if (p->mode == PACE_HOLD && pace_by_queue(p))
		pace_grow(p);
}

/* Where nobody answers any more nothing tells of the queue: the lower rate does less harm. */
void pace_drain_lost(struct pace *p)
{
	if (p->last_ns < p->drain_ns || p->window.asked < PACE_WINDOW ||
	    pace_share(&p->window) < PACE_NOBODY)
		return;
	p->mode = PACE_HOLD;
	pace_rate_set(p, p->rate, false);
}
