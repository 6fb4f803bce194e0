/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/opt.h"

#include <errno.h>
#include <string.h>

#include "test.h"

enum { EVEN, ODD };

struct given {
	bool all, loud;
	uint8_t family, parity;
	uint64_t count, wait_ns;
	const char *name, *first;
	struct opt_each each;
	struct opt_rest rest;
};

static const char *const parity_words[] = { "even", "odd", NULL };

static const struct opt table[] = {
	OPT_FLAG('a', "all", struct given, all, "everything"),
	OPT_FLAG('l', NULL, struct given, loud, "loudly"),
	OPT_SET('4', "ipv4", struct given, family, 4, "IPv4"),
	OPT_SET('6', "ipv6", struct given, family, 6, "IPv6"),
	OPT_UINT('c', "count", struct given, count, "N", 1, 100, "how many"),
	OPT_NSEC('w', "wait", struct given, wait_ns, "TIME", 1000, 3600 * NS_PER_S, "how long"),
	OPT_TEXT('n', "name", struct given, name, "NAME", "called what"),
	OPT_EACH('e', "each", struct given, each, "NAME", "some"),
	OPT_WORD(0, "parity", struct given, parity, "WORD", parity_words, "even or odd"),
	OPT_POS("FIRST", struct given, first, "the first"),
	OPT_REST("MORE", struct given, rest, 0, "the others"),
	OPT_END,
};

static const struct opt pair_table[] = {
	OPT_FLAG('n', "numeric", struct given, all, "numbers"),
	OPT_PAIR_FLAG("sS", struct given, loud, "by SYN"),
	OPT_PAIR_SET("sU", struct given, family, 17, "by UDP"),
	OPT_PAIR_TEXT("iL", struct given, name, "FILE", "a list"),
	OPT_PAIR_TEXT("iR", struct given, name, "N", "at random"),
	OPT_UINT('p', "port", struct given, count, "N", 1, 100, "port"),
	OPT_REST("MORE", struct given, rest, 0, "the others"),
	OPT_END,
};

/* -i takes a time, -iL a file. */
static const struct opt time_table[] = {
	OPT_NSEC('i', "interval", struct given, wait_ns, "TIME", 0, 3600 * NS_PER_S, "how long"),
	OPT_PAIR_TEXT("iL", struct given, name, "FILE", "a list"),
	OPT_FLAG('n', "numeric", struct given, all, "numbers"),
	OPT_REST("MORE", struct given, rest, 0, "the others"),
	OPT_END,
};

static const struct opt_habit habits[] = {
	{ "sV", "no versions" }, { "A", "no versions" }, { "script", "no scripts" },
	{ "r", NULL },           { "sn", NULL },         { "randomize-hosts", NULL },
	{ NULL, NULL },
};

static const struct opt habit_table[] = {
	OPT_FLAG('n', "numeric", struct given, all, "numbers"),
	OPT_PAIR_FLAG("sS", struct given, loud, "by SYN"),
	OPT_PAIR_FLAG("PE", struct given, loud, "by echo"),
	OPT_PAIR_BEHIND("PS", struct given, name, "[PORTS]", "by SYN"),
	OPT_REST("MORE", struct given, rest, 0, "the others"),
	OPT_END_HABITS(habits),
};

static const struct opt one_table[] = {
	OPT_FLAG('a', "all", struct given, all, "everything"),
	OPT_POS("FIRST", struct given, first, "the first"),
	OPT_END,
};

static const struct opt needy_table[] = {
	OPT_UINT('c', "count", struct given, count, "N", 1, 100, "how many"),
	OPT_REST("TARGET", struct given, rest, 1, "a name"),
	OPT_END,
};

static struct given got;
static struct opt_common common;
static struct err err;

/* Octets that no option sets: what is still there was not touched. */
static void begin(void)
{
	memset(&got, 0x5a, sizeof(got));
	memset(&common, 0, sizeof(common));
	err.text[0] = '\0';
}

#define MAX_ARGS 16

