/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/eve.h"

#include <string.h>

#include "test.h"

static char line[4096];

static int keep(void *to UNUSED, const char *p, size_t len)
{
	CHECK(strlen(line) + len < sizeof(line));
	strncat(line, p, len);
	return 0;
}

static const char *eve(const struct fact_alert *a, const struct eve_packet *p)
{
	static struct out_sink out;

	line[0] = '\0';
	out_init(&out, keep, NULL);
	eve_alert(&out, a, p);
	out_flush(&out);
	return line;
}

static const struct fact_alert_reason why[] = { { "run", 18000000, 12000000 },
						{ "say \"so\"", 1000000, 1000000 } };

TEST(eve_has_the_members_of_suricatas_alerts)
{
	const struct fact_alert a = {
		.kind = "sweep.sequential",
		.severity = FACT_ALERT_MEDIUM,
		.src = ip4_make(192, 0, 2, 1),
		.last = 1500000000 * UINT64_C(1000000000) + 251547000,
		.reasons = { why, 2 },
	};
	const struct eve_packet p = { .number = 25,
				      .src = ip4_make(192, 0, 2, 1),
				      .dst = ip4_make(10, 0, 0, 18),
				      .proto = 1,
				      .icmp_type = 8,
				      .code = 0 };

	CHECK_STR(
		eve(&a, &p),
		"{\"timestamp\":\"2017-07-14T02:40:00.251547+0000\",\"pcap_cnt\":25,"
		"\"event_type\":\"alert\",\"src_ip\":\"192.0.2.1\",\"dest_ip\":\"10.0.0.18\","
		"\"proto\":\"ICMP\",\"icmp_type\":8,\"icmp_code\":0,\"alert\":{\"action\":\"allowed\","
		"\"gid\":1,\"signature_id\":1900001,\"rev\":1,"
		"\"signature\":\"SONDE sweep.sequential: asks addresses in order\","
		"\"category\":\"Detection of a Network Scan\",\"severity\":2,"
		"\"metadata\":{\"tag\":[\"18 addresses in a row (run 12)\",\"say \\\"so\\\"\"]}}}\n");
}

TEST(eve_of_time_passed_has_no_packet)
{
	const struct fact_alert a = { .kind = "sweep.slow",
				      .severity = FACT_ALERT_HIGH,
				      .src = { .family = 6, .octet = { 0xfe, 0x80 }, .zone = 3 },
				      .packet = 9 };
	const char *text = eve(&a, NULL);

	CHECK_HAS(text, "\"src_ip\":\"fe80::\",\"proto\":\"IPv6-ICMP\",\"alert\"");
	CHECK_HAS(text, "\"severity\":1,\"metadata\":{\"tag\":[]}}}\n");
	CHECK(!strstr(text, "pcap_cnt"));
	CHECK(!strstr(text, "dest_ip"));
	CHECK(!strstr(text, "icmp_type"));
}

TEST(eve_tells_the_other_end_from_the_packet)
{
	const struct ip_addr scanner = ip4_make(192, 0, 2, 1), victim = ip4_make(10, 0, 0, 1);
	/* A refusal, on its way back to who scans. */
	const struct eve_packet back = {
		.src = victim, .dst = scanner, .proto = 6, .icmp_type = FACT_NONE, .code = FACT_NONE
	};
	struct fact_alert a = { .kind = "scan.tcp", .severity = FACT_ALERT_LOW, .src = scanner };

	CHECK_HAS(eve(&a, &back), "\"src_ip\":\"192.0.2.1\",\"dest_ip\":\"10.0.0.1\","
				  "\"proto\":\"TCP\",\"alert\"");
	CHECK_HAS(line, "\"severity\":3");
	a.src = (struct ip_addr){ 0 };
	a.dst = scanner;
	CHECK_HAS(eve(&a, &back), "\"src_ip\":\"10.0.0.1\",\"dest_ip\":\"192.0.2.1\"");
	a.dst = victim;
	CHECK_HAS(eve(&a, &back), "\"src_ip\":\"192.0.2.1\",\"dest_ip\":\"10.0.0.1\"");
}

TEST(eve_of_a_kind_that_is_new_still_is_a_line)
{
	const struct fact_alert a = { .kind = "brand.new" };
	const struct eve_packet p = { .proto = 132, .icmp_type = FACT_NONE, .code = FACT_NONE };

	CHECK_HAS(eve(&a, &p), "\"proto\":\"132\"");
	CHECK_HAS(line, "\"signature_id\":1900000,\"rev\":1,\"signature\":\"SONDE brand.new\","
			"\"category\":\"Unknown Traffic\"");
}

TEST(eve_leaves_out_a_code_that_was_cut_off)
{
	const struct fact_alert a = { .kind = "redirect" };
	const struct eve_packet p = { .proto = 1, .icmp_type = 5, .code = FACT_NONE };

	CHECK_HAS(eve(&a, &p), "\"icmp_type\":5,\"alert\"");
}
