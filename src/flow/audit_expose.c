/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One port of the twin, traced: how others find it, and which rule decides. */
#include "flow/audit_own.h"

#include <errno.h>
#include <string.h>

#include "icmp/number.h"

bool audit_is_port_unreachable(uint8_t family, int64_t type, int64_t code)
{
	return family == 4 ? type == ICMP4_UNREACH && code == ICMP4_UNREACH_PORT
			   : type == ICMP6_UNREACH && code == ICMP6_UNREACH_PORT;
}

uint8_t audit_fate_state(uint8_t family, enum fact_proto proto, const struct prover_fate *f)
{
	if (f->dropped)
		return f->answered ? FACT_REJECTED : FACT_FILTERED;
	if (proto == FACT_UDP && f->reached && f->out_rule < 0)
		return FACT_OPEN;
	if (!f->answered)
		return f->forward && f->out_rule < 0 ? FACT_FORWARDED : FACT_FILTERED;
	if (f->answer.icmp_type != FACT_NONE)
		return audit_is_port_unreachable(family, f->answer.icmp_type, f->answer.code)
			       ? FACT_CLOSED
			       : FACT_REJECTED;
	return strcmp(f->answer.kind, "rst") == 0 ? FACT_CLOSED : FACT_OPEN;
}

/* Traced; and once more with fresh limits when one that earlier probes used up took it. */
int audit_ask_fresh(struct audit *a, enum fact_proto proto, uint16_t port, struct prover_fate *fate,
		    struct err *err)
{
	int r = prover_ask_port(a->prover, proto, port, fate, err);

	if (r < 0 || !fate->limited || !fate->dropped)
		return r;
	r = audit_refresh(a, err);
	return r < 0 ? r : prover_ask_port(a->prover, proto, port, fate, err);
}

/* No rule accepts what is lost all the same: routing took it (rp_filter, a martian address). */
int64_t audit_decided_by(const struct prover_fate *f)
{
	if (f->out_rule >= 0)
		return f->out_rule;
	return f->dropped || f->answered || f->reached || f->forward ? f->rule : -1;
}

/* Does the socket take packets of this family at all? */
static bool takes_family(const struct fact_socket *s, uint8_t family)
{
	return s->family == family || (s->family == 6 && family == 4 && !s->v6only &&
				       ip_kind(&s->local.addr) == IP_UNSPECIFIED);
}

static bool listens(const struct fact_socket *s, enum fact_proto proto)
{
	return s->proto == proto && s->local.port > 0 &&
	       (proto == FACT_TCP ? s->state == FACT_LISTEN : s->state == FACT_UNCONN);
}

/* Another socket of the same port and address, as servers with SO_REUSEPORT have. */
static bool is_repeat(const struct audit *a, size_t i)
{
	const struct fact_socket *s = &a->sockets->item[i];

	for (size_t j = i; j-- > 0;) {
		const struct fact_socket *t = &a->sockets->item[j];

		if (t->proto != s->proto || t->local.port != s->local.port)
			return false; /* sorted by protocol, then port */
		if (t->family == s->family && t->state == s->state &&
		    ip_eq(&t->local.addr, &s->local.addr))
			return true;
	}
	return false;
}

/* The address to knock at: the socket's own where it is one of this interface's. */
static bool knock_at(const struct audit *a, const struct audit_view *v, const struct fact_socket *s,
		     struct ip_addr *ret)
{
	*ret = v->where.addr;
	if (s->iface && strcmp(s->iface, v->port->name) != 0)
		return false;
	if (ip_kind(&s->local.addr) == IP_UNSPECIFIED || s->reach == FACT_REACH_LOOPBACK)
		return true;
	if (s->family != v->family)
		return false;
	for (size_t i = 0; i < a->net->addr_n; i++) {
		const struct host_addr *h = &a->net->addr[i];

		if (h->index != v->port->host_index || !ip_eq(&h->addr, &s->local.addr))
			continue;
		/* A link-local address is for neighbours that have one themselves. */
		if (ip_kind(&h->addr) == IP_LINK_LOCAL &&
		    ip_kind(&v->where.source) != IP_LINK_LOCAL && v->family == 6)
			return false;
		*ret = h->addr;
		return true;
	}
	return false;
}

