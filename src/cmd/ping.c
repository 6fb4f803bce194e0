/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ping: ask one or many hosts whether they are there, and tell what comes back. */
#include <errno.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/ping_text.h"
#include "probe/stats.h"
#include "sys/clock.h"
#include "sys/entropy.h"

struct ping_args {
	struct opt_rest targets;
	uint64_t count, size, hops;
	uint64_t interval_ns, timeout_ns, deadline_ns;
	const char *from, *about;
	uint8_t query; /* index into the probe modules */
	uint8_t family;
	bool quiet, stamp, numeric;
};

/* Everything between flow and the outputs. */
struct ping_show {
	struct app *app;
	struct ping_text text;
	uint64_t start_ns;
	size_t unresolved;
	size_t unsent_told;
};

#define UNSENT_TOLD_MAX \
	20 /* lines about questions that could not be sent; the sums tell the rest */

static void show_begin(void *to)
{
	struct ping_show *s = to;

	s->start_ns = clock_mono_ns();
	if (!s->app->json)
		ping_text_head(&s->text);
}

static void show_reply(void *to, size_t i, const struct fact_reply *r)
{
	struct ping_show *s = to;

	app_fact(s->app, &fact_reply, r);
	if (!s->app->json)
		ping_text_reply(&s->text, i, r);
}

static void show_error(void *to, size_t i, const struct fact_icmp_error *e)
{
	struct ping_show *s = to;

	app_fact(s->app, &fact_icmp_error, e);
	if (!s->app->json)
		ping_text_error(&s->text, i, e);
}

/* What the kernel means by the refusals that people meet. */
static const char *reason(int code)
{
	if (code == EACCES)
		return "that is a broadcast address";
	if (code == EPERM)
		return "a firewall rule of this host forbids it";
	if (code == EMSGSIZE)
		return "it is longer than the path takes";
	return strerror(code);
}

static void show_unsent(void *to, size_t i, uint32_t seq, int code)
{
	struct ping_show *s = to;
	char buf[IP_TEXT_LEN];

	if (s->unsent_told++ < UNSENT_TOLD_MAX)
		app_note(s->app, "ping: %s: icmp_seq=%u was not sent: %s",
			 flow_targets_name(s->text.targets, i, buf), seq, reason(code));
}

static void show_target(void *to, size_t i UNUSED, const struct fact_ping_target *t)
{
	struct ping_show *s = to;

	app_fact(s->app, &fact_ping_target, t);
	if (!s->app->json)
		ping_text_target(&s->text, t, clock_mono_ns() - s->start_ns);
}

static void show_idle(void *to)
{
	struct ping_show *s = to;

	out_flush(&s->app->out);
}

static bool show_stop(void *to)
{
	struct ping_show *s = to;

	return app_interrupted(s->app);
}

/* A name that cannot be resolved is told and counted; everything else must be right. */
static int read_targets(const struct ping_args *args, struct ping_show *s,
			struct flow_targets *list, struct err *err)
{
	for (size_t i = 0; i < args->targets.n; i++) {
		struct fact_ping_target none = { .target = args->targets.item[i],
						 .loss_pct = FACT_NONE };
		int r = flow_targets_add(list, args->targets.item[i], err);

		if (r < 0 && r != -ENOENT)
			return r == -E2BIG ? -EINVAL : r;
		if (r == 0)
			continue;
		app_note(s->app, "ping: %s", err->text);
		stats_rtt(&(struct stats){ .n = 0 }, &none.rtt_us);
		app_fact(s->app, &fact_ping_target, &none);
		s->unresolved++;
	}
	if (list->repeated > 0)
		app_note(s->app, "ping: %zu address%s named twice: asked once", list->repeated,
			 list->repeated == 1 ? " is" : "es are");
	return 0;
}

/* -I takes an address of this host or an interface. */
static void read_from(const struct ping_args *args, struct flow_ping_conf *conf)
{
	if (args->from && ip_scan(args->from, &conf->source) < 0)
		conf->iface = args->from;
}

static int read_about(const struct ping_args *args, struct flow_ping_conf *conf,
		      struct probe_about *about, struct err *err)
{
	if (conf->probe != &probe_ext_echo && args->about)
		return err_set(err, -EINVAL, "--about is for --query probe");
	if (conf->probe != &probe_ext_echo)
		return 0;
	if (!args->about)
		return err_set(
			err, -EINVAL,
			"--query probe asks about an interface of the target: say which with "
			"--about NAME, NUMBER or ADDRESS");
	conf->about = about;
	return probe_about_scan(args->about, about, err);
}

static int ask(const struct flow_ping_conf *conf, struct ping_show *s, struct err *err)
{
	const struct flow_ping_tell tell = {
		.begin = show_begin,
		.reply = show_reply,
		.error = show_error,
		.unsent = show_unsent,
		.target = show_target,
		.idle = show_idle,
		.stop = show_stop,
		.to = s,
	};
	struct flow_ping_sum sum;
	int r = flow_ping_run(conf, &tell, &sum, err);

	if (r < 0)
		return r;
	if (!s->app->json)
		ping_text_tail(&s->text, &sum);
	return sum.answered == conf->targets->n && s->unresolved == 0 ? APP_YES : APP_NO;
}

