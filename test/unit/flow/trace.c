/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Real packets through the memory back end; addresses of the loopback interface, so that there is a route. */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flow/trace.h"
#include "probe/hop_verdict.h"
#include "sys/clock.h"
#include "sys/ns.h"
#include "trace_net.h"

#define HOPS_MAX 512

/* What was told, copied. */
struct told {
	struct fact_hop hop[HOPS_MAX];
	char evidence[HOPS_MAX][256];
	struct fact_mpls mpls[HOPS_MAX];
	char iface[HOPS_MAX][64], quoted[HOPS_MAX][192];
	size_t hops, paths, path_hops, mtus, traces, begun, notes, reached, lives;
	struct fact_path_mtu mtu;
	struct fact_trace trace;
	char meaning[1024], mtu_meaning[1024], by[128], error[128];
	struct flow_trace_sum sum;

	/* live */
	unsigned stop_after, pause_from, pause_to, reset_at; /* views */
	enum flow_trace_wish wish;
	uint64_t paused_packets, most_rounds, rounds_after_reset;
	const struct trace_net *net;
	size_t recent_n;
};

static void keep_begin(void *to)
{
	struct told *t = to;

	t->begun++;
}

static void keep_hop(void *to, size_t i, const struct fact_hop *hop)
{
	struct told *t = to;
	size_t n = t->hops++;

	(void)i;
	if (n >= HOPS_MAX)
		return;
	t->hop[n] = *hop;
	snprintf(t->evidence[n], sizeof(t->evidence[n]), "%s", hop->evidence);
	snprintf(t->quoted[n], sizeof(t->quoted[n]), "%s", hop->quoted ? hop->quoted : "");
	if (hop->mpls.n > 0)
		t->mpls[n] = *(const struct fact_mpls *)hop->mpls.item;
	if (hop->iface.n > 0) {
		const struct fact_hop_iface *f = hop->iface.item;

		snprintf(t->iface[n], sizeof(t->iface[n]), "%s %s", f->role, f->name);
	}
}

static void keep_path(void *to, size_t i, const struct fact_path *path)
{
	struct told *t = to;

	(void)i;
	t->paths++;
	t->path_hops = path->hops.n;
	CHECK(t->traces == 0 || path->branches >= 1);
}

static void keep_mtu(void *to, size_t i, const struct fact_path_mtu *mtu)
{
	struct told *t = to;

	(void)i;
	t->mtus++;
	t->mtu = *mtu;
	snprintf(t->mtu_meaning, sizeof(t->mtu_meaning), "%s", mtu->meaning);
}

static void keep_trace(void *to, size_t i, const struct fact_trace *trace)
{
	struct told *t = to;

	(void)i;
	t->traces++;
	t->trace = *trace;
	t->reached += trace->state == 0;
	snprintf(t->meaning, sizeof(t->meaning), "%s", trace->meaning ? trace->meaning : "");
	snprintf(t->by, sizeof(t->by), "%s", trace->by ? trace->by : "");
	snprintf(t->error, sizeof(t->error), "%s", trace->error ? trace->error : "");
}

static void keep_note(void *to, const char *text)
{
	struct told *t = to;

	(void)text;
	t->notes++;
}

static void keep_live(void *to, const struct flow_trace_view *view)
{
	struct told *t = to;

	t->lives++;
	if (view->row_n > 0)
		t->recent_n = MAX(t->recent_n, view->row[0].recent_n);
	t->most_rounds = MAX(t->most_rounds, view->rounds);
	if (t->lives == t->pause_from) {
		t->wish = FLOW_TRACE_PAUSE;
		t->paused_packets = t->net->packets;
	}
	if (t->pause_to > 0 && t->lives == t->pause_to) {
		CHECK(t->net->packets <= t->paused_packets + 64); /* what was in the batch */
		t->paused_packets = t->net->packets;
		t->wish = FLOW_TRACE_GO;
	}
	if (t->reset_at > 0 && t->lives == t->reset_at + 1)
		t->rounds_after_reset = view->rounds;
	if (t->stop_after > 0 && t->lives >= t->stop_after)
		t->wish = FLOW_TRACE_STOP;
	else if (t->reset_at > 0 && t->lives == t->reset_at)
		t->wish = FLOW_TRACE_RESET;
}

