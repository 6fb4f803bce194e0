/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "cmd/ports.h"

static struct ip_addr addr(const char *text)
{
	struct ip_addr a;

	CHECK_EQ(ip_scan(text, &a), 0);
	return a;
}

/* nginx, one connection of it from 192.0.2.9, over IPv6's mapped addresses. */
static struct fact_socket sample(void)
{
	return (struct fact_socket){
		.proto = FACT_TCP,
		.family = 6,
		.state = FACT_ESTABLISHED,
		.reach = FACT_REACH_IFACE,
		.local = { addr("::ffff:198.51.100.1"), 443 },
		.peer = { addr("::ffff:192.0.2.9"), 50000 },
		.user = "www-data",
		.pid = 8888,
		.program = "nginx",
		.service = "https",
		.iface = "eth0",
	};
}

static bool matches(const char *text, const struct fact_socket *s)
{
	struct ports_word w;
	struct err err;

	CHECK_EQ(ports_word_scan(text, &w, &err), 0);
	return ports_word_match(&w, s);
}

TEST(ports_word_matches_what_stands_in_the_table)
{
	static const char *const yes[] = {
		"443",
		"50000", /* the peer's port */
		"400-500",
		"22,443",
		"tcp",
		"tcp6",
		"tcp/443",
		"443/tcp",
		"tcp6/443",
		"tcp/https",
		"https",
		"nginx",
		"ngin",
		"www-data",
		"established",
		"interface",
		"eth0",
		"pid/8888",
		"192.0.2.9",
		"198.51.100.0/24",
		"::ffff:192.0.2.9",
		"::/0",
	};
	static const char *const no[] = {
		"53",       "udp",           "tcp4",         "udp/443",    "443/udp", "tcp/53",
		"tcp/http", "http",          "nginxx",       "www",        "listen",  "any",
		"eth",      "pid/888",       "192.0.2.8",    "10.0.0.0/8", "NGINX",   "8888",
		"raw",      "2001:db8::/32", "nginx/worker",
	};
	struct fact_socket s = sample();

	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		if (!matches(yes[i], &s))
			fail_msg("'%s' does not match", yes[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(no); i++) {
		if (matches(no[i], &s))
			fail_msg("'%s' matches", no[i]);
	}
}

TEST(ports_word_takes_ports_from_protocols_that_have_some)
{
	struct fact_socket raw = { .proto = FACT_RAW, .family = 4, .pid = FACT_NONE };
	struct fact_socket icmp = { .proto = FACT_ICMP, .family = 4, .pid = FACT_NONE };

	raw.local.port = 1;
	icmp.local.port = 1;
	CHECK(!matches("1", &raw));
	CHECK(!matches("1", &icmp));
	CHECK(matches("raw/1", &raw));
	CHECK(matches("icmp/1", &icmp));
	CHECK(matches("icmp", &icmp));
	CHECK(!matches("pid/1", &icmp));
	CHECK(!matches("0", &raw)); /* no peer: its port 0 is not a port */
}

TEST(ports_word_matches_no_unknown_text)
{
	struct fact_socket s = { .proto = FACT_UDP, .family = 4, .pid = FACT_NONE };

	/* No user, program, service or device is known: their absence matches nothing. */
	CHECK(!matches("nginx", &s));
	CHECK(!matches("(null)", &s));
	CHECK(matches("unconn", &s));
}

TEST(ports_word_refuses_what_must_be_a_mistake_and_says_why)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", "empty" },
		{ "70000", "'70000' is not a port" },
		{ "udp/70000", "'udp/70000'" },
		{ "20-10", "20-10" },
		{ "udp/", "'udp/'" },
		{ "/udp", "'/udp'" },
		{ "pid/", "process id" },
		{ "pid/0", "process id" },
		{ "pid/x", "process id" },
		{ "pid/2147483648", "process id" },
		{ "pid/99999999999999999999", "process id" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ports_word w = { .pid = 99 };
		struct err err = { "" };

		CHECK_EQ(ports_word_scan(cases[i].text, &w, &err), -EINVAL);
		CHECK_HAS(err.text, cases[i].says);
		CHECK_EQ(w.pid, 99);
	}
}
