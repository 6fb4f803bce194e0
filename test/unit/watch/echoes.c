/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/echoes.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

static const struct hash_key key = { { 3, 4 } };

#define A "192.0.2.1"
#define B "192.0.2.2"

static struct echoes *start(uint32_t pending, uint32_t pairs)
{
	void *mem = malloc(echoes_size(pending, pairs));

	CHECK(mem);
	return echoes_init(mem, pending, pairs, &key);
}

/* A message of @type from @src to @dst at @ms. */
static enum echo_outcome see(struct echoes *e, uint16_t type, const char *src, const char *dst,
			     uint16_t seq, uint64_t ms, uint64_t *ret_rtt_ns)
{
	static const uint8_t header[8];
	struct sight s = { .kind = SIGHT_ICMP, .type = type, .id = 7, .seq = seq };

	s.t_ns = ms * NS_PER_MS;
	CHECK_EQ(ip_scan(src, &s.pkt.src), 0);
	CHECK_EQ(ip_scan(dst, &s.pkt.dst), 0);
	s.pkt.family = s.pkt.src.family;
	s.pkt.l4 = (struct span){ header, sizeof(header) };
	return echoes_add(e, &s, ret_rtt_ns);
}

static struct echo_pair *only_pair(struct echoes *e)
{
	uint32_t at = 0;

	CHECK_EQ(echoes_pairs(e), 1);
	return echoes_next(e, &at);
}

static unsigned lost_n;

static void count_lost(void *to, const struct ip_addr *src, const struct ip_addr *dst)
{
	CHECK(!to);
	CHECK(src->family && dst->family);
	lost_n++;
}

TEST(a_reply_tells_its_round_trip_time)
{
	struct echoes *e = start(8, 8);
	struct echo_pair *p;
	struct fact_rtt rtt;
	uint64_t ns = 0;

	CHECK_EQ(see(e, 8, A, B, 1, 1000, NULL), ECHO_REQUEST);
	CHECK_EQ(see(e, 0, B, A, 1, 1012, &ns), ECHO_REPLY);
	CHECK_EQ(ns, 12 * NS_PER_MS);
	CHECK_EQ(see(e, 128, "2001:db8::1", "2001:db8::2", 1, 1020, NULL), ECHO_REQUEST);
	CHECK_EQ(see(e, 129, "2001:db8::2", "2001:db8::1", 1, 1021, &ns), ECHO_REPLY);
	CHECK_EQ(ns, NS_PER_MS);
	CHECK_EQ(echoes_pairs(e), 2);
	p = echoes_next(e, &(uint32_t){ 0 });
	CHECK_EQ(p->requests, 1);
	CHECK_EQ(p->replies, 1);
	stats_rtt(&p->rtt, &rtt);
	CHECK_EQ(rtt.p50, 12 * NS_PER_MS);
	free(e);
}

TEST(second_replies_and_replies_nobody_asked_for_are_told_apart)
{
	struct echoes *e = start(8, 8);

	CHECK_EQ(see(e, 0, B, A, 1, 1, NULL), ECHO_UNASKED);
	CHECK_EQ(see(e, 8, A, B, 1, 2, NULL), ECHO_REQUEST);
	CHECK_EQ(see(e, 0, B, A, 1, 3, NULL), ECHO_REPLY);
	CHECK_EQ(see(e, 0, B, A, 1, 4, NULL), ECHO_DUPLICATE);
	CHECK_EQ(see(e, 0, B, A, 2, 5, NULL), ECHO_UNASKED);
	CHECK_EQ(see(e, 13, A, B, 2, 5, NULL), ECHO_NONE);
	CHECK_EQ(only_pair(e)->unasked, 2);
	CHECK_EQ(only_pair(e)->duplicates, 1);
	CHECK_EQ(only_pair(e)->replies, 1);
	free(e);
}

TEST(a_request_without_reply_is_lost_when_its_time_is_over)
{
	struct echoes *e = start(8, 8);

	lost_n = 0;
	see(e, 8, A, B, 1, 1000, NULL);
	see(e, 8, A, B, 2, 2000, NULL);
	see(e, 0, B, A, 2, 2010, NULL);
	echoes_tick(e, 3999 * NS_PER_MS, count_lost, NULL);
	CHECK_EQ(lost_n, 0);
	CHECK_EQ(echoes_waiting(e), 1);
	echoes_tick(e, 4000 * NS_PER_MS, count_lost, NULL);
	CHECK_EQ(lost_n, 1);
	CHECK_EQ(echoes_waiting(e), 0);
	CHECK_EQ(only_pair(e)->lost, 1);
	/* A reply later than that is nobody's. */
	CHECK_EQ(see(e, 0, B, A, 1, 5000, NULL), ECHO_UNASKED);
	echoes_tick(e, 9000 * NS_PER_MS, count_lost, NULL);
	CHECK_EQ(lost_n, 1);
	free(e);
}

TEST(a_request_seen_twice_is_one)
{
	struct echoes *e = start(8, 8);

	CHECK_EQ(see(e, 8, A, B, 1, 10, NULL), ECHO_REQUEST);
	CHECK_EQ(see(e, 8, A, B, 1, 20, NULL), ECHO_REPEATED);
	CHECK_EQ(only_pair(e)->requests, 1);
	CHECK_EQ(see(e, 0, B, A, 1, 30, NULL), ECHO_REPLY);
	/* Sequence numbers come round: then it is a new one. */
	CHECK_EQ(see(e, 8, A, B, 1, 40, NULL), ECHO_REQUEST);
	CHECK_EQ(only_pair(e)->requests, 2);
	free(e);
}

TEST(what_must_make_room_is_forgotten_not_lost)
{
	struct echoes *e = start(2, 2);

	lost_n = 0;
	for (uint16_t seq = 1; seq <= 5; seq++)
		CHECK_EQ(see(e, 8, A, B, seq, seq, NULL), ECHO_REQUEST);
	CHECK_EQ(echoes_forgotten(e), 3);
	CHECK_EQ(echoes_waiting(e), 2);
	CHECK_EQ(see(e, 0, B, A, 1, 9, NULL), ECHO_UNASKED);
	CHECK_EQ(see(e, 0, B, A, 5, 9, NULL), ECHO_REPLY);
	echoes_tick(e, 10000 * NS_PER_MS, count_lost, NULL);
	CHECK_EQ(lost_n, 1);
	CHECK_EQ(only_pair(e)->lost, 1);
	CHECK_EQ(echoes_size(0, 1), 0);
	CHECK_EQ(echoes_size(1, ECHOES_PAIRS_MAX + 1), 0);
	free(e);
}

TEST(a_clock_that_goes_back_makes_no_time_negative)
{
	struct echoes *e = start(8, 8);
	uint64_t ns = 99;

	CHECK_EQ(see(e, 8, A, B, 1, 5000, NULL), ECHO_REQUEST);
	CHECK_EQ(see(e, 0, B, A, 1, 10, &ns), ECHO_REPLY);
	CHECK_EQ(ns, 0);
	free(e);
}
