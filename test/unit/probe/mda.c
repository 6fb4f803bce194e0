/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/mda.h"

#include <stdlib.h>

#include "mda_net.h"
#include "test.h"

static const struct mda_conf usual = {
	.dst = { .family = 4, .octet = { 9, 9, 9, 9 } },
	.kind = ASK_UDP,
	.port = 33434,
	.first = 1,
	.last = 30,
	.flows = HOP_FLOWS_MAX,
	.confidence = 0.95,
	.tries = 3,
	.spacing_ns = 100 * NS_PER_US,
	.timeout_ns = NS_PER_S,
};

static struct mda_net net;
static struct mda *mda;

/* Run over what was made of .net. */
static void run_with(const struct mda_conf *conf)
{
	free(mda);
	mda = malloc(mda_size(conf));
	mda_init(mda, conf, net.now_ns);
	CHECK(mda_net_run(&net, mda, net.now_ns + 600 * NS_PER_S));
	CHECK_EQ(mda_probes(mda), net.probes);
}

static void run(void)
{
	run_with(&usual);
}

static void done(void)
{
	free(mda);
	mda = NULL;
}

struct sum {
	unsigned missed, most;
	double probes, published, confidence;
};

/* The same network with @runs seeds: two hops, a diamond three wide, two hops. */
static struct sum diamonds(unsigned runs, uint64_t seed, unsigned len, bool mesh, double loss)
{
	struct sum s = { 0 };

	for (unsigned i = 0; i < runs; i++) {
		mda_net_init(&net, seed + i);
		net.loss = loss;
		mda_net_chain(&net, mda_net_diamond(&net, mda_net_chain(&net, 0, 2), 3, len, mesh),
			      1);
		run();
		s.missed += !mda_net_found(&net, mda);
		s.probes += (double)mda_probes(mda) / runs;
		s.most = MAX(s.most, (unsigned)mda_probes(mda));
		s.confidence += mda_confidence(mda) / runs;
		if (i % 10 == 0)
			s.published += mda_net_published(&net, 0.95) / (runs / 10.0);
	}
	done();
	return s;
}

/* Expected is less than one miss in 10,000 runs; three would be one chance in thousands. */
TEST(a_three_by_three_mesh_is_found_with_no_more_probes_than_published)
{
	struct sum s = diamonds(1000, 1000000, 2, true, 0);

	CHECK(s.missed <= 2);
	CHECK(s.probes <= s.published);
	CHECK(s.most <= 240);
	CHECK(s.confidence >= 0.95);
}

TEST(three_chains_of_three_are_found_with_no_more_probes_than_published)
{
	struct sum s = diamonds(1000, 2000000, 3, false, 0);

	CHECK(s.missed <= 2);
	CHECK(s.probes <= s.published);
	/* scamper's tracelb, measured over this very network made of namespaces: 87 to 99, in the mean 93. */
	CHECK(s.probes <= 93);
	CHECK(s.most <= 150);
	CHECK(s.confidence >= 0.95);
}

TEST(one_probe_in_twenty_lost_hides_nothing)
{
	struct sum mesh = diamonds(200, 3000000, 2, true, 0.05);
	struct sum chains = diamonds(200, 4000000, 3, false, 0.05);

	CHECK(mesh.missed <= 1);
	CHECK(chains.missed <= 1);
	CHECK(mesh.probes <= mesh.published * 1.1);
	CHECK(chains.probes <= chains.published * 1.1);
}

