/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch: what ICMP crosses this network, who could not reach what, and why. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/filter_words.h"
#include "cmd/watch_metrics.h"
#include "cmd/watch_text.h"
#include "flow/watch.h"
#include "sys/clock.h"

struct watch_args {
	struct opt_each iface, file;
	struct opt_rest filter;
	uint64_t once_ns, every_ns, top;
	bool counts, all, metrics;
};

/* Everything between flow and the outputs. */
struct watch_show {
	struct app *app;
	const struct watch_args *args;
	struct watch_text text;
	struct fact_icmp_count *count; /* told at the end; owned */
	size_t n, room;
	bool counted, lost; /* the table of counts is written; memory was short for it */
	struct watch_metrics metrics;
};

static void show_begin(void *to, unsigned interfaces)
{
	struct watch_show *s = to;

	if (!s->app->json && !s->args->metrics)
		out_printf(&s->app->out, "Watching %u interface%s%s\n", interfaces,
			   interfaces == 1 ? "" : "s",
			   s->args->once_ns ? "" : "; stop it for the report (Ctrl-C)");
	out_flush(&s->app->out);
}

static void show_interval(void *to, const struct fact_watch_interval *i,
			  const struct fact_list *total)
{
	struct watch_show *s = to;
	char buf[96];

	app_fact(s->app, &fact_watch_interval, i);
	s->metrics.frames += (uint64_t)i->frames;
	s->metrics.icmp += (uint64_t)i->icmp;
	s->metrics.errors += (uint64_t)i->errors;
	s->metrics.dropped += (uint64_t)i->dropped;
	if (s->args->metrics)
		watch_metrics_put(&s->app->out, &s->metrics, total->item, total->n);
	else
		app_progress(s->app, watch_text_progress(-1, s->metrics.frames, buf, sizeof(buf)));
	out_flush(&s->app->out);
}

static void show_grown(void *to, const struct fact_failure *f, bool is_new)
{
	struct watch_show *s = to;

	app_fact(s->app, &fact_failure, f);
	if (!s->app->json && !s->args->metrics && is_new) {
		app_progress(s->app, NULL);
		watch_text_new(&s->text, f);
	}
	out_flush(&s->app->out);
}

static void show_count(void *to, const struct fact_icmp_count *c)
{
	struct watch_show *s = to;

	app_fact(s->app, &fact_icmp_count, c);
	if (s->app->json)
		return;
	if (s->n == s->room) {
		size_t room = s->room ? 2 * s->room : 64;
		struct fact_icmp_count *more = realloc(s->count, room * sizeof(*more));

		s->lost |= !more;
		if (!more)
			return;
		s->count = more;
		s->room = room;
	}
	s->count[s->n++] = *c;
}

/* The table of counts stands above everything else. */
static bool as_text(struct watch_show *s)
{
	if (s->app->json || s->args->metrics)
		return false;
	if (!s->counted) {
		app_progress(s->app, NULL);
		s->text.now_ns = clock_wall_ns();
		watch_text_counts(&s->text, s->count, s->n);
	}
	s->counted = true;
	return true;
}

static void show_failure(void *to, const struct fact_failure *f)
{
	struct watch_show *s = to;

	app_fact(s->app, &fact_failure, f);
	if (as_text(s))
		watch_text_failure(&s->text, f);
}

static void show_echo(void *to, const struct fact_echo_rtt *e)
{
	struct watch_show *s = to;

	app_fact(s->app, &fact_echo_rtt, e);
	if (as_text(s))
		watch_text_echo(&s->text, e);
}

static void show_talker(void *to, const struct fact_talker *t)
{
	struct watch_show *s = to;

	app_fact(s->app, &fact_talker, t);
	if (as_text(s))
		watch_text_talker(&s->text, t);
}

static void show_fault(void *to, const char *text)
{
	struct watch_show *s = to;

	app_note(s->app, "watch: %s", text);
}

static void show_progress(void *to, double done, uint64_t frames)
{
	struct watch_show *s = to;
	char buf[96];

	app_progress(s->app, watch_text_progress(done, frames, buf, sizeof(buf)));
}

static bool show_stop(void *to)
{
	struct watch_show *s = to;

	return app_interrupted(s->app);
}

static void show_sum(struct watch_show *s, const struct fact_watch_sum *sum)
{
	app_fact(s->app, &fact_watch_sum, sum);
	if (as_text(s))
		watch_text_sum(&s->text, sum);
	/* Live, the last interval's page was the last one. */
	if (!s->args->metrics || s->text.live)
		return;
	s->metrics.frames = (uint64_t)sum->frames;
	s->metrics.icmp = (uint64_t)sum->icmp;
	s->metrics.errors = sum->errors == FACT_NONE ? 0 : (uint64_t)sum->errors;
	watch_metrics_put(&s->app->out, &s->metrics, s->count, s->n);
}

static int check(const struct app *app, const struct watch_args *a, struct err *err)
{
	if (a->file.n > 0 && a->iface.n > 0)
		return err_set(err, -EINVAL,
			       "-r reads files and -i watches interfaces: choose one");
	if (a->file.n > 0 && a->once_ns > 0)
		return err_set(err, -EINVAL, "--once is for interfaces: a file ends by itself");
	if (a->file.n > OPT_EACH_MAX || a->iface.n > OPT_EACH_MAX)
		return err_set(err, -EINVAL, "-r and -i may be given %d times", OPT_EACH_MAX);
	if (a->metrics && app->json)
		return err_set(err, -EINVAL,
			       "--metrics and --json both write to standard output: choose one");
	return 0;
}

