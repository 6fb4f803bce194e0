/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file that a survey goes on from: what it is, and what was decided so far.
 *
 * A magic line, then frames, each with a checksum of its own: whatever moment a run is killed at,
 * the file is good up to its last whole frame, and a torn one behind it is cut off. Frames stand
 * in the order the survey works in, so that reading them again needs no index and no memory but
 * for one frame. The file belongs to its user (mode 0600), yet it is read as if anybody had
 * written it.
 *
 *	magic    "sonde state 1\n", 2 zero octets
 *	frame    check (64 bits: hash of all that follows), kind, length (32 bits each), body
 *
 * Integers are big-endian. What bodies hold: state_*_parse().
 */
#pragma once

#include "base/cur.h"
#include "base/err.h"
#include "base/hash.h"
#include "probe/cell.h"
#include "wire/eth.h"

#define STATE_MAGIC_LEN 16
#define STATE_FRAME_LEN 16           /* octets before a body */
#define STATE_BODY_MAX  (64u * 1024) /* octets of one body */
#define STATE_SPILL     (1u << 20)   /* octets that wait in memory before a file is made */
#define STATE_SUMS      16           /* numbers of one STATE_SUM */

enum state_kind {
	STATE_HEAD = 1, /* struct state_head */
	STATE_EXTRA,    /* addresses that were found besides the targets */
	STATE_FROM,     /* offenders and their numbers */
	STATE_MAC,      /* link addresses of slots */
	STATE_CELLS,    /* decided cells */
	STATE_SUM,      /* counts so far */
	STATE_DONE,     /* the stage is finished */
};

/* What survey the file is of. */
struct state_head {
	uint8_t what;         /* 1: sweep, 2: scan */
	struct hash_key seed; /* of the order */
	uint64_t targets;     /* digest of the addresses */
	uint64_t asks;        /* digest of what is asked and how */
	uint32_t shard, shards;
	uint32_t slots;      /* of a group */
	struct span options; /* text, without terminator; borrowed */
};

/* To what a frame's body belongs. */
struct state_tag {
	uint64_t group;
	uint32_t stage, part;
};

struct state_frame {
	uint32_t kind; /* enum state_kind, or what a later version writes */
	struct span body;
};

/* A run of cells, from number .first on, that are all as .cell. */
struct state_cells {
	uint32_t first, n;
	struct probe_cell cell;
};

struct state_from {
	uint16_t index;
	struct ip_addr addr;
};

struct state_mac {
	uint32_t slot;
	struct eth_addr mac;
};

/**
 * The frame at the start of @octets.
 *
 * Returns 0, its length in *@ret_used, its body borrowed; -EMSGSIZE: there is more to it than
 * @octets holds; -EBADMSG: damaged. Results are written on success only.
 */
int state_frame_parse(struct span octets, struct state_frame *ret, size_t *ret_used);

/** Append a frame. 0; -ENOSPC. */
int state_frame_build(uint32_t kind, struct span body, struct wcur *out);

/** 0; -EBADMSG. */
int state_head_parse(struct span body, struct state_head *ret);
void state_head_build(const struct state_head *h, struct wcur *out);

/** What is not the same in both, as words for a person; NULL: nothing. */
const char *state_head_differs(const struct state_head *a, const struct state_head *b);

/* Bodies begin with a tag (EXTRA too); then items, as many as there is room for. */
struct state_tag state_tag_get(struct rcur *c);
void state_tag_put(struct wcur *out, const struct state_tag *t);

/* The next item: true; false at the end, @c->bad when that comes in the middle of one. */
bool state_cells_get(struct rcur *c, struct state_cells *ret);
bool state_from_get(struct rcur *c, struct state_from *ret);
bool state_mac_get(struct rcur *c, struct state_mac *ret);
bool state_sum_get(struct rcur *c, uint64_t *ret);

/* 0; -ENOSPC: @out is as before, begin another frame. */
int state_cells_put(struct wcur *out, const struct state_cells *item);
int state_from_put(struct wcur *out, const struct state_from *item);
int state_mac_put(struct wcur *out, const struct state_mac *item);
int state_sum_put(struct wcur *out, uint64_t v);

/* Files. */
struct state;

/**
 * A new one. With @path NULL none is made before state_flush() or STATE_SPILL octets.
 *
 * @stem  of the name to choose: "sweep"
 *
 * Returns 0 with *@ret owned by the caller; -EEXIST: @path is something else; -errno with @err.
 */
int state_new(const struct state_head *head, const char *path, const char *stem, struct state **ret,
	      struct err *err);

/**
 * Open @path to go on with. @ret_head borrows from *@ret, until the first state_peek().
 *
 * Returns 0 with *@ret owned by the caller; -EBADMSG: not such a file; -EBUSY: another process
 * works with it; -errno with @err.
 */
int state_open(const char *path, struct state **ret, struct state_head *ret_head, struct err *err);

/**
 * The frame to be read next, the same until state_take(); 1. 0: there are no more, a torn one was
 * cut off, and from now on frames are appended. -errno with @err. Borrowed until state_take().
 */
int state_peek(struct state *s, struct state_frame *ret, struct err *err);
void state_take(struct state *s);

/** Append a frame, @body at most STATE_BODY_MAX octets. 0; -errno (disk full …) with @err. */
int state_put(struct state *s, uint32_t kind, struct span body, struct err *err);

/** Into the file with everything, which is made if need be. 0; -errno with @err. */
int state_flush(struct state *s, struct err *err);

/** The file's name; NULL: there is none yet. Borrowed. */
const char *state_path(const struct state *s);

/** Close; @remove: the file as well. NULL is fine. */
void state_close(struct state *s, bool remove);
