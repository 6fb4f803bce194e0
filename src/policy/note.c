/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/note.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/ip.h"

#define NAMES_SHOWN 4
#define RULE_SHOWN  200 /* octets of a rule's text: sets of a thousand elements are cut */

static const char ellipsis[] = "…";

void note_init(struct note *n, const struct review_rule *rule, enum fact_severity severity,
	       unsigned family)
{
	n->finding = (struct fact_finding){
		.id = rule->id,
		.severity = (uint8_t)severity,
		.family = (uint8_t)family,
	};
	n->subject.p[0] = n->evidence.p[0] = n->why.p[0] = n->fix.p[0] = '\0';
	n->subject.len = n->evidence.len = n->why.len = n->fix.len = 0;
}

void note_tell(struct note *n, struct review *to)
{
	n->finding.subject = n->subject.p;
	n->finding.evidence = n->evidence.p;
	n->finding.why = n->why.p;
	n->finding.fix = n->fix.p;
	if (n->finding.severity == to->severity)
		to->tell(to->to, &n->finding);
}

/* The longest whole-character prefix of @p that leaves room for the ellipsis within @room. */
static size_t cut_at(const char *p, size_t len, size_t room)
{
	size_t at = MIN(len, room - sizeof(ellipsis));

	while (at > 0 && ((unsigned char)p[at] & 0xc0) == 0x80)
		at--;
	return at;
}

void note_put(struct note_text *t, const char *fmt, ...)
{
	va_list args;
	int n;

	if (t->len + 1 >= sizeof(t->p))
		return;
	va_start(args, fmt);
	n = vsnprintf(t->p + t->len, sizeof(t->p) - t->len, fmt, args);
	va_end(args);
	if (n < 0)
		return;
	if (t->len + (size_t)n < sizeof(t->p)) {
		t->len += (size_t)n;
		return;
	}
	memcpy(t->p + cut_at(t->p, sizeof(t->p) - 1, sizeof(t->p)), ellipsis, sizeof(ellipsis));
	t->len = sizeof(t->p) - 1; /* full: what follows is not appended */
}

static void put_cut(struct note_text *t, const char *text, size_t room)
{
	size_t len = strlen(text);

	if (len <= room)
		note_put(t, "%s", text);
	else
		note_put(t, "%.*s%s", (int)cut_at(text, len, room), text, ellipsis);
}

void note_put_rule(struct note_text *t, const struct fact_rule *r)
{
	if (!r) {
		note_put(t, "no rule that could be named");
		return;
	}
	if (r->position == FACT_NONE && r->handle == FACT_NONE)
		note_put(t, "the policy of");
	else if (r->position == FACT_NONE)
		note_put(t, "the rule with handle %" PRId64 " of", r->handle);
	else if (r->handle == FACT_NONE)
		note_put(t, "rule %" PRId64 " of", r->position);
	else
		note_put(t, "rule %" PRId64 " (handle %" PRId64 ") of", r->position, r->handle);
	note_put(t, " %s %s %s", r->family ? r->family : "?", r->table ? r->table : "?",
		 r->chain ? r->chain : "?");
	if (r->text) {
		note_put(t, " (\"");
		put_cut(t, r->text, RULE_SHOWN);
		note_put(t, "\")");
	}
}

static void put_from(struct note_text *t, uint8_t from, const struct ip_addr *source)
{
	char text[IP_TEXT_LEN];

	note_put(t, "from %s", fact_from_words[from]);
	if (source->family)
		note_put(t, " %s", ip_format(source, text));
}

static void put_at(struct note_text *t, const struct ip_addr *addr, const char *iface)
{
	char text[IP_TEXT_LEN];

	if (addr->family)
		note_put(t, " to %s", ip_format(addr, text));
	if (iface)
		note_put(t, " at %s", iface);
}

void note_put_packet(struct note_text *t, const struct fact_icmp_verdict *v)
{
	note_put(t, "%s (%s%" PRId64 "/%" PRId64 ") ", v->name ? v->name : "ICMP",
		 v->family == 6 ? "ICMPv6 " : "", v->icmp_type, v->code);
	if (v->context == FACT_RELATED)
		note_put(t, "about a real flow ");
	put_from(t, v->from, &v->source);
	put_at(t, &v->addr, v->iface);
}

static void put_answer(struct note_text *t, const struct fact_answer *a)
{
	char text[IP_TEXT_LEN];

	note_put(t, "%s", a->kind ? a->kind : "something");
	if (a->icmp_type != FACT_NONE && a->kind && strcmp(a->kind, "icmp") == 0)
		note_put(t, " %" PRId64 "/%" PRId64, a->icmp_type,
			 a->code == FACT_NONE ? 0 : a->code);
	if (a->from.family)
		note_put(t, " from %s", ip_format(&a->from, text));
}

void note_put_verdict(struct note_text *t, const struct fact_icmp_verdict *v)
{
	note_put_packet(t, v);
	note_put(t, " was %s", fact_icmp_outcome_words[v->verdict]);
	if (v->verdict == FACT_IGNORED && v->sysctl)
		note_put(t, " by %s", v->sysctl);
	else if (v->verdict == FACT_IGNORED && v->reason)
		note_put(t, " (%s)", v->reason);
	if (v->answer) {
		note_put(t, " with ");
		put_answer(t, v->answer);
	}
	if (v->rule) {
		note_put(t, v->verdict == FACT_DROPPED || v->verdict == FACT_REFUSED
				    ? " by "
				    : "; let in by ");
		note_put_rule(t, v->rule);
	}
}

void note_put_service(struct note_text *t, const struct fact_exposure *e)
{
	const char *who = e->program ? e->program : e->service;

	note_put(t, "%s/%" PRId64, fact_proto_words[e->proto], e->port);
	if (who)
		note_put(t, " (%s)", who);
}

void note_put_exposure(struct note_text *t, const struct fact_exposure *e)
{
	note_put(t, "seen ");
	put_from(t, e->from, &e->source);
	put_at(t, &e->addr, e->iface);
	note_put(t, ": %s",
		 e->state == FACT_FILTERED    ? "silence"
		 : e->state == FACT_FORWARDED ? "handed on to another host"
					      : fact_port_state_words[e->state]);
	if (e->answer) {
		note_put(t, " with ");
		put_answer(t, e->answer);
	}
	if (e->rule) {
		note_put(t, " by ");
		note_put_rule(t, e->rule);
	}
}

void note_name(struct note_names *names, const char *name)
{
	if (!name)
		return;
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->name[i], name) == 0)
			return;
	if (names->n == NOTE_NAMES)
		names->more = true;
	else
		names->name[names->n++] = name;
}

void note_put_names(struct note_text *t, const struct note_names *names)
{
	size_t shown = names->n == NAMES_SHOWN + 1 ? names->n : MIN(names->n, NAMES_SHOWN);

	for (size_t i = 0; i < shown; i++)
		note_put(t, "%s%s", i ? ", " : "", names->name[i]);
	if (shown < names->n)
		note_put(t, " and %zu%s more", names->n - shown, names->more ? " or" : "");
}
