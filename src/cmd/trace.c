/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace: the way to a host, its branches, and what a silent or "lossy" hop on it means. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/survey_show.h"
#include "cmd/trace_args.h"
#include "cmd/trace_end.h"
#include "cmd/trace_live.h"
#include "cmd/trace_text.h"
#include "out/dot.h"
#include "sys/clock.h"
#include "sys/entropy.h"

#define PROGRESS_NS (200 * NS_PER_MS)
#define SLOW_NS     (2 * NS_PER_S) /* a trace of one target that takes longer tells how far it is */
#define TABLES_MOST 8              /* targets, each of which has a table; of more each has a line */
#define NAME_MOST   39             /* columns of a target in such a line: an IPv6 address */

/* Everything between flow and the outputs. */
struct trace_show {
	struct app *app;
	struct flow_trace_conf *conf;
	struct trace_text text;
	bool people; /* text goes to standard output */
	bool several;
	bool lines;     /* one a target */
	unsigned width; /* of the targets' column there */
	size_t told;
	struct trace_keep keep; /* of the target that is being told */
	struct branches *branches;
	struct out_sink *dot; /* owned unless it is the app's; NULL: no graph is wanted */
	int dot_fd;
	uint64_t begin_ns, shown_ns; /* when progress was first told, last shown; 0: never */
	struct trace_live *live;
};

static void put_head(struct trace_show *s, size_t i)
{
	const struct flow_targets *list = s->conf->targets;
	char buf[IP_TEXT_LEN];

	trace_text_head(&s->text, flow_targets_name(list, i, buf), &list->item[i].addr);
}

/* People see at once that something goes on. */
static void show_begin(void *to)
{
	struct trace_show *s = to;

	if (!s->people || s->several || s->live)
		return;
	put_head(s, 0);
	out_flush(&s->app->out);
}

/* The first word on how it ended: the screen has shown enough. */
static void end_live(struct trace_show *s)
{
	if (!s->live)
		return;
	trace_live_close(s->live);
	s->live = NULL;
	if (!s->several)
		put_head(s, 0);
}

static void show_hop(void *to, size_t i UNUSED, const struct fact_hop *hop)
{
	struct trace_show *s = to;

	end_live(s);
	app_fact(s->app, &fact_hop, hop);
	if (s->people || s->dot)
		trace_keep_hop(&s->keep, hop);
}

static void show_path(void *to, size_t i UNUSED, const struct fact_path *path)
{
	struct trace_show *s = to;

	end_live(s);
	app_fact(s->app, &fact_path, path);
	if (s->people || s->dot)
		trace_keep_path(&s->keep, path);
}

static void show_mtu(void *to, size_t i UNUSED, const struct fact_path_mtu *mtu)
{
	struct trace_show *s = to;

	end_live(s);
	app_fact(s->app, &fact_path_mtu, mtu);
	if (s->people)
		trace_keep_mtu(&s->keep, mtu);
}

static void show_text(struct trace_show *s, size_t i, const struct fact_trace *trace)
{
	if (s->lines) {
		if (s->told == 0)
			trace_end_titles(&s->app->text, s->width);
		trace_end_line(&s->app->text, s->width, &s->keep, trace);
		return;
	}
	if (s->several && s->told > 0)
		out_char(&s->app->out, '\n');
	if (s->several)
		put_head(s, i);
	trace_text_target(&s->text, &s->keep, trace);
}

static void show_trace(void *to, size_t i, const struct fact_trace *trace)
{
	struct trace_show *s = to;

	end_live(s);
	app_fact(s->app, &fact_trace, trace);
	if (s->keep.failed)
		app_note(s->app, "trace: out of memory: not all of it is shown");
	if (s->people) {
		app_progress(s->app, NULL);
		show_text(s, i, trace);
	}
	if (s->dot) {
		branches_make(s->branches, s->keep.path, s->keep.path_n, s->keep.hop,
			      s->keep.hop_n);
		dot_target(s->dot, trace, s->branches);
	}
	trace_keep_clear(&s->keep);
	s->told++;
	out_flush(&s->app->out);
}

static void show_note(void *to, const char *text)
{
	struct trace_show *s = to;

	if (s->live)
		trace_live_note(s->live, text);
	else
		app_note(s->app, "trace: %s", text);
}

