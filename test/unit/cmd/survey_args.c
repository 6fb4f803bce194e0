/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/survey_args.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "test.h"

static struct err err;

static void rate(const char *text, enum survey_rate want, uint64_t want_pps)
{
	enum survey_rate r = SURVEY_RATE_AUTO;
	uint64_t pps = 77;

	CHECK_EQ(survey_args_rate(text, &r, &pps, &err), 0);
	CHECK_EQ(r, want);
	CHECK_EQ(pps, want_pps);
}

TEST(a_rate_is_a_word_or_packets_a_second)
{
	rate("auto", SURVEY_RATE_AUTO, 0);
	rate("max", SURVEY_RATE_MAX, 0);
	rate("1", SURVEY_RATE_FIXED, 1);
	rate("10k", SURVEY_RATE_FIXED, 10000);
	rate("2M", SURVEY_RATE_FIXED, 2000000);
	rate("100m", SURVEY_RATE_FIXED, 100000000);
	rate("100000000", SURVEY_RATE_FIXED, 100000000);
}

TEST(other_rates_are_refused_and_leave_the_results_alone)
{
	static const char *const bad[] = {
		"",     "0",    "-1",   "1.5",       "10x",
		"10kk", "101m", "k",    "Auto",      "18446744073709551617",
		"1 ",   " 1",   "max ", "1000000000"
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		enum survey_rate r = SURVEY_RATE_MAX;
		uint64_t pps = 77;

		CHECK_EQ(survey_args_rate(bad[i], &r, &pps, &err), -EINVAL);
		CHECK_HAS(err.text, "10k");
		CHECK_EQ(r, SURVEY_RATE_MAX);
		CHECK_EQ(pps, 77);
	}
}

static const char *asks(const struct survey_args *a)
{
	static char text[512];
	struct ask ask[8];
	int n = survey_args_asks(a, ask, ARRAY_LEN(ask), &err);
	size_t len = 0;

	text[0] = '\0';
	for (int i = 0; i < n; i++) {
		char one[ASK_TEXT_LEN];

		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i ? "," : "",
					ask_format(&ask[i], one));
	}
	return n < 0 ? err.text : text;
}

TEST(nmaps_letters_say_what_with_says)
{
	CHECK_STR(asks(&(struct survey_args){ .with = NULL }), "");
	CHECK_STR(asks(&(struct survey_args){ .with = "echo,tcp:80" }), "echo,tcp:80");
	CHECK_STR(asks(&(struct survey_args){ .ask_echo = true, .ask_syn = "" }), "echo,tcp:80");
	CHECK_STR(asks(&(struct survey_args){ .ask_syn = "22,80", .ask_ack = "", .ask_udp = "" }),
		  "tcp:22,tcp:80,tcp-ack:80,udp:40125");
	CHECK_STR(asks(&(struct survey_args){
			  .with = "echo", .ask_echo = true, .ask_time = true, .ask_mask = true }),
		  "echo,timestamp,mask");
	CHECK_HAS(asks(&(struct survey_args){ .ask_syn = "x" }), "'tcp:x'");
	CHECK_HAS(asks(&(struct survey_args){ .ask_syn = "," }), "tcp:");
	CHECK_HAS(asks(&(struct survey_args){ .with = "tcp:1-9" }), "at most 8 questions");
}

TEST(what_a_check_refuses_of_addresses_and_interfaces_is_the_command_lines_fault)
{
	CHECK_EQ(survey_args_fault(-ENODEV), -EINVAL);
	CHECK_EQ(survey_args_fault(-EADDRNOTAVAIL), -EINVAL);
	CHECK_EQ(survey_args_fault(-EPERM), -EPERM);
	CHECK_EQ(survey_args_fault(0), 0);
}

TEST(shards_count_from_one_for_people_and_from_nought_inside)
{
	uint32_t i = 9, n = 9;

	CHECK_EQ(survey_args_shard("1/4", &i, &n, &err), 0);
	CHECK_EQ(i, 0);
	CHECK_EQ(n, 4);
	CHECK_EQ(survey_args_shard("4294967295/4294967295", &i, &n, &err), 0);
	CHECK_EQ(i, 4294967294u);
	CHECK_EQ(n, 4294967295u);
}

TEST(what_is_no_part_of_a_whole_is_refused)
{
	static const char *const bad[] = { "",    "1",    "1/",  "/1",           "0/4", "5/4",
					   "1/0", "1/4/", "a/b", "1/4294967296", "1 /4" };

	for (size_t k = 0; k < ARRAY_LEN(bad); k++) {
		uint32_t i = 9, n = 9;

		CHECK_EQ(survey_args_shard(bad[k], &i, &n, &err), -EINVAL);
		CHECK_HAS(err.text, "1/4 is the first of four");
		CHECK(i == 9 && n == 9);
	}
}