static enum flow_trace_wish keep_wish(void *to)
{
	struct told *t = to;
	enum flow_trace_wish w = t->wish;

	if (w == FLOW_TRACE_RESET)
		t->wish = FLOW_TRACE_GO;
	return w;
}

static struct flow_trace_conf usual(const struct trace_net *net, const struct flow_targets *targets)
{
	return (struct flow_trace_conf){
		.targets = targets,
		.backend = "memory",
		.kind = ASK_UDP,
		.port = 33434,
		.first = 1,
		.last = 12,
		.rounds = 3,
		.round_ns = 5 * NS_PER_MS,
		.timeout_ns = 120 * NS_PER_MS,
		.rate_pps = 200000,
		.confidence = 0.95,
		.mem = &net->mem,
	};
}

static struct flow_targets targets_of(const char *text)
{
	struct flow_targets l = { .key = { { 1, 2 } } };

	CHECK_EQ(flow_targets_add(&l, text, NULL), 0);
	return l;
}

static struct told *run(struct trace_net *net, const struct flow_trace_conf *c)
{
	struct told *t = calloc(1, sizeof(*t));
	const struct flow_trace_tell tell = { .begin = keep_begin,
					      .hop = keep_hop,
					      .path = keep_path,
					      .mtu = keep_mtu,
					      .trace = keep_trace,
					      .note = keep_note,
					      .live = keep_live,
					      .wish = keep_wish,
					      .to = t };
	struct err err = { "" };

	t->net = net;
	if (flow_trace_run(c, &tell, &t->sum, &err) < 0)
		print_message("%s\n", err.text);
	CHECK_STR(err.text, "");
	CHECK_EQ(t->traces, t->sum.interrupted ? t->traces : c->targets->n);
	return t;
}

static struct told *run_one(struct trace_net *net, const char *target,
			    void (*change)(struct flow_trace_conf *c))
{
	AUTO(flow_targets_done) struct flow_targets l = targets_of(target);
	struct flow_trace_conf c;

	trace_net_init(net);
	c = usual(net, &l);
	if (change)
		change(&c);
	return run(net, &c);
}

static void check_addr(const struct ip_addr *a, const char *text)
{
	char buf[IP_TEXT_LEN];

	CHECK_STR(ip_format(a, buf), text);
}

TEST(trace_tells_each_hop_of_a_path)
{
	struct trace_net net = {
		.routers = 5, .hop_ns = 400000, .silent = 1 << 2, .labelled = 3, .slow = 4
	};
	struct told *t = run_one(&net, "127.5.6.7", NULL);

	CHECK_EQ(t->begun, 1);
	CHECK_EQ(t->hops, 6);
	for (size_t i = 0; i < 6; i++) {
		CHECK_EQ(t->hop[i].ttl, i + 1);
		CHECK_EQ(t->hop[i].sent, 3);
		CHECK_EQ(t->hop[i].received, i == 1 ? 0 : 3);
		CHECK_EQ(t->hop[i].verdict, i == 1 ? HOP_SILENT : HOP_OK);
		CHECK_EQ(t->hop[i].loss_pct, i == 1 ? 100000 : 0);
	}
	check_addr(&t->hop[0].addr, "10.5.6.1");
	check_addr(&t->hop[5].addr, "127.5.6.7");
	CHECK_EQ(t->hop[1].addr.family, 0);
	CHECK_HAS(t->evidence[0], "all 3 probes were answered");
	CHECK_HAS(t->evidence[1], "hop 3 (10.5.6.3) behind it answers");
	CHECK(t->hop[0].rtt_us.min >= 400000 && t->hop[0].rtt_us.min < 100000000);
	CHECK(t->hop[4].rtt_us.min >= 5 * 400000);
	CHECK(t->hop[0].rtt_us.p50 >= t->hop[0].rtt_us.min);
	CHECK(t->hop[0].jitter_us >= 0);
	CHECK_EQ(t->hop[1].rtt_us.min, FACT_NONE);
	CHECK_EQ(t->hop[0].icmp_type, 11);
	CHECK_EQ(t->hop[0].code, 0);
	CHECK_STR(t->hop[0].reply, "time-exceeded");
	CHECK(t->hop[0].icmp_name && t->hop[0].meaning);
	CHECK_EQ(t->hop[0].reply_ttl, 60);
	CHECK_STR(t->hop[5].reply, "unreachable");
	CHECK_EQ(t->hop[5].icmp_type, 3);
	CHECK_EQ(t->hop[3].duplicates, 3);
	CHECK_EQ(t->mpls[2].label, 24001);
	CHECK(t->mpls[2].tc == 5 && t->mpls[2].ttl == 1 && t->mpls[2].bottom);
	CHECK_STR(t->iface[2], "incoming ge-0/0/1");
	CHECK_EQ(t->hop[0].quoted_ttl, 1);
	CHECK_EQ(t->hop[0].quoted_tos, 0);
	CHECK(!t->hop[0].nat && !t->hop[0].quoted);
	CHECK_EQ(t->paths, 1);
	CHECK_EQ(t->path_hops, 6);
	CHECK_EQ(t->trace.state, 0);
	CHECK_EQ(t->trace.hops, 6);
	CHECK_HAS(t->by, "3/3");
	CHECK_EQ(t->trace.loss_pct, 0);
	CHECK_EQ(t->trace.loop_ttl, FACT_NONE);
	CHECK_EQ(t->trace.branches, FACT_NONE);
	CHECK_EQ(t->trace.mtu, FACT_NONE);
	CHECK_STR(t->meaning, "");
	CHECK_EQ(t->sum.reached, 1);
	CHECK(t->sum.sent == net.packets && !t->sum.interrupted && !t->sum.several_flows);
	free(t);
}

