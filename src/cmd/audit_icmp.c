/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of ICMP: a paragraph for each outcome and rule, types and codes folded together. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/audit_report.h"
#include "icmp/registry.h"

#define VIEW_TEXT_LEN (32 * 1024) /* of one view's paragraphs; what is longer is cut */
#define KINDS_MAX     64          /* outcomes with a rule told apart in one view */

static const char *const outcome_heads[] = {
	[FACT_PASSED] = "  passed",    [FACT_ANSWERED] = "  answered", [FACT_DROPPED] = "  dropped",
	[FACT_REFUSED] = "  rejected", [FACT_IGNORED] = "  ignored",
};

/* Verdicts of one view that share this one's outcome. */
static bool same_view(const struct fact_icmp_verdict *a, const struct fact_icmp_verdict *b)
{
	return a->family == b->family && a->from == b->from && a->context == b->context &&
	       strcmp(a->iface, b->iface) == 0;
}

static bool same_kind(const struct fact_icmp_verdict *a, const struct fact_icmp_verdict *b)
{
	return a->verdict == b->verdict && a->rule == b->rule && a->conditional == b->conditional &&
	       strcmp(a->sysctl ? a->sysctl : "", b->sysctl ? b->sysctl : "") == 0;
}

static bool is_reserved(const struct fact_icmp_verdict *v)
{
	const struct icmp_entry *e = icmp_find(v->family, (uint8_t)v->icmp_type, ICMP_CODE_ANY);

	return e && (e->class == ICMP_CLASS_RESERVED || e->class == ICMP_CLASS_EXPERIMENTAL);
}

/* "a-b" of what follows the last one seen, as the list grows. */
struct run {
	char *buf;
	size_t len;
	int64_t first, last;
};

static void run_put(struct run *r)
{
	size_t at = strlen(r->buf);

	if (r->first == FACT_NONE)
		return;
	if (r->first == r->last)
		snprintf(r->buf + at, r->len - at, "%s%lld", at ? "," : "", (long long)r->first);
	else
		snprintf(r->buf + at, r->len - at, "%s%lld-%lld", at ? "," : "",
			 (long long)r->first, (long long)r->last);
	r->first = FACT_NONE;
}

static void run_add(struct run *r, int64_t v)
{
	if (r->first != FACT_NONE && v == r->last + 1) {
		r->last = v;
		return;
	}
	run_put(r);
	r->first = r->last = v;
}

static const char *type_name(uint8_t family, int64_t type)
{
	const struct icmp_entry *e = icmp_find(family, (uint8_t)type, ICMP_CODE_ANY);

	return e ? e->machine_name : "type";
}

/* Codes of @type of this kind, "3/0-3,5"; nothing when all of the type's rows are of this kind. */
static void put_type(char *buf, size_t len, const struct fact_icmp_verdict *v, size_t n,
		     const struct fact_icmp_verdict *kind, int64_t type)
{
	char codes[256] = "";
	struct run r = { codes, sizeof(codes), FACT_NONE, FACT_NONE };
	size_t all = 0, some = 0, at = strlen(buf);

	for (size_t i = 0; i < n; i++) {
		if (v[i].icmp_type != type)
			continue;
		all++;
		if (!same_kind(&v[i], kind))
			continue;
		some++;
		run_add(&r, v[i].code);
	}
	run_put(&r);
	snprintf(buf + at, len - at, "%s%s (%lld%s%s)", at ? ", " : "",
		 type_name(kind->family, type), (long long)type, some == all ? "" : "/",
		 some == all ? "" : codes);
}

static void list_kind(char *buf, size_t len, const struct fact_icmp_verdict *v, size_t n,
		      const struct fact_icmp_verdict *kind)
{
	char other[512] = "";
	struct run r = { other, sizeof(other), FACT_NONE, FACT_NONE };
	int64_t last = FACT_NONE;
	size_t at;

	buf[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		if (!same_kind(&v[i], kind) || v[i].icmp_type == last)
			continue;
		last = v[i].icmp_type;
		if (is_reserved(&v[i]))
			run_add(&r, last);
		else
			put_type(buf, len, v, n, kind, last);
	}
	run_put(&r);
	at = strlen(buf);
	if (*other)
		snprintf(buf + at, len - at, "%sunassigned and experimental types (%s)",
			 at ? ", " : "", other);
}

