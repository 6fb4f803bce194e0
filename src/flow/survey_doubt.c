/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UDP answers without an id of ours, and ICMP errors without our tag: all that says they are for us
 * is a port, 16 bits, which a flood guesses. The first one only makes its probe be sent again, from
 * another port; what answers that as well is believed, and the first one then counts.
 *
 * While forged ones are seen to come in meanwhile, more such rounds are asked for: with f of them
 * among our P ports a guess is right by a chance of f / P, and n rounds by its n-th power, which
 * has to be below one in a million.
 *
 * There are paths whose translators rewrite the tag. Once a few errors without it have been
 * confirmed, and none with it has come, they are believed at once.
 */
#include <errno.h>
#include <stdlib.h>

#include "flow/survey_own.h"
#include "sys/clock.h"

#define DOUBTS    1024 /* waiting at once; what comes beyond is not believed */
#define NEAR      16   /* places of the table where one may stand */
#define TRIES     4    /* of a round that stays without an answer */
#define ROUNDS    32   /* then it is given up: somebody floods that very port */
#define RETOLD    4    /* errors without a tag to be confirmed before others are believed */
#define AGAIN_NS  NS_PER_MS
#define SEND_N    64
#define FORGED_3  5 /* forged ones during a round that make 3 rounds needed: (5/512)^3 */
#define FORGED_6  51
#define FORGED_12 160

struct doubt {
	bool used, due; /* .due: to be sent */
	uint8_t part;
	uint8_t try;               /* that is being waited for */
	uint8_t tries, got, round; /* of this round without an answer; rounds answered; all */
	uint16_t source, from;
	uint32_t slot, ask;
	uint64_t until_ns, forged; /* of this round: its end, the count when it began */
	uint64_t worst;            /* forged ones that came during one round */
	struct reply first;
};

struct survey_doubts {
	unsigned n, due;
	uint64_t next_ns; /* none ends before */
	unsigned retold;
	bool tagged;
	struct doubt at[DOUBTS];
};

static struct doubt *find(struct survey_doubts *d, uint32_t slot, uint32_t ask, unsigned part,
			  struct doubt **ret_free)
{
	uint64_t h = ((uint64_t)slot << 32 | ask << 1 | part) * 0x9e3779b97f4a7c15;

	*ret_free = NULL;
	for (unsigned i = 0; i < NEAR; i++) {
		struct doubt *e = &d->at[((h >> 40) + i) % DOUBTS];

		if (!e->used && !*ret_free)
			*ret_free = e;
		if (e->used && e->slot == slot && e->ask == ask && e->part == part)
			return e;
	}
	return NULL;
}

static void drop(struct survey_doubts *d, struct doubt *e)
{
	d->due -= e->due;
	d->n--;
	e->used = e->due = false;
}

static void give_up(struct survey *s, struct doubt *e)
{
	s->counts.forged++;
	drop(s->doubts, e);
}

static void ask_again(struct survey *s, struct doubt *e)
{
	e->try = (uint8_t)((e->try + 1) % ASK_TRIES_MAX);
	s->doubts->due += !e->due;
	e->due = true;
}

static bool begin(struct survey *s, const struct survey_seen *seen, struct doubt *e)
{
	if (!e)
		return false;
	*e = (struct doubt){ .used = true,
			     .part = (uint8_t)seen->part,
			     .try = (uint8_t)MAX(seen->reply->try, 0),
			     .source = seen->source,
			     .from = seen->from,
			     .slot = seen->slot,
			     .ask = seen->ask,
			     .first = *seen->reply };
	e->first.data = (struct span){ NULL, 0 };
	s->doubts->n++;
	ask_again(s, e);
	return true;
}

static unsigned rounds_needed(uint64_t forged)
{
	if (forged == 0)
		return 1;
	if (forged <= FORGED_3)
		return 3;
	if (forged <= FORGED_6)
		return 6;
	return forged <= FORGED_12 ? 12 : ROUNDS;
}

/* Another reply of the same kind. Whether that is enough to believe the first. */
static bool confirm(struct survey *s, struct doubt *e, const struct reply *r)
{
	if (e->due || r->kind != e->first.kind || (r->try >= 0 && r->try != e->try) ||
	    r->ask.payload != e->first.ask.payload)
		return false;
	e->worst = MAX(e->worst, shooter_forged(s->shooter) - e->forged);
	e->tries = 0;
	e->got++;
	if (e->got >= rounds_needed(e->worst))
		return true;
	if (e->round >= ROUNDS)
		give_up(s, e);
	else
		ask_again(s, e);
	return false;
}

/* What a cell that is decided already says to it: an engine may wait for it as a canary. */
static bool decided(struct survey *s, const struct survey_part *p, const struct probe_cell *c,
		    const struct reply *r, bool *ret_pass)
{
	if (c->state != CELL_ANSWERED || (c->kind == REPLY_ERROR && r->kind != REPLY_ERROR))
		return false;
	*ret_pass = p->grid || r->kind == REPLY_ERROR;
	if (r->kind == REPLY_ERROR && s->doubts->tagged)
		*ret_pass = false;
	if (!*ret_pass && r->kind == REPLY_ERROR)
		s->counts.forged++;
	else if (!*ret_pass)
		s->counts.duplicates++;
	return true;
}

