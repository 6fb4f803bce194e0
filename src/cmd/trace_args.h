/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of `sonde trace`, and what it comes to. */
#pragma once

#include "cmd/app.h"
#include "cmd/opt.h"
#include "flow/trace.h"

#define TRACE_ARGS_NONE     UINT64_MAX /* .port, .interval_ns, .flow, .count: not given */
#define TRACE_ARGS_UDP_PORT 33434      /* traceroute's first */
#define TRACE_ARGS_KIND     UINT8_MAX  /* .kind: not given */

struct trace_args {
	struct opt_rest targets;
	const char *list, *from, *rate, *dot;
	uint64_t port, queries, first, last, size, tos, count, flow, confidence;
	uint64_t wait_ns, interval_ns;
	uint8_t kind, family, backend;
	bool numeric, df, paths, mtu, live, report, verbose;
};

extern const struct opt trace_args_opts[];
extern const struct trace_args trace_args_defaults;

/** What does not go together, before anything is looked up. 0; -EINVAL with @err. */
int trace_args_check(const struct trace_args *args, bool json, struct err *err);

/** All but targets. 0; -EINVAL with @err. */
int trace_args_conf(const struct trace_args *args, struct flow_trace_conf *ret, struct err *err);

/**
 * Read the targets, those of files too. Names that do not resolve are told to @app (as facts with
 * --json) and counted.
 *
 * Returns 0; -errno with @err.
 */
int trace_args_targets(struct app *app, const struct trace_args *args, struct flow_targets *list,
		       size_t *ret_unresolved, struct err *err);

/** "500", "10k", "1m": packets a second. 0; -EINVAL with @err. */
int trace_args_rate(const char *text, uint64_t *ret_pps, struct err *err);
