/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/route.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "flow/route_own.h"
#include "host/netparse.h"

#define CHUNK     256   /* answers allocated at once */
#define ZONED_MAX 256   /* answers kept of link-local targets, and of a host with too many routes */
#define NEWS_LEN  65536 /* octets of one reading of changes */
#define NEWS_ROOM (1 << 20) /* octets that the kernel may hold for us */

struct answer {
	struct flow_path path; /* .kind NONE and .first of family 0: not used yet */
	size_t piece;
	int family;
};

struct flow_routes {
	struct nl *nl, *news; /* questions; changes */
	struct host_net *net;
	char iface[IF_NAMESIZE]; /* empty: any */
	int oif;
	struct ip_addr source;
	bool stale; /* there were changes that could not be read */

	struct route_edges edges[2]; /* IPv4, IPv6 */
	struct answer *chunk[FLOW_ROUTE_PIECES_MAX / CHUNK];
	size_t answer_n; /* given so far: the next goes to place answer_n % FLOW_ROUTE_PIECES_MAX */
	const struct flow_path *last[2]; /* found last, of each family */

	struct flow_path zoned[ZONED_MAX];
	size_t zoned_n; /* likewise */
	struct flow_path none;
	uint8_t buf[NEWS_LEN] __attribute__((aligned(NLMSG_ALIGNTO)));
};

static void forget(struct flow_routes *r)
{
	route_edges_done(&r->edges[0]);
	route_edges_done(&r->edges[1]);
	r->answer_n = r->zoned_n = 0;
	r->last[0] = r->last[1] = NULL;
	memset(r->zoned, 0, sizeof(r->zoned));
}

void flow_routes_close(struct flow_routes *r)
{
	if (!r)
		return;
	forget(r);
	for (size_t i = 0; i < ARRAY_LEN(r->chunk); i++)
		free(r->chunk[i]);
	host_net_free(r->net);
	nl_close(r->nl);
	nl_close(r->news);
	free(r);
}

void flow_routes_closep(struct flow_routes **r)
{
	flow_routes_close(*r);
}

/* Read the network anew. On failure everything stays as it was. */
static int read_net(struct flow_routes *r, struct err *err)
{
	struct route_edges edges[2] = { 0 };
	const struct host_link *link;
	struct host_net *net;
	int e = host_net_read(&net, err);

	if (e < 0)
		return e;
	e = route_edges_make(net, 4, &edges[0]);
	if (e == 0)
		e = route_edges_make(net, 6, &edges[1]);
	if (e < 0) {
		route_edges_done(&edges[0]);
		host_net_free(net);
		return err_set(err, e, "reading routes: out of memory");
	}
	forget(r);
	memcpy(r->edges, edges, sizeof(edges));
	host_net_free(r->net);
	r->net = net;
	r->stale = false;
	/* An interface that was made anew under its name has another number. */
	link = r->iface[0] ? host_net_link_named(net, r->iface) : NULL;
	if (link)
		r->oif = link->index;
	return 0;
}

static int subscribe(struct nl *nl)
{
	static const int groups[] = { RTNLGRP_LINK,      RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE,
				      RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV6_ROUTE,
				      RTNLGRP_IPV6_RULE };
	int room = NEWS_ROOM;

	(void)setsockopt(nl_fd(nl), SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		if (setsockopt(nl_fd(nl), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i],
			       sizeof(groups[i])) < 0)
			return -errno;
	return 0;
}

static int check_conf(struct flow_routes *r, const struct flow_routes_conf *conf, struct err *err)
{
	if (conf->iface && !host_net_link_named(r->net, conf->iface))
		return err_set(err, -ENODEV, "there is no interface '%.40s'", conf->iface);
	return conf->source.family ? flow_routes_own(r, &conf->source, 1, err) : 0;
}

