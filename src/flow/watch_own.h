/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of flow/watch*.c share. Only they include it. */
#pragma once

#include "capture/files.h"
#include "flow/watch.h"
#include "watch/counts.h"
#include "watch/echoes.h"
#include "watch/failures.h"
#include "watch/frags.h"
#include "watch/talkers.h"

#define WATCH_ROWS 1024 /* of counts that an interval lists; further ones are in the total */

struct services;

struct watch {
	const struct flow_watch_conf *conf;
	const struct flow_watch_tell *tell;
	struct counts *counts, *before; /* .before: at the end of the last interval; live only */
	struct failures *failures;
	struct echoes *echoes;
	struct talkers *source, *destination;
	struct frags *frags;
	struct services *services;
	struct sight sight; /* of the latest frame */
	uint64_t not_opened, bad_checksum, errors;
	uint64_t first_ns, last_ns; /* times of frames; .first_ns 0: there was none */
	int faults;
};

/* Feed one frame that the filter let pass. */
void watch_feed(struct watch *w, const struct capture_frame *frame);

/* watch_live.c: until it is over. */
int watch_live(struct watch *w, struct fact_watch_sum *sum, struct err *err);

/* watch_tell.c: everything, at the end. 0; -ENOMEM. */
int watch_tell_all(struct watch *w);
void watch_tell_sum(const struct watch *w, struct fact_watch_sum *sum);
struct fact_icmp_count watch_count_fact(const struct counts_row *row);

/* As fact; its texts are @w's or static, but .hint, which is put into @hint, and .proto, into @proto. */
struct fact_failure watch_failure_fact(const struct watch *w, const struct failure *g,
				       char hint[256], char proto[16]);

/* watch_hint.c: what a group of failures means to a person, and what one would do. */
const char *watch_hint(const struct failure *g, char *buf, size_t len);
