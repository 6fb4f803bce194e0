/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/why_text.h"

#include <stdio.h>
#include <string.h>

#include "icmp/registry.h"

static const struct fact_port *port_of(const struct fact_why *why, enum fact_proto proto)
{
	const struct fact_port *p = why->ports.item;

	for (size_t i = 0; i < why->ports.n; i++)
		if (p[i].proto == proto)
			return &p[i];
	return NULL;
}

struct why_say why_text_of(const struct fact_why *why, enum fact_proto proto, struct why_words *w)
{
	return (struct why_say){ why, port_of(why, proto), w };
}

void why_text_put(struct why_words *w, const char *text)
{
	size_t len = strlen(text), room = sizeof(w->text) - 1 - w->used;

	len = MIN(len, room);
	memcpy(w->text + w->used, text, len);
	w->used += len;
	w->text[w->used] = '\0';
}

/* "0.41 ms", "12 ms", "1.3 s". */
void why_text_time(struct why_words *w, int64_t ns)
{
	char text[48];
	double ms = (double)ns / 1e6;

	if (ms >= 1000)
		snprintf(text, sizeof(text), ", after %.1f s", ms / 1000);
	else
		snprintf(text, sizeof(text), ms < 10 ? ", after %.2f ms" : ", after %.0f ms", ms);
	why_text_put(w, text);
}

static void put_who(const struct why_say *s)
{
	const struct ip_addr *from = s->port ? &s->port->reason.from : &s->why->addr;
	char text[IP_TEXT_LEN];

	if (from->family == 0 || ip_eq(from, &s->why->addr))
		from = &s->why->addr;
	if (from == &s->why->addr && from->zone != 0 && s->why->name)
		why_text_put(s->to, s->why->name);
	else
		why_text_put(s->to, ip_format(from, text));
}

static void put_message(const struct why_say *s)
{
	const struct fact_reason *r = &s->port->reason;
	char text[ICMP_TEXT_LEN];

	if (r->icmp_type == FACT_NONE)
		why_text_put(s->to, r->text ? r->text : "nothing");
	else
		why_text_put(s->to, icmp_text(s->why->addr.family, (uint8_t)r->icmp_type,
					      (int)r->code, text));
}

void why_text_number(struct why_words *w, const char *before, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)n);
	why_text_put(w, before);
	why_text_put(w, text);
}

static void put_tries(struct why_words *w, int64_t n)
{
	if (n == 1) {
		why_text_put(w, "once");
		return;
	}
	why_text_number(w, "", n);
	why_text_put(w, " times");
}

static void put_host(const struct why_say *s)
{
	char text[IP_TEXT_LEN];

	why_text_put(s->to, s->why->name ? s->why->name : ip_format(&s->why->addr, text));
}

static void put_place(const struct why_say *s, char letter)
{
	bool is4 = s->why->addr.family == 4;

	switch (letter) {
	case 'h':
		put_host(s);
		break;
	case 'p':
		why_text_number(s->to, "", s->why->port);
		break;
	case 's':
		if (s->why->service) {
			why_text_put(s->to, " (");
			why_text_put(s->to, s->why->service);
			why_text_put(s->to, ")");
		}
		break;
	case 'o':
		put_who(s);
		break;
	case 'i':
		put_message(s);
		break;
	case 'n':
		put_tries(s->to, s->port->tries);
		break;
	case 'r':
		if (s->port->reason.rtt_us != FACT_NONE)
			why_text_time(s->to, s->port->reason.rtt_us);
		break;
	case 'u':
		why_text_put(s->to, is4 ? "3/3" : "1/4");
		break;
	case 'x':
		why_text_put(s->to, is4 ? "3/13" : "1/1");
		break;
	}
}

void why_text_expand(const struct why_say *s, const char *text)
{
	char one[2] = "";

	for (; *text; text++) {
		if (*text == '$' && text[1]) {
			put_place(s, *++text);
			continue;
		}
		one[0] = *text;
		why_text_put(s->to, one);
	}
}

/* A line ends here that began at @from. One that says what another said is taken back. */
void why_text_end(struct why_words *w, const char *about, size_t from)
{
	const char *text = w->text + from;

	for (size_t i = 0; i < w->line_n; i++)
		if (strcmp(w->line[i].text, text) == 0) {
			w->used = from;
			return;
		}
	if (w->used == from || w->line_n == WHY_LINES_MAX || w->used + 1 >= sizeof(w->text)) {
		w->used = from;
		return;
	}
	w->used++; /* its end */
	w->line[w->line_n++] = (struct fact_why_line){ about, text };
}

void why_text_line(const struct why_say *s, const char *about, const char *text)
{
	size_t from = s->to->used;

	if (!text)
		return;
	s->to->text[from] = '\0';
	why_text_expand(s, text);
	why_text_end(s->to, about, from);
}
