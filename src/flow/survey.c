/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a survey begins and ends. */
#include "flow/survey.h"

#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/neighbours.h"
#include "flow/survey_own.h"
#include "sys/clock.h"
#include "sys/entropy.h"

#define GROUP_MIN   256              /* targets: fewer are not worth the wait for late replies */
#define NEAR_PPS    (uint64_t)100000 /* where nothing is beyond the links: to begin with */
#define SOCKETS_MAX 4096             /* and with sockets more would only queue */

/* Not a secret: the same survey must give the same digest later. */
static const struct hash_key digest_key = { { 0x7461726765747320, 0x616e642061736b73 } };

uint64_t survey_digest(uint64_t so_far, const void *p, size_t len)
{
	struct hash_key key = digest_key;

	key.k[0] ^= so_far;
	return hash(&key, (struct span){ p, len });
}

void survey_note(const struct survey *s, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	s->tell->note(s->tell->to, text);
}

static int check_sources(const struct survey_conf *c, struct err *err)
{
	AUTO(flow_routes_closep) struct flow_routes *routes = NULL;
	const struct flow_routes_conf conf = { .iface = c->iface, .source = c->source };
	int r = flow_routes_open(&conf, &routes, err);

	for (size_t i = 0; c->sources && r == 0 && i < c->sources->n; i++)
		r = flow_routes_own(routes, &c->sources->range[i].first, c->sources->range[i].n,
				    err);
	return r;
}

int survey_check(const struct survey_conf *c, struct err *err)
{
	if (c->iface && if_nametoindex(c->iface) == 0)
		return err_set(err, -ENODEV, "there is no interface '%.60s'", c->iface);
	if (c->shards > 0 && c->shard >= c->shards)
		return err_set(err, -EINVAL, "shard %u of %u: there is no such shard", c->shard + 1,
			       c->shards);
	if (c->rate == SURVEY_RATE_FIXED && c->pps == 0)
		return err_set(err, -EINVAL, "a rate of 0 packets a second would never end");
	if (c->tries_max > ASK_TRIES_MAX)
		return err_set(err, -EINVAL, "at most %d tries", ASK_TRIES_MAX);
	if (c->sources && c->sources->total >= SURVEY_SOURCES_MAX)
		return err_set(err, -EINVAL, "at most %d addresses to ask from",
			       SURVEY_SOURCES_MAX - 1);
	return check_sources(c, err);
}

static int open_seed(struct survey *s, struct err *err)
{
	const struct survey_conf *c = s->conf;
	int r;

	if (c->resume) {
		r = state_open(c->resume, &s->state, &s->head, err);
		if (r < 0)
			return r;
		/* What it borrows from will be overwritten by the frames behind. */
		s->head.options.len = 0;
		s->seed = s->head.seed;
		s->replaying = true;
		s->named = c->state != NULL;
	} else if (c->seeded || c->shards > 1) {
		/* Shards must agree on the order, or they would overlap. */
		s->seed = (struct hash_key){ { c->seeded ? c->seed : 0, 0x736f6e6465 } };
	} else {
		return entropy_fill(&s->seed, sizeof(s->seed), err);
	}
	return 0;
}

int survey_open(struct survey *s, const struct survey_conf *c, bool spread,
		const struct survey_tell *tell, struct err *err)
{
	const struct shooter_conf shooter = {
		.backend = c->backend ? c->backend : "auto",
		.iface = c->iface,
		.source = c->source,
		.sources = c->sources,
		.source_port = c->source_port,
		.hops = c->hops,
		.spread = spread,
		.connect = c->connect,
	};
	int r;

	s->conf = c;
	s->tell = tell;
	s->named = c->state != NULL;
	s->wait_max_ns = c->wait_max_ns ? c->wait_max_ns : SURVEY_WAIT_MAX_NS;
	s->body = malloc(STATE_BODY_MAX);
	if (!s->body)
		return err_set(err, -ENOMEM, "getting ready to probe: out of memory");
	r = open_seed(s, err);
	if (r == 0)
		r = shooter_open(&shooter, &s->shooter, err);
	if (r == 0)
		r = loop_open(&s->loop, err);
	s->start_ns = clock_mono_ns();
	s->deadline_ns = c->deadline_ns > 0 ? s->start_ns + c->deadline_ns : 0;
	s->save_ns = s->start_ns + SURVEY_SAVE_NS;
	s->progress_at_ns = s->start_ns;
	return r;
}

