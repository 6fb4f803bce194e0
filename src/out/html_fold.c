/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/html_fold.h"

static void add(struct html_fold *f, uint8_t outcome, const struct fact_rule *rule)
{
	f->n[outcome]++;
	f->total++;
	if (!f->rule)
		f->rule = rule;
}

void html_fold_exposure(struct html_fold *f, const struct fact_exposure *e)
{
	f->words = fact_port_state_words;
	add(f, e->state, e->rule);
}

void html_fold_verdict(struct html_fold *f, const struct fact_icmp_verdict *v)
{
	f->words = fact_icmp_outcome_words;
	f->is_icmp = true;
	add(f, v->verdict, v->rule);
}

static enum html_fate fate_of(bool is_icmp, int outcome)
{
	static const enum html_fate ports[] = {
		[FACT_OPEN] = HTML_IN,       [FACT_CLOSED] = HTML_IDLE,  [FACT_FILTERED] = HTML_CUT,
		[FACT_REJECTED] = HTML_BACK, [FACT_FORWARDED] = HTML_IN,
	};
	static const enum html_fate icmp[] = {
		[FACT_PASSED] = HTML_IN,    [FACT_ANSWERED] = HTML_IN,  [FACT_DROPPED] = HTML_CUT,
		[FACT_REFUSED] = HTML_BACK, [FACT_IGNORED] = HTML_IDLE,
	};

	return is_icmp ? icmp[outcome] : ports[outcome];
}

enum html_fate html_fold_fate(const struct html_fold *f)
{
	enum html_fate all = HTML_UNTRIED;

	for (int i = 0; i < HTML_OUTCOMES; i++) {
		enum html_fate one;

		if (f->n[i] == 0)
			continue;
		one = fate_of(f->is_icmp, i);
		if (all != HTML_UNTRIED && all != one)
			return HTML_MIXED;
		all = one;
	}
	return all;
}

void html_fold_words(struct out_sink *to, const struct html_fold *f)
{
	bool first = true;

	if (f->total == 0)
		out_char(to, '-');
	for (int i = 0; i < HTML_OUTCOMES; i++) {
		if (f->n[i] == 0)
			continue;
		out_printf(to, "%s%s", first ? "" : ", ", f->words[i]);
		if (f->n[i] < f->total)
			out_printf(to, " %zu", f->n[i]);
		first = false;
	}
}

const char *html_fold_class(enum html_fate fate)
{
	static const char *const classes[] = {
		[HTML_UNTRIED] = "untried", [HTML_IN] = "in",     [HTML_IDLE] = "idle",
		[HTML_CUT] = "cut",         [HTML_BACK] = "back", [HTML_MIXED] = "mixed",
	};

	return classes[fate];
}
