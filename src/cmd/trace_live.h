/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `sonde trace --live`: between flow, which measures, and tui, which shows. It keeps the latest view,
 * so that a key is followed at once.
 */
#pragma once

#include "cmd/app.h"
#include "flow/trace.h"

struct trace_live;

/** 0 with *@ret owned by the caller; -EINVAL: there is no terminal; -errno with @err. */
int trace_live_open(struct app *app, const struct flow_trace_conf *conf, struct trace_live **ret,
		    struct err *err);

/** Give the terminal back; NULL is fine. */
void trace_live_close(struct trace_live *l);

/** flow_trace_tell's .live, .wake_fd and .wish. */
void trace_live_show(struct trace_live *l, const struct flow_trace_view *view);
int trace_live_fd(const struct trace_live *l);
enum flow_trace_wish trace_live_wish(struct trace_live *l);

/** A message in the last line, until the next key. */
void trace_live_note(struct trace_live *l, const char *text);
