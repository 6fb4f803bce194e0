/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What trace.c (what to send, when), trace_match.c (what a reply means) and trace_read.c (what is known)
 * share. Nobody else includes this. Pure.
 */
#pragma once

#include "probe/trace.h"

#define TRACE_NOBODY UINT16_MAX
#define TRACE_ROUND_MASK \
	((1u << (ASKED_MARK_BITS - 7)) - 1) /* of a mark: its rest is the hop limit */
#define TRACE_DOUBT \
	12 /* what must speak against the end for doubt: three "time exceeded" in a row … */
#define TRACE_DOUBT_TTL  4
#define TRACE_DOUBT_LOST 1 /* … or twelve losses: a limiter may cause some */

/* Somebody's room: trace_who in a list of its hop limit, the most frequent first. */
struct trace_node {
	struct trace_who who;
	uint16_t next;    /* in the list; TRACE_NOBODY: last */
	uint16_t ext_at;  /* octets of the arena kept for its extensions: from there … */
	uint16_t ext_len; /* … so many */
};

struct trace_limit {
	struct trace_hop hop;
	/* Of the round n before the present one in bit n; judged ones only. */
	uint64_t asked, answered;
	/* The round, from 1, of the latest probe that ended the path, or expired, here; 0: none. */
	uint32_t ended_in, expired_in;
	uint16_t who; /* first node */
	uint8_t ends; /* enum trace_end of who ended the path here: REACHED, UNREACHABLE or GOING */
	uint8_t against; /* how much spoke against it since */
	bool expired;    /* the last error was "time exceeded": a router stands here */
};

struct trace {
	struct trace_conf conf;
	struct asked_window asked; /* one lane; a number's lower half is never 0, as on the wire */
	struct trace_limit *limit; /* [hop limit - conf.first] */
	struct trace_node *node;
	uint8_t *arena; /* of extensions */
	int64_t *ring;  /* .recent results of each limit; that of round r at r % .recent */
	uint32_t arena_len, arena_used;
	uint16_t free, free_n; /* list of free nodes */
	uint16_t node_n;
	uint8_t next_hop;  /* to be asked in the present round; beyond the end: the round is over */
	uint8_t end_hop;   /* 0: not known */
	uint8_t ender_hop; /* whose .ender is */
	struct trace_ender ender;
	bool doubt, stopped, over;
	int error;
	uint32_t seq;    /* of the next question */
	uint32_t oldest; /* questions before this one wait no longer */
	uint64_t begun;  /* rounds */
	uint64_t forgot; /* rounds before this one are forgotten */
	uint64_t sent;
	uint64_t round_ns; /* the next round begins no sooner */
	uint64_t next_ns;  /* nor the next probe, by the spacing */
	uint64_t now_ns;
	uint64_t longest_ns; /* round-trip time seen */
	uint64_t latest_ns;  /* that of the latest answer after the timeout; 0: there was none */
};

/** The number behind @seq: its lower half, which is what the wire carries, is never 0. */
uint32_t trace_seq_after(uint32_t seq);

struct trace_limit *trace_limit(const struct trace *t, uint8_t hops);
uint8_t trace_mark_hops(const struct asked *s);

/** Rounds between the present one and that of @s. */
uint64_t trace_mark_age(const struct trace *t, const struct asked *s);

/** The greatest limit that is asked for now, and that counts. */
uint8_t trace_top(const struct trace *t);

/** Note @result (ns, or enum trace_recent) of @hops, @age rounds ago. */
void trace_note_recent(struct trace *t, uint8_t hops, uint64_t age, int64_t result);

/** @s was waited for long enough. */
void trace_lose(struct trace *t, struct asked *s);

/** Give up what has waited for its timeout. */
void trace_expire(struct trace *t, uint64_t now_ns);

/** Find the end again after what limits say of it changed. */
void trace_find_end(struct trace *t);

/** Something spoke against the end at @hops, as heavily as @weight. */
void trace_doubt(struct trace *t, uint8_t hops, unsigned weight);

/** Forget all that is known of limits from @first on. */
void trace_forget(struct trace *t, unsigned first);

/** Count an answer of @rtt_ns from @r->from at @hops, unless the target answers at a lesser limit. */
void trace_who_count(struct trace *t, uint8_t hops, const struct hop_reply *r, uint64_t rtt_ns);
