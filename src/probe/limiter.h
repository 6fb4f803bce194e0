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

struct limiter_guess {
	double burst;   /* tokens of a full bucket */
	double rate;    /* tokens a second */
	bool fitted;    /* by observation; else a default */
	bool unlimited; /* no limit was met, at any rate tried */
};

/* One bucket as the prober believes it to be. */
struct limiter_bucket {
	double tokens_min; /* surely there at .at_ns, if the guess is right */
	uint64_t at_ns;
};
