/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scan: the state of TCP and UDP ports of many hosts, each with its reason. */
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/habits.h"
#include "cmd/scan_files.h"
#include "cmd/scan_keep.h"
#include "cmd/scan_ports.h"
#include "cmd/scan_text.h"
#include "cmd/survey_args.h"
#include "cmd/survey_show.h"
#include "flow/scan.h"
#include "sys/caps.h"
#include "sys/clock.h"

struct scan_args {
	struct survey_args survey;
	const char *ports;
	struct scan_files_want files;
	bool syn, connect, ack, udp, no_ports; /* -sS -sT -sA -sU -sn */
	bool fast, all_up, open, reason, impatient, verbose;
};

struct scan_show {
	struct survey_show common; /* first: flow hands it to survey_show.h's functions */
	struct scan_text text;
	struct text_out lines; /* not wrapped where it is no terminal */
	struct scan_files *files;
	struct nmap_run run;
	struct scan_keep keep;
	bool no_ports; /* -sn: a line a host */
	bool waits;    /* for .host_end of a host that was told */
};

/* Everything that scan_conf points to. */
struct scan_made {
	struct survey_args_made survey;
	struct scan_ports ports;
	struct ask ask[SWEEP_ASKS_MAX];
	size_t ask_n;
	uint8_t tcp; /* enum scan_tcp */
	bool udp;
	char *tcp_text, *udp_text; /* the ports as ranges */
};

static void made_freep(struct scan_made **m)
{
	if (!*m)
		return;
	survey_args_done(&(*m)->survey);
	free((*m)->tcp_text);
	free((*m)->udp_text);
	free(*m);
}

/* The host is known whole: to people, and to the files. */
static void show_whole(struct scan_show *s, const struct fact_host *h)
{
	struct app *app = s->common.app;
	char name[FLOW_NAMES_LEN];
	struct fact_host named = survey_show_named(&s->common, h, name);

	scan_files_host(s->files, &s->run, &named, s->keep.port, s->keep.n);
	if (!survey_show_counts(&s->common, h) || app->json || s->common.mute)
		return;
	if (s->no_ports)
		survey_show_line(&s->lines, &named);
	else
		scan_text_host(&s->text, &named, s->keep.port, s->keep.n);
}

static void show_host(void *to, const struct fact_host *h)
{
	struct scan_show *s = to;

	app_fact(s->common.app, &fact_host, h);
	scan_keep_clear(&s->keep);
	s->waits = h->state == FACT_HOST_UP && !s->no_ports;
	if (s->waits || (h->state == FACT_HOST_DOWN && !s->text.verbose))
		return;
	show_whole(s, h);
}

static void show_port(void *to, const struct fact_port *p)
{
	struct scan_show *s = to;
	struct app *app = s->common.app;

	app_fact(app, &fact_port, p);
	if (!app->json || s->files)
		scan_keep_add(&s->keep, p);
}

static void show_host_end(void *to, const struct fact_host *h)
{
	struct scan_show *s = to;

	if (s->waits)
		show_whole(s, h);
	s->waits = false;
}

static bool is_out(const char *path)
{
	return path && strcmp(path, "-") == 0;
}

static bool by_sockets(const struct scan_args *a)
{
	return strcmp(survey_args_backends[a->survey.backend], "sockets") == 0;
}

static int refuse_together(const struct app *app, const struct scan_args *a, struct err *err)
{
	const struct scan_files_want *f = &a->files;

	if (app->json && (is_out(f->normal) || is_out(f->xml) || is_out(f->grepable)))
		return err_set(err, -EINVAL,
			       "--json is written to standard output, and so is a file '-': choose "
			       "one");
	if (a->syn + a->connect + a->ack > 1)
		return err_set(err, -EINVAL,
			       "-sS, -sT and -sA are three ways to ask TCP: choose one");
	if (a->connect && a->survey.source_port != SURVEY_ARGS_NONE)
		return err_set(
			err, -EINVAL,
			"-g: connections (-sT) leave from ports that the kernel chooses: -sS "
			"takes a port");
	if (a->syn + a->ack > 0 && by_sockets(a))
		return err_set(err, -EINVAL,
			       "--backend sockets makes connections: -sT instead of -sS and -sA");
	if (a->syn + a->ack > 0 && !caps_has(CAP_NET_RAW))
		return caps_missing("CAP_NET_RAW", a->syn ? "-sS" : "-sA", err);
	if (a->no_ports && (a->ports || a->fast || a->syn + a->connect + a->ack + a->udp > 0))
		return err_set(err, -EINVAL,
			       "-sn asks no ports: leave out -p, -F, -sS, -sT, -sA and -sU");
	if (a->no_ports && a->all_up)
		return err_set(err, -EINVAL, "-sn and -Pn together would ask nothing");
	if (a->ports && a->fast)
		return err_set(err, -EINVAL, "-F is a list of ports, and so is -p: choose one");
	return 0;
}

