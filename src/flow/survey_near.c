/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv6 neighbours that nobody named: those in the kernel's table, and whoever answers an echo to
 * all nodes of a link (ff02::1, RFC 4291 2.7.1).
 */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "flow/survey_own.h"
#include "host/net.h"
#include "sys/clock.h"

#define TRIES  3
#define TRY_NS (400 * NS_PER_MS)
#define LINKS  16 /* interfaces asked at once */

struct near_list {
	struct survey *s;
	struct ip_addr *addr;
	size_t n, room;
	bool full;
};

static void add(struct near_list *l, const struct ip_addr *a)
{
	if (a->family != 6 || l->n >= SURVEY_EXTRA_MAX)
		return;
	for (size_t i = 0; i < l->n; i++) {
		if (ip_eq(&l->addr[i], a) && l->addr[i].zone == a->zone)
			return;
	}
	if (l->n == l->room) {
		size_t room = l->room ? 2 * l->room : 64;
		struct ip_addr *more = realloc(l->addr, room * sizeof(*more));

		if (!more) {
			l->full = true;
			return;
		}
		l->addr = more;
		l->room = room;
	}
	l->addr[l->n++] = *a;
}

static void answered(void *to, uint16_t source, const struct reply *r)
{
	struct near_list *l = to;

	(void)source;
	if (r->kind != REPLY_ERROR && ip_kind(&r->target) == IP_MULTICAST)
		add(l, &r->from);
}

static bool is_asked(const struct survey *s, const struct host_link *link)
{
	if (s->conf->iface)
		return strcmp(link->name, s->conf->iface) == 0;
	return link->sort == HOST_LINK_ETHER && (link->flags & IFF_UP) && !link->slave;
}

static void known(struct near_list *l, const struct host_net *net)
{
	for (size_t i = 0; i < net->neigh_n; i++) {
		const struct host_link *link = host_net_link(net, net->neigh[i].index);
		struct ip_addr a = net->neigh[i].addr;

		if (!link || !net->neigh[i].has_mac || !is_asked(l->s, link))
			continue;
		if (ip_kind(&a) == IP_LINK_LOCAL)
			a.zone = (uint32_t)link->index;
		if (ip_kind(&a) == IP_LINK_LOCAL || ip_kind(&a) == IP_GLOBAL)
			add(l, &a);
	}
}

static struct ip_addr all_nodes(int ifindex)
{
	struct ip_addr a = { .family = 6, .zone = (uint32_t)ifindex };

	a.octet[0] = 0xff;
	a.octet[1] = 0x02;
	a.octet[15] = 1;
	return a;
}

static int wait_answers(struct near_list *l, uint64_t until, struct err *err)
{
	struct survey *s = l->s;
	uint64_t now;

	while ((now = clock_mono_ns()) < until && !survey_stopping(s, now)) {
		int fd[LOOP_FDS_MAX], r;
		uint32_t ready;
		size_t n = shooter_fds(s->shooter, fd, LOOP_FDS_MAX);

		r = shooter_recv(s->shooter, answered, l);
		if (r == 0)
			r = loop_wait(s->loop, fd, n, until, &ready);
		if (r < 0 && r != -ENETDOWN)
			return err_set(err, r, "asking neighbours: %s", strerror(-r));
	}
	return 0;
}

static int ask_links(struct near_list *l, const struct host_net *net, struct err *err)
{
	struct shooter_shot shot[LINKS];
	unsigned n = 0;
	int r = 0;

	for (size_t i = 0; i < net->link_n && n < LINKS; i++) {
		if (is_asked(l->s, &net->link[i]))
			shot[n++] = (struct shooter_shot){ .dst = all_nodes(net->link[i].index),
							   .ask = { .kind = ASK_ECHO } };
	}
	for (uint8_t try = 0; try < TRIES && n > 0 && r == 0 && !l->s->stopping; try++) {
		for (unsigned i = 0; i < n; i++)
			shot[i].try = try;
		shooter_send(l->s->shooter, shot, n);
		r = wait_answers(l, clock_mono_ns() + TRY_NS, err);
	}
	return r;
}

int survey_neighbours(struct survey *s, struct ip_addr **ret, size_t *ret_n, struct err *err)
{
	AUTO(host_net_freep) struct host_net *net = NULL;
	struct near_list l = { .s = s };
	int r = host_net_read(&net, err);

	if (r == 0) {
		known(&l, net);
		r = ask_links(&l, net, err);
	}
	if (r == 0 && l.full)
		r = err_set(err, -ENOMEM, "asking neighbours: out of memory");
	if (r < 0) {
		free(l.addr);
		return r;
	}
	*ret = l.addr;
	*ret_n = l.n;
	return 0;
}
