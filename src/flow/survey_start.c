/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Engines for a stage, and what they counted when they are done. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow/survey_own.h"
#include "sys/clock.h"

static int start_grid(struct survey *s, struct survey_part *p, uint64_t now)
{
	if (!p->grid)
		p->grid = malloc(sizeof(*p->grid));
	if (!p->grid)
		return -ENOMEM;
	memset(p->grid, 0, sizeof(*p->grid));
	grid_init(p->grid, &p->grid_conf, p->cell, &s->pace, p->rtt, now);
	return 0;
}

static int start_limited(struct survey *s, struct survey_part *p, uint64_t now)
{
	void *memory = calloc(1, limited_size(&p->limited_conf));

	if (!memory)
		return -ENOMEM;
	free(p->limited);
	p->limited = limited_init(&p->limited_conf, memory, p->cell, &s->pace, p->rtt, now);
	return 0;
}

int survey_start(struct survey *s, struct survey_stage *st, struct err *err)
{
	uint64_t now = clock_mono_ns();
	int r = survey_doubts_begin(s);

	for (unsigned i = 0; i < st->parts && r == 0; i++) {
		struct survey_part *p = &st->part[i];

		r = p->grid_conf.slots > 0 ? start_grid(s, p, now) : start_limited(s, p, now);
	}
	return r < 0 ? err_set(err, r, "getting ready to probe: out of memory") : 0;
}

void survey_count(struct survey *s, const struct survey_stage *st)
{
	for (unsigned i = 0; i < st->parts; i++) {
		const struct grid *g = st->part[i].grid;
		double loss;

		if (st->part[i].limited)
			s->counts.forged += limited_strays(st->part[i].limited);
		if (!g)
			continue;
		s->counts.forged += g->count.stray;
		loss = grid_loss(g);
		s->counts.duplicates += g->count.duplicates;
		s->counts.late += g->count.late;
		s->counts.missed += (uint64_t)(1000 * MAX(grid_missed(g), 0.0));
		if (loss < 0)
			continue;
		s->counts.weight += g->count.sent;
		s->counts.lost += (uint64_t)(loss * (double)g->count.sent + 0.5);
	}
}

void survey_count_answers(struct survey *s, const struct survey_stage *st)
{
	for (unsigned i = 0; i < st->parts; i++) {
		const struct survey_part *p = &st->part[i];
		size_t cells = (size_t)st->slots * p->asks->n;

		for (size_t c = 0; c < cells; c++)
			s->counts.answered += p->cell[c].state == CELL_ANSWERED;
	}
}
