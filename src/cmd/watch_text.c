/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/watch_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/when.h"

#define COLUMNS  6
#define CELL_LEN 48
#define ROWS_MAX 400 /* of counts: more types and codes than all that are assigned */

static const struct text_column columns[COLUMNS] = {
	{ "Packets", TEXT_RIGHT }, { "Octets", TEXT_RIGHT }, { "Family", TEXT_LEFT },
	{ "Type", TEXT_LEFT },     { "Way", TEXT_LEFT },     { "Risk", TEXT_LEFT },
};

struct row {
	char text[4][CELL_LEN];
};

static void title(struct watch_text *t, const char *text)
{
	out_char(&t->app->out, '\n');
	text_put(&t->app->text, TEXT_BOLD, text);
	out_char(&t->app->out, '\n');
}

static void number(char *buf, size_t len, int64_t v)
{
	if (v == FACT_NONE)
		snprintf(buf, len, "?");
	else
		snprintf(buf, len, "%" PRId64, v);
}

static void fill(struct row *r, struct text_cell *cell, const struct fact_icmp_count *c)
{
	char type[24], code[24];
	bool risky = c->risk && (strcmp(c->risk, "high") == 0 || strcmp(c->risk, "medium") == 0);

	number(type, sizeof(type), c->icmp_type);
	number(code, sizeof(code), c->code);
	number(r->text[0], CELL_LEN, c->packets);
	number(r->text[1], CELL_LEN, c->bytes);
	snprintf(r->text[2], CELL_LEN, "IPv%d", (int)c->family);
	snprintf(r->text[3], CELL_LEN, "%s/%s %.36s", type, code, c->name ? c->name : "cut off");
	for (int i = 0; i < 4; i++)
		cell[i] = (struct text_cell){ r->text[i], TEXT_PLAIN };
	cell[4] = (struct text_cell){ fact_direction_words[c->direction], TEXT_PLAIN };
	cell[5] = (struct text_cell){ c->risk, risky ? TEXT_WARN : TEXT_PLAIN };
}

void watch_text_counts(struct watch_text *t, const struct fact_icmp_count *c, size_t n)
{
	static struct row row[ROWS_MAX];
	static struct text_cell cell[ROWS_MAX * COLUMNS];
	size_t shown = MIN(n, (size_t)ROWS_MAX);

	if (n == 0) {
		out_text(&t->app->out, "No ICMP.\n");
		return;
	}
	for (size_t i = 0; i < shown; i++)
		fill(&row[i], &cell[i * COLUMNS], &c[i]);
	text_table(&t->app->text, columns, COLUMNS, cell, shown);
	if (n > shown)
		out_printf(&t->app->out, "and %zu further types and codes\n", n - shown);
}

/* Seconds before now, or the time itself where there is no now. */
static const char *when_text(const struct watch_text *t, uint64_t ns,
			     char buf[static WHEN_TEXT_LEN])
{
	if (t->live && t->now_ns >= ns)
		snprintf(buf, WHEN_TEXT_LEN, "%llu s ago", (t->now_ns - ns) / NS_PER_S);
	else
		when_format(ns, buf);
	return buf;
}

/* "10.0.0.7 -> 10.0.0.53 udp/53 (domain)" */
static void put_pair(struct watch_text *t, const struct fact_failure *f)
{
	struct out_sink *out = &t->app->out;
	char src[IP_TEXT_LEN], dst[IP_TEXT_LEN];

	out_printf(out, "%s -> %s", ip_format(&f->src, src), ip_format(&f->dst, dst));
	if (f->proto)
		out_printf(out, " %s", f->proto);
	if (f->dport != FACT_NONE)
		out_printf(out, "/%" PRId64, f->dport);
	if (f->service)
		out_printf(out, " (%s)", f->service);
}

static void put_what(struct watch_text *t, const struct fact_failure *f)
{
	char buf[160], who[IP_TEXT_LEN], by[IP_TEXT_LEN + 16] = "";

	if (!ip_eq(&f->offender, &f->dst))
		snprintf(by, sizeof(by), " by %s", ip_format(&f->offender, who));
	snprintf(buf, sizeof(buf), ": %.60s%s", f->name ? f->name : "?", by);
	text_put(&t->app->text, TEXT_WARN, buf);
}

static void put_value(struct watch_text *t, const struct fact_failure *f)
{
	struct out_sink *out = &t->app->out;
	char gateway[IP_TEXT_LEN];

	if (f->mtu != FACT_NONE)
		out_printf(out, ", MTU %" PRId64, f->mtu);
	if (f->gateway.family)
		out_printf(out, ", gateway %s", ip_format(&f->gateway, gateway));
}

/* A part's title before its first line; false: there are enough lines. */
static bool may_show(struct watch_text *t, size_t *n, const char *of)
{
	if (*n == 0)
		title(t, of);
	return ++*n <= WATCH_TEXT_ROWS || t->all;
}

void watch_text_failure(struct watch_text *t, const struct fact_failure *f)
{
	struct out_sink *out = &t->app->out;
	char when[WHEN_TEXT_LEN];

	if (!may_show(t, &t->failures, "Who could not reach what"))
		return;
	put_pair(t, f);
	put_what(t, f);
	put_value(t, f);
	if (f->count == 1)
		out_printf(out, ", once, %s\n", when_text(t, f->last, when));
	else
		out_printf(out, ", %" PRId64 " times, last %s\n", f->count,
			   when_text(t, f->last, when));
	if (f->hint)
		text_wrap(&t->app->text, 4, "    ", f->hint);
}

