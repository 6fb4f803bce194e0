/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/audit_own.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/review.h"
#include "sys/clock.h"

/* The rest of an audit can do without the firewall; it then proves nothing. */
static int read_firewall(struct audit *a, int *ret_denied, struct err *err)
{
	int r = host_ruleset_read(audit_take_gap, a, &a->ruleset, err);

	if (r != -EPERM && r != -EACCES)
		return r;
	*ret_denied = -EPERM;
	return 0;
}

int audit_read(struct audit *a, int *ret_denied, struct err *err)
{
	static const struct host_sockets_want all = { .processes = true,
						      .names = true,
						      .listening = true };
	int r;

	audit_say(a, "reading this host");
	gethostname(a->host, sizeof(a->host) - 1);
	r = host_net_read(&a->net, err);
	if (r == 0)
		r = host_sockets_read(&all, &a->sockets, err);
	if (r == 0)
		r = host_sysctl_read(&a->sysctl, err);
	if (r < 0)
		return r;
	a->settings = (struct ignored_settings){ a->sysctl->item, a->sysctl->n };
	return read_firewall(a, ret_denied, err);
}

static int check_ifaces(const struct audit *a, struct err *err)
{
	for (size_t i = 0; a->conf.iface && a->conf.iface[i]; i++)
		if (!host_net_link_named(a->net, a->conf.iface[i]))
			return err_set(err, -EINVAL,
				       "there is no interface '%s' here ('ip link' lists them)",
				       a->conf.iface[i]);
	return 0;
}

static int prove(struct audit *a, int *ret_denied, struct err *err)
{
	int r;

	if (a->conf.no_proof || *ret_denied)
		return 0;
	r = audit_build(a, err);
	if (r == -EPERM || r == -EACCES) {
		*ret_denied = -EPERM;
		return 0;
	}
	if (r == 0)
		r = audit_prove(a, err);
	a->fact.proved = r == 0;
	return r;
}

static bool asked_for(const struct audit *a, const char *iface)
{
	for (size_t i = 0; a->conf.iface && a->conf.iface[i]; i++)
		if (strcmp(a->conf.iface[i], iface) == 0)
			return true;
	return !a->conf.iface;
}

/* Every view has told of its ports. */
static bool was_probed(const struct audit *a, const char *iface)
{
	const struct fact_port_group *g = a->store.group.item;

	for (size_t i = 0; i < a->store.group.n; i++)
		if (strcmp(g[i].iface, iface) == 0)
			return true;
	return false;
}

/* Those that the user did not name are nobody's concern: neither shown nor reviewed. */
static void add_ifaces(struct audit *a)
{
	for (size_t i = 0; i < a->net->link_n; i++) {
		struct fact_iface f = a->net->iface[i];

		if (!asked_for(a, f.name))
			continue;
		f.in_twin = was_probed(a, f.name);
		audit_add(&a->store, &a->store.iface, &f);
	}
}

static void add_twin_gaps(struct audit *a)
{
	size_t n = 0;
	const struct fact_gap *gap = a->twin ? twin_gaps(a->twin, &n) : NULL;

	for (size_t i = 0; i < n; i++)
		audit_add_gap(&a->store, &gap[i]);
	if (audit_store_full(&a->store))
		audit_add_gap(&a->store, &(struct fact_gap){ "memory", "results", "memory ran out",
							     "some results are missing" });
}

#define VIEW(field, type) \
	a->fact.field = (const type *)a->store.field.item, a->fact.field##_n = a->store.field.n

static void gather(struct audit *a)
{
	a->fact.host = a->host;
	a->fact.explain = a->conf.explain;
	a->fact.firewall = a->ruleset ? a->ruleset->firewall : NULL;
	a->fact.socket = a->sockets ? a->sockets->item : NULL;
	a->fact.socket_n = a->sockets ? a->sockets->n : 0;
	a->fact.sysctl = a->settings.item;
	a->fact.sysctl_n = a->settings.n;
	VIEW(iface, struct fact_iface);
	VIEW(proof, struct fact_rule_proof);
	VIEW(exposure, struct fact_exposure);
	VIEW(group, struct fact_port_group);
	VIEW(verdict, struct fact_icmp_verdict);
	VIEW(burst, struct fact_burst);
	VIEW(gap, struct fact_gap);
	VIEW(finding, struct fact_finding);
}

/* Who asks about one family does not want to hear of the other. */
static void on_finding(void *to, const struct fact_finding *f)
{
	struct audit *a = to;

	if (!a->conf.family || !f->family || f->family == a->conf.family)
		audit_add_finding(&a->store, f);
}

static int worst_first(const void *x_, const void *y_)
{
	const struct fact_finding *x = x_, *y = y_;
	int d = (int)y->severity - (int)x->severity;

	if (d == 0)
		d = strcmp(x->id, y->id);
	if (d == 0)
		d = strcmp(x->subject, y->subject);
	return d ? d : (int)x->family - (int)y->family;
}

static void review(struct audit *a)
{
	gather(a);
	review_run(&a->fact, on_finding, a);
	if (a->store.finding.n > 0)
		qsort(a->store.finding.item, a->store.finding.n, sizeof(struct fact_finding),
		      worst_first);
	gather(a);
}

int audit_run(const struct audit_conf *conf, struct audit **ret, int *ret_denied, struct err *err)
{
	AUTO(audit_freep) struct audit *a = calloc(1, sizeof(*a));
	int r, denied = 0;

	if (!a)
		return err_set(err, -ENOMEM, "auditing: out of memory");
	a->conf = *conf;
	a->fact.time_ns = clock_wall_ns();
	audit_store_init(&a->store);
	r = audit_read(a, &denied, err);
	if (r == 0)
		r = check_ifaces(a, err);
	if (r == 0)
		r = prove(a, &denied, err);
	if (r < 0 && r != -EINTR)
		return r;
	add_ifaces(a);
	add_twin_gaps(a);
	if (conf->port == 0) {
		audit_say(a, "reviewing");
		review(a);
	} else {
		gather(a);
	}
	*ret_denied = denied;
	*ret = a;
	a = NULL;
	return r;
}

void audit_free(struct audit *a)
{
	if (!a)
		return;
	prover_free(a->prover);
	twin_stubs_close(a->stubs);
	twin_trace_close(a->trace);
	twin_fw_free(a->fw);
	twin_free(a->twin);
	host_ruleset_free(a->ruleset);
	host_sysctl_free(a->sysctl);
	host_sockets_free(a->sockets);
	host_net_free(a->net);
	audit_store_done(&a->store);
	free(a);
}

void audit_freep(struct audit **a)
{
	audit_free(*a);
}

const struct fact_audit *audit_facts(const struct audit *a)
{
	return &a->fact;
}
