/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/sweep.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow/survey_own.h"

#define KEEP_HOSTS 64 /* told before memory is given back */

struct sweep {
	struct survey survey;
	const struct sweep_conf *conf;
	struct survey_finder finder;
	struct survey_group group;
	struct ip_addr *extra; /* neighbours; owned */
	size_t extra_n;
	struct space space; /* targets and neighbours; .range owned. .n 0: the targets alone */
};

int sweep_check(const struct sweep_conf *c, struct err *err)
{
	if (c->ask_n > SWEEP_ASKS_MAX)
		return err_set(err, -EINVAL, "at most %d kinds of probes", SWEEP_ASKS_MAX);
	if (c->survey.targets->space.total == 0 && !c->neighbours)
		return err_set(err, -EINVAL, "there is no target left to ask");
	return survey_check(&c->survey, err);
}

static uint64_t digest_asks(const struct sweep_conf *c)
{
	uint64_t d = 1;
	const uint8_t flags[] = { c->all, c->neighbours, c->no_arp };

	for (size_t i = 0; c->ask && i < c->ask_n; i++) {
		d = survey_digest(d, &c->ask[i].kind, sizeof(c->ask[i].kind));
		d = survey_digest(d, &c->ask[i].port, sizeof(c->ask[i].port));
	}
	return survey_digest(d, flags, sizeof(flags));
}

/* Neighbours become targets like those that were named. */
static int add_neighbours(struct sweep *w, struct err *err)
{
	const struct space *t = &w->conf->survey.targets->space;
	struct ip_addr *addr = NULL;
	size_t n = 0, room;
	int r;

	r = w->survey.replaying ? survey_load_extra(&w->survey, &addr, &n, err)
				: survey_neighbours(&w->survey, &addr, &n, err);
	if (r < 0)
		return r;
	w->extra = addr;
	w->extra_n = n;
	room = t->n + n;
	w->space = (struct space){ .room = MAX(room, (size_t)1) };
	w->space.range = calloc(w->space.room, sizeof(*w->space.range));
	if (!w->space.range)
		return err_set(err, -ENOMEM, "making room for neighbours: out of memory");
	for (size_t i = 0; i < t->n && r == 0; i++)
		r = space_add(&w->space, &t->range[i].first, t->range[i].n, true);
	for (size_t i = 0; i < n && r == 0; i++)
		r = space_add(&w->space, &addr[i], 1, true);
	if (r == 0)
		r = space_seal(&w->space, NULL, true, &room);
	return r < 0 ? err_set(err, r, "adding neighbours: %s", strerror(-r)) : 0;
}

static int plan(struct sweep *w, struct err *err)
{
	const struct sweep_conf *c = w->conf;
	struct survey_plan p = { .what = 1, .stem = "sweep", .slots_max = GRID_CELLS_MAX };
	const struct space *space = &c->survey.targets->space;
	int r = 0;

	if (c->neighbours) {
		r = add_neighbours(w, err);
		space = &w->space;
	}
	if (r < 0)
		return r;
	p.asks_digest = digest_asks(c);
	p.cells = c->ask ? (uint32_t)c->ask_n : 4;
	r = survey_plan(&w->survey, space, &p, err);
	if (r == 0 && c->neighbours && !w->survey.replaying)
		survey_save_extra(&w->survey, w->extra, w->extra_n);
	if (r == 0 && w->survey.count > 0)
		r = survey_finder_new(&w->survey, &w->finder, c->ask, c->ask_n, c->no_arp, err);
	return r;
}

/* By what is known before the first answer: each probe once, at the highest rate allowed. */
static uint64_t expected(const struct sweep *w)
{
	const struct pace_conf *p = &w->survey.pace.conf;
	uint64_t pps = p->fixed_pps ? p->fixed_pps : p->max_pps;
	uint64_t probes = w->survey.count * MAX(w->finder.far.n, 1u);

	return pps > 0 ? (uint64_t)((double)probes * NS_PER_S / (double)pps) : 0;
}

static bool is_told(void *to, uint32_t slot)
{
	const struct sweep *w = to;
	int family = w->survey.families & 1u << 4 ? 4 : 6;
	uint8_t state;

	if (w->conf->all)
		return true;
	if (w->survey.families & (w->survey.families - 1))
		family = survey_group_addr(&w->survey, &w->group, slot).family;
	state = survey_find_verdict(&w->finder, &w->group, slot, family).state;
	return state != FACT_HOST_DOWN;
}

static int tell_group(struct sweep *w, struct err *err)
{
	struct survey *s = &w->survey;
	struct keep keep = { .last = NULL };
	uint32_t *slot = NULL, n;

	if (survey_group_sorted(s, &w->group, is_told, w, &slot, &n) < 0)
		return err_set(err, -ENOMEM, "telling hosts: out of memory");
	for (uint32_t i = 0; i < n && !keep.full; i++) {
		struct fact_host host;

		survey_host_fact(s, &w->finder, &w->group, slot[i], &keep, &host);
		s->up += host.state == FACT_HOST_UP;
		if (!keep.full)
			s->tell->host(s->tell->to, &host);
		if (i % KEEP_HOSTS == KEEP_HOSTS - 1)
			keep_done(&keep);
	}
	free(slot);
	n = keep.full;
	keep_done(&keep);
	return n ? err_set(err, -ENOMEM, "telling hosts: out of memory") : 0;
}

static int run(struct sweep *w, struct err *err)
{
	struct survey *s = &w->survey;
	uint64_t groups = (s->count + s->group_slots - 1) / s->group_slots;
	int r = 0;

	survey_tell_begin(s, expected(w));
	for (uint64_t g = 0; g < groups && r == 0 && !s->stopping; g++) {
		s->done_base = g * s->group_slots;
		s->last_group = g == groups - 1;
		r = survey_group_begin(s, &w->group, g, err);
		s->done_weight = w->group.slots;
		if (r == 0)
			r = survey_find(s, &w->finder, &w->group, err);
		if (r == 0)
			r = tell_group(w, err);
	}
	return r;
}

static void done(struct sweep *w)
{
	survey_finder_done(&w->finder);
	survey_group_done(&w->group);
	survey_close(&w->survey);
	free(w->space.range);
	free(w->extra);
}

int sweep_run(const struct sweep_conf *conf, const struct survey_tell *tell,
	      struct survey_sum *ret_sum, struct err *err)
{
	struct sweep *w;
	int r = sweep_check(conf, err);

	if (r < 0)
		return r;
	w = calloc(1, sizeof(*w));
	if (!w)
		return err_set(err, -ENOMEM, "getting ready to probe: out of memory");
	w->conf = conf;
	r = survey_open(&w->survey, &conf->survey, true, tell, err);
	if (r == 0)
		r = plan(w, err);
	if (r == 0)
		r = run(w, err);
	if (r == 0)
		survey_sum_up(&w->survey, ret_sum);
	done(w);
	free(w);
	return r;
}
