/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/pace_queue.h"

#include <string.h>

#define LOW            3  /* of the samples, ascending: the first quartile */
#define HIGH           12 /* the third */
#define SWINGS         2  /* an excess over the least that is jitter, whatever its shape */
#define SWINGS_CLEAR   1.5
#define QUEUE_LEAST_NS (10.0 * NS_PER_MS)
#define QUEUE_SHARE    0.125 /* of the round trip: a shorter queue does no harm */
#define SURE_NS        (20.0 * NS_PER_MS)
#define SURE_SWINGS    3

static void reading(struct pace_queue *q)
{
	double n = PACE_QUEUE_SAMPLES, low = q->excess_ns[LOW];
	double swing = q->excess_ns[HIGH] - low, much;
	struct pace_mark mark = { .at_ns = q->sent_ns / n + low,
				  .sent = q->before / n,
				  .excess_ns = low };

	q->swing_ns += q->readings == 0 ? swing : (swing - q->swing_ns) / 8;
	q->typical_ns = q->least_ns / n;
	q->last_ns = low;
	q->last_sent_ns = (uint64_t)((double)q->zero_ns + q->sent_ns / n);
	q->readings++;
	if (low < q->normal_ns)
		q->normal_ns += (low - q->normal_ns) / 8;
	/* Once seen it is there until half of it is gone. */
	much = MAX(QUEUE_LEAST_NS, QUEUE_SHARE * q->typical_ns) * (q->seen ? 0.5 : 1);
	q->clear = low < q->normal_ns + SWINGS_CLEAR * q->swing_ns + much / 4;
	if (low < q->normal_ns + SWINGS * q->swing_ns + much) {
		q->seen = false;
		return;
	}
	if (!q->seen || q->fresh)
		q->first = mark;
	q->fresh = false;
	q->seen = true;
	q->latest = mark;
}

bool pace_queue_add(struct pace_queue *q, const struct pace_answer *a)
{
	double excess = a->rtt_ns > a->least_ns ? (double)(a->rtt_ns - a->least_ns) : 0;
	unsigned i = q->n++;

	if (q->zero_ns == 0)
		q->zero_ns = a->sent_ns;
	for (; i > 0 && q->excess_ns[i - 1] > excess; i--)
		q->excess_ns[i] = q->excess_ns[i - 1];
	q->excess_ns[i] = excess;
	q->sent_ns += (double)a->sent_ns - (double)q->zero_ns;
	q->before += (double)a->before;
	q->least_ns += (double)a->least_ns;
	if (q->n < PACE_QUEUE_SAMPLES)
		return false;
	reading(q);
	q->n = 0;
	q->sent_ns = q->before = q->least_ns = 0;
	return true;
}

void pace_queue_anew(struct pace_queue *q)
{
	q->fresh = true;
	q->n = 0;
	q->sent_ns = q->before = q->least_ns = 0;
}

void pace_queue_normal(struct pace_queue *q)
{
	q->normal_ns = q->last_ns;
	q->seen = false;
}

double pace_queue_since_ns(const struct pace_queue *q)
{
	return q->seen && !q->fresh ? q->latest.at_ns - q->first.at_ns : 0;
}

bool pace_queue_sure(const struct pace_queue *q)
{
	return pace_queue_since_ns(q) >= MAX(SURE_NS, SURE_SWINGS * q->swing_ns);
}

double pace_queue_rate(const struct pace_queue *q)
{
	double span = pace_queue_since_ns(q);

	return span > 0 ? (q->latest.sent - q->first.sent) * (double)NS_PER_S / span : 0;
}
