/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What speaks for a sweep, and how much of it: the reasons that order.c, random.c and slow.c share. */
#include "detect/detector.h"

#define OUTCOMES_ENOUGH 4
#define PATIENCE        10 /* mean gaps between contacts until a sweep has ended */
#define OFTEN           16 /* contacts; later only every so many are looked at */
#define MONITOR_ENOUGH  8  /* contacts that must come again */

static unsigned longest(const struct detect_order *o)
{
	return MAX(o->up, o->down);
}

/* Ascents or descents among the last 31 steps, whichever are more; 0: not so many yet. */
static unsigned steps_one_way(const struct detect_source *src, const struct detect_order *o)
{
	unsigned up = (unsigned)__builtin_popcount(o->ascents & 0x7fffffff);

	return src->contacts < 32 ? 0 : MAX(up, 31 - up);
}

static unsigned best_run(const struct detect_source *src)
{
	return MAX(longest(&src->order[0]), longest(&src->order[1]));
}

static unsigned best_steps(const struct detect_source *src)
{
	return MAX(steps_one_way(src, &src->order[0]), steps_one_way(src, &src->order[1]));
}

static bool half_fails(const struct detect *d, const struct detect_source *src)
{
	uint32_t bad = src->failed + (detect_two_way(d) ? src->silent : 0);

	return bad + src->answered >= OUTCOMES_ENOUGH && bad >= src->answered;
}

bool detect_in_order(const struct detect *d, const struct detect_source *src)
{
	unsigned run = best_run(src);

	return run >= detect_bound(d, DETECT_run) ||
	       best_steps(src) >= detect_bound(d, DETECT_ascents) ||
	       (run >= detect_bound(d, DETECT_run_dark) && (src->dark > 0 || half_fails(d, src)));
}

bool detect_failing(const struct detect *d, const struct detect_source *src)
{
	return src->cusum >= detect_bound(d, DETECT_cusum) * 1000 &&
	       src->contacts >= detect_bound(d, DETECT_distinct_failing) &&
	       detect_reaches(d, DETECT_distinct_failing, hll_count(src->hll, DETECT_HLL));
}

bool detect_is_monitor(const struct detect *d, const struct detect_source *src)
{
	return src->again >= MONITOR_ENOUGH && src->dark == 0 &&
	       src->again >= detect_bound(d, DETECT_monitor_again) * (double)src->contacts &&
	       detect_alive(src) >= detect_bound(d, DETECT_monitor_alive);
}

bool detect_sweep_due(const struct detect *d, const struct detect_source *src)
{
	return src->contacts < OFTEN || src->contacts % OFTEN == 0 ||
	       detect_now(d) - src->told_ns > 60 * NS_PER_S;
}

/* The smallest prefix that holds both. */
static struct ip_prefix around(const struct ip_addr *a, const struct ip_addr *b)
{
	unsigned len = (unsigned)ip_len(a->family) * 8;
	struct ip_prefix p = ip_prefix_of(a, len);

	while (len > 0 && !ip_prefix_has(&p, b))
		p = ip_prefix_of(a, --len);
	return p;
}

/* The middle one of the steps that were kept. */
static int64_t stride(const struct detect_order *o)
{
	uint32_t s[DETECT_STEPS];
	unsigned n = MIN(longest(o) - 1, DETECT_STEPS);

	for (unsigned i = 0; i < n; i++) {
		unsigned at = i;

		for (; at > 0 && s[at - 1] > o->step[i]; at--)
			s[at] = s[at - 1];
		s[at] = o->step[i];
	}
	if (n == 0)
		return 0;
	return o->up >= o->down ? (int64_t)s[n / 2] : -(int64_t)s[n / 2];
}

static unsigned give_reasons(const struct detect *d, const struct detect_source *src,
			     struct detect_alert *a)
{
	const unsigned run = best_run(src), steps = best_steps(src);
	unsigned n = 0;

	if (detect_in_order(d, src)) {
		n++;
		if (run >= detect_bound(d, DETECT_run))
			detect_because_of(d, a, DETECT_run, run);
		else if (run >= detect_bound(d, DETECT_run_dark))
			detect_because_of(d, a, DETECT_run_dark, run);
		if (steps >= detect_bound(d, DETECT_ascents))
			detect_because_of(d, a, DETECT_ascents, steps);
	}
	if (detect_failing(d, src)) {
		n++;
		detect_because_of(d, a, DETECT_cusum, src->cusum / 1000.0);
		detect_because_of(d, a, DETECT_distinct_failing, a->distinct);
	}
	if (src->dark >= detect_bound(d, DETECT_dark_hits)) {
		n++;
		detect_because_of(d, a, DETECT_dark_hits, src->dark);
	}
	if (src->in_window >= detect_bound(d, DETECT_fanout)) {
		n++;
		detect_because_of(d, a, DETECT_fanout, src->in_window);
	}
	return n;
}

void detect_sweep(struct detect *d, const char *kind, struct detect_source *src)
{
	struct detect_alert a = detect_alert_of(kind, DETECT_LOW, &src->addr, NULL);
	unsigned reasons;

	a.distinct = hll_count(src->hll, DETECT_HLL);
	a.distinct_error = a.distinct * hll_error(DETECT_HLL);
	a.alive = detect_alive(src);
	a.dark = src->dark;
	a.run = best_run(src);
	a.reversed = longest(&src->order[1]) > longest(&src->order[0]);
	a.stride = stride(&src->order[a.reversed]);
	a.first_ns = src->first_ns;
	a.packets = src->contacts;
	if (src->contacts > 1)
		a.quiet_ns = PATIENCE * ((src->last_ns - src->first_ns) / (src->contacts - 1));
	a.quiet_ns = MAX(a.quiet_ns, DETECT_QUIET_NS);
	if (src->lowest.family)
		a.targets = around(&src->lowest, &src->highest);
	reasons = give_reasons(d, src, &a);
	if (detect_is_monitor(d, src)) {
		a.kind = "sweep.monitor";
		detect_because_of(d, &a, DETECT_monitor_again,
				  (double)src->again / (double)src->contacts);
		detect_because_of(d, &a, DETECT_monitor_alive, a.alive);
	} else if (reasons >= 2) {
		a.severity = reasons >= 3 ? DETECT_HIGH : DETECT_MEDIUM;
	}
	src->pinned = true;
	src->told_ns = detect_now(d);
	detect_raise(d, detect_thing(d, a.kind, &src->addr, NULL), &a);
}
