/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engines of one target, one after the other, behind one face. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow/trace_own.h"
#include "icmp/number.h"

#define SAMPLES_MANY 16 /* round-trip times kept of an address, with many targets */
#define MANY         64
#define SAMPLES_LIVE 512
#define MDA_TRIES    3
#define MTU_TRIES    3
#define NUMBERS_MOST 50000

static struct trace_conf trace_conf_of(const struct trace_run *r, const struct ip_addr *dst)
{
	const struct flow_trace_conf *c = r->conf;
	uint32_t samples = c->live ? SAMPLES_LIVE : STATS_ROOM_FULL;

	return (struct trace_conf){
		.dst = *dst,
		.kind = c->kind,
		.port = c->port,
		.flow = c->flow,
		.first = c->first,
		.last = c->last,
		.rounds = c->rounds,
		.round_ns = c->round_ns,
		.spacing_ns = TRACE_SPACING_NS,
		.timeout_ns = c->timeout_ns,
		.len = c->len,
		.tos = c->tos,
		.df = c->df,
		.samples = c->targets->n > MANY ? SAMPLES_MANY : samples,
		.recent = c->live ? TRACE_RECENT : 0,
	};
}

static struct mda_conf mda_conf_of(const struct trace_run *r, const struct ip_addr *dst)
{
	const struct flow_trace_conf *c = r->conf;

	return (struct mda_conf){
		.dst = *dst,
		.kind = c->kind,
		.port = c->port,
		.first = c->first,
		.last = c->last,
		.flows = HOP_FLOWS_MAX,
		.confidence = c->confidence,
		.tries = MDA_TRIES,
		.spacing_ns = TRACE_SPACING_NS,
		.timeout_ns = c->timeout_ns,
		.len = c->len,
		.tos = c->tos,
	};
}

size_t trace_step_size(const struct trace_run *r)
{
	const struct ip_addr *a = &r->conf->targets->item[0].addr;

	if (r->conf->paths) {
		struct mda_conf m = mda_conf_of(r, a);

		return mda_size(&m);
	} else {
		struct trace_conf t = trace_conf_of(r, a);

		return trace_size(&t);
	}
}

int trace_step_begin(struct trace_run *r, struct trace_slot *s, uint64_t now_ns)
{
	size_t size = trace_step_size(r); /* the same for all */

	if (r->conf->paths) {
		struct mda_conf m = mda_conf_of(r, &s->addr);
		void *mem = s->mda ? (void *)s->mda : malloc(size);

		s->phase = TRACE_PHASE_PATHS;
		s->mda = mem ? mda_init(mem, &m, now_ns) : NULL;
		return mem ? 0 : -ENOMEM;
	} else {
		struct trace_conf t = trace_conf_of(r, &s->addr);
		void *mem = s->trace ? (void *)s->trace : malloc(size);

		s->phase = TRACE_PHASE_HOPS;
		s->trace = mem ? trace_init(mem, &t, now_ns) : NULL;
		return mem ? 0 : -ENOMEM;
	}
}

void trace_step_next(struct trace_slot *s, uint64_t now_ns, struct trace_step *ret)
{
	switch ((enum trace_phase)s->phase) {
	case TRACE_PHASE_HOPS:
		trace_next(s->trace, now_ns, ret);
		return;
	case TRACE_PHASE_PATHS:
		mda_next(s->mda, now_ns, ret);
		return;
	case TRACE_PHASE_MTU:
		path_mtu_next(s->mtu, now_ns, ret);
		return;
	case TRACE_PHASE_NAMES:
	case TRACE_PHASE_FREE:
		break;
	}
	*ret = (struct trace_step){ .what = TRACE_DONE };
}

void trace_step_sent(struct trace_slot *s, const struct trace_step *step, uint64_t now_ns)
{
	s->last_number = step->shot.number;
	s->later = 0;
	switch ((enum trace_phase)s->phase) {
	case TRACE_PHASE_HOPS:
		trace_sent(s->trace, step, now_ns);
		return;
	case TRACE_PHASE_PATHS:
		mda_sent(s->mda, step, now_ns);
		return;
	case TRACE_PHASE_MTU:
		path_mtu_sent(s->mtu, step, now_ns);
		return;
	case TRACE_PHASE_NAMES:
	case TRACE_PHASE_FREE:
		return;
	}
}

void trace_step_failed(struct trace_slot *s, const struct trace_step *step, int error,
		       uint64_t now_ns)
{
	s->last_number = step->shot.number;
	s->error = error;
	s->later = 0;
	switch ((enum trace_phase)s->phase) {
	case TRACE_PHASE_HOPS:
		trace_send_failed(s->trace, step, error, now_ns);
		return;
	case TRACE_PHASE_PATHS:
		mda_send_failed(s->mda, step, error, now_ns);
		return;
	case TRACE_PHASE_MTU:
		path_mtu_send_failed(s->mtu, step, error, now_ns);
		return;
	case TRACE_PHASE_NAMES:
	case TRACE_PHASE_FREE:
		return;
	}
}

