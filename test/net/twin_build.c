/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * twin_build [HOLD]: builds the twin of the namespace it runs in and compares the two,
 * field by field, through rtnetlink and /proc/sys. The hosts are made by twin_hosts.sh.
 * Prints one line a comparison, "ok WHAT" or "not ok WHAT: DETAIL", gaps as "gap …", the
 * time as "time …". With HOLD it then says "held" and keeps the twin until it is killed.
 * Exit status 1: something differs.
 */
#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sys/ns.h"
#include "twin/twin.h"

static int failures;

static void different(const char *what, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void different(const char *what, const char *fmt, ...)
{
	va_list args;

	printf("not ok %s: ", what);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	failures++;
}

static void done(const char *what, int failures_before)
{
	if (failures == failures_before)
		printf("ok %s\n", what);
}

static void compare_link(const struct host_link *h, const struct host_link *t)
{
	unsigned flags = IFF_NOARP | IFF_MULTICAST | (h->slave ? 0 : IFF_UP);

	if (h->sort != t->sort)
		different("links", "%s: sort %d, not %d", h->name, t->sort, h->sort);
	if (h->index != t->index || h->mtu != t->mtu || h->group != t->group)
		different("links", "%s: index %d mtu %u group %u, not %d %u %u", h->name, t->index,
			  t->mtu, t->group, h->index, h->mtu, h->group);
	if (memcmp(h->mac, t->mac, sizeof(h->mac)) != 0)
		different("links", "%s: another MAC address", h->name);
	if ((h->flags ^ t->flags) & flags)
		different("links", "%s: flags %x, not %x", h->name, t->flags & flags,
			  h->flags & flags);
	if (h->slave && t->flags & IFF_UP)
		different("links", "%s: a member of a bridge is up", h->name);
}

/* Nothing beside the host's names: what has no name here can send nothing anywhere. */
static void compare_links(const struct host_net *host, const struct host_net *twin)
{
	int before = failures;

	for (size_t i = 0; i < host->link_n; i++) {
		const struct host_link *t = host_net_link_named(twin, host->link[i].name);

		if (!t)
			different("links", "%s is missing", host->link[i].name);
		else
			compare_link(&host->link[i], t);
	}
	for (size_t i = 0; i < twin->link_n; i++)
		if (!host_net_link_named(host, twin->link[i].name))
			different("links", "%s is not the host's", twin->link[i].name);
	done("links", before);
}

static bool same_addr(const struct host_addr *a, const struct host_addr *b)
{
	/* IFA_F_NOPREFIXROUTE and DEPRECATED stay; NODAD, PERMANENT and the like are the kernel's. */
	const unsigned flags = 0x200 | 0x20;

	return a->index == b->index && ip_eq(&a->addr, &b->addr) && ip_eq(&a->peer, &b->peer) &&
	       a->prefix.len == b->prefix.len && ip_eq(&a->broadcast, &b->broadcast) &&
	       (a->flags & flags) == (b->flags & flags);
}

static size_t count_addr(const struct host_net *net, const struct host_addr *a)
{
	size_t n = 0;

	for (size_t i = 0; i < net->addr_n; i++)
		n += same_addr(&net->addr[i], a);
	return n;
}

static bool of_slave(const struct host_net *net, int index)
{
	const struct host_link *link = host_net_link(net, index);

	return link && link->slave;
}

static void compare_addrs(const struct host_net *host, const struct host_net *twin)
{
	char text[IP_TEXT_LEN];
	int before = failures;

	for (size_t i = 0; i < host->addr_n; i++)
		if (!of_slave(host, host->addr[i].index) && count_addr(twin, &host->addr[i]) != 1)
			different("addresses", "%s is there %zu times",
				  ip_format(&host->addr[i].addr, text),
				  count_addr(twin, &host->addr[i]));
	for (size_t i = 0; i < twin->addr_n; i++)
		if (count_addr(host, &twin->addr[i]) != 1)
			different("addresses", "%s is not the host's",
				  ip_format(&twin->addr[i].addr, text));
	done("addresses", before);
}

static bool same_route(const struct host_route *a, const struct host_route *b)
{
	return a->family == b->family && a->type == b->type && a->table == b->table &&
	       a->metric == b->metric && a->dst.len == b->dst.len &&
	       ip_eq(&a->dst.addr, &b->dst.addr) && a->index == b->index &&
	       ip_eq(&a->gateway, &b->gateway);
}

static size_t count_route(const struct host_net *net, const struct host_route *route)
{
	size_t n = 0;

	for (size_t i = 0; i < net->route_n; i++)
		n += same_route(&net->route[i], route);
	return n;
}

static void compare_routes(const struct host_net *host, const struct host_net *twin)
{
	char text[IP_TEXT_LEN];
	int before = failures;

	for (size_t i = 0; i < host->route_n; i++) {
		const struct host_route *route = &host->route[i];

		if (!of_slave(host, route->index) &&
		    count_route(host, route) != count_route(twin, route))
			different(
				"routes",
				"%s type %u table %u dev %d metric %u is there %zu times, not %zu",
				ip_prefix_format(&route->dst, text), route->type, route->table,
				route->index, route->metric, count_route(twin, route),
				count_route(host, route));
	}
	for (size_t i = 0; i < twin->route_n; i++)
		if (count_route(host, &twin->route[i]) == 0)
			different(
				"routes", "%s type %u table %u dev %d metric %u is not the host's",
				ip_prefix_format(&twin->route[i].dst, text), twin->route[i].type,
				twin->route[i].table, twin->route[i].index, twin->route[i].metric);
	if (host->gateway_n != twin->gateway_n)
		different("routes", "%zu gateways, not %zu", twin->gateway_n, host->gateway_n);
	done("routes", before);
}

/* The kernel prints rules in order and without anything that changes: octet by octet. */
static void compare_rules(const struct host_net *host, const struct host_net *twin)
{
	const struct nlmsghdr *h = NULL, *t = NULL;
	size_t head = 16; /* of the netlink message: sequence numbers differ */
	int before = failures;

	if (host->rules.n != twin->rules.n)
		different("rules", "%zu, not %zu", twin->rules.n, host->rules.n);
	for (size_t i = 0; i < host->rules.n && failures == before; i++) {
		uint32_t len, other;

		h = host_dump_next(&host->rules, h);
		t = host_dump_next(&twin->rules, t);
		memcpy(&len, h, sizeof(len));
		memcpy(&other, t, sizeof(other));
		if (len != other ||
		    memcmp((const char *)h + head, (const char *)t + head, len - head))
			different("rules", "number %zu differs", i + 1);
	}
	done("rules", before);
}

/* What the twin has otherwise on purpose; twin.h and its sysctl.c say why. */
static bool is_on_purpose(const char *name)
{
	static const char *const parts[] = { "icmp_ratelimit", "icmp.ratelimit", "icmp_msgs_",
					     ".addr_gen_mode" };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (strstr(name, parts[i]))
			return true;
	return false;
}

static bool is_gap(const struct twin *t, const char *name)
{
	size_t n;
	const struct fact_gap *gap = twin_gaps(t, &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(gap[i].what, "sysctl") == 0 &&
		    strncmp(gap[i].which, name, strlen(name)) == 0)
			return true;
	return false;
}

static void compare_sysctls(const struct twin *t, const struct host_sysctl *host,
			    const struct host_sysctl *twin)
{
	int before = failures;
	size_t equal = 0;

	for (size_t i = 0; i < host->n; i++) {
		const char *name = host->item[i].name;
		const char *value = host_sysctl_find(twin, name);

		if (!value || is_on_purpose(name) || is_gap(t, name))
			continue;
		if (strcmp(value, host->item[i].value) == 0)
			equal++;
		else if (!strstr(name, "hash_entries") && !strstr(name, "nf_conntrack_count"))
			different("sysctls", "%s is '%s', not '%s'", name, value,
				  host->item[i].value);
	}
	printf("# %zu sysctls are equal\n", equal);
	done("sysctls", before);
}

static void compare_ports(const struct twin *t, const struct host_net *host)
{
	int before = failures;
	size_t n;
	const struct twin_port *port = twin_ports(t, &n);

	if (n != host->link_n)
		different("ports", "%zu, not %zu", n, host->link_n);
	for (size_t i = 0; i < n; i++) {
		if (port[i].kind == TWIN_ETHER && port[i].outside <= 0)
			different("ports", "%s has no other end", port[i].name);
		if ((port[i].kind == TWIN_L3) != (port[i].tun_fd >= 0))
			different("ports", "%s: descriptor %d", port[i].name, port[i].tun_fd);
		if (twin_port_of(t, port[i].host_index) != &port[i] ||
		    twin_port_named(t, port[i].name) != &port[i])
			different("ports", "%s is not found", port[i].name);
	}
	done("ports", before);
}

/* The outside: only ends of cables, no address, no route. */
static void compare_outside(const struct twin *t)
{
	AUTO(ns_leave) struct ns_visit v = ns_visit(twin_outside_fd(t), NULL);
	AUTO(host_net_freep) struct host_net *out = NULL;
	int before = failures;
	size_t n, cables = 0;
	const struct twin_port *port = twin_ports(t, &n);

	if (v.r < 0 || host_net_read(&out, NULL) < 0) {
		different("outside", "cannot be read");
		return;
	}
	for (size_t i = 0; i < n; i++)
		cables += port[i].kind == TWIN_ETHER;
	if (out->link_n != cables + 1)
		different("outside", "%zu interfaces for %zu cables", out->link_n - 1, cables);
	if (out->addr_n != 0 || out->route_n != 0)
		different("outside", "%zu addresses, %zu routes", out->addr_n, out->route_n);
	done("outside", before);
}

static int read_all(int ns, struct host_net **net, struct host_sysctl **sysctl, struct err *err)
{
	AUTO(ns_leave) struct ns_visit v = { -1, 0 };
	int r;

	if (ns >= 0)
		v = ns_visit(ns, err);
	r = v.r;
	if (r == 0)
		r = host_net_read(net, err);
	if (r == 0)
		r = host_sysctl_read(sysctl, err);
	return r;
}

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void compare(const struct twin *t, const struct host_net *host,
		    const struct host_sysctl *sysctl)
{
	AUTO(host_net_freep) struct host_net *twin = NULL;
	AUTO(host_sysctl_freep) struct host_sysctl *twin_sysctl = NULL;
	struct err err;
	const struct fact_gap *gap;
	size_t n;

	if (read_all(twin_inside_fd(t), &twin, &twin_sysctl, &err) < 0) {
		different("twin", "%s", err.text);
		return;
	}
	compare_links(host, twin);
	compare_addrs(host, twin);
	compare_routes(host, twin);
	compare_rules(host, twin);
	compare_sysctls(t, sysctl, twin_sysctl);
	compare_ports(t, host);
	compare_outside(t);
	gap = twin_gaps(t, &n);
	for (size_t i = 0; i < n; i++)
		printf("gap %s, %s, %s, %s\n", gap[i].what, gap[i].which, gap[i].why, gap[i].means);
}

int main(int argc, char **argv)
{
	AUTO(host_net_freep) struct host_net *net = NULL;
	AUTO(host_sysctl_freep) struct host_sysctl *sysctl = NULL;
	AUTO(twin_freep) struct twin *t = NULL;
	struct err err;
	double begin = now_ms(), read_done;

	(void)argv;
	if (read_all(-1, &net, &sysctl, &err) < 0) {
		printf("not ok read: %s\n", err.text);
		return 1;
	}
	read_done = now_ms();
	if (twin_new(net, sysctl, &t, &err) < 0) {
		printf("not ok build: %s\n", err.text);
		return 1;
	}
	printf("time read %.1f ms, build %.1f ms\n", read_done - begin, now_ms() - read_done);
	compare(t, net, sysctl);
	fflush(stdout);
	if (argc > 1) {
		puts("held");
		fflush(stdout);
		pause();
	}
	return failures > 0;
}
