/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What sweep and scan show alike: progress, evidence of a host, the sum. */
#pragma once

#include "cmd/app.h"
#include "flow/names.h"
#include "flow/survey.h"

#define SURVEY_SHOW_TIME_LEN  32
#define SURVEY_SHOW_NAMES_MAX 1000 /* targets: of more, names are not looked up */
#define SURVEY_SHOW_SAME_MAX  16   /* hosts that are unreachable: further ones are only counted */

/* The first member of what a command hands to flow as survey_tell.to. */
struct survey_show {
	struct app *app;
	bool mute;                       /* standard output belongs to somebody else: -oX - */
	bool quiet;                      /* addresses only */
	const char *unit;                /* of progress: "addresses", "ports" */
	uint64_t shown_ns;               /* when progress was last shown */
	bool all;                        /* every address that was asked is shown */
	uint64_t unreachable, not_asked; /* hosts told, so far: the latter with why */
	uint64_t unknown;                /* and not shown */
	struct flow_names *names; /* of hosts that are up; owned, NULL: they are not looked up */
};

/** Count @h. Whether people are shown it: those that are up, and what is worth a line. */
bool survey_show_counts(struct survey_show *s, const struct fact_host *h);

/** Get ready to look up names, where that makes sense: for people, of not too many targets. */
void survey_show_names(struct survey_show *s, bool numeric, uint64_t targets);

/** @h with its name, which stands in @buf when it was looked up. */
struct fact_host survey_show_named(struct survey_show *s, const struct fact_host *h,
				   char buf[static FLOW_NAMES_LEN]);

/** The columns of standard output, where answers may be wrapped: 0 where it is no terminal. */
unsigned survey_show_width(const struct app *app);

/** survey_tell's .begin, .progress, .note, .stop; @to is a struct survey_show. */
void survey_show_begin(void *to, uint64_t expect_ns, const char *backend);
void survey_show_progress(void *to, const struct survey_progress *p);
void survey_show_note(void *to, const char *text);
bool survey_show_stop(void *to);

/** "0.31 ms", "12 s", "1 min 35 s", "2 h 5 min". Returns @buf. */
const char *survey_show_time(uint64_t ns, char buf[static SURVEY_SHOW_TIME_LEN]);

/** "fe80::1%eth0": a zone by its name. Returns @buf. */
const char *survey_show_addr(const struct ip_addr *a, char buf[static IP_TEXT_LEN]);

/** "web1 (192.0.2.7)", or the address alone. */
void survey_show_host(const struct text_out *t, const struct fact_host *h);

/** What the host said: "echo 0.31 ms, tcp:443 syn-ack", or why it is not up. As the next. */
void survey_show_evidence(const struct text_out *t, const struct fact_host *h, size_t at,
			  unsigned indent);

/**
 * The answers alone, behind @at columns that stand in the line already; what does not fit goes on
 * in further lines, @indent columns to the right.
 */
void survey_show_answers(const struct text_out *t, const struct fact_host *h, size_t at,
			 unsigned indent);

/** @text, of which words that do not fit go on in further lines. As survey_show_answers(). */
void survey_show_words(const struct text_out *t, const char *text, size_t at, unsigned indent);

/** A line of a sweep: host and evidence. */
void survey_show_line(const struct text_out *t, const struct fact_host *h);

/** The last lines; and with --json the sum goes into the summary. */
void survey_show_sum(struct survey_show *s, const struct survey_sum *sum);

/** Exit status: 0 something is up, 1 nothing is or a name did not resolve, 4 it is not whole. */
int survey_show_status(const struct survey_sum *sum, size_t unresolved);
