/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page of a watch: titles once, times as ages or dates, what is left out counted. */
#include "cmd/watch_text.h"

#include <string.h>

#include "test.h"

static struct app app;
static char got[16384];
static size_t got_len;

static int take(void *to UNUSED, const char *p, size_t len)
{
	CHECK(got_len + len < sizeof(got));
	memcpy(got + got_len, p, len);
	got_len += len;
	got[got_len] = '\0';
	return 0;
}

static struct watch_text page(bool live)
{
	got_len = 0;
	got[0] = '\0';
	out_init(&app.out, take, NULL);
	app.text = (struct text_out){ &app.out, 100, false };
	return (struct watch_text){ .app = &app, .live = live, .now_ns = 10 * NS_PER_S };
}

static const char *text(void)
{
	out_flush(&app.out);
	return got;
}

static const struct fact_failure closed = {
	.src = { 4, { 10, 0, 0, 7 }, 0 },
	.dst = { 4, { 10, 0, 0, 53 }, 0 },
	.offender = { 4, { 10, 0, 0, 53 }, 0 },
	.proto = "udp",
	.dport = 53,
	.service = "domain",
	.name = "port-unreachable",
	.count = 212,
	.last = 7 * NS_PER_S,
	.mtu = FACT_NONE,
	.hint = "nothing listens on UDP 53 there",
};

TEST(watch_text_tells_a_failure_with_its_age_and_hint)
{
	struct watch_text t = page(true);

	watch_text_failure(&t, &closed);
	CHECK_STR(
		text(),
		"\nWho could not reach what\n"
		"10.0.0.7 -> 10.0.0.53 udp/53 (domain): port-unreachable, 212 times, last 3 s ago\n"
		"    nothing listens on UDP 53 there\n");
	t = page(false);
	watch_text_failure(&t, &closed);
	CHECK_HAS(text(), "last 1970-01-01T00:00:07.000000Z\n");
	t = page(true);
	watch_text_new(&t, &closed);
	CHECK_STR(text(), "10.0.0.7 -> 10.0.0.53 udp/53 (domain): port-unreachable: "
			  "nothing listens on UDP 53 there\n");
}

TEST(watch_text_tells_mtu_gateway_and_who_said_so)
{
	struct watch_text t = page(true);
	struct fact_failure f = closed;

	f.count = 1;
	f.mtu = 1400;
	f.offender = ip4_make(10, 0, 0, 1);
	f.gateway = ip4_make(10, 0, 0, 2);
	watch_text_failure(&t, &f);
	CHECK_HAS(text(),
		  "port-unreachable by 10.0.0.1, MTU 1400, gateway 10.0.0.2, once, 3 s ago\n");
}

TEST(watch_text_counts_what_it_leaves_out)
{
	struct watch_text t = page(true);
	const struct fact_watch_sum sum = { .frames = 9,
					    .icmp = 8,
					    .other = 1,
					    .bad_checksum = 1,
					    .cut = 2,
					    .dropped = FACT_NONE };

	for (int i = 0; i < WATCH_TEXT_ROWS + 3; i++)
		watch_text_failure(&t, &closed);
	watch_text_sum(&t, &sum);
	CHECK_HAS(text(), "9 frames, 8 ICMP, 1 of other protocols\n");
	CHECK_HAS(got, "3 further groups of failures: -a shows them\n");
	CHECK_HAS(got, "1 ICMP packet with a wrong checksum");
	CHECK_HAS(got, "2 ICMP packets that the capture holds a part of\n");
	CHECK(!strstr(got, "dropped"));
}

TEST(watch_text_shows_counts_pings_and_talkers)
{
	struct watch_text t = page(false);
	const struct fact_icmp_count c[] = {
		{ .family = 4,
		  .icmp_type = 8,
		  .code = 0,
		  .name = "echo-request",
		  .packets = 5,
		  .bytes = 490,
		  .risk = "low" },
		{ .family = 6,
		  .icmp_type = FACT_NONE,
		  .code = FACT_NONE,
		  .packets = 1,
		  .bytes = 60 },
	};
	struct fact_echo_rtt e = { .src = closed.src,
				   .dst = closed.dst,
				   .requests = 4,
				   .replies = 3,
				   .lost = 1,
				   .loss = 25000 };
	const struct fact_talker k = { .addr = closed.src, .packets = 9, .bytes = 900, .error = 2 };

	e.rtt_us = (struct fact_rtt){
		.min = 1000000, .p50 = 2000000, .p95 = FACT_NONE, .max = 3500000
	};
	watch_text_counts(&t, c, 2);
	watch_text_echo(&t, &e);
	watch_text_talker(&t, &k);
	watch_text_talker(&t, &k);
	CHECK_HAS(text(), "8/0 echo-request");
	CHECK_HAS(got, "?/? cut off");
	CHECK_HAS(
		got,
		"4 requests, 3 replies, loss 25.0 %, rtt min/p50/p95/max 1.000/2.000/-/3.500 ms\n");
	CHECK_HAS(got, "10.0.0.7 (at most; 2 too many at worst)\n");
	CHECK(strstr(got, "Who sends most") == strrchr(got, 'W'));
	t = page(false);
	watch_text_counts(&t, c, 0);
	CHECK_STR(text(), "No ICMP.\n");
}
