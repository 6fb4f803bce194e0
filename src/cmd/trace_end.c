/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/trace_end.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "cmd/survey_show.h"
#include "probe/ask.h"

#define NOTE_LEN 1024

const char *trace_end_ms(int64_t ns, char buf[static TRACE_END_CELL])
{
	double ms = (double)ns / (double)NS_PER_MS;

	if (ns == FACT_NONE)
		return "-";
	snprintf(buf, TRACE_END_CELL, "%.*f", ms >= 99.95 ? 0 : ms >= 9.995 ? 1 : 2, ms);
	return buf;
}

const char *trace_end_percent(int64_t milli, char buf[static TRACE_END_CELL])
{
	if (milli == FACT_NONE)
		return "-";
	snprintf(buf, TRACE_END_CELL, "%.*f%%", milli % 1000 == 0 || milli >= 99950 ? 0 : 1,
		 (double)milli / 1000);
	return buf;
}

/* What the target's answer says of it. */
static void say_answer(const struct flow_trace_conf *c, const struct fact_trace *f, char *buf,
		       size_t len)
{
	const char *by = f->by ? f->by : "";

	if (strcmp(by, "echo-reply") == 0)
		snprintf(buf, len, "it answers the echo request");
	else if (strcmp(by, "syn-ack") == 0)
		snprintf(buf, len, "TCP port %u is open (SYN-ACK)", c->port);
	else if (strcmp(by, "rst") == 0)
		snprintf(buf, len, "TCP port %u is closed (reset)", c->port);
	else if (strcmp(by, "udp") == 0)
		snprintf(buf, len, "UDP port %u answers", c->port);
	else if (c->kind == ASK_UDP && strncmp(by, f->addr.family == 6 ? "1/4 " : "3/3 ", 4) == 0)
		snprintf(buf, len, "UDP port %u is closed (%s)", c->port, by);
	else
		snprintf(buf, len, "it answers %s", *by ? by : "something");
}

static void put_reached(const struct text_out *t, const struct flow_trace_conf *c,
			const struct fact_trace *f)
{
	char answer[160], text[NOTE_LEN], loss[TRACE_END_CELL];
	size_t n;

	say_answer(c, f, answer, sizeof(answer));
	n = (size_t)snprintf(text, sizeof(text), "in %lld hop%s: %s.", (long long)f->hops,
			     f->hops == 1 ? "" : "s", answer);
	if (f->loss_pct != FACT_NONE)
		snprintf(text + n, sizeof(text) - n, " Lost on the whole way: %s.",
			 f->loss_pct == 0 ? "nothing" : trace_end_percent(f->loss_pct, loss));
	text_wrap(t, 0, "Reached ", text);
	if (f->meaning)
		text_wrap(t, 0, "", f->meaning);
}

/* Why the target was not reached; what stands out says it better where there is something. */
void trace_end_put(const struct text_out *t, const struct flow_trace_conf *conf,
		   const struct fact_trace *f)
{
	const char *said = f->meaning ? f->meaning : "";
	char text[NOTE_LEN + 512];

	switch ((enum fact_trace_state)f->state) {
	case FACT_TRACE_REACHED:
		put_reached(t, conf, f);
		return;
	case FACT_TRACE_UNREACHABLE:
		snprintf(text, sizeof(text), "%s.%s%s", f->by ? f->by : "an ICMP error",
			 *said ? " " : "", said);
		break;
	case FACT_TRACE_SILENT:
		if (f->meaning)
			snprintf(text, sizeof(text), "%s", f->meaning);
		else if (f->hops == FACT_NONE || f->hops == 0)
			snprintf(text, sizeof(text), "Nobody on the way answers.");
		else
			snprintf(text, sizeof(text), "Nobody answers beyond hop %lld.",
				 (long long)f->hops);
		break;
	case FACT_TRACE_UNSENT:
		snprintf(text, sizeof(text), "nothing could be sent%s%s.", f->error ? ": " : "",
			 f->error ? f->error : "");
		break;
	}
	text_wrap(t, 0, f->state == FACT_TRACE_SILENT ? "Not reached. " : "Not reached: ", text);
}

