/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many probes, one line: what became of them together, for the picture and the
 * tables of a page. Pure.
 */
#pragma once

#include "fact/audit.h"
#include "out/sink.h"

/* What a reader must see at once; each has a colour and a shape. */
enum html_fate {
	HTML_UNTRIED, /* nothing was sent */
	HTML_IN,      /* reached the host: open, passed, answered */
	HTML_IDLE,    /* reached it, and nobody cares: closed, ignored */
	HTML_CUT,     /* a rule took it, silently */
	HTML_BACK,    /* a rule refused it with a message */
	HTML_MIXED,   /* not the same everywhere */
};

#define HTML_OUTCOMES 5 /* values of fact_icmp_outcome; fact_port_state has as many */

struct html_fold {
	size_t n[HTML_OUTCOMES]; /* probes by outcome or port state */
	size_t total;
	const struct fact_rule *rule; /* of the first that has one */
	const char *const *words;     /* of the outcomes */
	bool is_icmp;
};

void html_fold_exposure(struct html_fold *f, const struct fact_exposure *e);
void html_fold_verdict(struct html_fold *f, const struct fact_icmp_verdict *v);

enum html_fate html_fold_fate(const struct html_fold *f);

/** "open"; "open 2, filtered 1" when they differ; "-" when nothing was sent. */
void html_fold_words(struct out_sink *to, const struct html_fold *f);

/** The CSS class of @fate: "in", "idle", "cut", "back", "mixed", "untried". */
const char *html_fold_class(enum html_fate fate);
