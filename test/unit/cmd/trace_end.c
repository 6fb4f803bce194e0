/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/trace_end.h"

#include <string.h>

#include "test.h"

#define MS ((int64_t)NS_PER_MS)

static char got[4096];

static int take(void *to UNUSED, const char *p, size_t len)
{
	size_t at = strlen(got);

	CHECK(at + len < sizeof(got));
	memcpy(got + at, p, len);
	got[at + len] = '\0';
	return 0;
}

static struct fact_trace end_of(uint8_t state, const char *by)
{
	return (struct fact_trace){ .target = "192.0.2.1",
				    .addr = ip4_make(192, 0, 2, 1),
				    .state = state,
				    .by = by,
				    .from = ip4_make(10, 0, 0, 5),
				    .hops = 3,
				    .loss_pct = FACT_NONE,
				    .loop_ttl = FACT_NONE,
				    .branches = FACT_NONE,
				    .mtu = FACT_NONE };
}

static const char *put(uint8_t kind, const struct fact_trace *f)
{
	static struct out_sink sink;
	const struct text_out text = { &sink, 0, false };
	const struct flow_trace_conf conf = { .kind = kind, .port = 443 };

	got[0] = '\0';
	out_init(&sink, take, NULL);
	trace_end_put(&text, &conf, f);
	out_flush(&sink);
	return got;
}

static const char *line(const struct trace_keep *k, const struct fact_trace *f)
{
	static struct out_sink sink;
	const struct text_out text = { &sink, 80, false };

	got[0] = '\0';
	out_init(&sink, take, NULL);
	trace_end_line(&text, 12, k, f);
	out_flush(&sink);
	return got;
}

TEST(trace_end_says_in_words_what_the_targets_answer_means)
{
	static const struct {
		uint8_t kind;
		const char *by, *said;
	} words[] = {
		{ ASK_ECHO, "echo-reply", "Reached in 3 hops: it answers the echo request.\n" },
		{ ASK_TCP_SYN, "syn-ack", "Reached in 3 hops: TCP port 443 is open (SYN-ACK).\n" },
		{ ASK_TCP_SYN, "rst", "Reached in 3 hops: TCP port 443 is closed (reset).\n" },
		{ ASK_UDP, "udp", "Reached in 3 hops: UDP port 443 answers.\n" },
		{ ASK_UDP, "3/3 Port Unreachable",
		  "Reached in 3 hops: UDP port 443 is closed (3/3 Port Unreachable).\n" },
		{ ASK_TCP_SYN, "3/3 Port Unreachable",
		  "Reached in 3 hops: it answers 3/3 Port Unreachable.\n" },
		{ ASK_UDP, NULL, "Reached in 3 hops: it answers something.\n" },
	};
	struct fact_trace f;

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		f = end_of(FACT_TRACE_REACHED, words[i].by);
		CHECK_STR(put(words[i].kind, &f), words[i].said);
	}
	f = end_of(FACT_TRACE_REACHED, "1/4 Port Unreachable");
	f.addr.family = 6;
	CHECK_HAS(put(ASK_UDP, &f), "UDP port 443 is closed (1/4 ");
	f.loss_pct = 2500;
	f.hops = 1;
	CHECK_HAS(put(ASK_UDP, &f), "Reached in 1 hop: ");
	CHECK_HAS(put(ASK_UDP, &f), " Lost on the whole way: 2.5%.\n");
}

TEST(trace_end_of_many_targets_is_a_line_each)
{
	struct fact_hop hop[] = {
		{ .ttl = 2,
		  .addr = ip4_make(10, 0, 0, 2),
		  .rtt_us.p50 = MS,
		  .verdict = FACT_HOP_LOSES },
		{ .ttl = 3, .addr = ip4_make(192, 0, 2, 1), .rtt_us.p50 = 20 * MS },
		{ .ttl = 4, .verdict = FACT_HOP_SILENT },
	};
	struct trace_keep k = { .hop = hop, .hop_n = 2 };
	struct fact_trace f = end_of(FACT_TRACE_REACHED, "echo-reply");

	f.loss_pct = 0;
	CHECK_STR(line(&k, &f),
		  "192.0.2.1        3      0%     20.0  reached; hop 2 loses packets\n");
	hop[0].verdict = FACT_HOP_OK;
	f.branches = 3;
	f.mtu = 1400;
	CHECK_HAS(line(&k, &f), "  reached; 3 branches; MTU 1400\n");
	k.has_mtu = true;
	k.mtu = (struct fact_path_mtu){ .mtu = 1300, .black_hole = true };
	CHECK_HAS(line(&k, &f), "; black hole above 1300 octets\n");
	k.has_mtu = false;
	f = end_of(FACT_TRACE_UNREACHABLE, "3/13 Prohibited");
	CHECK_STR(line(&k, &f),
		  "192.0.2.1        3       -        -  3/13 Prohibited, says 10.0.0.5\n");
	k.hop_n = 3;
	f = end_of(FACT_TRACE_SILENT, NULL);
	CHECK_HAS(line(&k, &f), "  -  silent behind 192.0.2.1\n");
	f.loop_ttl = 2;
	CHECK_HAS(line(&k, &f), "  -  routing loop from hop 2 on\n");
	k.hop_n = 0;
	f = end_of(FACT_TRACE_SILENT, NULL);
	f.hops = 0;
	CHECK_HAS(line(&k, &f), "   0       -        -  nobody answers\n");
	f = end_of(FACT_TRACE_UNSENT, NULL);
	f.hops = FACT_NONE;
	f.error = "no way";
	CHECK_HAS(line(&k, &f), "   -       -        -  not sent: no way\n");
}

TEST(trace_end_writes_three_digits_that_matter)
{
	char buf[TRACE_END_CELL];

	CHECK_STR(trace_end_ms(12345, buf), "0.01");
	CHECK_STR(trace_end_ms(9994000, buf), "9.99");
	CHECK_STR(trace_end_ms(9996000, buf), "10.0");
	CHECK_STR(trace_end_ms(3000 * MS, buf), "3000");
	CHECK_STR(trace_end_ms(FACT_NONE, buf), "-");
	CHECK_STR(trace_end_percent(12500, buf), "12.5%");
	CHECK_STR(trace_end_percent(100000, buf), "100%");
	CHECK_STR(trace_end_percent(FACT_NONE, buf), "-");
}