void trace_end_titles(const struct text_out *t, unsigned width)
{
	char line[160];

	snprintf(line, sizeof(line), "%-*s  HOPS    LOSS   RTT ms  END", (int)width, "TARGET");
	text_put(t, TEXT_BOLD, line);
	out_char(t->to, '\n');
}

/* The last who answered; NULL: nobody did. */
static const struct fact_hop *last_hop(const struct trace_keep *k)
{
	for (size_t i = k->hop_n; i > 0; i--)
		if (k->hop[i - 1].addr.family != 0)
			return &k->hop[i - 1];
	return NULL;
}

/* How it ended, in a few words; what is not as it should be behind them. */
static void say_end(const struct trace_keep *k, const struct fact_trace *f, char *buf, size_t len)
{
	const struct fact_hop *last = last_hop(k);
	char addr[IP_TEXT_LEN];

	if (f->state == FACT_TRACE_REACHED)
		snprintf(buf, len, "reached");
	else if (f->loop_ttl != FACT_NONE)
		snprintf(buf, len, "routing loop from hop %lld on", (long long)f->loop_ttl);
	else if (f->state == FACT_TRACE_UNREACHABLE)
		snprintf(buf, len, "%s, says %s", f->by ? f->by : "an ICMP error",
			 survey_show_addr(&f->from, addr));
	else if (f->state == FACT_TRACE_UNSENT)
		snprintf(buf, len, "not sent: %s", f->error ? f->error : "");
	else if (last)
		snprintf(buf, len, "silent behind %s", survey_show_addr(&last->addr, addr));
	else
		snprintf(buf, len, "nobody answers");
}

static void say_more(const struct trace_keep *k, const struct fact_trace *f, char *buf, size_t len)
{
	size_t n = strlen(buf);

	for (size_t i = 0; i < k->hop_n; i++) {
		if (k->hop[i].verdict != FACT_HOP_LOSES)
			continue;
		n += (size_t)snprintf(buf + n, len - n, "; hop %lld loses packets",
				      (long long)k->hop[i].ttl);
		break;
	}
	if (f->branches > 1)
		n += (size_t)snprintf(buf + n, len - n, "; %lld branches", (long long)f->branches);
	if (k->has_mtu && k->mtu.black_hole)
		snprintf(buf + n, len - n, "; black hole above %lld octets", (long long)k->mtu.mtu);
	else if (f->mtu != FACT_NONE)
		snprintf(buf + n, len - n, "; MTU %lld", (long long)f->mtu);
}

void trace_end_line(const struct text_out *t, unsigned width, const struct trace_keep *k,
		    const struct fact_trace *f)
{
	bool reached = f->state == FACT_TRACE_REACHED;
	const struct fact_hop *last = reached ? last_hop(k) : NULL;
	char end[320], loss[TRACE_END_CELL], ms[TRACE_END_CELL], hops[TRACE_END_CELL] = "-";
	size_t wide = utf8_width(f->target);
	int64_t rtt = !last                           ? FACT_NONE
		      : last->rtt_us.p50 != FACT_NONE ? last->rtt_us.p50
						      : last->rtt_us.min;

	say_end(k, f, end, sizeof(end));
	say_more(k, f, end, sizeof(end));
	if (f->hops != FACT_NONE)
		snprintf(hops, sizeof(hops), "%lld", (long long)f->hops);
	text_put(t, TEXT_PLAIN, f->target);
	out_printf(t->to, "%*s  %4s  %6s  %7s  ", (int)(wide < width ? width - wide : 0), "", hops,
		   reached ? trace_end_percent(f->loss_pct, loss) : "-", trace_end_ms(rtt, ms));
	text_put(t, reached ? TEXT_GOOD : TEXT_BAD, end);
	out_char(t->to, '\n');
}