/* The set as text, for the files. */
static char *ports_text(const struct portset *set)
{
	size_t len = portset_format(set, NULL, 0) + 1;
	char *text = malloc(len);

	if (text)
		portset_format(set, text, len);
	return text;
}

/* What no letter decided: SYN where we may, and UDP where -p names ports of it. */
static void choose_kinds(const struct scan_args *a, struct scan_made *m)
{
	bool any = a->syn || a->connect || a->ack || a->udp;
	bool raw = caps_has(CAP_NET_RAW) && !by_sockets(a);

	m->udp = a->udp || (!any && m->ports.says_udp);
	m->tcp = a->syn       ? SCAN_TCP_SYN
		 : a->connect ? SCAN_TCP_CONNECT
		 : a->ack     ? SCAN_TCP_ACK
			      : SCAN_TCP_NONE;
	if (!any && portset_next(&m->ports.tcp, 0) >= 0)
		m->tcp = raw ? SCAN_TCP_SYN : SCAN_TCP_CONNECT;
}

static int choose_ports(struct app *app, const struct scan_args *a, struct scan_made *m,
			struct err *err)
{
	struct services *names = NULL;
	int r = a->ports ? services_read(&names, err) : 0;

	if (r == 0 && a->ports)
		r = scan_ports_scan(a->ports, names, &m->ports, err);
	else if (a->fast)
		scan_ports_fast(&m->ports);
	else
		scan_ports_usual(&m->ports);
	services_free(names);
	if (r < 0)
		return r;
	choose_kinds(a, m);
	if (m->tcp != SCAN_TCP_NONE && portset_next(&m->ports.tcp, 0) < 0)
		return err_set(err, -EINVAL, "-p names no TCP port, and TCP is to be asked");
	if (m->udp && portset_next(&m->ports.udp, 0) < 0)
		return err_set(err, -EINVAL, "-p names no UDP port, and -sU asks UDP");
	if (m->tcp == SCAN_TCP_NONE && m->ports.says_tcp)
		app_note(app, "scan: TCP is not asked: -sU alone was given (add -sS)");
	if (!m->udp && m->ports.says_udp)
		app_note(app, "scan: UDP is not asked: add -sU");
	m->tcp_text = ports_text(&m->ports.tcp);
	m->udp_text = ports_text(&m->ports.udp);
	return m->tcp_text && m->udp_text ? 0 : err_set(err, -ENOMEM, "-p: out of memory");
}

static int choose(struct app *app, const struct scan_args *a, struct scan_made *m, struct err *err)
{
	int r = refuse_together(app, a, err);

	if (r == 0 && !a->no_ports)
		r = choose_ports(app, a, m, err);
	if (r == 0)
		r = survey_args_asks(&a->survey, m->ask, ARRAY_LEN(m->ask), err);
	if (r > 0)
		m->ask_n = (size_t)r;
	return r < 0 ? r : survey_args_read(app, &a->survey, true, &m->survey, err);
}

static struct nmap_run run_of(const struct app *app, const struct scan_args *a,
			      const struct scan_made *m)
{
	static const char *const kinds[] = { [SCAN_TCP_NONE] = NULL,
					     [SCAN_TCP_SYN] = "syn",
					     [SCAN_TCP_CONNECT] = "connect",
					     [SCAN_TCP_ACK] = "ack" };
	bool tcp = m->tcp != SCAN_TCP_NONE;

	return (struct nmap_run){
		.args = app->line ? app->line : "sonde scan",
		.start_s = clock_wall_ns() / NS_PER_S,
		.tcp_kind = kinds[m->tcp],
		.tcp_ports = tcp ? m->tcp_text : NULL,
		.udp_ports = m->udp ? m->udp_text : NULL,
		.tcp_n = tcp ? portset_count(&m->ports.tcp) : 0,
		.udp_n = m->udp ? portset_count(&m->ports.udp) : 0,
		.open_only = a->open,
		.reason = a->reason,
	};
}

