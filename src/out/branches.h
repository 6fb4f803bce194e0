/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The branches of a path as one graph: nodes, an address at a hop limit each, and who goes on to
 * whom. For out/dot.h and for a drawing in text.
 *
 * A silent hop has no address to know it by: it is the same node where the same node comes before it.
 *
 * Pure: the memory is the caller's.
 */
#pragma once

#include "fact/trace.h"
#include "out/text.h"

#define BRANCHES_NODES_MAX 1024 /* further ones are left out, and .cut tells it */
#define BRANCHES_EDGES_MAX 4096
#define BRANCHES_NONE      UINT16_MAX

struct branches_node {
	int64_t ttl;
	struct ip_addr addr;        /* family 0: silent */
	uint16_t before;            /* of a silent one: the node before it; else BRANCHES_NONE */
	uint16_t order;             /* place among those of its hop limit, from 0 */
	const struct fact_hop *hop; /* what else is known of it; NULL: nothing */
};

struct branches_edge {
	uint16_t from, to; /* nodes */
};

struct branches {
	struct branches_node node[BRANCHES_NODES_MAX]; /* by hop limit, then by .order */
	size_t node_n;
	struct branches_edge edge[BRANCHES_EDGES_MAX]; /* by .from, then by .to */
	size_t edge_n;
	bool cut;
};

/**
 * Make the graph of @path_n branches of one target.
 *
 * @hop  what is known of addresses; borrowed by the nodes
 */
void branches_make(struct branches *b, const struct fact_path *path, size_t path_n,
		   const struct fact_hop *hop, size_t hop_n);

/** The node of @h, behind node @before (BRANCHES_NONE: the first); BRANCHES_NONE: there is none. */
uint16_t branches_find(const struct branches *b, const struct fact_path_hop *h, uint16_t before);

/** The name of node @i in a drawing: "a" … "z", "aa" …. Returns @buf. */
const char *branches_name(size_t i, char buf[static 8]);

/**
 * Draw the graph, hop limits downwards. Nodes that go on to one another hang on one line: where not
 * each of the upper ones goes on to each of the lower ones the line is dotted, and the list of
 * branches_list() says who does.
 *
 * @utf8  with box characters
 *
 * Returns whether it was drawn: not what is wider than @t, or has only one branch.
 */
bool branches_draw(const struct text_out *t, const struct branches *b, bool utf8);

/** One line a node: its name, hop limit and address, and the names of those it goes on to. */
void branches_list(const struct text_out *t, const struct branches *b);