/* Parses the words of @line, parted by single blanks; "''" is the empty word. */
static int parse_by(const struct opt *opts, const char *line)
{
	static char text[256];
	char *argv[MAX_ARGS + 2] = { (char[]){ "test" } };
	int argc = 1;

	begin();
	got.all = got.loud = false;
	got.each.n = 0;
	strcpy(text, line);
	for (char *w = strtok(text, " "); w; w = strtok(NULL, " ")) {
		CHECK(argc <= MAX_ARGS);
		argv[argc++] = strcmp(w, "''") == 0 ? w + 2 : w;
	}
	return opt_parse(opts, argc, argv, &got, &common, &err);
}

static int parse(const char *line)
{
	return parse_by(table, line);
}

/* Refused, nothing written, and the message has @a and @b in it. */
static void refused_by(const struct opt *opts, const char *line, const char *a, const char *b)
{
	struct given was;
	struct opt_common none = { 0 };

	begin();
	got.all = got.loud = false;
	got.each.n = 0;
	was = got;
	CHECK_EQ(parse_by(opts, line), -EINVAL);
	CHECK_HAS(err.text, a);
	CHECK_HAS(err.text, b);
	CHECK_MEM(&got, &was, sizeof(got));
	CHECK_MEM(&common, &none, sizeof(common));
}

static void refused(const char *line, const char *a, const char *b)
{
	refused_by(table, line, a, b);
}

TEST(letters_may_be_joined_and_carry_an_argument_behind_them)
{
	CHECK_EQ(parse("-al4c7"), 0);
	CHECK(got.all && got.loud);
	CHECK_EQ(got.family, 4);
	CHECK_EQ(got.count, 7);
	CHECK_EQ(parse("-6 -c 8 -nx"), 0);
	CHECK(!got.all && !got.loud);
	CHECK_EQ(got.family, 6);
	CHECK_EQ(got.count, 8);
	CHECK_STR(got.name, "x");
}

TEST(two_letters_are_one_option_and_its_argument_stands_behind_or_is_the_next_word)
{
	CHECK_EQ(parse_by(pair_table, "a -iL list b -sS c"), 0);
	CHECK_STR(got.name, "list");
	CHECK(got.loud && !got.all);
	CHECK_EQ(got.rest.n, 3);
	CHECK_STR(got.rest.item[0], "a");
	CHECK_STR(got.rest.item[1], "b");
	CHECK_STR(got.rest.item[2], "c");
	CHECK_EQ(parse_by(pair_table, "-iLlist -p7 -iL-"), 0);
	CHECK_STR(got.name, "-");
	CHECK_EQ(got.count, 7);
	CHECK_EQ(parse_by(pair_table, "x -iL -sS"),
		 0); /* as getopt has it: the next word, whatever */
	CHECK_STR(got.name, "-sS");
	CHECK(!got.loud);
	CHECK_EQ(got.rest.n, 1);
}

TEST(two_letters_are_joined_behind_others_and_among_themselves)
{
	CHECK_EQ(parse_by(pair_table, "-nsSU"), 0);
	CHECK(got.all && got.loud);
	CHECK_EQ(got.family, 17);
	CHECK_EQ(parse_by(pair_table, "-nsU -p 9 -- -sS"), 0);
	CHECK(!got.loud);
	CHECK_EQ(got.rest.n, 1);
	CHECK_EQ(parse_by(pair_table, "-nsU -p 9 -h"), 0);
	CHECK(common.help);
}

TEST(a_letter_that_takes_a_time_may_begin_two_letters)
{
	CHECK_EQ(parse_by(time_table, "-i 0.5 -iL list x"), 0);
	CHECK_EQ(got.wait_ns, NS_PER_S / 2);
	CHECK_STR(got.name, "list");
	CHECK_EQ(got.rest.n, 1);
	CHECK_EQ(parse_by(time_table, "-ni2s -iLlist"), 0);
	CHECK(got.all);
	CHECK_EQ(got.wait_ns, 2 * NS_PER_S);
	CHECK_STR(got.name, "list");
	CHECK_EQ(parse_by(time_table, "--interval 3 -iL -"), 0);
	CHECK_EQ(got.wait_ns, 3 * NS_PER_S);
	refused_by(time_table, "-i L", "--interval", "'L'");
	refused_by(time_table, "-i eth0", "--interval", "'eth0'");
	refused_by(time_table, "-ieth0", "--interval", "'eth0'");
	refused_by(time_table, "-iL", "-iL", "FILE");
	refused_by(time_table, "-i", "--interval", "TIME");
}

