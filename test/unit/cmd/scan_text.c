/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/scan_text.h"

#include <stdio.h>
#include <string.h>

#include "cmd/scan_keep.h"
#include "out/taken.h"
#include "test.h"

#define A(d) ip4_make(192, 0, 2, d)

static struct taken got;
static const struct fact_by by[] = { {
	.probe = "echo",
	.reply = "answer",
	.from = { 4, { 192, 0, 2, 7 }, 0 },
	.ttl = 64,
	.rtt_us = 310 * NS_PER_US,
	.tries = 1,
} };

static struct fact_host up(void)
{
	return (struct fact_host){ .addr = A(7), .state = FACT_HOST_UP, .by = { by, 1 } };
}

static struct fact_port port(uint8_t proto, int64_t n, enum fact_verdict v, const char *service,
			     const char *kind)
{
	bool silent = strcmp(kind, "silence") == 0;

	return (struct fact_port){
		.addr = A(7),
		.proto = proto,
		.port = n,
		.state = (uint8_t)v,
		.service = service,
		.tries = silent ? 3 : 1,
		.confidence = silent ? FACT_LIKELY : FACT_CERTAIN,
		.reason = { .kind = kind,
			    .from = silent ? (struct ip_addr){ 0 } : A(7),
			    .icmp_type = FACT_NONE,
			    .code = FACT_NONE,
			    .ttl = silent ? FACT_NONE : 64,
			    .rtt_us = silent ? FACT_NONE : (int64_t)(310 * NS_PER_US) },
	};
}

/* 22 open, 25 silent, 80 prohibited, 100-129 closed, UDP 161 unresolved. */
static size_t ports(struct fact_port *p)
{
	size_t n = 0;

	p[n++] = port(FACT_TCP, 22, FACT_VERDICT_OPEN, "ssh", "syn-ack");
	p[n++] = port(FACT_TCP, 25, FACT_VERDICT_FILTERED, "smtp", "silence");
	p[n] = port(FACT_TCP, 80, FACT_VERDICT_FILTERED, "http", "icmp");
	p[n].reason.icmp_type = 3;
	p[n].reason.code = 13;
	p[n].reason.from = A(1);
	p[n++].reason.text = "prohibited by 192.0.2.1";
	for (int64_t i = 100; i < 130; i++)
		p[n++] = port(FACT_TCP, i, FACT_VERDICT_CLOSED, NULL, "rst");
	p[n] = port(FACT_UDP, 161, FACT_VERDICT_UNRESOLVED, "snmp", "limiter");
	p[n].reason.from.family = 0;
	p[n++].confidence = FACT_DOUBTFUL;
	return n;
}

static const char *shown(bool reason, bool open, bool verbose)
{
	struct text_out t = { taken_anew(&got), 80, false };
	struct scan_text s = { &t, reason, open, verbose };
	struct fact_port p[64];
	struct fact_host h = up();
	size_t n = ports(p);

	scan_text_host(&s, &h, p, n);
	return taken_text(&got);
}

TEST(a_host_is_a_table_and_who_says_so_where_it_was_not_the_port)
{
	CHECK_STR(shown(false, false, false),
		  "Host 192.0.2.7 is up: echo 0.31 ms\n"
		  "PORT     STATE       SERVICE  REASON\n"
		  "22/tcp   open        ssh\n"
		  "25/tcp   filtered    smtp     no answer\n"
		  "80/tcp   filtered    http     prohibited by 192.0.2.1 (3/13)\n"
		  "161/udp  unresolved  snmp     no answer, and refusals are limited, doubtful\n"
		  "Not shown: 30 closed tcp: rst\n"
		  "\n");
}

TEST(reason_tells_all_there_is_to_tell)
{
	CHECK_HAS(shown(true, false, false), "22/tcp   open        ssh      syn-ack, ttl 64, "
					     "0.31 ms\n");
	CHECK_HAS(got.text, "no answer, likely, 3 tries\n");
	CHECK_HAS(got.text, "prohibited by 192.0.2.1 (3/13), ttl 64, 0.31 ms\n");
}

TEST(open_shows_what_may_be_open_and_verbose_shows_all)
{
	CHECK_STR(shown(false, true, false),
		  "Host 192.0.2.7 is up: echo 0.31 ms\n"
		  "PORT     STATE       SERVICE  REASON\n"
		  "22/tcp   open        ssh\n"
		  "161/udp  unresolved  snmp     no answer, and refusals are limited, doubtful\n"
		  "Not shown: 1 filtered tcp: no answer; 1 filtered tcp: prohibited by "
		  "192.0.2.1\n           (3/13); 30 closed tcp: rst\n"
		  "\n");
	CHECK_HAS(shown(false, false, true), "129/tcp  closed      -\n");
	CHECK(!strstr(got.text, "Not shown"));
}

TEST(a_host_with_nothing_open_is_left_out_by_open)
{
	struct text_out t = { taken_anew(&got), 80, false };
	struct scan_text s = { &t, false, true, false };
	struct fact_host h = up();
	struct fact_port p = port(FACT_TCP, 1, FACT_VERDICT_CLOSED, NULL, "rst");

	scan_text_host(&s, &h, &p, 1);
	CHECK_STR(taken_text(&got), "");
	h.by.n = 0;
	h.mac = "02:00:5e:10:00:0a";
	h.vendor = "Acme";
	s.open = false;
	scan_text_host(&s, &h, &p, 1);
	CHECK_STR(taken_text(&got), "Host 192.0.2.7 is taken to be up (-Pn)\n"
				    "MAC 02:00:5e:10:00:0a (Acme)\n"
				    "PORT   STATE   SERVICE\n1/tcp  closed  -\n\n");
}

TEST(more_kinds_than_there_is_room_for_are_still_counted)
{
	static struct fact_port p[6400];
	static char text[6400][16];
	struct text_out t = { taken_anew(&got), 0, false };
	struct scan_text s = { &t, false, true, false };
	struct fact_host h = up();

	for (size_t i = 0; i < ARRAY_LEN(p); i++) {
		p[i] = port(FACT_TCP, (int64_t)i + 1, FACT_VERDICT_FILTERED, NULL, "icmp");
		snprintf(text[i], sizeof(text[i]), "kind %zu", i);
		p[i].reason.text = text[i];
	}
	p[0] = port(FACT_TCP, 1, FACT_VERDICT_OPEN, NULL, "syn-ack");
	scan_text_host(&s, &h, p, ARRAY_LEN(p));
	CHECK_HAS(taken_text(&got), "; 6337 filtered tcp: kind 63");
}

TEST(kept_ports_have_texts_of_their_own)
{
	struct scan_keep k = { 0 };
	char service[16] = "http", why[32] = "because";

	for (int64_t i = 0; i < 1000; i++) {
		struct fact_port p = port(FACT_TCP, i, FACT_VERDICT_FILTERED, service, "icmp");

		p.reason.text = i < 500 ? why : NULL;
		scan_keep_add(&k, &p);
	}
	CHECK(!k.failed);
	CHECK_EQ(k.n, 1000);
	CHECK_EQ(k.text_n, 3); /* of ports in a row the same */
	service[0] = why[0] = '\0';
	CHECK_STR(k.port[0].service, "http");
	CHECK_STR(k.port[499].reason.text, "because");
	CHECK(k.port[500].reason.text == NULL);
	CHECK_STR(k.port[999].reason.kind, "icmp");
	scan_keep_clear(&k);
	CHECK_EQ(k.n, 0);
	scan_keep_done(&k);
	CHECK(k.port == NULL);
}
