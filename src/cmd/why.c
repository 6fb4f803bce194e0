/* SPDX-License-Identifier: GPL-2.0-or-later */
/* why: explain what a port of a host looks like from here, and why. */
#include "flow/why.h"

#include <errno.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/habits.h"
#include "cmd/survey_args.h"
#include "cmd/why_where.h"
#include "flow/list.h"

#define HEAD_COLUMN 10

struct why_args {
	struct opt_rest words;
	const char *iface, *source;
	uint64_t timeout_ns;
	uint8_t family, backend;
};

static bool stop(void *to)
{
	return app_interrupted(to);
}

static void progress(void *to, const char *doing)
{
	app_progress(to, doing);
}

static const char *head_of(const char *about)
{
	static const char *const heads[][2] = {
		{ "sent", "Sent" },     { "answer", "Answer" }, { "meaning", "Meaning" },
		{ "risk", "Risk" },     { "advice", "Do" },     { "local", "Here" },
		{ "rule", "Firewall" },
	};

	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		if (strcmp(heads[i][0], about) == 0)
			return heads[i][1];
	return about;
}

static void show(const struct text_out *t, const struct fact_why *w)
{
	const struct fact_why_line *line = w->lines.item;

	if (w->answer) {
		text_wrap(t, 0, "", w->answer);
		out_char(t->to, '\n');
	}
	for (size_t i = 0; i < w->lines.n; i++) {
		bool same = i > 0 && strcmp(line[i].about, line[i - 1].about) == 0;

		text_wrap(t, HEAD_COLUMN, same ? "" : head_of(line[i].about), line[i].text);
	}
}

/* Whether the port that was asked about is open, over the protocol that was named or either. */
static int status_of(const struct fact_why *w, const struct why_conf *conf)
{
	const struct fact_port *port = w->ports.item;

	for (size_t i = 0; i < w->ports.n; i++)
		if (port[i].state == FACT_VERDICT_OPEN &&
		    (conf->both || port[i].proto == conf->proto))
			return APP_YES;
	return APP_NO;
}

/* One address; a name may have several, and the first is asked. */
static int resolve(const char *host, struct flow_list *list, struct ip_addr *ret, struct err *err)
{
	int r = flow_list_add(list, host, err);

	if (r == 0)
		r = flow_list_seal(list, err);
	if (r < 0)
		return r == -E2BIG || r == -EINVAL ? err_wrap(err, -EINVAL, "HOST") : r;
	if (list->space.total != 1)
		return err_set(err, -EINVAL,
			       "HOST: '%.60s' is not one address (sonde scan asks many)", host);
	*ret = space_addr(&list->space, 0);
	return 0;
}

static int read_where(const struct why_args *args, struct why_where *ret, struct err *err)
{
	struct services *names = NULL;
	int r;

	if (args->words.n > 2)
		return err_set(err, -EINVAL,
			       "'%.60s' is one argument too many: HOST and PORT are two",
			       args->words.item[2]);
	r = services_read(&names, err);
	if (r == 0)
		r = why_where_scan(args->words.item[0],
				   args->words.n > 1 ? args->words.item[1] : NULL, names, ret, err);
	services_free(names);
	return r;
}

static int why_cmd_run(struct app *app, const void *args_, struct err *err)
{
	const struct why_args *args = args_;
	AUTO(flow_list_done)
	struct flow_list list = { .family = args->family, .iface = args->iface };
	AUTO(why_freep) struct why *w = NULL;
	struct why_where where;
	struct why_conf conf = {
		.survey = { .iface = args->iface,
			    .backend = survey_args_backends[args->backend],
			    .source_port = -1,
			    .wait_max_ns = args->timeout_ns,
			    .shards = 1 },
		.stop = stop,
		.progress = progress,
		.to = app,
	};
	int r;

	if (args->source && ip_scan(args->source, &conf.survey.source) < 0)
		return err_set(err, -EINVAL, "--source: '%.60s' is no address (of this host)",
			       args->source);
	r = read_where(args, &where, err);
	if (r == 0)
		r = resolve(where.host, &list, &conf.addr, err);
	if (r < 0)
		return r;
	conf.name = flow_list_name(&list, &conf.addr);
	/* Where it matters which link, its name says that better than a number. */
	if (!conf.name && conf.addr.zone != 0)
		conf.name = where.host;
	conf.port = where.port;
	conf.proto = where.proto;
	conf.both = where.both;
	r = survey_args_fault(why_run(&conf, &w, err));
	app_progress(app, NULL);
	if (r < 0)
		return r;
	app_fact(app, &fact_why, why_facts(w));
	if (!app->json)
		show(&app->text, why_facts(w));
	return status_of(why_facts(w), &conf);
}

static const struct opt why_opts[] = {
	OPT_SET('4', NULL, struct why_args, family, 4, "only IPv4"),
	OPT_SET('6', NULL, struct why_args, family, 6, "only IPv6"),
	OPT_TEXT('I', "interface", struct why_args, iface, "IFACE",
		 "ask through this interface [as routes say]"),
	OPT_TEXT('S', "source", struct why_args, source, "ADDRESS",
		 "ask from this address of this host"),
	OPT_NSEC(0, "timeout", struct why_args, timeout_ns, "TIME", NS_PER_MS, SURVEY_ARGS_DAY_NS,
		 "wait so long for one answer at most [3s, less where answers come sooner]"),
	OPT_WORD(0, "backend", struct why_args, backend, "WAY", survey_args_backends,
		 "auto, packet (AF_PACKET), ip (raw IP), xdp (AF_XDP), sockets (needs no rights) "
		 "[auto]"),
	OPT_REST("HOST PORT", struct why_args, words, 1,
		 "a name or address, and a port or service, with /udp or /tcp where only that is "
		 "meant; or HOST:PORT, [ADDRESS]:PORT"),
	OPT_END_HABITS(habits_why),
};

static const struct cmd_example why_examples[] = {
	{ "sonde why 192.0.2.7 80", "what port 80 is over TCP and UDP, and why they differ" },
	{ "sonde why 192.0.2.7 80/udp", "why UDP port 80 says \"port unreachable\"" },
	{ "sonde why localhost:domain", "who holds port 53 here, and which firewall rule decides" },
	{ "sonde why --json '[2001:db8::7]:443' | jq .answer", "the answer in one sentence" },
	{ NULL, NULL },
};

const struct cmd cmd_why = {
	.name = "why",
	.summary = "explain what a port of a host looks like, and why",
	.about =
		"Asks one port over TCP and over UDP, and the host over ICMP, and explains in plain words "
		"what was sent, what came back and from whom, what that means, whether it is a risk "
		"and what to do about it.\n\n"
		"A TCP port and a UDP port of the same number have nothing to do with one another: a web "
		"server on TCP 80 leaves UDP 80 shut, and the kernel then answers \"ICMP port "
		"unreachable\", as it should.\n\n"
		"Where the host is this one, it adds which program holds the port, and, for root, sends "
		"the same packet through a sealed copy of this host, which tells the firewall "
		"rule that decides.",
	.status_no = "the port is not open",
	.opts = why_opts,
	.args_size = sizeof(struct why_args),
	.examples = why_examples,
	.run = why_cmd_run,
};
