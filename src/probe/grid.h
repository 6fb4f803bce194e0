/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fast engine: every ask to every slot of a group, in an order that follows from the seed,
 * as fast as struct pace lets it; what stays silent is asked again until loss no longer explains
 * the silence; canaries measure that loss; it ends when late replies have become improbable.
 *
 * For whatever hosts do not limit: echo, timestamp …, TCP, ARP, ND. UDP ports are limited.h's.
 *
 * Pure. All memory is the caller's: the cells, zeroed, slots * ask_n of them, cell of (slot, ask)
 * at slot * ask_n + ask. What addresses the slots stand for is the caller's business.
 */
#pragma once

#include "base/hash.h"
#include "base/permute.h"
#include "probe/cell.h"
#include "probe/pace.h"
#include "probe/rtt.h"

#define GRID_CELLS_MAX (1u << 20)
#define GRID_CANARIES  256 /* canaries waiting at once, and answerers remembered */

struct grid_conf {
	uint32_t slots;
	uint32_t ask_n;
	bool by_slot;      /* all asks of a slot close together (sweep), not spread (scan) */
	uint8_t tries_min; /* of a silent cell, whatever the loss: 1.. (nmap's --min is 1) */
	uint8_t tries_max; /* --max-retries + 1; ..ASK_TRIES_MAX */
	double miss_max;   /* cells that may be missed in this group, expected: 0.01 */
	bool enough;       /* one answer settles a slot: its other asks are not sent any more */
	uint64_t wait_first_ns; /* for an answer, before any was seen */
	uint64_t wait_min_ns, wait_max_ns;
	struct hash_key seed; /* of the order */
};

struct grid_canary {
	uint64_t sent_ns; /* 0: free */
	uint32_t cell;
	bool seen;
};

struct grid_counts {
	uint64_t sent;       /* probes, canaries included */
	uint64_t answered;   /* cells */
	uint64_t duplicates; /* replies to a try that was answered before */
	uint64_t late;       /* replies after their cell had been given up on */
	uint64_t
		rescued; /* cells that answered a later try only: the loss that retries made good */
	uint64_t canaries, canaries_lost;
};

struct grid {
	struct grid_conf conf;
	struct probe_cell *cell; /* borrowed */
	struct pace *pace;       /* borrowed; outlives the group */
	struct rtt *rtt;         /* borrowed; outlives the group */
	struct permute order;
	uint64_t start_ns, at; /* place in this pass */
	uint64_t last_sent_ns; /* of the pass */
	uint8_t pass;          /* from 0 */
	bool over;
	uint64_t silent; /* cells without an answer */
	uint32_t answerer[GRID_CANARIES];
	uint32_t answerer_n, answerer_at, since_canary;
	struct grid_canary canary[GRID_CANARIES];
	struct grid_counts count;
};

/** @cells zeroed, or as a former run left them: cells that are decided are not asked. */
void grid_init(struct grid *g, const struct grid_conf *conf, struct probe_cell *cells,
	       struct pace *pace, struct rtt *rtt, uint64_t now_ns);

/**
 * The next probes, at most @n; what is returned counts as sent at @now_ns.
 *
 * Returns how many; 0: nothing now, *@ret_wake_ns says when to ask again (replies may make it
 * earlier), or grid_over().
 */
unsigned grid_next(struct grid *g, uint64_t now_ns, struct probe_shot *ret, unsigned n,
		   uint64_t *ret_wake_ns);

/** A probe that grid_next() gave did not leave: it is asked again later, or given up when @fatal (an errno that will not pass: no route, forbidden). */
void grid_unsent(struct grid *g, const struct probe_shot *shot, int fatal);

/**
 * A reply to (@slot, @ask). @from is the index of the offender (struct probe_cell).
 *
 * Returns whether it decided the cell (it is the first that counts).
 */
bool grid_reply(struct grid *g, uint32_t slot, uint32_t ask, uint16_t from,
		const struct reply *reply);

/** Whether everything is decided; undecided cells have become CELL_SILENT (or CELL_UNSENT). */
bool grid_over(const struct grid *g);

/** Share of probes to answering targets that no answer came for, 0..1; negative: cannot be told. */
double grid_loss(const struct grid *g);

/** Answers that were probably missed for all the tries made: expected number. */
double grid_missed(const struct grid *g);
