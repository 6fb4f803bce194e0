/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/scan_ports.h"

#include <errno.h>
#include <string.h>

#include "test.h"

static const char etc[] = "http 80/tcp www\nsnmp 161/udp\ndomain 53/tcp\ndomain 53/udp\n";

static struct err err;

static int scan(const char *text, struct scan_ports *ret)
{
	struct services *names;
	int r;

	CHECK_EQ(services_new((struct span){ (const uint8_t *)etc, sizeof(etc) - 1 },
			      (struct span){ NULL, 0 }, &names),
		 0);
	r = scan_ports_scan(text, names, ret, &err);
	services_free(names);
	return r;
}

static void reads(const char *text, const char *tcp, const char *udp)
{
	struct scan_ports p;
	char buf[256];

	CHECK_EQ(scan(text, &p), 0);
	portset_format(&p.tcp, buf, sizeof(buf));
	CHECK_STR(buf, tcp);
	portset_format(&p.udp, buf, sizeof(buf));
	CHECK_STR(buf, udp);
}

TEST(ports_are_for_both_unless_a_letter_says_which)
{
	reads("22", "22", "22");
	reads("22,80-82", "22,80-82", "22,80-82");
	reads("T:1-3,U:53", "1-3", "53");
	reads("7,U:53,9,T:22", "7,22", "7,9,53");
	reads("-", "1-65535", "1-65535");
	reads("T:-", "1-65535", "");
	reads("T:-5,U:65530-", "1-5", "65530-65535");
}

TEST(names_of_services_stand_for_their_ports)
{
	reads("http", "80", "");
	reads("domain,snmp", "53", "53,161");
	reads("T:domain", "53", "");
	reads("U:domain,161", "", "53,161");
}

TEST(it_is_told_whether_a_letter_stood_there)
{
	struct scan_ports p;

	CHECK_EQ(scan("22", &p), 0);
	CHECK(!p.says_tcp && !p.says_udp);
	CHECK_EQ(scan("22,U:5", &p), 0);
	CHECK(!p.says_tcp && p.says_udp);
	CHECK_EQ(scan("T:2,U:5", &p), 0);
	CHECK(p.says_tcp && p.says_udp);
}

TEST(what_is_no_port_is_refused_and_named)
{
	static const struct {
		const char *text, *part;
	} rows[] = {
		{ "", "empty" },
		{ "22,", "empty" },
		{ ",22", "empty" },
		{ "U:", "empty" },
		{ "70000", "70000" },
		{ "9-3", "9-3" },
		{ "22,nosuch", "nosuch" },
		{ "T:snmp", "TCP service" },
		{ "U:http", "UDP service" },
		{ "1-2-3", "1-2-3" },
		{ "22 ", "22 " },
		{ "t:22", "t:22" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct scan_ports p;

		memset(&p, 0x5a, sizeof(p));
		CHECK_EQ(scan(rows[i].text, &p), -EINVAL);
		CHECK_HAS(err.text, "-p: ");
		CHECK_HAS(err.text, rows[i].part);
		CHECK_EQ(p.tcp.word[0], 0x5a5a5a5a5a5a5a5a);
	}
}

TEST(the_lists_rise_and_hold_what_everybody_knows)
{
	struct scan_ports fast, usual;

	for (size_t i = 1; i < SCAN_PORTS_FAST; i++)
		CHECK(scan_ports_tcp[i - 1] < scan_ports_tcp[i] &&
		      scan_ports_udp[i - 1] < scan_ports_udp[i]);
	scan_ports_fast(&fast);
	CHECK_EQ(portset_count(&fast.tcp), SCAN_PORTS_FAST);
	CHECK_EQ(portset_count(&fast.udp), SCAN_PORTS_FAST);
	CHECK(portset_has(&fast.tcp, 22) && portset_has(&fast.tcp, 443));
	CHECK(portset_has(&fast.udp, 53) && portset_has(&fast.udp, 161));
	scan_ports_usual(&usual);
	CHECK(portset_has(&usual.tcp, 1) && portset_has(&usual.tcp, 1023));
	CHECK(!portset_has(&usual.tcp, 0) && portset_has(&usual.tcp, 8080));
	CHECK_MEM(&usual.udp, &fast.udp, sizeof(fast.udp));
}
