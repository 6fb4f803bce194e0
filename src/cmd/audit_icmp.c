/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of ICMP: a paragraph for each outcome and rule, types and codes folded together. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/audit_report.h"
#include "cmd/audit_words.h"
#include "icmp/registry.h"
#include "policy/ignored.h"

#define VIEW_TEXT_LEN (32 * 1024) /* of one view's paragraphs; what is longer is cut */
#define KINDS_MAX     64          /* outcomes with a rule told apart in one view */
#define VIEWS_MAX     64          /* further ones are in --json and --html only */

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
	       strcmp(a->sysctl ? a->sysctl : "", b->sysctl ? b->sysctl : "") == 0 &&
	       strcmp(a->reason ? a->reason : "", b->reason ? b->reason : "") == 0;
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

/* Types that nothing handles are told by number: their names are no help. */
static bool by_number(const struct fact_icmp_verdict *v, const struct fact_icmp_verdict *kind)
{
	return is_reserved(v) ||
	       (kind->verdict == FACT_IGNORED &&
		!ignored_has_handler(v->family, (uint8_t)v->icmp_type) && !kind->sysctl);
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
		if (by_number(&v[i], kind))
			run_add(&r, last);
		else
			put_type(buf, len, v, n, kind, last);
	}
	run_put(&r);
	at = strlen(buf);
	if (*other)
		snprintf(buf + at, len - at, "%s%stypes %s", at ? ", " : "",
			 kind->verdict == FACT_IGNORED && !kind->sysctl
				 ? ""
				 : "unassigned and experimental ",
			 other);
}

static void put_kind(const struct text_out *t, const struct fact_icmp_verdict *v, size_t n,
		     const struct fact_icmp_verdict *kind)
{
	char list[4096], line[5120], rule[AUDIT_RULE_LEN], why[AUDIT_RULE_LEN + 64] = "";

	list_kind(list, sizeof(list), v, n, kind);
	if (kind->sysctl)
		snprintf(why, sizeof(why), "  [by %s]", kind->sysctl);
	else if (kind->reason)
		snprintf(why, sizeof(why), "  [%s]", kind->reason);
	else if (kind->rule)
		snprintf(why, sizeof(why), "  [by %s]", audit_words_rule(kind->rule, rule));
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

/* One view: its verdicts, and its paragraphs in memory, so that equal ones are told once. */
struct view {
	const struct fact_icmp_verdict *v;
	size_t n;
	char *text; /* VIEW_TEXT_LEN octets */
	size_t len;
	bool told;
};

static int to_memory(void *to, const char *p, size_t len)
{
	struct view *view = to;
	size_t n = MIN(len, VIEW_TEXT_LEN - 1 - view->len);

	memcpy(view->text + view->len, p, n);
	view->len += n;
	view->text[view->len] = '\0';
	return 0;
}

static void render(const struct text_out *t, struct out_sink *sink, struct view *view)
{
	struct text_out inner = { sink, t->width, t->colour };

	out_init(sink, to_memory, view);
	put_view(&inner, view->v, view->n);
	out_flush(sink);
}

static void title(const struct text_out *t, const struct fact_icmp_verdict *v)
{
	char text[160];

	snprintf(text, sizeof(text), "IPv%u at %s from %s, %s", v->family, v->iface,
		 v->from == FACT_STRANGER ? "strangers" : "neighbours",
		 v->context == FACT_STRAY ? "out of the blue"
					  : "errors about a flow of this host's own");
	text_put(t, TEXT_BOLD, text);
	out_text(t->to, "\n");
}

static size_t split(const struct fact_audit *a, struct view *view, size_t max)
{
	size_t count = 0;

	for (size_t i = 0, n; i < a->verdict_n && count < max; i += n) {
		for (n = 1; i + n < a->verdict_n && same_view(&a->verdict[i], &a->verdict[i + n]);)
			n++;
		view[count++] = (struct view){ .v = &a->verdict[i], .n = n };
	}
	return count;
}

static void tell_views(const struct text_out *t, struct view *view, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (view[i].told)
			continue;
		for (size_t j = i; j < n; j++) {
			if (strcmp(view[i].text, view[j].text) != 0)
				continue;
			title(t, view[j].v);
			view[j].told = true;
		}
		out_put(t->to, view[i].text, view[i].len);
	}
}

static void views(const struct text_out *t, const struct fact_audit *a)
{
	struct view view[VIEWS_MAX];
	size_t n = split(a, view, VIEWS_MAX);
	struct out_sink *sink = malloc(sizeof(*sink));
	char *text = calloc(n + 1, VIEW_TEXT_LEN);

	for (size_t i = 0; sink && text && i < n; i++) {
		view[i].text = text + i * VIEW_TEXT_LEN;
		render(t, sink, &view[i]);
	}
	if (sink && text)
		tell_views(t, view, n);
	free(text);
	free(sink);
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
			   b->rule ? audit_words_rule(b->rule, rule) : "");
	}
}

void audit_report_icmp(const struct text_out *t, const struct fact_audit *a)
{
	if (a->verdict_n == 0)
		return;
	text_put(t, TEXT_BOLD, "What becomes of ICMP");
	out_text(t->to, "\n");
	views(t, a);
	bursts(t, a);
	out_text(t->to, "\n");
}
