/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop: a batch of probes, whatever has arrived, and from time to time a look at signals, the
 * state file and whoever watches. It waits only when there is nothing to send.
 */
#include <errno.h>
#include <string.h>

#include "flow/survey_own.h"
#include "sys/clock.h"

#define PROGRESS_NS (200 * NS_PER_MS)
#define STUCK_NS    NS_PER_MS /* before what could not leave is tried again */
#define DOWN_TRIES  3         /* a stage begins anew for an interface that went down */

bool survey_part_over(const struct survey_part *p)
{
	if (p->given_up)
		return true;
	return p->grid ? grid_over(p->grid) : limited_over(p->limited);
}

static bool stage_over(const struct survey *s, const struct survey_stage *st)
{
	for (unsigned i = 0; i < st->parts; i++) {
		if (!survey_part_over(&st->part[i]))
			return false;
	}
	return !survey_doubts_left(s);
}

static uint32_t find_slot(const struct survey *s, const struct survey_stage *st,
			  const struct ip_addr *target)
{
	const struct survey_group *g = st->group;
	uint64_t place;
	uint32_t slot;

	if (!survey_place(s, target, &place) || place - g->first >= g->slots)
		return SURVEY_NOWHERE;
	slot = (uint32_t)(place - g->first);
	return st->back ? st->back[slot] : slot;
}

static void keep_mac(struct survey_group *g, uint32_t slot, const struct eth_addr *mac)
{
	if (!g->mac || memcmp(&g->mac[slot], mac, sizeof(*mac)) == 0)
		return;
	g->mac[slot] = *mac;
	g->mac_new[slot / 64] |= 1ull << slot % 64;
}

/* Tell the engine. */
static void believe(struct survey_stage *st, const struct survey_seen *seen)
{
	struct survey_part *p = &st->part[seen->part];
	const struct reply *r = seen->reply;

	if (p->grid)
		grid_reply(p->grid, seen->slot, seen->ask, seen->from, r);
	else if (limited_reply(p->limited, seen->slot, seen->ask, seen->source, seen->from, r))
		/* In an octet that UDP answers have no other use for: which payload it was. */
		if (r->kind == REPLY_ANSWER)
			p->cell[(size_t)seen->slot * p->asks->n + seen->ask].code =
				r->spoke ? (uint8_t)(1 + r->ask.payload) : 0;
}

static void took(void *to, uint16_t source, const struct reply *r)
{
	struct survey *s = to;
	struct survey_stage *st = s->stage;
	/* A query to all is answered by each for itself. */
	const struct ip_addr *target = r->ask.kind == ASK_MLD ? &r->from : &r->target;
	struct survey_seen seen = { .reply = r,
				    .slot = find_slot(s, st, target),
				    .ask = SURVEY_NOWHERE,
				    .source = source };
	struct reply first;

	for (unsigned i = 0; i < st->parts && seen.ask == SURVEY_NOWHERE; i++) {
		seen.part = i;
		seen.ask = survey_asks_find(st->part[i].asks, &r->ask);
	}
	if (seen.slot == SURVEY_NOWHERE || seen.ask == SURVEY_NOWHERE) {
		s->counts.late++;
		return;
	}
	if (!ip_eq(&r->from, target))
		seen.from = survey_from_index(&s->from, &r->from);
	if (r->has_mac && seen.from == 0)
		keep_mac(st->group, survey_stage_slot(st, seen.slot), &r->mac);
	if (survey_doubt(s, st, &seen, &first))
		believe(st, &seen);
}

