/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Questions that are asked again and again, numbered, and what became of each: the part of the engine
 * that ping (one lane a target) and trace (one lane a trace) have in common. A ring remembers the last
 * questions of each lane and judges what comes for them; sums and round-trip times are kept by
 * whoever owns them.
 *
 * Pure. All memory is the caller's. Times are nanoseconds of any monotonic clock.
 */
#pragma once

#include "base/base.h"

#define ASKED_MARK_BITS 29

enum asked_state {
	ASKED_NONE, /* never asked; or forgotten on purpose, when it has a number */
	ASKED_WAITING,
	ASKED_ANSWERED,
	ASKED_ERROR, /* an error came for it, no answer yet */
	ASKED_LOST,  /* waited for no longer */
	ASKED_FAILED /* never left */
};

/* One question. */
struct asked {
	uint64_t sent_ns;
	uint32_t seq; /* 0: none yet */
	uint32_t mark
	    : ASKED_MARK_BITS; /* the caller's: ping's token, trace's hop limit and round */
	uint32_t state : 3;    /* enum asked_state */
};

/* The last @size questions of each lane: the one numbered seq is at seq & (size - 1). */
struct asked_window {
	struct asked *slot;
	uint32_t size;    /* a power of two */
	uint64_t waiting; /* in state WAITING, over all lanes */
};

enum asked_verdict {
	ASKED_UNKNOWN,   /* no such question left, or it is forgotten */
	ASKED_FIRST,     /* its first answer, in time */
	ASKED_LATE,      /* its first answer, after the timeout or after it was given up */
	ASKED_DUPLICATE, /* it was answered before */
};

/** Begin with @slot, as many as lanes times @size, all zero. */
void asked_init(struct asked_window *w, struct asked *slot, uint32_t size);

/** Where question @seq of @lane is remembered, whatever stands there now. */
struct asked *asked_at(const struct asked_window *w, size_t lane, uint32_t seq);

/**
 * The question of @lane that left with a number equal to @seq in the bits of @bits, all that the wire
 * carries of it: window.size - 1 or more. NULL: it is not remembered, or never left.
 */
struct asked *asked_find(const struct asked_window *w, size_t lane, uint32_t seq, uint32_t bits);

/** Remember @question, WAITING or FAILED, in the place of the one that stood there. It is copied. */
void asked_put(struct asked_window *w, size_t lane, const struct asked *question);

/** An answer to @s came at @t_ns. @ret_rtt_ns gets how long it took; 0 where a clock stepped back. */
enum asked_verdict asked_settle(struct asked_window *w, struct asked *s, uint64_t t_ns,
				uint64_t timeout_ns, uint64_t *ret_rtt_ns);

/**
 * @s is waited for no longer: ERROR, LOST, or NONE to forget it. A question that is answered already stays
 * as it is, but for NONE.
 */
void asked_close(struct asked_window *w, struct asked *s, enum asked_state state);
