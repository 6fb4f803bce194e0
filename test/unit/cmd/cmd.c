/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/cmd.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "test.h"

#define PARAGRAPH_MAX 2047 /* cmd/help.c wraps no longer ones */

static struct err err;

static const struct cmd *find(const char *word)
{
	const struct cmd *cmd = NULL;

	err.text[0] = '\0';
	return cmd_find(word, &cmd, &err) == 0 ? cmd : NULL;
}

static void refused(const char *word, const char *part)
{
	const struct cmd *untouched = (const struct cmd *)&err;
	const struct cmd *cmd = untouched;

	CHECK_EQ(cmd_find(word, &cmd, &err), -EINVAL);
	CHECK(cmd == untouched);
	CHECK_HAS(err.text, part);
}

TEST(a_command_is_found_by_its_name_and_by_every_beginning_of_its_own)
{
	for (size_t i = 0; cmd_table[i]; i++) {
		char word[64];

		CHECK(find(cmd_table[i]->name) == cmd_table[i]);
		for (size_t n = 1; n < strlen(cmd_table[i]->name); n++) {
			const struct cmd *cmd;

			snprintf(word, sizeof(word), "%.*s", (int)n, cmd_table[i]->name);
			cmd = find(word);
			if (cmd)
				CHECK(cmd == cmd_table[i]);
			else
				CHECK_HAS(err.text, "write more of it");
		}
	}
	CHECK_STR(find("ty")->name, "types");
	CHECK_STR(find("pi")->name, "ping");
}

TEST(an_ambiguous_beginning_is_refused_with_two_that_it_may_be)
{
	refused("p", "command 'p' may be '");
	CHECK_HAS(err.text, "'ping'");
	CHECK_HAS(err.text, "'ports'");
	CHECK_HAS(err.text, "write more of it");
}

TEST(an_unknown_command_is_refused_with_the_nearest)
{
	refused("pnig", "unknown command 'pnig': did you mean 'ping'?");
	refused("netstat", "unknown command 'netstat': that is 'sonde ports' here");
	refused("port5", "did you mean 'ports'?");
	refused("TYPES", "did you mean 'types'?");
	refused("xyzzy", "'sonde help' lists them");
	refused("", "'sonde help' lists them");
	refused("types ", "did you mean 'types'?");
	refused("pingpingpingpingpingpingpingpingpingpingpingpingpingpingpingpingpingping",
		"'sonde help' lists them");
}

static void sentence_without_stop(const char *text)
{
	CHECK(text && *text);
	CHECK(text[strlen(text) - 1] != '.');
	CHECK(!isspace((unsigned char)text[strlen(text) - 1]));
	CHECK(!strchr(text, '\n'));
}

static void about_is_whole(const char *about)
{
	CHECK(about && *about);
	while (*about) {
		const char *end = strstr(about, "\n\n");
		size_t n = end ? (size_t)(end - about) : strlen(about);

		CHECK(n > 0 && n <= PARAGRAPH_MAX);
		CHECK(strchr(".:!?)", about[n - 1]) != NULL);
		about = end ? end + 2 : about + n;
	}
}

static void examples_are_whole(const struct cmd *cmd)
{
	char start[64];

	CHECK(cmd->examples && cmd->examples->line);
	for (const struct cmd_example *e = cmd->examples; e->line; e++) {
		snprintf(start, sizeof(start), "sonde %s", cmd->name);
		CHECK(strstr(e->line, start) || strstr(e->line, "sonde --json "));
		CHECK(strstr(e->line, cmd->name) != NULL);
		CHECK(strlen(e->line) <= 76);
		sentence_without_stop(e->shows);
	}
}

