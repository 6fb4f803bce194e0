/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sentences for a person: why a hop is judged so, what stands out of a path. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "flow/trace_own.h"
#include "icmp/number.h"
#include "icmp/registry.h"

#define HOP_TEXT_LEN (IP_TEXT_LEN + 24)

/* "hop 5 (192.0.2.5)". @i counts from the first hop limit told. */
static const char *hop_text(const struct trace_sight *s, size_t i, char buf[static HOP_TEXT_LEN])
{
	char addr[IP_TEXT_LEN];

	if (i < s->n && s->addr[i].family != 0)
		snprintf(buf, HOP_TEXT_LEN, "hop %zu (%s)", s->first + i,
			 ip_format(&s->addr[i], addr));
	else
		snprintf(buf, HOP_TEXT_LEN, "hop %zu", s->first + i);
	return buf;
}

static double missing_pct(const struct hop_tally *t)
{
	return t->sent > 0 ? 100.0 * (double)(t->sent - MIN(t->received, t->sent)) / (double)t->sent
			   : 0;
}

static void say_limits(const struct trace_sight *s, uint8_t i, char buf[static TRACE_EVIDENCE_LEN])
{
	const struct hop_judgement *j = &s->judged[i];
	double missing = missing_pct(&s->tally[i]);
	char other[HOP_TEXT_LEN];

	if (j->why == HOP_WHY_BEHIND && missing_pct(&s->tally[j->hop]) <= 0)
		snprintf(
			buf, TRACE_EVIDENCE_LEN,
			"%.3g%% of its answers are missing, but none of %s behind it: what reached "
			"that one had passed here, so nothing is lost, it limits its ICMP",
			missing, hop_text(s, j->hop, other));
	else if (j->why == HOP_WHY_BEHIND)
		snprintf(buf, TRACE_EVIDENCE_LEN,
			 "%.3g%% of its answers are missing, but of %s behind it only %.3g%%: what "
			 "reached that one had passed here, so that is no loss, it limits its ICMP",
			 missing, hop_text(s, j->hop, other), missing_pct(&s->tally[j->hop]));
	else if (j->why == HOP_WHY_PATTERN)
		snprintf(
			buf, TRACE_EVIDENCE_LEN,
			"%.3g%% of its answers are missing as evenly as a rate limit makes it; loss "
			"falls anywhere",
			missing);
	else
		snprintf(buf, TRACE_EVIDENCE_LEN,
			 "%.3g%% of its answers are missing and nobody behind it answers, so that "
			 "loss is not shown; a limit on its ICMP is likelier",
			 missing);
}

static void say_ok(const struct trace_sight *s, uint8_t i, char buf[static TRACE_EVIDENCE_LEN])
{
	const struct hop_judgement *j = &s->judged[i];
	const struct hop_tally *t = &s->tally[i];
	char other[HOP_TEXT_LEN];

	if (j->why == HOP_WHY_ALL)
		snprintf(buf, TRACE_EVIDENCE_LEN, "all %llu probes were answered",
			 (unsigned long long)t->sent);
	else if (j->why == HOP_WHY_INHERITED)
		snprintf(buf, TRACE_EVIDENCE_LEN,
			 "%.3g%% of its answers are missing, as from %s on", missing_pct(t),
			 hop_text(s, j->hop, other));
	else if (j->why == HOP_WHY_EITHER)
		snprintf(
			buf, TRACE_EVIDENCE_LEN,
			"%.3g%% of its answers are missing; nobody behind it shows whether packets "
			"are lost or it limits its ICMP",
			missing_pct(t));
	else
		snprintf(buf, TRACE_EVIDENCE_LEN,
			 "%llu of %llu probes unanswered: too few to tell loss or a limit from "
			 "chance",
			 (unsigned long long)(t->sent - MIN(t->received, t->sent)),
			 (unsigned long long)t->sent);
}

/* One flow is one connection. */
static bool is_half_open(const struct trace_sight *s, uint8_t i)
{
	return s->end_kind == REPLY_SYNACK && s->first + i == s->end_hops &&
	       s->judged[i].verdict != HOP_LOSES && s->judged[i].why != HOP_WHY_INHERITED &&
	       missing_pct(&s->tally[i]) > 0;
}

