/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/trace_args.h"

#include <errno.h>
#include <string.h>

#include "test.h"

static const char *const one[] = { "192.0.2.1" };

static struct trace_args given(void)
{
	struct trace_args a = trace_args_defaults;

	a.targets = (struct opt_rest){ one, 1 };
	return a;
}

static void refused(const struct trace_args *a, bool json, const char *part)
{
	struct err err = { "" };

	CHECK_EQ(trace_args_check(a, json, &err), -EINVAL);
	CHECK_HAS(err.text, part);
}

TEST(trace_args_defaults_are_echo_three_rounds_thirty_hops)
{
	const struct trace_args a = given();
	struct flow_trace_conf c;
	struct err err;

	CHECK_EQ(trace_args_check(&a, false, &err), 0);
	CHECK_EQ(trace_args_conf(&a, &c, &err), 0);
	CHECK_EQ(c.kind, ASK_ECHO);
	CHECK_EQ(c.port, 0);
	CHECK_EQ(c.first, 1);
	CHECK_EQ(c.last, 30);
	CHECK_EQ(c.rounds, 3);
	CHECK_EQ(c.round_ns, 20 * NS_PER_MS);
	CHECK_EQ(c.timeout_ns, 3500 * NS_PER_MS);
	CHECK_EQ(c.rate_pps, 0);
	CHECK_EQ(c.flow, 0);
	CHECK(c.confidence > 0.9499 && c.confidence < 0.9501);
	CHECK(c.names && !c.paths && !c.mtu && !c.live && !c.df);
	CHECK_STR(c.backend, "auto");
	CHECK(c.iface == NULL && c.source.family == 0);
}

TEST(trace_args_look_for_branches_by_udp_unless_told_otherwise)
{
	struct trace_args a = given();
	struct flow_trace_conf c;
	struct err err;

	a.paths = true;
	CHECK_EQ(trace_args_conf(&a, &c, &err), 0);
	CHECK_EQ(c.kind, ASK_UDP);
	CHECK_EQ(c.port, 33434);
	a.port = 53;
	CHECK_EQ(trace_args_check(&a, false, &err), 0);
	a.kind = ASK_ECHO;
	refused(&a, false, "echo has no port");
	a.port = TRACE_ARGS_NONE;
	CHECK_EQ(trace_args_conf(&a, &c, &err), 0);
	CHECK_EQ(c.kind, ASK_ECHO);
	a.kind = ASK_TCP_SYN;
	CHECK_EQ(trace_args_conf(&a, &c, &err), 0);
	CHECK_EQ(c.port, 80);
}

TEST(trace_args_ports_follow_the_kind)
{
	struct trace_args a = given();
	struct flow_trace_conf c;
	struct err err;

	a.kind = ASK_UDP;
	CHECK_EQ(trace_args_conf(&a, &c, &err), 0);
	CHECK_EQ(c.port, 33434);
	a.kind = ASK_TCP_SYN;
	CHECK_EQ(trace_args_conf(&a, &c, &err), 0);
	CHECK_EQ(c.port, 80);
	a.port = 443;
	CHECK_EQ(trace_args_check(&a, false, &err), 0);
	CHECK_EQ(trace_args_conf(&a, &c, &err), 0);
	CHECK_EQ(c.port, 443);
	a.kind = ASK_ECHO;
	refused(&a, false, "-p 443");
}

TEST(trace_args_rounds_are_queries_or_counts)
{
	struct trace_args a = given();
	struct flow_trace_conf c;
	struct err err;

	a.queries = 5;
	CHECK_EQ(trace_args_conf(&a, &c, &err), 0);
	CHECK_EQ(c.rounds, 5);
	a.report = true;
	CHECK_EQ(trace_args_conf(&a, &c, &err), 0);
	CHECK_EQ(c.rounds, 10);
	CHECK_EQ(c.round_ns, NS_PER_S);
	a.count = 60;
	a.interval_ns = 0;
	CHECK_EQ(trace_args_check(&a, true, &err), 0);
	CHECK_EQ(trace_args_conf(&a, &c, &err), 0);
	CHECK_EQ(c.rounds, 60);
	CHECK_EQ(c.round_ns, 0);
	a = given();
	a.live = true;
	CHECK_EQ(trace_args_check(&a, false, &err), 0);
	CHECK_EQ(trace_args_conf(&a, &c, &err), 0);
	CHECK_EQ(c.rounds, 0);
	CHECK(c.live);
}

TEST(trace_args_sources_are_addresses_or_interfaces)
{
	struct trace_args a = given();
	struct flow_trace_conf c;
	struct err err;

	a.from = "192.0.2.9";
	CHECK_EQ(trace_args_conf(&a, &c, &err), 0);
	CHECK_EQ(c.source.family, 4);
	CHECK(c.iface == NULL);
	a.from = "eth0";
	CHECK_EQ(trace_args_conf(&a, &c, &err), 0);
	CHECK_STR(c.iface, "eth0");
	CHECK_EQ(c.source.family, 0);
}

TEST(trace_args_refuse_what_does_not_go_together)
{
	struct trace_args a = given();

	a.first = 9;
	a.last = 8;
	refused(&a, false, "-f 9");
	a = given();
	a.count = 3;
	refused(&a, false, "-q N");
	a = given();
	a.live = a.report = true;
	refused(&a, false, "--report");
	a = given();
	a.live = true;
	refused(&a, true, "--json");
	a.paths = true;
	refused(&a, false, "--paths");
	a = given();
	a.confidence = 99;
	refused(&a, false, "--confidence");
	a = given();
	a.flow = 0;
	a.paths = true;
	refused(&a, false, "--flow");
	a = given();
	a.dot = "-";
	refused(&a, true, "--dot");
	a = given();
	a.targets.n = 0;
	refused(&a, false, "TARGET");
}

TEST(trace_args_read_rates)
{
	static const struct {
		const char *text;
		uint64_t pps; /* 0: refused */
	} rates[] = {
		{ "1", 1 },
		{ "500", 500 },
		{ "10k", 10000 },
		{ "1m", 1000000 },
		{ "1000000", 1000000 },
		{ "0", 0 },
		{ "", 0 },
		{ "k", 0 },
		{ "2m", 0 },
		{ "1000001", 0 },
		{ "-1", 0 },
		{ "1.5", 0 },
		{ "10kk", 0 },
		{ "99999999999999999999", 0 },
		{ "auto", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
		uint64_t pps = 77;
		struct err err = { "" };
		int r = trace_args_rate(rates[i].text, &pps, &err);

		CHECK_EQ(r, rates[i].pps ? 0 : -EINVAL);
		CHECK_EQ(pps, rates[i].pps ? rates[i].pps : 77);
		if (r < 0)
			CHECK_HAS(err.text, "--rate");
	}
}
