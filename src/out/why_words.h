/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The explanation of `sonde why`: from what was found out of one port to sentences for a person who
 * is no network engineer. One table a protocol and one of pairs say what each state means; the
 * words are in why_rows.c.
 *
 * Pure. What the messages of ICMP are called is icmp/registry.h's business.
 */
#pragma once

#include "fact/why.h"

#define WHY_LINES_MAX 64
#define WHY_TEXT_MAX  24576 /* octets of all texts; what goes beyond is cut at a sentence's end */

/* What one protocol showed of the port. */
enum why_state {
	WHY_NOT_ASKED,
	WHY_OPEN,
	WHY_CLOSED,   /* the host itself says that nobody is there */
	WHY_REJECTED, /* a firewall refuses, and says so */
	WHY_SILENT,
	WHY_NO_WAY, /* the host cannot be reached at all */
	WHY_UNSURE,
	WHY_STATES
};

/* The facts besides. */
struct why_about {
	const struct fact_why *why; /* .answer and .lines are not looked at */
	bool over_loopback;         /* the probes went over lo */
	const char *no_twin;        /* local: why others' view is not known; NULL: it is */
};

/* Texts point into .text: it must not be moved. */
struct why_words {
	struct fact_why_line line[WHY_LINES_MAX];
	size_t line_n;
	const char *answer; /* the whole in one sentence */
	char text[WHY_TEXT_MAX];
	size_t used;
};

/** What @proto (FACT_TCP, FACT_UDP) showed. */
enum why_state why_words_state(const struct fact_why *why, enum fact_proto proto);

/** Write the explanation. */
void why_words_make(const struct why_about *about, struct why_words *ret);
