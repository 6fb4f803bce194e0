/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets from events, without a firewall: what the namespace tests cannot order at will. */
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "twin/trace_join.h"

struct told {
	unsigned n;
	struct trace_packet last;
	struct trace_chain chain[TRACE_CHAINS_MAX];
	uint16_t ids[TRACE_OPEN_MAX * 2];
};

static void each(void *to, const struct trace_packet *p)
{
	struct told *t = to;

	if (t->n < ARRAY_LEN(t->ids))
		t->ids[t->n] = p->ip_id;
	t->n++;
	t->last = *p;
	if (p->chain_n)
		memcpy(t->chain, p->chain, p->chain_n * sizeof(*p->chain));
}

/* 192.0.2.2 > 192.0.2.1, UDP; the identification is put in. */
static uint8_t ip4[20] = { 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 2, 192, 0, 2, 1 };
static const uint8_t udp[8] = { 0x12, 0x34, 0, 53, 0, 8, 0, 0 };

static struct trace_event event(uint32_t id, const char *table, const char *chain, int32_t verdict)
{
	struct trace_event e = {
		.id = id, .type = TRACE_EVENT_RULE, .handle = 7, .verdict = verdict
	};

	snprintf(e.table, sizeof(e.table), "%s", table);
	snprintf(e.chain, sizeof(e.chain), "%s", chain);
	return e;
}

static struct trace_event with_headers(struct trace_event e, uint16_t ip_id)
{
	ip4[4] = (uint8_t)(ip_id >> 8);
	ip4[5] = (uint8_t)ip_id;
	e.network = (struct span){ ip4, sizeof(ip4) };
	e.transport = (struct span){ udp, sizeof(udp) };
	return e;
}

static int feed(struct trace_join *j, struct trace_event e, struct told *t)
{
	return trace_join_feed(j, &e, each, t);
}

static int start(struct trace_join *j, uint32_t id, uint16_t ip_id, struct told *t)
{
	return feed(j, with_headers(event(id, TRACE_TABLE, "in0", 1), ip_id), t);
}

TEST(a_packet_is_told_with_its_headers_and_its_last_word)
{
	struct trace_join *j = trace_join_new(NULL);
	struct told t = { 0 };
	struct trace_event e;

	CHECK(j != NULL);
	CHECK_EQ(start(j, 1, 0x8001, &t), 0);
	CHECK_EQ(feed(j, with_headers(event(1, "f", "pre", 1), 0x8001), &t), 0);
	e = with_headers(event(1, "f", "input", -3), 0x8001);
	e.has_ct = true;
	e.ct_state = RULE_CT_NEW;
	CHECK_EQ(feed(j, e, &t), 0);
	CHECK_EQ(feed(j, event(1, "f", "other", 0), &t), 0);
	CHECK_EQ(trace_join_end(j, each, &t), 1);
	CHECK_EQ(t.n, 1);
	CHECK_EQ(t.last.verdict, TRACE_DROP);
	CHECK_EQ(t.last.ip_id, 0x8001);
	CHECK_EQ(t.last.family, 4);
	CHECK_EQ(t.last.proto, 17);
	CHECK_EQ(t.last.sport, 0x1234);
	CHECK_EQ(t.last.dport, 53);
	CHECK_EQ(t.last.ct, RULE_CT_NEW);
	CHECK_EQ(t.last.chain_n, 2);
	CHECK_EQ(t.chain[0].verdict, TRACE_ACCEPT);
	CHECK_EQ(t.chain[1].verdict, TRACE_DROP);
	CHECK(!t.last.out && t.last.rule == -1);
	trace_join_free(j);
}

TEST(an_id_used_again_ends_the_packet_that_had_it)
{
	struct trace_join *j = trace_join_new(NULL);
	struct told t = { 0 };

	CHECK(j != NULL);
	start(j, 9, 0x8001, &t);
	feed(j, with_headers(event(9, "f", "input", 0), 0x8001), &t);
	CHECK_EQ(start(j, 9, 0x8002, &t), 1);
	CHECK_EQ(t.last.ip_id, 0x8001);
	CHECK_EQ(t.last.verdict, TRACE_DROP);
	feed(j, with_headers(event(9, "f", "input", 1), 0x8002), &t);
	CHECK_EQ(trace_join_end(j, each, &t), 1);
	CHECK_EQ(t.last.ip_id, 0x8002);
	CHECK_EQ(t.last.verdict, TRACE_ACCEPT);
	trace_join_free(j);
}

