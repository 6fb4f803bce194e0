/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "twin/twin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include "sys/nl.h"
#include "sys/ns.h"
#include "twin/inside.h"

#define ICMP_BUFFER (64 << 20) /* octets: about 80,000 small messages between two looks */

static int open_in(int ns, int family, struct nl **ret, struct err *err)
{
	AUTO(ns_leave) struct ns_visit v = ns_visit(ns, err);

	return v.r < 0 ? v.r : nl_open(family, ret, err);
}

static int make_spaces(struct twin *t, struct err *err)
{
	int r;

	r = ns_new(&t->inside, err);
	if (r == 0)
		r = ns_new(&t->outside, err);
	if (r == 0)
		r = open_in(t->inside, NETLINK_ROUTE, &t->in, err);
	if (r == 0)
		r = open_in(t->outside, NETLINK_ROUTE, &t->out, err);
	return r;
}

static int quiet_outside(struct twin *t, struct err *err)
{
	AUTO(ns_leave) struct ns_visit v = ns_visit(t->outside, err);

	if (v.r == 0)
		twin_sysctl_outside();
	return v.r;
}

static int furnish(struct twin *t, const struct host_net *net, const struct host_sysctl *sysctl,
		   struct err *err)
{
	AUTO(ns_leave) struct ns_visit v = ns_visit(t->inside, err);
	int r;

	if (v.r < 0)
		return v.r;
	twin_sysctl_early(t, sysctl);
	r = twin_link_make(t, net, err);
	if (r < 0)
		return r;
	twin_sysctl_links(t, sysctl);
	twin_link_up(t, net);
	twin_sync_all(t, net);
	twin_sysctl_late(t, sysctl);
	return 0;
}

static void add_gateways(struct twin *t, const struct host_net *net)
{
	for (size_t i = 0; i < net->gateway_n; i++) {
		const struct twin_port *port = twin_port_of(t, net->gateway[i].index);
		char text[IP_TEXT_LEN];
		struct err err;

		if (port && port->up &&
		    twin_add_neighbour(t, port, &net->gateway[i].addr, &err) < 0)
			twin_gap(t, "gateway", ip_format(&net->gateway[i].addr, text), err.text,
				 "answers that go by it may not come out");
	}
}

static int build(struct twin *t, const struct host_net *net, const struct host_sysctl *sysctl,
		 struct err *err)
{
	int r = make_spaces(t, err);

	if (r == 0)
		r = quiet_outside(t, err);
	if (r == 0)
		r = furnish(t, net, sysctl, err);
	if (r < 0)
		return r;
	add_gateways(t, net);
	if (sysctl && sysctl->cut)
		twin_gap(t, "sysctl", "those beyond the first million", "more than Sonde keeps",
			 "the twin has the kernel's defaults for them");
	return 0;
}

int twin_new(const struct host_net *net, const struct host_sysctl *sysctl, struct twin **ret,
	     struct err *err)
{
	struct twin *t = calloc(1, sizeof(*t));
	int r;

	if (!t)
		return err_set(err, -ENOMEM, "building the twin: out of memory");
	t->inside = t->outside = -1;
	r = build(t, net, sysctl, err);
	if (r < 0) {
		twin_free(t);
		return err_wrap(err, r, "building the twin");
	}
	*ret = t;
	return 0;
}

void twin_free(struct twin *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->port_n; i++)
		if (t->port[i].tun_fd >= 0)
			close(t->port[i].tun_fd);
	nl_close(t->in);
	nl_close(t->out);
	nl_close(t->ct);
	if (t->inside >= 0)
		close(t->inside);
	if (t->outside >= 0)
		close(t->outside);
	twin_gap_free(t);
	free(t->port);
	free(t->port_name);
	free(t);
}

void twin_freep(struct twin **t)
{
	twin_free(*t);
}

int twin_inside_fd(const struct twin *t)
{
	return t->inside;
}

int twin_outside_fd(const struct twin *t)
{
	return t->outside;
}

const struct twin_port *twin_ports(const struct twin *t, size_t *ret_n)
{
	*ret_n = t->port_n;
	return t->port;
}

const struct twin_port *twin_port_named(const struct twin *t, const char *name)
{
	for (size_t i = 0; i < t->port_n; i++)
		if (strcmp(t->port[i].name, name) == 0)
			return &t->port[i];
	return NULL;
}

const struct twin_port *twin_port_of(const struct twin *t, int host_index)
{
	for (size_t i = 0; i < t->port_n; i++)
		if (t->port[i].host_index == host_index)
			return &t->port[i];
	return NULL;
}

int twin_add_neighbour(struct twin *t, const struct twin_port *port, const struct ip_addr *addr,
		       struct err *err)
{
	uint8_t buf[256] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);
	char text[IP_TEXT_LEN];
	struct ndmsg *ndm;
	int r;

	if (port->kind != TWIN_ETHER)
		return 0;
	msg->nlmsg_type = RTM_NEWNEIGH;
	msg->nlmsg_flags = NLM_F_CREATE | NLM_F_REPLACE;
	ndm = mnl_nlmsg_put_extra_header(msg, sizeof(*ndm));
	ndm->ndm_family = addr->family == 4 ? AF_INET : AF_INET6;
	ndm->ndm_ifindex = port->index;
	ndm->ndm_state = NUD_PERMANENT;
	mnl_attr_put(msg, NDA_DST, ip_len(addr->family), addr->octet);
	mnl_attr_put(msg, NDA_LLADDR, sizeof(port->outside_mac), port->outside_mac);
	r = nl_talk(t->in, msg, NULL, NULL, NULL);
	if (r < 0)
		return err_set(err, r, "making %s a neighbour of the twin on %s: %s",
			       ip_format(addr, text), port->name, strerror(-r));
	return 0;
}

int twin_icmp_open(const struct twin *t, int family, int *ret_fd, struct err *err)
{
	int size = ICMP_BUFFER, fd, r;

	r = ns_socket(t->inside, family == 4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_NONBLOCK,
		      family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6, &fd, err);
	if (r < 0)
		return r;
	/* Beyond net.core.rmem_max only with CAP_NET_ADMIN; else as much as there is. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	*ret_fd = fd;
	return 0;
}

int twin_flush_conntrack(struct twin *t, struct err *err)
{
	uint8_t buf[128] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg;
	int r = 0;

	if (!t->ct)
		r = open_in(t->inside, NETLINK_NETFILTER, &t->ct, err);
	/* A kernel without netfilter, or without connection tracking, has nothing to forget. */
	if (r == -EPROTONOSUPPORT)
		return 0;
	if (r < 0)
		return r;
	msg->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE;
	nfg = mnl_nlmsg_put_extra_header(msg, sizeof(*nfg));
	nfg->nfgen_family = AF_UNSPEC;
	nfg->version = NFNETLINK_V0;
	r = nl_talk(t->ct, msg, NULL, NULL, NULL);
	if (r < 0 && r != -EINVAL && r != -EOPNOTSUPP && r != -ENOENT)
		return err_set(err, r, "flushing the twin's connection tracking: %s", strerror(-r));
	return 0;
}
