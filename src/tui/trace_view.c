/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/trace_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "tui/spark.h"

#define ROWS_MAX     1024 /* hop limits with their addresses; 64 of 16 are the most there can be */
#define HEAD_LINES   3
#define LABEL_LEAST  15
#define LABEL_LEN    (IP_TEXT_LEN + 260)
#define LINE_LEN     512
#define SPARK_LEAST  8
#define SPARK_WANTED 20 /* columns, for which numbers stand back */
#define SPARK_FROM   60 /* on a terminal of so many columns */
#define SPARK_MAX    256
#define PAGE         10
#define KEY_CTRL_C   3
#define KEY_ESC      27

/* The numbers of a row; those with the highest .spare go first where there is no room. */
enum { LOSS, RECEIVED, MEDIAN, BEST, P95, JITTER, VERDICT, COLUMNS };

struct column {
	const char *title;
	unsigned width, spare;
};

static const struct column column[COLUMNS] = {
	[LOSS] = { "LOSS", 6, 0 },       [RECEIVED] = { "RCVD", 9, 3 },
	[MEDIAN] = { "MEDIAN", 7, 1 },   [BEST] = { "MIN", 7, 5 },
	[P95] = { "P95", 7, 4 },         [JITTER] = { "JITTER", 7, 6 },
	[VERDICT] = { "VERDICT", 7, 2 },
};

struct table {
	const struct tui_trace *view;
	const struct tui_trace_shown *shown;
	const struct tui_paint *paint;
	uint16_t order[ROWS_MAX]; /* rows as they are shown */
	size_t n;
	size_t silent; /* rows at the end that nobody answered for: one line; they are not in .order */
	unsigned label, spark; /* columns; .spark may be 0 */
	bool has[COLUMNS];
};

static void scroll(struct tui_trace *v, int key)
{
	if (key == TUI_KEY_UP || key == 'k')
		v->top -= v->top > 0;
	else if (key == TUI_KEY_DOWN || key == 'j')
		v->top++;
	else if (key == TUI_KEY_PAGE_UP)
		v->top -= MIN(v->top, (size_t)PAGE);
	else if (key == TUI_KEY_PAGE_DOWN)
		v->top += PAGE;
	else if (key == TUI_KEY_HOME)
		v->top = 0;
}

/* What changes only the view. */
static void change(struct tui_trace *v, int key)
{
	if (key == 'p')
		v->paused = !v->paused;
	else if (key == ' ')
		v->paused = false;
	else if (key == 's')
		v->sort = (uint8_t)((v->sort + 1) % TUI_SORTS);
	else if (key == 'd')
		v->mode = (uint8_t)((v->mode + 1) % TUI_MODES);
	else if (key == 'n')
		v->names = !v->names;
	else
		scroll(v, key);
}

enum tui_trace_wish tui_trace_key(struct tui_trace *v, int key)
{
	static const struct {
		int key;
		enum tui_trace_wish wish;
	} wishes[] = {
		{ 'q', TUI_TRACE_QUIT },
		{ KEY_CTRL_C, TUI_TRACE_QUIT },
		{ KEY_ESC, TUI_TRACE_QUIT },
		{ 'r', TUI_TRACE_RESET },
		{ 'w', TUI_TRACE_SAVE },
		{ '\t', TUI_TRACE_NEXT },
		{ TUI_KEY_BACKTAB, TUI_TRACE_BEFORE },
	};
	bool help = v->help;

	if (key >= 'A' && key <= 'Z')
		key += 'a' - 'A';
	v->message[0] = '\0';
	v->help = !help && (key == '?' || key == 'h');
	for (size_t i = 0; i < ARRAY_LEN(wishes); i++)
		/* Out of the help first. */
		if (key == wishes[i].key)
			return help && wishes[i].wish == TUI_TRACE_QUIT ? TUI_TRACE_DRAW
									: wishes[i].wish;
	change(v, key);
	return TUI_TRACE_DRAW;
}

static void put(const struct tui_paint *p, unsigned y, unsigned x, unsigned width,
		enum text_style style, const char *text)
{
	if (y < p->height && x < p->width && width > 0)
		p->put(p->to, y, x, MIN(width, p->width - x), style, text);
}