static void choose_pace(struct survey *s)
{
	const struct survey_conf *c = s->conf;
	struct pace_conf p = { .batch = SURVEY_BATCH, .max_pps = c->max_pps };

	switch (c->rate) {
	case SURVEY_RATE_AUTO:
		if (p.max_pps == 0 && (s->nears & 1u << SURVEY_FAR))
			p.max_pps = SURVEY_FAR_PPS;
		/* A link of our own takes that at once; what it loses slows it down. */
		if (!(s->nears & 1u << SURVEY_FAR))
			p.start_pps = p.max_pps ? MIN(p.max_pps, NEAR_PPS) : NEAR_PPS;
		break;
	case SURVEY_RATE_FIXED:
		p.fixed_pps = c->max_pps > 0 ? MIN(c->pps, c->max_pps) : c->pps;
		break;
	case SURVEY_RATE_MAX:
		p.fixed_pps = c->max_pps > 0 ? c->max_pps : PACE_MAX_PPS;
		break;
	}
	pace_init(&s->pace, &p, clock_mono_ns());
	rtt_init(&s->rtt[0]);
	rtt_init(&s->rtt[1]);
}

/* So many that results come every few seconds, that memory stays small, and no more than asked for. */
static uint32_t choose_slots(const struct survey *s, const struct survey_plan *plan)
{
	uint64_t pps = s->pace.conf.fixed_pps ? s->pace.conf.fixed_pps : s->pace.conf.max_pps;
	uint64_t slots = GRID_CELLS_MAX / MAX(plan->cells, 1u);

	if (pps > 0)
		slots = MIN(slots, pps * SURVEY_GROUP_S / MAX(plan->cells, 1u));
	if (s->nears & 1u << SURVEY_LINK)
		slots = MIN(slots, (uint64_t)NEIGHBOURS_MAX / 2);
	if (shooter_connects(s->shooter))
		slots = MIN(slots, (uint64_t)SOCKETS_MAX);
	slots = MIN(slots, (uint64_t)plan->slots_max);
	return (uint32_t)MAX(slots, (uint64_t)GROUP_MIN);
}

static uint64_t digest_targets(const struct space *space)
{
	uint64_t d = space->total;

	for (size_t i = 0; i < space->n; i++) {
		const struct space_range *r = &space->range[i];

		d = survey_digest(d, &r->first.family, sizeof(r->first.family));
		d = survey_digest(d, r->first.octet, sizeof(r->first.octet));
		d = survey_digest(d, &r->n, sizeof(r->n));
	}
	return d;
}

static int begin_state(struct survey *s, const struct survey_plan *plan, struct err *err)
{
	const struct survey_conf *c = s->conf;
	const char *options = c->options ? c->options : "", *differs;
	struct state_head h = {
		.what = plan->what,
		.seed = s->seed,
		.targets = digest_targets(&c->targets->space),
		.asks = plan->asks_digest,
		.shard = c->shard,
		.shards = MAX(c->shards, 1u),
		.slots = s->group_slots,
		.options = { (const uint8_t *)options, strlen(options) },
	};
	struct err why;

	if (s->replaying) {
		differs = state_head_differs(&h, &s->head);
		if (c->seeded && c->seed != s->seed.k[0])
			differs = "the seed";
		if (differs)
			return err_set(err, -EBADMSG, "%.100s is of another survey: %s differ%s",
				       c->resume, differs,
				       strcmp(differs, "the targets") == 0 ? "" : "s");
		return 0;
	}
	if (state_new(&h, c->state, plan->stem, &s->state, &why) < 0) {
		if (c->state)
			return err_set(err, -EINVAL, "%s", why.text);
		survey_note(s, "this run cannot be resumed: %s", why.text);
		s->state = NULL;
	}
	return 0;
}