int flow_routes_open(const struct flow_routes_conf *conf, struct flow_routes **ret, struct err *err)
{
	AUTO(flow_routes_closep) struct flow_routes *r = calloc(1, sizeof(*r));
	int e;

	if (!r)
		return err_set(err, -ENOMEM, "reading routes: out of memory");
	r->none.kind = FLOW_PATH_NONE;
	r->source = conf->source;
	if (conf->iface && strlen(conf->iface) < sizeof(r->iface))
		memcpy(r->iface, conf->iface, strlen(conf->iface) + 1);
	e = nl_open(NETLINK_ROUTE, &r->nl, err);
	if (e == 0)
		e = nl_open(NETLINK_ROUTE, &r->news, err);
	if (e < 0)
		return e;
	/* Changes are listened for before the first look, so that none is missed. */
	e = subscribe(r->news);
	if (e < 0)
		return err_set(err, e, "listening for changes of routes: %s", strerror(-e));
	e = read_net(r, err);
	if (e == 0)
		e = check_conf(r, conf, err);
	if (e < 0)
		return e;
	*ret = r;
	r = NULL;
	return 0;
}

static bool is_in(const struct flow_path *p, const struct ip_addr *a)
{
	size_t len = ip_len(a->family);

	return memcmp(p->first.octet, a->octet, len) <= 0 &&
	       memcmp(a->octet, p->last.octet, len) <= 0;
}

/* The place of a new answer, taken from the oldest if need be; NULL: out of memory. */
static struct answer *place(struct flow_routes *r)
{
	size_t at = r->answer_n % FLOW_ROUTE_PIECES_MAX;
	struct answer **chunk = &r->chunk[at / CHUNK], *a;

	if (!*chunk)
		*chunk = calloc(CHUNK, sizeof(**chunk));
	if (!*chunk)
		return NULL;
	a = &(*chunk)[at % CHUNK];
	if (r->answer_n >= FLOW_ROUTE_PIECES_MAX)
		r->edges[a->family == 6].answer[a->piece] = 0;
	return a;
}

static void ask(struct flow_routes *r, const struct ip_addr *dst, int oif,
		const struct ip_addr *first, const struct ip_addr *last, struct flow_path *ret)
{
	route_ask(r->nl, r->net, dst, oif, &r->source, ret);
	ret->first = *first;
	ret->last = *last;
}

/* Addresses of one link, and pieces whose ends are not known: a short list does. */
static const struct flow_path *find_zoned(struct flow_routes *r, const struct ip_addr *dst,
					  const struct ip_addr *first, const struct ip_addr *last)
{
	struct flow_path *p;

	for (size_t i = 0; i < MIN(r->zoned_n, (size_t)ZONED_MAX); i++) {
		p = &r->zoned[i];
		if (p->first.family == dst->family && p->first.zone == dst->zone && is_in(p, dst))
			return p;
	}
	p = &r->zoned[r->zoned_n++ % ZONED_MAX];
	ask(r, dst, dst->zone ? (int)dst->zone : r->oif, first, last, p);
	return p;
}

static const struct flow_path *find(struct flow_routes *r, const struct ip_addr *dst)
{
	struct route_edges *e = &r->edges[dst->family == 6];
	struct ip_addr plain = *dst, first, last;
	struct answer *a;
	enum ip_kind kind;
	size_t piece;
	uint32_t n;

	kind = ip_kind(dst);
	plain.zone = kind == IP_LINK_LOCAL || kind == IP_MULTICAST ? dst->zone : 0;
	piece = route_edges_find(e, &plain, &first, &last);
	if (plain.zone != 0)
		return find_zoned(r, &plain, &first, &last);
	if (r->net->routes.cut || r->net->rules.cut)
		return find_zoned(r, &plain, &plain, &plain);
	n = e->answer[piece];
	if (n != 0)
		return &r->chunk[(n - 1) / CHUNK][(n - 1) % CHUNK].path;
	a = place(r);
	if (!a) {
		r->none.error = ENOMEM;
		return &r->none;
	}
	ask(r, &plain, r->oif, &first, &last, &a->path);
	a->piece = piece;
	a->family = dst->family;
	e->answer[piece] = (uint32_t)(r->answer_n++ % FLOW_ROUTE_PIECES_MAX) + 1;
	return &a->path;
}

