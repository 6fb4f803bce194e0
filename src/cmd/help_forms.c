/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The option tables as manual source (scdoc) and as completions for three shells. */
#include "cmd/help.h"

#include <string.h>

/* scdoc gives meaning to _ * \ and #; < and > are plain. */
static void scdoc_text(struct out_sink *to, const char *text)
{
	for (; *text; text++) {
		if (strchr("_*\\#", *text))
			out_char(to, '\\');
		out_char(to, *text);
	}
}

static void scdoc_options(struct out_sink *to, const struct opt *opts)
{
	for (; opts->help; opts++) {
		char buf[64];
		const char *head = help_option(opts, buf);

		head += strspn(head, " ");
		out_text(to, "*");
		scdoc_text(to, head);
		out_text(to, "*\n\t");
		scdoc_text(to, opts->help);
		out_text(to, "\n\n");
	}
}

void help_scdoc(struct out_sink *to, const struct cmd *cmd)
{
	out_printf(to, "sonde-%s(1)\n\n# NAME\n\nsonde-%s - ", cmd->name, cmd->name);
	scdoc_text(to, cmd->summary);
	out_text(to, "\n\n# SYNOPSIS\n\n*");
	help_synopsis(to, cmd);
	out_text(to, "*\n\n# DESCRIPTION\n\n");
	scdoc_text(to, cmd->about);
	out_text(to, "\n\n@MORE@\n\n# OPTIONS\n\n");
	scdoc_options(to, cmd->opts);
	scdoc_options(to, opt_common_table);
	out_text(to, "# EXAMPLES\n\n");
	for (const struct cmd_example *e = cmd->examples; e->line; e++) {
		scdoc_text(to, e->shows);
		out_text(to, ":\n\n\t");
		scdoc_text(to, e->line);
		out_text(to, "\n\n");
	}
	out_text(to, "# EXIT STATUS\n\n*0* yes, *1* no");
	if (cmd->status_no) {
		out_text(to, " (");
		scdoc_text(to, cmd->status_no);
		out_text(to, ")");
	}
	out_text(to, ", *2* usage, *3* not permitted, *4* it could not be done.\n\n"
		     "# SEE ALSO\n\n*sonde*(1)\n");
}

static void long_options(struct out_sink *to, const struct opt *opts)
{
	for (; opts->help; opts++) {
		if (opt_is_positional(opts))
			continue;
		if (opts->letter)
			out_printf(to, " -%c", opts->letter);
		if (opts->pair)
			out_printf(to, " -%s", opts->pair);
		if (opts->name)
			out_printf(to, " --%s", opts->name);
	}
}

static void command_names(struct out_sink *to)
{
	for (size_t i = 0; cmd_table[i]; i++)
		out_printf(to, "%s%s", i ? " " : "", cmd_table[i]->name);
}

void help_bash(struct out_sink *to)
{
	out_text(
		to,
		"# bash completion for sonde\n_sonde()\n{\n"
		"\tlocal cur=${COMP_WORDS[COMP_CWORD]} cmd= words= w\n"
		"\tfor w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
		"\t\t[[ $w == -* || $w == auto || $w == always || $w == never ]] || { cmd=$w; break; }\n"
		"\tdone\n\tcase $cmd in\n\t'') words='");
	command_names(to);
	out_text(to, " --json --color --help --version' ;;\n");
	for (size_t i = 0; cmd_table[i]; i++) {
		out_printf(to, "\t%s) words='", cmd_table[i]->name);
		if (strcmp(cmd_table[i]->name, "help") == 0)
			command_names(to);
		long_options(to, cmd_table[i]->opts);
		long_options(to, opt_common_table);
		out_text(to, "' ;;\n");
	}
	out_text(to, "\tesac\n\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\n"
		     "complete -o default -F _sonde sonde\n");
}

/* Inside single quotes of zsh and fish; [ ] and : have a meaning in _arguments. */
static void quoted(struct out_sink *to, const char *text, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'') {
			out_text(to, "'\\''");
			continue;
		}
		if (strchr(special, *text))
			out_char(to, '\\');
		out_char(to, *text);
	}
}

