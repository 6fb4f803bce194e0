/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/trace_text.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "cmd/survey_show.h"
#include "cmd/trace_end.h"

#define NOTE_INDENT    5
#define LABEL_LEN      (IP_TEXT_LEN + 260)
#define LABEL_LEAST    15 /* columns of addresses: as wide as any of IPv4 */
#define LABEL_MOST     60
#define TIME_COLUMN    7
#define LOSS_COLUMN    6
#define VERDICT_LEAST  8 /* columns that a verdict's first word needs */
#define TIMES          4
#define CELL_LEN       TRACE_END_CELL
#define NOTE_LEN       1024
#define BRANCHES_SHOWN 64

/* How the table of one target is laid out. */
struct layout {
	const struct trace_text *t;
	size_t label; /* columns of addresses */
	size_t received;
	bool loss;
	uint8_t time[TIMES]; /* which of median, least, 95th percentile, jitter anybody has */
	unsigned times;      /* how many of these there is room for */
};

static const char *const time_titles[TIMES] = { "MEDIAN", "MIN", "P95", "JITTER" };

const char *trace_text_kind(const struct flow_trace_conf *c, char buf[static CELL_LEN])
{
	if (c->kind == ASK_UDP)
		snprintf(buf, CELL_LEN, "UDP port %u", c->port);
	else if (c->kind == ASK_TCP_SYN)
		snprintf(buf, CELL_LEN, "TCP SYN port %u", c->port);
	else
		snprintf(buf, CELL_LEN, "echo");
	return buf;
}

void trace_text_head(const struct trace_text *t, const char *name, const struct ip_addr *addr)
{
	struct out_sink *out = t->text->to;
	char text[IP_TEXT_LEN], kind[CELL_LEN];

	survey_show_addr(addr, text);
	out_text(out, "trace to ");
	text_put(t->text, TEXT_BOLD, name);
	if (strcmp(name, text) != 0)
		out_printf(out, " (%s)", text);
	out_printf(out, ", %s", trace_text_kind(t->conf, kind));
	if (t->conf->paths)
		out_text(out, ", all branches");
	else if (t->conf->rounds > 0)
		out_printf(out, ", %u probe%s a hop", t->conf->rounds,
			   t->conf->rounds == 1 ? "" : "s");
	out_printf(out, ", %u hops at most, times in ms\n", t->conf->last);
}

static const char *label_of(const struct fact_hop *h, bool name, char buf[static LABEL_LEN])
{
	char addr[IP_TEXT_LEN];

	if (h->addr.family == 0)
		snprintf(buf, LABEL_LEN, "*");
	else if (name && h->name)
		snprintf(buf, LABEL_LEN, "%s (%.255s)", survey_show_addr(&h->addr, addr), h->name);
	else
		snprintf(buf, LABEL_LEN, "%s", survey_show_addr(&h->addr, addr));
	return buf;
}

static const char *received_text(const struct fact_hop *h, char buf[static CELL_LEN])
{
	if (h->sent != FACT_NONE)
		snprintf(buf, CELL_LEN, "%lld/%lld", (long long)h->received, (long long)h->sent);
	else
		snprintf(buf, CELL_LEN, "%lld", (long long)h->received);
	return buf;
}

/* Columns before the verdict, with @times of the times. */
static size_t columns(const struct layout *l, unsigned times)
{
	return NOTE_INDENT + l->label + (l->loss ? LOSS_COLUMN + 2 : 0) + 2 + l->received +
	       times * (TIME_COLUMN + 2) + 2;
}

static int64_t time_of(const struct fact_hop *h, unsigned which)
{
	const int64_t times[TIMES] = { h->rtt_us.p50, h->rtt_us.min, h->rtt_us.p95, h->jitter_us };

	return h->received > 0 ? times[which] : FACT_NONE;
}

/* Searching for branches counts no loss, and keeps the least time only. */
static void choose(struct layout *l, const struct trace_keep *k, size_t shown)
{
	for (unsigned which = 0; which < TIMES; which++)
		for (size_t i = 0; i < shown; i++)
			if (time_of(&k->hop[i], which) != FACT_NONE) {
				l->time[l->times++] = (uint8_t)which;
				break;
			}
	for (size_t i = 0; i < shown; i++)
		l->loss = l->loss || k->hop[i].loss_pct != FACT_NONE;
}

