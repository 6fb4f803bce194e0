/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of flow/trace share. Nobody else includes this. */
#pragma once

#include "flow/names.h"
#include "flow/shooter.h"
#include "flow/trace.h"
#include "probe/mda.h"
#include "probe/pace.h"
#include "probe/path_mtu.h"
#include "sys/loop.h"

#define TRACE_SLOT_NONE    UINT16_MAX
#define TRACE_BUCKETS      2048
#define TRACE_SPACING_NS   (100 * NS_PER_US) /* between probes of one target */
#define TRACE_RECENT       512               /* results a hop limit that the live view is given */
#define TRACE_MPLS_MAX     16                /* label stack entries told of one address */
#define TRACE_IFACES_MAX   4                 /* interfaces told of one address */
#define TRACE_EVIDENCE_LEN 256
#define TRACE_QUOTED_LEN   192
#define TRACE_MEANING_LEN  640

enum trace_phase {
	TRACE_PHASE_FREE,
	TRACE_PHASE_HOPS,  /* .trace */
	TRACE_PHASE_PATHS, /* .mda */
	TRACE_PHASE_MTU,   /* .mtu; what was before is kept */
	TRACE_PHASE_NAMES, /* nothing is left but to wait for names */
};

/* One target under way. */
struct trace_slot {
	size_t target; /* index */
	struct ip_addr addr;
	uint8_t phase;
	struct trace *trace; /* memory owned, and kept for the next target */
	struct mda *mda;
	struct path_mtu *mtu; /* owned while the target is under way */
	uint64_t begin_ns, wake_ns;
	uint64_t names_ns;    /* in phase NAMES: names are waited for no longer */
	uint32_t heap_at;     /* place in the heap; UINT32_MAX: not in it */
	uint16_t next;        /* in its bucket, or in the list of free ones */
	uint16_t last_number; /* of the probe sent last */
	unsigned later;       /* times in a row that it could not be sent yet */
	int error;            /* why the last one could not be sent; 0: it could */
};

/* One way of --paths. */
struct trace_branch {
	uint16_t node[TRACE_HOPS_MAX]; /* of the mda; MDA_NOBODY */
	uint16_t flow;
	uint8_t n;
	bool told; /* it is no other branch with silence in place of an answer */
};

struct trace_run {
	const struct flow_trace_conf *conf;
	const struct flow_trace_tell *tell;
	struct shooter *shooter;
	struct loop *loop;
	struct flow_names *names; /* NULL: not asked */
	struct pace pace;
	struct hash_key key;

	/* The pool (trace_pool.c). */
	struct trace_slot *slot;
	uint32_t *heap; /* slots, the next to be woken first */
	uint32_t slot_n, slot_used, heap_n, busy;
	uint16_t free;
	uint16_t bucket[TRACE_BUCKETS];
	size_t next_target, done;

	/* Telling (trace_tell.c, trace_rows.c): grown as needed. */
	struct flow_trace_row *row;
	struct trace_row_text *text;
	size_t row_room;
	struct trace_branch *branch; /* of the target that is told; owned */
	uint16_t branch_n;
	int64_t *recent;

	uint32_t naming; /* slots in phase NAMES */
	uint64_t start_ns, progress_ns, live_ns, look_ns, names_ns;
	uint32_t live_slot;
	size_t reached;
	uint64_t sent, received;
	int wake_fd;
	int ports_fd; /* has the source ports; -1: they are whatever was free */
	bool paused, stopping, interrupted, several_flows, begun, mtu_by_echo;
};

/* What a row's fact points to. */
struct trace_row_text {
	char evidence[TRACE_EVIDENCE_LEN], quoted[TRACE_QUOTED_LEN];
	struct fact_mpls mpls[TRACE_MPLS_MAX];
	struct fact_hop_iface iface[TRACE_IFACES_MAX];
	char iface_name[TRACE_IFACES_MAX][64];
};

