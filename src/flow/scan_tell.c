/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was found of hosts and ports, as facts. */
#include <errno.h>
#include <string.h>

#include "flow/scan_own.h"
#include "probe/payload.h"

#define KEEP_HOSTS 64 /* told before memory is given back */

struct teller {
	struct scan *scan;
	struct ip_addr addr;
	struct verdict_about about;
};

static bool row_answers(const struct survey_part *p, uint32_t slot)
{
	const struct probe_cell *cell;

	if (!p)
		return false;
	cell = &p->cell[(size_t)slot * p->asks->n];
	for (uint32_t i = 0; i < p->asks->n; i++) {
		if (verdict_is_there(&cell[i]))
			return true;
	}
	return false;
}

/* Whether the host, or a firewall in its name, said no to some of them by ICMP. */
static bool row_refuses(const struct survey_part *p, uint32_t slot, int family)
{
	const struct probe_cell *cell = &p->cell[(size_t)slot * p->asks->n];

	for (uint32_t i = 0; i < p->asks->n; i++) {
		if (cell[i].state == CELL_ANSWERED && cell[i].kind == REPLY_ERROR &&
		    (cell[i].from == 0 ||
		     verdict_of_error(family, cell[i].type, cell[i].code) != VERDICT_NO_WAY))
			return true;
	}
	return false;
}

static struct ip_addr who(const struct teller *t, const struct probe_cell *c)
{
	const struct survey_from *from = &t->scan->survey.from;

	if (c->state != CELL_ANSWERED)
		return (struct ip_addr){ .family = 0 };
	if (c->from == 0)
		return t->addr;
	if (c->from > from->n)
		return (struct ip_addr){ .family = 0 };
	return from->addr[c->from];
}

/* The name of what answered, where that could be told, before the name of the port. */
static const char *service(const struct teller *t, const struct ask *ask, unsigned spoke)
{
	const struct payload *p = NULL;

	if (spoke)
		p = payload_find(ask->port, spoke - 1);
	if (p && p->service)
		return p->service;
	return t->scan->services
		       ? services_name(t->scan->services,
				       ask->kind == ASK_UDP ? FACT_UDP : FACT_TCP, ask->port)
		       : NULL;
}

static void tell_port(struct teller *t, const struct ask *ask, const struct probe_cell *c)
{
	const struct survey_tell *tell = t->scan->survey.tell;
	struct verdict_port v = verdict_port(c, &t->about);
	struct ip_addr from = who(t, c);
	char text[VERDICT_TEXT_LEN];
	bool udp = ask->kind == ASK_UDP, answered = c->state == CELL_ANSWERED;
	unsigned spoke = udp && answered && c->kind == REPLY_ANSWER ? c->code : 0;
	struct fact_port port = {
		.addr = t->addr,
		.proto = udp ? FACT_UDP : FACT_TCP,
		.port = ask->port,
		.state = v.state,
		.service = service(t, ask, spoke),
		.spoke = spoke > 0,
		.reason = {
			.kind = v.kind,
			.from = from,
			.icmp_type = v.icmp ? c->type : FACT_NONE,
			.code = v.icmp ? c->code : FACT_NONE,
			.ttl = answered && c->ttl > 0 ? c->ttl : FACT_NONE,
			.rtt_us = answered && c->rtt_us != UINT32_MAX ?
					  (int64_t)c->rtt_us * (int64_t)NS_PER_US : FACT_NONE,
			.text = verdict_text(c, &t->about, &from, text),
		},
		.tries = c->tries,
		.confidence = v.confidence,
	};

	if (c->state == CELL_UNSENT && v.state == FACT_VERDICT_UNRESOLVED)
		t->scan->survey.failed = true;
	tell->port(tell->to, &port);
}

static void tell_row(struct teller *t, const struct survey_part *p, uint32_t slot, uint32_t n)
{
	const struct probe_cell *cell;

	if (!p)
		return;
	cell = &p->cell[(size_t)slot * p->asks->n];
	t->about.refuses = row_refuses(p, slot, t->about.family);
	for (uint32_t i = 0; i < n; i++) {
		t->about.kind = p->asks->ask[i].kind;
		tell_port(t, &p->asks->ask[i], &cell[i]);
	}
}

/* TTL of what the host answered when it was looked for: of an echo reply, say. */
static uint8_t other_ttl(const struct fact_host *host)
{
	const struct fact_by *by = host->by.item;

	for (size_t i = 0; i < host->by.n; i++) {
		if (by[i].icmp_type != FACT_NONE && by[i].ttl != FACT_NONE &&
		    ip_eq(&by[i].from, &host->addr))
			return (uint8_t)by[i].ttl;
	}
	return 0;
}

/* With -Pn a target is up because its user says so, unless the link or a route says otherwise. */
static void settle_state(const struct scan *c, struct fact_host *host, bool answers)
{
	if (answers)
		host->state = FACT_HOST_UP;
	else if (c->conf->no_discovery && host->state == FACT_HOST_UNKNOWN && !host->error)
		host->state = FACT_HOST_UP;
	if (host->state == FACT_HOST_UP) {
		host->by_who = (struct ip_addr){ .family = 0 };
		host->error = NULL;
	}
}

static void tell_host(struct scan *c, struct survey_stage *st, uint32_t slot, struct keep *keep)
{
	const struct survey_tell *tell = c->survey.tell;
	const struct survey_part *tcp = scan_tcp_part(c, st), *udp = scan_udp_part(c, st);
	struct teller t = { .scan = c };
	struct fact_host host;
	char box[160];

	survey_host_fact(&c->survey, &c->finder, &c->group, st->of[slot], keep, &host);
	t.addr = host.addr;
	t.about.family = host.addr.family;
	t.about.by_sockets = c->by_sockets;
	t.about.answers = row_answers(tcp, slot) || row_answers(udp, slot);
	settle_state(c, &host, t.about.answers);
	t.about.answers = t.about.answers || host.by.n > 0 || host.mac;
	if (tcp && c->conf->tcp == SCAN_TCP_SYN)
		host.middlebox = scan_box(&tcp->cell[(size_t)slot * tcp->asks->n], c->tcp_n,
					  c->tcp.n - c->tcp_n, other_ttl(&host), box, sizeof(box));
	t.about.middlebox = host.middlebox != NULL;
	c->survey.up += host.state == FACT_HOST_UP;
	tell->host(tell->to, &host);
	tell_row(&t, tcp, slot, c->tcp_n);
	t.about.middlebox = false;
	tell_row(&t, udp, slot, c->udp.n);
	tell->host_end(tell->to, &host);
}

int scan_tell(struct scan *c, struct survey_stage *st, struct err *err)
{
	struct keep keep = { .last = NULL };
	bool full = false;

	for (uint32_t i = 0; i < st->slots && !full; i++) {
		tell_host(c, st, i, &keep);
		full = keep.full;
		if (i % KEEP_HOSTS == KEEP_HOSTS - 1)
			keep_done(&keep);
	}
	keep_done(&keep);
	return full ? err_set(err, -ENOMEM, "telling ports: out of memory") : 0;
}
