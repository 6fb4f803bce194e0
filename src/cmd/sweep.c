/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sweep: which of many addresses are there, by whose word. */
#include <errno.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/habits.h"
#include "cmd/survey_args.h"
#include "cmd/survey_show.h"
#include "flow/sweep.h"

struct sweep_args {
	struct survey_args survey;
	bool all, neighbours, no_arp, quiet;
};

struct sweep_show {
	struct survey_show common; /* first: flow hands it to survey_show.h's functions */
	unsigned width;            /* columns; 0: a line may be as long as it likes */
};

static void show_host(void *to, const struct fact_host *h)
{
	struct sweep_show *s = to;
	struct app *app = s->common.app;
	struct text_out text = app->text;
	struct fact_host named;
	char buf[IP_TEXT_LEN], name[FLOW_NAMES_LEN];

	app_fact(app, &fact_host, h);
	if (!survey_show_counts(&s->common, h) || app->json)
		return;
	if (s->common.quiet) {
		if (h->state == FACT_HOST_UP)
			out_printf(&app->out, "%s\n", survey_show_addr(&h->addr, buf));
		return;
	}
	text.width = s->width;
	named = survey_show_named(&s->common, h, name);
	survey_show_line(&text, &named);
}

static int sweep(struct app *app, const struct sweep_args *args, struct survey_args_made *made,
		 struct err *err)
{
	struct sweep_show s = {
		.common = { .app = app,
			    .quiet = args->quiet,
			    .all = args->all,
			    .unit = "addresses" },
		.width = survey_show_width(app),
	};
	const struct survey_tell tell = {
		.begin = survey_show_begin,
		.host = show_host,
		.progress = survey_show_progress,
		.note = survey_show_note,
		.stop = survey_show_stop,
		.to = &s,
	};
	struct ask ask[SWEEP_ASKS_MAX];
	struct survey_sum sum;
	struct sweep_conf conf = {
		.survey = made->conf,
		.ask = ask,
		.all = args->all,
		.neighbours = args->neighbours,
		.no_arp = args->no_arp,
	};
	int n = survey_args_asks(&args->survey, ask, ARRAY_LEN(ask), err), r;

	if (n < 0)
		return n;
	conf.ask_n = (size_t)n;
	conf.ask = n > 0 ? ask : NULL;
	if (made->targets.space.total == 0 && !args->neighbours)
		return APP_NO;
	r = survey_args_fault(sweep_check(&conf, err));
	if (r == 0)
		survey_show_names(&s.common, args->survey.numeric, made->targets.space.total);
	if (r == 0)
		r = sweep_run(&conf, &tell, &sum, err);
	flow_names_close(s.common.names);
	if (r < 0)
		return r;
	survey_show_sum(&s.common, &sum);
	return survey_show_status(&sum, made->unresolved);
}

static const struct opt sweep_opts[] = {
	OPT_TEXT(0, "with", struct sweep_args, survey.with, "LIST",
		 "what to ask: echo, timestamp, mask, info, tcp:PORT, tcp-ack:PORT, udp:PORT, arp, "
		 "nd, mld, separated by commas [arp or nd on a network of this host, else "
		 "echo,timestamp,tcp:443,tcp-ack:80]"),
	OPT_FLAG('a', "all", struct sweep_args, all, "show addresses that are down as well"),
	OPT_FLAG('q', "quiet", struct sweep_args, quiet,
		 "only the addresses that are up, one a line"),
	OPT_FLAG(0, "neighbours", struct sweep_args, neighbours,
		 "IPv6: whoever answers ff02::1, and the neighbours the kernel knows, on -I or "
		 "every interface"),
	OPT_FLAG(0, "no-arp", struct sweep_args, no_arp,
		 "ask addresses on a network of this host as if they were far"),
	OPT_FLAG('v', "verbose", struct sweep_args, all, "the same as -a"),
	SURVEY_ARGS_ASKS(struct sweep_args),
	SURVEY_ARGS_TARGETS(struct sweep_args),
	SURVEY_ARGS_SPEED(struct sweep_args),
	SURVEY_ARGS_WAY(struct sweep_args),
	SURVEY_ARGS_PARTS(struct sweep_args),
	SURVEY_ARGS_REST(struct sweep_args),
	OPT_END_HABITS(habits_sweep),
};

static const struct sweep_args sweep_defaults = { .survey = SURVEY_ARGS_DEFAULTS };

static int sweep_cmd_run(struct app *app, const void *args_, struct err *err)
{
	AUTO(survey_args_done) struct survey_args_made made = { 0 };
	AUTO(line_done) struct line line = { 0 };
	struct sweep_args args;
	int r;

	memcpy(&args, args_, sizeof(args)); /* with its padding: it is compared */
	r = survey_args_resume(sweep_opts, "sweep", &sweep_defaults, sizeof(args), &args,
			       &args.survey, &line, err);
	if (r == 0)
		r = survey_args_read(app, &args.survey, !args.neighbours, &made, err);
	return r < 0 ? r : sweep(app, &args, &made, err);
}

static const struct cmd_example sweep_examples[] = {
	{ "sonde sweep 192.0.2.0/24", "who of 256 addresses is there, and what each answers" },
	{ "sonde sweep -q 10.0.0.0/16 --exclude 10.0.7.0/24", "only addresses, for a script" },
	{ "sonde sweep --with echo,tcp:22,tcp:443 -iL hosts.txt", "hosts of a file, asked so" },
	{ "sonde sweep --neighbours -I eth0", "the IPv6 hosts on one link" },
	{ "sonde sweep --json 192.0.2.0/24 | jq -r .mac", "the same for a program" },
	{ NULL, NULL },
};

const struct cmd cmd_sweep = {
	.name = "sweep",
	.summary = "which of many addresses are there, and by whose word",
	.about =
		"Asks every address in several ways and lists those that answer, with everything they "
		"answered. On a network of this host that is ARP or neighbour discovery; "
		"elsewhere ICMP echo and timestamp, TCP SYN to port 443 and TCP ACK to port 80. "
		"What a firewall or router says by an ICMP error is shown as its word: "
		"\"prohibited by\" whom.\n\n"
		"As many packets leave a second as none is lost, at most 10000 where an address is not "
		"on a network of this host; what may have been lost is asked again, and the last line "
		"tells how much that was. Reserved, multicast and documentation addresses are left out of "
		"ranges.\n\n"
		"Without root, and with --backend sockets, echo, TCP connections and UDP are what "
		"can be asked. A run that is stopped can go on: --resume.",
	.status_no = "no address is up, or a name does not resolve",
	.opts = sweep_opts,
	.args_size = sizeof(struct sweep_args),
	.defaults = &sweep_defaults,
	.examples = sweep_examples,
	.run = sweep_cmd_run,
};
