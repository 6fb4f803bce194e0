/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside the limiter-aware engine: what limited_*.c share.
 *
 * A slot (struct limited_host) has its ports in lists: never asked (a place in the seeded order),
 * to be asked again (a limiter may have hidden the answer), suspects (silent though a token
 * should have been there), held (certified often enough). A lane (struct limited_source) is a
 * slot as seen from one of our addresses: a bucket, and at most one train on its way: probes
 * back to back, suspects first, then ports to be asked, then sentinels. Tokens only get fewer
 * within a train, so a refusal proves that a token was there for every probe before it.
 *
 * Where packets overtake each other that does not hold. Then what is to be certified goes ahead,
 * and after a while so long that none of it can be overtaken, more refusals must come than
 * tokens may have come meanwhile. Where that were too many, a train may only be as long as there
 * are tokens for all of it.
 *
 * Pure.
 */
#pragma once

#include "probe/limited.h"

#define LIMITED_NONE UINT32_MAX
#define LIMITED_CLASSES \
	3 /* refusals by others than the target, or other codes; more are not told apart */
#define LIMITED_KNOWN      8    /* closed ports of a class remembered as sentinels */
#define LIMITED_FIRST      12   /* probes of a slot's first train */
#define LIMITED_WINDOW_MAX 4096 /* probes of a train where no limit was met */
#define LIMITED_AFTER_MAX  4    /* refusals of a class that certify what went ahead */
#define LIMITED_RIDERS_MAX 8    /* suspects before ports never asked */
#define LIMITED_BURST_PEER 50   /* a bucket above it is hardly one per peer */
#define LIMITED_FEW \
	12 /* cells, twice what a usual bucket holds: not worth to learn the limit for */
#define LIMITED_POLLS_MAX   72               /* probes of a train that measures the rate */
#define LIMITED_POLL_NS     (20 * NS_PER_MS) /* between the first of them */
#define LIMITED_POLL_MAX_NS (250 * NS_PER_MS)
#define LIMITED_POLL_BIG_NS (50 * NS_PER_MS)   /* … of one that gave many at once */
#define LIMITED_POLLS_NS    (4500 * NS_PER_MS) /* how long to poll at most */
#define LIMITED_SPAN_NS     (700 * NS_PER_MS)  /* over which they tell a rate in spite of jitter */
#define LIMITED_POLLS_TOLD  8                  /* answered in a row: faster than polling can tell */
#define LIMITED_ASKED_MAX   200 /* probes of a port that nothing can be proved of: it is given up */
#define LIMITED_DEAF_MAX    12  /* sentinels silent in a row, and for … */
#define LIMITED_DEAF_NS     (10 * NS_PER_S) /* … this long: then the slot is given up */
#define LIMITED_NEVER       UINT64_MAX

enum limited_flag {
	LIMITED_IN_TRAIN = 1,
	LIMITED_SEEN = 2,    /* refused in the train on its way */
	LIMITED_UNSENT = 4,  /* did not leave */
	LIMITED_SUSPECT = 8, /* was silent though a token should have been there */
};

/* Beside each struct probe_cell. A cell is in at most one list. */
struct limited_cell {
	uint32_t next;
	uint8_t certs;  /* times that its silence was certified */
	uint8_t sent;   /* tries and as a sentinel; from 255 it goes on at 224, the same try */
	uint8_t flags;  /* enum limited_flag */
	uint8_t source; /* of the last try */
	uint16_t rank;  /* of its refusal among those of its train */
};

struct limited_list {
	uint32_t head, tail, n; /* .n: cells that were decided meanwhile included */
};

/* Refusals of one kind by one sender: they share a bucket, and only they can be each other's sentinels. */
struct limited_class {
	uint16_t from;
	uint8_t type, code;
	uint8_t n, at; /* sentinels known; the next one to use */
	uint32_t ask[LIMITED_KNOWN];
};

enum limited_phase {
	LIMITED_GROW,   /* trains double until a limit is met */
	LIMITED_QUIET,  /* nothing was ever refused: trains after a rest */
	LIMITED_LEARN,  /* the bucket is empty: polls see when tokens come */
	LIMITED_STEADY, /* as the guess says */
	LIMITED_DONE,
};

