/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/net.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/xfrm.h>

#include "host/netparse.h"
#include "sys/nl.h"

#define GATEWAY_MAX 4096 /* different gateways that are kept; a router with more keeps the first */

/* The arrays are handed out as const; this is where they are still being written. */
struct work {
	struct host_link *link;
	struct fact_iface *iface;
	struct host_addr *addr;
	struct fact_iface_addr *iface_addr;
	struct host_route *route;
	struct host_gateway *gateway;
	struct host_neigh *neigh;
	size_t gateway_n;
};

struct owned {
	struct host_net net; /* first: what callers hold */
	struct work work;
};

static int read_dumps(struct nl *nl, struct host_net *net, struct err *err)
{
	struct {
		int type, family;
		struct host_dump *to;
		const char *what;
	} dumps[] = {
		{ RTM_GETLINK, AF_UNSPEC, &net->links, "interfaces" },
		{ RTM_GETADDR, AF_UNSPEC, &net->addrs, "addresses" },
		{ RTM_GETROUTE, AF_INET, &net->routes, "IPv4 routes" },
		{ RTM_GETROUTE, AF_INET6, &net->routes, "IPv6 routes" },
		{ RTM_GETRULE, AF_INET, &net->rules, "IPv4 routing rules" },
		{ RTM_GETRULE, AF_INET6, &net->rules, "IPv6 routing rules" },
		{ RTM_GETNEIGH, AF_UNSPEC, &net->neighs, "neighbours" },
	};

	for (size_t i = 0; i < ARRAY_LEN(dumps); i++) {
		int r;

		if (dumps[i].family == AF_INET6 && !net->has_v6)
			continue;
		r = host_dump_read(nl, dumps[i].type, dumps[i].family, dumps[i].to);
		/* A kernel built without policy routing has no rules to tell of. */
		if (r == -EOPNOTSUPP && dumps[i].to == &net->rules)
			continue;
		if (r < 0)
			return err_set(err, r, "reading this host's %s: %s", dumps[i].what,
				       strerror(-r));
	}
	return 0;
}

static int make_room(const struct host_net *net, struct work *w)
{
	/* One more than needed each: an empty list is a list, and no size is 0. */
	w->link = calloc(net->links.n + 1, sizeof(*w->link));
	w->iface = calloc(net->links.n + 1, sizeof(*w->iface));
	w->addr = calloc(net->addrs.n + 1, sizeof(*w->addr));
	w->iface_addr = calloc(net->addrs.n + 1, sizeof(*w->iface_addr));
	w->route = calloc(net->routes.n + 1, sizeof(*w->route));
	w->gateway = calloc(GATEWAY_MAX, sizeof(*w->gateway));
	w->neigh = calloc(net->neighs.n + 1, sizeof(*w->neigh));
	return w->link && w->iface && w->addr && w->iface_addr && w->route && w->gateway && w->neigh
		       ? 0
		       : -ENOMEM;
}

static const char *fact_kind_word(const struct host_link *link)
{
	switch (link->sort) {
	case HOST_LINK_LOOPBACK:
		return "loopback";
	case HOST_LINK_L3:
		return "l3";
	case HOST_LINK_ETHER:
		break;
	}
	return link->kind[0] ? link->kind : "ethernet";
}

/* The addresses of interface @index, one behind the other at @to. */
static size_t gather_addrs(const struct host_net *net, int index, struct fact_iface_addr *to)
{
	size_t n = 0;

	for (size_t i = 0; i < net->addr_n; i++)
		if (net->addr[i].index == index)
			to[n++] = (struct fact_iface_addr){ net->addr[i].addr,
							    net->addr[i].prefix.len };
	return n;
}

static void make_facts(const struct host_net *net, struct work *w)
{
	struct fact_iface_addr *at = w->iface_addr;

	for (size_t i = 0; i < net->link_n; i++) {
		const struct host_link *link = &net->link[i];
		size_t n = gather_addrs(net, link->index, at);

		w->iface[i] = (struct fact_iface){
			.name = link->name,
			.index = link->index,
			.mtu = link->mtu,
			.kind = fact_kind_word(link),
			.up = link->flags & IFF_UP,
			.addrs = { at, n },
		};
		at += n;
	}
}

static void add_gateway(const struct host_gateway *gw, void *to)
{
	struct work *w = to;

	for (size_t i = 0; i < w->gateway_n; i++)
		if (w->gateway[i].index == gw->index && ip_eq(&w->gateway[i].addr, &gw->addr)) {
			w->gateway[i].is_default |= gw->is_default;
			return;
		}
	if (w->gateway_n < GATEWAY_MAX)
		w->gateway[w->gateway_n++] = *gw;
}

