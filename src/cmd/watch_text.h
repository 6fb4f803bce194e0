/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `sonde watch` saw, as a page for people. */
#pragma once

#include "cmd/app.h"
#include "fact/watch.h"

#define WATCH_TEXT_ROWS 20 /* lines of a part, unless all are asked for */

struct watch_text {
	struct app *app;
	bool all, live;
	uint64_t now_ns; /* wall clock, at the end; live only */
	size_t failures, pairs,
		events;  /* told so far: those behind WATCH_TEXT_ROWS are only counted */
	bool talkers[2]; /* a role has its title */
};

/** Types and codes, as they came. */
void watch_text_counts(struct watch_text *t, const struct fact_icmp_count *c, size_t n);

/** One group; the first one with the title of the part. */
void watch_text_failure(struct watch_text *t, const struct fact_failure *f);
void watch_text_echo(struct watch_text *t, const struct fact_echo_rtt *e);
void watch_text_talker(struct watch_text *t, const struct fact_talker *k);

/** Live: a group that is new, on one line. */
void watch_text_new(struct watch_text *t, const struct fact_failure *f);

/** What was left out of the parts, and what could not be read. */
void watch_text_sum(struct watch_text *t, const struct fact_watch_sum *s);

/** "7 frames, 5 ICMP", of one interval or of all, for the line of progress. */
const char *watch_text_progress(double done, uint64_t frames, char *buf, size_t len);
