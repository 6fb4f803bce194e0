/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses, rules and routes are made equal in the same way: what the twin's
 * kernel made by itself and the host does not have is deleted, what is missing is
 * added. An addition may need another that comes later in the host's order (a
 * gateway's own route), so the rest is tried again as long as something succeeds.
 */
#include "twin/inside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include "host/netparse.h"
#include "sys/nl.h"

struct kind {
	const char *what;
	int get, del;       /* RTM_*; the message itself is the "new" one */
	uint16_t add_flags; /* beside NLM_F_CREATE */
	twin_replay *replay;
	void (*describe)(const struct nlmsghdr *msg, const struct host_net *net, char *buf,
			 size_t len);
	const char *means;
};

/* Rewritten messages, found by their octets. */
struct set {
	struct host_dump store;
	const struct nlmsghdr **at; /* sorted, or in the host's order */
	size_t n;
};

/* IPv6 makes the routes to its own addresses by itself, a moment later (its work queue). */
#define OWN_ROUTE_POLL_US 500
#define OWN_ROUTE_POLLS   1000

static int by_octets(const void *a_, const void *b_)
{
	const struct nlmsghdr *a = *(const struct nlmsghdr *const *)a_;
	const struct nlmsghdr *b = *(const struct nlmsghdr *const *)b_;

	if (a->nlmsg_len != b->nlmsg_len)
		return a->nlmsg_len < b->nlmsg_len ? -1 : 1;
	return memcmp(mnl_nlmsg_get_payload(a), mnl_nlmsg_get_payload(b),
		      mnl_nlmsg_get_payload_len(a));
}

static void set_done(struct set *s)
{
	host_dump_done(&s->store);
	free(s->at);
}

static const char *iface_name(const struct host_net *net, int index)
{
	const struct host_link *link = host_net_link(net, index);

	return link ? link->name : "no interface";
}

static void describe_addr(const struct nlmsghdr *msg, const struct host_net *net, char *buf,
			  size_t len)
{
	char text[IP_TEXT_LEN];
	struct host_addr a = { 0 };

	host_net_parse_addr(msg, &a);
	a.addr.zone = 0;
	snprintf(buf, len, "%s/%u on %s", ip_format(&a.addr, text), a.prefix.len,
		 iface_name(net, a.index));
}

static void describe_route(const struct nlmsghdr *msg, const struct host_net *net, char *buf,
			   size_t len)
{
	char dst[IP_TEXT_LEN], gateway[IP_TEXT_LEN];
	struct host_route route = { 0 };

	host_net_parse_route(msg, &route);
	route.gateway.zone = 0;
	snprintf(buf, len, "%s via %s dev %s table %u", ip_prefix_format(&route.dst, dst),
		 ip_format(&route.gateway, gateway), iface_name(net, route.index), route.table);
}

static void describe_rule(const struct nlmsghdr *msg, const struct host_net *net, char *buf,
			  size_t len)
{
	const struct fib_rule_hdr *rule = mnl_nlmsg_get_payload(msg);
	uint32_t priority = 0;

	(void)net;
	for (const struct nlattr *a = NULL; (a = twin_replay_attr(msg, sizeof(*rule), a));)
		if (mnl_attr_get_type(a) == FRA_PRIORITY)
			priority = mnl_attr_get_u32(a);
	snprintf(buf, len, "%s rule of priority %u", rule->family == AF_INET ? "IPv4" : "IPv6",
		 priority);
}

static const struct kind addr_kind = {
	.what = "address",
	.get = RTM_GETADDR,
	.del = RTM_DELADDR,
	.add_flags = NLM_F_EXCL,
	.replay = twin_replay_addr,
	.describe = describe_addr,
	.means = "probes to this address were not made",
};
static const struct kind rule_kind = {
	.what = "routing rule",
	.get = RTM_GETRULE,
	.del = RTM_DELRULE,
	.add_flags = NLM_F_EXCL,
	.replay = twin_replay_rule,
	.describe = describe_rule,
	.means = "answers may take another way than the host's",
};
/* Append, not replace: IPv6 has one fe80::/64 for each interface, all with the same metric. */
static const struct kind route_kind = {
	.what = "route",
	.get = RTM_GETROUTE,
	.del = RTM_DELROUTE,
	.add_flags = NLM_F_APPEND,
	.replay = twin_replay_route,
	.describe = describe_route,
	.means = "answers may take another way than the host's",
};

