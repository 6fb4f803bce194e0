/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/trace_args.h"

#include <errno.h>
#include <string.h>

#include "cmd/habits.h"

#define TCP_PORT    80
#define REPORT      10                 /* rounds of --report */
#define ROUND_NS    (20 * NS_PER_MS)   /* between rounds, where nothing is watched */
#define WATCH_NS    NS_PER_S           /* with --live and --report, as mtr */
#define WAIT_NS     (3500 * NS_PER_MS) /* a router gives a dead host up after three seconds */
#define DAY_NS      (24 * 60 * 60 * NS_PER_S)
#define RATE_MAX    1000000
#define LEN_MAX     65535
#define COUNT_MAX   1000000000
#define QUERIES_MAX 1000

static const char *const backends[] = { "auto", "packet", "ip", "xdp", "sockets", NULL };

/* clang-format off */
const struct opt trace_args_opts[] = {
	OPT_SET('I', "icmp", struct trace_args, kind, ASK_ECHO, "send ICMP echo requests [this, but UDP with --paths]"),
	OPT_SET('U', "udp", struct trace_args, kind, ASK_UDP, "send UDP packets"),
	OPT_SET('T', "tcp", struct trace_args, kind, ASK_TCP_SYN, "send TCP SYN"),
	OPT_UINT('p', "port", struct trace_args, port, "PORT", 1, 65535, "of -U [33434] and -T [80]"),
	OPT_UINT('q', "queries", struct trace_args, queries, "N", 1, QUERIES_MAX, "probes of each hop limit [3]"),
	OPT_UINT('f', "first", struct trace_args, first, "N", 1, TRACE_HOPS_MAX, "begin with hop limit N [1]"),
	OPT_UINT('m', "max-hops", struct trace_args, last, "N", 1, TRACE_HOPS_MAX, "end with hop limit N [30]"),
	OPT_NSEC('w', "wait", struct trace_args, wait_ns, "TIME", NS_PER_MS, DAY_NS, "wait so long for one answer at most [3.5s, less where answers come sooner]"),
	OPT_NSEC('i', "interval", struct trace_args, interval_ns, "TIME", 0, DAY_NS, "between two rounds over all hop limits [20ms; with --live and --report 1s]"),
	OPT_FLAG(0, "paths", struct trace_args, paths, "find all branches of the way and draw them"),
	OPT_UINT(0, "confidence", struct trace_args, confidence, "PCT", 50, 99, "of --paths: how sure it must be that these are all, in per cent [95]"),
	OPT_TEXT(0, "dot", struct trace_args, dot, "FILE", "write the ways as a graph for Graphviz; - is standard output"),
	OPT_FLAG(0, "mtu", struct trace_args, mtu, "find the largest packet that passes, who sets that, and black holes"),
	OPT_FLAG('l', "live", struct trace_args, live, "go on measuring and show it on the whole screen; ? there lists the keys"),
	OPT_FLAG('r', "report", struct trace_args, report, "measure -c rounds a second apart, then print once"),
	OPT_UINT('c', "count", struct trace_args, count, "N", 1, COUNT_MAX, "rounds of --report [10] and --live [until q]"),
	OPT_UINT(0, "flow", struct trace_args, flow, "N", 0, HOP_FLOWS_MAX - 1, "take the way that flow N takes through load balancers [0]"),
	OPT_UINT('t', "tos", struct trace_args, tos, "N", 0, 255, "type of service or traffic class of the probes [0]"),
	OPT_FLAG('F', "dont-fragment", struct trace_args, df, "set \"do not fragment\" (IPv4; IPv6 never does)"),
	OPT_UINT(0, "size", struct trace_args, size, "OCTETS", 1, LEN_MAX, "of the whole packets; what is too short for a probe is made longer [the shortest]"),
	OPT_TEXT('s', "from", struct trace_args, from, "WHERE", "send from this address of this host, or from this interface"),
	OPT_PAIR_TEXT("iL", struct trace_args, list, "FILE", "read targets from FILE, one or more a line; - is standard input"),
	OPT_TEXT(0, "rate", struct trace_args, rate, "N", "at most N probes a second over all targets: 500, 10k [10k]"),
	OPT_WORD(0, "backend", struct trace_args, backend, "WAY", backends, "auto, packet (AF_PACKET), ip (raw IP), xdp (AF_XDP), sockets (needs no rights) [auto]"),
	OPT_FLAG('n', "numeric", struct trace_args, numeric, "look up no names"),
	OPT_FLAG('v', "verbose", struct trace_args, verbose, "tables of more than 8 targets, too"),
	OPT_SET('4', NULL, struct trace_args, family, 4, "only IPv4"),
	OPT_SET('6', NULL, struct trace_args, family, 6, "only IPv6"),
	OPT_REST("TARGET", struct trace_args, targets, 0, "a name, an address (fe80::1%eth0), a prefix (192.0.2.0/24); - is standard input"),
	OPT_END_HABITS(habits_trace),
};
/* clang-format on */