static struct layout lay_out(const struct trace_text *t, const struct trace_keep *k, size_t shown)
{
	struct layout l = { .t = t, .label = LABEL_LEAST, .received = 4 };
	size_t width = t->text->width, widest = LABEL_LEAST;
	char label[LABEL_LEN], cell[CELL_LEN];

	choose(&l, k, shown);
	for (size_t i = 0; i < shown; i++) {
		size_t w = utf8_width(label_of(&k->hop[i], true, label));
		size_t bare = utf8_width(label_of(&k->hop[i], false, label));

		widest = MAX(widest, w <= LABEL_MOST ? w : bare);
		l.label = MAX(l.label, bare);
		l.received = MAX(l.received, strlen(received_text(&k->hop[i], cell)));
	}
	/* First the addresses, then as many times as there is room for, then the names that fit in the rest. */
	while (width && l.times > 1 && columns(&l, l.times) + VERDICT_LEAST > width)
		l.times--;
	if (width)
		widest = MIN(widest,
			     width - MIN(width, columns(&l, l.times) + VERDICT_LEAST - l.label));
	for (size_t i = 0; i < shown; i++) {
		size_t w = utf8_width(label_of(&k->hop[i], true, label));

		l.label = MAX(l.label, w <= widest ? w : 0);
	}
	return l;
}

static void put_right(struct out_sink *out, size_t width, const char *text)
{
	size_t w = utf8_width(text);

	out_printf(out, "  %*s%s", (int)(w < width ? width - w : 0), "", text);
}

static void put_titles(const struct layout *l)
{
	const struct text_out *t = l->t->text;
	char line[160];
	int n = snprintf(line, sizeof(line), "HOP  %-*s%*s  %*s", (int)l->label, "ADDRESS",
			 l->loss ? LOSS_COLUMN + 2 : 0, l->loss ? "LOSS" : "", (int)l->received,
			 "RCVD");

	for (unsigned i = 0; i < l->times; i++)
		n += snprintf(line + n, sizeof(line) - (size_t)n, "  %*s", TIME_COLUMN,
			      time_titles[l->time[i]]);
	snprintf(line + n, sizeof(line) - (size_t)n, "  VERDICT");
	text_put(t, TEXT_BOLD, line);
	out_char(t->to, '\n');
}

static void note(const struct layout *l, const char *text)
{
	text_wrap(&(struct text_out){ l->t->text->to, l->t->text->width, false }, NOTE_INDENT, "",
		  text);
}

struct verdict {
	const char *text;
	enum text_style style;
};

static const struct verdict verdicts[] = {
	[FACT_HOP_OK] = { "ok", TEXT_GOOD },
	[FACT_HOP_LIMITS] = { "limits its ICMP", TEXT_NOTE },
	[FACT_HOP_LOSES] = { "loses packets", TEXT_BAD },
	[FACT_HOP_SILENT] = { "silent", TEXT_DIM },
};

/* The verdict, and why where it fits behind it. True: that is yet to be told. */
static bool put_verdict(const struct layout *l, const struct fact_hop *h)
{
	const struct text_out *t = l->t->text;
	size_t at = columns(l, l->times), label;
	char buf[LABEL_LEN];
	bool tell = h->evidence && (h->verdict != FACT_HOP_OK || h->loss_pct > 0);

	if (h->verdict >= ARRAY_LEN(verdicts))
		return false;
	label = utf8_width(label_of(h, false, buf));
	at += strlen(verdicts[h->verdict].text) + (label > l->label ? label - l->label : 0);
	out_text(t->to, "  ");
	text_put(t, verdicts[h->verdict].style, verdicts[h->verdict].text);
	if (!tell || (t->width && at + 2 + utf8_width(h->evidence) > t->width))
		return tell;
	out_text(t->to, ": ");
	text_put(t, TEXT_PLAIN, h->evidence);
	return false;
}

