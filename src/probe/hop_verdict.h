/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loss or rate limit? What the numbers of a whole path say of each of its hops.
 *
 * A packet that a hop loses is missing at every hop behind it too. Loss that the hops behind do not have
 * is therefore no loss of packets: that hop did not answer, because it limits the ICMP it sends
 * (RFC 1812 4.3.2.8, RFC 4443 2.4 f). A hop "loses packets" only where every hop behind it that answers,
 * and the path's end, lost about as much or more, beyond what chance does (a test at 1 in 1,000); and where the
 * path's end itself is the only one missing probes, a limiter is told from loss by its pattern: a
 * bucket answers the first of a burst and then at its rate, loss falls anywhere.
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
	bool errors; /* it answers by ICMP errors (time exceeded, unreachable), which hosts limit; else by what they do not */
};

struct hop_judgement {
	enum hop_verdict verdict;
	enum hop_why why;
	uint8_t hop; /* index into the tallies that .why speaks of; 255: none */
	double loss; /* LOSES: share of packets lost there, estimated from this hop and those behind it; else 0 */
	double chance; /* how likely what was seen would be if the verdict were the other one (loss for limits, no loss for loses); 0..1 */
};

/** Judge @n hops of one path. @round_ns: time between rounds. */
void hop_judge(const struct hop_tally *hop, size_t n, uint64_t round_ns, struct hop_judgement *ret);

/**
 * Loss of the path as a whole: what its end (or, where that is silent, the last hop that answers all it is
 * asked) shows. Negative: cannot be told.
 */
double hop_path_loss(const struct hop_tally *hop, const struct hop_judgement *judged, size_t n);
