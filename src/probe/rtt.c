/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/rtt.h"

#include <string.h>

#define DECADES_WANTED 6 /* one in a million */
#define MARGIN_MAX_NS  (1ull << 60)

void rtt_init(struct rtt *r)
{
	*r = (struct rtt){ 0 };
}

/* The step of @ns: octave of its microseconds (one at least), and the quarter of that octave. */
static unsigned step_of(uint64_t ns)
{
	uint64_t us = MAX(ns / NS_PER_US, 1);
	unsigned octave = 63 - (unsigned)__builtin_clzll(us);
	unsigned quarter = (unsigned)(octave >= 2 ? us >> (octave - 2) : us << (2 - octave)) & 3;

	return MIN(octave * 4 + quarter, RTT_STEPS - 1);
}

/* Where step @i ends. */
static double step_end_ns(unsigned i)
{
	return (double)(1ull << i / 4) * (1.25 + i % 4 * 0.25) * (double)NS_PER_US;
}

void rtt_straggler(struct rtt *r, uint64_t sample_ns)
{
	unsigned step = step_of(sample_ns);

	if (r->anew) {
		r->since_step[step]++;
		r->since_max_ns = MAX(r->since_max_ns, sample_ns);
		r->since_n++;
	}
	r->step[step]++;
	r->max_ns = MAX(r->max_ns, sample_ns);
	r->n++;
}

void rtt_add(struct rtt *r, uint64_t sample_ns)
{
	double off = (double)sample_ns - r->srtt_ns;
	bool first = r->n == 0;

	rtt_straggler(r, sample_ns);
	if (first) {
		r->srtt_ns = (double)sample_ns;
		r->var_ns = (double)sample_ns / 2;
		return;
	}
	r->var_ns += ((off < 0 ? -off : off) - r->var_ns) / 4;
	r->srtt_ns += off / 8;
}

void rtt_anew(struct rtt *r)
{
	r->anew = true;
	r->since_n = r->since_max_ns = 0;
	memset(r->since_step, 0, sizeof(r->since_step));
}

bool rtt_forget(struct rtt *r)
{
	if (!r->anew || r->since_n < RTT_FEW)
		return false;
	r->anew = false;
	r->n = r->since_n;
	r->max_ns = r->since_max_ns;
	memcpy(r->step, r->since_step, sizeof(r->step));
	return true;
}

/* The time that no more than one in @share samples was above. */
static double tail_ns(const struct rtt *r, uint64_t share)
{
	uint64_t above = 0;
	unsigned i = step_of(r->max_ns) + 1; /* above it there are none */

	while (--i > 0) {
		above += r->step[i];
		if (above * share > r->n)
			break;
	}
	return MIN(step_end_ns(i), (double)r->max_ns);
}

/* A tail that loses a decade of its samples in every equal time goes on to do so. */
static double extended_ns(const struct rtt *r)
{
	uint64_t share = 100;
	unsigned decades = 2;

	if (r->n < share)
		return 0;
	while (decades < DECADES_WANTED && share * 10 <= r->n) {
		share *= 10;
		decades++;
	}
	return tail_ns(r, share) +
	       (tail_ns(r, share) - tail_ns(r, share / 10)) * (DECADES_WANTED - decades);
}

uint64_t rtt_wait(const struct rtt *r, uint64_t first_ns, uint64_t floor_ns, uint64_t ceil_ns)
{
	double wait, slack = r->n >= 100 ? 1.25 : r->n >= 10 ? 2 : 4;

	if (r->n == 0)
		return MIN(first_ns, ceil_ns);
	wait = MAX(r->srtt_ns + 4 * r->var_ns, (double)r->max_ns * slack);
	wait = MAX(wait, extended_ns(r));
	wait = MIN(wait, (double)MARGIN_MAX_NS);
	return MIN(MAX((uint64_t)wait, floor_ns), ceil_ns);
}

uint64_t rtt_soon(const struct rtt *r, uint64_t first_ns, uint64_t floor_ns, uint64_t ceil_ns)
{
	uint64_t whole = rtt_wait(r, first_ns, floor_ns, ceil_ns);
	double soon;

	if (r->n < RTT_FEW)
		return whole;
	soon = MAX(r->srtt_ns + 4 * r->var_ns, tail_ns(r, RTT_FEW) * 1.25);
	return MIN(MAX((uint64_t)soon, floor_ns), whole);
}