/* The path as judged, of a trace. */
struct trace_sight {
	uint8_t first, n; /* hop limits told */
	struct hop_tally tally[TRACE_HOPS_MAX];
	struct hop_judgement judged[TRACE_HOPS_MAX];
	struct ip_addr addr[TRACE_HOPS_MAX]; /* most frequent; family 0: silent */
	enum trace_end end;
	uint8_t end_hops;
	/* Who ended it (REACHED, UNREACHABLE), and how: as in struct hop_reply. */
	struct ip_addr end_from;
	uint8_t end_kind, end_type, end_code;
	uint8_t nat_hops;              /* first hop limit that saw a translated probe; 0: none */
	uint8_t spread_hops, spread_n; /* first hop limit with several addresses; 0: none */
	uint32_t failed;               /* probes that could not be sent */
};

/* trace_ports.c */

/** The first of HOP_FLOWS_MAX source ports, ours until *@ret_fd is closed; -1: all are taken. */
int trace_ports_take(int *ret_fd);

/* trace_pool.c */
int trace_pool_open(struct trace_run *r, struct err *err);
void trace_pool_close(struct trace_run *r);

/** Let targets begin while there is room. 0; -ENOMEM with @err. */
int trace_pool_admit(struct trace_run *r, uint64_t now_ns, struct err *err);

/** The target under way with @addr; NULL. */
struct trace_slot *trace_pool_find(struct trace_run *r, const struct ip_addr *addr);

/** Wake @s at @when_ns. */
void trace_pool_wake(struct trace_run *r, struct trace_slot *s, uint64_t when_ns);

/** When the first slot is to be woken; CLOCK_NEVER: none is. */
uint64_t trace_pool_next(const struct trace_run *r);

/** Take that slot out, if it is not to be woken later than @now_ns; else NULL. */
struct trace_slot *trace_pool_due(struct trace_run *r, uint64_t now_ns);

/** The target is told: its slot is free again. */
void trace_pool_release(struct trace_run *r, struct trace_slot *s);

/* trace_step.c: engines, whichever is at work. */
int trace_step_begin(struct trace_run *r, struct trace_slot *s, uint64_t now_ns);
void trace_step_next(struct trace_slot *s, uint64_t now_ns, struct trace_step *ret);
void trace_step_sent(struct trace_slot *s, const struct trace_step *step, uint64_t now_ns);
void trace_step_failed(struct trace_slot *s, const struct trace_step *step, int error,
		       uint64_t now_ns);
void trace_step_later(struct trace_slot *s, uint64_t later_ns);
enum trace_verdict trace_step_match(struct trace_slot *s, const struct hop_reply *reply);
void trace_step_stop(struct trace_slot *s);
size_t trace_step_size(const struct trace_run *r);

/** The engine is done: go on to the next phase. False: there is none. */
bool trace_step_advance(struct trace_run *r, struct trace_slot *s, uint64_t now_ns);

/* trace_branches.c */

/** Fill r->branch. How many of them are told; -ENOMEM. */
int trace_branches(struct trace_run *r, const struct mda *m);

/** Whether @node is on a branch that is told, or on none at all. */
bool trace_branch_has(const struct trace_run *r, size_t node);

/* trace_rows.c */
void trace_look(struct trace_slot *s, const struct flow_trace_conf *c, struct trace_sight *ret);

/** Fill r->row; names as known. Number of rows; -ENOMEM. */
int trace_rows(struct trace_run *r, struct trace_slot *s, const struct trace_sight *sight);

/* trace_words.c */
void trace_word_evidence(const struct trace_sight *sight, uint8_t i,
			 char buf[static TRACE_EVIDENCE_LEN]);
const char *trace_word_reply(int family, uint8_t ask, uint8_t kind, uint8_t type);
void trace_word_meaning(const struct trace_run *r, const struct trace_slot *s,
			const struct trace_sight *sight, const struct fact_trace *f,
			char buf[static TRACE_MEANING_LEN]);
void trace_word_mtu(const struct fact_path_mtu *f, const struct path_mtu_result *m, bool reached,
		    char buf[static TRACE_MEANING_LEN]);

/* trace_tell.c */
void trace_tell_target(struct trace_run *r, struct trace_slot *s);
void trace_tell_live(struct trace_run *r, struct trace_slot *s, uint64_t now_ns);

/** Whether all names of @s are known, or known not to be. */
bool trace_tell_named(struct trace_run *r, struct trace_slot *s);
