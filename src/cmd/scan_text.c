/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/scan_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "cmd/survey_show.h"
#include "icmp/registry.h"

#define GROUPS_MAX 64 /* what goes beyond joins the last */
#define HIDDEN_LEN (GROUPS_MAX * (SCAN_TEXT_LEN + 64))

/* Ports that are alike in all that is told of them. */
struct group {
	uint8_t state, proto;
	char why[SCAN_TEXT_LEN];
	size_t n;
	bool hidden; /* told by their number alone */
};

struct split {
	struct group group[GROUPS_MAX];
	size_t group_n, shown;
	bool reasons; /* a shown port has something in the last column */

	/* The port asked about last: of 65,536 most are as the one before. */
	const struct fact_port *last;
	struct group *last_group;
};

static const char *kind_text(const char *kind)
{
	static const char *const words[][2] = {
		{ "udp", "answered" },
		{ "silence", "no answer" },
		{ "sentinel", "no answer, while other ports are refused" },
		{ "limiter", "no answer, and refusals are limited" },
		{ "no-route", "no route" },
	};

	for (size_t i = 0; kind && i < ARRAY_LEN(words); i++)
		if (strcmp(kind, words[i][0]) == 0)
			return words[i][1];
	return kind ? kind : "not told";
}

const char *scan_text_why(const struct fact_port *p, char buf[static SCAN_TEXT_LEN])
{
	const struct fact_reason *r = &p->reason;
	const struct icmp_entry *e = NULL;
	char from[IP_TEXT_LEN] = "";

	if (r->kind && strcmp(r->kind, "icmp") == 0 && r->icmp_type != FACT_NONE)
		e = icmp_find(p->addr.family, (uint8_t)r->icmp_type, (int)r->code);
	if (r->from.family != 0 && !ip_eq(&r->from, &p->addr))
		survey_show_addr(&r->from, from);
	if (r->text)
		snprintf(buf, SCAN_TEXT_LEN, "%s", r->text);
	else if (e)
		snprintf(buf, SCAN_TEXT_LEN, "%s%s%s", e->name, *from ? " from " : "", from);
	else
		snprintf(buf, SCAN_TEXT_LEN, "%s", kind_text(r->kind));
	/* What people look up, unless the text has it already. */
	if (e && !strchr(buf, '/')) {
		size_t len = strlen(buf);

		snprintf(buf + len, SCAN_TEXT_LEN - len, " (%lld/%lld)", (long long)r->icmp_type,
			 (long long)r->code);
	}
	return buf;
}

static bool may_be_open(unsigned state)
{
	return state == FACT_VERDICT_OPEN || state == FACT_VERDICT_OPEN_FILTERED ||
	       state == FACT_VERDICT_UNFILTERED || state == FACT_VERDICT_UNRESOLVED;
}

/* A port whose state somebody else than the port said, or nobody, is shown with who. */
static bool tells_why(const struct scan_text *s, const struct fact_port *p)
{
	return s->reason || p->confidence == FACT_DOUBTFUL ||
	       !(p->state == FACT_VERDICT_OPEN || p->state == FACT_VERDICT_CLOSED ||
		 p->state == FACT_VERDICT_UNFILTERED);
}

/* Texts of ports in a row are the same pointers (cmd/scan_keep.h); if not, that costs time only. */
static bool as_last(const struct fact_port *p, const struct fact_port *last)
{
	return last && p->state == last->state && p->proto == last->proto &&
	       p->reason.kind == last->reason.kind && p->reason.text == last->reason.text &&
	       p->reason.icmp_type == last->reason.icmp_type &&
	       p->reason.code == last->reason.code && ip_eq(&p->reason.from, &last->reason.from);
}

static struct group *group_find(struct split *sp, const struct fact_port *p)
{
	char why[SCAN_TEXT_LEN];
	size_t i = 0;

