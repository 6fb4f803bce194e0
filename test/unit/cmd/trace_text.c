/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/trace_text.h"

#include <string.h>

#include "test.h"

#define MS ((int64_t)NS_PER_MS)

static char got[32768];
static size_t got_len;

static int take(void *to UNUSED, const char *p, size_t len)
{
	CHECK(got_len + len < sizeof(got));
	memcpy(got + got_len, p, len);
	got_len += len;
	got[got_len] = '\0';
	return 0;
}

static struct flow_trace_conf conf = { .kind = ASK_ECHO, .port = 80, .rounds = 3, .last = 30 };

static const char *shown(const struct trace_keep *k, const struct fact_trace *f, unsigned width)
{
	static struct out_sink sink;
	static struct branches branches;
	const struct text_out text = { &sink, width, false };
	const struct trace_text t = {
		.text = &text, .conf = &conf, .branches = &branches, .utf8 = true
	};

	got_len = 0;
	out_init(&sink, take, NULL);
	trace_text_target(&t, k, f);
	out_flush(&sink);
	return got;
}

static struct fact_hop hop_at(int64_t ttl, uint8_t last, int64_t ms)
{
	return (struct fact_hop){
		.target = "t",
		.ttl = ttl,
		.addr = last ? ip4_make(10, 0, (uint8_t)ttl, last) : (struct ip_addr){ 0 },
		.rtt_us = { ms * MS, ms * MS, ms * MS, ms * MS, ms * MS, ms * MS, 0 },
		.jitter_us = MS / 10,
		.sent = 3,
		.received = last ? 3 : 0,
		.loss_pct = last ? 0 : 100000,
		.verdict = last ? FACT_HOP_OK : FACT_HOP_SILENT,
		.evidence = last ? "all 3 probes were answered" : "hop 3 behind it answers",
		.icmp_type = 11,
		.code = 0,
		.reply = last ? "time-exceeded" : NULL,
	};
}

static struct fact_trace end_of(uint8_t state, int64_t hops)
{
	return (struct fact_trace){ .target = "t",
				    .state = state,
				    .by = "echo-reply",
				    .hops = hops,
				    .loss_pct = FACT_NONE,
				    .branches = FACT_NONE,
				    .confidence_pct = FACT_NONE };
}

TEST(trace_text_is_a_line_a_hop_limit)
{
	struct fact_hop hop[] = { hop_at(1, 1, 1), hop_at(2, 0, 0), hop_at(3, 1, 20) };
	const struct trace_keep k = { .hop = hop, .hop_n = 3 };
	struct fact_trace f = end_of(FACT_TRACE_REACHED, 3);

	hop[0].name = "gw.example";
	f.loss_pct = 0;
	CHECK_STR(
		shown(&k, &f, 120),
		"HOP  ADDRESS                  LOSS  RCVD   MEDIAN      MIN      P95   JITTER  "
		"VERDICT\n"
		"  1  10.0.1.1 (gw.example)      0%   3/3     1.00     1.00     1.00     0.10  "
		"ok\n"
		"  2  *                        100%   0/3        -        -        -        -  "
		"silent: hop 3 behind it answers\n"
		"  3  10.0.3.1                   0%   3/3     20.0     20.0     20.0     0.10  "
		"ok\n"
		"Reached in 3 hops: it answers the echo request. Lost on the whole way: nothing.\n");
}

TEST(trace_text_leaves_times_out_where_there_is_no_room)
{
	struct fact_hop hop[] = { hop_at(1, 1, 1) };
	const struct trace_keep k = { .hop = hop, .hop_n = 1 };
	const struct fact_trace f = end_of(FACT_TRACE_REACHED, 1);

	CHECK(strstr(shown(&k, &f, 60), "JITTER") == NULL);
	CHECK_HAS(shown(&k, &f, 60), "MEDIAN");
	CHECK_HAS(shown(&k, &f, 60), "VERDICT");
	CHECK_HAS(shown(&k, &f, 0), "JITTER");
	shown(&k, &f, 20);
}