/* Append @msg to a store that is large enough. */
static const struct nlmsghdr *store(struct host_dump *d, const struct nlmsghdr *msg)
{
	uint8_t *to = d->octets + d->len;

	memcpy(to, msg, msg->nlmsg_len);
	d->len += MNL_ALIGN(msg->nlmsg_len);
	d->n++;
	return (const struct nlmsghdr *)(const void *)to;
}

/*
 * @from, rewritten. A rewritten message is at most IFA_FLAGS longer than it was.
 * Returns 0 or -ENOMEM; what cannot be rewritten is a gap when @t is given.
 */
static int make_set(const struct kind *kind, const struct host_dump *from,
		    const struct twin_map *map, struct twin *t, const struct host_net *net,
		    struct set *ret)
{
	uint8_t buf[TWIN_REPLAY_ROOM] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *msg = (void *)buf;
	struct set s = { .store.room = from->len + from->n * MNL_ALIGN(MNL_ATTR_HDRLEN + 4) + 1 };

	s.store.octets = malloc(s.store.room);
	s.at = calloc(from->n + 1, sizeof(const struct nlmsghdr *));
	if (!s.store.octets || !s.at) {
		set_done(&s);
		return -ENOMEM;
	}
	for (const struct nlmsghdr *m = NULL; (m = host_dump_next(from, m));) {
		int r = kind->replay(m, map, msg);
		char which[256];

		if (r == 0) {
			s.at[s.n++] = store(&s.store, msg);
		} else if (r != -ENOENT && t) {
			kind->describe(m, net, which, sizeof(which));
			twin_gap(t, kind->what, which, strerror(-r), kind->means);
		}
	}
	*ret = s;
	return 0;
}

static bool set_has(const struct set *sorted, const struct nlmsghdr *msg)
{
	return bsearch(&msg, sorted->at, sorted->n, sizeof(msg), by_octets) != NULL;
}

static int tell(struct twin *t, const struct nlmsghdr *what, int type, uint16_t flags)
{
	uint8_t buf[TWIN_REPLAY_ROOM] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *msg = (void *)buf;

	memcpy(msg, what, what->nlmsg_len);
	msg->nlmsg_type = (uint16_t)type;
	msg->nlmsg_flags = flags;
	return nl_talk(t->in, msg, NULL, NULL, NULL);
}

/* What T has beside the host's: it may have gone with something else already. */
static void delete_extras(struct twin *t, const struct kind *kind, const struct set *have,
			  const struct set *want)
{
	for (size_t i = 0; i < have->n; i++)
		if (!set_has(want, have->at[i]))
			tell(t, have->at[i], kind->del, 0);
}

/* One round over @want[0..n): what fails stays, in order. Returns how many are left. */
static size_t add_round(struct twin *t, const struct kind *kind, const struct nlmsghdr **want,
			size_t n)
{
	size_t left = 0;

	for (size_t i = 0; i < n; i++) {
		int r = tell(t, want[i], want[i]->nlmsg_type,
			     (uint16_t)(NLM_F_CREATE | kind->add_flags));

		if (r < 0 && r != -EEXIST)
			want[left++] = want[i];
	}
	return left;
}

static void add_missing(struct twin *t, const struct kind *kind, const struct set *have,
			struct set *want, const struct host_net *net)
{
	size_t n = 0, left;

	for (size_t i = 0; i < want->n; i++)
		if (!set_has(have, want->at[i]))
			want->at[n++] = want->at[i];
	while ((left = add_round(t, kind, want->at, n)) > 0 && left < n)
		n = left;
	for (size_t i = 0; i < left; i++) {
		int r = tell(t, want->at[i], want->at[i]->nlmsg_type,
			     (uint16_t)(NLM_F_CREATE | kind->add_flags));
		char which[256];

		if (r == 0)
			continue;
		kind->describe(want->at[i], net, which, sizeof(which));
		twin_gap(t, kind->what, which, strerror(-r), kind->means);
	}
}

