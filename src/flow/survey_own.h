/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What sweep and scan share inside: targets as numbers, groups of them, the loop that lets the
 * engines send and receive, the state file, hosts as facts. Nobody else includes this.
 *
 * Targets have a place 0..count-1 in this run's order; a group is a slice of places, its slots
 * count from 0. Nothing is kept for a target but while its group is worked on.
 */
#pragma once

#include <net/if.h>

#include "flow/shooter.h"
#include "flow/state.h"
#include "flow/survey.h"
#include "flow/sweep.h"
#include "host/keep.h"
#include "host/vendors.h"
#include "probe/grid.h"
#include "probe/limited.h"
#include "probe/verdict.h"
#include "sys/loop.h"

#define SURVEY_BATCH         64              /* probes between two looks for replies */
#define SURVEY_NOWHERE       UINT32_MAX      /* no such ask, slot */
#define SURVEY_CALM_NS       (5 * NS_PER_MS) /* between two looks for signals, state, progress */
#define SURVEY_TRIES_MAX     10
#define SURVEY_MISS_MAX      0.01     /* answers that may be missed in a group, expected */
#define SURVEY_FIRST_NS      NS_PER_S /* wait for an answer before any was seen */
#define SURVEY_FIRST_LINK_NS (300 * NS_PER_MS)
#define SURVEY_WAIT_MIN_NS   (10 * NS_PER_MS) /* a busy host may take that long at any time */
#define SURVEY_WAIT_MAX_NS   (3 * NS_PER_S)
#define SURVEY_GROUP_S       5     /* seconds that a group should last at most */
#define SURVEY_DOWNS         8     /* interfaces that are down, remembered */
#define SURVEY_EXTRA_MAX     65536 /* neighbours that were not named */

/* How a target is reached. */
enum survey_near { SURVEY_LINK, SURVEY_LOCAL, SURVEY_FAR, SURVEY_NO_WAY };

/* Asks, and where in their list one stands. */
struct survey_asks {
	struct ask *ask; /* owned */
	uint32_t n;
	uint32_t alone[ASK_KINDS]; /* of kinds without ports */
	uint32_t *port[ASK_KINDS]; /* of kinds with ports: 65536 each, owned; NULL: none */
};

/* Offenders of one group; index 0 is the target itself, whoever that is. */
struct survey_from {
	struct ip_addr addr[CELL_FROM_MAX];
	uint16_t bucket[2 * CELL_FROM_MAX]; /* open addressing; 0: free */
	uint16_t n, saved;
};

struct survey_group {
	uint64_t number, first; /* which; place of slot 0 */
	uint32_t slots, room;   /* .room: of the arrays */
	uint8_t near_all;       /* enum survey_near of all, when .near is NULL */
	uint8_t *near;          /* per slot; owned, NULL: all are alike */
	struct eth_addr *mac;   /* per slot, zeroes: not known; owned, NULL: nobody is on a link */
	uint64_t *mac_new;      /* per slot one bit: not saved yet; owned */
};

/* One engine at work on a stage. */
struct survey_part {
	const struct survey_asks *asks;
	struct probe_cell *cell; /* slots * asks->n; owned */
	uint64_t *saved;         /* a bit per cell: in the state file; owned */
	struct grid *grid;       /* one of the two, made by survey_drive(); owned */
	struct limited *limited;
	struct rtt *rtt;
	struct grid_conf grid_conf;       /* .slots 0: it is a limited one */
	struct limited_conf limited_conf; /* what it points to is the caller's */
	bool given_up;                    /* its time is over: what is open stays so */
};

/* One round of asking a group, or some of its slots. */
struct survey_stage {
	struct survey_group *group;
	uint32_t number; /* within the group, for the state file */
	uint32_t slots;
	const uint32_t *of;   /* its slots as those of the group; NULL: the same */
	const uint32_t *back; /* the other way, SURVEY_NOWHERE: not in it */
	struct survey_part part[2];
	unsigned parts;
	uint64_t start_ns;
	bool done; /* decided, all of it */
	bool last; /* nothing is asked after it */
	const char *doing;
};

struct survey_counts {
	uint64_t sent, received, forged, answered, duplicates, late, sending_ns;
	uint64_t weight, lost; /* probes that loss was measured for, and what they lost */
	uint64_t missed;       /* thousandths of an answer */
};