TEST(trace_text_has_no_column_of_what_nobody_counts)
{
	struct fact_hop hop[] = { hop_at(1, 1, 1) };
	const struct trace_keep k = { .hop = hop, .hop_n = 1 };
	const struct fact_trace f = end_of(FACT_TRACE_REACHED, 1);

	hop[0].rtt_us.p50 = hop[0].rtt_us.p95 = hop[0].jitter_us = FACT_NONE;
	hop[0].loss_pct = hop[0].sent = FACT_NONE;
	CHECK_HAS(shown(&k, &f, 100), "HOP  ADDRESS          RCVD      MIN  VERDICT\n"
				      "  1  10.0.1.1            3     1.00  ok\n");
}

TEST(trace_text_folds_silence_at_the_end)
{
	struct fact_hop hop[] = { hop_at(1, 1, 1), hop_at(2, 0, 0), hop_at(3, 0, 0),
				  hop_at(4, 0, 0) };
	struct trace_keep k = { .hop = hop, .hop_n = 4 };
	struct fact_trace f = end_of(FACT_TRACE_SILENT, 1);

	CHECK_HAS(shown(&k, &f, 80),
		  "\n  2-4  silent\nNot reached. Nobody answers beyond hop 1.\n");
	f.meaning = "The target is down.";
	CHECK_HAS(shown(&k, &f, 80), "Not reached. The target is down.\n");
	k.hop_n = 2;
	CHECK_HAS(shown(&k, &f, 80), "\n  2  *");
	k.hop_n = 0;
	CHECK_STR(shown(&k, &f, 80), "Not reached. The target is down.\n");
}

TEST(trace_text_tells_why_below_or_behind)
{
	struct fact_hop hop[] = { hop_at(1, 1, 1), hop_at(2, 2, 2) };
	const struct trace_keep k = { .hop = hop, .hop_n = 2 };
	const struct fact_trace f = end_of(FACT_TRACE_REACHED, 2);

	hop[0].verdict = FACT_HOP_LIMITS;
	hop[0].received = 1;
	hop[0].loss_pct = 66667;
	hop[0].evidence = "hop 2 behind it answered all";
	CHECK_HAS(shown(&k, &f, 0), "66.7%   1/3");
	CHECK_HAS(shown(&k, &f, 0), "  limits its ICMP: hop 2 behind it answered all\n");
	CHECK_HAS(shown(&k, &f, 80), "  limits its ICMP\n     hop 2 behind it answered all\n");
	CHECK(strstr(shown(&k, &f, 0), "all 3 probes") == NULL);
}

TEST(trace_text_shows_further_addresses_below_the_first)
{
	struct fact_hop hop[] = { hop_at(1, 1, 1), hop_at(1, 9, 2) };
	const struct trace_keep k = { .hop = hop, .hop_n = 2 };
	const struct fact_trace f = end_of(FACT_TRACE_REACHED, 1);

	hop[1].received = 2;
	CHECK_HAS(shown(&k, &f, 100), "\n     10.0.1.9                  2/3     2.00     2.00");
}

