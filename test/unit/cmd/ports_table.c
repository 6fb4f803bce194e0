/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <string.h>

#include "cmd/ports.h"

static int gather(void *to, const char *p, size_t len)
{
	char *text = to;

	strncat(text, p, len);
	return 0;
}

static struct ip_addr addr(const char *text, uint32_t zone)
{
	struct ip_addr a;

	CHECK_EQ(ip_scan(text, &a), 0);
	a.zone = zone;
	return a;
}

static void table(const struct fact_socket *s, bool numeric, char text[static 4096])
{
	static struct out_sink sink;
	struct text_out t = { .to = &sink };

	text[0] = '\0';
	out_init(&sink, gather, text);
	CHECK_EQ(ports_table(&t, &s, 1, numeric), 0);
	CHECK_EQ(out_flush(&sink), 0);
}

TEST(ports_table_shows_a_listener)
{
	struct fact_socket s = {
		.proto = FACT_TCP,
		.family = 6,
		.state = FACT_LISTEN,
		.reach = FACT_REACH_ANY,
		.recv_q = 1,
		.send_q = 128,
		.local = { addr("::", 0), 80 },
		.peer = { addr("::", 0), 0 },
		.uid = 33,
		.user = "www-data",
		.pid = 8888,
		.program = "nginx",
		.service = "http",
	};
	char text[4096];

	table(&s, false, text);
	CHECK_STR(text, "PROTO  RECV-Q  SEND-Q  LOCAL    PEER    STATE   USER      PID/PROGRAM  "
			"REACH       SERVICE\n"
			"tcp6        1     128  [::]:80  [::]:*  listen  www-data  8888/nginx   "
			"any + IPv4  http\n");
	s.v6only = true;
	table(&s, true, text);
	CHECK_STR(text, "PROTO  RECV-Q  SEND-Q  LOCAL    PEER    STATE   USER  PID/PROGRAM  "
			"REACH\n"
			"tcp6        1     128  [::]:80  [::]:*  listen  33    8888/nginx   any\n");
}

TEST(ports_table_shows_what_is_not_known_as_a_dash)
{
	struct fact_socket s = {
		.proto = FACT_UDP,
		.family = 6,
		.state = FACT_UNCONN,
		.reach = FACT_REACH_LINK,
		.send_q = FACT_NONE,
		.local = { addr("fe80::1", 2), 546 },
		.peer = { addr("::", 0), 0 },
		.uid = FACT_NONE,
		.pid = FACT_NONE,
		.iface = "eth0",
	};
	char text[4096];

	table(&s, false, text);
	CHECK_HAS(text, "udp6        0       -  [fe80::1%eth0]:546  [::]:*  unconn  -     -        "
			"    link eth0  -\n");
}

TEST(ports_table_never_hands_control_characters_to_a_terminal)
{
	struct fact_socket s = {
		.proto = FACT_TCP,
		.family = 4,
		.local = { addr("127.0.0.1", 0), 1 },
		.peer = { addr("0.0.0.0", 0), 0 },
		.pid = 1,
		.program = "a\033[2Jb\nc",
	};
	char text[4096];

	table(&s, true, text);
	CHECK_HAS(text, "1/a?[2Jb?c");
	CHECK(strchr(text, '\033') == NULL);
}