static const char *label_of(const struct table *t, const struct fact_hop *h, char *buf)
{
	char addr[IP_TEXT_LEN];

	if (h->addr.family == 0)
		return "*";
	ip_format(&h->addr, addr);
	if (t->view->names && h->name)
		snprintf(buf, LABEL_LEN, "%.255s (%s)", h->name, addr);
	else
		snprintf(buf, LABEL_LEN, "%s", addr);
	return buf;
}

/* Whether @a stands before @b. */
static bool before(uint8_t sort, const struct fact_hop *a, const struct fact_hop *b)
{
	if (sort == TUI_SORT_LOSS && a->loss_pct != b->loss_pct)
		return a->loss_pct > b->loss_pct;
	if (sort == TUI_SORT_RTT && a->rtt_us.p50 != b->rtt_us.p50)
		return a->rtt_us.p50 > b->rtt_us.p50;
	return false;
}

/* Rows in their order; what is alike stays as it was. */
static void arrange(struct table *t)
{
	size_t n = MIN(t->shown->row_n, (size_t)ROWS_MAX);

	while (n > 0 && t->shown->row[n - 1].hop.addr.family == 0)
		n--;
	t->silent = MIN(t->shown->row_n, (size_t)ROWS_MAX) - n;
	for (size_t i = 0; i < n; i++) {
		size_t j = i;

		for (; j > 0 && before(t->view->sort, &t->shown->row[i].hop,
				       &t->shown->row[t->order[j - 1]].hop);
		     j--)
			t->order[j] = t->order[j - 1];
		t->order[j] = (uint16_t)i;
	}
	t->n = n;
}

static unsigned used(const struct table *t)
{
	unsigned n = 4 + t->label;

	for (unsigned c = 0; c < COLUMNS; c++)
		n += t->has[c] ? column[c].width + 1 : 0;
	return n;
}

/* Which columns there is room for, and how wide addresses and bars are. */
static void lay_out(struct table *t)
{
	unsigned widest = LABEL_LEAST, width = t->paint->width, wanted;
	char buf[LABEL_LEN];

	for (size_t i = 0; i < t->n; i++) {
		const struct fact_hop *h = &t->shown->row[t->order[i]].hop;

		widest = MAX(widest, (unsigned)utf8_width(label_of(t, h, buf)));
	}
	t->label = MIN(widest, MAX((unsigned)LABEL_LEAST, width * 2 / 5));
	for (unsigned c = 0; c < COLUMNS; c++)
		t->has[c] = t->view->mode != TUI_MODE_SPARK || column[c].spare < 3;
	wanted = t->view->mode == TUI_MODE_NUMBERS || width < SPARK_FROM ? 0 : SPARK_WANTED + 1;
	for (unsigned spare = 6; spare > 0 && used(t) + wanted > width; spare--)
		for (unsigned c = 0; c < COLUMNS; c++)
			t->has[c] = t->has[c] && column[c].spare != spare;
	t->spark = width > used(t) + 1 ? width - used(t) - 1 : 0;
	if (t->view->mode == TUI_MODE_NUMBERS || t->spark < SPARK_LEAST)
		t->spark = 0;
	if (t->spark == 0 && width > used(t))
		t->label = MIN(widest, t->label + width - used(t));
	t->spark = MIN(t->spark, (unsigned)SPARK_MAX);
}

static const char *ms_text(int64_t ns, char buf[static 32])
{
	double ms = (double)ns / (double)NS_PER_MS;

	if (ns == FACT_NONE)
		return "-";
	snprintf(buf, 32, "%.*f", ms >= 99.95 ? 0 : ms >= 9.995 ? 1 : 2, ms);
	return buf;
}

static const char *cell_text(const struct fact_hop *h, unsigned c, char buf[static 32])
{
	const int64_t time[COLUMNS] = { [MEDIAN] = h->rtt_us.p50,
					[BEST] = h->rtt_us.min,
					[P95] = h->rtt_us.p95,
					[JITTER] = h->jitter_us };

	if (c == VERDICT)
		return fact_hop_verdict_words[MIN(h->verdict, (uint8_t)FACT_HOP_SILENT)];
	if (c == RECEIVED) {
		snprintf(buf, 32, "%lld/%lld", (long long)h->received, (long long)h->sent);
		return buf;
	}
	if (c == LOSS && h->loss_pct != FACT_NONE) {
		snprintf(buf, 32, "%.1f%%", (double)h->loss_pct / 1000);
		return buf;
	}
	if (c == LOSS || h->received == 0)
		return "-";
	return ms_text(time[c], buf);
}

