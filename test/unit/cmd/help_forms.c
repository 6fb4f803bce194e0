/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "cmd/help.h"
#include "test.h"

static char text[OUT_BUF_LEN * 2];
static size_t text_len;
static struct out_sink sink;

static int keep(void *to, const char *p, size_t len)
{
	(void)to;
	CHECK(text_len + len < sizeof(text));
	memcpy(text + text_len, p, len);
	text_len += len;
	text[text_len] = '\0';
	return 0;
}

static struct out_sink *anew(void)
{
	text_len = 0;
	text[0] = '\0';
	out_init(&sink, keep, NULL);
	return &sink;
}

static const char *kept(void)
{
	out_flush(&sink);
	return text;
}

TEST(an_option_is_shown_with_letter_word_and_argument)
{
	static const struct opt both = { 'c', "count", "N", "how many", .kind = OPT_KIND_UINT };
	static const struct opt word = { 0, "all", NULL, "everything", .kind = OPT_KIND_FLAG };
	static const struct opt letter = { 'w', NULL, "TIME", "wait", .kind = OPT_KIND_NSEC };
	static const struct opt flag = { 'a', NULL, NULL, "all", .kind = OPT_KIND_FLAG };
	static const struct opt pair = {
		.pair = "iL", .arg = "FILE", .help = "list", .kind = OPT_KIND_TEXT
	};
	static const struct opt pos = { 0, "TARGET", NULL, "who", .kind = OPT_KIND_REST };
	char buf[64];

	CHECK_STR(help_option(&both, buf), "-c, --count N");
	CHECK_STR(help_option(&word, buf), "    --all");
	CHECK_STR(help_option(&letter, buf), "-w TIME");
	CHECK_STR(help_option(&flag, buf), "-a");
	CHECK_STR(help_option(&pair, buf), "-iL FILE");
	CHECK_STR(help_option(&pos, buf), "TARGET");
}

TEST(a_synopsis_says_what_must_and_what_may_be_given)
{
	static const struct opt must[] = {
		{ .name = "TARGET", .help = "who", .min = 1, .kind = OPT_KIND_REST }, OPT_END
	};
	static const struct opt may[] = { { .name = "ONE", .help = "one", .kind = OPT_KIND_POS },
					  { .name = "MORE", .help = "more", .kind = OPT_KIND_REST },
					  OPT_END };

	help_synopsis(anew(), &(struct cmd){ .name = "x", .opts = must });
	CHECK_STR(kept(), "sonde x [OPTIONS] TARGET…");
	help_synopsis(anew(), &(struct cmd){ .name = "x", .opts = may });
	CHECK_STR(kept(), "sonde x [OPTIONS] [ONE] [MORE…]");
}

TEST(the_manual_of_every_command_has_every_section_and_option)
{
	static const char *const parts[] = { "# NAME",        "# SYNOPSIS", "# DESCRIPTION",
					     "\n@MORE@\n",    "# OPTIONS",  "# EXAMPLES",
					     "# EXIT STATUS", "# SEE ALSO" };

	for (size_t i = 0; cmd_table[i]; i++) {
		help_scdoc(anew(), cmd_table[i]);
		CHECK(strstr(kept(), "sonde-") == text);
		for (size_t k = 0; k < ARRAY_LEN(parts); k++)
			CHECK_HAS(text, parts[k]);
		for (const struct opt *o = cmd_table[i]->opts; o->help; o++)
			CHECK_HAS(text, o->name ? o->name : o->arg ? o->arg : "*-");
	}
}

TEST(what_scdoc_gives_a_meaning_is_escaped)
{
	static const struct cmd_example examples[] = { { "sonde x 'a*b_c' #1", "a_b" },
						       { NULL, NULL } };
	static const struct opt opts[] = {
		{ 0, "x", "A_B", "net.ipv4.a_b, a\\b", .kind = OPT_KIND_TEXT }, OPT_END
	};

	help_scdoc(anew(), &(struct cmd){ .name = "x",
					  .summary = "s_s",
					  .about = "*a* _b_\n\n# c",
					  .opts = opts,
					  .examples = examples });
	CHECK_HAS(kept(), "sonde-x - s\\_s\n");
	CHECK_HAS(text, "\\*a\\* \\_b\\_\n\n\\# c");
	CHECK_HAS(text, "*--x A\\_B*\n\tnet.ipv4.a\\_b, a\\\\b");
	CHECK_HAS(text, "sonde x 'a\\*b\\_c' \\#1");
}

TEST(every_completion_knows_every_command_and_word)
{
	static void (*const forms[])(struct out_sink *) = { help_bash, help_zsh, help_fish };
	static const char *const dashes[] = { "--", "--", "-l " };
	char word[80];

	for (size_t f = 0; f < ARRAY_LEN(forms); f++) {
		forms[f](anew());
		kept();
		for (size_t i = 0; cmd_table[i]; i++) {
			CHECK_HAS(text, cmd_table[i]->name);
			for (const struct opt *o = cmd_table[i]->opts; o->help; o++) {
				if (!o->name || opt_is_positional(o))
					continue;
				snprintf(word, sizeof(word), "%s%s", dashes[f], o->name);
				CHECK_HAS(text, word);
			}
		}
	}
}

TEST(quotes_within_help_texts_stay_within_their_quotes)
{
	/* An odd number of single quotes would leave the shell inside one. */
	help_zsh(anew());
	unsigned n = 0;

	for (const char *p = kept(); *p; p++)
		n += *p == '\'';
	CHECK_EQ(n % 2, 0);
}
