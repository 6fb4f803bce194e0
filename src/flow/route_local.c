/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which addresses are this host's own. */
#include "flow/route_own.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <linux/rtnetlink.h>

static struct ip_addr prefix_last(const struct ip_prefix *p)
{
	struct ip_addr a = p->addr;

	for (unsigned bit = p->len; bit < 8 * ip_len(a.family); bit++)
		a.octet[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	return a;
}

bool route_local(const struct host_net *net, const struct ip_addr *a, struct ip_addr *ret_last)
{
	bool found = false;

	for (size_t i = 0; i < net->addr_n && !found; i++)
		if (ip_eq(&net->addr[i].addr, a)) {
			*ret_last = *a;
			found = true;
		}
	for (size_t i = 0; i < net->route_n; i++) {
		const struct host_route *r = &net->route[i];
		struct ip_addr last;

		if (r->type != RTN_LOCAL || !ip_prefix_has(&r->dst, a))
			continue;
		last = prefix_last(&r->dst);
		if (!found || ip_cmp(&last, ret_last) > 0)
			*ret_last = last;
		found = true;
	}
	return found;
}

/* The interface to which an address like @a belongs, and the length of the prefix there. */
static const char *home_of(const struct host_net *net, const struct ip_addr *a, const char *iface,
			   unsigned *ret_len)
{
	const struct host_link *link = iface ? host_net_link_named(net, iface) : NULL;

	for (size_t i = 0; i < net->addr_n; i++) {
		const struct host_addr *own = &net->addr[i];

		if (!ip_prefix_has(&own->prefix, a) || (link && link->index != own->index))
			continue;
		*ret_len = own->prefix.len;
		return host_net_link(net, own->index) ? host_net_link(net, own->index)->name : "lo";
	}
	*ret_len = (unsigned)(8 * ip_len(a->family));
	for (size_t i = 0; !link && i < net->link_n; i++)
		if (net->link[i].sort == HOST_LINK_ETHER && net->link[i].flags & IFF_UP)
			link = &net->link[i];
	return link ? link->name : "lo";
}

int route_local_refuse(const struct host_net *net, const struct ip_addr *a,
		       const struct ip_addr *last, const char *iface, struct err *err)
{
	char text[IP_TEXT_LEN], all[IP_TEXT_LEN], more[IP_TEXT_LEN + 64] = "";
	struct ip_addr plain = *a;
	struct ip_prefix around;
	unsigned len;
	const char *home = home_of(net, a, iface, &len);

	plain.zone = 0;
	around = ip_prefix_of(&plain, (unsigned)(8 * ip_len(a->family)));
	while (!ip_prefix_has(&around, last))
		around = ip_prefix_of(&plain, around.len - 1u);
	ip_format(&plain, text);
	if (a->family == 6 && !ip_eq(a, last))
		snprintf(more, sizeof(more), ", or ip -6 route add local %s dev lo",
			 ip_prefix_format(&around, all));
	return err_set(err, -EADDRNOTAVAIL,
		       "%s is no address of this host; this would add it: ip address add %s/%u "
		       "dev %s%s",
		       text, text, len, home, more);
}
