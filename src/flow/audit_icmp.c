/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ICMP part of an audit: every type and code of the registry, as a stray packet
 * and, for errors, about a real flow of the host; then a burst of echo requests.
 */
#include "flow/audit_own.h"

#include <errno.h>

#include "icmp/number.h"
#include "icmp/registry.h"
#include "wire/icmperr.h"

#define BURST 300 /* echo requests; more than the bursts that people write into limits */

/* A message reached the host's ICMP: what does the kernel make of it? */
static uint8_t kernel_outcome(struct audit *a, const struct audit_view *v,
			      struct fact_icmp_verdict *f, bool reached)
{
	char buf[IGNORED_TEXT_LEN];
	const char *by;

	if (!reached) {
		by = ignored_by_route(&a->settings, v->port->name, v->family, buf);
	} else {
		by = ignored_by_setting(&a->settings, v->port->name, v->family,
					(uint8_t)f->icmp_type, (uint8_t)f->code, buf);
	}
	f->sysctl = audit_text(&a->store, by);
	if (by || !reached)
		return FACT_IGNORED;
	if (!ignored_has_handler(v->family, (uint8_t)f->icmp_type))
		f->reason = "Linux has no use for this type";
	else
		f->reason = ignored_by_origin(v->family, (uint8_t)f->icmp_type, (uint8_t)v->from);
	return f->reason ? FACT_IGNORED : FACT_PASSED;
}

static uint8_t outcome(struct audit *a, const struct audit_view *v, struct fact_icmp_verdict *f,
		       const struct prover_fate *fate)
{
	bool taken = fate->traced ? fate->dropped
				  : !fate->reached && a->ruleset && a->ruleset->rule_n > 0;

	if (taken)
		return fate->answered ? FACT_REFUSED : FACT_DROPPED;
	if (fate->answered)
		return FACT_ANSWERED;
	/* The firewall let it in, the host answered, and a rule took the answer away. */
	if (fate->reached && fate->out_rule >= 0)
		return FACT_DROPPED;
	return kernel_outcome(a, v, f, fate->reached);
}

static int ask_fresh(struct audit *a, uint8_t type, uint8_t code, struct span quote,
		     struct prover_fate *fate, struct err *err)
{
	int r = prover_ask_icmp(a->prover, type, code, quote, fate, err);

	/* A limit that earlier probes used up would make this one's verdict a lie. */
	if (r < 0 || !fate->limited || !fate->dropped || quote.len > 0)
		return r;
	r = audit_refresh(a, err);
	if (r == 0)
		r = prover_ask_icmp(a->prover, type, code, quote, fate, err);
	fate->limited = true;
	return r;
}

static int one(struct audit *a, const struct audit_view *v, uint8_t type, uint8_t code,
	       struct span quote, struct err *err)
{
	struct prover_fate fate;
	const struct icmp_entry *e = icmp_find(v->family, type, code);
	struct fact_icmp_verdict f = {
		.family = v->family,
		.icmp_type = type,
		.code = code,
		.name = e ? e->machine_name : NULL,
		.context = quote.len > 0 ? FACT_RELATED : FACT_STRAY,
		.iface = v->port->name,
		.from = (uint8_t)v->from,
		.source = *proof_icmp_source(prover_place(a->prover), type),
		.addr = v->where.addr,
	};
	int r = ask_fresh(a, type, code, quote, &fate, err);

	if (r < 0)
		return r;
	f.verdict = outcome(a, v, &f, &fate);
	f.rule = audit_rule(a, fate.out_rule >= 0 ? fate.out_rule : fate.rule);
	f.answer = audit_answer(&a->store, fate.answered ? &fate.answer : NULL);
	f.conditional = fate.limited;
	audit_add(&a->store, &a->store.verdict, &f);
	return 0;
}

/* The first code of the type that has no row of its own: it stands for the type's row. */
static int free_code(const struct icmp_entry *e)
{
	for (int code = 0; code < 256; code++)
		if (icmp_find(e->family, e->type_lo, code) == e)
			return code;
	return -1;
}

static int stray_row(struct audit *a, const struct audit_view *v, const struct icmp_entry *e,
		     struct err *err)
{
	int code = e->code == ICMP_CODE_ANY ? free_code(e) : e->code;
	int r = 0;

	for (unsigned type = e->type_lo; type <= e->type_hi && code >= 0 && r == 0; type++)
		r = one(a, v, (uint8_t)type, (uint8_t)code, (struct span){ NULL, 0 }, err);
	return r;
}

static bool quotes(uint8_t family, uint8_t type)
{
	return icmperr_is(family, type) || (family == 6 && type == ICMP6_ND_REDIRECT);
}

static int stray(struct audit *a, const struct audit_view *v, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < icmp_registry_count() && r == 0; i++) {
		const struct icmp_entry *e = icmp_registry_at(i);

		if (e->family == v->family)
			r = stray_row(a, v, e, err);
	}
	return r;
}

/* A TCP port that was seen open from here; 0: none was. */
static uint16_t open_port(const struct audit *a, const struct audit_view *v)
{
	const struct fact_exposure *e = a->store.exposure.item;

	for (size_t i = 0; i < a->store.exposure.n; i++)
		if (e[i].proto == FACT_TCP && e[i].state == FACT_OPEN && e[i].family == v->family &&
		    e[i].from == v->from && e[i].iface == v->port->name &&
		    ip_eq(&e[i].addr, &v->where.addr))
			return (uint16_t)e[i].port;
	return 0;
}

static int related(struct audit *a, const struct audit_view *v, struct err *err)
{
	uint8_t buf[PROOF_FRAME_MAX];
	int r = audit_refresh(a, err), n;

	if (r < 0)
		return r;
	n = prover_own_packet(a->prover, open_port(a, v), buf, err);
	if (n <= 0)
		return n;
	for (size_t i = 0; i < icmp_registry_count() && r == 0; i++) {
		const struct icmp_entry *e = icmp_registry_at(i);
		int code = e->code == ICMP_CODE_ANY ? free_code(e) : e->code;

		if (e->family == v->family && code >= 0 && quotes(v->family, e->type_lo))
			r = one(a, v, e->type_lo, (uint8_t)code, (struct span){ buf, (size_t)n },
				err);
	}
	return r;
}

static int burst(struct audit *a, const struct audit_view *v, struct err *err)
{
	struct fact_burst b = {
		.family = v->family,
		.iface = v->port->name,
		.from = (uint8_t)v->from,
		.sent = BURST,
	};
	struct prover_fate fate;
	int r = audit_refresh(a, err), n;

	if (r < 0)
		return r;
	n = prover_burst(a->prover, BURST, err);
	audit_spend(a, FACT_ICMP);
	if (n < 0)
		return n;
	b.answered = n;
	if (n < BURST) {
		r = prover_ask_icmp(a->prover, v->family == 6 ? ICMP6_ECHO : ICMP4_ECHO, 0,
				    (struct span){ NULL, 0 }, &fate, err);
		b.rule = r == 0 && fate.dropped ? audit_rule(a, fate.rule) : NULL;
	}
	audit_add(&a->store, &a->store.burst, &b);
	return r;
}

int audit_prove_icmp(struct audit *a, const struct audit_view *v, struct err *err)
{
	int r = audit_refresh(a, err);

	if (r == 0)
		r = stray(a, v, err);
	if (r == 0)
		r = related(a, v, err);
	return r < 0 ? r : burst(a, v, err);
}
