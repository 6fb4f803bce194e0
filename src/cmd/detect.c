/* SPDX-License-Identifier: GPL-2.0-or-later */
/* detect: who scans, floods, forges. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/cmd.h"
#include "cmd/detect_args.h"
#include "cmd/detect_text.h"
#include "cmd/filter_words.h"
#include "flow/detect.h"
#include "out/eve.h"

enum { FAIL_NEVER = FACT_ALERT_HIGH + 1 };

static const char *const fail_words[] = { "low", "medium", "high", "never", NULL };

/* Everything between flow and the outputs. */
struct show {
	struct app *app;
	const struct detect_args *args;
	uint64_t lines;
	bool failed; /* an alert of --fail-on or above was raised */
};

static void show_eve(struct show *s, const struct fact_alert *a, const struct sight *packet)
{
	struct eve_packet p = { .icmp_type = FACT_NONE, .code = FACT_NONE };

	/* EVE knows no end of an alert. */
	if (a->state == FACT_ALERT_ENDED)
		return;
	if (packet) {
		p.src = packet->pkt.src;
		p.dst = packet->pkt.dst;
		p.proto = packet->pkt.proto;
		p.number = (int64_t)packet->number;
	}
	if (packet && packet->kind == SIGHT_ICMP) {
		p.icmp_type = packet->type < SIGHT_CUT ? packet->type : FACT_NONE;
		p.code = packet->code < SIGHT_CUT ? packet->code : FACT_NONE;
	}
	eve_alert(&s->app->out, a, packet ? &p : NULL);
}

static void show_alert(void *to, const struct fact_alert *a, const struct sight *packet)
{
	struct show *s = to;

	s->failed |= a->severity >= s->args->fail_on;
	if (s->args->eve) {
		show_eve(s, a, packet);
		return;
	}
	app_fact(s->app, &fact_alert, a);
	if (s->app->json || (a->state == FACT_ALERT_ENDED && !s->args->all))
		return;
	app_progress(s->app, NULL);
	detect_text_alert(&s->app->text, a);
	s->lines++;
}

static void show_fault(void *to, const char *text)
{
	struct show *s = to;

	app_note(s->app, "detect: %s", text);
}

static void show_progress(void *to, double done, uint64_t frames)
{
	struct show *s = to;
	char buf[96];

	if (done < 0)
		snprintf(buf, sizeof(buf), "%" PRIu64 " frames", frames);
	else
		snprintf(buf, sizeof(buf), "%.0f %%, %" PRIu64 " frames", done * 100, frames);
	out_flush(&s->app->out);
	app_progress(s->app, buf);
}

static bool show_stop(void *to)
{
	struct show *s = to;

	return app_interrupted(s->app);
}

static int check(const struct app *app, const struct detect_args *a, struct err *err)
{
	if (a->file.n == 0)
		return err_set(err, -EINVAL,
			       "-r FILE is missing: a capture file, or - for standard input");
	if (a->file.n > OPT_EACH_MAX)
		return err_set(err, -EINVAL, "-r may be given %d times", OPT_EACH_MAX);
	if (a->eve && app->json)
		return err_set(err, -EINVAL,
			       "--eve and --json both write to standard output: choose one");
	return 0;
}

static int run(struct app *app, const struct detect_args *args, struct detect_conf *detect,
	       const char *filter, struct err *err)
{
	struct show s = { .app = app, .args = args };
	const struct flow_detect_tell tell = { .alert = show_alert,
					       .fault = show_fault,
					       .progress = show_progress,
					       .stop = show_stop,
					       .to = &s };
	const struct flow_detect_conf conf = { .file = args->file.item,
					       .file_n = args->file.n,
					       .filter = filter,
					       .detect = detect,
					       .keyed = args->seed != DETECT_ARGS_NONE };
	struct fact_detect_sum sum;
	int r = flow_detect_run(&conf, &tell, &sum, err);

	if (r < 0)
		return r;
	app_progress(app, NULL);
	app_fact(app, &fact_detect_sum, &sum);
	if (!app->json && !args->eve)
		detect_text_sum(&app->text, &sum, s.lines);
	return r > 0 || s.failed ? APP_NO : APP_YES;
}