void trace_word_evidence(const struct trace_sight *s, uint8_t i,
			 char buf[static TRACE_EVIDENCE_LEN])
{
	const struct hop_judgement *j = &s->judged[i];
	char other[HOP_TEXT_LEN];

	if (is_half_open(s, i)) {
		snprintf(buf, TRACE_EVIDENCE_LEN,
			 "%.3g%% of its answers are missing: a host answers few of the SYNs that "
			 "come while their connection is half open; that need be no loss",
			 missing_pct(&s->tally[i]));
		return;
	}
	switch (j->verdict) {
	case HOP_OK:
		say_ok(s, i, buf);
		return;
	case HOP_LIMITS:
		say_limits(s, i, buf);
		return;
	case HOP_LOSES:
		snprintf(
			buf, TRACE_EVIDENCE_LEN,
			j->why == HOP_WHY_END
				? "it is the path's end, the hops before miss less, and no limiter "
				  "leaves out answers so: about %.3g%% of packets are lost here or "
				  "on the link to it"
				: "it and all behind it that answer miss probes, those before do "
				  "not: about %.3g%% of packets are lost here or on the link to it",
			100 * j->loss);
		return;
	case HOP_SILENT:
		if (j->why == HOP_WHY_PASSES)
			snprintf(buf, TRACE_EVIDENCE_LEN,
				 "it forwards without a word: %s behind it answers",
				 hop_text(s, j->hop, other));
		else if (s->tally[i].sent == 0)
			snprintf(buf, TRACE_EVIDENCE_LEN, "stopped before an answer was overdue");
		else
			snprintf(buf, TRACE_EVIDENCE_LEN, "nobody answered here, nor behind");
		return;
	}
}

const char *trace_word_reply(int family, uint8_t ask, uint8_t kind, uint8_t type)
{
	switch ((enum reply_kind)kind) {
	case REPLY_ANSWER:
		return ask == ASK_ECHO ? "echo-reply" : "udp";
	case REPLY_SYNACK:
		return "syn-ack";
	case REPLY_RST:
		return "rst";
	case REPLY_ERROR:
		if (type == (family == 4 ? ICMP4_TIME_EXCEEDED : ICMP6_TIME_EXCEEDED))
			return "time-exceeded";
		if (type == (family == 4 ? ICMP4_UNREACH : ICMP6_UNREACH))
			return "unreachable";
		return family == 6 && type == ICMP6_PACKET_TOO_BIG ? "packet-too-big" : "error";
	case REPLY_NONE:
		break;
	}
	return NULL;
}

static void add(char buf[static TRACE_MEANING_LEN], const char *fmt, ...) PRINTF_LIKE(2, 3);

/* A sentence more. */
static void add(char buf[static TRACE_MEANING_LEN], const char *fmt, ...)
{
	size_t len = strlen(buf);
	va_list args;

	if (len > 0 && len + 2 < TRACE_MEANING_LEN)
		buf[len++] = ' ';
	va_start(args, fmt);
	vsnprintf(buf + len, TRACE_MEANING_LEN - len, fmt, args);
	va_end(args);
	if (buf[len] >= 'a' && buf[len] <= 'z')
		buf[len] = (char)(buf[len] - 'a' + 'A');
}

/* Where packets are lost, hop by hop. */
static void add_losses(const struct trace_sight *s, char buf[static TRACE_MEANING_LEN])
{
	char hop[HOP_TEXT_LEN];

	for (uint8_t i = 0; i < s->n; i++) {
		if (s->judged[i].verdict == HOP_LOSES)
			add(buf, "About %.3g%% of packets are lost at %s or on the link to it.",
			    100 * s->judged[i].loss, hop_text(s, i, hop));
	}
}

static void add_loop(const struct trace_sight *s, const struct fact_trace *f,
		     char buf[static TRACE_MEANING_LEN])
{
	size_t at = (size_t)f->loop_ttl - s->first;
	char hop[HOP_TEXT_LEN], other[HOP_TEXT_LEN];

	if (at + 1 < s->n && s->addr[at + 1].family != 0 && !ip_eq(&s->addr[at], &s->addr[at + 1]))
		add(buf, "Packets go round in a loop from %s on, which sends them on to %s.",
		    hop_text(s, at, hop), hop_text(s, at + 1, other));
	else
		add(buf, "Packets go round in a loop from %s on.", hop_text(s, at, hop));
}

static void add_silence(const struct flow_trace_conf *c, const struct trace_sight *s,
			char buf[static TRACE_MEANING_LEN])
{
	bool any = s->end_hops >= s->first && s->end_hops > 0;
	size_t behind = any ? (size_t)(s->end_hops - s->first) + 1 : 0;
	char hop[HOP_TEXT_LEN];

	if (s->end_hops == c->last)
		add(buf, "The way is longer than %u hop%s: a greater limit (-m) shows more of it.",
		    c->last, c->last == 1 ? "" : "s");
	else if (behind >= s->n || s->tally[behind].sent == 0)
		add(buf, "It was stopped before an answer from %s on was overdue.",
		    hop_text(s, behind, hop));
	else if (any)
		add(buf,
		    "Nobody behind %s answers: the target is down%s, or a filter there drops "
		    "probes of this kind or their answers without a word.",
		    hop_text(s, behind - 1, hop),
		    c->last < TRACE_HOPS ? ", or further away than -m allows" : "");
	else
		add(buf, "Nobody answers at all: the first link does not work, or a filter near "
			 "this host drops probes of this kind or their answers without a word.");
}

