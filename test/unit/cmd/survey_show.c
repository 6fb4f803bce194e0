/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/survey_show.h"

#include <string.h>

#include "out/taken.h"
#include "test.h"

#define A(d) ip4_make(192, 0, 2, d)

static struct taken got;

static const char *line(const struct fact_host *h)
{
	struct text_out t = { taken_anew(&got), 0, false };

	survey_show_line(&t, h);
	return taken_text(&got);
}

TEST(a_host_that_is_up_is_shown_with_every_answer)
{
	struct fact_by by[] = {
		{ "echo", "answer", A(7), 0, 0, 64, 310 * NS_PER_US, 1 },
		{ "tcp:443", "syn-ack", A(7), FACT_NONE, FACT_NONE, 64, 340 * NS_PER_US, 2 },
		{ "udp:40125", "icmp", A(1), 3, 13, 63, 340 * NS_PER_US, 1 },
	};
	struct fact_host h = { .addr = A(7), .state = FACT_HOST_UP, .by = { by, ARRAY_LEN(by) } };

	CHECK_STR(line(&h),
		  "192.0.2.7        up    echo 0.31 ms, tcp:443 syn-ack (2 tries), udp:40125 "
		  "communication-prohibited (3/13) from 192.0.2.1\n");
	h.by.n = 1;
	h.name = "web1";
	h.mac = "02:00:5e:10:00:0a";
	h.vendor = "Ac\nme";
	CHECK_STR(line(&h), "web1 (192.0.2.7)  up    echo 0.31 ms  02:00:5e:10:00:0a Ac?me\n");
	h.mac = NULL;
	h.middlebox = "every port answers";
	CHECK_STR(line(&h), "web1 (192.0.2.7)  up    echo 0.31 ms  doubtful: every port answers\n");
}

TEST(answers_that_do_not_fit_go_on_below_the_others)
{
	struct fact_by by[] = {
		{ "echo", "answer", A(7), 0, 0, 64, 310 * NS_PER_US, 1 },
		{ "timestamp", "answer", A(7), 14, 0, 64, 340 * NS_PER_US, 1 },
		{ "tcp:443", "syn-ack", A(7), FACT_NONE, FACT_NONE, 64, 340 * NS_PER_US, 1 },
		{ "tcp-ack:80", "rst", A(7), FACT_NONE, FACT_NONE, 64, 340 * NS_PER_US, 1 },
	};
	struct fact_host h = { .addr = A(7), .state = FACT_HOST_UP, .by = { by, ARRAY_LEN(by) } };
	struct text_out t = { taken_anew(&got), 60, false };

	survey_show_line(&t, &h);
	CHECK_STR(taken_text(&got), "192.0.2.7        up    echo 0.31 ms, timestamp,\n"
				    "                       tcp:443 syn-ack, tcp-ack:80 rst\n");
	t = (struct text_out){ taken_anew(&got), 0, false };
	survey_show_line(&t, &h);
	CHECK_STR(taken_text(&got), "192.0.2.7        up    echo 0.31 ms, timestamp, tcp:443 "
				    "syn-ack, tcp-ack:80 rst\n");
	t = (struct text_out){ taken_anew(&got), 20, false };
	survey_show_words(&t, "one two three four", 8, 8);
	CHECK_STR(taken_text(&got), "one two\n        three four");
}

TEST(a_host_that_is_not_is_shown_with_whose_word_that_is)
{
	struct fact_by by = { "echo", "icmp", A(1), 3, 13, 63, 340 * NS_PER_US, 1 };
	struct fact_host h = { .addr = A(7), .state = FACT_HOST_PROHIBITED, .by_who = A(1) };

	h.by = (struct fact_list){ &by, 1 };
	CHECK_STR(line(&h), "192.0.2.7        prohibited by 192.0.2.1: "
			    "communication-prohibited (3/13)\n");
	h.state = FACT_HOST_UNREACHABLE;
	by.code = 1;
	CHECK_STR(line(&h), "192.0.2.7        unreachable by 192.0.2.1: host-unreachable (3/1)\n");
	h = (struct fact_host){ .addr = A(7), .state = FACT_HOST_DOWN };
	CHECK_STR(line(&h), "192.0.2.7        down\n");
	h.state = FACT_HOST_UNKNOWN;
	h.error = "eth0 went down";
	CHECK_STR(line(&h), "192.0.2.7        not known: eth0 went down\n");
}

TEST(what_is_not_worth_a_line_is_counted)
{
	struct survey_show s = { .all = false }, all = { .all = true };
	struct fact_host h = { .addr = A(7), .state = FACT_HOST_UNREACHABLE };

	for (unsigned i = 0; i < SURVEY_SHOW_SAME_MAX; i++)
		CHECK(survey_show_counts(&s, &h));
	CHECK(!survey_show_counts(&s, &h));
	CHECK_EQ(s.unreachable, SURVEY_SHOW_SAME_MAX + 1);
	all.unreachable = SURVEY_SHOW_SAME_MAX;
	CHECK(survey_show_counts(&all, &h));
	h.state = FACT_HOST_UP;
	CHECK(survey_show_counts(&s, &h));
	h.state = FACT_HOST_PROHIBITED;
	CHECK(survey_show_counts(&s, &h));
	h.state = FACT_HOST_DOWN;
	CHECK(!survey_show_counts(&s, &h));
	CHECK(survey_show_counts(&all, &h));
	h.state = FACT_HOST_UNKNOWN;
	CHECK(!survey_show_counts(&s, &h));
	CHECK_EQ(s.unknown, 1);
	h.error = "eth0 went down";
	CHECK(survey_show_counts(&s, &h));
}

TEST(times_are_told_in_the_unit_that_fits)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} rows[] = {
		{ 0, "0.00 ms" },
		{ 310 * NS_PER_US, "0.31 ms" },
		{ 12 * NS_PER_MS, "12.0 ms" },
		{ 123 * NS_PER_MS, "123 ms" },
		{ 1500 * NS_PER_MS, "1.5 s" },
		{ 12 * NS_PER_S, "12 s" },
		{ 95 * NS_PER_S, "1 min 35 s" },
		{ 7500 * NS_PER_S, "2 h 5 min" },
	};
	char buf[SURVEY_SHOW_TIME_LEN];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK_STR(survey_show_time(rows[i].ns, buf), rows[i].text);
	survey_show_time(UINT64_MAX, buf);
}

TEST(the_exit_status_says_whether_something_is_up_and_all_was_asked)
{
	struct survey_sum sum = { .fact = { .up = 1 } };

	CHECK_EQ(survey_show_status(&sum, 0), APP_YES);
	CHECK_EQ(survey_show_status(&sum, 1), APP_NO);
	sum.fact.up = 0;
	CHECK_EQ(survey_show_status(&sum, 0), APP_NO);
	sum.interrupted = true;
	CHECK_EQ(survey_show_status(&sum, 0), APP_FAILED);
	sum = (struct survey_sum){ .fact = { .up = 1 }, .failed = true };
	CHECK_EQ(survey_show_status(&sum, 0), APP_FAILED);
}
