/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/verdict.h"

#include <errno.h>
#include <stdio.h>

#define UNREACH4 3 /* destination unreachable of either family */
#define UNREACH6 1

enum verdict_error verdict_of_error(int family, uint8_t type, uint8_t code)
{
	if (family == 4 && type == UNREACH4) {
		if (code == 2 || code == 3)
			return VERDICT_PORT;
		if (code == 9 || code == 10 || code == 13)
			return VERDICT_PROHIBITED;
	}
	if (family == 6 && type == UNREACH6) {
		if (code == 4)
			return VERDICT_PORT;
		if (code == 1 || code == 5 || code == 6)
			return VERDICT_PROHIBITED;
	}
	return VERDICT_NO_WAY;
}

bool verdict_is_there(const struct probe_cell *cell)
{
	if (cell->state != CELL_ANSWERED)
		return false;
	return cell->kind != REPLY_ERROR || cell->from == 0;
}

/* What was learnt from all cells of a host. */
struct host_sum {
	bool up, silent, asked, open;
	uint16_t prohibited, no_way;     /* offenders */
	bool has_prohibited, has_no_way; /* their index may be that of "others" */
	int error;                       /* the first errno */
};

static void add_error(struct host_sum *s, const struct probe_cell *c, int family)
{
	switch (verdict_of_error(family, c->type, c->code)) {
	case VERDICT_PROHIBITED:
	case VERDICT_PORT: /* another's "no such port" about this target is a filter's word */
		if (!s->has_prohibited)
			s->prohibited = c->from;
		s->has_prohibited = true;
		break;
	case VERDICT_NO_WAY:
		if (!s->has_no_way)
			s->no_way = c->from;
		s->has_no_way = true;
		break;
	}
}

static void add_cell(struct host_sum *s, const struct probe_cell *c, int family)
{
	switch ((enum cell_state)c->state) {
	case CELL_OPEN_QUESTION:
		s->open = true;
		break;
	case CELL_ANSWERED:
		if (verdict_is_there(c))
			s->up = true;
		else
			add_error(s, c, family);
		break;
	case CELL_SILENT:
	case CELL_CERTIFIED:
	case CELL_LIMITED:
		s->silent = true;
		break;
	case CELL_UNSENT:
		if (c->code == EPROTONOSUPPORT)
			return;
		if (s->error == 0)
			s->error = c->code;
		break;
	}
	s->asked = true;
}

/* Nobody said anything: what kept this host from asking? */
static struct verdict_host of_errno(int error, bool on_link)
{
	switch (error) {
	case EHOSTUNREACH:
		if (on_link)
			return (struct verdict_host){ .state = FACT_HOST_DOWN };
		return (struct verdict_host){ .state = FACT_HOST_UNREACHABLE, .error = error };
	case ENETUNREACH:
	case EACCES:
	case EINVAL:
		return (struct verdict_host){ .state = FACT_HOST_UNREACHABLE, .error = error };
	default:
		return (struct verdict_host){ .state = FACT_HOST_UNKNOWN, .error = error };
	}
}

struct verdict_host verdict_host(const struct probe_cell *cell, size_t n, int family, bool on_link)
{
	struct host_sum s = { .up = false };

	for (size_t i = 0; i < n; i++)
		add_cell(&s, &cell[i], family);
	if (s.up)
		return (struct verdict_host){ .state = FACT_HOST_UP };
	if (s.has_prohibited)
		return (struct verdict_host){ .state = FACT_HOST_PROHIBITED, .who = s.prohibited };
	if (s.has_no_way)
		return (struct verdict_host){ .state = FACT_HOST_UNREACHABLE, .who = s.no_way };
	/* What this host may not send leaves it to the other asks to tell. */
	if (s.error != 0 && !(s.silent && (s.error == EPERM || s.error == EACCES)))
		return s.silent ? (struct verdict_host){ FACT_HOST_UNKNOWN, 0, s.error }
				: of_errno(s.error, on_link);
	if (s.open || !s.asked)
		return (struct verdict_host){ .state = FACT_HOST_UNKNOWN };
	return (struct verdict_host){ .state = FACT_HOST_DOWN };
}

static struct verdict_port by_reply(const struct probe_cell *c, const struct verdict_about *a)
{
	uint8_t sure = a->middlebox ? FACT_DOUBTFUL : FACT_CERTAIN;

	if (c->kind == REPLY_RST) {
		uint8_t state =
			a->kind == ASK_TCP_ACK ? FACT_VERDICT_UNFILTERED : FACT_VERDICT_CLOSED;

		return (struct verdict_port){ state, sure, a->by_sockets ? "refused" : "rst",
					      false };
	}
	if (a->kind == ASK_UDP)
		return (struct verdict_port){ FACT_VERDICT_OPEN, sure, "udp", false };
	return (struct verdict_port){ FACT_VERDICT_OPEN, sure,
				      a->by_sockets ? "connected" : "syn-ack", false };
}

/*
 * The target's own "no such port" is what UDP says of a closed one. Every other error of its own
 * comes from its firewall, whatever code that was told to give.
 */
static struct verdict_port by_error(const struct probe_cell *c, const struct verdict_about *a)
{
	enum verdict_error e = verdict_of_error(a->family, c->type, c->code);
	uint8_t sure = c->from == 0 ? FACT_CERTAIN : FACT_LIKELY;
	struct verdict_port v = { FACT_VERDICT_FILTERED, sure, "icmp", true };