static int detect_run(struct app *app, const void *args_, struct err *err)
{
	const struct detect_args *args = args_;
	struct detect_conf *detect;
	char *filter = NULL;
	int r = check(app, args, err);

	if (r < 0)
		return r;
	detect = malloc(sizeof(*detect));
	if (!detect)
		return err_set(err, -ENOMEM, "detecting: out of memory");
	r = detect_args_conf(args, detect, err);
	if (r == 0)
		r = filter_words(&args->filter, &filter, err);
	if (r == 0)
		r = run(app, args, detect, filter, err);
	free(filter);
	free(detect);
	return r;
}

static const struct opt detect_opts[] = {
	OPT_EACH('r', "read", struct detect_args, file, "FILE",
		 "read a capture file: pcap or pcapng, also gzip; - is standard input. Several are "
		 "read in the order of time"),
	OPT_EACH(0, "monitored", struct detect_args, monitored, "PREFIX",
		 "this network: addresses in it that stay silent are learned to be unused; commas "
		 "part several"),
	OPT_EACH(0, "dark", struct detect_args, dark, "PREFIX", "unused for sure"),
	OPT_EACH(0, "ignore", struct detect_args, ignored, "PREFIX",
		 "sources that are not told of, such as monitors"),
	OPT_EACH(0, "router", struct detect_args, router, "ADDRESS",
		 "a router that may send redirects and advertise itself"),
	OPT_TEXT(0, "memory", struct detect_args, memory, "SIZE",
		 "for all tables together, taken at the start [25M]"),
	OPT_EACH(0, "set", struct detect_args, set, "NAME=VALUE", "change a threshold"),
	OPT_WORD(0, "fail-on", struct detect_args, fail_on, "SEVERITY", fail_words,
		 "low, medium, high or never: exit 1 when an alert of that or above was raised "
		 "[medium]"),
	OPT_FLAG(0, "eve", struct detect_args, eve, "write alerts as Suricata does, in EVE JSON"),
	OPT_FLAG('a', "all", struct detect_args, all, "also when a thing has ended"),
	OPT_UINT(0, "seed", struct detect_args, seed, "N", 0, UINT64_MAX - 1,
		 "the same estimates each time [a key that nobody can guess]"),
	OPT_REST("FILTER", struct detect_args, filter, 0,
		 "which packets, in libpcap's language: icmp or icmp6 and host 192.0.2.1"),
	OPT_END,
};

static const struct detect_args detect_args_default = { .fail_on = FACT_ALERT_MEDIUM,
							.seed = DETECT_ARGS_NONE };

static const struct cmd_example detect_examples[] = {
	{ "sonde detect -r trace.pcap", "who scans, floods or forges in a capture" },
	{ "sonde detect -r trace.pcap --monitored 192.0.2.0/24 --router 192.0.2.1",
	  "the same, knowing the network: unused addresses, redirects that are no router's" },
	{ "sonde detect -r trace.pcap --set run=20 --fail-on high",
	  "less easily alarmed; status 1 only for the worst" },
	{ "sonde detect -r - --eve <trace.pcap >>eve.json",
	  "for a program that reads Suricata's alerts; tcpdump -w - may be the input too" },
	{ NULL, NULL },
};

const struct cmd cmd_detect = {
	.name = "detect",
	.summary = "who scans, floods, forges, by the ICMP in captures",
	.about =
		"Reads capture files and tells of sweeps (in order, at random, slow, shared by many sources), "
		"port scans as refusals show them, floods, tunnels, forged redirects, router "
		"advertisements and errors, and bursts to unused addresses.\n\n"
		"Each alert says why: what was seen, and in brackets the threshold and its value. It is "
		"told once, and again when it has grown tenfold or become worse. Severity follows from how many "
		"reasons agree.\n\n"
		"Nothing is sent. All memory is taken at the start and does not grow.",
	.status_no =
		"an alert of --fail-on or above was raised, or a capture file is damaged or cut",
	.opts = detect_opts,
	.args_size = sizeof(struct detect_args),
	.defaults = &detect_args_default,
	.examples = detect_examples,
	.run = detect_run,
};
