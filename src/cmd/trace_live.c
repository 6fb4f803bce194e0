/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/trace_live.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/survey_show.h"
#include "cmd/trace_text.h"
#include "probe/trace.h"
#include "sys/clock.h"
#include "tui/screen.h"
#include "tui/spark.h"
#include "tui/trace_view.h"

_Static_assert((int)SPARK_LOST == (int)TRACE_RECENT_LOST, "one enum in two rooms");
_Static_assert((int)SPARK_WAITING == (int)TRACE_RECENT_WAITING, "one enum in two rooms");
_Static_assert((int)SPARK_NONE == (int)TRACE_RECENT_NONE, "one enum in two rooms");

#define WIDTH_LEAST 20 /* columns that text is wrapped at, as in cmd/app.c */

struct trace_live {
	struct app *app;
	const struct flow_trace_conf *conf;
	struct screen *screen;
	struct tui_trace view;
	size_t target;  /* that is shown */
	unsigned width; /* columns of the screen when it was last drawn; 0: never */
	bool quit, reset;

	/* The latest view of it, owned. */
	struct trace_keep keep; /* .hop are the rows' */
	struct tui_trace_row *row;
	size_t row_room;
	int64_t *recent;
	size_t recent_room;
	uint64_t rounds, elapsed_ns;
	struct fact_trace trace;
	char *meaning, *by;
	bool has;
};

int trace_live_open(struct app *app, const struct flow_trace_conf *conf, struct trace_live **ret,
		    struct err *err)
{
	struct trace_live *l = calloc(1, sizeof(*l));
	struct err why;
	int r;

	if (!l)
		return err_set(err, -ENOMEM, "out of memory");
	l->app = app;
	l->conf = conf;
	l->view.names = conf->names;
	out_flush(&app->out);
	r = screen_open(app->text.colour, &l->screen, &why);
	if (r < 0) {
		free(l);
		/* What is no terminal is the command line's fault. */
		return err_set(err, -EINVAL, "--live: %s; --report needs none", why.text);
	}
	*ret = l;
	return 0;
}

void trace_live_close(struct trace_live *l)
{
	if (!l)
		return;
	screen_close(l->screen);
	/* What is printed now is for the terminal as it is now. */
	if (l->width >= WIDTH_LEAST)
		l->app->text.width = l->width;
	trace_keep_done(&l->keep);
	free(l->row);
	free(l->recent);
	free(l->meaning);
	free(l->by);
	free(l);
}

static void draw(struct trace_live *l)
{
	char name[IP_TEXT_LEN], addr[IP_TEXT_LEN], kind[32];
	const struct flow_targets *list = l->conf->targets;
	const struct tui_trace_shown s = {
		.name = flow_targets_name(list, l->target, name),
		.addr = survey_show_addr(&list->item[l->target].addr, addr),
		.kind = trace_text_kind(l->conf, kind),
		.target = l->target,
		.targets = list->n,
		.row = l->row,
		.row_n = l->has ? l->keep.hop_n : 0,
		.rounds = l->rounds,
		.elapsed_ns = l->elapsed_ns,
		.meaning = l->meaning,
	};

	const struct tui_paint *paint = screen_begin(l->screen);

	tui_trace_draw(&l->view, &s, paint);
	l->width = paint->width;
	screen_end(l->screen);
}

static bool room(void **list, size_t *have, size_t n, size_t size)
{
	void *wider;

	if (n <= *have)
		return true;
	wider = realloc(*list, n * size);
	if (!wider)
		return false;
	*list = wider;
	*have = n;
	return true;
}

static bool keep_rows(struct trace_live *l, const struct flow_trace_view *v)
{
	void *row = l->row, *recent = l->recent;
	size_t all = 0;
	bool ok;

	for (size_t i = 0; i < v->row_n; i++)
		all += v->row[i].recent_n;
	ok = room(&row, &l->row_room, v->row_n, sizeof(*l->row));
	l->row = row;
	ok = ok && room(&recent, &l->recent_room, all, sizeof(*l->recent));
	l->recent = recent;
	if (!ok)
		return false;
	for (size_t i = 0, at = 0; i < v->row_n; i++) {
		const struct flow_trace_row *from = &v->row[i];

		trace_keep_hop(&l->keep, &from->hop);
		if (l->keep.failed)
			return false;
		if (from->recent_n > 0)
			memcpy(&l->recent[at], from->recent, from->recent_n * sizeof(*l->recent));
		l->row[i] =
			(struct tui_trace_row){ l->keep.hop[i], &l->recent[at], from->recent_n };
		at += from->recent_n;
	}
	return true;
}