TEST(nested_events_stay_with_their_own_packet)
{
	struct trace_join *j = trace_join_new(NULL);
	struct told t = { 0 };

	CHECK(j != NULL);
	start(j, 1, 0x8001, &t);
	/* The message of a reject is traced before the event of the rule that rejected. */
	feed(j, with_headers(event(2, TRACE_TABLE_OUT, "out", 1), 5), &t);
	feed(j, with_headers(event(2, "f", "output", 1), 5), &t);
	feed(j, with_headers(event(1, "f", "input", 0), 0x8001), &t);
	CHECK_EQ(trace_join_end(j, each, &t), 2);
	CHECK_EQ(t.ids[0], 0x8001);
	CHECK(t.last.out && t.last.verdict == TRACE_ACCEPT);
	trace_join_free(j);
}

TEST(events_of_strangers_are_passed_over)
{
	struct trace_join *j = trace_join_new(NULL);
	struct told t = { 0 };

	CHECK(j != NULL);
	/* The host's own rules may trace what we did not send. */
	feed(j, with_headers(event(3, "f", "input", 0), 77), &t);
	CHECK_EQ(trace_join_end(j, each, &t), 0);
	/* Another packet has the id by now, and did not come in by our table. */
	start(j, 4, 0x8001, &t);
	CHECK_EQ(feed(j, with_headers(event(4, "f", "input", 0), 0x0007), &t), 1);
	CHECK_EQ(t.last.ip_id, 0x8001);
	CHECK_EQ(t.last.verdict, TRACE_ACCEPT);
	CHECK_EQ(trace_join_end(j, each, &t), 0);
	trace_join_free(j);
}

TEST(more_packets_than_fit_are_told_oldest_first)
{
	struct trace_join *j = trace_join_new(NULL);
	struct told t = { 0 };
	const unsigned many = TRACE_OPEN_MAX * 2 - 5;
	int n = 0;

	CHECK(j != NULL);
	for (unsigned i = 0; i < many; i++)
		n += start(j, i * 7919, (uint16_t)i, &t);
	CHECK_EQ(n, many - TRACE_OPEN_MAX);
	n += trace_join_end(j, each, &t);
	CHECK_EQ(n, many);
	for (unsigned i = 0; i < many; i++)
		CHECK_EQ(t.ids[i], i);
	trace_join_drop(j);
	CHECK_EQ(trace_join_end(j, each, &t), 0);
	trace_join_free(j);
}

TEST(more_chains_than_fit_are_said_to_be_cut)
{
	struct trace_join *j = trace_join_new(NULL);
	struct told t = { 0 };

	CHECK(j != NULL);
	start(j, 1, 0x8001, &t);
	for (int i = 0; i <= TRACE_CHAINS_MAX; i++)
		feed(j, with_headers(event(1, "f", "c", 1), 0x8001), &t);
	trace_join_end(j, each, &t);
	CHECK_EQ(t.last.chain_n, TRACE_CHAINS_MAX);
	CHECK(t.last.cut);
	trace_join_free(j);
}

TEST(headers_that_are_no_packet_begin_none)
{
	struct trace_join *j = trace_join_new(NULL);
	struct told t = { 0 };
	struct trace_event e = with_headers(event(1, TRACE_TABLE, "in0", 1), 1);

	CHECK(j != NULL);
	e.network.len = 19;
	CHECK_EQ(trace_join_feed(j, &e, each, &t), 0);
	e = event(1, TRACE_TABLE, "in0", 1);
	CHECK_EQ(trace_join_feed(j, &e, each, &t), 0);
	CHECK_EQ(trace_join_end(j, each, &t), 0);
	trace_join_free(j);
}