/* What was changed on the way, and paths that are not one. */
static void add_changes(const struct trace_run *r, const struct trace_slot *slot,
			const struct trace_sight *s, char buf[static TRACE_MEANING_LEN])
{
	char hop[HOP_TEXT_LEN];

	if (s->nat_hops > 0)
		add(buf, "Addresses or ports are translated (NAT) before %s.",
		    hop_text(s, (size_t)(s->nat_hops - s->first), hop));
	if (s->spread_hops > 0)
		add(buf, "Hop %u answers from %u addresses%s.", s->spread_hops, s->spread_n,
		    r->several_flows ? ", as each probe was a flow of its own"
				     : " to one flow: the way changed, or packets are spread one "
				       "by one");
	if (s->failed > 0 && s->end != TRACE_UNSENT)
		add(buf, "%u probes could not be sent (%s) and are not counted.", s->failed,
		    strerror(trace_error(slot->trace)));
	if (slot->mda && r->conf->kind == ASK_ECHO)
		add(buf, "Echo has no ports, by which many routers spread flows: -U may show more "
			 "branches.");
	if (slot->mda && mda_per_packet(slot->mda))
		add(buf, "Some routers spread the packets of one flow over several ways: branches "
			 "are not told apart for sure.");
	if (slot->mda && mda_cut(slot->mda))
		add(buf, "There may be more branches: the flows that could be tried ran out.");
}

void trace_word_meaning(const struct trace_run *r, const struct trace_slot *slot,
			const struct trace_sight *s, const struct fact_trace *f,
			char buf[static TRACE_MEANING_LEN])
{
	const struct icmp_entry *e = icmp_find(s->end_from.family, s->end_type, s->end_code);
	char addr[IP_TEXT_LEN];

	buf[0] = '\0';
	if (f->loop_ttl != FACT_NONE)
		add_loop(s, f, buf);
	else if (s->end == TRACE_SILENT && s->n > 0)
		add_silence(r->conf, s, buf);
	if (s->end == TRACE_UNREACHABLE && e)
		add(buf, "Hop %u (%s) says that packets go no further: %s.", s->end_hops,
		    ip_format(&s->end_from, addr), e->meaning);
	add_losses(s, buf);
	add_changes(r, slot, s, buf);
}

static const char *at_text(int64_t ttl, const struct ip_addr *a, char buf[static HOP_TEXT_LEN])
{
	char addr[IP_TEXT_LEN];

	if (a->family != 0)
		snprintf(buf, HOP_TEXT_LEN, "hop %lld (%s)", (long long)ttl, ip_format(a, addr));
	else
		snprintf(buf, HOP_TEXT_LEN, "hop %lld", (long long)ttl);
	return buf;
}

static void add_black_hole(const struct fact_path_mtu *f, char buf[static TRACE_MEANING_LEN])
{
	char last[HOP_TEXT_LEN], next[HOP_TEXT_LEN];

	add(buf, "Packets of more than %lld octets vanish and nobody says so: a black hole.",
	    (long long)f->mtu);
	if (f->last_ttl != FACT_NONE)
		add(buf, "The last that passed them is %s.",
		    at_text(f->last_ttl, &f->last_passed, last));
	if (f->next_ttl != FACT_NONE)
		add(buf, "%s behind it answers small ones only.",
		    at_text(f->next_ttl, &f->next, next));
	add(buf, "Connections hang once they send much; let \"too big\" messages (3/4, ICMPv6 type "
		 "2) through there, or clamp the MSS of TCP.");
}

void trace_word_mtu(const struct fact_path_mtu *f, const struct path_mtu_result *m, bool reached,
		    char buf[static TRACE_MEANING_LEN])
{
	char hop[HOP_TEXT_LEN];

	buf[0] = '\0';
	if (m->end == PATH_MTU_BLACK_HOLE) {
		add_black_hole(f, buf);
		return;
	}
	if (m->end == PATH_MTU_UNKNOWN || f->mtu == FACT_NONE) {
		add(buf,
		    "Nobody answers packets of any size, so that the path MTU cannot be told.");
		return;
	}
	if (m->end == PATH_MTU_GOING)
		add(buf, "It was stopped before the path MTU was known.");
	if (f->set_by.family != 0)
		add(buf, "Packets of %lld octets pass; %s sets that%s.", (long long)f->mtu,
		    at_text(f->set_ttl, &f->set_by, hop),
		    f->lied ? ", though what it said is not what passes" : " and says so");
	else
		add(buf, "Packets of %lld octets pass, %s.", (long long)f->mtu,
		    f->exact ? "as large as the first link takes" : "perhaps larger ones as well");
	if (!reached)
		add(buf, "The target does not answer: this is known as far as packets were seen.");
}
