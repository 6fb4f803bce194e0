/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last word on a target, and the view of one that goes on. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "flow/trace_own.h"
#include "icmp/registry.h"
#include "probe/verdict.h"
#include "sys/clock.h"

#define BY_LEN        96
#define LOOP_LONGEST  8 /* routers of a loop */
#define LOOP_SEEN     3 /* hops that must come again where one router alone repeats */
#define BRANCH_HOPS   TRACE_HOPS_MAX
#define STATE_OF(end) ((uint8_t)((end)-TRACE_REACHED)) /* as in fact_trace_state_words */

_Static_assert(TRACE_UNREACHABLE == TRACE_REACHED + 1 && TRACE_SILENT == TRACE_REACHED + 2 &&
		       TRACE_UNSENT == TRACE_REACHED + 3,
	       "order of fact_trace_state_words");

/* The last hop before @k of those it repeats that answered, from @i on; NULL: none did. */
static const struct ip_addr *before(const struct trace_sight *s, size_t i, size_t k, size_t period)
{
	while (k >= i + period) {
		k -= period;
		if (s->addr[k].family != 0)
			return &s->addr[k];
	}
	return NULL;
}

/* Whether from @i, which comes again, to the last that answered every @period-th hop is the same. */
static bool repeats(const struct trace_sight *s, size_t i, size_t last, size_t period)
{
	size_t seen = 0;
	bool again = false;

	if (s->addr[i].family == 0)
		return false;
	for (size_t k = i + period; k <= last; k++) {
		const struct ip_addr *was = before(s, i, k, period);

		if (s->addr[k].family == 0 || !was)
			continue;
		if (!ip_eq(&s->addr[k], was))
			return false;
		again = again || (k - i) % period == 0;
		seen++;
	}
	return again && seen >= (period == 1 ? LOOP_SEEN : MAX(period, (size_t)2)) &&
	       i + 2 * period <= last + 1;
}

static int64_t find_loop(const struct trace_sight *s)
{
	size_t last = s->n;

	if (s->end == TRACE_REACHED)
		return FACT_NONE;
	while (last > 0 && s->addr[last - 1].family == 0)
		last--;
	/* What ends a path may be the router that found the loop out. */
	for (size_t i = 0; i + 1 < last; i++) {
		for (size_t period = 1; period <= LOOP_LONGEST; period++) {
			if (repeats(s, i, last - 1, period))
				return s->first + (int64_t)i;
		}
	}
	return FACT_NONE;
}

static const char *by_text(int family, const struct trace_sight *s, uint8_t ask,
			   char buf[static BY_LEN])
{
	const struct icmp_entry *e = icmp_find((unsigned)family, s->end_type, s->end_code);

	if (s->end_from.family == 0)
		return NULL;
	if (s->end_kind != REPLY_ERROR)
		return trace_word_reply(family, ask, s->end_kind, s->end_type);
	snprintf(buf, BY_LEN, "%u/%u %s", s->end_type, s->end_code, e ? e->name : "unknown");
	return buf;
}

struct words {
	char by[BY_LEN], target[IP_TEXT_LEN], meaning[TRACE_MEANING_LEN];
};

static void sum_up(struct trace_run *r, struct trace_slot *s, const struct trace_sight *sight,
		   struct fact_trace *f, struct words *w)
{
	double loss = s->trace ? hop_path_loss(sight->tally, sight->judged, sight->n) : -1;
	bool told = sight->end == TRACE_REACHED || sight->end == TRACE_UNREACHABLE;

	*f = (struct fact_trace){
		.target = flow_targets_name(r->conf->targets, s->target, w->target),
		.addr = s->addr,
		.state = STATE_OF(sight->end == TRACE_GOING ? TRACE_SILENT : sight->end),
		.by = told ? by_text(s->addr.family, sight, r->conf->kind, w->by) : NULL,
		.from = told ? sight->end_from : (struct ip_addr){ 0 },
		.hops = sight->end == TRACE_UNSENT ? FACT_NONE : sight->end_hops,
		.loss_pct = loss < 0 ? FACT_NONE : (int64_t)(loss * 100000 + 0.5),
		.loop_ttl = find_loop(sight),
		.branches = FACT_NONE,
		.confidence_pct = FACT_NONE,
		.probes = FACT_NONE,
		.mtu = FACT_NONE,
	};
	for (uint8_t i = 0; i < sight->n; i++) {
		f->sent += s->trace ? trace_hop(s->trace, (uint8_t)(sight->first + i))->sent : 0;
		f->received += (int64_t)sight->tally[i].received;
	}
	if (s->mda) {
		f->sent = f->probes = (int64_t)mda_probes(s->mda);
		f->branches = MAX(trace_branches(r, s->mda), 0);
		f->confidence_pct = (int64_t)(mda_confidence(s->mda) * 100000 + 0.5);
	}
	if (sight->end == TRACE_UNSENT)
		f->error = verdict_errno(s->error) ? verdict_errno(s->error) : strerror(s->error);
	trace_word_meaning(r, s, sight, f, w->meaning);
	f->meaning = w->meaning[0] ? w->meaning : NULL;
}

static void tell_hops(struct trace_run *r, struct trace_slot *s, const struct trace_sight *sight,
		      const char *target)
{
	int n = trace_rows(r, s, sight);

	for (int i = 0; i < n; i++) {
		r->row[i].hop.target = target;
		r->tell->hop(r->tell->to, s->target, &r->row[i].hop);
	}
}

