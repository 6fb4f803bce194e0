/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The port part of an audit: all ports in bulk; then, traced one by one, a sample of each run of
 * ports that behaved alike, and every listening socket (audit_expose.c).
 */
#include "flow/audit_own.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES_MAX  512 /* runs of a pass that are traced; the rest is told without a rule */
#define EDGES_MAX    200 /* of the ports that rules name; with more only a run's ends are looked at */
#define FORWARDS_MAX 256 /* forwarded ports of a group that are told one by one */
#define GROUPS_MAX   48  /* kinds of behaviour told apart in a pass; the rest joins the last */
#define PORTS_TEXT   (1 << 19) /* every second port as text is below 400,000 octets */

/* Ports with one state, one answer and one rule. */
struct group {
	uint8_t state;
	struct prover_port like;
	int64_t rule;
	struct portset ports;
};

struct pass {
	struct portset edge; /* where a rule's ports may begin, or have ended */
	struct prover_port result[65536];
	struct group group[GROUPS_MAX];
	size_t group_n;
	unsigned samples;
	char text[PORTS_TEXT];
};

/* What a probe's kind says when no trace contradicts it. */
static uint8_t plain_state(uint8_t family, const struct prover_port *p)
{
	switch ((enum proof_kind)p->kind) {
	case PROOF_SYN_ACK:
	case PROOF_UDP:
		return FACT_OPEN;
	case PROOF_RST:
		return FACT_CLOSED;
	case PROOF_ERROR:
		return audit_is_port_unreachable(family, p->icmp_type, p->code) ? FACT_CLOSED
										: FACT_REJECTED;
	case PROOF_NOISE:
	case PROOF_MESSAGE:
		return p->taken ? FACT_OPEN : FACT_FILTERED;
	}
	return FACT_FILTERED;
}

static bool alike(const struct prover_port *x, const struct prover_port *y)
{
	return x->kind == y->kind && x->icmp_type == y->icmp_type && x->code == y->code &&
	       x->taken == y->taken;
}

static struct group *group_for(struct pass *s, uint8_t state, const struct prover_port *like,
			       int64_t rule)
{
	struct group *g;

	for (size_t i = 0; i < s->group_n; i++) {
		g = &s->group[i];
		if (g->state == state && g->rule == rule && alike(&g->like, like))
			return g;
	}
	if (s->group_n == GROUPS_MAX)
		return &s->group[GROUPS_MAX - 1];
	g = &s->group[s->group_n++];
	*g = (struct group){ .state = state, .rule = rule, .like = *like };
	return g;
}

static unsigned add_edge(struct portset *edge, int64_t port)
{
	if (port < 1 || port > 65535 || portset_has(edge, (uint16_t)port))
		return 0;
	portset_add(edge, (uint16_t)port);
	return 1;
}

/* Every number of the text behind "dport": more than ports perhaps, which costs a sample. */
static unsigned add_text_edges(struct portset *edge, const char *text)
{
	const char *p = text ? strstr(text, "dport") : NULL;
	unsigned n = 0;

	while (p && *p) {
		char *end;
		long port = *p >= '0' && *p <= '9' ? strtol(p, &end, 10) : -1;

		if (port >= 0) {
			n += add_edge(edge, port) + add_edge(edge, port + 1);
			p = end;
		} else {
			p++;
		}
	}
	return n;
}

static void find_edges(const struct audit *a, struct portset *edge)
{
	unsigned n = 0;

	*edge = (struct portset){ 0 };
	for (size_t i = 0; a->ruleset && i < a->ruleset->rule_n && n <= EDGES_MAX; i++) {
		const struct host_rule *rule = &a->ruleset->rule[i];

		if (rule->shape.dport != RULE_ANY)
			n += add_edge(edge, rule->shape.dport) +
			     add_edge(edge, (int64_t)rule->shape.dport + 1);
		n += add_text_edges(edge, rule->fact.text);
	}
	if (n > EDGES_MAX)
		*edge = (struct portset){ 0 };
}

/* What decides for @port. Returns 1; 0: not asked, there were samples enough; -errno. */
static int sample(struct audit *a, enum fact_proto proto, struct pass *s, int port,
		  struct prover_fate *ret, struct err *err)
{
	int r;

	*ret = (struct prover_fate){ .rule = -1, .out_rule = -1 };
	if (!a->trace || s->samples >= SAMPLES_MAX)
		return 0;
	s->samples++;
	r = audit_ask_fresh(a, proto, (uint16_t)port, ret, err);
	return r < 0 ? r : 1;
}

/*
 * Ports @lo to @hi look alike, and @rule decides for the first. Where another decides for
 * the last, the place between them where that begins is searched for.
 * Returns the last port of the first rule's, or -errno.
 */
static int same_rule(struct audit *a, enum fact_proto proto, struct pass *s, int lo, int hi,
		     int64_t rule, struct err *err)
{
	struct prover_fate fate;
	int at = hi, r;

	while (hi > lo) {
		r = sample(a, proto, s, at, &fate, err);
		if (r < 0)
			return r;
		if (r == 0)
			return hi;
		if (audit_decided_by(&fate) == rule)
			lo = at;
		else
			hi = at - 1;
		at = lo + (hi - lo + 1) / 2;
	}
	return hi;
}

