/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/why_words.h"

#include <string.h>

#include "icmp/registry.h"
#include "out/why_rows.h"
#include "out/why_text.h"

enum why_state why_words_state(const struct fact_why *why, enum fact_proto proto)
{
	const struct fact_port *p = why_text_of(why, proto, NULL).port;

	if (!p)
		return WHY_NOT_ASKED;
	switch ((enum fact_verdict)p->state) {
	case FACT_VERDICT_OPEN:
		return WHY_OPEN;
	case FACT_VERDICT_CLOSED:
	case FACT_VERDICT_UNFILTERED:
		return WHY_CLOSED;
	case FACT_VERDICT_FILTERED:
		return p->reason.icmp_type != FACT_NONE ? WHY_REJECTED : WHY_SILENT;
	case FACT_VERDICT_OPEN_FILTERED:
		return WHY_SILENT;
	case FACT_VERDICT_UNREACHABLE:
		return WHY_NO_WAY;
	case FACT_VERDICT_UNRESOLVED:
		break;
	}
	return WHY_UNSURE;
}

/* Whether anything at all came from the host itself. */
static bool is_there(const struct fact_why *why)
{
	const struct fact_port *p = why->ports.item;

	for (size_t i = 0; i < why->ports.n; i++)
		if (p[i].reason.from.family != 0 && ip_eq(&p[i].reason.from, &why->addr))
			return true;
	/* Who gives a link address is there, however silent else. */
	return why->local ||
	       (why->host && (why->host->state == FACT_HOST_UP || why->host->mac != NULL));
}

/* A route or firewall of this host, or a neighbour that is none; and no message of anybody's. */
static bool is_unsent(const struct fact_why *why, enum fact_proto proto)
{
	return why_words_state(why, proto) == WHY_NO_WAY &&
	       why_text_of(why, proto, NULL).port->reason.icmp_type == FACT_NONE;
}

static const struct why_row *row_of(const struct fact_why *why, enum fact_proto proto)
{
	enum why_state state = why_words_state(why, proto);

	if (is_unsent(why, proto))
		return proto == FACT_TCP ? &why_rows_tcp_unsent : &why_rows_udp_unsent;

	if (state == WHY_SILENT && !is_there(why))
		return proto == FACT_TCP ? &why_rows_tcp_nobody : &why_rows_udp_nobody;
	return proto == FACT_TCP ? &why_rows_tcp[state] : &why_rows_udp[state];
}

static const enum fact_proto both[] = { FACT_TCP, FACT_UDP };

static void say_sent(const struct fact_why *why, struct why_words *w)
{
	struct why_say s = why_text_of(why, FACT_TCP, w);

	if (s.port)
		why_text_line(&s, "sent",
			      s.port->tries > 0
				      ? "TCP: a request to connect (SYN) to port $p of $h, $n."
				      : "TCP: a request to connect (SYN) to port $p of $h could "
					"not be sent.");
	s = why_text_of(why, FACT_UDP, w);
	if (s.port)
		why_text_line(
			&s, "sent",
			s.port->tries > 0
				? "UDP: a datagram to port $p of $h, with a question in the "
				  "language of its service where one is known, $n; and one to "
				  "a port that is closed most likely, to see whether refusals "
				  "come through."
				: "UDP: a datagram to port $p of $h could not be sent.");
	if (why->host)
		why_text_line(&s, "sent", "ICMP: an echo request (ping) to $h.");
}

static const struct fact_by *ping_of(const struct fact_host *host)
{
	const struct fact_by *by = host->by.item;

	for (size_t i = 0; i < host->by.n; i++)
		if (strcmp(by[i].probe, "echo") == 0)
			return &by[i];
	return NULL;
}

static void say_ping(const struct why_say *s)
{
	const struct fact_by *by = ping_of(s->why->host);
	struct why_words *w = s->to;
	char who[IP_TEXT_LEN], what[ICMP_TEXT_LEN];
	size_t from = w->used;

	w->text[from] = '\0';
	if (s->why->host->error) {
		why_text_put(w, "ICMP: the ping could not be sent: ");
		why_text_put(w, s->why->host->error);
		why_text_put(w, ".");
	} else if (!by) {
		why_text_put(w, "ICMP: no answer to the ping.");
	} else {
		why_text_put(w, "ICMP: ");
		why_text_put(w, ip_format(&by->from, who));
		if (strcmp(by->reply, "icmp") == 0) {
			why_text_put(w, " answered the ping with the message ");
			why_text_put(w, icmp_text(s->why->addr.family, (uint8_t)by->icmp_type,
						  (int)by->code, what));
		} else {
			why_text_put(w, " answered the ping");
		}
		if (by->rtt_us != FACT_NONE)
			why_text_time(w, by->rtt_us);
		why_text_put(w, ".");
	}
	why_text_end(w, "answer", from);
}

static void say_heard(const struct fact_why *why, struct why_words *w)
{
	struct why_say s = { why, NULL, w };

	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		s = why_text_of(why, both[i], w);
		if (!s.port)
			continue;
		if (is_unsent(why, both[i]))
			why_text_line(&s, "answer",
				      both[i] == FACT_TCP ? "TCP: no packet came there: $i."
							  : "UDP: no packet came there: $i.");
		else
			why_text_line(&s, "answer", row_of(why, both[i])->heard);
	}
	if (why->host)
		say_ping(&s);
	if (why->host && why->host->mac) {
		size_t from = w->used;

		w->text[from] = '\0';
		why_text_put(w, "On the link: it has the link address ");
		why_text_put(w, why->host->mac);
		why_text_put(w, why->host->vendor ? ", of an interface made by " : "");
		why_text_put(w, why->host->vendor ? why->host->vendor : "");
		why_text_put(w, ": so something is there.");
		why_text_end(w, "answer", from);
	}
}

