/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ports: the sockets of this host, who holds them, and how far each can be reached. */
#include "cmd/ports.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "host/sockets.h"

struct ports_args {
	bool all, listening, numeric, processes;
	bool tcp, udp, udplite, sctp, raw;
	bool v4, v6;
	struct opt_rest words;
};

/* What is shown, and the words that chose it. */
struct shown {
	struct ports_word *word;
	size_t word_n;
	const struct fact_socket **socket;
	size_t n;
	size_t unseen; /* of these, held by processes that we may not look into */
};

static void shown_done(struct shown *s)
{
	free(s->word);
	free(s->socket);
}

static struct host_sockets_want want_of(const struct ports_args *a)
{
	return (struct host_sockets_want){
		.protos = (a->tcp ? HOST_SOCKETS_BIT(FACT_TCP) : 0) |
			  (a->udp ? HOST_SOCKETS_BIT(FACT_UDP) : 0) |
			  (a->udplite ? HOST_SOCKETS_BIT(FACT_UDPLITE) : 0) |
			  (a->sctp ? HOST_SOCKETS_BIT(FACT_SCTP) : 0) |
			  (a->raw ? HOST_SOCKETS_BIT(FACT_RAW) | HOST_SOCKETS_BIT(FACT_ICMP) : 0),
		.family = a->v4 == a->v6 ? 0
			  : a->v4        ? 4
					 : 6,
		/* As netstat has it: with -a, -l changes nothing. */
		.listening = a->listening && !a->all,
		.processes = true,
		.names = !a->numeric,
	};
}

static int scan_words(const struct opt_rest *words, struct shown *s, struct err *err)
{
	s->word = calloc(words->n + 1, sizeof(*s->word));
	if (!s->word)
		return err_set(err, -ENOMEM, "reading the filter: out of memory");
	for (; s->word_n < words->n; s->word_n++) {
		int r = ports_word_scan(words->item[s->word_n], &s->word[s->word_n], err);

		if (r < 0)
			return err_wrap(err, r, "FILTER");
	}
	return 0;
}

static bool is_shown(const struct shown *s, const struct fact_socket *f)
{
	for (size_t i = 0; i < s->word_n; i++) {
		if (!ports_word_match(&s->word[i], f))
			return false;
	}
	return true;
}

static bool asks_for_process(const struct shown *s)
{
	for (size_t i = 0; i < s->word_n; i++) {
		if (s->word[i].kind == PORTS_TEXT || s->word[i].kind == PORTS_PID)
			return true;
	}
	return false;
}

static int choose(const struct host_sockets *all, struct shown *s, struct err *err)
{
	s->socket = calloc(all->n + 1, sizeof(*s->socket));
	if (!s->socket)
		return err_set(err, -ENOMEM, "choosing sockets: out of memory");
	for (size_t i = 0; i < all->n; i++) {
		const struct fact_socket *f = &all->item[i];

		if (!is_shown(s, f))
			continue;
		s->socket[s->n++] = f;
		s->unseen += all->unseen && f->pid == FACT_NONE && f->inode != FACT_NONE;
	}
	/* Nothing matches: perhaps because of the programs that could not be seen. */
	if (s->n == 0 && asks_for_process(s))
		s->unseen = all->unseen;
	return 0;
}

static int tell(struct app *app, const struct shown *s, bool numeric, struct err *err)
{
	if (app->json) {
		for (size_t i = 0; i < s->n && !app_interrupted(app); i++)
			app_fact(app, &fact_socket, s->socket[i]);
		return 0;
	}
	if (s->n > 0 && ports_table(&app->text, s->socket, s->n, numeric) < 0)
		return err_set(err, -ENOMEM, "writing the table: out of memory");
	return 0;
}