struct survey_down {
	int ifindex; /* 0: free; -1: it is the route that is missing */
	struct ip_addr dst;
	uint64_t since_ns, gone_ns; /* missing; the last time that it went */
	uint64_t back_ns;           /* there again, perhaps not to stay; 0: it is not */
	bool told, route;           /* .route: as a route that is missing */
};

struct survey {
	const struct survey_conf *conf;
	const struct survey_tell *tell;
	struct shooter *shooter;
	struct loop *loop;
	struct hash_key seed;
	const struct space *space;
	struct permute order;
	bool permuted;
	uint64_t count; /* targets of this shard */
	uint32_t group_slots;
	unsigned nears, families; /* bits: enum survey_near; 1 << 4, 1 << 6 */
	struct pace pace;
	struct rtt rtt[2]; /* on link, beyond */
	struct survey_from from;

	struct vendors *vendors; /* NULL: not read yet */
	struct state *state;     /* NULL: not kept */
	bool named;              /* the file's name is the user's */
	bool replaying;
	struct state_head head; /* of the file that is gone on from */
	uint8_t *body;          /* STATE_BODY_MAX octets; owned */

	bool stopping, interrupted, late, failed, finished;
	bool last_group;
	uint64_t start_ns, deadline_ns;
	uint64_t look_ns, save_ns, progress_ns;
	bool told[256];       /* per errno: why some probes could not leave */
	bool link_lost;       /* an interface went down, in this run */
	bool went_down;       /* an interface did, in this stage */
	uint64_t drops;       /* replies that full rings lost, so far */
	uint64_t stuck_ns;    /* since when nothing has left; 0: it does */
	uint64_t wait_max_ns; /* for one answer */
	struct survey_down down[SURVEY_DOWNS];
	char down_name[IF_NAMESIZE]; /* of the interface that was told to be down; "": none */
	uint64_t down_targets;       /* not known therefore */
	struct survey_counts counts;
	struct survey_progress progress;
	uint64_t progress_sent, progress_at_ns, done_base, done_weight;
	uint64_t up;
	const char *backend;
	struct survey_stage *stage;   /* the one that runs */
	struct survey_doubts *doubts; /* owned */
};

/* survey.c: beginning and end. */
int survey_check(const struct survey_conf *conf, struct err *err);
/** @spread: packets may leave in any order (no UDP port is asked). */
int survey_open(struct survey *s, const struct survey_conf *conf, bool spread,
		const struct survey_tell *tell, struct err *err);

/* What is to be asked, for the size of groups and for the state file. */
struct survey_plan {
	uint8_t what;         /* of struct state_head */
	const char *stem;     /* "sweep" */
	uint64_t asks_digest; /* of everything that decides what is asked */
	uint32_t cells;       /* a target in a group needs */
	uint32_t slots_max;
};

/** Choose order and groups for @space, begin or check the state file. */
int survey_plan(struct survey *s, const struct space *space, const struct survey_plan *plan,
		struct err *err);
void survey_tell_begin(struct survey *s, uint64_t expect_ns);