TEST(every_command_says_what_it_is_and_shows_examples)
{
	for (size_t i = 0; cmd_table[i]; i++) {
		const struct cmd *c = cmd_table[i];

		print_message("# %s\n", c->name);
		CHECK(c->name && *c->name && c->run && c->opts);
		sentence_without_stop(c->summary);
		CHECK(strlen(c->summary) <= 76);
		about_is_whole(c->about);
		examples_are_whole(c);
		if (c->status_no)
			sentence_without_stop(c->status_no);
		for (size_t k = 0; k < i; k++)
			CHECK(strcmp(cmd_table[k]->name, c->name) != 0);
	}
}

TEST(help_stands_first_so_that_a_reader_finds_it)
{
	CHECK_STR(cmd_table[0]->name, "help");
}

static size_t width_of(const struct opt *o)
{
	switch (o->kind) {
	case OPT_KIND_FLAG:
		return sizeof(bool);
	case OPT_KIND_SET:
	case OPT_KIND_WORD:
		return sizeof(uint8_t);
	case OPT_KIND_UINT:
	case OPT_KIND_NSEC:
		return sizeof(uint64_t);
	case OPT_KIND_TEXT:
	case OPT_KIND_POS:
		return sizeof(const char *);
	case OPT_KIND_EACH:
		return sizeof(struct opt_each);
	case OPT_KIND_REST:
		return sizeof(struct opt_rest);
	}
	return 0;
}

static void option_is_whole(const struct cmd *c, const struct opt *o)
{
	bool takes = o->kind == OPT_KIND_UINT || o->kind == OPT_KIND_NSEC ||
		     o->kind == OPT_KIND_TEXT || o->kind == OPT_KIND_WORD ||
		     o->kind == OPT_KIND_EACH;

	print_message("# %s %c%s %s\n", c->name, o->letter ? o->letter : ' ',
		      o->pair ? o->pair : "", o->name ? o->name : "");
	CHECK(o->at + width_of(o) <= c->args_size);
	CHECK(o->letter || o->name || o->pair);
	CHECK(!o->pair ||
	      (strlen(o->pair) == 2 && !o->letter && !o->name && !opt_is_positional(o)));
	CHECK(o->letter == 0 || isalnum((unsigned char)o->letter));
	CHECK(takes == (o->arg != NULL));
	CHECK(*o->help && o->help[strlen(o->help) - 1] != '.');
	CHECK((o->kind == OPT_KIND_WORD) == (o->words != NULL));
	CHECK(o->kind == OPT_KIND_REST || o->min <= o->max);
	CHECK(!opt_is_positional(o) || (o->name && !o->letter));
}

/* What it takes begins with a digit: no pair of letters can be meant by it. */
static bool is_number(const struct opt *o)
{
	return o->kind == OPT_KIND_UINT || o->kind == OPT_KIND_NSEC;
}

TEST(every_option_is_whole_and_its_letter_and_word_are_its_own)
{
	for (size_t i = 0; cmd_table[i]; i++) {
		const struct cmd *c = cmd_table[i];
		size_t n = 0;

		for (const struct opt *o = c->opts; o->help; o++, n++) {
			option_is_whole(c, o);
			for (const struct opt *p = c->opts; p < o; p++) {
				CHECK(!o->letter || o->letter != p->letter);
				CHECK(!o->pair || o->pair[0] != p->letter || is_number(p));
				CHECK(!p->pair || p->pair[0] != o->letter || is_number(o));
				CHECK(!o->pair || !p->pair || strcmp(o->pair, p->pair) != 0);
				CHECK(!o->name || !p->name || strcmp(o->name, p->name) != 0);
			}
			for (const struct opt *p = opt_common_table; p->help; p++)
				CHECK(!o->name || !p->name || strcmp(o->name, p->name) != 0);
		}
		CHECK(n + 3 <= 64); /* cmd/opt.c has room for so many */
	}
}

TEST(positional_arguments_that_take_the_rest_stand_last)
{
	for (size_t i = 0; cmd_table[i]; i++) {
		bool rest = false;

		for (const struct opt *o = cmd_table[i]->opts; o->help; o++) {
			CHECK(!rest || !opt_is_positional(o));
			rest |= o->kind == OPT_KIND_REST;
		}
	}
}
