/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/why.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow/audit.h"
#include "flow/route.h"
#include "flow/scan.h"
#include "flow/sweep.h"
#include "host/keep.h"
#include "host/net.h"
#include "host/services.h"
#include "host/sockets.h"
#include "out/why_words.h"

#define SENTINEL_PORT 40125 /* closed on most hosts: its refusal shows that refusals come through */
#define DEADLINE_NS   (60 * NS_PER_S)
#define SOCKETS_MAX   64 /* told of one port */

struct why {
	struct fact_why fact;
	const struct why_conf *conf; /* while it runs */
	struct keep keep;
	struct fact_port port[2];
	size_t port_n;
	struct fact_host host;
	struct fact_socket socket[SOCKETS_MAX];
	struct host_sockets *sockets; /* what those point into */
	struct audit *audit;          /* what the exposures are borrowed from */
	struct services *services;
	struct why_words words;
	const char *no_twin;
	bool over_loopback;
};

void why_free(struct why *w)
{
	if (!w)
		return;
	audit_free(w->audit);
	host_sockets_free(w->sockets);
	services_free(w->services);
	keep_done(&w->keep);
	free(w);
}

void why_freep(struct why **w)
{
	why_free(*w);
}

const struct fact_why *why_facts(const struct why *w)
{
	return &w->fact;
}

static void say(const struct why *w, const char *doing)
{
	if (w->conf->progress)
		w->conf->progress(w->conf->to, doing);
}

static bool stopped(const struct why *w)
{
	return w->conf->stop && w->conf->stop(w->conf->to);
}

/* What a survey tells is gone when it has told; what is kept here stays. */
static void on_host(void *to, const struct fact_host *host)
{
	struct why *w = to;
	struct fact_by *by = keep_alloc(&w->keep, (host->by.n + 1) * sizeof(*by));

	w->host = *host;
	w->host.name = keep_str(&w->keep, host->name);
	w->host.mac = keep_str(&w->keep, host->mac);
	w->host.vendor = keep_str(&w->keep, host->vendor);
	w->host.middlebox = keep_str(&w->keep, host->middlebox);
	w->host.error = keep_str(&w->keep, host->error);
	for (size_t i = 0; by && i < host->by.n; i++) {
		by[i] = ((const struct fact_by *)host->by.item)[i];
		by[i].probe = keep_str(&w->keep, by[i].probe);
		by[i].reply = keep_str(&w->keep, by[i].reply);
	}
	w->host.by = (struct fact_list){ by, by ? host->by.n : 0 };
	w->fact.host = &w->host;
}

/* The scan tells of its host too, but less: it was not asked to look for it. */
static void on_scanned(void *to, const struct fact_host *host)
{
	struct why *w = to;

	if (!w->host.middlebox)
		w->host.middlebox = keep_str(&w->keep, host->middlebox);
}

static void on_port(void *to, const struct fact_port *port)
{
	struct why *w = to;
	struct fact_port *p = &w->port[w->port_n];

	if (port->port != w->conf->port || w->port_n == ARRAY_LEN(w->port))
		return;
	*p = *port;
	p->service = keep_str(&w->keep, port->service);
	p->reason.kind = keep_str(&w->keep, port->reason.kind);
	p->reason.text = keep_str(&w->keep, port->reason.text);
	w->port_n++;
}

static void nothing_host(void *to UNUSED, const struct fact_host *host UNUSED)
{
}

static void nothing_port(void *to UNUSED, const struct fact_port *port UNUSED)
{
}

static void nothing_begin(void *to UNUSED, uint64_t expect_ns UNUSED, const char *backend UNUSED)
{
}

static void nothing_progress(void *to UNUSED, const struct survey_progress *p UNUSED)
{
}

static void nothing_note(void *to UNUSED, const char *text UNUSED)
{
}

static bool on_stop(void *to)
{
	return stopped(to);
}