static void note(struct app *app, const struct ports_args *args, const struct shown *s)
{
	if (s->n == 0)
		app_note(app, "no socket matches%s%s%s%s", args->words.n ? " '" : "",
			 args->words.n ? args->words.item[0] : "",
			 args->words.n > 1 ? "' and the other words" : "",
			 args->words.n == 1 ? "'" : "");
	if (s->unseen)
		app_note(app,
			 "%zu socket%s without program: this user may not look into the process "
			 "(needs CAP_SYS_PTRACE%s)",
			 s->unseen, s->unseen == 1 ? "" : "s",
			 geteuid() ? ": sudo sonde ports" : "");
}

static int ports_run(struct app *app, const void *args_, struct err *err)
{
	const struct ports_args *args = args_;
	struct host_sockets_want want = want_of(args);
	AUTO(host_sockets_freep) struct host_sockets *all = NULL;
	AUTO(shown_done) struct shown s = { 0 };
	int r = scan_words(&args->words, &s, err);

	r = r < 0 ? r : host_sockets_read(&want, &all, err);
	r = r < 0 ? r : choose(all, &s, err);
	r = r < 0 ? r : tell(app, &s, args->numeric, err);
	if (r < 0)
		return r;
	note(app, args, &s);
	return s.n > 0 ? APP_YES : APP_NO;
}

static const struct opt ports_opts[] = {
	OPT_FLAG('a', "all", struct ports_args, all, "listening and not (this is the default)"),
	OPT_FLAG('l', "listening", struct ports_args, listening,
		 "only what waits for others: listeners, and datagram sockets without a peer; "
		 "-a overrides it"),
	OPT_FLAG('n', "numeric", struct ports_args, numeric,
		 "numbers instead of user and service names: none are looked up"),
	OPT_FLAG('p', "processes", struct ports_args, processes,
		 "process id and program (always shown)"),
	OPT_FLAG('t', "tcp", struct ports_args, tcp, "TCP"),
	OPT_FLAG('u', "udp", struct ports_args, udp, "UDP"),
	OPT_FLAG('U', "udplite", struct ports_args, udplite, "UDP-Lite"),
	OPT_FLAG('S', "sctp", struct ports_args, sctp, "SCTP"),
	OPT_FLAG('w', "raw", struct ports_args, raw, "raw sockets and ICMP (ping) sockets"),
	OPT_FLAG('4', "ipv4", struct ports_args, v4, "IPv4 sockets"),
	OPT_FLAG('6', "ipv6", struct ports_args, v6, "IPv6 sockets, some of which take IPv4 too"),
	OPT_REST("FILTER", struct ports_args, words, 0,
		 "a port (53, 8000-8099), protocol (udp, udp/53), address or prefix, program, "
		 "user, service, state, device or pid/N; each word must match"),
	OPT_END,
};

static const struct cmd_example ports_examples[] = {
	{ "sonde ports", "every socket, who holds it, and how far it reaches" },
	{ "sonde ports -l any", "what listens on every address of this host" },
	{ "sonde ports 53", "who uses port 53, at either end" },
	{ "sonde ports nginx", "all sockets of programs whose name holds 'nginx'" },
	{ "sonde ports -anlpu", "what netstat's letters show: UDP, numbers only" },
	{ NULL, NULL },
};

const struct cmd cmd_ports = {
	.name = "ports",
	.summary = "list this host's sockets, who holds them, and how far each reaches",
	.about = "Lists the sockets of this network namespace as the kernel tells them: TCP, UDP, "
		 "UDP-Lite, SCTP, raw and ICMP (ping) sockets, IPv4 and IPv6, with queues, "
		 "addresses, state, user, process, service, and how far the local address lets "
		 "others come: loopback (this host only), link (neighbours on one link), "
		 "interface (one address, or bound to one device), any (every address). "
		 "A TCP socket in state close is bound and does not listen: it holds the port.\n\n"
		 "netstat's letters mean here what they mean there. Without a letter for a "
		 "protocol or family all are shown.",
	.status_no = "no socket matches",
	.opts = ports_opts,
	.args_size = sizeof(struct ports_args),
	.examples = ports_examples,
	.run = ports_run,
};