TEST(what_was_found_is_told)
{
	uint16_t node[TRACE_HOPS_MAX], flow;
	uint8_t hops;

	mda_net_init(&net, 7);
	mda_net_chain(&net, mda_net_diamond(&net, mda_net_chain(&net, 0, 2), 3, 3, false), 1);
	run();
	CHECK_EQ(mda_nodes(mda), 13);
	CHECK_EQ(mda_edges(mda), 14);
	CHECK_EQ(mda_branches(mda), 3);
	for (size_t i = 0; i < 3; i++) {
		CHECK_EQ(mda_branch(mda, i, node, TRACE_HOPS_MAX, &flow), 7);
		for (unsigned h = 0; h < 7; h++) {
			struct ip_addr a =
				h == 6 ? usual.dst : mda_net_addr(mda_net_walk(&net, flow, h + 1));

			CHECK(ip_eq(&mda_node(mda, node[h])->addr, &a));
			CHECK_EQ(mda_node(mda, node[h])->hops, h + 1);
		}
	}
	CHECK_EQ(mda_branch(mda, 3, node, TRACE_HOPS_MAX, &flow), 0);
	CHECK_EQ(mda_branch(mda, 0, node, 2, &flow), 2);
	CHECK_EQ(mda_end(mda, &hops), TRACE_REACHED);
	CHECK_EQ(hops, 7);
	CHECK(mda_node(mda, 0)->rtt_ns >= 2 * NS_PER_MS &&
	      mda_node(mda, 0)->rtt_ns < 3 * NS_PER_MS);
	CHECK_EQ(mda_node(mda, 0)->type, 11);
	CHECK_EQ(mda_node(mda, 0)->kind, REPLY_ERROR);
	CHECK(!mda_per_packet(mda) && !mda_cut(mda));
	CHECK(mda_node(mda, 13) == NULL && mda_edge(mda, 14) == NULL);
	done();
}

TEST(a_path_without_branches_costs_few_probes_and_little_time)
{
	uint64_t begin_ns;

	mda_net_init(&net, 1);
	net.hop_ns = 10 * NS_PER_MS;
	mda_net_chain(&net, 0, 15);
	begin_ns = net.now_ns;
	run();
	CHECK(mda_net_found(&net, mda));
	CHECK(mda_probes(mda) <= 15 * 6);
	CHECK_EQ(mda_branches(mda), 1);
	CHECK(mda_confidence(mda) >= 0.95);
	/* The farthest is 300 ms away, there and back. */
	CHECK(net.now_ns - begin_ns < 5 * 300 * NS_PER_MS);
	done();
}

TEST(a_long_path_is_asked_until_the_whole_is_sure)
{
	struct mda_conf conf = usual;

	conf.confidence = 0.999;
	mda_net_init(&net, 1);
	mda_net_chain(&net, 0, 30);
	run_with(&conf);
	CHECK(mda_confidence(mda) >= 0.999);
	CHECK(mda_probes(mda) > 30 * 10);
	done();
}

TEST(a_wide_diamond_is_found)
{
	unsigned missed = 0;

	for (unsigned i = 0; i < 100; i++) {
		mda_net_init(&net, 5000 + i);
		mda_net_chain(&net, mda_net_diamond(&net, mda_net_chain(&net, 0, 2), 16, 1, false),
			      1);
		run();
		missed += !mda_net_found(&net, mda);
		CHECK(mda_probes(mda) <= mda_net_published(&net, 0.95));
	}
	CHECK(missed <= 5);
	done();
}

TEST(uneven_ways_are_found_when_they_are_not_rare)
{
	unsigned missed = 0;

	for (unsigned i = 0; i < 100; i++) {
		unsigned d, a, b;

		mda_net_init(&net, 6000 + i);
		d = mda_net_chain(&net, 0, 2);
		a = mda_net_add(&net, d);
		b = net.node_n++;
		mda_net_link(&net, d, b, 3);
		mda_net_link(&net, b, mda_net_add(&net, a), 1);
		mda_net_chain(&net, net.node_n - 1, 1);
		run();
		missed += !mda_net_found(&net, mda);
	}
	/* Six flows miss the quarter with 18 %, and the larger part with 0.02 %. */
	CHECK(missed <= 30);
	done();
}

