/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts of a watch as JSON shows them: each member under its name, what is not known as null. */
#include <string.h>

#include "fact/watch.h"
#include "out/json.h"
#include "test.h"
#include "watch/sight.h"

struct page {
	char text[4096];
	size_t len;
};

static int keep(void *to, const char *p, size_t len)
{
	struct page *page = to;

	assert_true(page->len + len < sizeof(page->text));
	memcpy(page->text + page->len, p, len);
	page->len += len;
	page->text[page->len] = '\0';
	return 0;
}

static const char *json(const struct fact_type *type, const void *fact, struct page *page)
{
	static struct out_sink out;

	page->len = 0;
	out_init(&out, keep, page);
	out_json_line(&out, type, fact, 0);
	out_flush(&out);
	return page->text;
}

TEST(watch_directions_are_the_sights)
{
	CHECK_STR(fact_direction_words[SIGHT_PASSING], "passing");
	CHECK_STR(fact_direction_words[SIGHT_IN], "in");
	CHECK_STR(fact_direction_words[SIGHT_OUT], "out");
	CHECK(fact_direction_words[SIGHT_WAYS] == NULL);
	CHECK_STR(fact_talker_words[FACT_TALKER_SOURCE], "source");
	CHECK_STR(fact_talker_words[FACT_TALKER_DESTINATION], "destination");
}

TEST(watch_counts_are_shown)
{
	struct fact_icmp_count c = { .family = 4,
				     .icmp_type = 3,
				     .code = 1,
				     .name = "host-unreachable",
				     .direction = SIGHT_IN,
				     .packets = 7,
				     .bytes = 700,
				     .risk = "low" };
	struct page page;

	CHECK_HAS(json(&fact_icmp_count, &c, &page),
		  "\"family\":4,\"icmp_type\":3,\"code\":1,\"name\":\"host-unreachable\","
		  "\"direction\":\"in\",\"packets\":7,\"bytes\":700,\"risk\":\"low\"}");
	c.icmp_type = c.code = FACT_NONE;
	CHECK_HAS(json(&fact_icmp_count, &c, &page), "\"icmp_type\":null,\"code\":null,");
}

TEST(watch_failures_are_shown)
{
	const struct fact_failure f = {
		.src = ip4_make(10, 0, 0, 7),
		.dst = ip4_make(10, 0, 0, 53),
		.proto = "udp",
		.dport = 53,
		.service = "domain",
		.icmp_type = 3,
		.code = 3,
		.name = "port-unreachable",
		.meaning = "m",
		.offender = ip4_make(10, 0, 0, 53),
		.offenders = 1,
		.count = 212,
		.first = NS_PER_S,
		.last = 2 * NS_PER_S,
		.mtu = FACT_NONE,
		.hint = "h",
	};
	struct page page;

	CHECK_HAS(
		json(&fact_failure, &f, &page),
		"\"src\":\"10.0.0.7\",\"dst\":\"10.0.0.53\",\"proto\":\"udp\",\"dport\":53,"
		"\"service\":\"domain\",\"icmp_type\":3,\"code\":3,\"name\":\"port-unreachable\","
		"\"meaning\":\"m\",\"offender\":\"10.0.0.53\",\"offenders\":1,\"count\":212,"
		"\"first\":\"1970-01-01T00:00:01.000000Z\",\"last\":\"1970-01-01T00:00:02.000000Z\","
		"\"mtu\":null,\"gateway\":null,\"hint\":\"h\"}");
}

TEST(watch_pings_and_talkers_are_shown)
{
	const struct fact_echo_rtt e = {
		.src = ip4_make(10, 0, 0, 7),
		.dst = ip4_make(10, 0, 0, 8),
		.requests = 4,
		.replies = 3,
		.lost = 1,
		.loss = 25000,
		.rtt_us = { .min = 1000, .avg = FACT_NONE, .max = 2500 },
	};
	const struct fact_talker t = { .addr = ip4_make(10, 0, 0, 7),
				       .role = FACT_TALKER_DESTINATION,
				       .packets = 9,
				       .bytes = 900,
				       .error = 2 };
	struct page page;

	CHECK_HAS(
		json(&fact_echo_rtt, &e, &page),
		"\"requests\":4,\"replies\":3,\"lost\":1,\"duplicates\":0,\"unasked\":0,\"loss\":25,");
	CHECK_HAS(page.text, "\"rtt_us\":{\"min\":1,\"avg\":null,");
	CHECK_HAS(page.text, "\"max\":2.500");
	CHECK_HAS(
		json(&fact_talker, &t, &page),
		"\"addr\":\"10.0.0.7\",\"role\":\"destination\",\"packets\":9,\"bytes\":900,\"error\":2}");
}

TEST(watch_sums_have_a_row_for_every_member)
{
	/* All members are of eight octets, so that one without a row would leave a gap. */
	CHECK_EQ(fact_watch_sum.field_n * sizeof(int64_t), sizeof(struct fact_watch_sum));
	for (size_t i = 0; i < fact_watch_sum.field_n; i++)
		CHECK_EQ(fact_watch_sum.field[i].at, i * sizeof(int64_t));
	CHECK_STR(fact_watch_sum.field[2].name, "frames");
}

TEST(watch_intervals_list_their_counts)
{
	const struct fact_icmp_count c = { .family = 6, .icmp_type = 128, .packets = 1 };
	const struct fact_watch_interval w = {
		.frames = 5, .icmp = 1, .dropped = FACT_NONE, .counts = { &c, 1 }
	};
	struct page page;

	CHECK_HAS(json(&fact_watch_interval, &w, &page),
		  "\"frames\":5,\"icmp\":1,\"errors\":0,\"dropped\":null,\"counts\":[{\"family\":6,"
		  "\"icmp_type\":128,");
}
