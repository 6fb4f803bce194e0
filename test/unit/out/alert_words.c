/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/alert_words.h"

#include <string.h>

#include "detect/detect.h"
#include "test.h"

static const char *reason(const char *what, int64_t seen, int64_t bound)
{
	static char text[ALERT_REASON_LEN];
	const struct fact_alert_reason r = { what, seen, bound };

	return alert_reason(&r, text);
}

TEST(reasons_tell_what_was_seen_and_the_threshold_to_set)
{
	CHECK_STR(reason("run", 18000000, 12000000), "18 addresses in a row (run 12)");
	CHECK_STR(reason("cusum", 5545177, 4595000),
		  "5.545 nats of contacts that fail (cusum 4.595)");
	CHECK_STR(reason("monitor_alive", 899999, 800000),
		  "0.9 of contacts answer (monitor_alive 0.8)");
	CHECK_STR(reason("flood", INT64_C(10000000000000), 100000000),
		  "10000000 packets a second (flood 100)");
	CHECK_STR(reason("fanout", 220540000, 25500000),
		  "221 destinations in a short time (fanout 25.5)");
	CHECK_STR(reason("run", 0, 12000000), "0 addresses in a row (run 12)");
}

TEST(phrases_stand_for_themselves)
{
	CHECK_STR(reason("quotes a packet of somebody else", 1000000, 1000000),
		  "quotes a packet of somebody else");
	CHECK_STR(reason("type", 30000000, 30000000), "type 30");
	CHECK_STR(reason("not from this link", 64000000, 255000000),
		  "not from this link: 64 (bound 255)");
	CHECK_STR(reason("resigned", FACT_NONE, 1000000), "resigned: ? (bound 1)");
}

TEST(a_long_reason_is_cut)
{
	char what[2 * ALERT_REASON_LEN];

	memset(what, 'x', sizeof(what));
	what[sizeof(what) - 1] = '\0';
	CHECK_EQ(strlen(reason(what, 1000000, 2000000)), ALERT_REASON_LEN - 1);
}

TEST(kinds_are_found_by_name_and_keep_their_numbers)
{
	const struct alert_kind *k;
	size_t n = 0;

	for (; (k = alert_kind_at(n)) != NULL; n++) {
		CHECK(k->says[0] && k->category[0]);
		CHECK(alert_kind_find(k->kind) == k);
		CHECK_EQ(k->number, n + 1);
		/* They go into JSON as they are. */
		CHECK(!strpbrk(k->says, "\"\\\n"));
	}
	CHECK_EQ(n, 31);
	CHECK(!alert_kind_find("sweep"));
	CHECK(!alert_kind_find(""));
	CHECK_EQ(alert_kind_find("sweep.sequential")->number, 1);
	CHECK_EQ(alert_kind_find("type.family")->number, 31);
}
