/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "cmd/help.h"
#include "cmd/line.h"

const struct cmd *const cmd_table[] = {
#define COMMAND(name) &cmd_##name,
#include "cmd/commands.def"
#undef COMMAND
	NULL,
};

/* What fingers type that know other tools. */
static const char *peer_of(const char *word)
{
	static const struct {
		const char *peer, *ours;
	} peers[] = {
		{ "netstat", "sonde ports" },
		{ "ss", "sonde ports" },
		{ "lsof", "sonde ports" },
		{ "sockets", "sonde ports" },
		{ "fping", "sonde sweep" },
		{ "ping6", "sonde ping" },
		{ "nmap", "sonde scan" },
		{ "masscan", "sonde scan" },
		{ "traceroute", "sonde trace" },
		{ "mtr", "sonde trace --live" },
		{ "tracepath", "sonde trace --mtu" },
		{ "tracert", "sonde trace" },
		{ "zmap", "sonde sweep" },
		{ "arp-scan", "sonde sweep" },
		{ "explain", "sonde why" },
		{ "icmp", "sonde types" },
		{ "check", "sonde audit" },
		{ "version", "sonde --version" },
	};

	for (size_t i = 0; i < ARRAY_LEN(peers); i++)
		if (strcmp(word, peers[i].peer) == 0)
			return peers[i].ours;
	return NULL;
}

static int unknown(const char *word, struct err *err)
{
	const char *near = NULL, *peer = peer_of(word);
	unsigned least = NEAREST_LEN_MAX;

	if (peer)
		return err_set(err, -EINVAL, "unknown command '%.40s': that is '%s' here", word,
			       peer);
	for (size_t i = 0; cmd_table[i]; i++) {
		unsigned d = nearest_distance(word, cmd_table[i]->name);

		if (d < least && nearest_is(word, cmd_table[i]->name)) {
			least = d;
			near = cmd_table[i]->name;
		}
	}
	if (near)
		return err_set(err, -EINVAL, "unknown command '%.40s': did you mean '%s'?", word,
			       near);
	return err_set(err, -EINVAL, "unknown command '%.40s' ('sonde help' lists them)", word);
}

int cmd_find(const char *word, const struct cmd **ret_cmd, struct err *err)
{
	const struct cmd *found = NULL;

	for (size_t i = 0; cmd_table[i]; i++) {
		const char *name = cmd_table[i]->name;

		if (strcmp(name, word) == 0) {
			*ret_cmd = cmd_table[i];
			return 0;
		}
		if (!*word || strncmp(name, word, strlen(word)) != 0)
			continue;
		if (found)
			return err_set(err, -EINVAL,
				       "command '%.40s' may be '%s' or '%s': write more of it",
				       word, found->name, name);
		found = cmd_table[i];
	}
	if (!found)
		return unknown(word, err);
	*ret_cmd = found;
	return 0;
}

static int status_of(int r)
{
	if (r >= 0)
		return r;
	if (r == -EINVAL)
		return APP_USAGE;
	return r == -EPERM || r == -EACCES ? APP_DENIED : APP_FAILED;
}

/* The sink holds a large buffer: not on the stack. */
static int run(const struct cmd *cmd, const char *line, const void *args,
	       const struct opt_common *common)
{
	struct app *app = malloc(sizeof(*app));
	struct err err = { "" };
	int r, status;

	if (!app) {
		fprintf(stderr, "sonde %s: out of memory\n", cmd->name);
		return APP_FAILED;
	}
	app_init(app, cmd->name, common->json, common->colour);
	app->line = line;
	r = cmd->run(app, args, &err);
	if (r < 0) {
		app_progress(app, NULL);
		if (!err.text[0])
			snprintf(err.text, sizeof(err.text), "%s", strerror(-r));
		text_clean(err.text);
		if (app->out.error != -EPIPE)
			fprintf(stderr, "sonde %s: %s\n", cmd->name, err.text);
	}
	status = app_done(app, status_of(r), r < 0 ? err.text : NULL);
	free(app);
	return status;
}

