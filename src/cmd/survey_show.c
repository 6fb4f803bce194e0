/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/survey_show.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "icmp/registry.h"
#include "sys/clock.h"

#define EXPECT_TELL_NS (5 * NS_PER_S)    /* shorter runs need no announcement */
#define PROGRESS_NS    (200 * NS_PER_MS) /* between two lines of progress */
#define COLUMN4        15                /* of an address: as wide as any of IPv4 */
#define COLUMN6        25                /* as many of IPv6; longer ones push their line on */
#define DAY_S          86400
#define FORGED_TELL    100 /* fewer are errors about what others, or earlier runs, sent */
#define SUM_LEN        320
#define ITEM_LEN       96
#define BY_LEN         320
#define MILLI          1000 /* of a per cent, of an answer */

const char *survey_show_time(uint64_t ns, char buf[static SURVEY_SHOW_TIME_LEN])
{
	unsigned long long s = (ns + NS_PER_S / 2) / NS_PER_S;
	double ms = (double)ns / (double)NS_PER_MS;

	if (ns < NS_PER_S)
		snprintf(buf, SURVEY_SHOW_TIME_LEN, "%.*f ms",
			 ms >= 99.95   ? 0
			 : ms >= 9.995 ? 1
				       : 2,
			 ms);
	else if (ns < 10 * NS_PER_S)
		snprintf(buf, SURVEY_SHOW_TIME_LEN, "%.1f s", ms / 1000);
	else if (s < 60)
		snprintf(buf, SURVEY_SHOW_TIME_LEN, "%llu s", s);
	else if (s < 3600)
		snprintf(buf, SURVEY_SHOW_TIME_LEN, "%llu min %llu s", s / 60, s % 60);
	else if (s < 2 * DAY_S)
		snprintf(buf, SURVEY_SHOW_TIME_LEN, "%llu h %llu min", s / 3600, s / 60 % 60);
	else
		snprintf(buf, SURVEY_SHOW_TIME_LEN, "%llu days", s / DAY_S);
	return buf;
}

void survey_show_begin(void *to, uint64_t expect_ns, const char *backend)
{
	struct survey_show *s = to;
	char buf[SURVEY_SHOW_TIME_LEN];

	(void)backend;
	if (expect_ns > EXPECT_TELL_NS)
		app_note(s->app, "%s: by what is known now this takes about %s", s->app->command,
			 survey_show_time(expect_ns, buf));
}

const char *survey_show_addr(const struct ip_addr *a, char buf[static IP_TEXT_LEN])
{
	struct ip_addr bare = *a;
	char name[IF_NAMESIZE];
	size_t len;

	if (a->zone == 0 || !if_indextoname(a->zone, name))
		return ip_format(a, buf);
	bare.zone = 0;
	len = strlen(ip_format(&bare, buf));
	snprintf(buf + len, IP_TEXT_LEN - len, "%%%s", name);
	return buf;
}

void survey_show_progress(void *to, const struct survey_progress *p)
{
	struct survey_show *s = to;
	uint64_t now = clock_mono_ns();
	char text[160], left[SURVEY_SHOW_TIME_LEN];
	size_t len;

	if (now - s->shown_ns < PROGRESS_NS)
		return;
	s->shown_ns = now;
	app_progress(s->app, NULL);
	out_flush(&s->app->out);
	len = (size_t)snprintf(text, sizeof(text), "%.40s: %llu of %llu %s",
			       p->doing ? p->doing : s->app->command, (unsigned long long)p->done,
			       (unsigned long long)p->total, s->unit);
	/* Before the first group is told nobody has counted. */
	if (p->up > 0)
		len += (size_t)snprintf(text + len, sizeof(text) - len, ", %zu up", p->up);
	len += (size_t)snprintf(text + len, sizeof(text) - len, ", %llu a second",
				(unsigned long long)p->pps);
	if (p->left_ns > 0)
		snprintf(text + len, sizeof(text) - len, ", %s left",
			 survey_show_time(p->left_ns, left));
	app_progress(s->app, text);
}

void survey_show_note(void *to, const char *text)
{
	struct survey_show *s = to;

	app_note(s->app, "%s: %s", s->app->command, text);
}