/* How much of a stage is decided, 0..1. */
static double part_of_stage(const struct survey_stage *st, uint64_t now)
{
	double sum = 0;

	for (unsigned i = 0; i < st->parts; i++) {
		const struct survey_part *p = &st->part[i];
		uint64_t left;

		if (survey_part_over(p)) {
			sum += 1;
		} else if (p->grid) {
			sum += p->grid->pass > 0 || p->grid->order.n == 0
				       ? 0.9
				       : 0.9 * (double)p->grid->at / (double)p->grid->order.n;
		} else {
			left = limited_left_ns(p->limited, now);
			sum += (double)(now - st->start_ns) /
			       (double)(now - st->start_ns + left + 1);
		}
	}
	return st->parts > 0 ? sum / st->parts : 1;
}

static uint64_t time_left(const struct survey *s, const struct survey_stage *st, uint64_t now)
{
	const struct survey_progress *p = &s->progress;

	for (unsigned i = 0; i < st->parts; i++) {
		if (st->part[i].limited && !survey_part_over(&st->part[i]))
			return limited_left_ns(st->part[i].limited, now);
	}
	if (p->done == 0 || p->done >= p->total)
		return 0;
	return (uint64_t)((double)(now - s->start_ns) / (double)p->done *
			  (double)(p->total - p->done));
}

static void tell_progress(struct survey *s, struct survey_stage *st, uint64_t now)
{
	struct survey_progress *p = &s->progress;
	uint64_t sent = shooter_counts(s->shooter).sent;

	p->done = s->done_base + (uint64_t)((double)s->done_weight * part_of_stage(st, now));
	p->sent = s->counts.sent + sent;
	if (now > s->progress_at_ns)
		p->pps = (uint64_t)((double)(sent - s->progress_sent) * NS_PER_S /
				    (double)(now - s->progress_at_ns));
	s->progress_sent = sent;
	s->progress_at_ns = now;
	p->left_ns = time_left(s, st, now);
	p->loss = pace_loss(&s->pace);
	p->up = s->up;
	p->doing = st->doing;
	s->tell->progress(s->tell->to, p);
}

bool survey_stopping(struct survey *s, uint64_t now)
{
	if (!s->stopping && s->deadline_ns > 0 && now >= s->deadline_ns) {
		s->late = true;
		s->stopping = true;
		survey_note(s, "the time given is over: what is not decided stays unknown");
	}
	if (!s->stopping && s->tell->stop(s->tell->to)) {
		s->interrupted = true;
		s->stopping = true;
	}
	return s->stopping;
}

/* What is not for every batch. */
static void look(struct survey *s, struct survey_stage *st, uint64_t now)
{
	double loss = -1;

	uint64_t drops = shooter_counts(s->shooter).drops;

	s->look_ns = now + SURVEY_CALM_NS;
	survey_downs(s, now);
	if (drops > s->drops)
		pace_dropped(&s->pace, (unsigned)MIN(drops - s->drops, (uint64_t)UINT16_MAX), now);
	s->drops = drops;
	for (unsigned i = 0; i < st->parts; i++) {
		struct survey_part *p = &st->part[i];

		if (p->grid)
			loss = grid_loss(p->grid);
		else if (loss >= 0)
			limited_loss(p->limited, loss);
		if (s->conf->host_timeout_ns > 0 && p->grid && st->of &&
		    now - st->start_ns > s->conf->host_timeout_ns)
			p->given_up = true;
	}
	if (now >= s->save_ns) {
		survey_save(s, st, false);
		s->save_ns = now + SURVEY_SAVE_NS;
	}
	if (now >= s->progress_ns) {
		tell_progress(s, st, now);
		s->progress_ns = now + PROGRESS_NS;
	}
	survey_stopping(s, now);
}

/* Wait for replies until @until_ns (0: only let signals through). */
static int wait_for(struct survey *s, uint64_t until_ns, struct err *err)
{
	int fd[LOOP_FDS_MAX], r;
	uint32_t ready;
	size_t n = until_ns > 0 ? shooter_fds(s->shooter, fd, LOOP_FDS_MAX) : 0;

	if (until_ns > 0) {
		until_ns = MIN(until_ns, s->save_ns);
		until_ns = MIN(until_ns, s->progress_ns);
		until_ns = MIN(until_ns, shooter_next_ns(s->shooter));
		if (s->deadline_ns > 0)
			until_ns = MIN(until_ns, s->deadline_ns);
	}
	r = loop_wait(s->loop, fd, n, until_ns, &ready);
	if (r < 0)
		return err_set(err, r, "waiting for answers: %s", strerror(-r));
	if (r == LOOP_INTERRUPTED) {
		s->interrupted = true;
		s->stopping = true;
	}
	return 0;
}