static bool has_silent(unsigned hops)
{
	for (size_t i = 0; i < mda_nodes(mda); i++) {
		if (mda_node(mda, i)->addr.family == 0 && mda_node(mda, i)->hops == hops)
			return true;
	}
	return false;
}

TEST(a_silent_branch_is_one_silent_node)
{
	mda_net_init(&net, 11);
	mda_net_chain(&net, mda_net_diamond(&net, mda_net_chain(&net, 0, 2), 3, 2, false), 1);
	net.node[4].silent = true;
	run();
	CHECK(mda_net_found(&net, mda));
	CHECK(has_silent(3));
	CHECK(!has_silent(2) && !has_silent(4) && !has_silent(5));
	CHECK_EQ(mda_nodes(mda), 10);
	CHECK_EQ(mda_branches(mda), 3);
	done();
}

TEST(a_silent_hop_hides_no_branches_behind_it)
{
	uint8_t hops;

	mda_net_init(&net, 12);
	mda_net_chain(&net, mda_net_diamond(&net, mda_net_chain(&net, 0, 3), 3, 2, true), 1);
	net.node[3].silent = true;
	net.node[2].silent = true;
	run();
	CHECK(has_silent(2) && has_silent(3));
	CHECK(mda_net_found(&net, mda));
	CHECK_EQ(mda_branches(mda), 9);
	CHECK_EQ(mda_end(mda, &hops), TRACE_REACHED);
	done();
}

TEST(a_silent_target_ends_in_silence)
{
	uint8_t hops;

	mda_net_init(&net, 13);
	mda_net_chain(&net, 0, 4);
	net.node[4].silent = true;
	run();
	CHECK_EQ(mda_end(mda, &hops), TRACE_SILENT);
	CHECK_EQ(hops, 3);
	CHECK(mda_probes(mda) < 140);
	done();
}

TEST(an_unreachable_target_is_told)
{
	uint8_t hops;

	mda_net_init(&net, 14);
	mda_net_chain(&net, 0, 4);
	net.refuses = true;
	run();
	CHECK_EQ(mda_end(mda, &hops), TRACE_UNREACHABLE);
	CHECK_EQ(hops, 4);
	done();
}

TEST(a_node_that_limits_its_answers_is_no_branch)
{
	mda_net_init(&net, 15);
	mda_net_chain(&net, mda_net_diamond(&net, mda_net_chain(&net, 0, 2), 3, 2, false), 1);
	for (unsigned x = 1; x < net.node_n; x++) {
		net.node[x].per_s = 1;
		net.node[x].burst = 6;
	}
	net.node[1].burst = 1;
	run();
	CHECK(mda_net_found(&net, mda));
	CHECK_EQ(mda_nodes(mda), 10);
	done();
}

TEST(ways_of_several_lengths_are_followed)
{
	unsigned d, far;

	for (unsigned i = 0; i < 50; i++) {
		mda_net_init(&net, 700 + i);
		d = mda_net_chain(&net, 0, 2);
		mda_net_chain(&net, d, 2);
		far = mda_net_chain(&net, d, 2);
		mda_net_link(&net, far, 4, 1);
		run();
		if (mda_nodes(mda) < 6)
			continue; /* all six flows took one way */
		CHECK(mda_net_found(&net, mda));
		CHECK_EQ(mda_branches(mda), 2);
		CHECK_EQ(mda_nodes(mda), 7);
	}
	done();
}

TEST(balancers_that_hash_alike_are_followed)
{
	uint8_t hops;

	mda_net_init(&net, 16);
	net.polarised = true;
	mda_net_chain(&net, mda_net_diamond(&net, mda_net_chain(&net, 0, 2), 3, 2, true), 1);
	run();
	CHECK_EQ(mda_branches(mda), 3);
	CHECK_EQ(mda_nodes(mda), 10);
	CHECK_EQ(mda_end(mda, &hops), TRACE_REACHED);
	done();
}

