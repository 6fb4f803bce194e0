/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/watch_metrics.h"

#include <string.h>

#include "test.h"

static char page[4096];

static int keep(void *to UNUSED, const char *p, size_t len)
{
	CHECK(strlen(page) + len < sizeof(page));
	strncat(page, p, len);
	return 0;
}

TEST(metrics_are_a_page_of_counters)
{
	static struct out_sink out;
	const struct fact_icmp_count c[] = {
		{ .family = 4,
		  .icmp_type = 3,
		  .code = 3,
		  .name = "port-unreachable",
		  .direction = 1,
		  .packets = 7,
		  .bytes = 700 },
		{ .family = 6,
		  .icmp_type = FACT_NONE,
		  .code = FACT_NONE,
		  .packets = 1,
		  .bytes = 60 },
	};
	const struct watch_metrics m = { .frames = 9, .icmp = 8, .errors = 7, .dropped = 1 };

	page[0] = '\0';
	out_init(&out, keep, NULL);
	watch_metrics_put(&out, &m, c, ARRAY_LEN(c));
	out_flush(&out);
	CHECK_HAS(page, "# TYPE sonde_frames_total counter\nsonde_frames_total 9\n");
	CHECK_HAS(page, "sonde_icmp_failures_total 7\n");
	CHECK_HAS(page, "sonde_dropped_total 1\n");
	CHECK_HAS(
		page,
		"sonde_icmp_packets_total{family=\"4\",type=\"3\",code=\"3\",direction=\"in\","
		"name=\"port-unreachable\"} 7\n"
		"sonde_icmp_packets_total{family=\"6\",type=\"cut\",code=\"cut\",direction=\"passing\","
		"name=\"\"} 1\n# HELP sonde_icmp_bytes_total");
	CHECK_HAS(page, "name=\"port-unreachable\"} 700\n");
	CHECK_STR(page + strlen(page) - 2, "\n\n");
}