static void put_kind(const struct text_out *t, const struct fact_icmp_verdict *v, size_t n,
		     const struct fact_icmp_verdict *kind)
{
	char list[4096], line[5120], rule[AUDIT_RULE_LEN], why[AUDIT_RULE_LEN + 64] = "";

	list_kind(list, sizeof(list), v, n, kind);
	if (kind->sysctl)
		snprintf(why, sizeof(why), "  [by %s]", kind->sysctl);
	else if (kind->verdict == FACT_IGNORED)
		snprintf(why, sizeof(why), "  [nothing in Linux handles these]");
	else if (kind->rule)
		snprintf(why, sizeof(why), "  [by %s]", audit_report_rule(kind->rule, rule));
	snprintf(line, sizeof(line), "%s%s%s", list, why,
		 kind->conditional ? " (a rate limit: true of the first packets)" : "");
	text_wrap(t, 14, outcome_heads[kind->verdict], line);
}

static void put_view(const struct text_out *t, const struct fact_icmp_verdict *v, size_t n)
{
	const struct fact_icmp_verdict *kinds[KINDS_MAX];
	size_t kind_n = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < kind_n && !same_kind(kinds[k], &v[i]))
			k++;
		if (k == kind_n && kind_n < KINDS_MAX)
			kinds[kind_n++] = &v[i];
	}
	for (int outcome = FACT_PASSED; outcome <= FACT_IGNORED; outcome++)
		for (size_t k = 0; k < kind_n; k++)
			if (kinds[k]->verdict == outcome)
				put_kind(t, v, n, kinds[k]);
}

/* A view's paragraphs in memory, so that equal views are told once. */
struct view_text {
	char text[VIEW_TEXT_LEN];
	size_t len;
};

static int to_memory(void *to, const char *p, size_t len)
{
	struct view_text *v = to;
	size_t n = MIN(len, sizeof(v->text) - 1 - v->len);

	memcpy(v->text + v->len, p, n);
	v->len += n;
	v->text[v->len] = '\0';
	return 0;
}

static void render(const struct text_out *t, struct out_sink *sink, struct view_text *into,
		   const struct fact_icmp_verdict *v, size_t n)
{
	struct text_out inner = { sink, t->width, t->colour };

	into->len = 0;
	out_init(sink, to_memory, into);
	put_view(&inner, v, n);
	out_flush(sink);
}

static void title(const struct text_out *t, const struct fact_icmp_verdict *v)
{
	char text[160];

	snprintf(text, sizeof(text), "IPv%u at %s, %s, %s", v->family, v->iface,
		 v->from == FACT_STRANGER ? "from strangers" : "from neighbours",
		 v->context == FACT_STRAY ? "about nothing"
					  : "errors about a flow of this host's own");
	text_put(t, TEXT_BOLD, text);
	out_text(t->to, "\n");
}

/* Views in the order they came; one that says the same as an earlier one is only named. */
static void views(const struct text_out *t, const struct fact_audit *a, struct view_text *now,
		  struct view_text *was, struct out_sink *sink)
{
	was->text[0] = '\0';
	for (size_t i = 0, n; i < a->verdict_n; i += n) {
		const struct fact_icmp_verdict *v = &a->verdict[i];

		for (n = 1; i + n < a->verdict_n && same_view(v, &v[n]);)
			n++;
		render(t, sink, now, v, n);
		title(t, v);
		if (strcmp(now->text, was->text) == 0)
			out_text(t->to, "  the same as above\n");
		else
			out_put(t->to, now->text, now->len);
		*was = *now;
	}
}

static void bursts(const struct text_out *t, const struct fact_audit *a)
{
	char rule[AUDIT_RULE_LEN];

	for (size_t i = 0; i < a->burst_n; i++) {
		const struct fact_burst *b = &a->burst[i];

		out_printf(t->to,
			   "  %lld of %lld echo requests at once answered, IPv%u at %s, %s%s%s\n",
			   (long long)b->answered, (long long)b->sent, b->family, b->iface,
			   fact_from_words[b->from], b->rule ? "; limited before " : "",
			   b->rule ? audit_report_rule(b->rule, rule) : "");
	}
}

void audit_report_icmp(const struct text_out *t, const struct fact_audit *a)
{
	struct view_text *now = malloc(2 * sizeof(*now));
	struct out_sink *sink = malloc(sizeof(*sink));

	text_put(t, TEXT_BOLD, "What becomes of ICMP");
	out_text(t->to, "\n");
	if (now && sink)
		views(t, a, now, now + 1, sink);
	bursts(t, a);
	free(now);
	free(sink);
}