	scan_text_why(p, why);
	while (i < sp->group_n &&
	       (sp->group[i].state != p->state || sp->group[i].proto != p->proto ||
		strcmp(sp->group[i].why, why) != 0))
		i++;
	if (i == GROUPS_MAX)
		return &sp->group[GROUPS_MAX - 1];
	if (i == sp->group_n) {
		sp->group[i] = (struct group){ .state = p->state, .proto = p->proto };
		memcpy(sp->group[i].why, why, sizeof(why));
		sp->group_n++;
	}
	return &sp->group[i];
}

/* The group of @p, a new one where there is none. */
static struct group *group_of(struct split *sp, const struct fact_port *p)
{
	if (!as_last(p, sp->last)) {
		sp->last_group = group_find(sp, p);
		sp->last = p;
	}
	return sp->last_group;
}

static void split_ports(const struct scan_text *s, const struct fact_port *port, size_t n,
			struct split *sp)
{
	sp->group_n = sp->shown = 0;
	sp->reasons = false;
	sp->last = NULL;
	for (size_t i = 0; i < n; i++)
		group_of(sp, &port[i])->n++;
	for (size_t i = 0; i < sp->group_n; i++) {
		struct group *g = &sp->group[i];

		g->hidden = (s->open && !may_be_open(g->state)) ||
			    (!s->verbose && g->state != FACT_VERDICT_OPEN && g->n > SCAN_TEXT_MANY);
		sp->shown += g->hidden ? 0 : g->n;
	}
	for (size_t i = 0; i < n && !sp->reasons; i++)
		sp->reasons = tells_why(s, &port[i]) && !group_of(sp, &port[i])->hidden;
}

static enum text_style style_of(const struct fact_port *p)
{
	switch ((enum fact_verdict)p->state) {
	case FACT_VERDICT_OPEN:
	case FACT_VERDICT_UNFILTERED:
		return TEXT_GOOD;
	case FACT_VERDICT_CLOSED:
		return TEXT_DIM;
	case FACT_VERDICT_FILTERED:
	case FACT_VERDICT_OPEN_FILTERED:
	case FACT_VERDICT_UNRESOLVED:
	case FACT_VERDICT_UNREACHABLE:
		return TEXT_WARN;
	}
	return TEXT_PLAIN;
}

static const char *port_text(const struct fact_port *p, char buf[static 16])
{
	snprintf(buf, 16, "%d/%s", (int)(uint16_t)p->port, fact_proto_words[p->proto]);
	return buf;
}

static const char *service(const struct fact_port *p)
{
	return p->service ? p->service : "-";
}

static void add(char *text, size_t room, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void add(char *text, size_t room, const char *fmt, ...)
{
	size_t len = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + len, room - len, fmt, ap);
	va_end(ap);
}

static void put_why(const struct scan_text *s, const struct fact_port *p, unsigned at)
{
	char buf[SURVEY_SHOW_TIME_LEN], text[SCAN_TEXT_LEN + 160];

	scan_text_why(p, text);
	if (p->confidence == FACT_DOUBTFUL)
		add(text, sizeof(text), ", doubtful");
	if (s->reason && p->confidence == FACT_LIKELY)
		add(text, sizeof(text), ", likely");
	if (s->reason && p->spoke && p->service)
		add(text, sizeof(text), ", speaks %s", p->service);
	if (s->reason && p->reason.ttl != FACT_NONE)
		add(text, sizeof(text), ", ttl %lld", (long long)p->reason.ttl);
	if (s->reason && p->reason.rtt_us != FACT_NONE && p->reason.rtt_us >= 0)
		add(text, sizeof(text), ", %s", survey_show_time((uint64_t)p->reason.rtt_us, buf));
	if (s->reason && p->tries > 1)
		add(text, sizeof(text), ", %lld tries", (long long)p->tries);
	survey_show_words(s->t, text, at, at);
}

