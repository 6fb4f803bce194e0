/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a running command has around it: standard output as facts or text,
 * messages and progress on standard error, and whether it was interrupted.
 */
#pragma once

#include "base/err.h"
#include "fact/field.h"
#include "fact/summary.h"
#include "out/sink.h"
#include "out/text.h"

/* Exit statuses, the same for every command; doc/man/sonde.1 explains them. */
enum app_status {
	APP_YES = 0,    /* fine */
	APP_NO = 1,     /* a negative answer */
	APP_USAGE = 2,  /* the command line was wrong; nothing was done */
	APP_DENIED = 3, /* not permitted */
	APP_FAILED = 4, /* it could not be done */
};

struct app {
	const char *command;
	const char *line;     /* the whole command line, as a shell would take it; NULL: not kept */
	int out_fd;           /* standard output's descriptor */
	struct out_sink out;  /* standard output */
	struct text_out text; /* the same for people; width and colour as the terminal has them */
	bool json;
	bool progress; /* standard error is a terminal */
	bool progress_shown;
	uint64_t start_ns;                      /* monotonic */
	int64_t records;                        /* facts written */
	const struct fact_severities *findings; /* audit sets it for its summary */
	const struct fact_survey *survey;       /* sweep and scan likewise */
};

enum app_colour { APP_COLOUR_AUTO, APP_COLOUR_ALWAYS, APP_COLOUR_NEVER };

/**
 * Before anything is opened: a standard descriptor that is closed becomes one that
 * cannot be written to, so that no socket of ours gets its number and what is printed.
 */
void app_guard_descriptors(void);

void app_init(struct app *app, const char *command, bool json, enum app_colour colour);

/**
 * An out_sink's write: all of it, to the descriptor that @to (an int) holds. Waits where a
 * pipe is full, whoever made it non-blocking. 0 or -errno.
 */
int app_write_fd(void *to, const char *p, size_t len);

/** With --json: one line; else nothing. Flushes so that a pipe sees it at once when @app says so. */
void app_fact(struct app *app, const struct fact_type *type, const void *fact);

/** A line for people on standard error, "sonde: " in front. */
void app_note(struct app *app, const char *fmt, ...) PRINTF_LIKE(2, 3);

/** A line on standard error that the next one overwrites; only on a terminal. NULL wipes it. */
void app_progress(struct app *app, const char *text);

/** True once SIGINT, SIGTERM or SIGHUP came, or nobody reads standard output any more. */
bool app_interrupted(const struct app *app);

/** The summary line (with --json), then everything out. Returns the exit status. */
int app_done(struct app *app, int status, const char *error);
