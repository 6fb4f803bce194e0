/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/path_mtu.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#define HOPS    8
#define NUMBER  100
#define HOP_NS  (5 * NS_PER_MS)
#define HEAP    512
#define NOTHING 0xffff /* of .says: too big is not told at all */
#define TRUTH   0xfffe

/* A path that is a program. Link i leads to hop i; hop HOPS is the target. */
static struct world {
	uint16_t mtu[HOPS + 1];
	uint16_t says[HOPS + 1]; /* hop i's next link's MTU as it tells it; 0: none */
	bool silent[HOPS + 1];   /* never says time exceeded */
	uint16_t echo_most;      /* the target answers no larger ones; 0: nothing at all */
	double loss;
	int family;
	uint64_t seed, now_ns, sent;
	size_t heap_n;
	struct hop_reply heap[HEAP];
} w;

static struct path_mtu *p;
static struct path_mtu_conf conf;
static struct path_mtu_result result;

static bool lost(void)
{
	w.seed = w.seed * 6364136223846793005u + 1442695040888963407u;
	return (double)(w.seed >> 33) < w.loss * (double)(1u << 31);
}

static struct ip_addr hop_addr(unsigned hop)
{
	uint8_t o[16] = { 10 };

	if (hop == HOPS)
		return conf.dst;
	o[w.family == 4 ? 3 : 15] = (uint8_t)hop;
	return ip_from(w.family, o);
}

static void world(int family)
{
	free(p);
	p = NULL;
	memset(&w, 0, sizeof(w));
	w.family = family;
	w.echo_most = 65535;
	w.now_ns = NS_PER_S;
	w.seed = 1;
	conf = (struct path_mtu_conf){
		.dst = ip_from(family, (uint8_t[16]){ 9, 9, 9, 9 }),
		.kind = ASK_ECHO,
		.hops = HOPS,
		.most = 1500,
		.tries = 3,
		.rtt_ns = 2 * HOPS * HOP_NS,
		.spacing_ns = 20 * NS_PER_US,
		.timeout_ns = NS_PER_S,
		.first_number = NUMBER,
	};
	for (unsigned i = 0; i <= HOPS; i++) {
		w.mtu[i] = 1500;
		w.says[i] = TRUTH;
		conf.answering[i / 8] |= (uint8_t)(i > 0 ? 1u << i % 8 : 0);
	}
}

static void reply(const struct hop_shot *s, unsigned hop, uint8_t type, uint8_t code, uint32_t mtu)
{
	struct hop_reply *r = &w.heap[w.heap_n++];

	CHECK(w.heap_n < HEAP);
	*r = (struct hop_reply){ .dst = s->dst, .from = hop_addr(hop), .ask = s->kind };
	r->number = s->number;
	r->flow = s->flow;
	r->kind = hop == HOPS ? REPLY_ANSWER : REPLY_ERROR;
	r->type = type;
	r->code = code;
	r->mtu = mtu;
	r->t_ns = w.now_ns + 2 * hop * HOP_NS;
}

static void walk(const struct hop_shot *s)
{
	bool six = w.family == 6;

	w.sent++;
	CHECK(s->df && s->number >= NUMBER);
	if (lost())
		return;
	for (unsigned i = 1; i <= HOPS; i++) {
		uint16_t says = w.says[i - 1];

		if (s->len > w.mtu[i] && says != NOTHING && i > 1)
			reply(s, i - 1, six ? 2 : 3, six ? 0 : 4, says == TRUTH ? w.mtu[i] : says);
		if (s->len > w.mtu[i])
			return;
		if (i == HOPS && s->len <= w.echo_most)
			reply(s, HOPS, six ? 129 : 0, 0, 0);
		else if (i == s->hops && i < HOPS && !w.silent[i])
			reply(s, i, six ? 3 : 11, 0, 0);
		if (i == s->hops)
			return;
	}
}

static bool deliver(uint64_t until_ns)
{
	size_t best = 0;
	uint8_t hops;

	for (size_t i = 1; i < w.heap_n; i++)
		best = w.heap[i].t_ns < w.heap[best].t_ns ? i : best;
	if (w.heap_n == 0 || w.heap[best].t_ns > until_ns)
		return false;
	w.now_ns = MAX(w.now_ns, w.heap[best].t_ns);
	CHECK(path_mtu_match(p, &w.heap[best], &hops) != TRACE_NOT_OURS);
	w.heap[best] = w.heap[--w.heap_n];
	return true;
}

/* Returns the time it took. */
static uint64_t run(void)
{
	uint64_t begin_ns = w.now_ns;
	struct trace_step s;

	p = malloc(path_mtu_size(&conf));
	path_mtu_init(p, &conf, w.now_ns);
	for (unsigned calls = 0;; calls++) {
		CHECK(calls < 20000);
		while (deliver(w.now_ns))
			;
		path_mtu_next(p, w.now_ns, &s);
		if (s.what == TRACE_DONE)
			break;
		if (s.what == TRACE_SEND) {
			walk(&s.shot);
			path_mtu_sent(p, &s, w.now_ns);
		} else if (!deliver(s.until_ns)) {
			CHECK(s.until_ns > w.now_ns);
			w.now_ns = s.until_ns;
		}
	}
	CHECK(path_mtu_result(p, &result));
	free(p);
	p = NULL;
	return w.now_ns - begin_ns;
}

