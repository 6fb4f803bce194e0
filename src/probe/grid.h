/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fast engine: every ask to every slot of a group, in an order that follows from the seed,
 * as fast as struct pace lets it; what stays silent is asked again until loss no longer explains
 * the silence; canaries measure that loss; it ends when late replies have become improbable.
 *
 * For whatever hosts do not limit: echo, timestamp …, TCP, ARP, ND. UDP ports are limited.h's.
 *
 * It works in passes. A pass asks every undecided cell once, then waits for as long as struct rtt
 * finds worth it (no longer than until the last cell is decided). With L the loss, A the cells
 * that answered and k the passes made, A * L^k / (1 - L^k) answerers have been missed; while that
 * is above .miss_max another pass follows. Loss is what canaries show, and, once the silent have
 * been asked again, what answered the second time only. Where no more
 * cells are silent than answered they are asked twice in any case: that shows loss no canary does.
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
#define GRID_CANARIES  256 /* canaries waiting at once, and answerers asked as such */
#define GRID_SOUND     300 /* canaries that a loss can be told from */
#define GRID_AHEAD     16  /* places reckoned, and their cells fetched, ahead of use */

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

enum grid_canary_state {
	GRID_CANARY_NONE,
	GRID_CANARY_WAITING,
	GRID_CANARY_SEEN,
	GRID_CANARY_LOST, /* may yet turn out to be late */
};

/* A cell that has answered, and is asked again and again. */
struct grid_answerer {
	uint64_t heard_ns; /* when it answered last */
	uint32_t cell;
	uint32_t least_us; /* its shortest round trip; UINT32_MAX: none is known */
	bool gone;         /* its canaries are lost, for too long to be merely late */
};

struct grid_canary {
	uint64_t sent_ns;
	uint64_t before; /* packets that had left */
	uint32_t cell;
	uint16_t answerer; /* index; another cell may have taken its place */
	uint8_t try;
	uint8_t state; /* enum grid_canary_state */
};

struct grid_counts {
	uint64_t sent;       /* probes, canaries included */
	uint64_t answered;   /* cells */
	uint64_t duplicates; /* replies that said nothing new */
	uint64_t stray;      /* replies to tries that were never sent: not believed */
	uint64_t late;       /* replies after their cell had been given up on */
	uint64_t
		rescued; /* cells that answered a later try only: the loss that retries made good */
	uint64_t canaries, canaries_lost; /* judged; those still on their way are not counted */
};

enum grid_phase {
	GRID_WALKING, /* through the cells of this pass */
	GRID_WAITING, /* for the answers to it */
	GRID_OVER,
};

struct grid {
	struct grid_conf conf;
	struct probe_cell *cell; /* borrowed */
	struct pace *pace;       /* borrowed; outlives the group */
	struct rtt *rtt;         /* borrowed; outlives the group */
	unsigned drained;        /* .pace->drained that .rtt knows of */
	uint64_t calm_ns; /* when what was asked before that has been answered; 0: long ago */

	struct permute order;
	uint64_t at;                /* place in this pass up to which .ahead was reckoned */
	uint32_t ahead[GRID_AHEAD]; /* slots (by_slot) or cells to come */
	uint32_t ahead_at, ahead_n;
	uint32_t ask_at; /* by_slot: of the slot at .ahead_at */

	uint64_t start_ns;
	uint64_t last_sent_ns; /* of the pass */
	uint8_t phase;         /* enum grid_phase */
	uint8_t pass;          /* from 0 */
	uint64_t silent;       /* cells that are wanted and have no answer */

	bool again;                 /* this walk is for what could not leave in the one before */
	uint64_t left_out;          /* shots of this walk that could not leave */
	bool stuck;                 /* given up on it */
	uint64_t asked, walk_asked; /* cells asked so far, and when this walk began */
	uint64_t again_until_ns;    /* give up on what cannot leave; 0: everything left so far */
	uint64_t again_after_ns;    /* pause before the next such walk */
	uint64_t hold_ns;           /* nothing leaves before */
	uint32_t handed,
		refused; /* shots since the last look, and how many of them did not leave */

	/* Those that answered first; a newer one takes the place of who does not answer any more. */
	struct grid_answerer answerer[GRID_CANARIES];
	uint32_t answerer_n, answerer_gone, answerer_next, since_canary;
	struct grid_canary canary[GRID_CANARIES]; /* a ring, oldest first from .canary_old */
	uint64_t judge_ns;                        /* how long the oldest one is waited for */
	uint32_t canary_old, canary_new;          /* counted on, not wrapped at the ring's length */
	uint64_t heard;                           /* cells with a positive answer, in this run */
	uint64_t unheard_tries;                   /* of those: tries before the answered one */
	struct grid_counts count;
};

/*
 * The .from of an undecided cell whose slot has been settled (.enough). Of cells without an answer
 * .from says nothing else.
 */
#define GRID_EXCUSED UINT16_MAX

/** @cells zeroed, or as a former run left them: cells that are decided are not asked. */
void grid_init(struct grid *g, const struct grid_conf *conf, struct probe_cell *cells,
	       struct pace *pace, struct rtt *rtt, uint64_t now_ns);

/**
 * The next probes, at most @n; what is returned counts as sent at @now_ns. Give it the replies
 * that have arrived first: what it finds overdue at @now_ns is taken for lost.
 *
 * Returns how many; 0: nothing now, *@ret_wake_ns says when to ask again (replies may make it
 * earlier; not after @now_ns when there was only much to pass over), or grid_over().
 */
unsigned grid_next(struct grid *g, uint64_t now_ns, struct probe_shot *ret, unsigned n,
		   uint64_t *ret_wake_ns);

/**
 * A probe that grid_next() gave did not leave: it is asked again later, or given up when @fatal
 * (an errno that will not pass: no route, forbidden). What still does not leave after a while
 * (.wait_max_ns, a second at least, without any success) is given up with EAGAIN.
 */
void grid_unsent(struct grid *g, const struct probe_shot *shot, int fatal);

/**
 * A reply to (@slot, @ask). @from is the index of the offender (struct probe_cell).
 *
 * The first one decides the cell; a positive answer later takes the place of an error.
 *
 * Returns whether the cell now says what @reply says. Replies to slots and asks that
 * are not in the grid are passed over.
 */
bool grid_reply(struct grid *g, uint32_t slot, uint32_t ask, uint16_t from,
		const struct reply *reply);

/**
 * Whether everything is decided; undecided cells have become CELL_SILENT (or CELL_UNSENT). With
 * .enough, cells of a settled slot that have no answer of their own stay CELL_OPEN_QUESTION.
 */
bool grid_over(const struct grid *g);

/** Share of probes to answering targets that no answer came for, 0..1; negative: cannot be told. */
double grid_loss(const struct grid *g);

/** Answers that were probably missed for all the tries made: expected number. */
double grid_missed(const struct grid *g);
