/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was decided, into the state file and back. A run that goes on does all that the first one
 * did, in the same order, with cells that are decided already: so it tells everything again, and
 * its output is the whole result.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow/survey_own.h"
#include "sys/clock.h"

/* The file cannot be written any more: say so, and do without. */
static void lose_state(struct survey *s, const struct err *err)
{
	survey_note(s, "this run cannot be resumed: %s", err->text);
	state_close(s->state, false);
	s->state = NULL;
}

static void put(struct survey *s, uint32_t kind, const struct wcur *body)
{
	struct err err;

	if (s->state &&
	    state_put(s->state, kind, (struct span){ body->start, wcur_len(body) }, &err) < 0)
		lose_state(s, &err);
}

static struct wcur begin(struct survey *s, const struct survey_stage *st, uint32_t part)
{
	struct wcur c = wcur(s->body, STATE_BODY_MAX);
	struct state_tag tag = { .part = part };

	if (st) {
		tag.group = st->group->number;
		tag.stage = st->number;
	}
	state_tag_put(&c, &tag);
	return c;
}

static void save_from(struct survey *s, const struct survey_stage *st)
{
	struct wcur c = begin(s, st, 0);

	if (s->from.saved == s->from.n)
		return;
	while (s->from.saved < s->from.n) {
		uint16_t i = ++s->from.saved;
		struct state_from item = { i, s->from.addr[i] };

		if (state_from_put(&c, &item) < 0) {
			put(s, STATE_FROM, &c);
			c = begin(s, st, 0);
			state_from_put(&c, &item);
		}
	}
	put(s, STATE_FROM, &c);
}

static void save_macs(struct survey *s, const struct survey_stage *st)
{
	const struct survey_group *g = st->group;
	struct wcur c = begin(s, st, 0);
	bool any = false;

	for (uint32_t i = 0; g->mac && i < g->slots; i++) {
		struct state_mac item = { i, g->mac[i] };

		if (!(g->mac_new[i / 64] >> i % 64 & 1))
			continue;
		any = true;
		g->mac_new[i / 64] &= ~(1ull << i % 64);
		if (state_mac_put(&c, &item) < 0) {
			put(s, STATE_MAC, &c);
			c = begin(s, st, 0);
			state_mac_put(&c, &item);
		}
	}
	if (any)
		put(s, STATE_MAC, &c);
}

static bool alike(const struct probe_cell *a, const struct probe_cell *b)
{
	return a->rtt_us == b->rtt_us && a->from == b->from && a->state == b->state &&
	       a->tries == b->tries && a->kind == b->kind && a->type == b->type &&
	       a->code == b->code && a->ttl == b->ttl;
}

static bool is_saved(const struct survey_part *p, size_t i)
{
	return p->saved[i / 64] >> i % 64 & 1;
}

static void mark(const struct survey_part *p, size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++)
		p->saved[i / 64] |= 1ull << i % 64;
}

/* The run of like, decided, unsaved cells from @at on; .n is 0 at the end. */
static struct state_cells next_run(const struct survey_part *p, size_t *at, size_t cells)
{
	struct state_cells run = { .n = 0 };
	size_t i = *at;

	while (i < cells && (p->cell[i].state == CELL_OPEN_QUESTION || is_saved(p, i)))
		i++;
	run.first = (uint32_t)i;
	if (i < cells)
		run.cell = p->cell[i];
	while (i < cells && !is_saved(p, i) && alike(&p->cell[i], &run.cell)) {
		i++;
		run.n++;
	}
	*at = i;
	return run;
}

static void save_cells(struct survey *s, const struct survey_stage *st, uint32_t part)
{
	const struct survey_part *p = &st->part[part];
	size_t cells = (size_t)st->slots * p->asks->n, at = 0;
	struct wcur c = begin(s, st, part);
	bool any = false;

	for (;;) {
		struct state_cells run = next_run(p, &at, cells);

		if (run.n == 0)
			break;
		any = true;
		if (state_cells_put(&c, &run) < 0) {
			put(s, STATE_CELLS, &c);
			c = begin(s, st, part);
			state_cells_put(&c, &run);
		}
		mark(p, run.first, run.n);
	}
	if (any)
		put(s, STATE_CELLS, &c);
}

static void save_sum(struct survey *s, const struct survey_stage *st)
{
	struct shooter_counts shot = shooter_counts(s->shooter);
	struct survey_counts now = s->counts;
	struct wcur c = begin(s, st, 0);
	uint64_t sum[STATE_SUMS] = { 0 };

	sum[0] = now.sent + shot.sent;
	sum[1] = now.received + shot.received;
	sum[2] = now.forged + shot.forged;
	sum[3] = now.duplicates;
	sum[4] = now.late;
	sum[5] = now.sending_ns + (clock_mono_ns() - st->start_ns);
	sum[6] = now.weight;
	sum[7] = now.lost;
	sum[8] = now.missed;
	for (size_t i = 0; i < STATE_SUMS; i++)
		state_sum_put(&c, sum[i]);
	put(s, STATE_SUM, &c);
}

void survey_save(struct survey *s, struct survey_stage *st, bool finished)
{
	struct err err;
	struct wcur c;

	/* Whatever ends with the run itself need not be kept. */
	if (!s->state || s->replaying || (finished && st->last && !s->named))
		return;
	save_from(s, st);
	save_macs(s, st);
	for (unsigned i = 0; i < st->parts; i++)
		save_cells(s, st, i);
	save_sum(s, st);
	if (finished) {
		c = begin(s, st, 0);
		put(s, STATE_DONE, &c);
	}
	/* A stage that ends early enough needs no file: what it found waits in memory. */
	if (s->state && (!finished || state_path(s->state)) && state_flush(s->state, &err) < 0)
		lose_state(s, &err);
}