static int read_inside(struct twin *t, const struct kind *kind, bool has_v6, struct host_dump *d)
{
	int r = host_dump_read(t->in, kind->get, AF_INET, d);

	if (r == 0 && has_v6)
		r = host_dump_read(t->in, kind->get, AF_INET6, d);
	return r;
}

/* What T has now, to be found by its octets. */
static int read_have(struct twin *t, const struct kind *kind, const struct host_net *net,
		     struct set *ret)
{
	struct host_dump inside = { 0 };
	int r;

	r = read_inside(t, kind, net->has_v6, &inside);
	if (r == 0)
		r = make_set(kind, &inside, NULL, NULL, net, ret);
	if (r == 0)
		qsort(ret->at, ret->n, sizeof(*ret->at), by_octets);
	host_dump_done(&inside);
	return r;
}

/* A route that IPv6 makes for an address; added by hand it would have another metric. */
static bool is_own_route(const struct nlmsghdr *msg)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(msg);

	return msg->nlmsg_type == RTM_NEWROUTE && rtm->rtm_family == AF_INET6 &&
	       rtm->rtm_protocol == RTPROT_KERNEL &&
	       (rtm->rtm_type == RTN_LOCAL || rtm->rtm_type == RTN_ANYCAST);
}

static bool has_own_routes(const struct set *have, const struct set *want)
{
	for (size_t i = 0; i < want->n; i++)
		if (is_own_route(want->at[i]) && !set_has(have, want->at[i]))
			return false;
	return true;
}

/* Until T's kernel has made its routes; those it never makes are then added by hand. */
static int await_have(struct twin *t, const struct kind *kind, const struct host_net *net,
		      const struct set *want, struct set *have)
{
	int r = read_have(t, kind, net, have);

	for (int i = 0; r == 0 && i < OWN_ROUTE_POLLS && !has_own_routes(have, want); i++) {
		usleep(OWN_ROUTE_POLL_US);
		set_done(have);
		*have = (struct set){ 0 };
		r = read_have(t, kind, net, have);
	}
	return r;
}

static int sync_kind(struct twin *t, const struct kind *kind, const struct host_dump *host,
		     const struct host_net *net)
{
	struct twin_map map = { t->port, t->port_n };
	struct set have = { 0 }, want = { 0 }, sorted = { 0 };
	int r;

	r = make_set(kind, host, &map, t, net, &want);
	if (r == 0)
		r = make_set(kind, host, &map, NULL, net, &sorted);
	if (r == 0)
		r = await_have(t, kind, net, &want, &have);
	if (r == 0) {
		qsort(sorted.at, sorted.n, sizeof(*sorted.at), by_octets);
		delete_extras(t, kind, &have, &sorted);
		add_missing(t, kind, &have, &want, net);
	}
	set_done(&have);
	set_done(&want);
	set_done(&sorted);
	return r;
}

void twin_sync_all(struct twin *t, const struct host_net *net)
{
	const struct {
		const struct kind *kind;
		const struct host_dump *host;
	} steps[] = {
		{ &addr_kind, &net->addrs },
		{ &rule_kind, &net->rules },
		{ &route_kind, &net->routes },
	};

	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		int r = sync_kind(t, steps[i].kind, steps[i].host, net);

		/* A kernel without policy routing knows no rules; then the host had none. */
		if (r < 0 && !(r == -EOPNOTSUPP && steps[i].host->n == 0))
			twin_gap(t, steps[i].kind->what, "all of them", strerror(-r),
				 steps[i].kind->means);
		if (steps[i].host->cut)
			twin_gap(t, steps[i].kind->what, "those beyond the first 64 MiB",
				 "more than Sonde keeps", steps[i].kind->means);
	}
}