static void show_progress(void *to, size_t done, size_t all, uint64_t sent)
{
	struct trace_show *s = to;
	uint64_t now = clock_mono_ns();
	char text[80];

	if (s->live || now - s->shown_ns < PROGRESS_NS)
		return;
	/* Most of one target is over before anybody wonders. */
	if (s->begin_ns == 0)
		s->begin_ns = now;
	if (!s->several && (done > 0 || now - s->begin_ns < SLOW_NS))
		return;
	s->shown_ns = now;
	if (s->several)
		snprintf(text, sizeof(text), "trace: %zu of %zu targets", done, all);
	else
		snprintf(text, sizeof(text), "trace: %llu probes so far", (unsigned long long)sent);
	app_progress(s->app, text);
}

static void show_live(void *to, const struct flow_trace_view *view)
{
	struct trace_show *s = to;

	if (s->live)
		trace_live_show(s->live, view);
}

static int show_wake_fd(void *to)
{
	struct trace_show *s = to;

	return s->live ? trace_live_fd(s->live) : -1;
}

static enum flow_trace_wish show_wish(void *to)
{
	struct trace_show *s = to;

	if (s->live)
		return trace_live_wish(s->live);
	return app_interrupted(s->app) ? FLOW_TRACE_STOP : FLOW_TRACE_GO;
}

/* Whether whoever reads this has box characters: what the locale says. */
static bool locale_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

static int open_dot(struct trace_show *s, const char *path, struct err *err)
{
	if (!path)
		return 0;
	if (strcmp(path, "-") == 0) {
		s->dot = &s->app->out;
		s->people = false;
	} else {
		s->dot_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (s->dot_fd < 0)
			return err_set(err, -errno, "--dot %s: %s", path, strerror(errno));
		s->dot = malloc(sizeof(*s->dot));
		if (!s->dot)
			return err_set(err, -ENOMEM, "out of memory");
		out_init(s->dot, app_write_fd, &s->dot_fd);
	}
	dot_begin(s->dot);
	return 0;
}

static int close_dot(struct trace_show *s, const char *path, struct err *err)
{
	int r;

	if (!s->dot)
		return 0;
	dot_end(s->dot);
	if (s->dot == &s->app->out)
		return 0;
	r = out_flush(s->dot);
	if (close(s->dot_fd) < 0 && r == 0)
		r = -errno;
	s->dot_fd = -1;
	return r < 0 ? err_set(err, r, "--dot %s: %s", path, strerror(-r)) : 0;
}

static void show_done(struct trace_show *s)
{
	trace_live_close(s->live);
	trace_keep_done(&s->keep);
	if (s->dot != &s->app->out)
		free(s->dot);
	if (s->dot_fd >= 0)
		close(s->dot_fd);
	free(s->branches);
}

static int show_open(struct trace_show *s, const struct trace_args *args, struct err *err)
{
	int r = 0;

	s->branches = malloc(sizeof(*s->branches));
	if (!s->branches)
		return err_set(err, -ENOMEM, "out of memory");
	s->text = (struct trace_text){
		.text = &s->app->text,
		.conf = s->conf,
		.branches = s->branches,
		.utf8 = locale_utf8(),
	};
	r = open_dot(s, args->dot, err);
	if (r == 0 && args->live)
		r = trace_live_open(s->app, s->conf, &s->live, err);
	return r;
}

/* What belongs to no single target. */
static void tail(struct trace_show *s, const struct flow_trace_sum *sum, size_t unresolved)
{
	char took[SURVEY_SHOW_TIME_LEN];

	if (s->people && s->several)
		out_printf(&s->app->out, "\n%zu of %zu targets reached; %llu probes in %s.\n",
			   sum->reached, s->conf->targets->n + unresolved,
			   (unsigned long long)sum->sent, survey_show_time(sum->elapsed_ns, took));
	if (sum->several_flows)
		app_note(s->app,
			 "trace: without the privilege to send packets each TCP probe is a flow "
			 "of its own: load balancers may show several ways as one");
	if (sum->forged > 0)
		app_note(s->app,
			 "trace: %llu messages about these probes did not fit them: not believed",
			 (unsigned long long)sum->forged);
	if (sum->interrupted && !s->conf->live)
		app_note(s->app, "trace: stopped before the end");
}

/* Who may send no echo here, and asked for nothing else, has UDP. */
static bool by_udp_then(struct trace_show *s, const struct trace_args *args)
{
	if (args->kind != TRACE_ARGS_KIND || s->conf->kind != ASK_ECHO)
		return false;
	show_note(s, "no right to send echo requests here (sudo, CAP_NET_RAW): asking by UDP");
	s->conf->kind = ASK_UDP;
	s->conf->port = TRACE_ARGS_UDP_PORT;
	return true;
}

