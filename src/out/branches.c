/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/branches.h"

#include <stdlib.h>
#include <string.h>

#define TTL_MAX 255

static bool same(const struct branches_node *n, const struct fact_path_hop *h, uint16_t before)
{
	if (n->ttl != h->ttl || n->addr.family != h->addr.family)
		return false;
	return h->addr.family == 0 ? n->before == before : ip_eq(&n->addr, &h->addr);
}

uint16_t branches_find(const struct branches *b, const struct fact_path_hop *h, uint16_t before)
{
	for (size_t i = 0; i < b->node_n; i++)
		if (same(&b->node[i], h, before))
			return (uint16_t)i;
	return BRANCHES_NONE;
}

/* The node of @h behind @before, a new one where there is none; BRANCHES_NONE: no room. */
static uint16_t node_of(struct branches *b, const struct fact_path_hop *h, uint16_t before)
{
	uint16_t at = branches_find(b, h, before);

	if (at != BRANCHES_NONE)
		return at;
	if (b->node_n == BRANCHES_NODES_MAX) {
		b->cut = true;
		return BRANCHES_NONE;
	}
	b->node[b->node_n] = (struct branches_node){
		.ttl = h->ttl,
		.addr = h->addr,
		.before = h->addr.family == 0 ? before : BRANCHES_NONE,
	};
	return (uint16_t)b->node_n++;
}

static void add_edge(struct branches *b, uint16_t from, uint16_t to)
{
	for (size_t i = b->edge_n; i-- > 0;)
		if (b->edge[i].from == from && b->edge[i].to == to)
			return;
	if (b->edge_n == BRANCHES_EDGES_MAX) {
		b->cut = true;
		return;
	}
	b->edge[b->edge_n++] = (struct branches_edge){ from, to };
}

static void add_path(struct branches *b, const struct fact_path *path)
{
	const struct fact_path_hop *hop = path->hops.item;
	uint16_t before = BRANCHES_NONE;

	for (size_t i = 0; i < path->hops.n; i++) {
		uint16_t at;

		if (hop[i].ttl < 0 || hop[i].ttl > TTL_MAX)
			continue;
		at = node_of(b, &hop[i], before);
		if (at == BRANCHES_NONE)
			return;
		if (before != BRANCHES_NONE)
			add_edge(b, before, at);
		before = at;
	}
}

/* The mean place of those before node @i: nodes in this order cross few lines. */
static double middle_of(const struct branches *b, uint16_t i)
{
	double sum = 0;
	size_t n = 0;

	for (size_t e = 0; e < b->edge_n; e++)
		if (b->edge[e].to == i) {
			sum += b->node[b->edge[e].from].order;
			n++;
		}
	return n > 0 ? sum / (double)n : 0;
}

/* Order the nodes of @ttl; they follow in @place from @next on. Returns how many. */
static size_t place_layer(struct branches *b, int64_t ttl, uint16_t *place, size_t next)
{
	double key[BRANCHES_NODES_MAX];
	uint16_t at[BRANCHES_NODES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < b->node_n; i++) {
		double k;
		size_t j = n;

		if (b->node[i].ttl != ttl)
			continue;
		k = middle_of(b, (uint16_t)i);
		for (; j > 0 && key[j - 1] > k; j--) {
			key[j] = key[j - 1];
			at[j] = at[j - 1];
		}
		key[j] = k;
		at[j] = (uint16_t)i;
		n++;
	}
	for (size_t j = 0; j < n; j++) {
		b->node[at[j]].order = (uint16_t)j;
		place[at[j]] = (uint16_t)(next + j);
	}
	return n;
}

static int edge_cmp(const void *a_, const void *b_)
{
	const struct branches_edge *a = a_, *b = b_;

	return a->from != b->from ? (a->from > b->from) - (a->from < b->from)
				  : (a->to > b->to) - (a->to < b->to);
}

/* Every node to its place, and what points to it with it. */
static void renumber(struct branches *b, uint16_t *place)
{
	for (size_t i = 0; i < b->edge_n; i++)
		b->edge[i] = (struct branches_edge){ place[b->edge[i].from], place[b->edge[i].to] };
	qsort(b->edge, b->edge_n, sizeof(*b->edge), edge_cmp);
	for (size_t i = 0; i < b->node_n; i++)
		if (b->node[i].before != BRANCHES_NONE)
			b->node[i].before = place[b->node[i].before];
	for (size_t i = 0; i < b->node_n; i++) {
		while (place[i] != i) {
			uint16_t to = place[i];
			struct branches_node n = b->node[to];

			b->node[to] = b->node[i];
			b->node[i] = n;
			place[i] = place[to];
			place[to] = to;
		}
	}
}

static const struct fact_hop *known(const struct branches_node *n, const struct fact_hop *hop,
				    size_t hop_n)
{
	for (size_t i = 0; i < hop_n; i++)
		if (hop[i].ttl == n->ttl && hop[i].addr.family == n->addr.family &&
		    (n->addr.family == 0 || ip_eq(&hop[i].addr, &n->addr)))
			return &hop[i];
	return NULL;
}

void branches_make(struct branches *b, const struct fact_path *path, size_t path_n,
		   const struct fact_hop *hop, size_t hop_n)
{
	uint16_t place[BRANCHES_NODES_MAX];
	size_t next = 0;

	b->node_n = b->edge_n = 0;
	b->cut = false;
	for (size_t i = 0; i < path_n; i++)
		add_path(b, &path[i]);
	for (int64_t ttl = 0; ttl <= TTL_MAX && next < b->node_n; ttl++)
		next += place_layer(b, ttl, place, next);
	renumber(b, place);
	for (size_t i = 0; i < b->node_n; i++)
		b->node[i].hop = known(&b->node[i], hop, hop_n);
}

const char *branches_name(size_t i, char buf[static 8])
{
	char back[8];
	size_t n = 0, k = 0;

	for (i++; i > 0 && n < 7; i = (i - 1) / 26)
		back[n++] = (char)('a' + (i - 1) % 26);
	while (n > 0)
		buf[k++] = back[--n];
	buf[k] = '\0';
	return buf;
}