static void zsh_words(struct out_sink *to, const struct opt *o)
{
	if (o->kind != OPT_KIND_WORD) {
		out_text(to, "_default");
		return;
	}
	out_char(to, '(');
	for (size_t i = 0; o->words[i]; i++)
		out_printf(to, "%s%s", i ? " " : "", o->words[i]);
	out_char(to, ')');
}

static void zsh_option(struct out_sink *to, const struct opt *o, const char *dash, const char *word)
{
	out_printf(to, " \\\n\t\t\t'%s%s%s[", dash, word, o->attached ? "-" : "");
	quoted(to, o->help, "[]:");
	out_char(to, ']');
	if (o->arg) {
		out_printf(to, "%s:%s:", o->attached ? ":" : "", o->arg);
		zsh_words(to, o);
	}
	out_char(to, '\'');
}

static void zsh_options(struct out_sink *to, const struct opt *opts)
{
	for (; opts->help; opts++) {
		char letter[2] = { opts->letter, '\0' };

		if (opt_is_positional(opts))
			continue;
		if (opts->letter)
			zsh_option(to, opts, "-", letter);
		if (opts->pair)
			zsh_option(to, opts, "-", opts->pair);
		if (opts->name)
			zsh_option(to, opts, "--", opts->name);
	}
}

void help_zsh(struct out_sink *to)
{
	out_text(to, "#compdef sonde\n_sonde() {\n\tlocal -a commands\n\tcommands=(\n");
	for (size_t i = 0; cmd_table[i]; i++) {
		out_printf(to, "\t\t'%s:", cmd_table[i]->name);
		quoted(to, cmd_table[i]->summary, ":");
		out_text(to, "'\n");
	}
	out_text(
		to,
		"\t)\n\t_arguments -C '--json[write JSON]' '--color[when to use colour]:WHEN:(auto always never)' \\\n"
		"\t\t'--help[help]' '--version[version]' '1:command:->command' '*::arg:->args'\n"
		"\tcase $state in\n\tcommand) _describe command commands ;;\n\targs)\n\t\tcase $words[1] in\n");
	for (size_t i = 0; cmd_table[i]; i++) {
		out_printf(to, "\t\t%s) _arguments", cmd_table[i]->name);
		zsh_options(to, cmd_table[i]->opts);
		zsh_options(to, opt_common_table);
		out_text(to, " \\\n\t\t\t'*:argument:_default' ;;\n");
	}
	out_text(to, "\t\tesac ;;\n\tesac\n}\n_sonde \"$@\"\n");
}

static void fish_options(struct out_sink *to, const char *command, const struct opt *opts)
{
	for (; opts->help; opts++) {
		if (opt_is_positional(opts))
			continue;
		out_printf(to, "complete -c sonde -n '__fish_seen_subcommand_from %s'", command);
		if (opts->letter)
			out_printf(to, " -s %c", opts->letter);
		if (opts->pair) /* fish: an old style option, one dash and a word */
			out_printf(to, " -o %s", opts->pair);
		if (opts->name)
			out_printf(to, " -l %s", opts->name);
		if (opts->arg && !opts->attached)
			out_text(to, " -r");
		if (opts->kind == OPT_KIND_WORD) {
			out_text(to, " -f -a '");
			for (size_t i = 0; opts->words[i]; i++)
				out_printf(to, "%s%s", i ? " " : "", opts->words[i]);
			out_char(to, '\'');
		}
		out_text(to, " -d '");
		/* fish escapes a quote within quotes by a backslash, unlike the others. */
		for (const char *p = opts->help; *p; p++)
			out_printf(to, strchr("'\\", *p) ? "\\%c" : "%c", *p);
		out_text(to, "'\n");
	}
}

void help_fish(struct out_sink *to)
{
	out_text(to, "# fish completion for sonde\n");
	for (size_t i = 0; cmd_table[i]; i++) {
		out_printf(to, "complete -c sonde -f -n __fish_use_subcommand -a %s -d '",
			   cmd_table[i]->name);
		for (const char *p = cmd_table[i]->summary; *p; p++)
			out_printf(to, strchr("'\\", *p) ? "\\%c" : "%c", *p);
		out_text(to, "'\n");
		fish_options(to, cmd_table[i]->name, cmd_table[i]->opts);
		fish_options(to, cmd_table[i]->name, opt_common_table);
	}
}
