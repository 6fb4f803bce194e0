/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sockets.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/netlink.h>

#include "host/devices.h"
#include "host/proc.h"
#include "host/services.h"
#include "host/sockets_diag.h"
#include "host/sockets_proc.h"
#include "host/users.h"
#include "sys/nl.h"

/* The kernel's TCP_… states 1 to 12, and 13, which asks for sockets that are bound and no more. */
#define STATES_ALL 0x3ffeu
#define STATE(n)   (1u << (n))

struct host_sockets_own {
	struct keep names; /* device, user and program names */
	struct services *services;
};

static const struct sockets_source sources[] = {
	{ FACT_TCP, IPPROTO_TCP, { "tcp", "tcp6" }, STATE(TCP_LISTEN) },
	{ FACT_UDP, IPPROTO_UDP, { "udp", "udp6" }, STATE(TCP_CLOSE) },
	{ FACT_UDPLITE, IPPROTO_UDPLITE, { "udplite", "udplite6" }, STATE(TCP_CLOSE) },
	{ FACT_SCTP, IPPROTO_SCTP, { NULL, NULL }, STATE(TCP_LISTEN) },
	{ FACT_RAW, IPPROTO_RAW, { "raw", "raw6" }, STATE(TCP_CLOSE) },
	{ FACT_ICMP, -1, { "icmp", "icmp6" }, STATE(TCP_CLOSE) },
};

struct ip_addr sockets_unmapped(const struct ip_addr *a)
{
	static const uint8_t head[12] = { [10] = 0xff, [11] = 0xff };

	if (a->family == 6 && memcmp(a->octet, head, sizeof(head)) == 0)
		return ip_from(4, a->octet + sizeof(head));
	return *a;
}

static enum fact_reach group_reach(const struct ip_addr *a)
{
	if (a->family == 4)
		return a->octet[0] == 224 && a->octet[1] == 0 && a->octet[2] == 0
			       ? FACT_REACH_LINK
			       : FACT_REACH_IFACE;
	if ((a->octet[1] & 15) == 1)
		return FACT_REACH_LOOPBACK;
	return (a->octet[1] & 15) == 2 ? FACT_REACH_LINK : FACT_REACH_IFACE;
}

enum fact_reach sockets_reach(const struct ip_addr *local, uint32_t ifindex)
{
	struct ip_addr a = sockets_unmapped(local);

	/* The loopback device has index 1 in every network namespace. */
	if (ifindex == 1)
		return FACT_REACH_LOOPBACK;
	switch (ip_kind(&a)) {
	case IP_LOOPBACK:
		return FACT_REACH_LOOPBACK;
	case IP_LINK_LOCAL:
	case IP_BROADCAST: /* never forwarded: RFC 919 */
		return FACT_REACH_LINK;
	case IP_MULTICAST:
		return group_reach(&a);
	case IP_UNSPECIFIED:
		return ifindex ? FACT_REACH_IFACE : FACT_REACH_ANY;
	case IP_GLOBAL:
		return FACT_REACH_IFACE;
	}
	return FACT_REACH_ANY;
}

static int read_source(struct nl *nl, const struct sockets_source *src,
		       const struct host_sockets_want *want, struct sockets_list *to)
{
	uint32_t states = want->listening ? src->listening : STATES_ALL;

	for (int family = 4; family <= 6; family += 2) {
		int r = -ENOENT;

		if (want->family && want->family != family)
			continue;
		if (nl)
			r = sockets_diag_read(nl, src, family, states, to);
		if (r == -ENOENT)
			r = sockets_proc_read(src, family, states, to);
		if (r < 0 && r != -ENOENT)
			return r;
	}
	return 0;
}

static int read_all(const struct host_sockets_want *want, struct sockets_list *to, struct err *err)
{
	AUTO(nl_closep) struct nl *nl = NULL;
	int r;

	/* A sandbox may forbid netlink; the text files may still be there. */
	if (nl_open(NETLINK_SOCK_DIAG, &nl, NULL) < 0 && access("/proc/thread-self/net", R_OK) < 0)
		return err_set(
			err, -EACCES,
			"reading sockets: neither netlink nor /proc/thread-self/net can be used");
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		const struct sockets_source *src = &sources[i];

		if (want->protos && !(want->protos & HOST_SOCKETS_BIT(src->proto)))
			continue;
		r = read_source(nl, src, want, to);
		if (r < 0)
			return err_set(err, r, "reading %s sockets: %s",
				       fact_proto_words[src->proto], strerror(-r));
	}
	return 0;
}

/* What a sort looks at first, and where the rest is. */
struct key {
	uint64_t major;
	const struct sockets_entry *e;
};

static struct key key_of(const struct sockets_entry *e)
{
	bool passive = e->fact.state == FACT_LISTEN || e->fact.state == FACT_UNCONN;

	return (struct key){ (uint64_t)e->fact.proto << 32 | (uint64_t)!passive << 31 |
				     (uint64_t)e->fact.local.port << 8 | e->fact.family,
			     e };
}

