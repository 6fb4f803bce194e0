/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What sweep and scan show alike: progress, evidence of a host, the sum. */
#pragma once

#include "cmd/app.h"
#include "flow/survey.h"

#define SURVEY_SHOW_TIME_LEN 32

/* The first member of what a command hands to flow as survey_tell.to. */
struct survey_show {
	struct app *app;
	bool mute;         /* standard output belongs to somebody else: -oX - */
	bool quiet;        /* addresses only */
	const char *unit;  /* of progress: "addresses", "ports" */
	uint64_t shown_ns; /* when progress was last shown */
};

/** survey_tell's .begin, .progress, .note, .stop; @to is a struct survey_show. */
void survey_show_begin(void *to, uint64_t expect_ns, const char *backend);
void survey_show_progress(void *to, const struct survey_progress *p);
void survey_show_note(void *to, const char *text);
bool survey_show_stop(void *to);

/** "0.31 ms", "12 s", "1 min 35 s", "2 h 5 min". Returns @buf. */
const char *survey_show_time(uint64_t ns, char buf[static SURVEY_SHOW_TIME_LEN]);

/** "web1 (192.0.2.7)", or the address alone. */
void survey_show_host(const struct text_out *t, const struct fact_host *h);

/** What the host said: "echo 0.31 ms, tcp:443 syn-ack", or why it is not up. */
void survey_show_evidence(const struct text_out *t, const struct fact_host *h);

/** The answers alone. */
void survey_show_answers(const struct text_out *t, const struct fact_host *h);

/** A line of a sweep: host and evidence. */
void survey_show_line(const struct text_out *t, const struct fact_host *h);

/** The last lines; and with --json the sum goes into the summary. */
void survey_show_sum(struct survey_show *s, const struct survey_sum *sum);

/** Exit status: 0 something is up, 1 nothing is or a name did not resolve, 4 it is not whole. */
int survey_show_status(const struct survey_sum *sum, size_t unresolved);
