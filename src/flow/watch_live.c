/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces: frames as they come, an interval at a time. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture/live.h"
#include "flow/watch_own.h"
#include "sys/loop.h"

#define BURST 4096 /* frames between two looks at the clock */

struct live {
	struct watch *watch;
	struct capture_live *capture;
	struct loop *loop;
	uint64_t end_ns, next_ns;          /* monotonic */
	uint64_t since_ns;                 /* wall clock: when the interval began */
	uint64_t dropped, errors, packets; /* at its beginning */
	struct fact_icmp_count row[WATCH_ROWS], total[WATCH_ROWS];
};

static int start(struct live *l, struct err *err)
{
	const struct flow_watch_conf *c = l->watch->conf;
	uint64_t now = clock_mono_ns();
	int r;

	l->watch->before = calloc(1, sizeof(*l->watch->before));
	if (!l->watch->before)
		return -ENOMEM;
	r = capture_live_open(c->iface, c->iface_n, c->filter, &l->capture, err);
	if (r == 0)
		r = loop_open(&l->loop, err);
	l->end_ns = c->once_ns ? now + c->once_ns : CLOCK_NEVER;
	l->next_ns = now + c->every_ns;
	l->since_ns = clock_wall_ns();
	return r;
}

/* The rows of @now less those of @before. */
static size_t list_rows(const struct counts *now, const struct counts *before,
			struct fact_icmp_count ret[static WATCH_ROWS])
{
	struct counts_row row;
	size_t n = 0;

	for (uint32_t at = 0; n < WATCH_ROWS && counts_next(now, &at, &row);) {
		if (before) {
			const struct count *was =
				&before->at[row.family == 6][row.type][row.code][row.way];

			row.count.packets -= was->packets;
			row.count.bytes -= was->bytes;
		}
		if (row.count.packets > 0)
			ret[n++] = watch_count_fact(&row);
	}
	return n;
}

/* Groups that came or grew since the interval began. */
static void tell_grown(const struct live *l)
{
	const struct watch *w = l->watch;
	const struct failure *g;

	for (uint32_t at = 0; w->failures && (g = failures_next(w->failures, &at));) {
		char hint[256], proto[16];
		struct fact_failure f;

		if (g->last_ns < l->since_ns)
			continue;
		f = watch_failure_fact(w, g, hint, proto);
		w->tell->grown(w->tell->to, &f, g->first_ns >= l->since_ns);
	}
}

static void end_interval(struct live *l)
{
	struct watch *w = l->watch;
	uint64_t now = clock_wall_ns(), dropped = capture_live_dropped(l->capture);
	struct fact_watch_interval i = {
		.first = l->since_ns,
		.last = now,
		.frames = (int64_t)(w->counts->frames - w->before->frames),
		.errors = (int64_t)(w->errors - l->errors),
		.dropped = (int64_t)(dropped - l->dropped),
		.counts = { l->row, list_rows(w->counts, w->before, l->row) },
	};
	const struct fact_list total = { l->total, list_rows(w->counts, NULL, l->total) };
	uint64_t packets = counts_icmp(w->counts).packets;

	i.icmp = (int64_t)(packets - l->packets);
	w->tell->interval(w->tell->to, &i, &total);
	tell_grown(l);
	memcpy(w->before, w->counts, sizeof(*w->before));
	l->dropped = dropped;
	l->errors = w->errors;
	l->packets = packets;
	l->since_ns = now;
	l->next_ns += w->conf->every_ns;
	l->next_ns = MAX(l->next_ns, clock_mono_ns()); /* after a sleep of the machine */
	capture_live_look(l->capture);
	if (w->echoes)
		echoes_tick(w->echoes, now, NULL, NULL);
}

/* What has come, at most BURST frames. Whether there may be more. */
static bool drain(struct live *l)
{
	struct capture_frame frame;

	for (unsigned n = 0; n < BURST; n++) {
		if (capture_live_next(l->capture, &frame) == 0)
			return false;
		watch_feed(l->watch, &frame);
	}
	return true;
}

static int run(struct live *l)
{
	const struct flow_watch_tell *t = l->watch->tell;
	int fd = capture_live_fd(l->capture), r;

	while (!t->stop(t->to)) {
		bool more = drain(l);
		uint64_t now = clock_mono_ns();
		uint32_t ready;

		if (now >= l->next_ns)
			end_interval(l);
		if (now >= l->end_ns)
			return 0;
		r = loop_wait(l->loop, &fd, 1, more ? 0 : MIN(l->next_ns, l->end_ns), &ready);
		if (r < 0)
			return r;
	}
	return 0;
}

int watch_live(struct watch *w, struct fact_watch_sum *sum, struct err *err)
{
	struct live *l = calloc(1, sizeof(*l));
	int r;

	if (!l)
		return -ENOMEM;
	l->watch = w;
	r = start(l, err);
	if (r == 0) {
		sum->interfaces = capture_live_look(l->capture);
		w->tell->begin(w->tell->to, (unsigned)sum->interfaces);
		r = run(l);
		if (r < 0)
			err_set(err, r, "waiting for packets: %s", strerror(-r));
		drain(l);
		end_interval(l);
		sum->dropped = (int64_t)capture_live_dropped(l->capture);
	}
	loop_close(l->loop);
	capture_live_close(l->capture);
	free(l);
	return r;
}
