/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loss or rate limit? What the numbers of a whole path say of each of its hops.
 *
 * A packet that a hop loses is missing at every hop behind it too. Loss that the hops behind do not have
 * is therefore no loss of packets: that hop did not answer, because it limits the ICMP it sends
 * (RFC 1812 4.3.2.8, RFC 4443 2.4 f). All comparisons are exact tests of two shares (Fisher's, one-sided), at 1 in
 * 1,000 over all hops a hop is compared with:
 *
 * 1. A hop that misses more than one behind it, or than all from one behind it on, limits.
 * 2. Among the others, loss is told only where the path's end itself misses more than the hops before; it
 *    begins where that is likeliest (and again behind, where the end misses still more).
 * 3. An end that answers by what hosts limit (errors) is believed only where no token bucket can have answered
 *    so and three hops or more before it miss as much as it does, each by itself, none in a limiter's pattern.
 *    A limiter that throws dice cannot be told from loss but by the hops behind it: without an end that can be
 *    believed no loss is told.
 * 4. What misses evenly, more than chance has it, limits: tokens come at a rate, loss falls anywhere.
 *
 * So a hop that only limits is never told to lose packets, whatever else limits, unless the end of the path misses
 * as many packets too. A limiter just before or at the place of loss moves that place by one hop.
 *
 * Pure.
 */
#pragma once

#include "base/base.h"

enum hop_verdict {
	HOP_OK,
	HOP_LIMITS, /* it limits its ICMP: nothing is lost there */
	HOP_LOSES,  /* packets are lost at it or on the link to it */
	HOP_SILENT, /* it never answered */
};

enum hop_why {
	HOP_WHY_ALL, /* ok: every probe was answered */
	HOP_WHY_FEW, /* ok: something is missing, too little to tell it from chance; nothing behind shows it */
	HOP_WHY_INHERITED, /* ok: what is missing is missing from .hop on, before it */
	HOP_WHY_BEHIND,    /* limits: hop .hop behind it answered more than this one */
	HOP_WHY_PATTERN,   /* limits: answers come in the pattern of a token bucket */
	HOP_WHY_EITHER, /* ok: much is missing, and the path's end does not tell whether that is loss or a limit */
	HOP_WHY_UNTOLD, /* limits: nobody behind answers, so loss is not shown; limiting is the likelier */
	HOP_WHY_CARRIED, /* loses: all behind it miss as much */
	HOP_WHY_END, /* loses: it is the path's end, and what is missing follows no limiter's pattern */
	HOP_WHY_PASSES, /* silent: others behind it answer, so it forwards */
	HOP_WHY_DEAD,   /* silent: and nobody behind it answers */
};

#define HOP_ROUNDS_MAX 64

/* One hop limit of a path, in order. */
struct hop_tally {
	uint64_t sent, received; /* judged probes: none that is still waited for */
	uint64_t asked_bits,
		answered_bits; /* of the last HOP_ROUNDS_MAX rounds, latest round in bit 0 */
	bool end;              /* the target, or who said that it cannot be reached */
	bool errors; /* it answers by what hosts limit: ICMP errors, SYN-ACKs of one connection; else by what they do not */
};

struct hop_judgement {
	enum hop_verdict verdict;
	enum hop_why why;
	uint8_t hop; /* index into the tallies that .why speaks of; 255: none */
	double loss; /* LOSES: share of packets lost there, estimated from this hop and those behind it; else 0 */
	double chance; /* how likely what was seen would be if the verdict were the other one (loss for limits, no loss for loses); 0..1 */
};

/** Judge @n <= 255 hops of one path. */
void hop_judge(const struct hop_tally *hop, size_t n, struct hop_judgement *ret);

/**
 * Loss of the path as a whole: what its end (or, where that is silent or limits, the last hop that answers
 * and does not limit) misses. Errors that are missing there while no loss was told say nothing. Negative:
 * cannot be told.
 */
double hop_path_loss(const struct hop_tally *hop, const struct hop_judgement *judged, size_t n);
