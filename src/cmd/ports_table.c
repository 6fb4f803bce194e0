/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/ports.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/keep.h"

enum { PROTO, RECV_Q, SEND_Q, LOCAL, PEER, STATE, USER, PROGRAM, REACH, SERVICE, COLUMNS };

static const struct text_column columns[COLUMNS] = {
	[PROTO] = { "PROTO", TEXT_LEFT },         [RECV_Q] = { "RECV-Q", TEXT_RIGHT },
	[SEND_Q] = { "SEND-Q", TEXT_RIGHT },      [LOCAL] = { "LOCAL", TEXT_LEFT },
	[PEER] = { "PEER", TEXT_LEFT },           [STATE] = { "STATE", TEXT_LEFT },
	[USER] = { "USER", TEXT_LEFT },           [REACH] = { "REACH", TEXT_LEFT },
	[PROGRAM] = { "PID/PROGRAM", TEXT_LEFT }, [SERVICE] = { "SERVICE", TEXT_LEFT },
};

/* Cells of one table while it is made. */
struct maker {
	struct keep texts; /* .full: out of memory */
};

static const char *number(struct maker *m, int64_t v)
{
	char text[24];

	if (v == FACT_NONE)
		return NULL;
	if (v == 0)
		return "0";
	snprintf(text, sizeof(text), "%lld", (long long)v);
	return keep_str(&m->texts, text);
}

/* "192.0.2.1:80", "[fe80::1%eth0]:80"; "*" for a port that is none. */
static const char *endpoint(struct maker *m, const struct fact_socket *s,
			    const struct fact_endpoint *e)
{
	char addr[IP_TEXT_LEN], port[24] = "*", text[IP_TEXT_LEN + 64];
	struct ip_addr bare = e->addr;
	bool named = bare.zone && s->iface, six = bare.family == 6;

	if (named)
		bare.zone = 0;
	if (e->port > 0)
		snprintf(port, sizeof(port), "%lld", (long long)e->port);
	snprintf(text, sizeof(text), "%s%s%s%s%s:%s", six ? "[" : "", ip_format(&bare, addr),
		 named ? "%" : "", named ? s->iface : "", six ? "]" : "", port);
	return keep_str(&m->texts, text);
}

static const char *program(struct maker *m, const struct fact_socket *s)
{
	char text[96];

	if (s->pid == FACT_NONE)
		return NULL;
	snprintf(text, sizeof(text), "%lld/%s", (long long)s->pid, s->program ? s->program : "-");
	return keep_str(&m->texts, text);
}

/* How far it reaches, with the device it is bound to; a listener on :: may take IPv4 too. */
static const char *reach(struct maker *m, const struct fact_socket *s)
{
	const char *word = fact_reach_words[s->reach];
	bool passive = s->state == FACT_LISTEN || s->state == FACT_UNCONN;
	char text[64];

	if (s->family == 6 && !s->v6only && passive && s->proto != FACT_RAW &&
	    s->proto != FACT_ICMP && ip_kind(&s->local.addr) == IP_UNSPECIFIED)
		snprintf(text, sizeof(text), "%s%s%s + IPv4", word, s->iface ? " " : "",
			 s->iface ? s->iface : "");
	else if (s->iface)
		snprintf(text, sizeof(text), "%s %s", word, s->iface);
	else
		return word;
	return keep_str(&m->texts, text);
}

static enum text_style reach_style(const struct fact_socket *s)
{
	if (s->reach == FACT_REACH_LOOPBACK)
		return TEXT_DIM;
	return s->reach == FACT_REACH_ANY ? TEXT_WARN : TEXT_PLAIN;
}

static void row(struct maker *m, const struct fact_socket *s, bool numeric, struct text_cell *cell)
{
	char proto[16];

	snprintf(proto, sizeof(proto), "%s%s", fact_proto_words[s->proto],
		 s->family == 6 ? "6" : "");
	cell[PROTO].text = keep_str(&m->texts, proto);
	cell[RECV_Q].text = number(m, s->recv_q);
	cell[SEND_Q].text = number(m, s->send_q);
	cell[LOCAL].text = endpoint(m, s, &s->local);
	cell[PEER].text = endpoint(m, s, &s->peer);
	cell[STATE].text = fact_sock_state_words[s->state];
	cell[USER].text = s->user && !numeric ? s->user : number(m, s->uid);
	cell[PROGRAM].text = program(m, s);
	cell[REACH] = (struct text_cell){ reach(m, s), reach_style(s) };
	if (!numeric)
		cell[SERVICE].text = s->service;
}

int ports_table(const struct text_out *t, const struct fact_socket *const *socket, size_t n,
		bool numeric)
{
	size_t width = numeric ? COLUMNS - 1 : COLUMNS;
	struct text_cell *cell = calloc(n + 1, width * sizeof(*cell));
	struct maker m = { .texts.full = !cell };
	bool full;

	for (size_t i = 0; i < n && !m.texts.full; i++)
		row(&m, socket[i], numeric, cell + i * width);
	if (!m.texts.full)
		text_table(t, columns, width, cell, n);
	full = m.texts.full;
	keep_done(&m.texts);
	free(cell);
	return full ? -ENOMEM : 0;
}
