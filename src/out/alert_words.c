/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/alert_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_LEN 32
#define MILLION    1000000
#define WHOLE      (20 * MILLION)

#define SCAN  "Detection of a Network Scan"
#define LEAK  "Attempted Information Leak"
#define FLOOD "Attempted Denial of Service"
#define MISC  "Misc activity"
#define ODD   "Potentially Bad Traffic"
#define EVENT "Generic ICMP event"

static const struct alert_kind kinds[] = {
	{ "sweep.sequential", "asks addresses in order", SCAN, 1 },
	{ "sweep.random", "asks many addresses, in no order", SCAN, 2 },
	{ "sweep.slow", "asks many addresses, slowly", SCAN, 3 },
	{ "sweep.distributed", "many sources share a sweep", SCAN, 4 },
	{ "sweep.monitor", "asks the same hosts again and again, as a monitor does", MISC, 5 },
	{ "dark.spike", "a burst of requests to unused addresses", SCAN, 6 },
	{ "dark.backscatter", "a burst of answers to unused addresses: sources were forged", MISC,
	  7 },
	{ "dark.other", "a burst of packets to unused addresses", MISC, 8 },
	{ "query.probe", "asks rare questions", LEAK, 9 },
	{ "inverse", "sends answers that nobody asked for, to see where it is silent", SCAN, 10 },
	{ "traceroute", "traces a route", MISC, 11 },
	{ "scan.udp", "scans UDP ports, as the refusals show", SCAN, 12 },
	{ "scan.tcp", "scans TCP ports, as the refusals show", SCAN, 13 },
	{ "flood.icmp", "more ICMP to one address than there is use for", FLOOD, 14 },
	{ "flood.smurf", "a request to or from a group, for the answers it draws", FLOOD, 15 },
	{ "fragment.death", "fragments make a packet longer than any can be", FLOOD, 16 },
	{ "fragment.overlap", "fragments overlap", ODD, 17 },
	{ "fragment.tiny", "a first fragment without a whole header", ODD, 18 },
	{ "redirect", "sends redirects", ODD, 19 },
	{ "router.rogue", "advertises itself as a router", ODD, 20 },
	{ "neighbour.spoof", "a neighbour's link address is disputed", ODD, 21 },
	{ "nd.exhaustion", "makes a router look for many neighbours", FLOOD, 22 },
	{ "tunnel", "echo messages carry something else", ODD, 23 },
	{ "tcp.blind", "errors guess at a TCP connection", FLOOD, 24 },
	{ "pmtu.low", "tells a path MTU lower than any should be", FLOOD, 25 },
	{ "error.foreign", "an error about somebody else's packet", EVENT, 26 },
	{ "limiter.probing", "probes the limit on ICMP errors, as SAD DNS does", LEAK, 27 },
	{ "backscatter", "answers to packets that others forged", MISC, 28 },
	{ "type.deprecated", "a deprecated ICMP type", EVENT, 29 },
	{ "type.unassigned", "an ICMP type that nobody assigned", EVENT, 30 },
	{ "type.family", "ICMP of one IP version inside the other", EVENT, 31 },
};

const struct alert_kind *alert_kind_at(size_t i)
{
	return i < ARRAY_LEN(kinds) ? &kinds[i] : NULL;
}

const struct alert_kind *alert_kind_find(const char *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return &kinds[i];
	return NULL;
}

/* What a reason's figure is of. Those that are not here speak for themselves. */
struct reason_words {
	const char *what, *says;
};

static const struct reason_words reasons[] = {
	{ "run", "addresses in a row" },
	{ "run_dark", "addresses in a row, some unused or silent" },
	{ "ascents", "of 31 steps go the same way" },
	{ "cusum", "nats of contacts that fail" },
	{ "distinct_failing", "destinations" },
	{ "fanout", "destinations in a short time" },
	{ "monitor_again", "of contacts come again" },
	{ "monitor_alive", "of contacts answer" },
	{ "dark_hits", "unused addresses touched" },
	{ "spike_distinct", "unused addresses" },
	{ "spread_covered", "addresses of the network" },
	{ "spread_sources", "sources" },
	{ "spread_each", "contacts each" },
	{ "query_hosts", "hosts asked" },
	{ "query_kinds", "kinds of questions" },
	{ "inverse_hosts", "hosts" },
	{ "trace_hops", "hops out of time" },
	{ "scan_ports", "ports of one host" },
	{ "scan_hosts", "hosts" },
	{ "flood", "packets a second" },
	{ "flood_high", "packets a second" },
	{ "flood_time", "seconds in a row" },
	{ "smurf_responders", "hosts answer" },
	{ "death", "octets" },
	{ "redirect_rate", "a minute" },
	{ "routers", "routers" },
	{ "neighbour_flips", "changes of the link address" },
	{ "nd_targets", "neighbours asked for" },
	{ "tunnel_sizes", "lengths" },
	{ "tunnel_large", "octets of payload" },
	{ "tunnel_novel", "of payloads are new" },
	{ "tunnel_differ", "of replies differ from their request" },
	{ "blind_errors", "errors" },
	{ "blind_seqs", "sequence numbers quoted" },
	{ "mtu_least4", "octets of MTU" },
	{ "mtu_least6", "octets of MTU" },
	{ "limiter_burst", "errors within 20 ms" },
	{ "limiter_bursts", "such bursts" },
	{ "backscatter", "unasked answers" },
	{ "backscatter_time", "seconds" },
	{ "backscatter_hosts", "hosts get them" },
	{ "odd_types", "such types" },
};

/* Millionths, as a number with at most three decimals. */
static const char *number(int64_t v, char buf[static NUMBER_LEN])
{
	int64_t thousandths = v / 1000 + (v % 1000 >= 500);
	int n = snprintf(buf, NUMBER_LEN, "%" PRId64 ".%03" PRId64, thousandths / 1000,
			 thousandths % 1000);

	while (buf[n - 1] == '0')
		buf[--n] = '\0';
	if (buf[n - 1] == '.')
		buf[n - 1] = '\0';
	return buf;
}

const char *alert_reason(const struct fact_alert_reason *r, char buf[static ALERT_REASON_LEN])
{
	char seen[NUMBER_LEN] = "?", bound[NUMBER_LEN] = "?";

	/* Large ones are counts, some of them estimates: no decimals. */
	if (r->seen >= 0)
		number(r->seen < WHOLE ? r->seen : (r->seen + MILLION / 2) / MILLION * MILLION,
		       seen);
	if (r->bound >= 0)
		number(r->bound, bound);
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (strcmp(reasons[i].what, r->what) == 0) {
			snprintf(buf, ALERT_REASON_LEN, "%s %s (%s %s)", seen, reasons[i].says,
				 r->what, bound);
			return buf;
		}
	if (strcmp(bound, seen) == 0 && strcmp(seen, "1") == 0)
		snprintf(buf, ALERT_REASON_LEN, "%s", r->what);
	else if (strcmp(bound, seen) == 0)
		snprintf(buf, ALERT_REASON_LEN, "%s %s", r->what, seen);
	else
		snprintf(buf, ALERT_REASON_LEN, "%s: %s (bound %s)", r->what, seen, bound);
	return buf;
}