/* One line: the first of its hop limit bears number, loss and verdict. Below: what there is no room for. */
static void put_hop(const struct layout *l, const struct fact_hop *h, bool first)
{
	const struct text_out *t = l->t->text;
	char label[LABEL_LEN], cell[CELL_LEN];
	size_t wide;
	bool named = utf8_width(label_of(h, true, label)) <= l->label, tell = false;

	if (first)
		out_printf(t->to, "%3lld  ", (long long)h->ttl);
	else
		out_text(t->to, "     ");
	wide = utf8_width(label_of(h, named, label));
	text_put(t, TEXT_PLAIN, label);
	out_printf(t->to, "%*s", (int)(wide < l->label ? l->label - wide : 0), "");
	if (l->loss)
		put_right(t->to, LOSS_COLUMN, first ? trace_end_percent(h->loss_pct, cell) : "");
	put_right(t->to, l->received, received_text(h, cell));
	for (unsigned i = 0; i < l->times; i++)
		put_right(t->to, TIME_COLUMN, trace_end_ms(time_of(h, l->time[i]), cell));
	if (first)
		tell = put_verdict(l, h);
	out_char(t->to, '\n');
	if (!named && h->name) {
		snprintf(label, sizeof(label), "(%.255s)", h->name);
		note(l, label);
	}
	if (tell)
		note(l, h->evidence);
}

/* What a router says of the labels that a probe had: "MPLS 16001 24005", classes and TTLs where they tell something. */
static void put_mpls(const struct layout *l, const struct fact_hop *h)
{
	const struct fact_mpls *m = h->mpls.item;
	char text[NOTE_LEN];
	size_t n = (size_t)snprintf(text, sizeof(text), "MPLS");

	if (h->mpls.n == 0)
		return;
	for (size_t i = 0; i < h->mpls.n && n < sizeof(text); i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
				      "%s label %lld class %lld TTL %lld", i > 0 ? "," : "",
				      (long long)m[i].label, (long long)m[i].tc,
				      (long long)m[i].ttl);
	note(l, text);
}

static void put_iface(const struct layout *l, const struct fact_hop_iface *f)
{
	char text[NOTE_LEN], addr[IP_TEXT_LEN];
	size_t n = (size_t)snprintf(text, sizeof(text), "%s interface", f->role ? f->role : "an");

	if (f->name)
		n += (size_t)snprintf(text + n, sizeof(text) - n, " %.80s", f->name);
	if (f->ifindex != FACT_NONE)
		n += (size_t)snprintf(text + n, sizeof(text) - n, " number %lld",
				      (long long)f->ifindex);
	if (f->addr.family)
		n += (size_t)snprintf(text + n, sizeof(text) - n, " address %s",
				      survey_show_addr(&f->addr, addr));
	if (f->mtu != FACT_NONE)
		snprintf(text + n, sizeof(text) - n, " MTU %lld", (long long)f->mtu);
	note(l, text);
}

/* What ended the trace is told below the table. */
static bool is_error(const struct fact_hop *h, const struct fact_trace *f)
{
	if (f->from.family && ip_eq(&h->addr, &f->from) &&
	    (h->ttl == f->hops || f->state == FACT_TRACE_REACHED))
		return false;
	return h->reply && h->icmp_type != FACT_NONE && h->code != FACT_NONE &&
	       strcmp(h->reply, "time-exceeded") != 0 && strcmp(h->reply, "echo-reply") != 0;
}

/* Everything of one line that has no column. */
static void put_notes(const struct layout *l, const struct fact_hop *h, const struct fact_trace *f)
{
	const struct fact_hop_iface *iface = h->iface.item;
	char text[NOTE_LEN];

	if (is_error(h, f)) {
		snprintf(text, sizeof(text), "answers %s (%lld/%lld)%s%s",
			 h->icmp_name ? h->icmp_name : h->reply, (long long)h->icmp_type,
			 (long long)h->code, h->meaning ? ": " : "", h->meaning ? h->meaning : "");
		note(l, text);
	}
	put_mpls(l, h);
	for (size_t i = 0; i < h->iface.n; i++)
		put_iface(l, &iface[i]);
	if (h->quoted) {
		snprintf(text, sizeof(text), "%sthe probe came there with %s",
			 h->nat ? "address translation before it: " : "", h->quoted);
		note(l, text);
	}
	if (h->duplicates > 0 || h->late > 0) {
		size_t n = 0;

		if (h->duplicates > 0)
			n = (size_t)snprintf(text, sizeof(text), "%lld answered more than once%s",
					     (long long)h->duplicates, h->late > 0 ? ", " : "");
		if (h->late > 0)
			snprintf(text + n, sizeof(text) - n, "%lld came late", (long long)h->late);
		note(l, text);
	}
}

