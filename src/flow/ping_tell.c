/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/ping_tell.h"

#include <stdio.h>
#include <string.h>

#include "icmp/number.h"
#include "icmp/registry.h"

#define IFACE_TEXT_LEN 64

/* The neighbour states of RFC 8335 3, where the interface is asked for by a neighbour's address. */
static const char *const neighbour_states[] = {
	"", "incomplete", "reachable", "stale", "delay", "probe", "failed", "",
};

/* What an extended echo reply says: why there is no answer, or the state in octet 7 (RFC 8335 3). */
static const char *iface_text(uint8_t code, int64_t octet, char buf[static IFACE_TEXT_LEN])
{
	static const char *const refused[] = {
		[ICMP_EXT_ECHO_MALFORMED] = "malformed query",
		[ICMP_EXT_ECHO_NO_IFACE] = "no such interface",
		[ICMP_EXT_ECHO_NO_ENTRY] = "no such table entry",
		[ICMP_EXT_ECHO_MULTIPLE] = "multiple interfaces",
	};
	unsigned bits = (unsigned)octet;

	if (code != ICMP_EXT_ECHO_OK)
		return code < ARRAY_LEN(refused) ? refused[code] : "unknown code";
	if (bits >> 5 != 0)
		snprintf(buf, IFACE_TEXT_LEN, "neighbour %s", neighbour_states[bits >> 5]);
	else
		snprintf(buf, IFACE_TEXT_LEN, "%s%s%s", bits & 4 ? "active" : "not active",
			 bits & 2 ? ", IPv4" : "", bits & 1 ? ", IPv6" : "");
	return buf;
}

static void tell_reply(const struct flow_ping_tell *tell, const char *name,
		       const struct ping_event *ev)
{
	const struct probe_answer *a = &ev->answer;
	struct fact_timestamp stamp = { a->originate, a->receive, a->transmit };
	char iface[IFACE_TEXT_LEN];
	struct fact_reply f = {
		.target = name,
		.from = ev->from,
		.seq = ev->seq,
		.icmp_type = ev->type,
		.code = ev->code,
		.ttl = ev->ttl,
		.rtt_us = (int64_t)ev->rtt_ns,
		.bytes = (int64_t)ev->bytes,
		.duplicate = ev->verdict == PING_DUPLICATE,
		.late = ev->verdict == PING_LATE,
		.timestamp = a->originate == FACT_NONE ? NULL : &stamp,
		.iface = a->state == FACT_NONE ? NULL : iface_text(ev->code, a->state, iface),
	};

	if (a->mask != FACT_NONE)
		f.mask = ip4_of((uint32_t)a->mask);
	tell->reply(tell->to, ev->target, &f);
}

static void tell_error(const struct flow_ping_tell *tell, const char *name,
		       const struct ping_event *ev)
{
	const struct icmp_entry *e = icmp_find(ev->from.family, ev->type, ev->code);
	struct fact_icmp_error f = {
		.target = name,
		.from = ev->from,
		.seq = ev->seq,
		.icmp_type = ev->type,
		.code = ev->code,
		.mtu = ev->mtu,
		.name = e ? e->machine_name : NULL,
		.meaning = e ? e->meaning : NULL,
		.rtt_us = (int64_t)ev->rtt_ns,
	};

	tell->error(tell->to, ev->target, &f);
}

void ping_tell_event(const struct flow_ping_tell *tell, const struct flow_targets *targets,
		     const struct ping_event *ev)
{
	char buf[IP_TEXT_LEN];
	const char *name = flow_targets_name(targets, ev->target, buf);

	if (ev->verdict == PING_ERROR)
		tell_error(tell, name, ev);
	else
		tell_reply(tell, name, ev);
}

static int64_t loss(const struct ping_target *t)
{
	uint64_t lost = t->sent > t->received ? t->sent - t->received : 0;

	return t->sent > 0 ? (int64_t)(lost * 100000 / t->sent) : FACT_NONE;
}

void ping_tell_target(const struct flow_ping_tell *tell, const struct flow_targets *targets,
		      size_t i, struct ping_target *t)
{
	char buf[IP_TEXT_LEN];
	struct fact_ping_target f = {
		.target = flow_targets_name(targets, i, buf),
		.addr = t->addr,
		.sent = (int64_t)t->sent,
		.received = (int64_t)t->received,
		.duplicates = (int64_t)t->duplicates,
		.errors = (int64_t)t->errors,
		.late = (int64_t)t->late,
		.unsent = (int64_t)t->failed,
		.loss_pct = loss(t),
	};

	stats_rtt(&t->rtt, &f.rtt_us);
	tell->target(tell->to, i, &f);
}
