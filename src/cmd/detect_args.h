/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of `sonde detect` and what they come to: a detect_conf. */
#pragma once

#include "cmd/opt.h"
#include "detect/detect.h"

#define DETECT_ARGS_MEMORY_MAX ((uint64_t)1 << 34)

struct detect_args {
	struct opt_each file, monitored, dark, ignored, router, set;
	struct opt_rest filter;
	const char *memory;
	uint64_t seed; /* DETECT_ARGS_NONE: not given */
	uint8_t fail_on;
	bool eve, all;
};

#define DETECT_ARGS_NONE UINT64_MAX

/** "25M", "512k", "1G", or octets. 0; -EINVAL with @err, @ret untouched. */
int detect_args_size(const char *text, size_t *ret, struct err *err);

/** Prefixes, parted by commas, added to @list of @n. 0; -EINVAL with @err naming @option, -E2BIG. */
int detect_args_prefixes(const char *option, const char *text, struct ip_prefix *list, size_t *n,
			 struct err *err);

/** "NAME=VALUE". 0; -EINVAL with @err: no such threshold (the nearest is suggested), out of its bounds. */
int detect_args_set(const char *text, struct detect_conf *conf, struct err *err);

/** All options over the defaults, into @ret. 0; -EINVAL with @err naming the option, @ret undefined then. */
int detect_args_conf(const struct detect_args *a, struct detect_conf *ret, struct err *err);
