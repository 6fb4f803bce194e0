/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/place.h"

#include <errno.h>
#include <string.h>

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

/* Split default routes, as VPNs set them, are default routes too. */
#define DEFAULT4_LEN 1
#define DEFAULT6_LEN 3

/* In a wide IPv6 prefix: far from ::1 and from the reserved anycast at the end (RFC 2526). */
#define NEIGHBOUR6_FIRST 0x5eed

#define TRIES_MAX 65536

static bool is_default(const struct host_route *route)
{
	return route->dst.len <= (route->family == 4 ? DEFAULT4_LEN : DEFAULT6_LEN);
}

bool host_place_known(const struct host_net *net, const struct ip_addr *addr)
{
	for (size_t i = 0; i < net->addr_n; i++)
		if (ip_eq(&net->addr[i].addr, addr) || ip_prefix_has(&net->addr[i].prefix, addr))
			return true;
	for (size_t i = 0; i < net->route_n; i++)
		if (!is_default(&net->route[i]) && ip_prefix_has(&net->route[i].dst, addr))
			return true;
	for (size_t i = 0; i < net->gateway_n; i++)
		if (ip_eq(&net->gateway[i].addr, addr))
			return true;
	return false;
}

/* While duplicate detection runs the host takes no packets for the address (RFC 4862 5.4). */
static bool is_usable(const struct host_addr *a)
{
	return !(a->flags & IFA_F_TENTATIVE) || a->flags & IFA_F_OPTIMISTIC;
}

int host_place_own(const struct host_net *net, int index, int family, struct ip_addr *ret)
{
	for (size_t i = 0; i < net->addr_n; i++) {
		const struct host_addr *a = &net->addr[i];

		if (a->index != index || a->addr.family != family ||
		    ip_kind(&a->addr) == IP_LINK_LOCAL || !is_usable(a))
			continue;
		*ret = a->addr;
		return 0;
	}
	return -ENOENT;
}

/* The last resort of IPv4: some address of each /8 that may be a source. */
static int public4(const struct host_net *net, struct ip_addr *ret)
{
	for (unsigned i = 1; i < 224; i++) {
		struct ip_addr a = ip4_make((uint8_t)i, 99, 99, 99);

		if (i == 127 || host_place_known(net, &a))
			continue;
		*ret = a;
		return 0;
	}
	return -ENOENT;
}

static int stranger(const struct host_net *net, int family, struct ip_addr *ret)
{
	static const char *const candidates[] = {
		"203.0.113.7",       "198.51.100.7", "192.0.2.7",
		"2001:db8:5eed::7",  "3fff:5eed::7", "198.18.113.7", /* benchmarking, RFC 2544 */
		"2001:2:0:5eed::7",                                  /* benchmarking, RFC 5180 */
		"2a00:5eed:5eed::7",                                 /* public space */
		"2600:5eed:5eed::7",
	};

	for (size_t i = 0; i < ARRAY_LEN(candidates); i++) {
		struct ip_addr a;

		if (ip_scan(candidates[i], &a) < 0 || a.family != family ||
		    host_place_known(net, &a))
			continue;
		*ret = a;
		return 0;
	}
	return family == 4 ? public4(net, ret) : -ENOENT;
}

int host_place_stranger(const struct host_net *net, int index, int family, struct host_place *ret)
{
	struct host_place place;
	int r;

	r = host_place_own(net, index, family, &place.addr);
	if (r < 0)
		return r;
	r = stranger(net, family, &place.source);
	if (r < 0)
		return r;
	*ret = place;
	return 0;
}

/* Would the host send to @addr by interface @index? The longest prefixes that hold it tell. */
static bool is_behind(const struct host_net *net, int index, const struct ip_addr *addr)
{
	int longest = -1;
	bool here = true;

	for (size_t i = 0; i < net->route_n; i++) {
		const struct host_route *route = &net->route[i];

		if (route->dst.len < longest || !ip_prefix_has(&route->dst, addr))
			continue;
		here = (route->dst.len == longest && here) || route->index == index;
		longest = route->dst.len;
	}
	return here;
}