static int run(const struct scan_args *a, const struct scan_made *m, struct scan_show *s,
	       struct survey_sum *sum, struct err *err)
{
	const struct survey_tell tell = {
		.begin = survey_show_begin,
		.host = show_host,
		.port = show_port,
		.host_end = show_host_end,
		.progress = survey_show_progress,
		.note = survey_show_note,
		.stop = survey_show_stop,
		.to = s,
	};
	const struct ask *ask = m->ask_n > 0 ? m->ask : NULL;
	struct scan_conf scan = {
		.survey = m->survey.conf,
		.tcp = m->tcp,
		.tcp_ports = &m->ports.tcp,
		.udp_ports = m->udp ? &m->ports.udp : NULL,
		.udp = m->udp,
		.no_discovery = a->all_up,
		.impatient = a->impatient,
		.ask = ask,
		.ask_n = m->ask_n,
		.numeric = a->survey.numeric,
	};
	struct sweep_conf sweep = {
		.survey = m->survey.conf,
		.ask = ask,
		.ask_n = m->ask_n,
		.all = a->verbose,
	};
	int r = survey_args_fault(a->no_ports ? sweep_check(&sweep, err) : scan_check(&scan, err));

	if (r == 0)
		r = scan_files_open(&a->files, s->common.app->out_fd, &s->files, err);
	if (r < 0)
		return r;
	s->common.mute = scan_files_take_out(s->files);
	survey_show_names(&s->common, a->survey.numeric, m->survey.targets.space.total);
	scan_files_begin(s->files, &s->run);
	r = a->no_ports ? sweep_run(&sweep, &tell, sum, err) : scan_run(&scan, &tell, sum, err);
	if (r == 0 && s->keep.failed)
		r = err_set(err, -ENOMEM, "keeping the ports of a host: out of memory");
	return r;
}

/* The end of files and screen. */
static int finish(const struct scan_args *a, const struct scan_made *m, struct scan_show *s,
		  const struct survey_sum *sum, int r, struct err *err)
{
	struct app *app = s->common.app;
	struct err file = { "" };
	int w;

	s->run.end_s = clock_wall_ns() / NS_PER_S;
	s->run.elapsed_ns = clock_mono_ns() - app->start_ns;
	s->run.up = sum->fact.up;
	s->run.down = sum->fact.targets - sum->fact.up;
	s->run.error = r < 0              ? err->text
		       : sum->interrupted ? "interrupted"
		       : sum->failed      ? "some targets could not be asked"
					  : NULL;
	w = scan_files_end(s->files, &s->run, &file);
	if (r < 0)
		return r;
	survey_show_sum(&s->common, sum);
	if (sum->fact.up == 0 && !sum->interrupted && !sum->failed && sum->fact.targets > 0 &&
	    (!a->all_up || s->common.unreachable == 0))
		app_note(app, "%s",
			 a->all_up
				 ? "scan: nobody on the link has any of these addresses: -Pn asks "
				   "for that too"
				 : "scan: no host answered; -Pn asks the ports of all the same");
	return w < 0 ? err_set(err, w, "%s", file.text)
		     : survey_show_status(sum, m->survey.unresolved);
}

static int scan(struct app *app, const struct scan_args *a, struct scan_made *m,
		struct scan_show *s, struct err *err)
{
	struct survey_sum sum = { 0 };
	int r = choose(app, a, m, err);

	if (r < 0)
		return r;
	if (m->survey.targets.space.total == 0)
		return APP_NO;
	s->common = (struct survey_show){ .app = app,
					  .all = a->verbose,
					  .unit = a->no_ports ? "addresses" : "ports" };
	s->lines = app->text;
	s->lines.width = survey_show_width(app);
	s->text = (struct scan_text){ &s->lines, a->reason, a->open, a->verbose };
	s->no_ports = a->no_ports;
	s->run = run_of(app, a, m);
	r = run(a, m, s, &sum, err);
	return finish(a, m, s, &sum, r, err);
}