static struct survey_tell tell_of(struct why *w)
{
	return (struct survey_tell){
		.begin = nothing_begin,
		.host = on_host,
		.port = nothing_port,
		.host_end = nothing_host,
		.progress = nothing_progress,
		.note = nothing_note,
		.stop = on_stop,
		.to = w,
	};
}

static int ping(struct why *w, const struct survey_conf *survey, struct err *err)
{
	static const struct ask echo = { .kind = ASK_ECHO };
	struct sweep_conf conf = { .survey = *survey, .ask = &echo, .ask_n = 1, .all = true };
	struct survey_tell tell = tell_of(w);
	const struct fact_host denied = { .addr = w->conf->addr,
					  .state = FACT_HOST_UNKNOWN,
					  .error = strerror(EPERM) };
	struct survey_sum sum;
	int r;

	say(w, "asking the host");
	r = sweep_run(&conf, &tell, &sum, err);
	/* Who may not ping may ask ports all the same. */
	if (r != -EPERM)
		return r;
	on_host(w, &denied);
	return 0;
}

static int scan(struct why *w, const struct survey_conf *survey, struct err *err)
{
	struct portset tcp = { 0 }, udp = { 0 };
	struct scan_conf conf = {
		.survey = *survey,
		.tcp = SCAN_TCP_SYN,
		.tcp_ports = &tcp,
		.udp_ports = &udp,
		.udp = true,
		.no_discovery = true,
		.numeric = true,
	};
	struct survey_tell tell = tell_of(w);
	struct survey_sum sum;

	portset_add(&tcp, w->conf->port);
	portset_add(&udp, w->conf->port);
	portset_add(&udp, w->conf->port == SENTINEL_PORT ? SENTINEL_PORT + 1 : SENTINEL_PORT);
	tell.host = on_scanned;
	tell.port = on_port;
	say(w, "asking the port over TCP and UDP");
	return scan_run(&conf, &tell, &sum, err);
}

/* Ports arrive in any order of protocols; readers expect TCP first. */
static void order_ports(struct why *w)
{
	if (w->port_n == 2 && w->port[0].proto > w->port[1].proto) {
		struct fact_port p = w->port[0];

		w->port[0] = w->port[1];
		w->port[1] = p;
	}
	w->fact.ports = (struct fact_list){ w->port, w->port_n };
}

static int ask(struct why *w, struct err *err)
{
	struct space_range range[2];
	struct flow_list list = { .space = { .range = range, .room = ARRAY_LEN(range) } };
	struct survey_conf survey = w->conf->survey;
	size_t room;
	int r = space_add(&list.space, &w->conf->addr, 1, true);

	if (r == 0)
		r = space_seal(&list.space, NULL, true, &room);
	if (r < 0)
		return err_set(err, r, "asking one address: %s", strerror(-r));
	survey.targets = &list;
	survey.shards = 1;
	if (survey.deadline_ns == 0)
		survey.deadline_ns = DEADLINE_NS;
	r = ping(w, &survey, err);
	if (r == 0 && !stopped(w))
		r = scan(w, &survey, err);
	order_ports(w);
	return r;
}

/* 1: the address is this host's own; 0: another's; -errno. */
static int is_own(const struct why_conf *why, struct err *err)
{
	AUTO(flow_routes_closep) struct flow_routes *routes = NULL;
	struct flow_routes_conf conf = { .iface = why->survey.iface };
	int r = flow_routes_open(&conf, &routes, err);

	return r < 0 ? r : flow_routes_find(routes, &why->addr)->kind == FLOW_PATH_LOCAL;
}

static int find_sockets(struct why *w, struct err *err)
{
	struct host_sockets_want want = {
		.protos = HOST_SOCKETS_BIT(FACT_TCP) | HOST_SOCKETS_BIT(FACT_UDP),
		.listening = true,
		.processes = true,
		.names = true,
	};
	size_t n = 0;
	int r = host_sockets_read(&want, &w->sockets, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < w->sockets->n && n < SOCKETS_MAX; i++) {
		const struct fact_socket *s = &w->sockets->item[i];

		if (s->local.port == w->conf->port && s->peer.port <= 0)
			w->socket[n++] = *s;
	}
	w->fact.sockets = (struct fact_list){ w->socket, n };
	return 0;
}