static enum text_style style_of(const struct fact_hop *h, unsigned c)
{
	static const enum text_style verdict[] = {
		[FACT_HOP_OK] = TEXT_GOOD,
		[FACT_HOP_LIMITS] = TEXT_NOTE,
		[FACT_HOP_LOSES] = TEXT_BAD,
		[FACT_HOP_SILENT] = TEXT_DIM,
	};

	if (c == VERDICT || (c == LOSS && h->verdict == FACT_HOP_LOSES))
		return verdict[MIN(h->verdict, (uint8_t)FACT_HOP_SILENT)];
	return TEXT_PLAIN;
}

/* The latest probes, the newest at the right end; runs of one style are put at once. */
static void put_spark(const struct table *t, unsigned y, unsigned x,
		      const struct tui_trace_row *row)
{
	size_t n = MIN(row->recent_n, (size_t)t->spark), from = 0;
	int8_t level[SPARK_MAX];
	char text[SPARK_MAX * 4 + 1];

	spark_scale(row->recent + row->recent_n - n, n, level);
	while (from < n) {
		bool lost = level[from] == SPARK_LOST;
		size_t to = from, len = 0;

		for (; to < n && (level[to] == SPARK_LOST) == lost; to++)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s",
						spark_glyph(level[to], t->paint->utf8));
		put(t->paint, y, x + (unsigned)from, (unsigned)(to - from),
		    lost ? TEXT_BAD : TEXT_PLAIN, text);
		from = to;
	}
}

static void put_row(const struct table *t, unsigned y, size_t i)
{
	const struct tui_trace_row *row = &t->shown->row[t->order[i]];
	const struct fact_hop *h = &row->hop;
	bool again = t->view->sort == TUI_SORT_TTL && i > 0 &&
		     t->shown->row[t->order[i - 1]].hop.ttl == h->ttl;
	char buf[LABEL_LEN], cell[32], right[40];
	unsigned x = 4;

	snprintf(cell, sizeof(cell), "%3lld", (long long)h->ttl);
	put(t->paint, y, 0, 3, TEXT_DIM, again ? "" : cell);
	put(t->paint, y, x, t->label, h->addr.family ? TEXT_PLAIN : TEXT_DIM, label_of(t, h, buf));
	x += t->label;
	for (unsigned c = 0; c < COLUMNS; c++) {
		int width = (int)column[c].width;
		/* These are of the hop limit, which further addresses do not say again. */
		bool said = again && (c == LOSS || c == VERDICT);

		if (!t->has[c])
			continue;
		snprintf(right, sizeof(right), c == VERDICT ? "%-*s" : "%*s", width,
			 said ? "" : cell_text(h, c, cell));
		put(t->paint, y, x + 1, column[c].width, style_of(h, c), right);
		x += column[c].width + 1;
	}
	if (t->spark > 0)
		put_spark(t, y, x + 1, row);
}

static void put_titles(const struct table *t, unsigned y)
{
	unsigned x = 4 + t->label;
	char right[40];

	put(t->paint, y, 0, 3, TEXT_BOLD, "HOP");
	put(t->paint, y, 4, t->label, TEXT_BOLD, "ADDRESS");
	for (unsigned c = 0; c < COLUMNS; c++) {
		if (!t->has[c])
			continue;
		snprintf(right, sizeof(right), c == VERDICT ? "%-*s" : "%*s", (int)column[c].width,
			 column[c].title);
		put(t->paint, y, x + 1, column[c].width, TEXT_BOLD, right);
		x += column[c].width + 1;
	}
	if (t->spark > 0)
		put(t->paint, y, x + 1, t->spark, TEXT_BOLD, "LATEST");
}

