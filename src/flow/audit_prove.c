/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The proof: the twin is built, then seen from every place there is. */
#include "flow/audit_own.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int open_trace(struct audit *a, struct err *err)
{
	size_t n, used = 0;
	const struct twin_port *port = twin_ports(a->twin, &n);
	const char **device = calloc(n + 1, sizeof(*device));
	struct trace_opt opt = { .hits = true };
	int r;

	if (!device)
		return err_set(err, -ENOMEM, "tracing the twin: out of memory");
	for (size_t i = 0; i < n; i++)
		if (port[i].up && port[i].kind != TWIN_LOOPBACK)
			device[used++] = port[i].name;
	opt.device = device;
	r = twin_trace_open(twin_inside_fd(a->twin), a->fw, &opt, &a->trace, err);
	free(device);
	return r;
}

/* Without a trace every answer stands, but not the rule behind it. */
static int load_firewall(struct audit *a, struct err *err)
{
	struct err why = { "" };
	int r;

	if (!a->ruleset || strcmp(a->ruleset->firewall, "none") == 0)
		return 0;
	r = twin_fw_load(twin_inside_fd(a->twin), a->ruleset, audit_take_gap, a, &a->fw, err);
	if (r < 0)
		return r;
	if (open_trace(a, &why) < 0)
		audit_add_gap(&a->store,
			      &(struct fact_gap){
				      .what = "trace",
				      .which = "deciding rules",
				      .why = why.text,
				      .means = "verdicts are given without the rule that decided",
			      });
	return 0;
}

int audit_build(struct audit *a, struct err *err)
{
	struct prover_conf conf;
	int r;

	audit_say(a, "building the twin");
	r = twin_new(a->net, a->sysctl, &a->twin, err);
	if (r == 0)
		r = load_firewall(a, err);
	if (r == 0)
		r = twin_stubs_open(a->twin, a->sockets->item, a->sockets->n, &a->stubs, err);
	if (r < 0)
		return r;
	conf = (struct prover_conf){
		.twin = a->twin,
		.stubs = a->stubs,
		.trace = a->trace,
		.rule_n = a->ruleset ? a->ruleset->rule_n : 0,
		.stop = a->conf.stop,
		.stop_to = a->conf.to,
	};
	return prover_new(&conf, &a->prover, err);
}

static bool has_default_route(const struct audit *a, uint8_t family)
{
	for (size_t i = 0; i < a->net->route_n; i++)
		if (a->net->route[i].family == family && a->net->route[i].dst.len <= 3)
			return true;
	return false;
}

bool audit_wants(const struct audit *a, const struct twin_port *port)
{
	if (!port->up || port->slave || port->kind == TWIN_LOOPBACK)
		return false;
	for (size_t i = 0; a->conf.iface && a->conf.iface[i]; i++)
		if (strcmp(a->conf.iface[i], port->name) == 0)
			return true;
	return !a->conf.iface;
}

static bool is_bridge(const struct audit *a, int index)
{
	for (size_t i = 0; i < a->net->link_n; i++)
		if (a->net->link[i].index == index)
			return strcmp(a->net->link[i].kind, "bridge") == 0;
	return false;
}

/*
 * Nobody can be answered beyond the link without a default route. A bridge that leads to
 * no gateway has containers or a LAN behind it, and nothing farther away.
 */
static bool has_strangers(const struct audit *a, const struct twin_port *port, uint8_t family)
{
	if (!has_default_route(a, family))
		return false;
	for (size_t i = 0; i < a->net->gateway_n; i++)
		if (a->net->gateway[i].index == port->host_index)
			return true;
	return !is_bridge(a, port->host_index);
}

static int prove_view(struct audit *a, const struct audit_view *v, struct err *err)
{
	int r = audit_go(a, v, err);

	audit_say(a, "probing %s over IPv%u as a %s", v->port->name, v->family,
		  fact_from_words[v->from]);
	if (r == 0 && a->conf.port != 0)
		return audit_expose_one(a, v, err);
	if (r == 0)
		r = audit_prove_ports(a, v, err);
	return r < 0 ? r : audit_prove_icmp(a, v, err);
}

/* Returns how many views there were, or -errno. */
static int prove_family(struct audit *a, const struct twin_port *port, uint8_t family,
			struct err *err)
{
	struct audit_view v = { .port = port, .family = family, .from = FACT_STRANGER };
	int views = 0, r = 0;

	if (has_strangers(a, port, family) &&
	    host_place_stranger(a->net, port->host_index, family, &v.where) == 0) {
		r = prove_view(a, &v, err);
		views++;
	}
	v.from = FACT_NEIGHBOUR;
	if (r == 0 && host_place_neighbour(a->net, port->host_index, family, &v.where) == 0) {
		r = prove_view(a, &v, err);
		views++;
	}
	return r < 0 ? r : views;
}

static bool has_address(const struct audit *a, const struct twin_port *port)
{
	for (size_t i = 0; i < a->net->addr_n; i++)
		if (a->net->addr[i].index == port->host_index)
			return true;
	return false;
}

static int prove_port(struct audit *a, const struct twin_port *port, struct err *err)
{
	int views = 0, r = 0;

	for (uint8_t family = 4; family <= 6 && r >= 0; family += 2) {
		if (a->conf.family && a->conf.family != family)
			continue;
		r = prove_family(a, port, family, err);
		views += r;
	}
	if (r >= 0 && views == 0 && has_address(a, port))
		twin_gap(a->twin, "interface", port->name,
			 "none of its addresses takes packets now",
			 "nothing was probed through it");
	return r < 0 ? r : 0;
}

int audit_prove(struct audit *a, struct err *err)
{
	size_t n;
	const struct twin_port *port = twin_ports(a->twin, &n);
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		if (audit_wants(a, &port[i]))
			r = prove_port(a, &port[i], err);
	if (r == 0 && a->conf.port != 0)
		return 0;
	if (r == 0)
		audit_say(a, "looking for rules that nothing reaches");
	return r < 0 ? r : audit_prove_rules(a, err);
}