/* A wrong command line: one line for people, a summary for programs. */
static int refuse(const char *command, const struct opt_common *common, struct err *err)
{
	struct app *app = malloc(sizeof(*app));

	text_clean(err->text);
	fprintf(stderr, "sonde%s%s: %s\n", command ? " " : "", command ? command : "", err->text);
	if (!app)
		return APP_FAILED;
	app_init(app, command, common->json, APP_COLOUR_NEVER);
	app_done(app, APP_USAGE, err->text);
	free(app);
	return APP_USAGE;
}

/* The version stands on standard output, where with --json only JSON may. */
static int version(const struct opt_common *common)
{
	struct app *app = malloc(sizeof(*app));
	int status;

	if (!app)
		return APP_FAILED;
	app_init(app, NULL, common->json, common->colour);
	if (common->json)
		app_note(app, "version %s", SONDE_VERSION);
	else
		out_printf(&app->out, "sonde %s\n", SONDE_VERSION);
	status = app_done(app, APP_YES, NULL);
	free(app);
	return status;
}

/* --json, or a beginning of it, may stand behind the word that is wrong. */
static bool says_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strncmp(argv[i], "--j", 3) == 0 &&
		    strncmp(argv[i], "--json", strlen(argv[i])) == 0)
			return true;
	return false;
}

static int dispatch(const struct cmd *cmd, int argc, char **argv, struct opt_common *common)
{
	/* Before parsing, which turns the order of the words. */
	char *line = line_join("sonde", argc, (const char *const *)argv);
	void *args = calloc(1, cmd->args_size + 1);
	struct err err = { "" };
	int status;

	if (!args || !line) {
		free(args);
		free(line);
		return refuse(cmd->name, common, &(struct err){ "out of memory" });
	}
	if (cmd->defaults)
		memcpy(args, cmd->defaults, cmd->args_size);
	if (opt_parse(cmd->opts, argc, argv, args, common, &err) < 0) {
		common->json = common->json || says_json(argc, argv);
		status = refuse(cmd->name, common, &err);
	} else if (common->help) {
		status = help_show(cmd, common);
	} else {
		status = run(cmd, line, args, common);
	}
	free(line);
	free(args);
	return status;
}

/* Options before the command. Returns the index of the command word, argc when there is none. */
static int common_options(int argc, char **argv, struct opt_common *common, struct err *err)
{
	static const struct opt colour =
		OPT_WORD(0, "color", struct opt_common, colour, "WHEN", opt_colour_words, "");
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--") == 0)
			return i + 1;
		if (strcmp(argv[i], "--json") == 0)
			common->json = true;
		else if (strcmp(argv[i], "--version") == 0 || strcmp(argv[i], "-V") == 0)
			common->version = true;
		else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			common->help = true;
		else if (strncmp(argv[i], "--color=", 8) == 0 &&
			 opt_value(&colour, argv[i] + 8, common, err) < 0)
			return -EINVAL;
		else if (strcmp(argv[i], "--color") == 0 && i + 1 >= argc)
			return err_set(err, -EINVAL,
				       "--color needs an argument: auto, always or never");
		else if (strcmp(argv[i], "--color") == 0) {
			if (opt_value(&colour, argv[++i], common, err) < 0)
				return -EINVAL;
		} else if (strncmp(argv[i], "--color=", 8) != 0)
			return err_set(
				err, -EINVAL,
				"unknown option '%.40s' before the command (--json, --color, --help, --version)",
				argv[i]);
	}
	return i;
}

int cmd_main(int argc, char **argv)
{
	struct opt_common common = { 0 };
	const struct cmd *cmd;
	struct err err = { "" };
	int at;

	app_guard_descriptors();
	at = common_options(argc, argv, &common, &err);
	if (at < 0) {
		common.json = common.json || says_json(argc, argv);
		return refuse(NULL, &common, &err);
	}
	if (common.version)
		return version(&common);
	if (common.help)
		return help_show(NULL, &common);
	if (at >= argc) {
		help_usage(stderr);
		if (common.json)
			refuse(NULL, &common,
			       &(struct err){ "no command given ('sonde help' lists them)" });
		return APP_USAGE;
	}
	if (cmd_find(argv[at], &cmd, &err) < 0) {
		common.json = common.json || says_json(argc, argv);
		return refuse(NULL, &common, &err);
	}
	return dispatch(cmd, argc - at, argv + at, &common);
}
