/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watching: frames from files or from interfaces, through the pure room watch/, told as facts. Memory is taken
 * at the start and does not grow with what arrives.
 */
#pragma once

#include "base/err.h"
#include "fact/watch.h"

#define FLOW_WATCH_GROUPS 4096 /* of failures, and pairs that ping, remembered */
#define FLOW_WATCH_TOP    1000 /* talkers that can be asked for */

struct flow_watch_conf {
	const char *const *file; /* -r; none: live */
	size_t file_n;
	const char *const *iface; /* -i; none: all that are up */
	size_t iface_n;
	const char *filter; /* libpcap's language; NULL: everything */
	bool counts;        /* nothing but counts per type and code: fastest */
	size_t top;         /* talkers told of each role, up to FLOW_WATCH_TOP */
	uint64_t once_ns;   /* live: end after so long; 0: until stopped */
	uint64_t every_ns;  /* live: an interval so often */
};

/* Who hears. None is NULL. Facts are borrowed for the call. */
struct flow_watch_tell {
	/* Live: reception has begun. */
	void (*begin)(void *to, unsigned interfaces);
	/* Live, at the end of an interval: @total is struct fact_icmp_count of all time. */
	void (*interval)(void *to, const struct fact_watch_interval *i,
			 const struct fact_list *total);
	/* Live, behind interval(): a group that came or grew in it. */
	void (*grown)(void *to, const struct fact_failure *f, bool is_new);

	/* At the end, in this order. Failures and pairs: the most first. */
	void (*count)(void *to, const struct fact_icmp_count *c);
	void (*failure)(void *to, const struct fact_failure *f);
	void (*echo)(void *to, const struct fact_echo_rtt *e);
	void (*talker)(void *to, const struct fact_talker *t);

	/* A file is damaged, a filter does not fit: the rest goes on. */
	void (*fault)(void *to, const char *text);
	/* Files: from time to time. @done is 0..1, negative: not known. */
	void (*progress)(void *to, double done, uint64_t frames);
	bool (*stop)(void *to);
	void *to;
};

/**
 * Watch until all files are read, the time is over or it is stopped; then tell.
 *
 * Returns how many faults were told, @ret_sum written; -EINVAL (filter), -ENOENT, -EBADMSG (no capture file), -EPERM, -ENODEV, -ENOMEM, -errno
 * with @err: nothing was told then.
 */
int flow_watch_run(const struct flow_watch_conf *conf, const struct flow_watch_tell *tell,
		   struct fact_watch_sum *ret_sum, struct err *err);