int survey_plan(struct survey *s, const struct space *space, const struct survey_plan *plan,
		struct err *err)
{
	uint64_t shards = MAX(s->conf->shards, 1u);

	s->space = space;
	s->count = (space->total + shards - 1 - s->conf->shard) / shards;
	survey_paths(s);
	choose_pace(s);
	s->group_slots = s->replaying ? s->head.slots : choose_slots(s, plan);
	/* Where a group holds them all, its engine's own order is enough. */
	s->permuted = (space->total + shards - 1) / shards > s->group_slots;
	permute_init(&s->order, space->total, &s->seed);
	s->progress.total = s->count;
	if (s->replaying && s->group_slots > GRID_CELLS_MAX / MAX(plan->cells, 1u))
		return err_set(err, -EBADMSG, "%.100s: it is not of this version or damaged",
			       s->conf->resume);
	return begin_state(s, plan, err);
}

void survey_tell_begin(struct survey *s, uint64_t expect_ns)
{
	struct ip_addr first = { .family = 0 };

	if (s->count > 0) {
		first = survey_addr(s, 0);
		s->backend = shooter_backend(s->shooter, &first);
	}
	if (!s->backend)
		s->backend = "packet";
	s->tell->begin(s->tell->to, expect_ns, s->backend);
}

void survey_sum_up(struct survey *s, struct survey_sum *ret)
{
	const struct space *t = &s->conf->targets->space;
	const struct survey_counts *c = &s->counts;
	struct shooter_counts shot = shooter_counts(s->shooter);
	uint64_t sent = c->sent + shot.sent;
	bool whole = !s->interrupted && !s->late;
	struct err err;

	if (s->down_targets > 0)
		survey_note(s, "%s is down: %llu targets are not known",
			    s->down_name[0] ? s->down_name : "an interface",
			    (unsigned long long)s->down_targets);
	survey_downs_end(s);
	if (!whole && s->state && state_flush(s->state, &err) < 0) {
		survey_note(s, "this run cannot be resumed: %s", err.text);
		state_close(s->state, false);
		s->state = NULL;
	}
	*ret = (struct survey_sum){
		.interrupted = s->interrupted,
		.failed = s->failed || s->late,
		.fact = {
			.targets = (int64_t)s->count,
			.up = (int64_t)s->up,
			.probes = (int64_t)sent,
			.answers = (int64_t)c->answered,
			.duplicates = (int64_t)c->duplicates,
			.late = (int64_t)c->late,
			.forged = (int64_t)(c->forged + shot.forged),
			.rate_pps = c->sending_ns > 0 ? (int64_t)((double)sent * NS_PER_S /
								  (double)c->sending_ns) : 0,
			.miss_rate = c->weight > 0 ? (int64_t)((double)c->lost * 1000000 /
								   (double)c->weight) : FACT_NONE,
			.missed = (int64_t)c->missed,
			.special = (int64_t)t->special,
			.excluded = (int64_t)t->excluded,
			.repeated = (int64_t)t->repeated,
			.backend = s->backend,
		},
	};
	if (!whole && s->state && state_path(s->state)) {
		snprintf(ret->resume, sizeof(ret->resume), "%s", state_path(s->state));
		ret->fact.resume = ret->resume;
	}
	s->finished = whole;
}

void survey_close(struct survey *s)
{
	state_close(s->state, s->finished && !s->named);
	loop_close(s->loop);
	shooter_close(s->shooter);
	vendors_free(s->vendors);
	free(s->doubts);
	free(s->body);
}