bool survey_show_stop(void *to)
{
	struct survey_show *s = to;

	return app_interrupted(s->app);
}

bool survey_show_counts(struct survey_show *s, const struct fact_host *h)
{
	switch ((enum fact_host_state)h->state) {
	case FACT_HOST_UP:
	case FACT_HOST_PROHIBITED:
		break;
	case FACT_HOST_DOWN:
		return s->all;
	case FACT_HOST_UNREACHABLE:
		return ++s->unreachable <= SURVEY_SHOW_SAME_MAX || s->all;
	case FACT_HOST_UNKNOWN:
		if (s->all || (h->error && ++s->not_asked <= SURVEY_SHOW_SAME_MAX))
			break;
		s->unknown++;
		return false;
	}
	return true;
}

void survey_show_names(struct survey_show *s, bool numeric, uint64_t targets)
{
	struct err err;

	if (numeric || s->app->json || s->quiet || targets > SURVEY_SHOW_NAMES_MAX)
		return;
	if (flow_names_open(&s->names, &err) < 0)
		app_note(s->app, "%s: %s", s->app->command, err.text);
}

struct fact_host survey_show_named(struct survey_show *s, const struct fact_host *h,
				   char buf[static FLOW_NAMES_LEN])
{
	struct fact_host named = *h;
	int r = 0;

	if (s->names && !h->name && h->state == FACT_HOST_UP)
		r = flow_names_find(s->names, &h->addr, buf);
	if (r > 0)
		named.name = buf;
	if (r < 0)
		app_note(s->app,
			 "%s: looking up names takes too long and is left (-n looks up none)",
			 s->app->command);
	return named;
}

unsigned survey_show_width(const struct app *app)
{
	return isatty(app->out_fd) ? app->text.width : 0;
}

void survey_show_host(const struct text_out *t, const struct fact_host *h)
{
	char buf[IP_TEXT_LEN];

	survey_show_addr(&h->addr, buf);
	if (!h->name) {
		text_put(t, TEXT_BOLD, buf);
		return;
	}
	text_put(t, TEXT_BOLD, h->name);
	out_printf(t->to, " (%s)", buf);
}