static int by_default(const void *a_, const void *b_)
{
	const struct host_gateway *a = a_, *b = b_;

	if (a->is_default != b->is_default)
		return a->is_default ? -1 : 1;
	if (a->index != b->index)
		return a->index < b->index ? -1 : 1;
	return ip_cmp(&a->addr, &b->addr);
}

static void parse_all(struct host_net *net, struct work *w)
{
	const struct nlmsghdr *m;

	for (m = NULL; (m = host_dump_next(&net->links, m));)
		net->link_n += host_net_parse_link(m, &w->link[net->link_n]) == 0;
	for (m = NULL; (m = host_dump_next(&net->addrs, m));)
		net->addr_n += host_net_parse_addr(m, &w->addr[net->addr_n]) == 0;
	for (m = NULL; (m = host_dump_next(&net->routes, m));) {
		net->route_n += host_net_parse_route(m, &w->route[net->route_n]) == 0;
		host_net_parse_gateways(m, add_gateway, w);
	}
	for (m = NULL; (m = host_dump_next(&net->neighs, m));)
		net->neigh_n += host_net_parse_neigh(m, &w->neigh[net->neigh_n]) == 0;
	qsort(w->gateway, w->gateway_n, sizeof(*w->gateway), by_default);

	net->link = w->link;
	net->addr = w->addr;
	net->route = w->route;
	net->gateway = w->gateway;
	net->gateway_n = w->gateway_n;
	net->neigh = w->neigh;
	make_facts(net, w);
	net->iface = w->iface;
}

/* A kernel without the family refuses its sockets. */
static bool have_family(int af)
{
	int fd = socket(af, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return errno != EAFNOSUPPORT;
	close(fd);
	return true;
}

/* What sees packets before the firewall does. A host that does not tell has none of it. */
static void read_before(struct nl *nl, const struct host_net *net, struct work *w)
{
	struct host_dump qdiscs = { 0 };

	host_dump_read(nl, RTM_GETQDISC, AF_UNSPEC, &qdiscs);
	for (const struct nlmsghdr *m = NULL; (m = host_dump_next(&qdiscs, m));)
		for (size_t i = 0; i < net->link_n; i++)
			w->link[i].tc |= w->link[i].index == host_net_parse_ingress(m);
	host_dump_done(&qdiscs);
}

static void read_ipsec(struct host_net *net)
{
	AUTO(nl_closep) struct nl *nl = NULL;
	struct host_dump policies = { 0 };

	if (nl_open(NETLINK_XFRM, &nl, NULL) == 0)
		host_dump_read(nl, XFRM_MSG_GETPOLICY, AF_UNSPEC, &policies);
	for (const struct nlmsghdr *m = NULL; (m = host_dump_next(&policies, m));)
		net->ipsec_n += host_net_parse_ipsec(m);
	host_dump_done(&policies);
}

int host_net_read(struct host_net **ret, struct err *err)
{
	struct owned *o = calloc(1, sizeof(*o));
	AUTO(host_net_freep) struct host_net *net = NULL;
	AUTO(nl_closep) struct nl *nl = NULL;
	int r;

	if (!o)
		return err_set(err, -ENOMEM, "reading this host's network: out of memory");
	net = &o->net;
	net->has_v4 = have_family(AF_INET);
	net->has_v6 = have_family(AF_INET6);
	r = nl_open(NETLINK_ROUTE, &nl, err);
	if (r < 0)
		return r;
	r = read_dumps(nl, net, err);
	if (r < 0)
		return r;
	r = make_room(net, &o->work);
	if (r < 0)
		return err_set(err, r, "reading this host's network: out of memory");
	parse_all(net, &o->work);
	read_before(nl, net, &o->work);
	read_ipsec(net);
	*ret = net;
	net = NULL;
	return 0;
}

void host_net_free(struct host_net *net)
{
	struct owned *o = (struct owned *)net;

	if (!net)
		return;
	host_dump_done(&net->links);
	host_dump_done(&net->addrs);
	host_dump_done(&net->routes);
	host_dump_done(&net->rules);
	host_dump_done(&net->neighs);
	free(o->work.link);
	free(o->work.iface);
	free(o->work.addr);
	free(o->work.iface_addr);
	free(o->work.route);
	free(o->work.gateway);
	free(o->work.neigh);
	free(o);
}

void host_net_freep(struct host_net **net)
{
	host_net_free(*net);
}

const struct host_link *host_net_link(const struct host_net *net, int index)
{
	for (size_t i = 0; i < net->link_n; i++)
		if (net->link[i].index == index)
			return &net->link[i];
	return NULL;
}

const struct host_link *host_net_link_named(const struct host_net *net, const char *name)
{
	for (size_t i = 0; i < net->link_n; i++)
		if (strcmp(net->link[i].name, name) == 0)
			return &net->link[i];
	return NULL;
}