const struct trace_args trace_args_defaults = {
	.kind = TRACE_ARGS_KIND,
	.port = TRACE_ARGS_NONE,
	.queries = 3,
	.first = 1,
	.last = TRACE_HOPS,
	.count = TRACE_ARGS_NONE,
	.flow = TRACE_ARGS_NONE,
	.confidence = TRACE_ARGS_NONE,
	.wait_ns = WAIT_NS,
	.interval_ns = TRACE_ARGS_NONE,
};

/* Most routers balance echo by its addresses alone: it would show one branch of many. */
static uint8_t kind_of(const struct trace_args *a)
{
	if (a->kind != TRACE_ARGS_KIND)
		return a->kind;
	return a->paths ? ASK_UDP : ASK_ECHO;
}

static int check_watch(const struct trace_args *a, bool json, struct err *err)
{
	if (a->live && a->report)
		return err_set(err, -EINVAL,
			       "--live shows a screen, --report prints once: say one of them");
	if (a->live && json)
		return err_set(err, -EINVAL,
			       "--live is for a person: with --json say --report -c N");
	if (a->live && (a->paths || a->mtu || a->dot))
		return err_set(err, -EINVAL,
			       "--live measures one way on and on: %s is apart from it",
			       a->paths ? "--paths"
			       : a->mtu ? "--mtu"
					: "--dot");
	if (a->count != TRACE_ARGS_NONE && !a->live && !a->report)
		return err_set(
			err, -EINVAL,
			"-c N counts the rounds of --report and --live; -q N is probes a hop limit");
	return 0;
}

int trace_args_check(const struct trace_args *a, bool json, struct err *err)
{
	int r = check_watch(a, json, err);

	if (r < 0)
		return r;
	if (a->first > a->last)
		return err_set(err, -EINVAL,
			       "-f %llu is beyond -m %llu: there is no hop limit left",
			       (unsigned long long)a->first, (unsigned long long)a->last);
	if (a->port != TRACE_ARGS_NONE && kind_of(a) == ASK_ECHO)
		return err_set(err, -EINVAL, "-p %llu: echo has no port; -U or -T sends to one",
			       (unsigned long long)a->port);
	if (a->confidence != TRACE_ARGS_NONE && !a->paths)
		return err_set(err, -EINVAL, "--confidence is of --paths");
	if (a->flow != TRACE_ARGS_NONE && a->paths)
		return err_set(err, -EINVAL, "--paths tries all flows: leave --flow out");
	if (a->dot && strcmp(a->dot, "-") == 0 && json)
		return err_set(err, -EINVAL,
			       "--dot - and --json both write to standard output: name a file");
	if (a->targets.n == 0 && !a->list)
		return err_set(err, -EINVAL, "TARGET is missing: a name or an address");
	return 0;
}

int trace_args_rate(const char *text, uint64_t *ret_pps, struct err *err)
{
	const char *p = text;
	uint64_t v = 0;

	for (; *p >= '0' && *p <= '9' && v <= RATE_MAX; p++)
		v = v * 10 + (uint64_t)(*p - '0');
	if (p != text && (*p == 'k' || *p == 'm')) {
		v *= *p == 'k' ? 1000 : 1000000;
		p++;
	}
	if (*p || v == 0 || v > RATE_MAX)
		return err_set(err, -EINVAL,
			       "--rate: '%.40s' is no number of probes a second from 1 to 1m "
			       "(500, 10k)",
			       text);
	*ret_pps = v;
	return 0;
}

static uint16_t port_of(const struct trace_args *a)
{
	if (kind_of(a) == ASK_ECHO)
		return 0;
	if (a->port != TRACE_ARGS_NONE)
		return (uint16_t)a->port;
	return kind_of(a) == ASK_UDP ? TRACE_ARGS_UDP_PORT : TCP_PORT;
}

static uint32_t rounds_of(const struct trace_args *a)
{
	if (!a->live && !a->report)
		return (uint32_t)a->queries;
	if (a->count != TRACE_ARGS_NONE)
		return (uint32_t)a->count;
	return a->live ? 0 : REPORT;
}

int trace_args_conf(const struct trace_args *a, struct flow_trace_conf *ret, struct err *err)
{
	bool watch = a->live || a->report;
	struct flow_trace_conf c = {
		.backend = backends[a->backend],
		.kind = kind_of(a),
		.port = port_of(a),
		.first = (uint8_t)a->first,
		.last = (uint8_t)a->last,
		.rounds = rounds_of(a),
		.round_ns = a->interval_ns != TRACE_ARGS_NONE ? a->interval_ns
			    : watch                           ? WATCH_NS
							      : ROUND_NS,
		.timeout_ns = a->wait_ns,
		.len = (uint16_t)a->size,
		.tos = (uint8_t)a->tos,
		.df = a->df,
		.flow = a->flow == TRACE_ARGS_NONE ? 0 : (uint16_t)a->flow,
		.paths = a->paths,
		.confidence = a->confidence == TRACE_ARGS_NONE ? 0.95 : (double)a->confidence / 100,
		.mtu = a->mtu,
		.names = !a->numeric,
		.live = a->live,
	};
	int r = a->rate ? trace_args_rate(a->rate, &c.rate_pps, err) : 0;

	if (r < 0)
		return r;
	if (a->from && ip_scan(a->from, &c.source) < 0)
		c.iface = a->from;
	*ret = c;
	return 0;
}