static int run(struct trace_show *s, const struct trace_args *args, size_t unresolved,
	       struct err *err)
{
	const struct flow_trace_tell tell = {
		.begin = show_begin,
		.hop = show_hop,
		.path = show_path,
		.mtu = show_mtu,
		.trace = show_trace,
		.note = show_note,
		.progress = show_progress,
		.live = show_live,
		.wake_fd = show_wake_fd,
		.wish = show_wish,
		.to = s,
	};
	struct flow_trace_sum sum;
	int r = show_open(s, args, err);

	if (r == 0)
		r = flow_trace_run(s->conf, &tell, &sum, err);
	if (r == -EPERM && by_udp_then(s, args))
		r = flow_trace_run(s->conf, &tell, &sum, err);
	/* Before anything is printed. */
	trace_live_close(s->live);
	s->live = NULL;
	if (r == 0)
		r = close_dot(s, args->dot, err);
	if (r < 0)
		return r;
	tail(s, &sum, unresolved);
	return sum.reached == s->conf->targets->n && unresolved == 0 ? APP_YES : APP_NO;
}

static unsigned name_width(const struct flow_targets *list)
{
	char buf[IP_TEXT_LEN];
	size_t most = strlen("TARGET");

	for (size_t i = 0; i < list->n; i++)
		most = MAX(most, utf8_width(flow_targets_name(list, i, buf)));
	return (unsigned)MIN(most, (size_t)NAME_MOST);
}

static int trace_run(struct app *app, const void *args_, struct err *err)
{
	const struct trace_args *args = args_;
	AUTO(flow_targets_done) struct flow_targets list = { .family = args->family };
	AUTO(show_done) struct trace_show s = { .app = app, .people = !app->json, .dot_fd = -1 };
	struct flow_trace_conf conf;
	size_t unresolved = 0;
	int r = trace_args_check(args, app->json, err);

	if (r == 0)
		r = trace_args_conf(args, &conf, err);
	if (r < 0)
		return r;
	list.iface = conf.iface;
	conf.targets = &list;
	s.conf = &conf;
	r = entropy_fill(&list.key, sizeof(list.key), err);
	if (r == 0)
		r = trace_args_targets(app, args, &list, &unresolved, err);
	if (r < 0)
		return r;
	if (list.n == 0)
		return APP_NO;
	s.several = list.n > 1;
	s.lines = list.n > TABLES_MOST && !args->verbose && !args->live;
	s.width = name_width(&list);
	r = flow_trace_check(&conf, err);
	return r < 0 ? r : run(&s, args, unresolved, err);
}

static const struct cmd_example trace_examples[] = {
	{ "sonde trace 192.0.2.1", "the way to a host, each hop with times, loss and a verdict" },
	{ "sonde trace -T -p 443 www.example.com", "the way that HTTPS takes, through firewalls" },
	{ "sonde trace --paths --dot ways.dot 192.0.2.1",
	  "all branches of it, drawn; dot -Tsvg ways.dot makes a picture" },
	{ "sonde trace --mtu 192.0.2.1", "the largest packet that passes, and who sets that" },
	{ "sonde trace --live 192.0.2.1", "the same on and on, on the whole screen" },
	{ "sonde trace --report -c 60 192.0.2.1", "a minute's loss and times, printed once" },
	{ "sonde trace --json -iL hosts.txt | jq -c 'select(.type == \"trace\")'",
	  "many targets at once, for a program" },
	{ NULL, NULL },
};

const struct cmd cmd_trace = {
	.name = "trace",
	.summary = "the way to a host, its branches, and what silence or loss on it means",
	.about =
		"Sends probes that die on the way, to all hop limits at once, and shows who says so: "
		"a line for each hop with times, answers and a verdict. All probes of a trace are one "
		"flow, so load balancers show one way; --paths finds them all.\n\n"
		"LOSS counts answers that are missing, and that need not be packets that were lost: most "
		"routers limit how often they answer. Loss that the hops behind do not have is none, "
		"and the verdict says so: \"limits its ICMP\". \"loses packets\" stands only where what is "
		"missing is missing from there on.\n\n"
		"Probes are ICMP echo requests: what comes back from the target is an answer, while UDP "
		"to a closed port draws an ICMP error, which hosts limit to about one a second, so "
		"that the last hop would seem to lose packets. Where a firewall drops echo, -U and -T "
		"go another way, -T -p 443 most often all of it.\n\n"
		"Without root, sockets tell what the kernel hears of errors: echo where this user may "
		"ping, else UDP, and TCP connections, each of which is a flow of its own.\n\n"
		"Up to 8 targets have a table each, more a line each.",
	.status_no = "a target was not reached, or its name could not be resolved",
	.opts = trace_args_opts,
	.args_size = sizeof(struct trace_args),
	.defaults = &trace_args_defaults,
	.examples = trace_examples,
	.run = trace_run,
};