void watch_text_new(struct watch_text *t, const struct fact_failure *f)
{
	put_pair(t, f);
	put_what(t, f);
	put_value(t, f);
	if (f->hint)
		out_printf(&t->app->out, ": %s", f->hint);
	out_char(&t->app->out, '\n');
}

static void put_ms(struct out_sink *out, int64_t ns)
{
	if (ns == FACT_NONE)
		out_text(out, "-");
	else
		out_printf(out, "%.3f", (double)ns / (double)NS_PER_MS);
}

void watch_text_echo(struct watch_text *t, const struct fact_echo_rtt *e)
{
	struct out_sink *out = &t->app->out;
	char src[IP_TEXT_LEN], dst[IP_TEXT_LEN];

	if (!may_show(t, &t->pairs, "Pings"))
		return;
	out_printf(out, "%s -> %s: %" PRId64 " requests, %" PRId64 " replies",
		   ip_format(&e->src, src), ip_format(&e->dst, dst), e->requests, e->replies);
	if (e->loss != FACT_NONE)
		out_printf(out, ", loss %.1f %%", (double)e->loss / 1000);
	if (e->duplicates)
		out_printf(out, ", %" PRId64 " duplicates", e->duplicates);
	if (e->unasked)
		out_printf(out, ", %" PRId64 " unasked", e->unasked);
	if (e->replies > 0) {
		out_text(out, ", rtt min/p50/p95/max ");
		put_ms(out, e->rtt_us.min);
		out_char(out, '/');
		put_ms(out, e->rtt_us.p50);
		out_char(out, '/');
		put_ms(out, e->rtt_us.p95);
		out_char(out, '/');
		put_ms(out, e->rtt_us.max);
		out_text(out, " ms");
	}
	out_char(out, '\n');
}

void watch_text_talker(struct watch_text *t, const struct fact_talker *k)
{
	char addr[IP_TEXT_LEN];

	if (!t->talkers[k->role])
		title(t, k->role == FACT_TALKER_SOURCE ? "Who sends most" : "Who gets most");
	t->talkers[k->role] = true;
	out_printf(&t->app->out, "%10" PRId64 " packets %12" PRId64 " octets  %s", k->packets,
		   k->bytes, ip_format(&k->addr, addr));
	if (k->error)
		out_printf(&t->app->out, " (at most; %" PRId64 " too many at worst)", k->error);
	out_char(&t->app->out, '\n');
}

static void remark(struct watch_text *t, int64_t n, const char *one, const char *many)
{
	if (n != FACT_NONE && n > 0)
		out_printf(&t->app->out, "%" PRId64 " %s\n", n, n == 1 ? one : many);
}

static void left_out(struct watch_text *t, size_t n, const char *what)
{
	if (n > WATCH_TEXT_ROWS && !t->all)
		out_printf(&t->app->out, "%zu further %s: -a shows them\n", n - WATCH_TEXT_ROWS,
			   what);
}

void watch_text_sum(struct watch_text *t, const struct fact_watch_sum *s)
{
	char from[WHEN_TEXT_LEN], to[WHEN_TEXT_LEN];

	title(t, "In all");
	out_printf(&t->app->out,
		   "%" PRId64 " frames, %" PRId64 " ICMP, %" PRId64 " of other protocols",
		   s->frames, s->icmp, s->other);
	if (s->first)
		out_printf(&t->app->out, ", from %s to %s", when_format(s->first, from),
			   when_format(s->last, to));
	out_char(&t->app->out, '\n');
	left_out(t, t->failures, "groups of failures");
	left_out(t, t->pairs, "pairs that ping");
	remark(t, s->dropped, "frame was dropped: the kernel could not hand it over",
	       "frames were dropped: the kernel could not hand them over");
	remark(t, s->unreadable, "frame without IP, or damaged below it",
	       "frames without IP, or damaged below it");
	remark(t, s->not_opened, "frame of a kind of link that is not opened",
	       "frames of a kind of link that is not opened");
	remark(t, s->cut, "ICMP packet that the capture holds a part of",
	       "ICMP packets that the capture holds a part of");
	remark(t, s->bad_checksum, "ICMP packet with a wrong checksum, believed in nothing",
	       "ICMP packets with a wrong checksum, believed in nothing");
	remark(t, s->fragments, "later fragment of ICMP", "later fragments of ICMP");
	remark(t, s->reassembled, "message put together from fragments",
	       "messages put together from fragments");
	remark(t, s->unassembled, "message whose fragments did not all come",
	       "messages whose fragments did not all come");
	remark(t, s->overlaps, "message refused: its fragments overlap, or reach too far",
	       "messages refused: their fragments overlap, or reach too far");
	remark(t, s->unfit,
	       "error about a packet that its receiver did not send: forged, or translated",
	       "errors about packets that their receivers did not send: forged, or translated");
	remark(t, s->unquoted, "error that quotes too little", "errors that quote too little");
	remark(t, s->failures_forgotten, "group of failures had to make room",
	       "groups of failures had to make room");
	remark(t, s->pairs_forgotten, "ping had to make room", "pings had to make room");
}

const char *watch_text_progress(double done, uint64_t frames, char *buf, size_t len)
{
	if (done < 0)
		snprintf(buf, len, "%" PRIu64 " frames", frames);
	else
		snprintf(buf, len, "%.0f %%, %" PRIu64 " frames", done * 100, frames);
	return buf;
}