TEST(half_of_two_letters_and_unknown_ones_are_named)
{
	refused_by(pair_table, "-s", "'-s'", "--help");
	refused_by(pair_table, "-s S", "'-s'", "--help");
	refused_by(pair_table, "-sX", "'-sX'", "--help");
	refused_by(pair_table, "-sSX", "'-sX'", "--help");
	refused_by(pair_table, "-sS=1", "'-s='", "--help");
	refused_by(pair_table, "-iL", "-iL", "FILE");
	refused_by(pair_table, "-sS -iL", "-iL", "FILE");
	refused_by(pair_table, "-x", "'-x'", "--help");
}

TEST(an_argument_may_stand_behind_two_letters_or_be_left_out)
{
	CHECK_EQ(parse_by(habit_table, "-PS80,443 a"), 0);
	CHECK_STR(got.name, "80,443");
	CHECK_EQ(got.rest.n, 1);
	CHECK_EQ(parse_by(habit_table, "-PE -PS a"), 0);
	CHECK_STR(got.name, "");
	CHECK(got.loud);
	CHECK_EQ(got.rest.n, 1);
}

TEST(what_other_tools_have_is_passed_over_or_explained)
{
	CHECK_EQ(parse_by(habit_table, "-r --randomize-hosts -sn -rn -sSn a"), 0);
	CHECK(got.all && got.loud);
	CHECK_EQ(got.rest.n, 1);
	refused_by(habit_table, "-sV a", "-sV is not here", "no versions");
	refused_by(habit_table, "-sSV a", "-sV is not here", "no versions");
	refused_by(habit_table, "-nA a", "-A is not here", "no versions");
	refused_by(habit_table, "--script=x a", "--script is not here", "no scripts");
	refused_by(habit_table, "--scrip a", "'--scrip'", "--help");
	refused_by(habit_table, "-sX a", "'-sX'", "--help");
	refused_by(habit_table, "-q a", "'-q'", "--help");
}

TEST(words_take_their_argument_behind_a_blank_or_an_equals_sign)
{
	CHECK_EQ(parse("--all --count 9 --name=a=b --parity=odd --wait 2"), 0);
	CHECK(got.all);
	CHECK_EQ(got.count, 9);
	CHECK_STR(got.name, "a=b");
	CHECK_EQ(got.parity, ODD);
	CHECK_EQ(got.wait_ns, 2 * NS_PER_S);
	CHECK_EQ(parse("--name="), 0);
	CHECK_STR(got.name, "");
	CHECK_EQ(parse("--cou 3"), 0); /* the beginning of a word will do */
	CHECK_EQ(got.count, 3);
}

TEST(the_last_of_several_counts)
{
	CHECK_EQ(parse("-c1 -c2 -4 -6"), 0);
	CHECK_EQ(got.count, 2);
	CHECK_EQ(got.family, 6);
}

TEST(what_every_command_takes_goes_to_the_common_struct)
{
	CHECK_EQ(parse("--json --color never -a"), 0);
	CHECK(common.json && !common.help && got.all);
	CHECK_EQ(common.colour, 2);
	CHECK_EQ(parse("--color=always"), 0);
	CHECK_EQ(common.colour, 1);
}

TEST(help_wins_over_arguments_that_are_missing)
{
	CHECK_EQ(parse_by(needy_table, "-h"), 0);
	CHECK(common.help);
	CHECK_EQ(parse_by(needy_table, "--help -c 5"), 0);
	CHECK(common.help);
}

