/* SPDX-License-Identifier: GPL-2.0-or-later */
/* help: what there is, and how each command is called. */
#include "cmd/help.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "out/format_doc.h"

#define OPTION_COLUMN 28

enum help_form { HELP_TEXT, HELP_SCDOC, HELP_BASH, HELP_ZSH, HELP_FISH, HELP_FORMAT };

static const char *const form_words[] = { "text", "scdoc", "bash", "zsh", "fish", "format", NULL };

struct help_args {
	const char *command;
	uint8_t form;
};

void help_usage(FILE *to)
{
	fputs("usage: sonde [--json] [--color WHEN] COMMAND …\n"
	      "'sonde help' lists the commands, 'sonde help COMMAND' explains one.\n",
	      to);
}

const char *help_option(const struct opt *o, char buf[static 64])
{
	const char *space = o->arg && !o->attached ? " " : "", *arg = o->arg ? o->arg : "";

	if (opt_is_positional(o))
		snprintf(buf, 64, "%s", o->name);
	else if (o->letter && o->name)
		snprintf(buf, 64, "-%c, --%s%s%s", o->letter, o->name, space, arg);
	else if (o->pair)
		snprintf(buf, 64, "-%s%s%s", o->pair, space, arg);
	else if (o->letter)
		snprintf(buf, 64, "-%c%s%s", o->letter, space, arg);
	else
		snprintf(buf, 64, "    --%s%s%s", o->name, space, arg);
	return buf;
}

void help_synopsis(struct out_sink *to, const struct cmd *cmd)
{
	out_printf(to, "sonde %s [OPTIONS]", cmd->name);
	for (const struct opt *o = cmd->opts; o->help; o++) {
		if (o->kind == OPT_KIND_POS)
			out_printf(to, " [%s]", o->name);
		if (o->kind == OPT_KIND_REST)
			out_printf(to, o->min ? " %s…" : " [%s…]", o->name);
	}
}

static void options(const struct text_out *t, const struct opt *opts)
{
	for (; opts->help; opts++) {
		char head[80], buf[64];

		snprintf(head, sizeof(head), "  %s  ", help_option(opts, buf));
		if (strlen(head) > OPTION_COLUMN) {
			text_wrap(t, OPTION_COLUMN, head, "");
			head[0] = '\0';
		}
		text_wrap(t, OPTION_COLUMN, head, opts->help);
	}
}

static void paragraphs(const struct text_out *t, const char *text)
{
	while (*text) {
		const char *end = strstr(text, "\n\n");
		char part[2048];

		snprintf(part, sizeof(part), "%.*s", end ? (int)(end - text) : (int)strlen(text),
			 text);
		text_wrap(t, 0, "", part);
		out_char(t->to, '\n');
		text = end ? end + 2 : text + strlen(text);
	}
}

/* The line is there to be copied, so it is never wrapped. */
static void example(const struct text_out *t, const struct cmd_example *e)
{
	out_printf(t->to, "  %s\n", e->line);
	text_wrap(t, 6, "", e->shows);
}

static void show_command(const struct text_out *t, const struct cmd *cmd)
{
	text_put(t, TEXT_BOLD, "Usage: ");
	help_synopsis(t->to, cmd);
	out_text(t->to, "\n\n");
	paragraphs(t, cmd->about);
	text_put(t, TEXT_BOLD, "Options");
	out_char(t->to, '\n');
	options(t, cmd->opts);
	options(t, opt_common_table);
	out_char(t->to, '\n');
	text_put(t, TEXT_BOLD, "Examples");
	out_char(t->to, '\n');
	for (const struct cmd_example *e = cmd->examples; e->line; e++)
		example(t, e);
	out_char(t->to, '\n');
	text_wrap(t, 13, "Exit status  ",
		  "0 yes, 1 no, 2 usage, 3 not permitted, 4 it could not be done.");
	if (cmd->status_no) {
		char here[256];

		snprintf(here, sizeof(here), "1 here: %s.", cmd->status_no);
		text_wrap(t, 13, "", here);
	}
}

static void show_program(const struct text_out *t)
{
	text_wrap(
		t, 0, "",
		"Sonde shows, tests and governs ICMP and the ports behind it, on Linux, and gives "
		"a reason for every answer.");
	out_text(t->to, "\n");
	text_put(t, TEXT_BOLD, "Usage: ");
	out_text(t->to, "sonde [--json] [--color WHEN] COMMAND …\n\n");
	text_put(t, TEXT_BOLD, "Commands");
	out_text(t->to, "\n");
	for (size_t i = 0; cmd_table[i]; i++) {
		char head[40];

		snprintf(head, sizeof(head), "  %s", cmd_table[i]->name);
		text_wrap(t, 12, head, cmd_table[i]->summary);
	}
	out_char(t->to, '\n');
	text_wrap(t, 0, "",
		  "'sonde help COMMAND' explains one; the beginning of its name is enough.");
	text_wrap(t, 0, "",
		  "Exit status: 0 yes, 1 no, 2 usage, 3 not permitted, 4 it could not be done.");
}

static void show(struct app *app, const struct cmd *cmd)
{
	if (app->json)
		return;
	if (cmd)
		show_command(&app->text, cmd);
	else
		show_program(&app->text);
}

int help_show(const struct cmd *cmd, const struct opt_common *common)
{
	struct app *app = malloc(sizeof(*app));
	int r;

	if (!app)
		return APP_FAILED;
	app_init(app, "help", common->json, common->colour);
	show(app, cmd);
	r = app_done(app, APP_YES, NULL);
	free(app);
	return r;
}

static int help_run(struct app *app, const void *args_, struct err *err)
{
	const struct help_args *args = args_;
	const struct cmd *cmd = NULL;

	if (args->command && cmd_find(args->command, &cmd, err) < 0)
		return -EINVAL;
	if (app->json && args->form != HELP_TEXT)
		return err_set(err, -EINVAL, "--as %s writes no JSON: leave --json out",
			       form_words[args->form]);
	switch ((enum help_form)args->form) {
	case HELP_TEXT:
		show(app, cmd);
		return APP_YES;
	case HELP_SCDOC:
		if (!cmd)
			return err_set(err, -EINVAL, "--as scdoc needs a COMMAND");
		help_scdoc(&app->out, cmd);
		return APP_YES;
	case HELP_BASH:
		help_bash(&app->out);
		return APP_YES;
	case HELP_ZSH:
		help_zsh(&app->out);
		return APP_YES;
	case HELP_FISH:
		help_fish(&app->out);
		return APP_YES;
	case HELP_FORMAT:
		format_doc_write(&app->out);
		return APP_YES;
	}
	return err_set(err, -EINVAL, "--as: no such form");
}

static const struct opt help_opts[] = {
	OPT_WORD(
		0, "as", struct help_args, form, "FORM", form_words,
		"text, scdoc (a command's part of the manual), bash, zsh or fish (completions), or "
		"format (what --json writes) [text]"),
	OPT_POS("COMMAND", struct help_args, command, "the command to explain"),
	OPT_END,
};

static const struct cmd_example help_examples[] = {
	{ "sonde help ping", "how to ping" },
	{ "sonde help --as bash > ~/.local/share/bash-completion/completions/sonde",
	  "completions for a shell that does not have them yet" },
	{ NULL, NULL },
};

const struct cmd cmd_help = {
	.name = "help",
	.summary = "list the commands, or explain one",
	.about =
		"Lists the commands, or explains one of them: its options, examples and exit status.",
	.opts = help_opts,
	.args_size = sizeof(struct help_args),
	.examples = help_examples,
	.run = help_run,
};
