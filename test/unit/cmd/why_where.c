/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/why_where.h"

#include <errno.h>
#include <string.h>

#include "test.h"

static const char etc[] = "domain 53/tcp\ndomain 53/udp\nhttp 80/tcp\nsnmp 161/udp\n";

static struct err err;

static int scan(const char *a, const char *b, struct why_where *ret)
{
	struct services *names;
	int r;

	CHECK_EQ(services_new((struct span){ (const uint8_t *)etc, sizeof(etc) - 1 },
			      (struct span){ NULL, 0 }, &names),
		 0);
	r = why_where_scan(a, b, names, ret, &err);
	services_free(names);
	return r;
}

TEST(every_way_to_write_a_port_of_a_host_is_read)
{
	static const struct {
		const char *a, *b, *host;
		uint16_t port;
		uint8_t proto;
		bool both;
	} rows[] = {
		{ "192.0.2.7", "80", "192.0.2.7", 80, FACT_TCP, true },
		{ "192.0.2.7", "80/udp", "192.0.2.7", 80, FACT_UDP, false },
		{ "192.0.2.7", "UDP/80", "192.0.2.7", 80, FACT_UDP, false },
		{ "192.0.2.7:80", NULL, "192.0.2.7", 80, FACT_TCP, true },
		{ "web1:http/tcp", NULL, "web1", 80, FACT_TCP, false },
		{ "web1", "domain", "web1", 53, FACT_TCP, true },
		{ "web1", "snmp", "web1", 161, FACT_TCP, true },
		{ "web1", "domain/udp", "web1", 53, FACT_UDP, false },
		{ "[2001:db8::7]:443", NULL, "2001:db8::7", 443, FACT_TCP, true },
		{ "[2001:db8::7]:53/udp", NULL, "2001:db8::7", 53, FACT_UDP, false },
		{ "[::1]", "22", "::1", 22, FACT_TCP, true },
		{ "2001:db8::7", "443", "2001:db8::7", 443, FACT_TCP, true },
		{ "fe80::1%eth0", "65535", "fe80::1%eth0", 65535, FACT_TCP, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct why_where w;

		CHECK_EQ(scan(rows[i].a, rows[i].b, &w), 0);
		CHECK_STR(w.host, rows[i].host);
		CHECK_EQ(w.port, rows[i].port);
		CHECK_EQ(w.proto, rows[i].proto);
		CHECK_EQ(w.both, rows[i].both);
	}
}

TEST(what_lacks_something_or_has_too_much_is_refused)
{
	static const struct {
		const char *a, *b, *part;
	} rows[] = {
		{ "192.0.2.7", NULL, "PORT is missing" },
		{ "2001:db8::7", NULL, "PORT is missing" },
		{ "[2001:db8::7]", NULL, "PORT is missing" },
		{ "192.0.2.7:", NULL, "PORT is missing" },
		{ "192.0.2.7:80", "81", "already" },
		{ "192.0.2.7", "0", "'0'" },
		{ "192.0.2.7", "65536", "65536" },
		{ "192.0.2.7", "99999999999999999999", "9999" },
		{ "192.0.2.7", "nosuch", "nosuch" },
		{ "192.0.2.7", "http/udp", "http/udp" },
		{ "192.0.2.7", "80/sctp", "sctp" },
		{ "192.0.2.7", "", "''" },
		{ "192.0.2.7", "/udp", "/udp" },
		{ "", "80", "HOST" },
		{ ":80", NULL, "HOST" },
		{ "[]", "80", "HOST" },
		{ "[::1", "80", "HOST" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct why_where w = { .port = 7 };

		CHECK_EQ(scan(rows[i].a, rows[i].b, &w), -EINVAL);
		CHECK_HAS(err.text, rows[i].part);
		CHECK_EQ(w.port, 7);
	}
}

TEST(a_host_longer_than_any_name_is_refused)
{
	static char much[WHY_HOST_LEN + 1];
	struct why_where w;

	memset(much, 'x', WHY_HOST_LEN);
	CHECK_EQ(scan(much, "80", &w), -EINVAL);
	much[WHY_HOST_LEN - 1] = '\0';
	CHECK_EQ(scan(much, "80", &w), 0);
}
