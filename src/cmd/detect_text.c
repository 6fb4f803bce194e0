/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/detect_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/when.h"
#include "out/alert_words.h"

#define ONE_WAY 200000 /* millionths: under that share of answers silence is no evidence */

static const enum text_style severity_style[] = {
	[FACT_ALERT_LOW] = TEXT_NOTE,
	[FACT_ALERT_MEDIUM] = TEXT_WARN,
	[FACT_ALERT_HIGH] = TEXT_BAD,
};

static void put_who(struct out_sink *out, const struct fact_alert *a)
{
	char src[IP_TEXT_LEN], dst[IP_TEXT_LEN];
	const char *to = a->dst.family ? ip_format(&a->dst, dst) : a->targets;

	if (a->src.family)
		out_printf(out, " %s", ip_format(&a->src, src));
	if (to)
		out_printf(out, " -> %s", to);
}

static void put_why(struct out_sink *out, const struct fact_alert *a)
{
	const struct fact_alert_reason *r = a->reasons.item;
	char text[ALERT_REASON_LEN];

	for (size_t i = 0; i < a->reasons.n; i++)
		out_printf(out, "%s%s", i ? ", " : "; ", alert_reason(&r[i], text));
}

/* How much it is by now; of what was just raised the reasons tell that. */
static void put_extent(struct out_sink *out, const struct fact_alert *a)
{
	bool sweep = strncmp(a->kind, "sweep.", 6) == 0;

	out_printf(out, "; %" PRId64 " %s%s", a->packets, sweep ? "contact" : "packet",
		   a->packets == 1 ? "" : "s");
	if (a->distinct != FACT_NONE)
		out_printf(out, ", %" PRId64 " address%s", a->distinct,
			   a->distinct == 1 ? "" : "es");
	if (a->distinct != FACT_NONE && a->distinct_error > 0)
		out_printf(out, " (give or take %" PRId64 ")", a->distinct_error);
	if (a->alive != FACT_NONE)
		out_printf(out, ", %" PRId64 " %% answered", (a->alive + 5000) / 10000);
}

void detect_text_alert(const struct text_out *t, const struct fact_alert *a)
{
	const struct alert_kind *k = alert_kind_find(a->kind);
	char when[WHEN_TEXT_LEN], severity[16];

	snprintf(severity, sizeof(severity), "%-6s", fact_alert_severity_words[a->severity]);
	out_printf(t->to, "%s ", when_format(a->last, when));
	text_put(t, severity_style[a->severity], severity);
	out_printf(t->to, " %s", a->kind);
	put_who(t->to, a);
	if (a->state == FACT_ALERT_UPDATE)
		out_text(t->to, ": goes on");
	else if (a->state == FACT_ALERT_ENDED)
		out_text(t->to, ": has ended");
	else
		out_printf(t->to, ": %s", k ? k->says : "seen");
	put_why(t->to, a);
	if (a->state != FACT_ALERT_NEW)
		put_extent(t->to, a);
	else
		out_printf(t->to, "; frame %" PRId64, a->packet);
	if (a->state == FACT_ALERT_NEW && a->contact != FACT_NONE)
		out_printf(t->to, ", contact %" PRId64, a->contact);
	out_char(t->to, '\n');
}

static void put_severities(const struct text_out *t, const struct fact_detect_sum *s)
{
	const int64_t n[] = { s->high, s->medium, s->low };
	int64_t all = s->high + s->medium + s->low;
	char part[64];

	if (all == 0) {
		out_text(t->to, "Nothing to alert of\n");
		return;
	}
	out_printf(t->to, "%" PRId64 " alert%s:", all, all == 1 ? "" : "s");
	for (int i = 0; i < 3; i++) {
		int severity = FACT_ALERT_HIGH - i;

		snprintf(part, sizeof(part), " %" PRId64 " %s", n[i],
			 fact_alert_severity_words[severity]);
		text_put(t, n[i] ? severity_style[severity] : TEXT_PLAIN, part);
		out_text(t->to, i < 2 ? "," : "\n");
	}
}

static void remark(const struct text_out *t, int64_t n, const char *one, const char *many)
{
	if (n > 0)
		out_printf(t->to, "%" PRId64 " %s\n", n, n == 1 ? one : many);
}

void detect_text_sum(const struct text_out *t, const struct fact_detect_sum *s, uint64_t lines)
{
	char from[WHEN_TEXT_LEN], to[WHEN_TEXT_LEN];

	if (lines > 0)
		out_char(t->to, '\n');
	put_severities(t, s);
	out_printf(t->to, "%" PRId64 " frame%s, %" PRId64 " source%s, %" PRId64 " first contact%s",
		   s->frames, s->frames == 1 ? "" : "s", s->sources, s->sources == 1 ? "" : "s",
		   s->contacts, s->contacts == 1 ? "" : "s");
	if (s->first)
		out_printf(t->to, ", from %s to %s", when_format(s->first, from),
			   when_format(s->last, to));
	out_char(t->to, '\n');
	remark(t, s->suppressed, "time an alert went on without a line",
	       "times an alert went on without a line");
	remark(t, s->ignored, "time a source did something that --ignore hides",
	       "times a source did something that --ignore hides");
	remark(t, s->forgotten, "source had to make room: --memory gives more",
	       "sources had to make room: --memory gives more");
	remark(t, s->unreadable, "frame without IP, or damaged below it",
	       "frames without IP, or damaged below it");
	remark(t, s->not_opened, "frame of a kind of link that is not opened",
	       "frames of a kind of link that is not opened");
	if (s->pairing != FACT_NONE && s->pairing < ONE_WAY)
		out_printf(t->to,
			   "Answers were seen for %" PRId64
			   " %% of the sources that asked several hosts: "
			   "silence was no evidence\n",
			   (s->pairing + 5000) / 10000);
}