struct limited_host {
	uint8_t phase; /* enum limited_phase */
	uint8_t class_n;
	bool any_reply, begun;
	bool reorders;   /* refusals were seen in another order than their probes */
	uint16_t deaf;   /* sentinels silent since the last refusal */
	uint16_t mute;   /* trains without a refusal in a row */
	uint16_t idle;   /* head of the lanes that have nothing to do; UINT16_MAX: none */
	uint32_t trains; /* on their way */
	uint32_t fresh;  /* place in the order of the next cell never asked */
	uint32_t shift;  /* of the order */
	uint32_t undecided, refused, certain; /* cells; .certain: silence certified at least once */
	uint32_t window, grown,
		passed; /* GROW: probes of a train; refusals since .hit_ns, of the last train */
	struct limited_list again, suspect, more, held; /* .more: certified, payloads left to try */
	struct limited_class class[LIMITED_CLASSES];
	struct limiter_guess guess;
	struct limiter_fit fit;
	uint64_t start_ns, refusal_ns, hit_ns;
	double host_rate;      /* tokens a second of the bucket that all sources share */
	uint64_t host_ns;      /* when that bucket has given all tokens promised (GCRA) */
	uint64_t second_ns;    /* since when .second, .late, .bound count */
	uint32_t second, late; /* refusals since then; those of suspects */
	double host_good;      /* the highest rate that was not too high; 0: not known */
	uint64_t dry_ns;       /* since when .dry_told counts: the bucket was empty; 0: never */
	uint32_t dry_told;     /* refusals to the first lane */
	uint8_t bad;           /* times in a row that the guess seemed too high */
	bool host_known;       /* a higher one was tried, in vain */
	bool bound;            /* the shared bucket held a lane back */
};

struct limited_sentinel {
	uint32_t ask;
	uint8_t try, class;
	bool seen;
	uint16_t rank;
	uint64_t sent_ns;
};

enum limited_lane {
	LIMITED_IDLE,    /* nothing to do; not in the heap */
	LIMITED_READY,   /* may begin a train at .wake_ns */
	LIMITED_SENDING, /* a train is leaving */
	LIMITED_WAITING, /* for its answers */
};

struct limited_source {
	uint64_t wake_ns;
	uint32_t heap_at; /* LIMITED_NONE: not there */
	uint16_t next_idle;
	uint8_t state;  /* enum limited_lane */
	bool filled;    /* .bucket began */
	bool proved;    /* a train came home: the bucket is no mere guess */
	bool rested;    /* QUIET: the train came after a rest */
	bool polls;     /* a train with gaps */
	bool riding;    /* the train began with what is to be certified */
	bool ahead;     /* where packets overtake: all but the sentinels does */
	bool extra;     /* a train of .more only */
	bool polls_end; /* they told enough */
	uint16_t rank;
	uint8_t vain;           /* trains in a row that told nothing */
	uint32_t riders, quota; /* still to send: suspects, others */
	uint32_t guarded;       /* cells that were given time to arrive first; 0: none */
	uint32_t poll_first;    /* polls: how many had left when the first refusal came */
	uint32_t train_n;       /* cells of the train being judged */
	uint32_t pending, refused;
	struct limited_list train;
	struct limited_sentinel sentinel[LIMITED_CLASSES * LIMITED_AFTER_MAX];
	uint8_t sentinel_n, sentinel_sent;
	double charged, believed;   /* tokens taken for the train; there when it began */
	double granted;             /* by the shared bucket for .wake_ns; 0: not asked */
	uint64_t first_ns, last_ns; /* of its probes, or of the train before */
	uint64_t seen_ns;           /* polls: when the last refused one was sent */
	struct limiter_bucket bucket;
};

struct limited {
	struct limited_conf conf;
	struct probe_cell *cell;
	struct pace *pace;
	struct rtt *rtt;
	struct permute order;
	uint64_t start_ns;
	struct limited_cell *aux;
	struct limited_host *host;
	struct limited_source *lane; /* of (slot, source) at slot * sources + source */
	uint32_t *heap;
	uint8_t *payloads; /* of each ask's port */
	uint32_t heap_n;
	uint32_t hosts_left;
	uint64_t strays;           /* limited_strays() */
	double told_loss;          /* limited_loss() */
	double seen_ok, seen_lost; /* probes that had a token, by whether a refusal came */
};

/* Where one limited_next() puts its shots. */
struct limited_out {
	struct probe_shot *shot;
	unsigned n, room;
	uint64_t now_ns;
};

/* What a train proved. */
struct limited_verdict {
	uint32_t n;          /* cells in it */
	uint32_t cut;        /* those before it had a token each */
	uint32_t tail_asked; /* of these, such as were no suspects */
	uint32_t tail;       /* cells after the last refused */
	unsigned sentinels;  /* that answered */
};