TEST(positional_arguments_stand_anywhere)
{
	CHECK_EQ(parse("one -a two -c 5 three"), 0);
	CHECK(got.all);
	CHECK_EQ(got.count, 5);
	CHECK_STR(got.first, "one");
	CHECK_EQ(got.rest.n, 2);
	CHECK_STR(got.rest.item[0], "two");
	CHECK_STR(got.rest.item[1], "three");
}

TEST(two_dashes_end_the_options)
{
	CHECK_EQ(parse("one -- -a --bogus"), 0);
	CHECK(!got.all);
	CHECK_STR(got.first, "one");
	CHECK_EQ(got.rest.n, 2);
	CHECK_STR(got.rest.item[0], "-a");
	CHECK_EQ(parse("-a --"), 0);
	CHECK_EQ(got.rest.n, 0);
	CHECK_EQ(parse("-"), 0);
	CHECK_STR(got.first, "-");
}

TEST(no_argument_at_all_leaves_the_defaults)
{
	CHECK_EQ(parse(""), 0);
	CHECK_EQ(got.rest.n, 0);
	CHECK_EQ(got.family, 0x5a);
	CHECK_EQ(got.parity, 0x5a);
}

TEST(a_positional_too_many_or_too_few_is_named)
{
	refused_by(one_table, "a b", "'b'", "one argument too many");
	refused_by(one_table, "-a a b c", "'b'", "one argument too many");
	refused_by(needy_table, "", "TARGET is missing", "a name");
	refused_by(needy_table, "-c 5", "TARGET is missing", "a name");
	refused_by(needy_table, "-c 5 --", "TARGET is missing", "a name");
}

TEST(an_option_that_lacks_its_argument_is_named_with_what_it_wants)
{
	refused("--count", "--count needs an argument", "N");
	refused("-c", "--count needs an argument", "N");
	refused("-a -alw", "--wait needs an argument", "TIME");
	refused("--color", "--color needs an argument", "WHEN");
}

TEST(an_option_that_takes_none_refuses_one)
{
	refused("--all=yes", "--all", "takes no argument");
	refused("--json=1", "--json", "takes no argument");
}

TEST(an_unknown_word_is_named_and_the_nearest_suggested)
{
	refused("--cuont=3", "'--cuont'", "did you mean --count?");
	refused("--jsn", "'--jsn'", "did you mean --json?");
	refused("--bogus", "'--bogus'", "--help");
	refused("a --bogus b", "'--bogus'", "--help");
	refused("--"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		"unknown option '--xxx", "--help");
}

TEST(a_word_that_begins_two_is_told_so)
{
	refused("--co 3", "'--co'", "--count or --color");
	refused("--ipv", "'--ipv'", "--ipv4 or --ipv6");
}

TEST(an_unknown_letter_is_named_and_not_the_argument_before_it)
{
	refused("-Z", "'-Z'", "--help");
	refused("--json -Zn", "'-Z'", "--help");
	refused("-aZ", "'-Z'", "--help");
	refused("one two -Za", "'-Z'", "--help");
}