static void freep(char **p)
{
	free(*p);
}

static int watch_run(struct app *app, const void *args_, struct err *err)
{
	const struct watch_args *args = args_;
	AUTO(freep) char *filter = NULL;
	struct watch_show s = {
		.app = app,
		.args = args,
		.text = { .app = app, .all = args->all, .live = args->file.n == 0 },
	};
	const struct flow_watch_tell tell = {
		.begin = show_begin,
		.interval = show_interval,
		.grown = show_grown,
		.count = show_count,
		.failure = show_failure,
		.echo = show_echo,
		.talker = show_talker,
		.fault = show_fault,
		.progress = show_progress,
		.stop = show_stop,
		.to = &s,
	};
	struct fact_watch_sum sum;
	int r = check(app, args, err);

	if (r == 0)
		r = filter_words(&args->filter, &filter, err);
	if (r < 0)
		return r;
	r = flow_watch_run(&(struct flow_watch_conf){ .file = args->file.item,
						      .file_n = args->file.n,
						      .iface = args->iface.item,
						      .iface_n = args->iface.n,
						      .filter = filter,
						      .counts = args->counts,
						      .top = args->top,
						      .once_ns = args->once_ns,
						      .every_ns = args->every_ns },
			   &tell, &sum, err);
	if (r >= 0)
		show_sum(&s, &sum);
	free(s.count);
	if (r < 0)
		return r;
	if (s.lost)
		return err_set(err, -ENOMEM, "watching: out of memory");
	return r > 0 ? APP_NO : APP_YES;
}

#define DAY_NS (24 * 60 * 60 * NS_PER_S)

static const struct opt watch_opts[] = {
	OPT_EACH('r', "read", struct watch_args, file, "FILE",
		 "read a capture file: pcap or pcapng, also gzip; - is standard input. Several are "
		 "read in the order of time"),
	OPT_EACH('i', "iface", struct watch_args, iface, "IFACE",
		 "watch this interface; may be given several times [all that are up]"),
	OPT_NSEC(0, "once", struct watch_args, once_ns, "TIME", NS_PER_MS, 365 * DAY_NS,
		 "watch so long, then report [until stopped]"),
	OPT_NSEC(0, "interval", struct watch_args, every_ns, "TIME", 100 * NS_PER_MS, DAY_NS,
		 "with --json and --metrics: a record so often [1s]"),
	OPT_FLAG('c', "counts", struct watch_args, counts,
		 "only count types and codes: several times as fast"),
	OPT_FLAG('a', "all", struct watch_args, all, "every failure and pair, not the first 20"),
	OPT_UINT(0, "top", struct watch_args, top, "N", 0, FLOW_WATCH_TOP,
		 "so many of who sends and gets most [10]"),
	OPT_FLAG(0, "metrics", struct watch_args, metrics,
		 "counters in the text format of Prometheus, at the end or each interval"),
	OPT_REST("FILTER", struct watch_args, filter, 0,
		 "which packets, in libpcap's language: icmp or icmp6 and host 192.0.2.1"),
	OPT_END,
};

static const struct watch_args watch_defaults = { .every_ns = NS_PER_S, .top = 10 };

static const struct cmd_example watch_examples[] = {
	{ "sonde watch -r trace.pcap", "types, failures, pings and talkers of a capture" },
	{ "sonde watch -r mon.pcap.gz -r tue.pcap.gz -c", "only the counts of two" },
	{ "sonde watch -r - <trace.pcap", "standard input: a pipe from tcpdump -w - too" },
	{ "sudo sonde watch --once 1m", "all interfaces of this host for a minute" },
	{ "sudo sonde watch -i eth0 --json net 192.0.2.0/24", "a record a second for a program" },
	{ NULL, NULL },
};

const struct cmd cmd_watch = {
	.name = "watch",
	.summary = "what ICMP crosses the network, who could not reach what, and why",
	.about =
		"Reads capture files or watches interfaces of this host, and counts ICMP and ICMPv6 by "
		"type, code and way. From the packets that errors quote it tells who could not reach "
		"what, why, and what one would do; from requests and replies the loss and round-trip times of "
		"everybody's pings; and who sends and gets most.\n\n"
		"Nothing is sent. Memory does not grow with what arrives: when there are more groups than "
		"places, the one that was quiet longest makes room, and that is told.\n\n"
		"Tunnels, VLAN tags and extension headers are opened, ICMP in fragments is put together. "
		"A filter does not look into them: libpcap's icmp6 misses ICMPv6 behind extension headers, such as "
		"MLD.\n\n"
		"Watching interfaces needs CAP_NET_RAW; files do not.",
	.status_no = "a capture file is damaged or cut: what stands before that was read",
	.opts = watch_opts,
	.args_size = sizeof(struct watch_args),
	.defaults = &watch_defaults,
	.examples = watch_examples,
	.run = watch_run,
};