bool survey_doubt(struct survey *s, const struct survey_stage *st, struct survey_seen *seen,
		  struct reply *ret_first)
{
	const struct survey_part *p = &st->part[seen->part];
	const struct reply *r = seen->reply;
	struct survey_doubts *d = s->doubts;
	struct doubt *e, *room;
	bool pass;

	if (!r->weak) {
		if (r->kind == REPLY_ERROR && r->ask.kind == ASK_UDP)
			d->tagged = true;
		return true;
	}
	if (decided(s, p, &p->cell[(size_t)seen->slot * p->asks->n + seen->ask], r, &pass))
		return pass;
	if (r->kind == REPLY_ERROR && d->retold >= RETOLD && !d->tagged)
		return true;
	e = find(d, seen->slot, seen->ask, seen->part, &room);
	if (!e) {
		if (!begin(s, seen, room))
			s->counts.forged++;
		return false;
	}
	if (!confirm(s, e, r))
		return false;
	d->retold += r->kind == REPLY_ERROR;
	*ret_first = e->first;
	seen->reply = ret_first;
	seen->from = e->from;
	seen->source = e->source;
	drop(d, e);
	return true;
}

static uint64_t wait_ns(const struct survey_part *p)
{
	const struct grid_conf *g = &p->grid_conf;
	const struct limited_conf *l = &p->limited_conf;

	if (g->slots > 0)
		return rtt_wait(p->rtt, g->wait_first_ns, g->wait_min_ns, g->wait_max_ns);
	return rtt_wait(p->rtt, l->wait_first_ns, l->wait_min_ns, l->wait_max_ns);
}

static bool is_answered(const struct survey_part *p, const struct doubt *e)
{
	const struct probe_cell *c = &p->cell[(size_t)e->slot * p->asks->n + e->ask];

	return c->state == CELL_ANSWERED &&
	       (c->kind != REPLY_ERROR || e->first.kind == REPLY_ERROR);
}

/* Rounds without an answer: the probe, or its answer, may have been lost. */
static void look(struct survey *s, const struct survey_stage *st, uint64_t now)
{
	struct survey_doubts *d = s->doubts;

	d->next_ns = CLOCK_NEVER;
	for (size_t i = 0; i < DOUBTS; i++) {
		struct doubt *e = &d->at[i];

		if (!e->used)
			continue;
		/* Another reply to it was believed meanwhile. */
		if (is_answered(&st->part[e->part], e))
			drop(d, e);
		else if (st->part[e->part].given_up ||
			 (!e->due && now >= e->until_ns && e->tries >= TRIES))
			give_up(s, e);
		else if (!e->due && now >= e->until_ns)
			ask_again(s, e);
		else if (!e->due)
			d->next_ns = MIN(d->next_ns, e->until_ns);
	}
}

static void left(struct survey *s, const struct survey_stage *st, struct doubt *e, uint64_t now)
{
	s->doubts->due--;
	e->due = false;
	e->tries++;
	e->round++;
	e->forged = shooter_forged(s->shooter);
	e->until_ns = now + wait_ns(&st->part[e->part]);
	s->doubts->next_ns = MIN(s->doubts->next_ns, e->until_ns);
}

static void send_some(struct survey *s, const struct survey_stage *st, uint64_t now)
{
	struct shooter_shot shot[SEND_N];
	struct doubt *of[SEND_N];
	unsigned n = 0;

	for (size_t i = 0; i < DOUBTS && n < SEND_N; i++) {
		struct doubt *e = &s->doubts->at[i];

		if (!e->used || !e->due)
			continue;
		of[n] = e;
		shot[n++] = (struct shooter_shot){ .dst = survey_stage_addr(s, st, e->slot),
						   .ask = e->first.ask,
						   .try = e->try,
						   .source = e->source,
						   .until_ns = now + s->wait_max_ns };
	}
	shooter_send(s->shooter, shot, n);
	for (unsigned i = 0; i < n; i++) {
		if (shot[i].result == 0)
			left(s, st, of[i], now);
		else if (shot[i].result != EAGAIN && shot[i].result != ENOBUFS)
			drop(s->doubts, of[i]);
	}
	if (s->doubts->due > 0)
		s->doubts->next_ns = MIN(s->doubts->next_ns, now + AGAIN_NS);
}

uint64_t survey_doubts_send(struct survey *s, const struct survey_stage *st, uint64_t now)
{
	struct survey_doubts *d = s->doubts;

	if (d->n == 0)
		return CLOCK_NEVER;
	if (now >= d->next_ns)
		look(s, st, now);
	if (d->due > 0)
		send_some(s, st, now);
	return d->n > 0 ? d->next_ns : CLOCK_NEVER;
}

bool survey_doubts_left(const struct survey *s)
{
	return s->doubts->n > 0;
}

int survey_doubts_begin(struct survey *s)
{
	if (!s->doubts)
		s->doubts = calloc(1, sizeof(*s->doubts));
	if (!s->doubts)
		return -ENOMEM;
	for (size_t i = 0; s->doubts->n > 0 && i < DOUBTS; i++) {
		if (s->doubts->at[i].used)
			drop(s->doubts, &s->doubts->at[i]);
	}
	s->doubts->next_ns = CLOCK_NEVER;
	return 0;
}