static inline uint32_t limited_slot(const struct limited *l, const struct limited_source *s)
{
	return (uint32_t)(s - l->lane) / l->conf.sources;
}

static inline uint16_t limited_number(const struct limited *l, const struct limited_source *s)
{
	return (uint16_t)((uint32_t)(s - l->lane) % l->conf.sources);
}

/* limited_queue.c: lists of cells, the heap of lanes by when they wake */
void limited_list_init(struct limited_list *list);
void limited_list_push(struct limited *l, struct limited_list *list, uint32_t cell);
uint32_t limited_list_pop(struct limited *l, struct limited_list *list); /* LIMITED_NONE: empty */

/** The same, past cells decided meanwhile. */
uint32_t limited_list_pop_open(struct limited *l, struct limited_list *list);

/** Drop what was decided meanwhile from the head on, so that a list without work is empty. */
void limited_list_prune(struct limited *l, struct limited_list *list);

/** Put @s into the heap, or move it, to wake at @wake_ns. */
void limited_wake(struct limited *l, struct limited_source *s, uint64_t wake_ns);
void limited_sleep(struct limited *l, struct limited_source *s); /* out of the heap */

/** Of the seeded order, the next cell of @slot never asked; LIMITED_NONE: none is left. */
uint32_t limited_fresh(struct limited *l, uint32_t slot);

/** At most between two polls: one that gave more at once than usual may do so again soon. */
static inline uint64_t limited_poll_max_ns(const struct limited_host *h)
{
	return h->passed > LIMITED_FEW && h->class_n < 2 ? LIMITED_POLL_BIG_NS
							 : LIMITED_POLL_MAX_NS;
}

/* limited_plan.c: what to do next */

/** The lane has no train: when may it begin one? */
void limited_plan(struct limited *l, struct limited_source *s, uint64_t now_ns);

/** Begin one now if the shared bucket allows; else wake later. */
void limited_begin(struct limited *l, struct limited_source *s, uint64_t now_ns);

/** Cells may wait to be asked: wake lanes that had nothing to do. */
void limited_rouse(struct limited *l, uint32_t slot, uint64_t now_ns);

/** Silent cells of the slot that a single lost answer may make wrong need this many certificates. */
unsigned limited_certs(const struct limited *l, const struct limited_host *h);

/** The share of probes or answers lost, both ways, as far as known. */
double limited_lossy(const struct limited *l);

/** Share of the cells not yet asked that are probably closed. */
double limited_closed(const struct limited_host *h);

/** Too few cells are undecided for it to be worth finding out how the host limits its refusals. */
bool limited_few(const struct limited_host *h);

/** No cell of @slot may be left undecided any more. */
void limited_finish(struct limited *l, uint32_t slot, bool given_up);

/** How long to wait lest what follows overtakes what went before. */
uint64_t limited_guard_ns(const struct limited *l);

/** Where packets overtake: refusals of each class after it that certify what went ahead; 0: too many. */
unsigned limited_after(const struct limited *l, const struct limited_host *h);

/* limited_train.c: trains on their way */

/** Send what is left of the train and fits; sets when to wake. */
void limited_emit(struct limited *l, struct limited_source *s, struct limited_out *out);

/** All that will come has come: judge every cell of the train. */
void limited_judge(struct limited *l, struct limited_source *s, uint64_t now_ns);

/* limited_learn.c: what trains that came home tell about the limiter */

/** A train of GROW or QUIET. */
void limited_after_growth(struct limited *l, struct limited_source *s,
			  const struct limited_verdict *v);

/** A train with gaps. */
void limited_after_polls(struct limited *l, struct limited_source *s);

/** Any train of STEADY. */
void limited_after_steady(struct limited *l, struct limited_source *s,
			  const struct limited_verdict *v, uint64_t now_ns);

/* limited_reply.c */

/** The class of the refusal that decided @c; 0 for those past LIMITED_CLASSES. */
unsigned limited_class_of(const struct limited_host *h, const struct probe_cell *c);

/** The refusal that decided @c, cell of @ask: its class and itself may serve as sentinel. */
void limited_class_add(struct limited_host *h, const struct probe_cell *c, uint32_t ask);

/** Until when answers to the train may come. */
uint64_t limited_wait_ns(const struct limited *l, const struct limited_source *s);