static void say_offender(const struct why_say *s)
{
	const struct ip_addr *from = &s->port->reason.from;

	if (from->family != 0 && !ip_eq(from, &s->why->addr))
		why_text_line(s, "meaning",
			      "It is not $h that says so but $o: a router or firewall on the way.");
}

static const char doubt_tcp[] = "What is said of TCP port $p is not certain: what was sent, or the "
				"answer, may have been lost or made by somebody else.";
static const char doubt_udp[] = "What is said of UDP port $p is not certain: what was sent, or the "
				"answer, may have been lost or made by somebody else.";

/* Silence on a port that a program of this host has bound has one reading less. */
static bool is_held(const struct fact_why *why, enum fact_proto proto)
{
	const struct fact_socket *k = why->sockets.item;

	for (size_t i = 0; why->local && i < why->sockets.n; i++)
		if (k[i].proto == proto)
			return true;
	return false;
}

static void say_meaning(const struct fact_why *why, struct why_words *w)
{
	const struct why_pair *pair =
		why_rows_pair(why_words_state(why, FACT_TCP), why_words_state(why, FACT_UDP));
	struct why_say s = { why, NULL, w };

	if (pair && is_there(why))
		why_text_line(&s, "meaning", pair->meaning);
	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		s = why_text_of(why, both[i], w);
		if (!s.port)
			continue;
		why_text_line(&s, "meaning", row_of(why, both[i])->meaning);
		say_offender(&s);
		if (both[i] == FACT_UDP && why_words_state(why, FACT_UDP) == WHY_SILENT &&
		    is_held(why, FACT_UDP))
			why_text_line(&s, "meaning",
				      "Here a program has bound UDP port $p: it keeps quiet about "
				      "what it does not understand.");
		if (s.port->confidence == FACT_DOUBTFUL)
			why_text_line(&s, "meaning", both[i] == FACT_TCP ? doubt_tcp : doubt_udp);
	}
	if (why->host && !ping_of(why->host) && !why->host->error && is_there(why))
		why_text_line(
			&s, "meaning",
			"That the ping was not answered says nothing about the port: many firewalls "
			"drop pings.");
	if (why->host && why->host->middlebox)
		why_text_line(
			&s, "meaning",
			"Something on the way seems to answer in place of $h, for any port. What is "
			"said here is then that machine's word, not the host's.");
}

static void say_risk(const struct fact_why *why, struct why_words *w)
{
	struct why_say s;

	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		s = why_text_of(why, both[i], w);
		if (s.port)
			why_text_line(&s, "risk", row_of(why, both[i])->risk);
	}
	if (why_words_state(why, FACT_UDP) == WHY_OPEN)
		why_text_line(&s, "risk", why_rows_abuse(why->port));
}

static void say_advice(const struct fact_why *why, struct why_words *w)
{
	const struct why_pair *pair =
		why_rows_pair(why_words_state(why, FACT_TCP), why_words_state(why, FACT_UDP));
	struct why_say s = { why, NULL, w };

	if (pair && pair->advice && is_there(why) == (pair->tcp != WHY_NO_WAY) &&
	    !is_unsent(why, FACT_TCP)) {
		why_text_line(&s, "advice", pair->advice);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		s = why_text_of(why, both[i], w);
		if (s.port)
			why_text_line(&s, "advice", row_of(why, both[i])->advice);
	}
}

/* Others' view, where it is not ours: all of them find @proto otherwise. NULL: it is, or is not known. */
static const char *others(const struct fact_why *why, enum fact_proto proto)
{
	const struct fact_exposure *e = why->exposures.item;
	const char *found = NULL;

	for (size_t i = 0; i < why->exposures.n; i++) {
		if (e[i].proto != proto)
			continue;
		if (e[i].state == FACT_OPEN)
			return NULL;
		found = why_local_found(e[i].state);
	}
	return why_words_state(why, proto) == WHY_OPEN ? found : NULL;
}

static void say_answer(const struct fact_why *why, struct why_words *w)
{
	size_t from = w->used;

	w->text[from] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		struct why_say s = why_text_of(why, both[i], w);
		const char *other = others(why, both[i]);

		if (!s.port)
			continue;
		why_text_put(w, w->used > from ? "; " : "");
		why_text_expand(&s, row_of(why, both[i])->answer);
		if (other) {
			why_text_put(w, " for this host itself, but others find it ");
			why_text_put(w, other);
		}
	}
	why_text_put(w, ".");
	if (w->text[from] >= 'a' && w->text[from] <= 'z')
		w->text[from] = (char)(w->text[from] - 'a' + 'A');
	w->answer = w->text + from;
	w->used++;
}

void why_words_make(const struct why_about *about, struct why_words *ret)
{
	ret->line_n = ret->used = 0;
	say_answer(about->why, ret);
	say_sent(about->why, ret);
	say_heard(about->why, ret);
	why_local_say(about, ret);
	say_meaning(about->why, ret);
	why_local_rules(about, ret);
	say_risk(about->why, ret);
	say_advice(about->why, ret);
}
