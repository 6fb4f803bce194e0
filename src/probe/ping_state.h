/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What ping.c (what to send, when) and ping_match.c (what an arrival means) share.
 * Nobody else includes this. Pure.
 */
#pragma once

#include "probe/asked.h"
#include "probe/ping.h"

struct ping {
	struct ping_conf conf;
	struct ping_target *target;
	struct asked_window asked; /* a lane per target */
	uint32_t *by_addr;         /* open addressing: index + 1 of a target; 0: free */
	size_t buckets;            /* of .by_addr; a power of two */
	uint64_t next_ns;          /* when any question may go, by the spacing */
	uint64_t last_sent_ns;
	size_t turn; /* whose question is next: all have the same interval, so turns are due order */
	size_t finished; /* targets that were asked .count times */
	bool stopped;
	struct ping_strays strays;
};

/** The question as it was put. */
struct probe_ask ping_ask_of(const struct ping *p, size_t target, uint32_t seq, uint32_t token);

/** The target with address @a; conf.targets when there is none. */
size_t ping_addr_find(const struct ping *p, const struct ip_addr *a);