static void check_set(unsigned hop, unsigned said)
{
	struct ip_addr a = hop_addr(hop);

	CHECK(ip_eq(&result.set_by, &a));
	CHECK_EQ(result.set_hops, hop);
	CHECK_EQ(result.said, said);
}

#define CHECK_FOUND(n)                                \
	do {                                          \
		CHECK_EQ(result.end, PATH_MTU_FOUND); \
		CHECK_EQ(result.mtu, n);              \
		CHECK(result.exact);                  \
	} while (0)

TEST(a_path_without_a_step_costs_one_round_trip)
{
	uint64_t took_ns;

	world(4);
	took_ns = run();
	CHECK_FOUND(1500);
	CHECK_EQ(result.set_by.family, 0);
	CHECK_EQ(w.sent, 2);
	CHECK(took_ns < 2 * HOPS * HOP_NS + NS_PER_MS);
}

TEST(a_step_that_is_announced_costs_two)
{
	uint64_t took_ns;

	for (int family = 4; family <= 6; family += 2) {
		world(family);
		w.mtu[5] = 1400;
		took_ns = run();
		CHECK_FOUND(1400);
		check_set(4, 1400);
		CHECK(!result.lied);
		CHECK(took_ns < 4 * HOPS * HOP_NS + NS_PER_MS);
	}
}

TEST(a_step_behind_hops_that_say_nothing_is_placed)
{
	world(4);
	w.mtu[5] = 1400;
	w.silent[2] = w.silent[5] = true;
	conf.answering[0] &= (uint8_t) ~(1u << 2 | 1u << 5);
	run();
	CHECK_FOUND(1400);
	check_set(4, 1400);
}

TEST(several_steps_are_followed_to_the_least)
{
	world(4);
	w.mtu[3] = 1480;
	w.mtu[5] = 1400;
	w.mtu[8] = 1300;
	run();
	CHECK_FOUND(1300);
	check_set(7, 1300);
	CHECK(!result.lied);
}

TEST(an_old_router_tells_no_mtu)
{
	world(4);
	w.mtu[4] = 1006;
	w.says[3] = 0;
	run();
	CHECK_FOUND(1006);
	check_set(3, 0);
	CHECK(!result.lied);
	world(4);
	w.mtu[4] = 1237;
	w.says[3] = 0;
	run();
	CHECK_FOUND(1237);
}

TEST(a_black_hole_is_found_and_placed)
{
	for (int family = 4; family <= 6; family += 2) {
		world(family);
		w.mtu[6] = 1400;
		w.says[5] = NOTHING;
		run();
		CHECK_EQ(result.end, PATH_MTU_BLACK_HOLE);
		CHECK_EQ(result.mtu, 1400);
		CHECK(result.exact);
		CHECK_EQ(result.last_hops, 5);
		CHECK_EQ(result.next_hops, 6);
		CHECK_EQ(result.set_by.family, 0);
	}
}

TEST(a_black_hole_among_silent_hops_is_placed_as_well_as_can_be)
{
	world(4);
	w.mtu[5] = 1390;
	w.says[4] = NOTHING;
	w.silent[4] = w.silent[5] = w.silent[6] = true;
	conf.answering[0] &= (uint8_t) ~(1u << 4 | 1u << 5 | 1u << 6);
	run();
	CHECK_EQ(result.end, PATH_MTU_BLACK_HOLE);
	CHECK_EQ(result.mtu, 1390);
	CHECK_EQ(result.last_hops, 3);
	CHECK_EQ(result.next_hops, 7);
}

TEST(a_black_hole_behind_a_step_is_found)
{
	world(4);
	w.mtu[3] = 1450;
	w.mtu[6] = 1400;
	w.says[5] = NOTHING;
	run();
	CHECK_EQ(result.end, PATH_MTU_BLACK_HOLE);
	CHECK_EQ(result.mtu, 1400);
	CHECK_EQ(result.last_hops, 5);
	CHECK_EQ(result.next_hops, 6);
	check_set(2, 1450);
}

TEST(loss_is_no_black_hole)
{
	for (unsigned i = 0; i < 1000; i++) {
		world(4);
		w.loss = 0.05;
		w.seed = i * 7919u;
		run();
		CHECK(result.end == PATH_MTU_FOUND || result.end == PATH_MTU_UNKNOWN);
		if (result.end == PATH_MTU_FOUND)
			CHECK_FOUND(1500);
	}
}

