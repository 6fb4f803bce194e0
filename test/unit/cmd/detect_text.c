/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/detect_text.h"

#include <string.h>

#include "test.h"

static char page[8192];
static struct out_sink out;

static int keep(void *to UNUSED, const char *p, size_t len)
{
	CHECK(strlen(page) + len < sizeof(page));
	strncat(page, p, len);
	return 0;
}

static const struct fact_alert_reason why[] = { { "run", 12000000, 12000000 },
						{ "dark_hits", 3000000, 3000000 } };

static struct fact_alert sweep(void)
{
	return (struct fact_alert){ .kind = "sweep.sequential",
				    .severity = FACT_ALERT_HIGH,
				    .src = ip4_make(192, 0, 2, 1),
				    .targets = "10.0.0.0/24",
				    .last = 1500000000 * UINT64_C(1000000000),
				    .packet = 30,
				    .contact = 12,
				    .packets = 12,
				    .distinct = 12,
				    .distinct_error = 0,
				    .alive = 255000,
				    .reasons = { why, 2 } };
}

static const char *shown(const struct fact_alert *a, bool colour)
{
	const struct text_out t = { &out, 80, colour };

	page[0] = '\0';
	out_init(&out, keep, NULL);
	detect_text_alert(&t, a);
	out_flush(&out);
	return page;
}

TEST(an_alert_is_one_line_with_its_reasons)
{
	const struct fact_alert a = sweep();

	CHECK_STR(
		shown(&a, false),
		"2017-07-14T02:40:00.000000Z high   sweep.sequential 192.0.2.1 -> 10.0.0.0/24: "
		"asks addresses in order; 12 addresses in a row (run 12), 3 unused addresses touched "
		"(dark_hits 3); frame 30, contact 12\n");
}

TEST(severity_is_coloured_where_that_is_wanted)
{
	const struct fact_alert a = sweep();

	CHECK(!strchr(shown(&a, false), '\033'));
	CHECK(strchr(shown(&a, true), '\033'));
}

TEST(an_update_tells_how_much_it_is)
{
	struct fact_alert a = sweep();

	a.state = FACT_ALERT_UPDATE;
	a.packets = 120;
	a.distinct = 118;
	a.distinct_error = 2;
	CHECK_HAS(shown(&a, false), "10.0.0.0/24: goes on; 12 addresses");
	CHECK_HAS(page, "; 120 contacts, 118 addresses (give or take 2), 26 % answered\n");
	a.state = FACT_ALERT_ENDED;
	a.kind = "tunnel";
	a.packets = 1;
	a.alive = a.distinct = a.distinct_error = FACT_NONE;
	CHECK_HAS(shown(&a, false), ": has ended; ");
	CHECK_HAS(page, "; 1 packet\n");
}

TEST(an_alert_without_ends_has_none)
{
	struct fact_alert a = sweep();

	a.src.family = 0;
	CHECK_HAS(shown(&a, false), "sweep.sequential -> 10.0.0.0/24: ");
	a.targets = NULL;
	a.contact = FACT_NONE;
	CHECK_HAS(shown(&a, false), "sweep.sequential: asks");
	CHECK_HAS(page, "; frame 30\n");
	a.kind = "brand.new";
	CHECK_HAS(shown(&a, false), "brand.new: seen; ");
}

static const char *sum(const struct fact_detect_sum *s, uint64_t lines)
{
	const struct text_out t = { &out, 80, false };

	page[0] = '\0';
	out_init(&out, keep, NULL);
	detect_text_sum(&t, s, lines);
	out_flush(&out);
	return page;
}

TEST(nothing_found_says_so)
{
	CHECK_STR(sum(&(struct fact_detect_sum){ .pairing = FACT_NONE }, 0),
		  "Nothing to alert of\n0 frames, 0 sources, 0 first contacts\n");
}

TEST(the_sum_tells_severities_and_what_was_not_told)
{
	const struct fact_detect_sum s = { .frames = 1,
					   .unreadable = 1,
					   .not_opened = 2,
					   .high = 1,
					   .low = 3,
					   .suppressed = 1,
					   .ignored = 7,
					   .sources = 1,
					   .forgotten = 5,
					   .contacts = 9,
					   .pairing = 31000,
					   .first = 1,
					   .last = 2 };

	CHECK_HAS(sum(&s, 4), "\n4 alerts: 1 high, 0 medium, 3 low\n"
			      "1 frame, 1 source, 9 first contacts, from 1970-01-01T");
	CHECK_HAS(page, "\n1 time an alert went on without a line\n");
	CHECK_HAS(page, "\n7 times a source did something that --ignore hides\n");
	CHECK_HAS(page, "\n5 sources had to make room: --memory gives more\n");
	CHECK_HAS(page, "\n1 frame without IP, or damaged below it\n");
	CHECK_HAS(page, "\n2 frames of a kind of link that is not opened\n");
	CHECK_HAS(page, "\nAnswers were seen for 3 % of the sources");
}