static void put_help(const struct tui_paint *p)
{
	static const char *const lines[] = {
		"?  h      this help, and away with it",
		"q  Esc    quit; what was measured is printed",
		"p         pause; space goes on",
		"r         forget what was measured, go on",
		"s         order: hop limit, loss, round-trip time",
		"d         columns: numbers and bars, numbers, bars",
		"n         names or addresses alone",
		"w         write the report to a file",
		"Tab       the next target",
		"j k Up Down PgUp PgDn   scroll",
		"",
		"LOSS counts answers that are missing. VERDICT says what that means:",
		"limits: the hop limits its ICMP, nothing is lost. loses: packets are lost.",
		"Bars: the latest probes, newest to the right; x: no answer; ?: it may come yet",
	};

	for (unsigned i = 0; i < ARRAY_LEN(lines); i++)
		put(p, HEAD_LINES - 1 + i, 1, p->width, TEXT_PLAIN, lines[i]);
}

static void put_head(const struct table *t)
{
	static const char *const sorts[] = { "hop", "loss", "time" };
	const struct tui_trace_shown *s = t->shown;
	const struct tui_paint *p = t->paint;
	char line[LINE_LEN];
	size_t n;
	unsigned long long sec = s->elapsed_ns / NS_PER_S;

	n = (size_t)snprintf(line, sizeof(line), "%.100s", s->name);
	if (strcmp(s->name, s->addr) != 0)
		n += (size_t)snprintf(line + n, sizeof(line) - n, " (%.60s)", s->addr);
	n += (size_t)snprintf(line + n, sizeof(line) - n,
			      "  %.40s  round %llu  %llu:%02llu  times in ms", s->kind,
			      (unsigned long long)s->rounds, sec / 60, sec % 60);
	if (s->targets > 1)
		snprintf(line + n, sizeof(line) - n, "  target %zu of %zu", s->target + 1,
			 s->targets);
	put(p, 0, 0, p->width, TEXT_BOLD, line);
	if (t->view->paused)
		put(p, 0, p->width > 8 ? p->width - 8 : 0, 8, TEXT_WARN, " PAUSED ");
	snprintf(line, sizeof(line),
		 "? help  q quit  p pause  r reset  s order (%s)  d columns  n names  w write%s",
		 sorts[MIN(t->view->sort, (uint8_t)TUI_SORT_RTT)],
		 s->targets > 1 ? "  Tab next target" : "");
	put(p, 1, 0, p->width, TEXT_DIM, line);
}

/* The rows there is room for, from .top on; then what folds into one line. */
static void put_rows(struct tui_trace *v, const struct table *t, unsigned room)
{
	size_t lines = t->n + (t->silent > 0), i;
	char text[64];

	v->top = MIN(v->top, lines > room ? lines - room : 0);
	for (i = 0; i < room && v->top + i < t->n; i++)
		put_row(t, HEAD_LINES + (unsigned)i, v->top + i);
	if (t->silent > 0 && i < room) {
		const struct tui_trace_row *row = &t->shown->row[t->n];

		snprintf(text, sizeof(text), "%3lld-%lld  silent", (long long)row[0].hop.ttl,
			 (long long)row[t->silent - 1].hop.ttl);
		put(t->paint, HEAD_LINES + (unsigned)i, 0, t->paint->width, TEXT_DIM, text);
	}
}

void tui_trace_draw(struct tui_trace *v, const struct tui_trace_shown *s, const struct tui_paint *p)
{
	struct table t = { .view = v, .shown = s, .paint = p };
	unsigned foot = p->height > HEAD_LINES + 2;

	arrange(&t);
	lay_out(&t);
	put_head(&t);
	if (v->help) {
		put_help(p);
	} else {
		put_titles(&t, HEAD_LINES - 1);
		put_rows(v, &t, p->height > HEAD_LINES + foot ? p->height - HEAD_LINES - foot : 0);
	}
	if (foot)
		put(p, p->height - 1, 0, p->width, v->message[0] ? TEXT_NOTE : TEXT_PLAIN,
		    v->message[0] ? v->message
		    : s->meaning  ? s->meaning
				  : "");
	else if (v->message[0])
		put(p, 1, 0, p->width, TEXT_NOTE, v->message);
}