TEST(loss_hides_no_step_and_no_black_hole)
{
	for (unsigned i = 0; i < 300; i++) {
		world(4);
		w.loss = 0.05;
		w.seed = i * 104729u;
		w.mtu[5] = 1400;
		w.says[4] = i % 2 ? NOTHING : TRUTH;
		run();
		CHECK_EQ(result.end, i % 2 ? PATH_MTU_BLACK_HOLE : PATH_MTU_FOUND);
		CHECK_EQ(result.mtu, 1400);
		if (i % 2)
			CHECK_EQ(result.last_hops, 4);
		else
			CHECK_EQ(result.said, 1400);
	}
}

TEST(a_router_that_says_too_little_is_caught)
{
	static const uint16_t says[] = { 1000, 1399, 60, 1, 68 };

	for (size_t i = 0; i < ARRAY_LEN(says); i++) {
		world(4);
		w.mtu[5] = 1400;
		w.says[4] = says[i];
		run();
		CHECK_FOUND(1400);
		CHECK(result.lied);
		check_set(4, says[i]);
	}
}

TEST(a_router_that_says_too_much_is_caught)
{
	static const uint16_t says[] = { 1401, 1450, 1500, 9000 };

	for (size_t i = 0; i < ARRAY_LEN(says); i++) {
		world(4);
		w.mtu[5] = 1400;
		w.says[4] = says[i];
		run();
		CHECK_FOUND(1400);
		CHECK(result.lied);
		check_set(4, says[i]);
	}
}

TEST(less_than_ipv6_allows_is_not_believed)
{
	world(6);
	w.mtu[5] = 1400;
	w.says[4] = 1000;
	run();
	CHECK_FOUND(1400);
	CHECK(result.lied);
	check_set(4, 1000);
}

TEST(a_jumbo_first_link_is_used)
{
	world(4);
	conf.most = 9000;
	w.mtu[1] = 9000;
	run();
	CHECK_FOUND(1500);
	check_set(1, 1500);
	world(4);
	conf.most = 9000;
	for (unsigned i = 1; i <= HOPS; i++)
		w.mtu[i] = 9000;
	run();
	CHECK_FOUND(9000);
}

TEST(a_target_that_answers_nothing_is_unknown)
{
	world(4);
	w.echo_most = 0;
	run();
	CHECK_EQ(result.end, PATH_MTU_UNKNOWN);
	CHECK_EQ(result.mtu, 0);
	CHECK(!result.exact);
}

TEST(without_a_target_the_farthest_hop_stands_in)
{
	world(4);
	w.echo_most = 0;
	conf.hops = 0;
	conf.answering[1] = 0;
	w.mtu[5] = 1400;
	run();
	CHECK_FOUND(1400);
	check_set(4, 1400);
	world(4);
	conf.hops = 0;
	memset(conf.answering, 0, sizeof(conf.answering));
	run();
	CHECK_EQ(result.end, PATH_MTU_UNKNOWN);
}

TEST(a_target_that_refuses_large_echo_is_the_last_hop_named)
{
	world(4);
	w.echo_most = 1000;
	run();
	CHECK_EQ(result.end, PATH_MTU_BLACK_HOLE);
	CHECK_EQ(result.mtu, 1000);
	CHECK_EQ(result.last_hops, HOPS - 1);
	CHECK_EQ(result.next_hops, HOPS);
}

TEST(what_the_kernel_refuses_is_too_big_here)
{
	struct trace_step s;
	uint8_t hops;

	world(4);
	p = malloc(path_mtu_size(&conf));
	path_mtu_init(p, &conf, w.now_ns);
	for (unsigned calls = 0; calls < 5000; calls++) {
		while (deliver(w.now_ns))
			;
		path_mtu_next(p, w.now_ns, &s);
		if (s.what == TRACE_DONE)
			break;
		if (s.what == TRACE_SEND && s.shot.len > 1450) {
			path_mtu_send_failed(p, &s, EMSGSIZE, w.now_ns);
		} else if (s.what == TRACE_SEND) {
			walk(&s.shot);
			path_mtu_sent(p, &s, w.now_ns);
		} else if (!deliver(s.until_ns)) {
			w.now_ns = s.until_ns;
		}
	}
	CHECK(path_mtu_result(p, &result));
	CHECK_FOUND(1450);
	CHECK_EQ(result.set_by.family, 0);
	CHECK_EQ(path_mtu_match(p, &(struct hop_reply){ .number = 5 }, &hops), TRACE_NOT_OURS);
	CHECK_EQ(hops, 0);
	free(p);
	p = NULL;
}

TEST(a_bad_path_mtu_configuration_has_no_size)
{
	world(4);
	CHECK(path_mtu_size(&conf) > 0);
	conf.kind = ASK_TCP_SYN;
	CHECK_EQ(path_mtu_size(&conf), 0);
	world(4);
	conf.most = 20;
	CHECK_EQ(path_mtu_size(&conf), 0);
	world(4);
	conf.tries = 0;
	CHECK_EQ(path_mtu_size(&conf), 0);
	world(4);
	conf.first_number = 0;
	CHECK_EQ(path_mtu_size(&conf), 0);
}