TEST(a_flow_that_takes_several_ways_is_told)
{
	unsigned told = 0;

	for (unsigned i = 0; i < 50; i++) {
		mda_net_init(&net, 800 + i);
		mda_net_chain(&net, mda_net_diamond(&net, mda_net_chain(&net, 0, 2), 3, 2, false),
			      1);
		net.node[2].per_packet = true;
		run();
		told += mda_per_packet(mda);
	}
	/* Four are asked again: 1 - 1/81. */
	CHECK(told >= 46);
	done();
}

TEST(flows_that_run_out_are_told)
{
	struct mda_conf conf = usual;

	conf.flows = 12;
	mda_net_init(&net, 17);
	mda_net_chain(&net, mda_net_diamond(&net, mda_net_chain(&net, 0, 2), 16, 1, false), 1);
	run_with(&conf);
	CHECK(mda_cut(mda));
	CHECK(mda_confidence(mda) < 0.95);
	done();
}

TEST(a_bad_configuration_has_no_size)
{
	struct mda_conf conf = usual;

	conf.flows = HOP_FLOWS_MAX + 1;
	CHECK_EQ(mda_size(&conf), 0);
	conf = usual;
	conf.first = 0;
	CHECK_EQ(mda_size(&conf), 0);
	conf = usual;
	conf.confidence = 1;
	CHECK_EQ(mda_size(&conf), 0);
	conf = usual;
	conf.tries = 0;
	CHECK_EQ(mda_size(&conf), 0);
	conf = usual;
	conf.kind = ASK_ARP;
	CHECK_EQ(mda_size(&conf), 0);
	CHECK(mda_size(&usual) > 0);
}

TEST(strange_replies_are_refused)
{
	struct hop_reply r = { .dst = usual.dst, .from = usual.dst, .kind = REPLY_ANSWER };
	struct trace_step s;
	uint8_t hops;

	mda_net_init(&net, 18);
	mda = malloc(mda_size(&usual));
	mda_init(mda, &usual, NS_PER_S);
	CHECK_EQ(mda_match(mda, &r, &hops), TRACE_NOT_OURS);
	mda_next(mda, NS_PER_S, &s);
	CHECK_EQ(s.what, TRACE_SEND);
	CHECK_EQ(s.shot.hops, 1);
	mda_sent(mda, &s, NS_PER_S);
	r.number = s.shot.number + 1;
	CHECK_EQ(mda_match(mda, &r, &hops), TRACE_NOT_OURS);
	CHECK_EQ(hops, 0);
	r.number = s.shot.number;
	r.flow = s.shot.flow + 1;
	CHECK_EQ(mda_match(mda, &r, &hops), TRACE_NOT_OURS);
	r.flow--;
	r.t_ns = NS_PER_S + 1;
	CHECK_EQ(mda_match(mda, &r, &hops), TRACE_FIRST);
	CHECK_EQ(hops, 1);
	CHECK_EQ(mda_match(mda, &r, &hops), TRACE_DUPLICATE);
	mda_stop(mda);
	mda_next(mda, NS_PER_S, &s);
	CHECK_EQ(s.what, TRACE_DONE);
	CHECK_EQ(mda_end(mda, &hops), TRACE_REACHED);
	done();
}

TEST(what_cannot_be_sent_ends)
{
	struct trace_step s;
	uint64_t now_ns = NS_PER_S;
	unsigned calls = 0;
	uint8_t hops;

	mda = malloc(mda_size(&usual));
	mda_init(mda, &usual, now_ns);
	for (;; calls++) {
		CHECK(calls < 1000);
		mda_next(mda, now_ns, &s);
		if (s.what == TRACE_DONE)
			break;
		if (s.what == TRACE_SEND)
			mda_send_failed(mda, &s, 101, now_ns);
		else
			now_ns = s.until_ns;
	}
	CHECK_EQ(mda_end(mda, &hops), TRACE_UNSENT);
	CHECK_EQ(mda_confidence(mda) > 0, 0);
	done();
}