static int by_number(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int by_key(const void *a_, const void *b_)
{
	const struct key *a = a_, *b = b_;
	const struct fact_socket *x = &a->e->fact, *y = &b->e->fact;
	int r = a->major < b->major ? -1 : a->major > b->major;

	r = r ? r : ip_cmp(&x->local.addr, &y->local.addr);
	r = r ? r : by_number(a->e->ifindex, b->e->ifindex);
	r = r ? r : ip_cmp(&x->peer.addr, &y->peer.addr);
	r = r ? r : by_number(x->peer.port, y->peer.port);
	return r ? r : by_number(x->inode, y->inode);
}

/* Copy the list, sorted, to s->item; texts are still missing but the device's. */
static int arrange(const struct sockets_list *l, struct host_sockets *s)
{
	struct key *key = calloc(l->n + 1, sizeof(*key));
	struct devices devices = { .names = &s->own->names };
	int r = 0;

	s->item = calloc(l->n + 1, sizeof(*s->item));
	if (!key || !s->item) {
		free(key);
		return -ENOMEM;
	}
	for (size_t i = 0; i < l->n; i++)
		key[i] = key_of(&l->item[i]);
	qsort(key, l->n, sizeof(*key), by_key);
	for (size_t i = 0; i < l->n && r == 0; i++) {
		struct fact_socket *f = &s->item[i];
		uint32_t ifindex = key[i].e->ifindex;

		*f = key[i].e->fact;
		f->reach = (uint8_t)sockets_reach(&f->local.addr, ifindex);
		r = ifindex ? devices_name(&devices, ifindex, &f->iface) : 0;
	}
	s->n = l->n;
	devices_done(&devices);
	free(key);
	return r;
}

static int add_names(struct host_sockets *s, struct err *err)
{
	struct users *users = users_new(&s->own->names);
	int r = users ? services_read(&s->own->services, err)
		      : err_set(err, -ENOMEM, "reading user names: out of memory");

	for (size_t i = 0; r == 0 && i < s->n; i++) {
		struct fact_socket *f = &s->item[i];

		if (f->uid != FACT_NONE)
			f->user = users_name(users, (uint32_t)f->uid);
		f->service = services_name(s->own->services, f->proto, f->local.port);
	}
	users_free(users);
	return r;
}

static int add_processes(struct host_sockets *s, struct err *err)
{
	struct proc_map *map = NULL;
	bool may_hide;
	int r = proc_map_new(s->n, &s->own->names, &map);

	if (r < 0)
		return err_set(err, r, "looking for processes: out of memory");
	for (size_t i = 0; i < s->n; i++) {
		if (s->item[i].inode != FACT_NONE)
			proc_map_want(map, (uint64_t)s->item[i].inode);
	}
	/*
	 * A socket without process may be the kernel's own, which root sees to be so.
	 * Others cannot tell: /proc may hide processes from them altogether (hidepid).
	 */
	may_hide = proc_map_scan(map, NULL) < 0 || proc_map_denied(map) > 0 || geteuid() != 0;
	for (size_t i = 0; i < s->n; i++) {
		struct fact_socket *f = &s->item[i];
		const struct proc_owner *o =
			f->inode != FACT_NONE ? proc_map_find(map, (uint64_t)f->inode) : NULL;

		if (o) {
			f->pid = o->pid;
			f->program = o->program;
		} else if (may_hide && f->inode != FACT_NONE) {
			s->unseen++;
		}
	}
	proc_map_free(map);
	return 0;
}

static int fill(const struct host_sockets_want *want, struct host_sockets *s, struct err *err)
{
	struct sockets_list list = { 0 };
	int r = read_all(want, &list, err);

	if (r == 0) {
		r = arrange(&list, s);
		if (r < 0)
			err_set(err, r, "reading sockets: out of memory");
	}
	free(list.item);
	if (r == 0 && want->names)
		r = add_names(s, err);
	if (r == 0 && want->processes)
		r = add_processes(s, err);
	return r;
}

int host_sockets_read(const struct host_sockets_want *want, struct host_sockets **ret_sockets,
		      struct err *err)
{
	AUTO(host_sockets_freep) struct host_sockets *s = calloc(1, sizeof(*s));
	int r;

	if (s)
		s->own = calloc(1, sizeof(*s->own));
	if (!s || !s->own)
		return err_set(err, -ENOMEM, "reading sockets: out of memory");
	r = fill(want, s, err);
	if (r == 0 && s->own->names.full)
		r = err_set(err, -ENOMEM, "reading sockets: out of memory");
	if (r < 0)
		return r;
	*ret_sockets = s;
	s = NULL;
	return 0;
}

void host_sockets_free(struct host_sockets *s)
{
	if (!s)
		return;
	if (s->own) {
		keep_done(&s->own->names);
		services_free(s->own->services);
		free(s->own);
	}
	free(s->item);
	free(s);
}

void host_sockets_freep(struct host_sockets **s)
{
	host_sockets_free(*s);
}