static const struct opt scan_opts[] = {
	OPT_TEXT('p', "ports", struct scan_args, ports, "PORTS",
		 "22,80-90 and names; T: or U: before what is for TCP or UDP only; - is all "
		 "[TCP: 1-1023 and 100 others; UDP: 100]"),
	OPT_FLAG('F', "fast", struct scan_args, fast, "100 ports of well-known services"),
	OPT_PAIR_FLAG("sS", struct scan_args, syn, "TCP, by SYN alone [for root, the default]"),
	OPT_PAIR_FLAG("sT", struct scan_args, connect,
		      "TCP, by connections [the default without root]"),
	OPT_PAIR_FLAG("sA", struct scan_args, ack,
		      "TCP, by ACK: tells what is filtered, not what is open"),
	OPT_PAIR_FLAG("sU", struct scan_args, udp, "UDP; may stand beside one of TCP's"),
	OPT_PAIR_FLAG("sn", struct scan_args, no_ports, "no ports, only which hosts are up"),
	OPT_PAIR_FLAG("Pn", struct scan_args, all_up,
		      "take every target to be up, without asking first"),
	OPT_TEXT(0, "with", struct scan_args, survey.with, "LIST",
		 "how to ask whether a host is up; see sonde sweep"),
	OPT_FLAG(0, "open", struct scan_args, open, "show only what is or may be open"),
	OPT_FLAG(0, "reason", struct scan_args, reason, "tell of every port why it is so"),
	OPT_FLAG(0, "impatient", struct scan_args, impatient,
		 "UDP: do not wait for hosts that limit their refusals; what that hides is "
		 "unresolved"),
	OPT_PAIR_TEXT("oN", struct scan_args, files.normal, "FILE",
		      "write nmap's normal output; - is standard output"),
	OPT_PAIR_TEXT("oX", struct scan_args, files.xml, "FILE", "write nmap's XML"),
	OPT_PAIR_TEXT("oG", struct scan_args, files.grepable, "FILE",
		      "write nmap's grepable output"),
	OPT_PAIR_TEXT("oA", struct scan_args, files.all, "BASE",
		      "write all three: BASE.nmap, BASE.xml, BASE.gnmap"),
	OPT_FLAG('v', "verbose", struct scan_args, verbose,
		 "show every port and every host, also those that are otherwise only counted"),
	SURVEY_ARGS_ASKS(struct scan_args),
	SURVEY_ARGS_TARGETS(struct scan_args),
	SURVEY_ARGS_SPEED(struct scan_args),
	SURVEY_ARGS_WAY(struct scan_args),
	SURVEY_ARGS_PARTS(struct scan_args),
	SURVEY_ARGS_REST(struct scan_args),
	OPT_END_HABITS(habits_scan),
};

static const struct scan_args scan_defaults = { .survey = SURVEY_ARGS_DEFAULTS };

static int scan_cmd_run(struct app *app, const void *args_, struct err *err)
{
	AUTO(made_freep) struct scan_made *made = calloc(1, sizeof(*made));
	AUTO(line_done) struct line line = { 0 };
	struct scan_show show = { 0 };
	struct scan_args args;
	int r;

	if (!made)
		return -ENOMEM;
	memcpy(&args, args_, sizeof(args)); /* with its padding: it is compared */
	r = survey_args_resume(scan_opts, "scan", &scan_defaults, sizeof(args), &args, &args.survey,
			       &line, err);
	if (r == 0)
		r = scan(app, &args, made, &show, err);
	flow_names_close(show.common.names);
	scan_files_freep(&show.files);
	scan_keep_done(&show.keep);
	return r;
}

static const struct cmd_example scan_examples[] = {
	{ "sonde scan 192.0.2.7", "TCP ports below 1024 and others that are well known" },
	{ "sonde scan -p- 192.0.2.7", "every TCP port" },
	{ "sonde scan -sS -sU -F --reason 192.0.2.0/24", "TCP and UDP, with reasons" },
	{ "sonde scan -sU -p 53,123,161 -iL hosts.txt --open", "who offers these over UDP" },
	{ "sonde scan -p T:1-1000,U:53 -oX today.xml web1", "a file for ndiff" },
	{ NULL, NULL },
};

const struct cmd cmd_scan = {
	.name = "scan",
	.summary = "the state of TCP and UDP ports, each with its reason",
	.about =
		"Asks which hosts are up, then each of their ports, and says of every port whether it "
		"is open, closed or filtered, who says so, and how sure that is. nmap's options mean "
		"here what they mean there.\n\n"
		"A port is open or closed when the host itself says so. It is filtered when a "
		"firewall says so by an ICMP error, or when nothing comes back from a host that "
		"otherwise answers. UDP that stays silent is open|filtered once refusals of other ports prove "
		"that a refusal would have come; unresolved where a limit on ICMP may have "
		"swallowed it.\n\n"
		"Hosts limit how many UDP refusals they send, Linux to one a second: that limit is "
		"measured and kept, so UDP takes its time, which is told before. --sources and "
		"--impatient shorten it.\n\n"
		"Without -p: of TCP ports 1 to 1023 and 100 of well-known services, of UDP those 100. "
		"As many packets leave a second as none is lost, at most 10000 where an address is "
		"not on a network of this host. Without root, -sT and UDP are what can be asked.",
	.status_no = "no host is up, or a name does not resolve",
	.opts = scan_opts,
	.args_size = sizeof(struct scan_args),
	.defaults = &scan_defaults,
	.examples = scan_examples,
	.run = scan_cmd_run,
};
