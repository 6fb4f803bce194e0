/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <string.h>

#include "host/services.h"

static struct span span_of(const char *text)
{
	return (struct span){ (const uint8_t *)text, strlen(text) };
}

static const char ports[] = "# a comment\n"
			    "\n"
			    "echo\t\t7/tcp\n"
			    "ssh 22/tcp # the shell\n"
			    "domain\t53/udp\r\n"
			    "http\t80/tcp\twww\n"
			    "www2 80/tcp\n"
			    "mobile 434/sctp\n"
			    "  indented 500/udp\n"
			    "zero 0/tcp\n"
			    "last 65535/udp";

TEST(services_are_found_by_protocol_and_port)
{
	static const struct {
		enum fact_proto proto;
		int64_t port;
		const char *name;
	} cases[] = {
		{ FACT_TCP, 7, "echo" },        { FACT_TCP, 22, "ssh" },
		{ FACT_UDP, 22, NULL },         { FACT_UDP, 53, "domain" },
		{ FACT_UDPLITE, 53, "domain" }, { FACT_TCP, 53, NULL },
		{ FACT_TCP, 80, "http" }, /* the first line counts */
		{ FACT_SCTP, 434, "mobile" },   { FACT_UDP, 500, "indented" },
		{ FACT_TCP, 0, "zero" },        { FACT_UDP, 65535, "last" },
		{ FACT_RAW, 1, "icmp" },        { FACT_RAW, 58, "ipv6-icmp" },
		{ FACT_RAW, 255, NULL },        { FACT_RAW, 256, NULL },
		{ FACT_ICMP, 7, NULL },         { FACT_TCP, -1, NULL },
		{ FACT_TCP, 65536, NULL },      { FACT_TCP, FACT_NONE, NULL },
	};
	struct services *s = NULL;

	CHECK_EQ(services_new(span_of(ports), span_of("ip 0 IP\nicmp 1 ICMP\nipv6-icmp 58\n"), &s),
		 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *name = services_name(s, cases[i].proto, cases[i].port);

		if (cases[i].name)
			CHECK_STR(name ? name : "(none)", cases[i].name);
		else
			CHECK(name == NULL);
	}
	services_free(s);
	services_free(NULL);
}

TEST(services_pass_over_lines_they_cannot_read)
{
	static const char *const bad[] = {
		"only",     "x 22",         "x /tcp",   "x 65536/tcp", "x 22/dccp", "x 22/tcpx",
		"x#22/tcp", "x 000022/tcp", "x -1/tcp", "x 2 2/tcp",   "22/tcp",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct services *s = NULL;

		CHECK_EQ(services_new(span_of(bad[i]), span_of("y 256\ny -1\ny 1x\n"), &s), 0);
		CHECK(services_name(s, FACT_TCP, 22) == NULL);
		CHECK(services_name(s, FACT_TCP, 2) == NULL);
		CHECK(services_name(s, FACT_RAW, 1) == NULL);
		services_free(s);
	}
}

TEST(services_of_this_system_can_be_read)
{
	struct services *s = NULL;
	struct err err;

	/* What stands in the files is the system's matter; that reading them works is ours. */
	CHECK_EQ(services_read(&s, &err), 0);
	CHECK(services_name(s, FACT_ICMP, 1) == NULL);
	services_free(s);
}
