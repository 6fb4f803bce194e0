/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of mda.c share: what was asked and answered (cells), and what follows from it at a given
 * time (the view: nodes, edges, what is still wanted), which is made anew whenever something has changed.
 * Nobody else includes this. Pure.
 */
#pragma once

#include "probe/mda.h"

#define MDA_TRIES_MAX 7  /* conf.tries; twice as many where others at the same hop limit answer */
#define MDA_NUMBERS   16 /* of one (hop limit, flow): the number says which try of which hop limit */
#define MDA_BUCKETS   8192
#define MDA_SOURCE    MDA_NODES_MAX /* stands for this host in tables of nodes */
#define MDA_ENDED     (MDA_NOBODY - 1)
#define MDA_REPEATS   4 /* of answered flows behind a balancer: does a flow keep to its way? */

enum mda_cell_state { MDA_CELL_NONE, MDA_CELL_WAITING, MDA_CELL_ANSWERED, MDA_CELL_FAILED };

/* One flow at one hop limit. */
struct mda_cell {
	uint64_t sent_ns; /* the latest try */
	uint16_t seen;    /* ANSWERED: index of .seen */
	uint8_t tries, state;
};

/* Who answered at a hop limit. */
struct mda_seen {
	struct mda_node node;
	bool ends, target;
};

/* A hop limit's own pace. */
struct mda_level {
	uint64_t last_ns, gap_ns; /* gap 0: nobody there was seen to be in trouble */
	uint8_t repeats;
};

struct mda_tally {
	uint16_t next;          /* successors known */
	uint16_t done, pending; /* flows through it that were answered, are waited for, behind it */
	uint16_t ready;         /* flows known to pass it that were not asked behind it */
	uint16_t before;        /* silent nodes: the node before; else MDA_NOBODY */
	uint16_t wanted;        /* flows more, for nodes behind it */
	uint16_t demand;        /* flows to be asked behind it now */
	bool ends, target;
	bool linked; /* somebody is known to lead to it */
};

struct mda_row {
	uint16_t node, node_n;  /* of the view */
	uint16_t routers;       /* of them, those that do not end the path */
	uint16_t asked, open;   /* cells; those that may still be answered or asked again */
	uint16_t answered;      /* cells */
	uint16_t given_up;      /* cells asked conf.tries times in vain */
	uint16_t given_up_late; /* twice as often */
	uint16_t most;          /* successors of one node, at most */
	bool full;              /* each router leads to each node of the next hop limit */
};

struct mda_pick {
	bool have;
	uint8_t level;
	uint16_t flow;
	uint64_t at_ns; /* not before */
};

struct mda_view {
	bool fresh;
	uint64_t now_ns;   /* as of when */
	uint64_t until_ns; /* something runs out then */
	struct mda_pick pick;
	bool cut;
	size_t node_n, edge_n, branch_n;
	int last_seen; /* greatest index of a level where somebody answered; -1: none */
	struct mda_row row[TRACE_HOPS_MAX];
	struct mda_tally tally[MDA_NODES_MAX + 1];
	struct mda_node node[MDA_NODES_MAX];
	struct mda_edge edge[MDA_EDGES_MAX];
	uint16_t bucket[MDA_BUCKETS]; /* index + 1 of an edge */
	uint16_t of_seen[MDA_NODES_MAX];
	uint16_t branch[HOP_FLOWS_MAX];
	uint16_t *at; /* [level][flow]: node, MDA_NOBODY, MDA_ENDED */
};

struct mda {
	struct mda_conf conf;
	uint64_t next_ns;
	uint64_t probes, failed;
	uint64_t rtt_ns;        /* the longest seen */
	uint64_t repeat_end_ns; /* repeats are waited for until then */
	unsigned levels, flows; /* flows: in use */
	size_t seen_n;
	bool stopped, cut, per_packet;
	struct mda_level level[TRACE_HOPS_MAX];
	struct mda_seen seen[MDA_NODES_MAX];
	struct mda_cell *cell; /* [level][flow] */
	struct mda_view *view;
};

struct mda_cell *mda_cell_at(const struct mda *m, unsigned level, unsigned flow);
uint16_t *mda_at(const struct mda *m, unsigned level, unsigned flow);

/** When the latest try of a waiting cell is waited for no more. */
uint64_t mda_cell_until(const struct mda *m, unsigned level, const struct mda_cell *c);

/** May it be asked once more, when it runs out? */
bool mda_cell_again(const struct mda *m, unsigned level, const struct mda_cell *c);

/** The view as of @now_ns: made when there is none that still holds. */
struct mda_view *mda_view_at(const struct mda *m, uint64_t now_ns);

/** The node at @level that @flow goes through, by what was seen or because there is no other; else MDA_NOBODY, MDA_ENDED. */
uint16_t mda_through(const struct mda *m, unsigned level, unsigned flow);

/** Fill in what is to be asked next. */
void mda_plan(const struct mda *m, struct mda_view *v);

/** Compare the nodes of each hop limit with each other: .most, .full. */
void mda_rows_compare(const struct mda *m, struct mda_view *v);

/** Flows after which a node's @next successors are all but for a chance of @risk, were they equally likely. */
unsigned mda_enough(unsigned next, double risk);

/** Flows that are to be seen behind node @x at @level; MDA_SOURCE at level -1. */
unsigned mda_need(const struct mda *m, unsigned x, int level);

/** Chance that @x has a successor that was not found, were @done flows seen behind it. */
double mda_miss(const struct mda *m, unsigned x, int level, unsigned done);