	if (e == VERDICT_PORT && c->from == 0 && a->kind == ASK_UDP)
		v.state = FACT_VERDICT_CLOSED;
	else if (e == VERDICT_NO_WAY && c->from != 0)
		v.state = FACT_VERDICT_UNREACHABLE;
	if (a->middlebox)
		v.confidence = FACT_DOUBTFUL;
	return v;
}

static struct verdict_port by_silence(const struct verdict_about *a)
{
	if (a->kind == ASK_UDP)
		return (struct verdict_port){ FACT_VERDICT_OPEN_FILTERED, FACT_DOUBTFUL, "silence",
					      false };
	/* Who refuses some ports aloud, and has a limit on that, may refuse this one as well. */
	return (struct verdict_port){ FACT_VERDICT_FILTERED,
				      a->answers && !a->middlebox && !a->refuses ? FACT_LIKELY
										 : FACT_DOUBTFUL,
				      "silence", false };
}

/* Refusals that came are proof; rests that would have filled any bucket are some, where somebody is. */
static struct verdict_port by_certificate(const struct verdict_about *a)
{
	return (struct verdict_port){ FACT_VERDICT_OPEN_FILTERED,
				      a->answers && !a->middlebox ? FACT_LIKELY : FACT_DOUBTFUL,
				      a->refuses ? "sentinel" : "silence", false };
}

static struct verdict_port by_errno(int error)
{
	switch (error) {
	case EHOSTUNREACH:
	case ENETUNREACH:
	case EACCES:
	case EINVAL:
		return (struct verdict_port){ FACT_VERDICT_UNREACHABLE, FACT_CERTAIN, "no-route",
					      false };
	default:
		return (struct verdict_port){ FACT_VERDICT_UNRESOLVED, FACT_DOUBTFUL, "no-route",
					      false };
	}
}

struct verdict_port verdict_port(const struct probe_cell *c, const struct verdict_about *a)
{
	switch ((enum cell_state)c->state) {
	case CELL_ANSWERED:
		return c->kind == REPLY_ERROR ? by_error(c, a) : by_reply(c, a);
	case CELL_SILENT:
		return by_silence(a);
	case CELL_CERTIFIED:
		return by_certificate(a);
	case CELL_LIMITED:
		return (struct verdict_port){ FACT_VERDICT_UNRESOLVED, FACT_DOUBTFUL, "limiter",
					      false };
	case CELL_UNSENT:
		return by_errno(c->code);
	case CELL_OPEN_QUESTION:
		break;
	}
	return (struct verdict_port){ FACT_VERDICT_UNRESOLVED, FACT_DOUBTFUL, "silence", false };
}

static const char *error_text(const struct probe_cell *c, const struct verdict_about *a)
{
	switch (verdict_of_error(a->family, c->type, c->code)) {
	case VERDICT_PROHIBITED:
		return "prohibited by";
	case VERDICT_PORT:
		if (c->from == 0 && a->kind == ASK_UDP)
			return "no such port, says";
		return "rejected by";
	case VERDICT_NO_WAY:
		return c->from == 0 ? "rejected by" : "no way to it, says";
	}
	return "";
}

const char *verdict_errno(int error)
{
	switch (error) {
	case EHOSTUNREACH:
		return "nobody on the way there answers for it, or a route of this host says that "
		       "it is unreachable";
	case ENETUNREACH:
		return "this host has no route to it";
	case EACCES:
		return "a route or the firewall of this host prohibits it";
	case EINVAL:
		return "this host has a blackhole route to it";
	case EPERM:
		return "this host's own firewall does not let the probe out";
	case ENETDOWN:
		return "the interface went down";
	case EPROTONOSUPPORT:
		return "this kind of probe does not apply";
	default:
		return NULL;
	}
}

static const char *reply_text(const struct probe_cell *c, const struct verdict_about *a)
{
	if (a->middlebox)
		return "an answer, but something seems to answer for everything";
	if (a->kind == ASK_UDP)
		return c->kind == REPLY_RST ? "a reset" : "it answered";
	if (c->kind == REPLY_RST)
		return a->by_sockets ? "connection refused" : "a reset";
	return a->by_sockets ? "connected" : "SYN-ACK";
}

static const char *silence_text(const struct probe_cell *c, const struct verdict_about *a)
{
	if (!a->answers)
		return "silence, and nothing else came from it either";
	if (c->state == CELL_CERTIFIED)
		return a->refuses
			       ? "silence while refusals were coming through: not closed"
			       : "silence, after rests that a limit on refusals would not outlast";
	return a->refuses ? "silence; it refuses others by ICMP, and a limit may hide that here"
			  : "silence";
}

const char *verdict_text(const struct probe_cell *c, const struct verdict_about *a,
			 const struct ip_addr *from, char buf[static VERDICT_TEXT_LEN])
{
	char who[IP_TEXT_LEN];
	const char *text = "not decided in the time there was";

	switch ((enum cell_state)c->state) {
	case CELL_ANSWERED:
		if (c->kind == REPLY_ERROR) {
			snprintf(buf, VERDICT_TEXT_LEN, "%s %s", error_text(c, a),
				 from->family ? ip_format(from, who) : "an unnamed host");
			return buf;
		}
		text = reply_text(c, a);
		break;
	case CELL_SILENT:
	case CELL_CERTIFIED:
		text = silence_text(c, a);
		break;
	case CELL_LIMITED:
		text = "silence that the target's limit on ICMP errors may explain";
		break;
	case CELL_UNSENT:
		text = verdict_errno(c->code);
		if (!text)
			text = "this host could not send the probe";
		break;
	case CELL_OPEN_QUESTION:
		break;
	}
	snprintf(buf, VERDICT_TEXT_LEN, "%s", text);
	return buf;
}