/* Hops at the end that nobody answered for are one line, when they are two at least. */
static size_t silent_from(const struct trace_keep *k)
{
	size_t n = k->hop_n;

	while (n > 0 && k->hop[n - 1].addr.family == 0)
		n--;
	return k->hop_n - n >= 2 ? n : k->hop_n;
}

static void put_table(const struct trace_text *t, const struct trace_keep *k,
		      const struct fact_trace *f)
{
	size_t shown = silent_from(k);
	struct layout l = lay_out(t, k, shown);

	if (k->hop_n == 0)
		return;
	if (shown > 0)
		put_titles(&l);
	for (size_t i = 0; i < shown; i++) {
		put_hop(&l, &k->hop[i], i == 0 || k->hop[i - 1].ttl != k->hop[i].ttl);
		put_notes(&l, &k->hop[i], f);
	}
	if (shown < k->hop_n) {
		char text[CELL_LEN];

		snprintf(text, sizeof(text), "%3lld-%lld  silent", (long long)k->hop[shown].ttl,
			 (long long)k->hop[k->hop_n - 1].ttl);
		text_put(t->text, TEXT_DIM, text);
		out_char(t->text->to, '\n');
	}
}

static void put_mtu(const struct trace_text *t, const struct fact_path_mtu *m)
{
	char head[CELL_LEN + 32];

	if (m->mtu == FACT_NONE)
		snprintf(head, sizeof(head), "Path MTU: ");
	else
		snprintf(head, sizeof(head), "Path MTU %s%lld: ", m->exact ? "" : "about ",
			 (long long)m->mtu);
	text_wrap(t->text, 0, head, m->meaning ? m->meaning : "no packet of any size passed.");
}

/* The names of a branch's nodes, in order: "a b e h". */
static void branch_text(const struct branches *b, const struct fact_path *p, char *buf, size_t len)
{
	const struct fact_path_hop *hop = p->hops.item;
	uint16_t before = BRANCHES_NONE;
	size_t n = 0;
	char name[8];

	buf[0] = '\0';
	for (size_t i = 0; i < p->hops.n && n + 8 < len; i++) {
		uint16_t at = branches_find(b, &hop[i], before);

		if (at == BRANCHES_NONE)
			return;
		n += (size_t)snprintf(buf + n, len - n, "%s%s", n ? " " : "",
				      branches_name(at, name));
		before = at;
	}
}

static void put_branches(const struct trace_text *t, const struct trace_keep *k,
			 const struct fact_trace *f)
{
	const struct text_out plain = { t->text->to, t->text->width, false };
	struct branches *b = t->branches;
	char head[64], text[NOTE_LEN], sure[CELL_LEN];

	branches_make(b, k->path, k->path_n, k->hop, k->hop_n);
	snprintf(text, sizeof(text), "%lld%s%s%s%s", (long long)f->branches,
		 f->confidence_pct != FACT_NONE ? ", " : "",
		 f->confidence_pct != FACT_NONE ? trace_end_percent(f->confidence_pct, sure) : "",
		 f->confidence_pct == FACT_NONE ? ""
		 : t->conf->kind == ASK_ECHO ? " sure that these are all that echo takes; UDP (-U) "
					       "may take more, as most routers balance by ports"
					     : " sure that these are all",
		 b->cut ? "; too many to draw them all" : "");
	text_wrap(t->text, 0, "Branches: ", text);
	branches_draw(t->text, b, t->utf8);
	branches_list(t->text, b);
	if (k->path_n < 2)
		return;
	out_text(t->text->to, "FLOW  BRANCH\n");
	for (size_t i = 0; i < MIN(k->path_n, (size_t)BRANCHES_SHOWN); i++) {
		snprintf(head, sizeof(head), "%4lld  ", (long long)k->path[i].flow);
		branch_text(b, &k->path[i], text, sizeof(text));
		text_wrap(&plain, 6, head, text);
	}
	if (k->path_n > BRANCHES_SHOWN)
		out_printf(t->text->to, "      %zu more: --json lists them all\n",
			   k->path_n - BRANCHES_SHOWN);
}

void trace_text_target(const struct trace_text *t, const struct trace_keep *k,
		       const struct fact_trace *f)
{
	put_table(t, k, f);
	trace_end_put(t->text, t->conf, f);
	if (k->has_mtu)
		put_mtu(t, &k->mtu);
	if (t->branches && f->branches != FACT_NONE)
		put_branches(t, k, f);
}