static void put_row(const struct scan_text *s, const struct fact_port *p, const int wide[3])
{
	struct out_sink *to = s->t->to;
	const char *state = fact_verdict_words[p->state];
	bool why = tells_why(s, p);
	char buf[16];

	out_printf(to, "%-*s  ", wide[0], port_text(p, buf));
	text_put(s->t, style_of(p), state);
	out_printf(to, "%*s  ", wide[1] - (int)strlen(state), "");
	text_put(s->t, TEXT_PLAIN, service(p));
	if (why) {
		out_printf(to, "%*s  ", wide[2] - (int)strlen(service(p)), "");
		put_why(s, p, (unsigned)(wide[0] + wide[1] + wide[2] + 6));
	}
	out_char(to, '\n');
}

static void put_table(const struct scan_text *s, struct split *sp, const struct fact_port *port,
		      size_t n)
{
	int wide[3] = { 4, 5, 7 };
	char buf[16], head[128];

	for (size_t i = 0; i < n; i++) {
		if (group_of(sp, &port[i])->hidden)
			continue;
		wide[0] = MAX(wide[0], (int)strlen(port_text(&port[i], buf)));
		wide[1] = MAX(wide[1], (int)strlen(fact_verdict_words[port[i].state]));
		wide[2] = MAX(wide[2], (int)strlen(service(&port[i])));
	}
	snprintf(head, sizeof(head), "%-*s  %-*s  %-*s%s", wide[0], "PORT", wide[1], "STATE",
		 sp->reasons ? wide[2] : 0, "SERVICE", sp->reasons ? "  REASON" : "");
	text_put(s->t, TEXT_BOLD, head);
	out_char(s->t->to, '\n');
	for (size_t i = 0; i < n; i++)
		if (!group_of(sp, &port[i])->hidden)
			put_row(s, &port[i], wide);
}

static void put_hidden(const struct scan_text *s, const struct split *sp)
{
	char text[HIDDEN_LEN] = "";
	size_t len = 0;

	for (size_t i = 0; i < sp->group_n && len < sizeof(text); i++) {
		const struct group *g = &sp->group[i];

		if (g->hidden)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%zu %s %s: %s",
						len ? "; " : "", g->n, fact_verdict_words[g->state],
						fact_proto_words[g->proto], g->why);
	}
	if (len > 0)
		text_wrap(s->t, 11, "Not shown:", text);
}

static void put_head(const struct scan_text *s, const struct fact_host *h)
{
	struct out_sink *to = s->t->to;
	char addr[IP_TEXT_LEN];
	size_t at;

	out_text(to, "Host ");
	survey_show_host(s->t, h);
	if (h->state != FACT_HOST_UP) {
		out_text(to, " is ");
		survey_show_evidence(s->t, h, 0, 5);
		out_char(to, '\n');
		return;
	}
	out_text(to, h->by.n > 0 ? " is up: " : " is taken to be up (-Pn)");
	survey_show_addr(&h->addr, addr);
	at = strlen("Host  is up: ") + strlen(addr) + (h->name ? utf8_width(h->name) + 3 : 0);
	survey_show_answers(s->t, h, at, 5);
	out_char(to, '\n');
	if (h->mac) {
		out_printf(to, "MAC %s", h->mac);
		if (h->vendor) {
			out_text(to, " (");
			text_put(s->t, TEXT_PLAIN, h->vendor);
			out_char(to, ')');
		}
		out_char(to, '\n');
	}
	if (h->middlebox) {
		text_put(s->t, TEXT_WARN, "Doubtful: ");
		text_put(s->t, TEXT_PLAIN, h->middlebox);
		out_char(to, '\n');
	}
}

void scan_text_host(const struct scan_text *s, const struct fact_host *h,
		    const struct fact_port *port, size_t n)
{
	struct split sp;

	split_ports(s, port, n, &sp);
	if (s->open && sp.shown == 0)
		return;
	put_head(s, h);
	if (sp.shown > 0)
		put_table(s, &sp, port, n);
	put_hidden(s, &sp);
	if (h->state == FACT_HOST_UP)
		out_char(s->t->to, '\n');
}