static char *copy_of(const char *text)
{
	return text ? strdup(text) : NULL;
}

void trace_live_show(struct trace_live *l, const struct flow_trace_view *v)
{
	if (v->target != l->target)
		return;
	trace_keep_clear(&l->keep);
	l->has = keep_rows(l, v);
	l->rounds = v->rounds;
	l->elapsed_ns = v->elapsed_ns;
	free(l->meaning);
	free(l->by);
	l->meaning = copy_of(v->trace.meaning);
	l->by = copy_of(v->trace.by);
	l->trace = v->trace;
	l->trace.meaning = l->meaning;
	l->trace.by = l->by;
	l->trace.target = l->trace.error = NULL;
	draw(l);
}

void trace_live_note(struct trace_live *l, const char *text)
{
	snprintf(l->view.message, sizeof(l->view.message), "%.190s", text);
	draw(l);
}

int trace_live_fd(const struct trace_live *l UNUSED)
{
	return STDIN_FILENO;
}

/* "trace-www.example-20261121-190458.txt": what is no part of a file's name becomes '_'. */
static void file_name(const struct trace_live *l, char *buf, size_t len)
{
	char name[IP_TEXT_LEN];
	time_t now = (time_t)(clock_wall_ns() / NS_PER_S);
	struct tm tm;
	size_t n;

	localtime_r(&now, &tm);
	n = (size_t)snprintf(buf, len, "trace-%.100s",
			     flow_targets_name(l->conf->targets, l->target, name));
	for (char *p = buf; *p; p++)
		if (*p == '/' || *p == '%' || (unsigned char)*p <= ' ')
			*p = '_';
	strftime(buf + n, len - n, "-%Y%m%d-%H%M%S.txt", &tm);
}

static int write_report(const struct trace_live *l, int fd)
{
	struct out_sink *sink = malloc(sizeof(*sink));
	char name[IP_TEXT_LEN];
	const struct text_out text = { sink, 0, false };
	const struct trace_text t = { .text = &text, .conf = l->conf };
	int r;

	if (!sink)
		return -ENOMEM;
	out_init(sink, app_write_fd, &fd);
	trace_text_head(&t, flow_targets_name(l->conf->targets, l->target, name),
			&l->conf->targets->item[l->target].addr);
	trace_text_target(&t, &l->keep, &l->trace);
	r = out_flush(sink);
	free(sink);
	return r;
}

/* Never over another file. */
static void save(struct trace_live *l)
{
	char name[160];
	int fd, r;

	if (!l->has) {
		snprintf(l->view.message, sizeof(l->view.message), "there is nothing to write yet");
		return;
	}
	file_name(l, name, sizeof(name));
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	r = fd < 0 ? -errno : write_report(l, fd);
	if (fd >= 0 && close(fd) < 0 && r == 0)
		r = -errno;
	if (r < 0)
		snprintf(l->view.message, sizeof(l->view.message), "could not write %.120s: %s",
			 name, strerror(-r));
	else
		snprintf(l->view.message, sizeof(l->view.message), "written to %.150s", name);
}

static void turn(struct trace_live *l, size_t by)
{
	l->target = (l->target + by) % l->conf->targets->n;
	l->view.top = 0;
	l->has = false;
	l->rounds = l->elapsed_ns = 0;
	free(l->meaning);
	l->meaning = NULL;
	l->trace.meaning = NULL;
}

static void obey(struct trace_live *l, enum tui_trace_wish wish)
{
	switch (wish) {
	case TUI_TRACE_DRAW:
		break;
	case TUI_TRACE_QUIT:
		l->quit = true;
		break;
	case TUI_TRACE_RESET:
		l->reset = true;
		break;
	case TUI_TRACE_SAVE:
		save(l);
		break;
	case TUI_TRACE_NEXT:
		turn(l, 1);
		break;
	case TUI_TRACE_BEFORE:
		turn(l, l->conf->targets->n - 1);
		break;
	}
}

enum flow_trace_wish trace_live_wish(struct trace_live *l)
{
	bool any = false;
	int key;

	while ((key = screen_key(l->screen)) >= 0) {
		any = true;
		if (key > 0)
			obey(l, tui_trace_key(&l->view, key));
	}
	if (l->quit || app_interrupted(l->app))
		return FLOW_TRACE_STOP;
	if (any)
		draw(l);
	if (l->reset) {
		l->reset = false;
		return FLOW_TRACE_RESET;
	}
	return l->view.paused ? FLOW_TRACE_PAUSE : FLOW_TRACE_GO;
}