void survey_save_extra(struct survey *s, const struct ip_addr *addr, size_t n)
{
	struct wcur c = begin(s, NULL, 0);

	for (size_t i = 0; i < n; i++) {
		struct state_from item = { 0, addr[i] };

		if (state_from_put(&c, &item) < 0) {
			put(s, STATE_EXTRA, &c);
			c = begin(s, NULL, 0);
			state_from_put(&c, &item);
		}
	}
	put(s, STATE_EXTRA, &c);
}

static int damaged(const struct survey *s, struct err *err)
{
	return err_set(err, -EBADMSG, "%.100s: it is not what this survey would have written",
		       state_path(s->state));
}

static int load_cells(struct survey_stage *st, struct rcur *c, uint32_t part)
{
	struct state_cells run;
	struct survey_part *p;
	size_t cells;

	if (part >= st->parts)
		return -EBADMSG;
	p = &st->part[part];
	cells = (size_t)st->slots * p->asks->n;
	while (state_cells_get(c, &run)) {
		if (run.first >= cells || run.n > cells - run.first)
			return -EBADMSG;
		for (uint32_t i = 0; i < run.n; i++)
			p->cell[run.first + i] = run.cell;
		mark(p, run.first, run.n);
	}
	return c->bad ? -EBADMSG : 0;
}

static int load_macs(struct survey_group *g, struct rcur *c)
{
	struct state_mac item;

	while (state_mac_get(c, &item)) {
		if (!g->mac || item.slot >= g->slots)
			return -EBADMSG;
		g->mac[item.slot] = item.mac;
	}
	return c->bad ? -EBADMSG : 0;
}

static int load_from(struct survey_from *f, struct rcur *c)
{
	struct state_from item;

	while (state_from_get(c, &item))
		survey_from_put(f, item.index, &item.addr);
	f->saved = f->n;
	return c->bad ? -EBADMSG : 0;
}

static int load_sum(struct survey_counts *t, struct rcur *c)
{
	uint64_t sum[STATE_SUMS] = { 0 };

	for (size_t i = 0; i < STATE_SUMS && state_sum_get(c, &sum[i]); i++)
		;
	*t = (struct survey_counts){ .sent = sum[0],
				     .received = sum[1],
				     .forged = sum[2],
				     .answered = t->answered,
				     .duplicates = sum[3],
				     .late = sum[4],
				     .sending_ns = sum[5],
				     .weight = sum[6],
				     .lost = sum[7],
				     .missed = sum[8] };
	return c->bad ? -EBADMSG : 0;
}

static int load_frame(struct survey *s, struct survey_stage *st, const struct state_frame *f)
{
	struct rcur c = rcur(f->body);
	struct state_tag tag = state_tag_get(&c);

	if (c.bad || tag.group != st->group->number || tag.stage != st->number)
		return -EBADMSG;
	switch ((enum state_kind)f->kind) {
	case STATE_CELLS:
		return load_cells(st, &c, tag.part);
	case STATE_MAC:
		return load_macs(st->group, &c);
	case STATE_FROM:
		return load_from(&s->from, &c);
	case STATE_SUM:
		return load_sum(&s->counts, &c);
	case STATE_DONE:
		st->done = true;
		return 0;
	case STATE_HEAD:
	case STATE_EXTRA:
		break;
	}
	return -EBADMSG;
}

int survey_load(struct survey *s, struct survey_stage *st, struct err *err)
{
	struct state_frame f;
	int r;

	for (unsigned i = 0; i < st->parts; i++) {
		const struct survey_part *p = &st->part[i];
		size_t cells = (size_t)st->slots * p->asks->n;

		/* What does not apply follows from the targets: it need not be kept. */
		for (size_t c = 0; c < cells; c++) {
			if (p->cell[c].state != CELL_OPEN_QUESTION)
				mark(p, c, 1);
		}
	}
	while (s->replaying && !st->done) {
		r = state_peek(s->state, &f, err);
		if (r < 0)
			return r;
		s->replaying = r == 1;
		if (r == 0)
			break;
		if (load_frame(s, st, &f) < 0)
			return damaged(s, err);
		state_take(s->state);
	}
	return 0;
}

int survey_load_extra(struct survey *s, struct ip_addr **ret, size_t *ret_n, struct err *err)
{
	struct ip_addr *addr = NULL;
	struct state_frame f;
	size_t n = 0;
	int r;

	while ((r = state_peek(s->state, &f, err)) == 1 && f.kind == STATE_EXTRA) {
		struct rcur c = rcur(f.body);
		struct state_from item;
		struct ip_addr *more;

		more = realloc(addr, (n + f.body.len) * sizeof(*addr));
		if (!more) {
			r = err_set(err, -ENOMEM, "reading the state: out of memory");
			break;
		}
		addr = more;
		state_tag_get(&c);
		while (n < SURVEY_EXTRA_MAX && state_from_get(&c, &item))
			addr[n++] = item.addr;
		state_take(s->state);
	}
	if (r < 0) {
		free(addr);
		return r;
	}
	*ret = addr;
	*ret_n = n;
	return 0;
}
