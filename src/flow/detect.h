/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detection: frames from capture files, through the pure room detect/, told as facts. Memory is taken at the
 * start and does not grow with what arrives.
 */
#pragma once

#include "base/err.h"
#include "detect/detect.h"
#include "fact/alert.h"
#include "fact/detect.h"

struct flow_detect_conf {
	const char *const *file; /* "-": standard input */
	size_t file_n;
	const char *filter; /* libpcap's language; NULL: everything */
	struct detect_conf *detect;
	bool keyed; /* detect->key is set; else it is filled with what nobody can guess */
};

/* Who hears. None is NULL. Facts are borrowed for the call. */
struct flow_detect_tell {
	/* @packet: the one that raised it, where one of its parties sent or got that; else NULL. */
	void (*alert)(void *to, const struct fact_alert *a, const struct sight *packet);
	/* A file is damaged, a filter does not fit: the rest goes on. */
	void (*fault)(void *to, const char *text);
	/* From time to time. @done is 0..1, negative: not known. */
	void (*progress)(void *to, double done, uint64_t frames);
	bool (*stop)(void *to);
	void *to;
};

/**
 * Read all files, or until it is stopped; what is under way then is told as ended.
 *
 * Returns how many faults were told, @ret_sum written; -EINVAL (filter; memory that does not suffice),
 * -ENOENT, -EBADMSG (no capture file), -ENOMEM, -errno with @err.
 */
int flow_detect_run(const struct flow_detect_conf *conf, const struct flow_detect_tell *tell,
		    struct fact_detect_sum *ret_sum, struct err *err);