/** The texts of @ret live until survey_close(). */
void survey_sum_up(struct survey *s, struct survey_sum *ret);
void survey_close(struct survey *s); /* the state file is removed unless it is needed */
void survey_note(const struct survey *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
uint64_t survey_digest(uint64_t so_far, const void *p, size_t len);

/* survey_place.c: targets, asks, offenders. */
struct ip_addr survey_addr(const struct survey *s, uint64_t place);
bool survey_place(const struct survey *s, const struct ip_addr *a, uint64_t *ret_place);
void survey_paths(struct survey *s);
enum survey_near survey_near(struct survey *s, const struct ip_addr *a);
int survey_asks_new(struct survey_asks *a, const struct ask *ask, uint32_t n);
uint32_t survey_asks_find(const struct survey_asks *a, const struct ask *ask);
void survey_asks_done(struct survey_asks *a);
uint16_t survey_from_index(struct survey_from *f, const struct ip_addr *a);
void survey_from_put(struct survey_from *f, uint16_t index, const struct ip_addr *a);

/* survey_group.c: groups and stages. */
int survey_group_begin(struct survey *s, struct survey_group *g, uint64_t number, struct err *err);
void survey_group_done(struct survey_group *g);
enum survey_near survey_group_near(const struct survey_group *g, uint32_t slot);
struct ip_addr survey_group_addr(const struct survey *s, const struct survey_group *g,
				 uint32_t slot);

/** Its slots in the order of their addresses. 0 with *@ret owned by the caller (free()); -ENOMEM. */
int survey_group_sorted(const struct survey *s, const struct survey_group *g,
			bool (*want)(void *to, uint32_t slot), void *to, uint32_t **ret,
			uint32_t *ret_n);

/** Memory for one more engine's cells. */
int survey_stage_add(struct survey_stage *st, const struct survey_asks *asks, struct err *err);
void survey_stage_done(struct survey_stage *st);
static inline uint32_t survey_stage_slot(const struct survey_stage *st, uint32_t slot)
{
	return st->of ? st->of[slot] : slot;
}
struct ip_addr survey_stage_addr(const struct survey *s, const struct survey_stage *st,
				 uint32_t slot);

/* survey_drive.c, survey_start.c: sending and receiving until a stage is decided, or the run is to stop. */
int survey_drive(struct survey *s, struct survey_stage *st, struct err *err);
/** Make the engines of a stage, for the cells that are open. 0; -ENOMEM with @err. */
int survey_start(struct survey *s, struct survey_stage *st, struct err *err);
bool survey_stopping(struct survey *s, uint64_t now);
bool survey_part_over(const struct survey_part *p);

/* survey_send.c: what the engines want sent. */
unsigned survey_send(struct survey *s, struct survey_stage *st, uint64_t now, uint64_t *ret_wake_ns,
		     bool *ret_stuck);
void survey_downs(struct survey *s, uint64_t now);
void survey_downs_end(struct survey *s);

/* A reply whose place is known. */
struct survey_seen {
	const struct reply *reply;
	unsigned part;
	uint32_t slot, ask;
	uint16_t source, from;
};

/* survey_doubt.c: replies that anybody might have guessed. */
int survey_doubts_begin(struct survey *s); /* of a stage. 0; -ENOMEM */

/**
 * Whether @seen is to be believed now: its reply may then be an earlier one, which is @ret_first.
 * If not, that has been counted, or its probe will be sent again.
 */
bool survey_doubt(struct survey *s, const struct survey_stage *st, struct survey_seen *seen,
		  struct reply *ret_first);
uint64_t survey_doubts_send(struct survey *s, const struct survey_stage *st, uint64_t now);
bool survey_doubts_left(const struct survey *s);

/* survey_save.c: the state file. */
int survey_load(struct survey *s, struct survey_stage *st, struct err *err);
void survey_save(struct survey *s, struct survey_stage *st, bool finished);
void survey_save_extra(struct survey *s, const struct ip_addr *addr, size_t n);
int survey_load_extra(struct survey *s, struct ip_addr **ret, size_t *ret_n, struct err *err);
/* survey_start.c: what the engines of a stage counted. */
void survey_count(struct survey *s, const struct survey_stage *st);
void survey_count_answers(struct survey *s, const struct survey_stage *st);

/* survey_find.c: which hosts of a group are there. */
struct survey_finder {
	struct survey_asks link, far;
	bool link_asked;  /* what the link says counts as an answer */
	bool far_on_link; /* targets on link are asked the others as well */
	bool enough;      /* one answer will do */
	bool quiet;       /* nothing but links is asked: every target is taken to be up */
	struct survey_stage stage[2]; /* link, far: cells of the group being worked on */
	bool used[2];
};

/** @f: zeroed, but for .quiet. -EPERM: none of the asks may be sent by this user; -EINVAL: none fits. */
int survey_finder_new(struct survey *s, struct survey_finder *f, const struct ask *ask, size_t n,
		      bool no_arp, struct err *err);
void survey_finder_done(struct survey_finder *f);
int survey_find(struct survey *s, struct survey_finder *f, struct survey_group *g, struct err *err);
struct verdict_host survey_find_verdict(const struct survey_finder *f, const struct survey_group *g,
					uint32_t slot, int family);

/* survey_host.c: a host as a fact, told. */
void survey_host_fact(struct survey *s, const struct survey_finder *f, const struct survey_group *g,
		      uint32_t slot, struct keep *keep, struct fact_host *ret);

/* survey_near.c: whoever is on the links, without being named. */
int survey_neighbours(struct survey *s, struct ip_addr **ret, size_t *ret_n, struct err *err);