static bool is(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

/* By the short name that `sonde types` knows too. */
static const char *short_icmp(unsigned family, int64_t type, int64_t code,
			      char buf[static ITEM_LEN])
{
	const struct icmp_entry *e = icmp_find(family, (uint8_t)type, (int)code);

	snprintf(buf, ITEM_LEN, "%s (%lld/%lld)", e ? e->machine_name : "icmp", (long long)type,
		 (long long)code);
	return buf;
}

/* A line that goes on below itself when it is full. */
struct flow_line {
	const struct text_out *t;
	size_t at;
	unsigned indent;
};

/* @text behind @gap, or in a new line. */
static void put_item(struct flow_line *l, const char *gap, const char *text)
{
	size_t wide = utf8_width(text);

	if (l->t->width && l->at > l->indent && l->at + strlen(gap) + wide > l->t->width) {
		/* A comma stays with what is before it. */
		if (*gap == ',')
			out_char(l->t->to, ',');
		out_printf(l->t->to, "\n%*s", (int)l->indent, "");
		l->at = l->indent;
	} else {
		out_text(l->t->to, gap);
		l->at += strlen(gap);
	}
	text_put(l->t, TEXT_PLAIN, text);
	l->at += wide;
}

/* One answer; the time of the first says enough of all. */
static const char *by_text(const struct fact_host *h, const struct fact_by *b, bool first,
			   char ret[static BY_LEN])
{
	char reply[ITEM_LEN] = "", from[IP_TEXT_LEN] = "", time[SURVEY_SHOW_TIME_LEN] = "";
	char tries[ITEM_LEN] = "";
	bool other = b->from.family != 0 && !ip_eq(&b->from, &h->addr);
	bool timed = first && b->rtt_us != FACT_NONE && b->rtt_us >= 0;

	if (is(b->reply, "icmp"))
		short_icmp(h->addr.family, b->icmp_type, b->code, reply);
	else if (b->reply && !is(b->reply, "answer"))
		snprintf(reply, sizeof(reply), "%s", b->reply);
	if (other)
		survey_show_addr(&b->from, from);
	if (timed)
		survey_show_time((uint64_t)b->rtt_us, time);
	if (b->tries > 1)
		snprintf(tries, sizeof(tries), " (%lld tries)", (long long)b->tries);
	snprintf(ret, BY_LEN, "%s%s%s%s%s%s%s%s", b->probe ? b->probe : "?", *reply ? " " : "",
		 reply, other ? " from " : "", from, timed ? " " : "", time, tries);
	return ret;
}

/* Whose word it is that the host cannot be asked, and what that is. */
static void put_refusal(const struct text_out *t, const struct fact_host *h)
{
	const struct fact_by *by = h->by.item;
	char buf[IP_TEXT_LEN], item[ITEM_LEN];

	text_put(t, TEXT_WARN, fact_host_state_words[h->state]);
	if (h->by_who.family != 0)
		out_printf(t->to, " by %s", survey_show_addr(&h->by_who, buf));
	for (size_t i = 0; i < h->by.n; i++) {
		if (!is(by[i].reply, "icmp") || !ip_eq(&by[i].from, &h->by_who))
			continue;
		out_printf(t->to, ": %s",
			   short_icmp(h->addr.family, by[i].icmp_type, by[i].code, item));
		return;
	}
}

static void put_answers(struct flow_line *l, const struct fact_host *h)
{
	const struct fact_by *by = h->by.item;
	char item[BY_LEN];

	for (size_t i = 0; i < h->by.n; i++)
		put_item(l, i ? ", " : "", by_text(h, &by[i], i == 0, item));
}

void survey_show_answers(const struct text_out *t, const struct fact_host *h, size_t at,
			 unsigned indent)
{
	struct flow_line l = { t, at, indent };

	put_answers(&l, h);
}

void survey_show_words(const struct text_out *t, const char *text, size_t at, unsigned indent)
{
	struct flow_line l = { t, at, indent };
	char word[BY_LEN];

	for (const char *gap = ""; *text; gap = " ") {
		size_t n = strcspn(text, " ");

		snprintf(word, sizeof(word), "%.*s", (int)n, text);
		put_item(&l, gap, word);
		text += n + (text[n] == ' ');
	}
}

static void put_up(struct flow_line *l, const struct fact_host *h)
{
	char item[BY_LEN];

	text_put(l->t, TEXT_GOOD, "up");
	out_text(l->t->to, h->by.n ? "    " : "");
	l->at += h->by.n ? 6 : 2;
	l->indent += 6;
	put_answers(l, h);
	if (!h->mac)
		return;
	snprintf(item, sizeof(item), "%s%s%s", h->mac, h->vendor ? " " : "",
		 h->vendor ? h->vendor : "");
	put_item(l, "  ", item);
}

void survey_show_evidence(const struct text_out *t, const struct fact_host *h, size_t at,
			  unsigned indent)
{
	struct flow_line l = { t, at, indent };

	switch ((enum fact_host_state)h->state) {
	case FACT_HOST_UP:
		put_up(&l, h);
		break;
	case FACT_HOST_DOWN:
		text_put(t, TEXT_DIM, "down");
		break;
	case FACT_HOST_PROHIBITED:
	case FACT_HOST_UNREACHABLE:
		put_refusal(t, h);
		break;
	case FACT_HOST_UNKNOWN:
		text_put(t, TEXT_WARN, "not known");
		break;
	}
	if (h->error) {
		out_text(t->to, ": ");
		text_put(t, TEXT_PLAIN, h->error);
	}
	if (h->middlebox) {
		out_text(t->to, "  ");
		text_put(t, TEXT_WARN, "doubtful: ");
		text_put(t, TEXT_PLAIN, h->middlebox);
	}
}

void survey_show_line(const struct text_out *t, const struct fact_host *h)
{
	unsigned column = h->addr.family == 6 ? COLUMN6 : COLUMN4;
	char buf[IP_TEXT_LEN];
	size_t width = strlen(survey_show_addr(&h->addr, buf));

	if (h->name)
		width += utf8_width(h->name) + 3;
	survey_show_host(t, h);
	out_printf(t->to, "%*s  ", width < column ? (int)(column - width) : 0, "");
	survey_show_evidence(t, h, MAX(width, (size_t)column) + 2, column + 2);
	out_char(t->to, '\n');
}

/* Of what was too much to show. */
static void put_counted(const struct survey_show *s, const struct text_out *t)
{
	if (!s->all && s->unreachable > SURVEY_SHOW_SAME_MAX)
		out_printf(t->to, "%llu more are unreachable (-v shows them).\n",
			   (unsigned long long)(s->unreachable - SURVEY_SHOW_SAME_MAX));
	if (!s->all && s->unknown > 0)
		out_printf(t->to, "%llu address%s not known: not asked, or not to the end.\n",
			   (unsigned long long)s->unknown, s->unknown == 1 ? " is" : "es are");
}

static void put_left_out(const struct text_out *t, const struct fact_survey *f)
{
	if (f->special <= 0 && f->excluded <= 0)
		return;
	out_text(t->to, "Left out: ");
	if (f->special > 0)
		out_printf(t->to,
			   "%lld reserved, multicast or documentation (--special asks them)%s",
			   (long long)f->special, f->excluded > 0 ? ", " : "");
	if (f->excluded > 0)
		out_printf(t->to, "%lld excluded", (long long)f->excluded);
	out_text(t->to, ".\n");
}

static size_t loss_text(const struct fact_survey *f, char *ret, size_t room)
{
	double lost = (double)f->miss_rate / 10000;
	size_t len = 0;

	if (f->miss_rate == FACT_NONE)
		return 0;
	if (f->miss_rate == 0)
		len = (size_t)snprintf(ret, room, ", no loss");
	else
		len = (size_t)snprintf(ret, room, ", %.*f%% lost and asked again",
				       lost >= 1      ? 1
				       : lost >= 0.01 ? 2
						      : 4,
				       lost);
	if (f->missed != FACT_NONE && f->missed >= MILLI / 2)
		len += (size_t)snprintf(ret + len, room - len, ", %lld answers probably missed",
					(long long)(f->missed + MILLI / 2) / MILLI);
	return len;
}

static void put_sum(const struct survey_show *s, const struct survey_sum *sum)
{
	struct text_out t = s->app->text;
	const struct fact_survey *f = &sum->fact;
	char buf[SURVEY_SHOW_TIME_LEN], text[SUM_LEN];
	size_t len;

	t.width = survey_show_width(s->app);
	len = (size_t)snprintf(text, sizeof(text), "%lld of %lld address%s up; %lld packet%s in %s",
			       (long long)f->up, (long long)f->targets, f->targets == 1 ? "" : "es",
			       (long long)f->probes, f->probes == 1 ? "" : "s",
			       survey_show_time(clock_mono_ns() - s->app->start_ns, buf));
	if (f->rate_pps > 0)
		len += (size_t)snprintf(text + len, sizeof(text) - len, ", %lld a second",
					(long long)f->rate_pps);
	len += loss_text(f, text + len, sizeof(text) - len);
	snprintf(text + len, sizeof(text) - len, ".");
	put_counted(s, &t);
	survey_show_words(&t, text, 0, 0);
	out_char(t.to, '\n');
	put_left_out(&t, f);
}

void survey_show_sum(struct survey_show *s, const struct survey_sum *sum)
{
	/* The summary is written when the command has returned. */
	static struct fact_survey kept;
	static char resume[SURVEY_PATH_LEN];

	kept = sum->fact;
	if (kept.resume) {
		snprintf(resume, sizeof(resume), "%s", kept.resume);
		kept.resume = resume;
	}
	s->app->survey = &kept;
	app_progress(s->app, NULL);
	if (!s->app->json && !s->mute && !s->quiet)
		put_sum(s, sum);
	if (kept.forged >= FORGED_TELL || (kept.forged > 0 && s->all))
		app_note(s->app,
			 "%s: %lld messages about these questions did not fit them: not believed",
			 s->app->command, (long long)kept.forged);
	if (kept.resume)
		app_note(s->app, "%s: not finished; go on with: sonde %s --resume %s",
			 s->app->command, s->app->command, resume);
}

int survey_show_status(const struct survey_sum *sum, size_t unresolved)
{
	if (sum->interrupted || sum->failed)
		return APP_FAILED;
	return sum->fact.up > 0 && unresolved == 0 ? APP_YES : APP_NO;
}
