/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mda_net.h"

#include <math.h>
#include <string.h>

static uint64_t mix(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9u;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

static bool chance(struct mda_net *n, double p)
{
	return (double)(mix(n->seed + 0x9e3779b97f4a7c15u * ++n->draws) >> 11) <
	       p * 9007199254740992.0;
}

void mda_net_init(struct mda_net *n, uint64_t seed)
{
	memset(n, 0, sizeof(*n));
	n->node_n = 1;
	n->seed = mix(seed + 1);
	n->hop_ns = NS_PER_MS;
	n->now_ns = NS_PER_S;
}

void mda_net_link(struct mda_net *n, unsigned from, unsigned to, unsigned weight)
{
	struct mda_net_node *x = &n->node[from];

	x->next[x->next_n] = (uint16_t)to;
	x->weight[x->next_n++] = (uint16_t)weight;
}

unsigned mda_net_add(struct mda_net *n, unsigned from)
{
	mda_net_link(n, from, n->node_n, 1);
	return n->node_n++;
}

unsigned mda_net_chain(struct mda_net *n, unsigned from, unsigned len)
{
	while (len-- > 0)
		from = mda_net_add(n, from);
	return from;
}

unsigned mda_net_diamond(struct mda_net *n, unsigned from, unsigned wide, unsigned len, bool mesh)
{
	unsigned first = n->node_n, last;

	n->node_n += wide * len + 1;
	last = n->node_n - 1;
	for (unsigned w = 0; w < wide; w++) {
		mda_net_link(n, from, first + w, 1);
		mda_net_link(n, first + (len - 1) * wide + w, last, 1);
		for (unsigned l = 1; l < len; l++) {
			for (unsigned to = 0; to < wide; to++) {
				if (mesh || to == w)
					mda_net_link(n, first + (l - 1) * wide + w,
						     first + l * wide + to, 1);
			}
		}
	}
	return last;
}

struct ip_addr mda_net_addr(unsigned node)
{
	return ip4_make(10, 0, (uint8_t)(node >> 8), (uint8_t)node);
}

static unsigned step(struct mda_net *n, unsigned at, unsigned flow)
{
	const struct mda_net_node *x = &n->node[at];
	uint64_t salt = n->polarised ? 0 : at * 0x9e3779b97f4a7c15u;
	uint64_t h = mix(mix(n->seed + salt) + flow * 0xd1342543de82ef95u);
	unsigned sum = 0;

	if (x->per_packet)
		h = mix(h + ++n->draws);
	for (unsigned i = 0; i < x->next_n; i++)
		sum += x->weight[i];
	h %= sum;
	for (unsigned i = 0;; i++) {
		if (h < x->weight[i])
			return x->next[i];
		h -= x->weight[i];
	}
}

unsigned mda_net_walk(struct mda_net *n, unsigned flow, unsigned hops)
{
	unsigned at = 0;

	while (hops-- > 0 && n->node[at].next_n > 0)
		at = step(n, at, flow);
	return at;
}

static bool may_answer(struct mda_net *n, struct mda_net_node *x)
{
	if (x->silent)
		return false;
	if (x->per_s == 0)
		return true;
	if (x->filled_ns == 0)
		x->tokens = x->burst;
	else
		x->tokens += (double)(n->now_ns - x->filled_ns) / 1e9 * x->per_s;
	x->tokens = MIN(x->tokens, x->burst);
	x->filled_ns = n->now_ns;
	if (x->tokens < 1)
		return false;
	x->tokens--;
	return true;
}

static void answer(struct mda_net *n, const struct hop_shot *s)
{
	unsigned at = mda_net_walk(n, s->flow, s->hops);
	bool target = n->node[at].next_n == 0;
	struct hop_reply r = { .dst = s->dst, .ask = s->kind, .port = s->port, .flow = s->flow };

	n->probes++;
	if (chance(n, n->loss) || !may_answer(n, &n->node[at])) {
		n->lost++;
		return;
	}
	r.from = target && !n->refuses ? s->dst : mda_net_addr(at);
	r.number = s->number;
	r.kind = REPLY_ERROR;
	r.type = target ? 3 : 11;
	r.code = !target ? 0 : n->refuses ? 13 : 3;
	r.ttl = 64;
	r.t_ns =
		n->now_ns + (2 * s->hops * n->hop_ns) + mix(n->draws + n->probes) % (NS_PER_MS / 4);
	if (n->heap_n < MDA_NET_SENT) {
		n->heap[n->heap_n].t_ns = r.t_ns;
		n->heap[n->heap_n++].r = r;
	}
}

static size_t earliest(const struct mda_net *n)
{
	size_t best = 0;

	for (size_t i = 1; i < n->heap_n; i++) {
		if (n->heap[i].t_ns < n->heap[best].t_ns)
			best = i;
	}
	return best;
}

static bool deliver(struct mda_net *n, struct mda *m, uint64_t until_ns)
{
	size_t i = earliest(n);
	uint8_t hops;

	if (n->heap_n == 0 || n->heap[i].t_ns > until_ns)
		return false;
	n->now_ns = MAX(n->now_ns, n->heap[i].t_ns);
	mda_match(m, &n->heap[i].r, &hops);
	n->heap[i] = n->heap[--n->heap_n];
	return true;
}

bool mda_net_run(struct mda_net *n, struct mda *m, uint64_t until_ns)
{
	struct trace_step s;

	while (n->now_ns < until_ns) {
		while (deliver(n, m, n->now_ns))
			;
		mda_next(m, n->now_ns, &s);
		if (s.what == TRACE_DONE)
			return true;
		if (s.what == TRACE_SEND) {
			answer(n, &s.shot);
			mda_sent(m, &s, n->now_ns);
		} else if (!deliver(n, m, s.until_ns)) {
			if (s.until_ns <= n->now_ns)
				return false;
			n->now_ns = s.until_ns;
		}
	}
	return false;
}

static bool node_known(const struct mda *m, struct ip_addr a)
{
	for (size_t i = 0; i < mda_nodes(m); i++) {
		if (ip_eq(&mda_node(m, i)->addr, &a))
			return true;
	}
	return false;
}

static bool edge_known(const struct mda *m, struct ip_addr a, struct ip_addr b)
{
	for (size_t i = 0; i < mda_edges(m); i++) {
		const struct mda_edge *e = mda_edge(m, i);

		if (ip_eq(&mda_node(m, e->from)->addr, &a) && ip_eq(&mda_node(m, e->to)->addr, &b))
			return true;
	}
	return false;
}

bool mda_net_found(const struct mda_net *n, const struct mda *m)
{
	size_t edges = 0;

	for (unsigned x = 1; x < n->node_n; x++) {
		for (unsigned i = 0; i < n->node[x].next_n; i++) {
			unsigned y = n->node[x].next[i];
			struct ip_addr to =
				n->node[y].next_n ? mda_net_addr(y) : ip4_make(9, 9, 9, 9);

			if (n->node[x].silent || n->node[y].silent)
				continue;
			edges++;
			if (!edge_known(m, mda_net_addr(x), to))
				return false;
		}
		if (n->node[x].next_n && !n->node[x].silent && !node_known(m, mda_net_addr(x)))
			return false;
	}
	return mda_edges(m) >= edges;
}

/* The published algorithm, one node after the other. */
struct published {
	struct mda_net *n;
	bool asked[TRACE_HOPS_MAX + 1][4096];
	unsigned probes;
};

static unsigned ask(struct published *p, unsigned hops, unsigned flow)
{
	if (!p->asked[hops][flow])
		p->probes++;
	p->asked[hops][flow] = true;
	return mda_net_walk(p->n, flow, hops);
}

/* The next flow not below @from that goes through @x at @hops: those known first cost nothing. */
static unsigned flow_through(struct published *p, unsigned x, unsigned hops, unsigned from)
{
	while (from < 4095 && hops > 0 && ask(p, hops, from) != x)
		from++;
	return from;
}

static unsigned enough(unsigned k, double risk)
{
	return (unsigned)ceil(log(risk / (k + 1)) / log(k / (k + 1.0)));
}

static void node_publish(struct published *p, unsigned x, unsigned hops, double risk,
			 bool *ret_behind)
{
	bool seen[MDA_NET_NODES] = { false };
	unsigned k = 0, flow = 0;

	for (unsigned i = 0; i < enough(MAX(k, 1), risk) && flow < 4095; i++, flow++) {
		unsigned y;

		flow = flow_through(p, x, hops, flow);
		y = ask(p, hops + 1, flow);
		k += !seen[y];
		seen[y] = true;
		ret_behind[y] = true;
	}
}

unsigned mda_net_published(struct mda_net *n, double confidence)
{
	static struct published p;
	bool now[MDA_NET_NODES] = { true }, behind[MDA_NET_NODES];

	memset(&p, 0, sizeof(p));
	p.n = n;
	for (unsigned hops = 0; hops < TRACE_HOPS_MAX; hops++) {
		memset(behind, 0, sizeof(behind));
		for (unsigned x = 0; x < n->node_n; x++) {
			if (now[x] && n->node[x].next_n > 0)
				node_publish(&p, x, hops, 1 - confidence, behind);
		}
		memcpy(now, behind, sizeof(now));
	}
	return p.probes;
}