static bool is_own(const struct host_net *net, const struct ip_addr *addr)
{
	for (size_t i = 0; i < net->addr_n; i++)
		if (ip_eq(&net->addr[i].addr, addr) || ip_eq(&net->addr[i].broadcast, addr))
			return true;
	return false;
}

static bool is_taken(const struct host_net *net, const struct ip_addr *addr)
{
	if (is_own(net, addr))
		return true;
	for (size_t i = 0; i < net->gateway_n; i++)
		if (ip_eq(&net->gateway[i].addr, addr))
			return true;
	for (size_t i = 0; i < net->neigh_n; i++)
		if (ip_eq(&net->neigh[i].addr, addr))
			return true;
	return false;
}

/* Number @k of the addresses of @p to try; the first and the last are never among them. */
static struct ip_addr candidate(const struct ip_prefix *p, uint64_t count, uint64_t k)
{
	bool wide = p->addr.family == 6 && count > 2 * NEIGHBOUR6_FIRST + TRIES_MAX;

	return ip_plus(&p->addr, wide ? NEIGHBOUR6_FIRST + k : count - 2 - k);
}

static int try_prefix(const struct host_net *net, const struct host_addr *own,
		      struct host_place *ret)
{
	uint64_t count = ip_prefix_count(&own->prefix);

	if (count < 4 || own->peer.family != 0)
		return -ENOENT;
	for (uint64_t k = 0; k < TRIES_MAX && k < count - 2; k++) {
		struct ip_addr a = candidate(&own->prefix, count, k);
		bool link_local = a.family == 6 && ip_kind(&a) == IP_LINK_LOCAL;

		/* Every IPv6 link has fe80::/64; the zone tells which one is meant. */
		if (is_taken(net, &a) || (!link_local && !is_behind(net, own->index, &a)))
			continue;
		a.zone = own->addr.zone;
		*ret = (struct host_place){ .source = a, .addr = own->addr };
		return 0;
	}
	return -ENOENT;
}

/* Where a link holds no third address the other end is the neighbour: of a /31, a /30, a tunnel. */
static int try_other_end(const struct host_net *net, const struct host_addr *own,
			 struct host_place *ret)
{
	uint64_t count = ip_prefix_count(&own->prefix);

	if (own->peer.family == own->addr.family && !is_own(net, &own->peer)) {
		*ret = (struct host_place){ .source = own->peer, .addr = own->addr };
		return 0;
	}
	if (own->peer.family != 0 || count < 2 || count > 4)
		return -ENOENT;
	for (uint64_t k = count == 2 ? 0 : 1; k < (count == 2 ? 2 : count - 1); k++) {
		struct ip_addr a = ip_plus(&own->prefix.addr, k);

		if (is_own(net, &a) || !is_behind(net, own->index, &a))
			continue;
		*ret = (struct host_place){ .source = a, .addr = own->addr };
		return 0;
	}
	return -ENOENT;
}

int host_place_neighbour(const struct host_net *net, int index, int family, struct host_place *ret)
{
	for (int link_local = 0; link_local <= 1; link_local++)
		for (size_t i = 0; i < net->addr_n; i++) {
			const struct host_addr *own = &net->addr[i];

			if (own->index != index || own->addr.family != family || !is_usable(own) ||
			    (ip_kind(&own->addr) == IP_LINK_LOCAL) != link_local)
				continue;
			if (try_prefix(net, own, ret) == 0)
				return 0;
		}
	for (size_t i = 0; i < net->addr_n; i++) {
		const struct host_addr *own = &net->addr[i];

		if (own->index == index && own->addr.family == family && is_usable(own) &&
		    ip_kind(&own->addr) != IP_LINK_LOCAL && try_other_end(net, own, ret) == 0)
			return 0;
	}
	return -ENOENT;
}