static int ping_run(struct app *app, const void *args_, struct err *err)
{
	const struct ping_args *args = args_;
	AUTO(flow_targets_done) struct flow_targets list = { .family = args->family };
	struct ping_show s = { .app = app };
	struct probe_about about;
	struct flow_ping_conf conf = {
		.probe = probe_at(args->query),
		.targets = &list,
		.hops = (uint8_t)args->hops,
		.size = (uint16_t)args->size,
		.count = (uint32_t)args->count,
		.interval_ns = args->interval_ns,
		.timeout_ns = args->timeout_ns,
		.deadline_ns = args->deadline_ns,
	};
	int r;

	read_from(args, &conf);
	list.iface = conf.iface;
	r = read_about(args, &conf, &about, err);
	if (r == 0)
		r = entropy_fill(&list.key, sizeof(list.key), err);
	if (r == 0)
		r = read_targets(args, &s, &list, err);
	if (r < 0)
		return r;
	if (list.n == 0)
		return APP_NO;
	if (conf.count == 0 && list.n > 1)
		conf.count = 1;
	s.text = (struct ping_text){ app,         &list,       conf.probe,   conf.size,
				     args->quiet, args->stamp, args->numeric };
	return ask(&conf, &s, err);
}

/* In the order of probe/modules.def; a test holds them together. */
static const char *const ping_query_words[] = {
	"echo", "timestamp", "mask", "info", "probe", NULL
};

#define DAY_NS (24 * 60 * 60 * NS_PER_S)

static const struct opt ping_opts[] = {
	OPT_UINT('c', "count", struct ping_args, count, "N", 1, UINT32_MAX,
		 "questions per target [one target: until stopped; many: 1]"),
	OPT_NSEC('i', "interval", struct ping_args, interval_ns, "TIME", 0, DAY_NS,
		 "between two questions to one target [1s]; under 2ms for root only"),
	OPT_NSEC('w', "deadline", struct ping_args, deadline_ns, "TIME", NS_PER_MS, 365 * DAY_NS,
		 "end after TIME in any case"),
	OPT_NSEC('W', "timeout", struct ping_args, timeout_ns, "TIME", NS_PER_MS, DAY_NS,
		 "wait so long for the last answers; what comes later is late [4s]"),
	OPT_UINT('s', "size", struct ping_args, size, "OCTETS", 0, FLOW_PING_BODY6_MAX,
		 "of data in an echo request [56]"),
	OPT_UINT('t', "ttl", struct ping_args, hops, "N", 1, 255,
		 "TTL or hop limit of the questions [the kernel's]"),
	OPT_TEXT('I', "from", struct ping_args, from, "WHERE",
		 "ask from this interface, or from this address of this host"),
	OPT_WORD(0, "query", struct ping_args, query, "KIND", ping_query_words,
		 "what to ask: echo, timestamp, mask, info, probe [echo]"),
	OPT_TEXT(0, "about", struct ping_args, about, "IFACE",
		 "which interface --query probe asks about: name, number or address"),
	OPT_FLAG('q', "quiet", struct ping_args, quiet, "only the sums at the end"),
	OPT_FLAG('D', "stamp", struct ping_args, stamp, "seconds since 1970 in front of each line"),
	OPT_FLAG('n', "numeric", struct ping_args, numeric,
		 "addresses only, without the names they were given by"),
	OPT_SET('4', NULL, struct ping_args, family, 4, "only IPv4"),
	OPT_SET('6', NULL, struct ping_args, family, 6, "only IPv6"),
	OPT_REST("TARGET", struct ping_args, targets, 1,
		 "a name, an address (fe80::1%eth0), a prefix (192.0.2.0/24)"),
	OPT_END,
};

static const struct ping_args ping_defaults = {
	.size = 56,
	.interval_ns = NS_PER_S,
	.timeout_ns = 4 * NS_PER_S,
};

static const struct cmd_example ping_examples[] = {
	{ "sonde ping -c 3 127.0.0.1", "three answers, then loss, times and percentiles" },
	{ "sonde ping 192.0.2.0/24", "who of 256 addresses answers, each asked once" },
	{ "sonde ping --query timestamp -c 1 192.0.2.1", "what time the target has" },
	{ "sonde ping --query probe --about eth0 -c 1 192.0.2.1",
	  "whether an interface of the target is up" },
	{ "sonde --json ping -c 3 192.0.2.1 | jq .rtt_us", "the same for a program" },
	{ NULL, NULL },
};

const struct cmd cmd_ping = {
	.name = "ping",
	.summary = "ask hosts whether they are there, and tell what comes back",
	.about =
		"Sends ICMP or ICMPv6 questions to one or many targets and shows each answer as ping "
		"does. An ICMP error in answer is shown with who sent it and what it means. At the "
		"end come loss, round-trip times and their percentiles for each target.\n\n"
		"Answers and errors are believed only when they fit a question in every field; what "
		"fits in part is counted and told at the end.\n\n"
		"Root may ask everything. Other users may send echo and probe where their group is "
		"in the sysctl net.ipv4.ping_group_range. At most 10000 questions a second leave, "
		"over all targets.",
	.status_no = "a target did not answer, or its name could not be resolved",
	.opts = ping_opts,
	.args_size = sizeof(struct ping_args),
	.defaults = &ping_defaults,
	.examples = ping_examples,
	.run = ping_run,
};
