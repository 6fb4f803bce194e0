/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All branches of a path: the multipath detection algorithm. Each flow takes one path through the load
 * balancers, so many flows find them all; how many are enough follows from how sure one wants to be.
 *
 * A hop limit's flows are the same as those of the limits before it, so that one flow's answers are a path,
 * and edges cost nothing beyond the nodes. Where a node of hop h has been seen with few flows, flows known to
 * pass through it (chosen by what was learnt at h) are asked at h + 1 until the stopping rule holds for it too.
 * Silent hops and answers lost are asked again before silence is believed; answers from several addresses to one
 * flow (per-packet balancing) are seen and told.
 *
 * Numbers of probes are at most 1024, so that whoever asks the same flow afterwards may begin above.
 *
 * Pure. All memory is the caller's. Source: Augustin, Friedman, Teixeira, "Multipath tracing with Paris
 * traceroute", E2EMON 2007; Veitch et al., "Failure control in multipath route tracing", INFOCOM 2009 (the
 * stopping points); Vermeulen et al., "Multilevel MDA-Lite Paris traceroute", IMC 2018.
 */
#pragma once

#include "probe/hop_shot.h"
#include "probe/trace.h"

#define MDA_NODES_MAX \
	1024 /* addresses of one path, silent ones included; a path with more is told as cut */
#define MDA_EDGES_MAX 4096
#define MDA_NOBODY    UINT16_MAX

struct mda_conf {
	struct ip_addr dst;
	uint8_t kind;
	uint16_t port;
	uint8_t first, last;
	uint16_t flows; /* that may be used, at most HOP_FLOWS_MAX */
	double confidence; /* that all branches of the whole path were found, 0.5 … 0.9999; 0.95 is usual */
	unsigned tries;      /* of one (hop limit, flow) before it is silent */
	uint64_t spacing_ns; /* between two probes */
	uint64_t timeout_ns;
	uint16_t len;
	uint8_t tos;
};

struct mda_node {
	struct ip_addr addr; /* family 0: silent */
	uint8_t hops;        /* hop limit, conf.first.. */
	uint16_t flows;      /* seen there */
	uint8_t kind, type, code;
	uint64_t rtt_ns; /* least */
	double miss; /* chance that it has a successor that was not found, 0..1: see mda_enough.c */
};

struct mda_edge {
	uint16_t from, to; /* nodes */
	uint16_t flows;
};

struct mda;

/** As trace_size() and the others of probe/trace.h. */
size_t mda_size(const struct mda_conf *conf);
struct mda *mda_init(void *mem, const struct mda_conf *conf, uint64_t now_ns);
void mda_next(const struct mda *m, uint64_t now_ns, struct trace_step *ret);
void mda_sent(struct mda *m, const struct trace_step *step, uint64_t now_ns);
void mda_send_failed(struct mda *m, const struct trace_step *step, int error, uint64_t now_ns);
void mda_send_later(struct mda *m, uint64_t later_ns);
enum trace_verdict mda_match(struct mda *m, const struct hop_reply *r, uint8_t *ret_hops);
void mda_stop(struct mda *m);
enum trace_end mda_end(const struct mda *m, uint8_t *ret_hops);

size_t mda_nodes(const struct mda *m);
const struct mda_node *mda_node(const struct mda *m, size_t i);
size_t mda_edges(const struct mda *m);
const struct mda_edge *mda_edge(const struct mda *m, size_t i);

/**
 * Branch @i: the nodes of one distinct path (MDA_NOBODY where a flow was not seen), one a hop limit.
 *
 * Returns the number of hops written, at most @room; 0: there is no branch @i.
 */
size_t mda_branch(const struct mda *m, size_t i, uint16_t *ret_node, size_t room,
		  uint16_t *ret_flow);
size_t mda_branches(const struct mda *m);

uint64_t mda_probes(const struct mda *m);   /* sent so far */
double mda_confidence(const struct mda *m); /* reached, of the whole path */
bool mda_cut(const struct mda *m);          /* flows, nodes or edges ran out: it may have more */
bool mda_per_packet(const struct mda *m);   /* one flow was seen to take several ways */