static bool is_heard(const struct fact_socket *s, const struct ip_addr *addr)
{
	return ip_kind(&s->local.addr) == IP_UNSPECIFIED || ip_eq(&s->local.addr, addr);
}

int audit_expose(struct audit *a, const struct audit_view *v, const struct fact_socket *s,
		 const struct ip_addr *addr, struct err *err)
{
	struct audit_view there = *v;
	struct fact_exposure f = {
		.proto = s->proto,
		.family = v->family,
		.port = s->local.port,
		.iface = v->port->name,
		.from = (uint8_t)v->from,
		.source = v->where.source,
		.addr = *addr,
		.program = s->program,
		.service = s->service,
		.pid = s->pid,
		.reach = s->reach,
	};
	struct prover_fate fate;
	int r = 0;

	there.where.addr = *addr;
	if (!ip_eq(addr, &v->where.addr))
		r = audit_go(a, &there, err);
	if (r == 0)
		r = audit_ask_fresh(a, (enum fact_proto)s->proto, (uint16_t)s->local.port, &fate,
				    err);
	if (r == 0 && !ip_eq(addr, &v->where.addr))
		r = audit_go(a, v, err);
	if (r < 0)
		return r;
	f.state = audit_fate_state(v->family, (enum fact_proto)s->proto, &fate);
	/* Untraced rules that answer as the kernel does for a port where nobody listens. */
	if (f.state == FACT_CLOSED && audit_decided_by(&fate) < 0 && a->fw &&
	    listens(s, (enum fact_proto)s->proto) && is_heard(s, addr))
		f.state = FACT_REJECTED;
	f.rule = audit_rule(a, audit_decided_by(&fate));
	f.answer = audit_answer(&a->store, fate.answered ? &fate.answer : NULL);
	audit_add(&a->store, &a->store.exposure, &f);
	return 0;
}

int audit_expose_sockets(struct audit *a, const struct audit_view *v, enum fact_proto proto,
			 struct portset *told, struct err *err)
{
	for (size_t i = 0; i < a->sockets->n; i++) {
		const struct fact_socket *s = &a->sockets->item[i];
		struct ip_addr addr;
		int r;

		if (!listens(s, proto) || !takes_family(s, v->family) || is_repeat(a, i) ||
		    !knock_at(a, v, s, &addr))
			continue;
		portset_add(told, (uint16_t)s->local.port);
		r = audit_expose(a, v, s, &addr, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The socket that @addr's packets for the port asked for come to; NULL: nobody's. */
static const struct fact_socket *served_by(const struct audit *a, const struct audit_view *v,
					   enum fact_proto proto, const struct ip_addr *addr)
{
	for (size_t i = 0; i < a->sockets->n; i++) {
		const struct fact_socket *s = &a->sockets->item[i];

		if (listens(s, proto) && s->local.port == a->conf.port &&
		    takes_family(s, v->family) && is_heard(s, addr) &&
		    (!s->iface || strcmp(s->iface, v->port->name) == 0))
			return s;
	}
	return NULL;
}

int audit_expose_one(struct audit *a, const struct audit_view *v, struct err *err)
{
	static const enum fact_proto both[] = { FACT_TCP, FACT_UDP };
	struct ip_addr addr = a->conf.addr;
	int r = 0;

	/* A link-local address is for neighbours that have one themselves. */
	if (v->family == 6 && ip_kind(&addr) == IP_LINK_LOCAL &&
	    ip_kind(&v->where.source) != IP_LINK_LOCAL)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(both) && r == 0; i++) {
		const struct fact_socket *s = served_by(a, v, both[i], &addr);
		struct fact_socket nobody = {
			.proto = (uint8_t)both[i],
			.family = v->family,
			.state = FACT_CLOSE,
			.local.port = a->conf.port,
			.pid = FACT_NONE,
			.reach = FACT_REACH_IFACE,
		};

		r = audit_expose(a, v, s ? s : &nobody, &addr, err);
	}
	return r;
}