void trace_step_later(struct trace_slot *s, uint64_t later_ns)
{
	s->later++;
	switch ((enum trace_phase)s->phase) {
	case TRACE_PHASE_HOPS:
		trace_send_later(s->trace, later_ns);
		return;
	case TRACE_PHASE_PATHS:
		mda_send_later(s->mda, later_ns);
		return;
	case TRACE_PHASE_MTU:
		path_mtu_send_later(s->mtu, later_ns);
		return;
	case TRACE_PHASE_NAMES:
	case TRACE_PHASE_FREE:
		return;
	}
}

enum trace_verdict trace_step_match(struct trace_slot *s, const struct hop_reply *reply)
{
	uint8_t hops;

	switch ((enum trace_phase)s->phase) {
	case TRACE_PHASE_HOPS:
		return trace_match(s->trace, reply, &hops);
	case TRACE_PHASE_PATHS:
		return mda_match(s->mda, reply, &hops);
	case TRACE_PHASE_MTU:
		return path_mtu_match(s->mtu, reply, &hops);
	case TRACE_PHASE_NAMES:
	case TRACE_PHASE_FREE:
		break;
	}
	return TRACE_NOT_OURS;
}

void trace_step_stop(struct trace_slot *s)
{
	switch ((enum trace_phase)s->phase) {
	case TRACE_PHASE_HOPS:
		trace_stop(s->trace);
		return;
	case TRACE_PHASE_PATHS:
		mda_stop(s->mda);
		return;
	case TRACE_PHASE_MTU:
		path_mtu_stop(s->mtu);
		return;
	case TRACE_PHASE_NAMES:
	case TRACE_PHASE_FREE:
		return;
	}
}

static bool expires(int family, uint8_t kind, uint8_t type)
{
	return kind == REPLY_ERROR &&
	       type == (family == 4 ? ICMP4_TIME_EXCEEDED : ICMP6_TIME_EXCEEDED);
}

static void note_answering(struct path_mtu_conf *m, uint8_t hops)
{
	m->answering[hops / 8] |= (uint8_t)(1u << hops % 8);
}

/* Who answers small packets, and how long the way there and back takes. */
static void learn_from_trace(struct trace_slot *s, struct path_mtu_conf *m)
{
	for (unsigned h = 1; h <= TRACE_HOPS_MAX; h++) {
		const struct trace_who *w = trace_who(s->trace, (uint8_t)h, 0);

		if (!w)
			continue;
		if (expires(s->addr.family, w->kind, w->type))
			note_answering(m, (uint8_t)h);
		if (w->rtt.n > 0)
			m->rtt_ns = MAX(m->rtt_ns, w->rtt.max);
	}
}

static void learn_from_paths(struct trace_slot *s, struct path_mtu_conf *m)
{
	for (size_t i = 0; i < mda_nodes(s->mda); i++) {
		const struct mda_node *n = mda_node(s->mda, i);

		if (n->addr.family == 0)
			continue;
		if (expires(s->addr.family, n->kind, n->type))
			note_answering(m, n->hops);
		m->rtt_ns = MAX(m->rtt_ns, n->rtt_ns);
	}
}

static enum trace_end end_of(struct trace_slot *s, uint8_t *ret_hops)
{
	return s->trace ? trace_end(s->trace, ret_hops) : mda_end(s->mda, ret_hops);
}

/* TCP SYN carries no octets: then the echo goes the way, or UDP where this user may not ping. */
static bool begin_mtu(struct trace_run *r, struct trace_slot *s, uint64_t now_ns)
{
	const struct flow_trace_conf *c = r->conf;
	struct path_mtu_conf m = {
		.dst = s->addr,
		.kind = c->kind == ASK_TCP_SYN ? (r->mtu_by_echo ? ASK_ECHO : ASK_UDP) : c->kind,
		.port = c->port,
		.flow = c->flow,
		.most = (uint16_t)MIN(shooter_path(r->shooter, &s->addr)->mtu, HOP_LEN_MAX - 1),
		.tries = MTU_TRIES,
		.spacing_ns = TRACE_SPACING_NS,
		.timeout_ns = c->timeout_ns,
		/* Where numbers run out, those of long ago are used again. */
		.first_number = (uint16_t)(s->last_number < NUMBERS_MOST ? s->last_number + 1 : 1),
	};
	uint8_t hops;
	enum trace_end end = end_of(s, &hops);
	size_t size;

	if (end == TRACE_UNSENT || r->stopping)
		return false;
	m.hops = end == TRACE_REACHED || end == TRACE_UNREACHABLE ? hops : 0;
	if (s->trace)
		learn_from_trace(s, &m);
	else
		learn_from_paths(s, &m);
	size = path_mtu_size(&m);
	s->mtu = size > 0 ? malloc(size) : NULL;
	if (!s->mtu)
		return false;
	s->mtu = path_mtu_init(s->mtu, &m, now_ns);
	s->phase = TRACE_PHASE_MTU;
	return true;
}

bool trace_step_advance(struct trace_run *r, struct trace_slot *s, uint64_t now_ns)
{
	bool probed = s->phase == TRACE_PHASE_HOPS || s->phase == TRACE_PHASE_PATHS;

	return probed && r->conf->mtu && begin_mtu(r, s, now_ns);
}