TEST(numbers_are_whole_and_in_range)
{
	static const char *const bad[] = {
		"-c 0",     "-c 101",
		"-c -1",    "-c +1",
		"-c ''",    "-c 1x",
		"-c 0x10",  "-c 1e2",
		"-c 1.0",   "-c 18446744073709551616",
		"--count=", "-c 99999999999999999999999",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refused(bad[i], "--count: '", "is not a whole number from 1 to 100");
	CHECK_EQ(parse("-c 1"), 0);
	CHECK_EQ(got.count, 1);
	CHECK_EQ(parse("-c 0100"), 0);
	CHECK_EQ(got.count, 100);
}

TEST(durations_are_read_to_the_nanosecond)
{
	static const struct opt any =
		OPT_NSEC('w', "wait", struct given, wait_ns, "TIME", 0, UINT64_MAX, "how long");
	static const struct {
		const char *text;
		uint64_t ns;
	} cases[] = {
		{ "2", 2 * NS_PER_S },
		{ "0", 0 },
		{ "0.2", 200 * NS_PER_MS },
		{ ".5", 500 * NS_PER_MS },
		{ "1.", NS_PER_S },
		{ "1.5s", 1500 * NS_PER_MS },
		{ "200ms", 200 * NS_PER_MS },
		{ "0.5ms", 500 * NS_PER_US },
		{ "5us", 5 * NS_PER_US },
		{ "0.1234us", 123 },
		{ "7ns", 7 },
		{ "0.9ns", 0 },
		{ "1m", 60 * NS_PER_S },
		{ "0.5m", 30 * NS_PER_S },
		{ "0.123456789m", 7407407340 },
		{ "1h", 3600 * NS_PER_S },
		{ "1.000000001", NS_PER_S + 1 },
		{ "1.0000000019", NS_PER_S + 1 }, /* what is finer is cut */
		{ "18446744073.709551615", UINT64_MAX },
		{ "18446744073709551615ns", UINT64_MAX },
	};
	static const char *const bad[] = {
		"",
		".",
		"-1",
		"+1",
		"1.5.2",
		"1 s",
		" 1",
		"s",
		".s",
		"1x",
		"1e3",
		"1S",
		"1..",
		"0x1",
		"18446744073.709551616",
		"18446744074",
		"18446744073709551616ns",
		"99999999999999999999",
		"5124096h",
		"nan",
		"inf",
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		begin();
		if (opt_value(&any, cases[i].text, &got, &err) != 0)
			fail_msg("'%s': %s", cases[i].text, err.text);
		CHECK_EQ(got.wait_ns, cases[i].ns);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		begin();
		if (opt_value(&any, bad[i], &got, &err) != -EINVAL)
			fail_msg("'%s' was taken", bad[i]);
		CHECK_HAS(err.text, "--wait: '");
		CHECK_EQ(got.wait_ns, 0x5a5a5a5a5a5a5a5a);
	}
}

TEST(a_time_out_of_range_is_told_the_range)
{
	refused("-w 0", "--wait: '0'", "from 1us to 3600s");
	refused("-w 999ns", "--wait: '999ns'", "from 1us to 3600s");
	refused("--wait=2h", "--wait: '2h'", "ms");
	CHECK_EQ(parse("-w 1us"), 0);
	CHECK_EQ(got.wait_ns, 1000);
	CHECK_EQ(parse("-w 1h"), 0);
}

TEST(a_word_is_one_of_the_list_and_the_list_is_shown)
{
	refused("--parity=evn", "--parity: 'evn'", "even, odd");
	refused("--parity=", "--parity: ''", "even, odd");
	refused("--parity=EVEN", "--parity: 'EVEN'", "even, odd");
	CHECK_EQ(parse("--parity even"), 0);
	CHECK_EQ(got.parity, EVEN);
}

TEST(a_refusal_takes_back_what_was_right_before_it)
{
	refused("-a -c 5 --json --name=x one --bogus", "'--bogus'", "--help");
	refused("--json -c 5 -c 500", "--count: '500'", "1 to 100");
	refused_by(one_table, "-a --json a b", "'b'", "too many");
}

TEST(rows_that_hold_several_arguments_take_no_single_value)
{
	struct opt rest = OPT_REST("MORE", struct given, rest, 0, "the others");

	begin();
	CHECK_EQ(opt_value(&rest, "x", &got, &err), -EINVAL);
}

TEST(an_option_may_be_given_several_times_and_each_is_kept)
{
	CHECK_EQ(parse("-e one -c 3 --each=two -ethree"), 0);
	CHECK_EQ(got.each.n, 3);
	CHECK_STR(got.each.item[0], "one");
	CHECK_STR(got.each.item[1], "two");
	CHECK_STR(got.each.item[2], "three");
	CHECK_EQ(got.count, 3);
	CHECK_EQ(parse("-c 3"), 0);
	CHECK_EQ(got.each.n, 0);
	refused("-e", "--each", "needs an argument");
}
