/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/stats.h"

#include <math.h>
#include <stdlib.h>

void stats_init(struct stats *s, uint64_t *sample, uint32_t room)
{
	*s = (struct stats){ .sample = sample, .room = room };
}

/* splitmix64: the reservoir needs evenness, not secrecy, and the same run to end the same. */
static uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void keep(struct stats *s, uint64_t ns)
{
	uint64_t at = s->n;

	if (s->room == 0)
		return;
	if (at >= s->room)
		at = draw(&s->draw) % (s->n + 1);
	if (at < s->room)
		s->sample[at] = ns;
}

void stats_add(struct stats *s, uint64_t ns)
{
	double off = (double)ns - s->mean;

	keep(s, ns);
	s->min = s->n == 0 ? ns : MIN(s->min, ns);
	s->max = s->n == 0 ? ns : MAX(s->max, ns);
	s->n++;
	s->mean += off / (double)s->n;
	s->m2 += off * ((double)ns - s->mean);
}

static int by_size(const void *a_, const void *b_)
{
	const uint64_t *a = a_, *b = b_;

	return (*a > *b) - (*a < *b);
}

/* Nearest rank: the least sample that is not below @percent of all. @kept > 0. */
static int64_t percentile(const struct stats *s, uint64_t kept, unsigned percent)
{
	uint64_t rank = (kept * percent + 99) / 100;

	return (int64_t)s->sample[rank == 0 ? 0 : rank - 1];
}

void stats_rtt(struct stats *s, struct fact_rtt *ret_rtt)
{
	uint64_t kept = MIN(s->n, s->room);

	*ret_rtt = (struct fact_rtt){ FACT_NONE, FACT_NONE, FACT_NONE, FACT_NONE,
				      FACT_NONE, FACT_NONE, FACT_NONE };
	if (s->n == 0)
		return;
	ret_rtt->min = (int64_t)s->min;
	ret_rtt->max = (int64_t)s->max;
	ret_rtt->avg = (int64_t)(s->mean + 0.5);
	ret_rtt->mdev = (int64_t)(sqrt(s->m2 / (double)s->n) + 0.5);
	if (kept == 0)
		return;
	qsort(s->sample, kept, sizeof(*s->sample), by_size);
	ret_rtt->p50 = percentile(s, kept, 50);
	ret_rtt->p95 = percentile(s, kept, 95);
	ret_rtt->p99 = percentile(s, kept, 99);
}