TEST(trace_text_shows_labels_interfaces_translation_and_errors)
{
	static const struct fact_mpls mpls[] = { { 16001, 0, 1, true } };
	static const struct fact_hop_iface iface[] = {
		{ .role = "incoming", .ifindex = 3, .mtu = 1500, .name = "ge-0/0/0" }
	};
	struct fact_hop hop[] = { hop_at(1, 1, 1), hop_at(2, 2, 2) };
	const struct trace_keep k = { .hop = hop, .hop_n = 2 };
	struct fact_trace f = end_of(FACT_TRACE_UNREACHABLE, 2);

	hop[0].mpls = (struct fact_list){ mpls, 1 };
	hop[0].iface = (struct fact_list){ iface, 1 };
	hop[0].nat = true;
	hop[0].quoted = "source 10.9.9.9";
	hop[0].duplicates = 2;
	hop[1].reply = "unreachable";
	hop[1].icmp_type = 3;
	hop[1].code = 13;
	hop[1].icmp_name = "communication-prohibited";
	hop[1].meaning = "a filter forbids it";
	f.by = "3/13 Communication Prohibited";
	CHECK_HAS(shown(&k, &f, 100), "\n     MPLS label 16001 class 0 TTL 1\n");
	CHECK_HAS(got, "\n     incoming interface ge-0/0/0 number 3 MTU 1500\n");
	CHECK_HAS(got, "\n     address translation before it: the probe came there with source "
		       "10.9.9.9\n");
	CHECK_HAS(got, "\n     2 answered more than once\n");
	CHECK_HAS(got, "\n     answers communication-prohibited (3/13): a filter forbids it\n");
	CHECK_HAS(got, "\nNot reached: 3/13 Communication Prohibited.\n");
	/* What ended it is told below the table only. */
	f.from = hop[1].addr;
	CHECK(strstr(shown(&k, &f, 100), "answers communication") == NULL);
}

TEST(trace_text_tells_mtu_and_branches)
{
	struct fact_hop hop[] = { hop_at(1, 1, 1), hop_at(2, 2, 2) };
	const struct fact_path_hop ways[2][2] = {
		{ { 1, ip4_make(10, 0, 1, 1) }, { 2, ip4_make(10, 0, 2, 2) } },
		{ { 1, ip4_make(10, 0, 1, 1) }, { 2, ip4_make(10, 0, 2, 3) } },
	};
	struct fact_path path[2] = { { .flow = 0, .hops = { ways[0], 2 } },
				     { .flow = 7, .hops = { ways[1], 2 } } };
	struct trace_keep k = { .hop = hop, .hop_n = 2, .path = path, .path_n = 2 };
	struct fact_trace f = end_of(FACT_TRACE_REACHED, 2);

	k.has_mtu = true;
	k.mtu = (struct fact_path_mtu){ .mtu = 1400, .exact = true, .meaning = "Hop 1 says so." };
	f.branches = 2;
	f.confidence_pct = 95000;
	CHECK_HAS(shown(&k, &f, 80),
		  "Branches: 2, 95% sure that these are all that echo takes; UDP (-U) ");
	conf.kind = ASK_UDP;
	CHECK_HAS(shown(&k, &f, 80), "Path MTU 1400: Hop 1 says so.\n"
				     "Branches: 2, 95% sure that these are all\n"
				     "  1      a\n"
				     "       ┌─┴─┐\n"
				     "  2    b   c\n"
				     "  1  a   10.0.1.1  -> b c\n"
				     "  2  b   10.0.2.2\n"
				     "  2  c   10.0.2.3\n"
				     "FLOW  BRANCH\n"
				     "   0  a b\n"
				     "   7  a c\n");
	k.mtu = (struct fact_path_mtu){ .mtu = FACT_NONE };
	CHECK_HAS(shown(&k, &f, 80), "Path MTU: no packet of any size passed.\n");
	conf.kind = ASK_ECHO;
}

TEST(trace_text_tells_what_could_not_be_sent)
{
	const struct trace_keep k = { 0 };
	struct fact_trace f = end_of(FACT_TRACE_UNSENT, FACT_NONE);

	f.error = "Network is unreachable";
	CHECK_STR(shown(&k, &f, 80),
		  "Not reached: nothing could be sent: Network is unreachable.\n");
}

TEST(trace_text_heads_say_what_is_sent)
{
	char buf[32];

	CHECK_STR(trace_text_kind(&conf, buf), "echo");
	CHECK_STR(trace_text_kind(&(struct flow_trace_conf){ .kind = ASK_UDP, .port = 53 }, buf),
		  "UDP port 53");
	CHECK_STR(
		trace_text_kind(&(struct flow_trace_conf){ .kind = ASK_TCP_SYN, .port = 443 }, buf),
		"TCP SYN port 443");
}
