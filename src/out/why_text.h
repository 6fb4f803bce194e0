/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of out/why_*.c: how a row's text becomes a line of an explanation. */
#pragma once

#include "out/why_words.h"

/* What the $-words of a row (why_rows.h) become. */
struct why_say {
	const struct fact_why *why;
	const struct fact_port *port; /* NULL: of no protocol */
	struct why_words *to;
};

struct why_say why_text_of(const struct fact_why *why, enum fact_proto proto, struct why_words *to);

/** Append a text, a number behind one, a time (", after 0.41 ms"), a row's text. */
void why_text_put(struct why_words *w, const char *text);
void why_text_number(struct why_words *w, const char *before, int64_t n);
void why_text_time(struct why_words *w, int64_t ns);
void why_text_expand(const struct why_say *s, const char *text);

/** What was appended since .used was @from is a line @about something; one that was said before is taken back. */
void why_text_end(struct why_words *w, const char *about, size_t from);

/** A whole line; NULL: none. */
void why_text_line(const struct why_say *s, const char *about, const char *text);

/* why_local.c */
void why_local_say(const struct why_about *about, struct why_words *w);
void why_local_rules(const struct why_about *about, struct why_words *w);

/** How others find a port, by enum fact_port_state: "closed". */
const char *why_local_found(uint8_t state);