static int one_round(struct survey *s, struct survey_stage *st, struct err *err)
{
	uint64_t now = clock_mono_ns(), wake;
	bool stuck, looked = now >= s->look_ns;
	uint64_t doubt = survey_doubts_send(s, st, now);
	unsigned n = survey_send(s, st, now, &wake, &stuck);
	int got = shooter_recv(s->shooter, took, s);

	if (got == -ENETDOWN)
		s->went_down = s->link_lost = true;
	else if (got < 0)
		return err_set(err, got, "receiving: %s", strerror(-got));
	if (looked)
		look(s, st, now);
	if (s->stopping || stage_over(s, st))
		return 0;
	wake = stuck ? now + STUCK_NS : MIN(wake, doubt);
	if (got <= 0 && (n == 0 || stuck))
		return wait_for(s, MAX(wake, (uint64_t)1), err);
	return looked ? wait_for(s, 0, err) : 0;
}

static int until_over(struct survey *s, struct survey_stage *st, struct err *err)
{
	int r = survey_start(s, st, err);

	while (r == 0 && !s->stopping && !stage_over(s, st))
		r = one_round(s, st, err);
	survey_count(s, st);
	return r;
}

/*
 * Silence says nothing about those who were asked while an interface went down: they are open
 * again. Returns whether there are any.
 */
static bool reopen(struct survey_stage *st)
{
	bool any = false;

	for (unsigned i = 0; i < st->parts; i++) {
		struct survey_part *p = &st->part[i];
		size_t n = (size_t)st->slots * p->asks->n;

		for (size_t c = 0; c < n; c++) {
			enum cell_state state = p->cell[c].state;

			if (state != CELL_SILENT && state != CELL_CERTIFIED &&
			    state != CELL_LIMITED)
				continue;
			p->cell[c] = (struct probe_cell){ .state = CELL_OPEN_QUESTION };
			p->saved[c / 64] &= ~(1ull << c % 64);
			any = true;
		}
	}
	return any;
}

static bool slot_went_down(const struct survey_stage *st, uint32_t slot)
{
	for (unsigned i = 0; i < st->parts; i++) {
		const struct survey_part *p = &st->part[i];
		size_t first = (size_t)slot * p->asks->n;

		for (size_t c = first; c < first + p->asks->n; c++) {
			if (p->cell[c].state == CELL_UNSENT && p->cell[c].code == ENETDOWN)
				return true;
		}
	}
	return false;
}

static void count_downs(struct survey *s, const struct survey_stage *st)
{
	for (uint32_t slot = 0; slot < st->slots && s->link_lost; slot++)
		s->down_targets += slot_went_down(st, slot);
}

int survey_drive(struct survey *s, struct survey_stage *st, struct err *err)
{
	uint64_t start = clock_mono_ns();
	int r = survey_load(s, st, err);

	s->stage = st;
	st->start_ns = start;
	for (unsigned again = 0; r == 0 && !st->done && !s->stopping; again++) {
		s->went_down = false;
		r = until_over(s, st, err);
		if (!s->went_down || again == DOWN_TRIES || !reopen(st))
			break;
	}
	if (r == 0 && !st->done) {
		s->counts.sending_ns += clock_mono_ns() - start;
		st->done = !s->stopping && stage_over(s, st);
		count_downs(s, st);
		survey_save(s, st, st->done);
	}
	survey_count_answers(s, st);
	s->stage = NULL;
	return r;
}