static void tell_one_path(struct trace_run *r, struct trace_slot *s,
			  const struct trace_sight *sight, const char *target)
{
	struct fact_path_hop hop[TRACE_HOPS_MAX];
	uint8_t n = sight->end_hops >= sight->first
			    ? (uint8_t)MIN(sight->n, sight->end_hops - sight->first + 1)
			    : 0;
	struct fact_path f = {
		.target = target,
		.branch = 1,
		.branches = 1,
		.flow = r->conf->flow,
		.reached = sight->end == TRACE_REACHED,
		.hops = { hop, n },
	};

	for (uint8_t i = 0; i < n; i++)
		hop[i] = (struct fact_path_hop){ sight->first + i, sight->addr[i] };
	if (n > 0)
		r->tell->path(r->tell->to, s->target, &f);
}

static void tell_branches(struct trace_run *r, struct trace_slot *s, const struct fact_trace *sum)
{
	struct fact_path_hop hop[BRANCH_HOPS];
	struct fact_path f = {
		.target = sum->target,
		.branches = sum->branches,
		.hops = { hop, 0 },
	};

	for (size_t i = 0; i < r->branch_n; i++) {
		const struct trace_branch *b = &r->branch[i];

		if (!b->told)
			continue;
		for (uint8_t k = 0; k < b->n; k++) {
			hop[k] = (struct fact_path_hop){ .ttl = r->conf->first + (int64_t)k };
			if (b->node[k] != MDA_NOBODY)
				hop[k].addr = mda_node(s->mda, b->node[k])->addr;
		}
		f.branch++;
		f.flow = b->flow;
		f.hops.n = b->n;
		f.reached = ip_eq(&hop[b->n - 1].addr, &s->addr);
		r->tell->path(r->tell->to, s->target, &f);
	}
}

static void tell_mtu(struct trace_run *r, struct trace_slot *s, const struct trace_sight *sight,
		     struct fact_trace *sum)
{
	char meaning[TRACE_MEANING_LEN];
	struct path_mtu_result m;
	struct fact_path_mtu f = { .target = sum->target };

	path_mtu_result(s->mtu, &m);
	f.mtu = m.mtu > 0 ? m.mtu : FACT_NONE;
	f.exact = m.exact;
	f.black_hole = m.end == PATH_MTU_BLACK_HOLE;
	f.set_ttl = m.set_hops > 0 ? m.set_hops : FACT_NONE;
	f.set_by = m.set_by;
	f.said = m.said > 0 ? m.said : FACT_NONE;
	f.lied = m.lied;
	f.last_ttl = m.last_hops > 0 ? m.last_hops : FACT_NONE;
	f.next_ttl = m.next_hops > 0 ? m.next_hops : FACT_NONE;
	if (m.last_hops >= sight->first && m.last_hops - sight->first < sight->n)
		f.last_passed = sight->addr[m.last_hops - sight->first];
	if (m.next_hops >= sight->first && m.next_hops - sight->first < sight->n)
		f.next = sight->addr[m.next_hops - sight->first];
	trace_word_mtu(&f, &m, sight->end == TRACE_REACHED, meaning);
	f.meaning = meaning;
	r->tell->mtu(r->tell->to, s->target, &f);
	sum->mtu = f.mtu;
}

void trace_tell_target(struct trace_run *r, struct trace_slot *s)
{
	struct trace_sight sight;
	struct fact_trace sum;
	struct words words;

	trace_look(s, r->conf, &sight);
	sum_up(r, s, &sight, &sum, &words);
	tell_hops(r, s, &sight, sum.target);
	if (s->mda)
		tell_branches(r, s, &sum);
	else
		tell_one_path(r, s, &sight, sum.target);
	if (s->mtu)
		tell_mtu(r, s, &sight, &sum);
	r->reached += sight.end == TRACE_REACHED;
	r->tell->trace(r->tell->to, s->target, &sum);
}

void trace_tell_live(struct trace_run *r, struct trace_slot *s, uint64_t now_ns)
{
	struct trace_sight sight;
	struct words words;
	struct flow_trace_view view = { .target = s->target, .elapsed_ns = now_ns - r->start_ns };
	int n;

	if (!s->trace)
		return;
	trace_look(s, r->conf, &sight);
	sum_up(r, s, &sight, &view.trace, &words);
	n = trace_rows(r, s, &sight);
	for (int i = 0; i < n; i++)
		r->row[i].hop.target = view.trace.target;
	view.row = r->row;
	view.row_n = n > 0 ? (size_t)n : 0;
	view.rounds = trace_rounds(s->trace);
	r->tell->live(r->tell->to, &view);
}

static bool is_named(const struct trace_run *r, const struct ip_addr *a)
{
	const char *name;

	return a->family == 0 || flow_names_take(r->names, a, &name) != -EAGAIN;
}

bool trace_tell_named(struct trace_run *r, struct trace_slot *s)
{
	const struct flow_trace_conf *c = r->conf;

	if (!r->names || flow_names_stuck(r->names))
		return true;
	for (size_t i = 0; s->mda && i < mda_nodes(s->mda); i++) {
		if (!is_named(r, &mda_node(s->mda, i)->addr))
			return false;
	}
	for (unsigned h = c->first; s->trace && h <= c->last; h++) {
		struct trace_who *w;

		for (unsigned i = 0; (w = trace_who(s->trace, (uint8_t)h, i)) != NULL; i++) {
			if (!is_named(r, &w->addr))
				return false;
		}
	}
	return true;
}