/* The interface that has @addr; NULL: none, or several do. */
static const char *home_of(const struct ip_addr *addr, struct keep *keep)
{
	AUTO(host_net_freep) struct host_net *net = NULL;
	const struct host_link *link = NULL;

	if (host_net_read(&net, NULL) < 0)
		return NULL;
	for (size_t i = 0; i < net->addr_n && !link; i++)
		if (ip_eq(&net->addr[i].addr, addr) &&
		    (addr->zone == 0 || (int)addr->zone == net->addr[i].index))
			link = host_net_link(net, net->addr[i].index);
	return link && link->sort != HOST_LINK_LOOPBACK ? keep_str(keep, link->name) : NULL;
}

/* How others see it. Without a twin the rest stands. */
static int prove(struct why *w)
{
	const char *iface[] = { home_of(&w->conf->addr, &w->keep), NULL };
	struct audit_conf conf = {
		.family = w->conf->addr.family,
		.iface = iface[0] ? iface : NULL,
		.port = w->conf->port,
		.addr = w->conf->addr,
		.stop = w->conf->stop,
		.progress = w->conf->progress,
		.to = w->conf->to,
	};
	const struct fact_audit *fact;
	struct err err = { "" };
	int denied = 0, r = audit_run(&conf, &w->audit, &denied, &err);

	if (r == -EINTR)
		return r;
	if (r < 0 || denied) {
		w->no_twin = denied ? "making a copy of this host needs root"
				    : keep_str(&w->keep, err.text);
		return 0;
	}
	fact = audit_facts(w->audit);
	w->fact.exposures = (struct fact_list){ fact->exposure, fact->exposure_n };
	if (fact->exposure_n == 0)
		w->no_twin = "no interface takes packets for this address now";
	return 0;
}

static int look_inside(struct why *w, struct err *err)
{
	int r = is_own(w->conf, err);

	if (r <= 0)
		return r;
	w->fact.local = w->over_loopback = true;
	say(w, "looking who holds the port");
	r = find_sockets(w, err);
	if (r == 0 && ip_kind(&w->conf->addr) != IP_LOOPBACK)
		r = prove(w);
	return r;
}

static void explain(struct why *w)
{
	struct why_about about = {
		.why = &w->fact,
		.over_loopback = w->over_loopback,
		.no_twin = w->no_twin,
	};

	why_words_make(&about, &w->words);
	w->fact.lines = (struct fact_list){ w->words.line, w->words.line_n };
	w->fact.answer = w->words.answer;
}

int why_run(const struct why_conf *conf, struct why **ret, struct err *err)
{
	AUTO(why_freep) struct why *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return err_set(err, -ENOMEM, "asking why: out of memory");
	w->conf = conf;
	r = services_read(&w->services, err);
	if (r < 0)
		return r;
	w->fact.addr = conf->addr;
	w->fact.port = conf->port;
	w->fact.name = keep_str(&w->keep, conf->name);
	w->fact.service = services_name(w->services, conf->proto, conf->port);
	if (!w->fact.service)
		w->fact.service = services_name(
			w->services, conf->proto == FACT_TCP ? FACT_UDP : FACT_TCP, conf->port);
	r = ask(w, err);
	if (r == 0)
		r = look_inside(w, err);
	if (r < 0)
		return r;
	if (stopped(w))
		return err_set(err, -EINTR, "interrupted");
	if (w->keep.full)
		return err_set(err, -ENOMEM, "asking why: out of memory");
	explain(w);
	w->conf = NULL;
	*ret = w;
	w = NULL;
	return 0;
}