/* Ports from @lo on that behaved as it did, by the same rule. Returns the last of them, or -errno. */
static int run_of_ports(struct audit *a, const struct audit_view *v, enum fact_proto proto,
			struct pass *s, int lo, struct err *err)
{
	struct prover_port like = s->result[lo];
	struct prover_fate fate;
	int hi = lo, r;
	struct group *g;

	while (hi < 65535 && alike(&s->result[hi + 1], &like) &&
	       !portset_has(&s->edge, (uint16_t)(hi + 1)))
		hi++;
	r = sample(a, proto, s, lo, &fate, err);
	if (r > 0)
		hi = same_rule(a, proto, s, lo, hi, audit_decided_by(&fate), err);
	if (r < 0 || hi < 0)
		return MIN(r, hi);
	g = group_for(s,
		      r > 0 ? audit_fate_state(v->family, proto, &fate)
			    : plain_state(v->family, &like),
		      &like, audit_decided_by(&fate));
	for (int p = lo; p <= hi; p++)
		portset_add(&g->ports, (uint16_t)p);
	return hi;
}

static void answer_of(const struct audit_view *v, const struct prover_port *p,
		      struct fact_answer *ret)
{
	*ret = (struct fact_answer){
		.kind = proof_kind_words[p->kind],
		.from = v->where.addr,
		.icmp_type = p->kind == PROOF_ERROR ? p->icmp_type : FACT_NONE,
		.code = p->kind == PROOF_ERROR ? p->code : FACT_NONE,
		.ttl = p->ttl,
	};
}

static void tell_groups(struct audit *a, const struct audit_view *v, enum fact_proto proto,
			struct pass *s)
{
	for (size_t i = 0; i < s->group_n; i++) {
		const struct group *g = &s->group[i];
		struct fact_answer answer;
		struct fact_port_group f = {
			.proto = (uint8_t)proto,
			.family = v->family,
			.iface = v->port->name,
			.from = (uint8_t)v->from,
			.state = g->state,
			.count = portset_count(&g->ports),
			.rule = audit_rule(a, g->rule),
		};

		answer_of(v, &g->like, &answer);
		portset_format(&g->ports, s->text, sizeof(s->text));
		f.ports = audit_text(&a->store, s->text);
		f.answer = audit_answer(&a->store, answer.kind ? &answer : NULL);
		audit_add(&a->store, &a->store.group, &f);
	}
}

/* Ports that rules hand on to other hosts: in small groups, as services are published. */
static void find_forwarded(const struct pass *s, struct portset *ret)
{
	*ret = (struct portset){ 0 };
	for (size_t i = 0; i < s->group_n; i++) {
		const struct group *g = &s->group[i];

		if (g->state != FACT_FORWARDED || portset_count(&g->ports) > FORWARDS_MAX)
			continue;
		for (int port = 1; port < 65536; port++)
			if (portset_has(&g->ports, (uint16_t)port))
				portset_add(ret, (uint16_t)port);
	}
}

/* Open or handed on, and no socket of the host is there: a rule redirects it somewhere. */
static int expose_others(struct audit *a, const struct audit_view *v, enum fact_proto proto,
			 const struct pass *s, const struct portset *told, struct err *err)
{
	struct portset forwarded;

	find_forwarded(s, &forwarded);
	for (int port = 1; port < 65536; port++) {
		struct fact_socket nobody = {
			.proto = (uint8_t)proto,
			.family = v->family,
			.local.port = port,
			.pid = FACT_NONE,
			.reach = FACT_REACH_IFACE,
		};
		int r;

		if (portset_has(told, (uint16_t)port) ||
		    (plain_state(v->family, &s->result[port]) != FACT_OPEN &&
		     !portset_has(&forwarded, (uint16_t)port)))
			continue;
		r = audit_expose(a, v, &nobody, &v->where.addr, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int prove_proto(struct audit *a, const struct audit_view *v, enum fact_proto proto,
		       struct pass *s, struct err *err)
{
	struct portset told = { 0 };
	int r = audit_refresh(a, err);

	s->group_n = 0;
	s->samples = 0;
	find_edges(a, &s->edge);
	if (r == 0)
		r = prover_ports(a->prover, proto, s->result, err);
	/* What answers there are is known all the same. */
	if (r == -ENOBUFS) {
		twin_gap(a->twin, "answers", v->port->name,
			 "more came than the receive buffer holds",
			 "ports that are told as filtered may have answered");
		r = 0;
	}
	audit_spend(a, proto);
	if (r == 0)
		r = audit_refresh(a, err);
	for (int port = 1; r >= 0 && port <= 65535; port = r + 1) {
		r = run_of_ports(a, v, proto, s, port, err);
		if (r == 65535)
			break;
	}
	if (r < 0)
		return r;
	tell_groups(a, v, proto, s);
	r = audit_expose_sockets(a, v, proto, &told, err);
	return r < 0 ? r : expose_others(a, v, proto, s, &told, err);
}

int audit_prove_ports(struct audit *a, const struct audit_view *v, struct err *err)
{
	struct pass *s = malloc(sizeof(*s));
	int r;

	if (!s)
		return err_set(err, -ENOMEM, "probing ports: out of memory");
	r = prove_proto(a, v, FACT_TCP, s, err);
	if (r == 0)
		r = prove_proto(a, v, FACT_UDP, s, err);
	free(s);
	return r;
}