const struct flow_path *flow_routes_find(struct flow_routes *r, const struct ip_addr *dst)
{
	const struct flow_path **last = &r->last[dst->family == 6];

	if (*last && (*last)->first.zone == dst->zone && is_in(*last, dst))
		return *last;
	if (ip_len(dst->family) == 0) {
		r->none.error = EAFNOSUPPORT;
		return &r->none;
	}
	if (r->stale && read_net(r, NULL) < 0) {
		r->none.error = EAGAIN;
		return &r->none;
	}
	*last = find(r, dst);
	if (*last == &r->none)
		*last = NULL;
	return *last ? *last : &r->none;
}

bool flow_routes_slave(const struct flow_routes *r, int ifindex)
{
	const struct host_link *link = host_net_link(r->net, ifindex);

	return link && link->slave;
}

int flow_routes_fd(const struct flow_routes *r)
{
	return nl_fd(r->news);
}

/* Links tell of themselves for many reasons; few of them are ours. */
static bool link_differs(const struct flow_routes *r, const struct nlmsghdr *msg)
{
	const unsigned flags = IFF_UP | IFF_RUNNING | IFF_NOARP;
	const struct host_link *was;
	struct host_link now;
	int e = host_net_parse_link(msg, &now);

	if (e < 0)
		return e != -ENOENT;
	was = host_net_link(r->net, now.index);
	return !was || (was->flags & flags) != (now.flags & flags) || was->mtu != now.mtu ||
	       was->master != now.master || strcmp(was->name, now.name) != 0 ||
	       memcmp(was->mac, now.mac, sizeof(was->mac)) != 0;
}

/* Router advertisements renew the lifetimes of addresses again and again. */
static bool addr_differs(const struct flow_routes *r, const struct nlmsghdr *msg)
{
	struct host_addr now;

	if (host_net_parse_addr(msg, &now) < 0)
		return true;
	for (size_t i = 0; i < r->net->addr_n; i++) {
		const struct host_addr *was = &r->net->addr[i];

		if (was->index == now.index && ip_eq(&was->addr, &now.addr) &&
		    was->prefix.len == now.prefix.len && was->flags == now.flags)
			return false;
	}
	return true;
}

static bool matters(const struct flow_routes *r, const struct nlmsghdr *msg)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(msg);

	if (msg->nlmsg_type == RTM_NEWLINK)
		return link_differs(r, msg);
	if (msg->nlmsg_type == RTM_NEWADDR)
		return addr_differs(r, msg);
	if (msg->nlmsg_type == RTM_NEWROUTE || msg->nlmsg_type == RTM_DELROUTE)
		return mnl_nlmsg_get_payload_len(msg) < sizeof(*rtm) ||
		       !(rtm->rtm_flags & RTM_F_CLONED);
	return msg->nlmsg_type >= NLMSG_MIN_TYPE;
}

bool flow_routes_changed(struct flow_routes *r)
{
	bool changed = r->stale;

	for (;;) {
		ssize_t n = recv(nl_fd(r->news), r->buf, sizeof(r->buf), MSG_DONTWAIT);
		const struct nlmsghdr *msg = (const void *)r->buf;
		int left = (int)n;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == ENOBUFS) {
			changed = true; /* more happened than could be told */
			continue;
		}
		if (n <= 0)
			break;
		for (; !changed && mnl_nlmsg_ok(msg, left); msg = mnl_nlmsg_next(msg, &left))
			changed = matters(r, msg);
	}
	if (changed && read_net(r, NULL) < 0) {
		forget(r);
		r->stale = true;
	}
	return changed;
}

int flow_routes_neighbour(struct flow_routes *r, int ifindex, const struct ip_addr *next_hop,
			  struct eth_addr *ret_mac)
{
	return route_neighbour(r->nl, ifindex, next_hop, ret_mac);
}

int flow_routes_own(struct flow_routes *r, const struct ip_addr *first, uint64_t n, struct err *err)
{
	struct ip_addr end = ip_plus(first, n - 1), at = *first, last;

	while (n > 0 && route_local(r->net, &at, &last)) {
		if (ip_cmp(&last, &end) >= 0)
			return 0;
		at = ip_plus(&last, 1);
	}
	if (n == 0)
		return 0;
	return route_local_refuse(r->net, &at, &end, r->iface[0] ? r->iface : NULL, err);
}
