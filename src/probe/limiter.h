/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A model of how a host limits the ICMP errors it sends: a token bucket for each of the prober's
 * source addresses, and one for the whole host. Fitted from what comes back, never assumed to be
 * known; it begins with what Linux does and learns otherwise.
 *
 * Pure. Source: net/ipv4/icmp.c, net/ipv6/icmp.c and net/core of Linux as observed; RFC 1812
 * 4.3.2.8, RFC 4443 2.4 (f).
 */
#pragma once

#include "base/base.h"

/* Linux: icmp_msgs_per_sec; the burst is 50, less what its random costs of 0-2 may take. */
#define LIMITER_HOST_RATE  1000.0
#define LIMITER_HOST_BURST 30.0

#define LIMITER_BURST_MAX 65536.0 /* tokens; what more a bucket may hold is not used */
#define LIMITER_REST_NS \
	(1050 *         \
	 NS_PER_MS) /* the slowest common limiter has a token after this, whatever went before */

struct limiter_guess {
	double burst;   /* tokens of a full bucket */
	double rate;    /* tokens a second */
	bool fitted;    /* by observation; else a default */
	bool unlimited; /* no limit was met, at any rate tried */
};

/* One bucket as the prober believes it to be. */
struct limiter_bucket {
	double tokens_min; /* surely there at .at_ns, if the guess is right */
	double tokens;     /* probably there: without the share that is held back */
	uint64_t at_ns;
};

/* Refusals of a bucket that is kept empty: each tells that a token had come. */
struct limiter_fit {
	uint64_t first_ns, last_ns; /* when the first and the last probe refused was sent */
	uint32_t n;                 /* refused */
};

/** What Linux does with errors to one address over @family (4, 6), .fitted false. */
struct limiter_guess limiter_default(int family);

/** A full bucket. */
void limiter_bucket_fill(struct limiter_bucket *b, const struct limiter_guess *g, uint64_t now_ns);

/** What has come since: .tokens_min at @share (0..1) of the rate. A clock that goes back is passed over. */
void limiter_bucket_refill(struct limiter_bucket *b, const struct limiter_guess *g, double share,
			   uint64_t now_ns);

/**
 * @n tokens more (less: negative), never above a full bucket, and never below what a full bucket
 * lacks to be one: whoever makes up refusals must not stop a scan.
 */
void limiter_bucket_add(struct limiter_bucket *b, const struct limiter_guess *g, double n);

/** It was seen empty at @then_ns. */
void limiter_bucket_empty(struct limiter_bucket *b, uint64_t then_ns);

/** When .tokens_min will be @want, which a full bucket holds; not before @b->at_ns, an hour after it at most. */
uint64_t limiter_bucket_when(const struct limiter_bucket *b, const struct limiter_guess *g,
			     double share, double want);

/** @rate, or the one of a common system that it is near to. */
double limiter_known(double rate);

/** A probe sent at @sent_ns was refused. */
void limiter_fit_add(struct limiter_fit *f, uint64_t sent_ns);

/**
 * The rate that the refusals tell, in tokens a second; near one that a common system has, it is
 * that one.
 *
 * Returns false with *@ret_rate untouched when they are too few to tell.
 */
bool limiter_fit_rate(const struct limiter_fit *f, double *ret_rate);