static void by_echo(struct flow_trace_conf *c)
{
	c->kind = ASK_ECHO;
}

static void by_tcp(struct flow_trace_conf *c)
{
	c->kind = ASK_TCP_SYN;
	c->port = 443;
}

TEST(trace_goes_by_echo_and_tcp_and_over_ipv6)
{
	static const struct {
		const char *target, *by;
		void (*change)(struct flow_trace_conf *c);
	} cases[] = {
		{ "127.0.0.9", "echo-reply", by_echo },
		{ "127.0.0.9", "syn-ack", by_tcp },
		{ "::1", "echo-reply", by_echo },
		{ "::1", "syn-ack", by_tcp },
		{ "::1", "1/4", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct trace_net net = { .routers = 3, .hop_ns = 100000 };
		struct told *t = run_one(&net, cases[i].target, cases[i].change);

		CHECK_EQ(t->hops, 4);
		CHECK_EQ(t->trace.state, 0);
		CHECK_HAS(t->by, cases[i].by);
		CHECK_EQ(t->hop[1].received, 3);
		CHECK_EQ(t->sum.forged, 0);
		free(t);
	}
}

TEST(trace_shows_what_was_changed_on_the_way)
{
	struct trace_net net = { .routers = 5, .hop_ns = 100000, .nat = 3, .remarks = 4 };
	struct told *t = run_one(&net, "127.5.6.7", NULL);

	CHECK(!t->hop[1].nat && t->hop[2].nat && t->hop[4].nat);
	CHECK_HAS(t->quoted[2], "source 192.0.2.77:");
	CHECK(strstr(t->quoted[2], "TOS") == NULL);
	CHECK_HAS(t->quoted[3], "TOS 0x20");
	CHECK_EQ(t->hop[3].quoted_tos, 0x20);
	CHECK_HAS(t->meaning, "translated (NAT) before hop 3 (10.5.6.3)");
	free(t);
}

TEST(trace_tells_who_forbids)
{
	struct trace_net net = { .routers = 9, .hop_ns = 100000, .prohibits = 4 };
	struct told *t = run_one(&net, "127.5.6.7", NULL);

	CHECK_EQ(t->trace.state, 1);
	CHECK_EQ(t->trace.hops, 4);
	CHECK_EQ(t->hops, 4);
	CHECK_HAS(t->by, "3/13 ");
	check_addr(&t->trace.from, "10.5.6.4");
	CHECK_HAS(t->meaning, "Hop 4 (10.5.6.4) says that packets go no further");
	CHECK_EQ(t->sum.reached, 0);
	free(t);
}

TEST(trace_tells_silent_ends_up_to_the_last_limit)
{
	struct trace_net net = { .routers = 3, .hop_ns = 100000, .dead = true };
	struct told *t = run_one(&net, "127.5.6.7", NULL);

	CHECK_EQ(t->trace.state, 2);
	CHECK_EQ(t->trace.hops, 3);
	CHECK_EQ(t->hops, 12);
	CHECK_EQ(t->hop[11].verdict, HOP_SILENT);
	CHECK_EQ(t->hop[11].ttl, 12);
	CHECK_STR(t->evidence[11], "nobody answered here, nor behind");
	CHECK_HAS(t->meaning, "Nobody behind hop 3 (10.5.6.3) answers");
	CHECK_EQ(t->path_hops, 3);
	free(t);
}

TEST(trace_finds_loops)
{
	struct trace_net net = { .routers = 30, .hop_ns = 100000, .loop = 4 };
	struct told *t = run_one(&net, "127.5.6.7", NULL);

	CHECK_EQ(t->trace.state, 2);
	CHECK_EQ(t->trace.loop_ttl, 4);
	CHECK_HAS(t->meaning, "loop from hop 4 (10.5.6.4) on, which sends them on to hop 5");
	free(t);
	/* Hops that limit their ICMP leave gaps, which no loop begins before. */
	net = (struct trace_net){ .routers = 30, .hop_ns = 100000, .loop = 5, .silent = 0x18 };
	t = run_one(&net, "127.5.6.7", NULL);
	CHECK_EQ(t->trace.loop_ttl, 5);
	free(t);
}

static void many_rounds(struct flow_trace_conf *c)
{
	c->kind = ASK_ECHO;
	c->rounds = 60;
	c->round_ns = 2 * NS_PER_MS;
}

TEST(trace_tells_limits_from_loss)
{
	struct trace_net limits = { .routers = 6, .hop_ns = 100000, .limits = 1 << 3 };
	struct trace_net loses = { .routers = 6, .hop_ns = 100000, .lossy = 4 };
	struct told *t = run_one(&limits, "127.5.6.7", many_rounds);

	CHECK_EQ(t->hop[2].verdict, HOP_LIMITS);
	CHECK_HAS(t->evidence[2], "it limits its ICMP");
	CHECK_EQ(t->trace.loss_pct, 0);
	CHECK_STR(t->meaning, "");
	free(t);
	t = run_one(&loses, "127.5.6.7", many_rounds);
	CHECK_EQ(t->hop[3].verdict, HOP_LOSES);
	CHECK_EQ(t->hop[4].verdict, HOP_OK);
	CHECK_HAS(t->evidence[4], "as from hop 4 (10.5.6.4) on");
	CHECK_HAS(t->meaning, "of packets are lost at hop 4 (10.5.6.4)");
	CHECK(t->trace.loss_pct > 25000);
	free(t);
}

TEST(trace_believes_no_forged_reply)
{
	struct trace_net net = { .routers = 4, .hop_ns = 100000, .forges = true };
	struct told *t = run_one(&net, "127.5.6.7", NULL);

	CHECK(t->sum.forged >= 4 * 3);
	CHECK_EQ(t->hop[1].received, 3);
	CHECK_EQ(t->hop[1].duplicates, 0);
	free(t);
}

TEST(trace_refuses_what_is_not_one_host)
{
	static const char *const bad[] = { "224.0.0.1", "ff0e::1", "::ffff:192.0.2.1" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct trace_net net = { .routers = 1, .hop_ns = 100000 };
		AUTO(flow_targets_done) struct flow_targets l = targets_of(bad[i]);
		struct flow_trace_conf c = usual(&net, &l);
		struct err err = { 0 };

		CHECK_EQ(flow_trace_check(&c, &err), -EINVAL);
		CHECK(strncmp(err.text, bad[i], strlen(bad[i])) == 0);
	}
}

TEST(trace_says_why_nothing_could_be_sent)
{
	struct trace_net net = { .routers = 4, .hop_ns = 100000 };
	struct told *t;
	int fd;

	if (ns_new(&fd, NULL) < 0)
		test_skip("no right to make a network namespace, which has no routes");
	{
		AUTO(ns_leave) struct ns_visit v = ns_visit(fd, NULL);

		CHECK_EQ(v.r, 0);
		t = run_one(&net, "198.51.100.1", NULL);
	}
	close(fd);
	CHECK_EQ(t->trace.state, 3);
	CHECK_STR(t->error, "this host has no route to it");
	CHECK_EQ(t->hops, 0);
	CHECK_EQ(t->paths, 0);
	CHECK_EQ(net.packets, 0);
	CHECK_EQ(t->trace.hops, FACT_NONE);
	free(t);
}

static void live(struct flow_trace_conf *c)
{
	c->live = true;
	c->rounds = 0;
	c->round_ns = 10 * NS_PER_MS;
	c->timeout_ns = NS_PER_S;
}

static struct told *run_live(struct trace_net *net, struct told *how)
{
	AUTO(flow_targets_done) struct flow_targets l = targets_of("127.5.6.7");
	const struct flow_trace_tell tell = { .begin = keep_begin,
					      .hop = keep_hop,
					      .path = keep_path,
					      .trace = keep_trace,
					      .live = keep_live,
					      .wish = keep_wish,
					      .to = how };
	struct flow_trace_conf c;

	trace_net_init(net);
	c = usual(net, &l);
	live(&c);
	how->net = net;
	CHECK_EQ(flow_trace_run(&c, &tell, &how->sum, NULL), 0);
	return how;
}

TEST(trace_goes_on_until_it_is_stopped)
{
	struct trace_net net = { .routers = 4, .hop_ns = 100000 };
	struct told how = { .stop_after = 4 };
	uint64_t start = clock_mono_ns();

	run_live(&net, &how);
	CHECK(clock_mono_ns() - start >= 3 * 90 * NS_PER_MS);
	CHECK(how.sum.interrupted);
	CHECK(how.most_rounds > 5);
	CHECK(how.recent_n > 5);
	CHECK_EQ(how.traces, 1);
	CHECK_EQ(how.trace.state, 0);
	CHECK_EQ(how.hops, 5);
}

TEST(trace_counts_nothing_that_is_still_waited_for)
{
	struct trace_net net = { .routers = 4, .hop_ns = 20 * NS_PER_MS };
	struct told how = { .stop_after = 5 };

	run_live(&net, &how);
	CHECK_EQ(how.hops, 5);
	CHECK(how.hop[4].received > 5);
	CHECK_EQ(how.hop[4].loss_pct, 0);
	for (size_t i = 0; i < 5; i++)
		CHECK_EQ(how.hop[i].received, how.hop[i].sent);
	CHECK(how.trace.sent > how.trace.received);
}

TEST(trace_says_when_a_stop_leaves_the_end_open)
{
	struct trace_net net = { .routers = 20, .hop_ns = 100000, .silent = ~3ull };
	struct told how = { .stop_after = 2 };

	run_live(&net, &how);
	CHECK_HAS(how.meaning, "stopped before an answer from hop 2 on was overdue");
	CHECK_EQ(how.hop[1].sent, 0);
	CHECK_EQ(how.hop[1].loss_pct, FACT_NONE);
	CHECK_HAS(how.evidence[1], "stopped before");
}

TEST(trace_says_when_the_way_is_longer_than_asked)
{
	struct trace_net net = { .routers = 20, .hop_ns = 100000 };
	struct told *t = run_one(&net, "127.5.6.7", NULL);

	CHECK_EQ(t->trace.state, 2);
	CHECK_HAS(t->meaning, "The way is longer than 12 hops");
	free(t);
}

TEST(trace_pauses_and_forgets)
{
	struct trace_net net = { .routers = 4, .hop_ns = 100000 };
	struct told how = { .pause_from = 3, .pause_to = 7, .reset_at = 10, .stop_after = 12 };

	run_live(&net, &how);
	CHECK(net.packets > how.paused_packets);
	CHECK(how.most_rounds > 20);
	CHECK(how.rounds_after_reset < 5);
}

TEST(trace_runs_thousands_in_bounded_memory)
{
	AUTO(flow_targets_done) struct flow_targets l = targets_of("127.7.0.0/21");
	struct trace_net net = { .routers = 9, .hop_ns = 100000 };
	struct flow_trace_conf c;
	struct told *t;

	CHECK(l.n >= 2000);
	trace_net_init(&net);
	c = usual(&net, &l);
	c.last = 30;
	t = run(&net, &c);
	CHECK_EQ(t->traces, l.n);
	CHECK_EQ(t->reached, l.n);
	CHECK_EQ(t->sum.reached, l.n);
	CHECK_EQ(t->hops, l.n * 10);
	free(t);
}

static void all_paths(struct flow_trace_conf *c)
{
	c->paths = true;
}

TEST(trace_finds_one_branch_where_there_is_one)
{
	struct trace_net net = { .routers = 3, .hop_ns = 100000 };
	struct told *t = run_one(&net, "127.5.6.7", all_paths);

	CHECK_EQ(t->paths, 1);
	CHECK_EQ(t->path_hops, 4);
	CHECK_EQ(t->trace.branches, 1);
	CHECK(t->trace.confidence_pct >= 95000);
	CHECK(t->trace.probes > 12);
	CHECK_EQ(t->trace.state, 0);
	CHECK_EQ(t->hops, 4);
	CHECK_EQ(t->hop[0].verdict, HOP_OK);
	CHECK_EQ(t->hop[0].loss_pct, FACT_NONE);
	free(t);
}

static void soon(struct flow_trace_conf *c)
{
	c->paths = true;
	c->timeout_ns = 10 * NS_PER_MS;
}

TEST(trace_takes_no_silence_of_a_limiter_for_a_branch)
{
	struct trace_net net = { .routers = 3, .hop_ns = 100000, .limits = 1 << 2 };
	struct told *t = run_one(&net, "127.5.6.7", soon);

	CHECK_EQ(t->trace.branches, 1);
	CHECK_EQ(t->paths, 1);
	CHECK_EQ(t->hops, 4);
	check_addr(&t->hop[1].addr, "10.5.6.2");
	free(t);
}

static void with_mtu(struct flow_trace_conf *c)
{
	c->kind = ASK_ECHO;
	c->mtu = true;
}

TEST(trace_tells_the_path_mtu_and_who_sets_it)
{
	struct trace_net net = {
		.routers = 5, .hop_ns = 100000, .narrow = 3, .mtu = 1200, .announces = true
	};
	struct told *t = run_one(&net, "127.5.6.7", with_mtu);

	CHECK_EQ(t->mtus, 1);
	CHECK_EQ(t->mtu.mtu, 1200);
	CHECK(t->mtu.exact && !t->mtu.black_hole && !t->mtu.lied);
	CHECK_EQ(t->mtu.set_ttl, 3);
	check_addr(&t->mtu.set_by, "10.5.6.3");
	CHECK_EQ(t->mtu.said, 1200);
	CHECK_EQ(t->mtu.last_ttl, FACT_NONE);
	CHECK_HAS(t->mtu_meaning, "1200 octets pass; hop 3 (10.5.6.3) sets that");
	CHECK_EQ(t->trace.mtu, 1200);
	CHECK_EQ(t->trace.hops, 6);
	free(t);
}

TEST(trace_finds_black_holes)
{
	struct trace_net net = { .routers = 5, .hop_ns = 100000, .narrow = 3, .mtu = 1200 };
	struct told *t = run_one(&net, "127.5.6.7", with_mtu);

	CHECK_EQ(t->mtus, 1);
	CHECK(t->mtu.black_hole);
	CHECK_EQ(t->mtu.mtu, 1200);
	CHECK_EQ(t->mtu.last_ttl, 3);
	check_addr(&t->mtu.last_passed, "10.5.6.3");
	CHECK_EQ(t->mtu.next_ttl, 4);
	check_addr(&t->mtu.next, "10.5.6.4");
	CHECK_EQ(t->mtu.set_by.family, 0);
	CHECK_HAS(t->mtu_meaning, "more than 1200 octets vanish");
	CHECK_HAS(t->mtu_meaning, "last that passed them is hop 3 (10.5.6.3)");
	free(t);
}

static void flow_nine(struct flow_trace_conf *c)
{
	c->flow = 9;
}

TEST(trace_takes_the_same_ports_in_each_run)
{
	struct trace_net one = { .routers = 3, .hop_ns = 100000 }, two = one, nine = one;

	free(run_one(&one, "127.5.6.7", NULL));
	free(run_one(&two, "127.5.6.7", NULL));
	free(run_one(&nine, "127.5.6.7", flow_nine));
	CHECK(one.sport > 0);
	CHECK_EQ(two.sport, one.sport);
	CHECK_EQ(nine.sport, one.sport + 9);
}
