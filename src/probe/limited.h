/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine for asks whose refusals hosts limit: UDP ports. A closed port costs its prober one
 * token of the target's limiter, an open or silently dropped one costs none. So it
 *
 * - sends the payload that a port's service would answer first: an answer is proof and costs nothing;
 * - fits burst and rate of each target's limiter (limiter.h) for each of the own sources, and paces
 *   unknown ports to 95 % of it, all targets interleaved;
 * - certifies silence: a batch of silent ports, then a port known to be closed (the sentinel), back
 *   to back from one source. The sentinel answers: a token was there for each of them, none is
 *   closed, but for loss, so it is repeated as the loss seen demands. The sentinel is silent: nothing is
 *   proved. Where nothing has ever refused, a batch after a rest long enough to fill any bucket
 *   certifies itself;
 *   Two certificates at least, though no loss was seen: fifty refusals in a row still allow for a
 *   loss of some percent, and one lost refusal in a batch would then be a wrong verdict;
 * - asks again what told nothing ever later, not at the pace of round trips; does not learn the
 *   limiter of a host with few ports left, but goes at the usual one's pace;
 * - ends with every cell answered, certified (CELL_CERTIFIED), limited (CELL_LIMITED: the time
 *   allowed ran out, or sentinels stay silent) or silent.
 *
 * Pure. All memory is the caller's.
 */
#pragma once

#include "base/hash.h"
#include "base/permute.h"
#include "probe/cell.h"
#include "probe/limiter.h"
#include "probe/pace.h"
#include "probe/rtt.h"

#define LIMITED_SOURCES_MAX 256
#define LIMITED_BATCH_MAX   256 /* silent ports that one sentinel certifies */

struct limited_conf {
	uint32_t slots;
	uint32_t ask_n;
	const struct ask *ask; /* all ASK_UDP; borrowed */
	uint16_t sources;      /* 1..LIMITED_SOURCES_MAX: probe_shot.source is 0..sources-1 */
	const uint8_t *family; /* per slot: 4, 6; borrowed */
	const bool *
		local; /* per slot: this host itself, which limits nothing over loopback; NULL: none; borrowed */
	double share;    /* of the rate fitted that is used: 0.95 */
	double miss_max; /* expected wrong cells that loss may cause: 0.01 */
	uint8_t tries_max;
	uint64_t wait_first_ns, wait_min_ns, wait_max_ns;
	uint64_t host_timeout_ns; /* then a target's undecided cells are CELL_LIMITED; 0: none */
	bool impatient;           /* do not wait for limiters: what they hide is CELL_LIMITED */
	struct hash_key seed;
};

struct limited_host;   /* per slot; its size: limited_host_size() */
struct limited_source; /* per slot and source */

struct limited;

/** Octets of memory that an engine for @conf needs besides the cells. */
size_t limited_size(const struct limited_conf *conf);

/**
 * @memory  limited_size() octets, aligned for any type, zeroed
 * @cells   slots * ask_n, zeroed or as a former run left them
 *
 * Returns the engine, which lives in @memory.
 */
struct limited *limited_init(const struct limited_conf *conf, void *memory,
			     struct probe_cell *cells, struct pace *pace, struct rtt *rtt,
			     uint64_t now_ns);

/** As grid_next(). Shots with one .source and .slot in a row must leave back to back. */
unsigned limited_next(struct limited *l, uint64_t now_ns, struct probe_shot *ret, unsigned n,
		      uint64_t *ret_wake_ns);
void limited_unsent(struct limited *l, const struct probe_shot *shot, int fatal);

/** As grid_reply(). @source is the index of our address it came to. */
bool limited_reply(struct limited *l, uint32_t slot, uint32_t ask, uint16_t source, uint16_t from,
		   const struct reply *reply);
bool limited_over(const struct limited *l);

/** Tell the engine the loss that other probes (echo, TCP) saw on the way to everyone; negative: not known. */
void limited_loss(struct limited *l, double loss);

/** What is believed about @slot's limiter for one source. */
struct limiter_guess limited_guess(const struct limited *l, uint32_t slot);

/** Replies to tries that were never sent, and not believed therefore. */
uint64_t limited_strays(const struct limited *l);

/** When it will probably be over, from now on, in ns: for progress, and before anything was sent. */
uint64_t limited_left_ns(const struct limited *l, uint64_t now_ns);
