/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "sys/run.h"
#include "test.h"

static struct run_result run_ok(const char *const *argv, const char *input)
{
	struct run_result res;
	struct err err;
	int r = run_program(&(struct run){ .argv = argv, .input = input }, &res, &err);

	if (r < 0)
		fail_msg("%s", err.text);
	return res;
}

TEST(a_program_reads_its_input_and_its_output_is_kept)
{
	const char *argv[] = { "cat", NULL };
	struct run_result res = run_ok(argv, "one\ntwo");

	CHECK_EQ(res.status, 0);
	CHECK_STR(res.out, "one\ntwo");
	CHECK_EQ(res.out_len, 7);
	CHECK_STR(res.errs, "");
	run_result_done(&res);
}

TEST(arguments_are_passed_without_a_shell)
{
	const char *argv[] = { "printf", "%s|", "a b", "$HOME;*", NULL };
	struct run_result res = run_ok(argv, NULL);

	CHECK_STR(res.out, "a b|$HOME;*|");
	run_result_done(&res);
}

TEST(exit_status_signal_and_error_text_come_back)
{
	const char *argv[] = { "sh", "-c", "echo no >&2; exit 3", NULL };
	const char *killed[] = { "sh", "-c", "kill -9 $$", NULL };
	struct run_result res = run_ok(argv, NULL);

	CHECK_EQ(res.status, 3);
	CHECK_STR(res.errs, "no\n");
	run_result_done(&res);
	res = run_ok(killed, NULL);
	CHECK_EQ(res.status, 128 + 9);
	run_result_done(&res);
}

TEST(large_output_on_both_sides_does_not_block)
{
	const char *argv[] = { "sh", "-c",
			       "head -c 3000000 /dev/zero >&2; head -c 3000000 /dev/zero", NULL };
	struct run_result res = run_ok(argv, NULL);

	CHECK_EQ(res.out_len, 3000000);
	CHECK_EQ(res.errs_len, 3000000);
	run_result_done(&res);
}

TEST(environment_is_added_to_ours)
{
	const char *argv[] = { "sh", "-c", "printf '%s' \"$SONDE_TEST_X\"; test -n \"$PATH\"",
			       NULL };
	const char *env[] = { "SONDE_TEST_X=yes", NULL };
	struct run_result res;
	struct err err;

	CHECK_EQ(run_program(&(struct run){ .argv = argv, .env = env }, &res, &err), 0);
	CHECK_STR(res.out, "yes");
	CHECK_EQ(res.status, 0);
	run_result_done(&res);
}

TEST(what_never_ends_is_ended_and_what_is_missing_is_named)
{
	const char *slow[] = { "sleep", "60", NULL },
		   *missing[] = { "no-such-program-at-all", NULL };
	struct run_result res = { .status = 77 };
	struct err err;

	CHECK_EQ(run_program(&(struct run){ .argv = slow, .timeout_ns = 50 * NS_PER_MS }, &res,
			     &err),
		 -ETIMEDOUT);
	CHECK_HAS(err.text, "sleep");
	CHECK_EQ(run_program(&(struct run){ .argv = missing }, &res, &err), -ENOENT);
	CHECK_HAS(err.text, "no-such-program-at-all");
	CHECK_EQ(res.status, 77);
	CHECK(!run_exists("no-such-program-at-all"));
	CHECK(run_exists("sh"));
}

TEST(a_grandchild_that_holds_the_pipe_is_not_waited_for)
{
	const char *argv[] = { "sh", "-c", "sleep 5 & echo done", NULL };
	struct run_result res;
	struct err err;

	CHECK_EQ(run_program(&(struct run){ .argv = argv, .timeout_ns = 3 * NS_PER_S }, &res, &err),
		 0);
	CHECK_STR(res.out, "done\n");
	run_result_done(&res);
}
