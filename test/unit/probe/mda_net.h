/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A network of load balancers that is a program: multipath detection is run against it on a scripted clock.
 * Each node sends a flow on by a hash of flow, node and the run's seed.
 */
#pragma once

#include "probe/mda.h"

#define MDA_NET_NODES 256
#define MDA_NET_FAN   20
#define MDA_NET_SENT  2048

struct mda_net_node {
	uint16_t next[MDA_NET_FAN], next_n; /* none: it is the target */
	uint16_t weight[MDA_NET_FAN];
	bool silent, per_packet;
	double per_s, burst; /* answers that it may send; 0: any */
	double tokens;
	uint64_t filled_ns;
};

struct mda_net {
	struct mda_net_node node[MDA_NET_NODES]; /* 0: the host that asks */
	unsigned node_n;
	double loss;     /* chance of probe and answer together */
	bool polarised;  /* all nodes hash alike */
	bool refuses;    /* a router says "prohibited" instead of sending on to the target */
	uint64_t hop_ns; /* one way */
	uint64_t seed, draws, now_ns, probes, lost;
	struct {
		uint64_t t_ns;
		struct hop_reply r;
	} heap[MDA_NET_SENT];
	size_t heap_n;
};

/** Empty @n: the asking host alone. */
void mda_net_init(struct mda_net *n, uint64_t seed);

/** A node behind @from; returns its number. */
unsigned mda_net_add(struct mda_net *n, unsigned from);
void mda_net_link(struct mda_net *n, unsigned from, unsigned to, unsigned weight);

/** A chain of @len nodes behind @from; returns the last. */
unsigned mda_net_chain(struct mda_net *n, unsigned from, unsigned len);

/** A diamond behind @from: @wide ways, @len nodes each, meshed or not, converging again; returns the last node. */
unsigned mda_net_diamond(struct mda_net *n, unsigned from, unsigned wide, unsigned len, bool mesh);

struct ip_addr mda_net_addr(unsigned node);

/** Run @m until it is done. False when it was not done at @until_ns. */
bool mda_net_run(struct mda_net *n, struct mda *m, uint64_t until_ns);

/** Where @flow is after @hops; stops at the target. */
unsigned mda_net_walk(struct mda_net *n, unsigned flow, unsigned hops);

/** Whether @m knows all nodes that answer, and all edges between them, and no other. */
bool mda_net_found(const struct mda_net *n, const struct mda *m);

/** Probes that the published algorithm would send here: node by node, n_k each at @confidence, with node control. */
unsigned mda_net_published(struct mda_net *n, double confidence);
