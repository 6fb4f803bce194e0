/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Multipath detection against an adversary: each octet says what becomes of a probe that was sent, from whom an
 * answer comes and which probe it is for. Whatever it is told, it must come to its end, and tell of nodes,
 * edges and ways that there are.
 */
#include <stdlib.h>

#include "probe/mda.h"

#define CALLS 60000
#define KEPT  64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct play {
	struct mda_conf conf;
	struct mda *m;
	struct hop_shot kept[KEPT];
	unsigned at, probes;
	uint64_t now_ns;
	bool done;
};

static void ask(struct play *p, bool fails)
{
	struct trace_step s;

	mda_next(p->m, p->now_ns, &s);
	if (s.what == TRACE_DONE)
		p->done = true;
	if (s.what == TRACE_WAIT) {
		if (s.until_ns <= p->now_ns)
			abort();
		p->now_ns = s.until_ns;
	}
	if (s.what != TRACE_SEND)
		return;
	if (s.shot.hops < p->conf.first || s.shot.hops > p->conf.last ||
	    s.shot.flow >= p->conf.flows || s.shot.number == 0)
		abort();
	p->kept[p->at++ % KEPT] = s.shot;
	p->probes++;
	if (fails)
		mda_send_failed(p->m, &s, 101, p->now_ns);
	else
		mda_sent(p->m, &s, p->now_ns);
}

static void tell(struct play *p, uint8_t what, uint8_t who)
{
	const struct hop_shot *s = &p->kept[what / 8 % KEPT];
	struct hop_reply r = { .dst = p->conf.dst, .flow = s->flow, .number = s->number };
	uint8_t hops;

	r.kind = REPLY_ERROR;
	r.type = 11;
	r.from = ip4_make(10, 0, 0, who);
	r.t_ns = p->now_ns;
	switch (what % 8) {
	case 0:
	case 1:
		ask(p, what == 128);
		return;
	case 2:
		r.kind = REPLY_ANSWER;
		r.from = p->conf.dst;
		break;
	case 3:
		r.type = 3;
		r.code = who;
		break;
	case 4:
		r.number = who;
		r.flow = what;
		r.t_ns = (uint64_t)who << 56;
		break;
	case 5:
		r.number = 0;
		break;
	default:
		break;
	}
	mda_match(p->m, &r, &hops);
	if (hops != 0 && (hops < p->conf.first || hops > p->conf.last))
		abort();
}

static void check(const struct play *p)
{
	size_t nodes = mda_nodes(p->m);
	uint16_t way[TRACE_HOPS_MAX], flow;

	for (size_t i = 0; i < nodes; i++) {
		const struct mda_node *n = mda_node(p->m, i);

		if (!(n->miss >= 0 && n->miss <= 1) || n->hops < p->conf.first ||
		    n->hops > p->conf.last || n->flows == 0)
			abort();
	}
	for (size_t i = 0; i < mda_edges(p->m); i++) {
		const struct mda_edge *e = mda_edge(p->m, i);

		if (e->from >= nodes || e->to >= nodes ||
		    mda_node(p->m, e->from)->hops + 1 != mda_node(p->m, e->to)->hops)
			abort();
	}
	for (size_t i = 0; i < mda_branches(p->m); i++) {
		size_t n = mda_branch(p->m, i, way, TRACE_HOPS_MAX, &flow);

		for (size_t h = 0; h < n; h++) {
			if (way[h] != MDA_NOBODY && way[h] >= nodes)
				abort();
		}
	}
	if (!(mda_confidence(p->m) >= 0 && mda_confidence(p->m) <= 1))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct play p = { .now_ns = NS_PER_S };
	unsigned most;

	if (len < 3)
		return 0;
	p.conf = (struct mda_conf){
		.dst = ip4_make(9, 9, 9, 9),
		.kind = ASK_UDP,
		.port = 33434,
		.first = (uint8_t)(1 + data[0] % 3),
		.last = (uint8_t)(3 + data[0] / 16),
		.flows = (uint16_t)(1 + data[1] % 64),
		.confidence = 0.5 + (data[2] % 50) / 100.0,
		.tries = 1 + data[2] / 64,
		.spacing_ns = data[1] & 128 ? NS_PER_MS : 0,
		.timeout_ns = NS_PER_S,
	};
	most = (unsigned)(p.conf.last - p.conf.first + 1) * (p.conf.flows * p.conf.tries * 2 + 4u);
	p.m = malloc(mda_size(&p.conf));
	if (!p.m)
		abort();
	mda_init(p.m, &p.conf, p.now_ns);
	for (size_t i = 3; i + 1 < len; i += 2)
		tell(&p, data[i], data[i + 1]);
	check(&p);
	for (unsigned i = 0; !p.done; i++) {
		if (i > CALLS || p.probes > most)
			abort();
		ask(&p, false);
	}
	check(&p);
	free(p.m);
	return 0;
}
