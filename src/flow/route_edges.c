/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/route_own.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>

/*
 * Within one route an IPv6 host may choose another source address, by the target's scope and
 * label (RFC 6724 2.1 and 3.1): these lie on their own pieces.
 */
static const char *const labels[] = {
	"::1/128",   "::/96",    "::ffff:0:0/96", "2001::/32", "2001:10::/28", "2002::/16",
	"3ffe::/16", "fc00::/7", "fe80::/10",     "fec0::/10", "ff00::/8",
};

void route_edges_done(struct route_edges *e)
{
	free(e->octet);
	free(e->answer);
	*e = (struct route_edges){ 0 };
}

static int add(struct route_edges *e, const struct ip_addr *a)
{
	size_t len = ip_len(e->family), room = MAX(e->room * 2, (size_t)64);
	uint8_t *p;

	if (e->n == e->room) {
		p = realloc(e->octet, room * len);
		if (!p)
			return -ENOMEM;
		e->octet = p;
		e->room = room;
	}
	memcpy(e->octet + e->n++ * len, a->octet, len);
	return 0;
}

static bool is_zero(const struct ip_addr *a)
{
	static const uint8_t none[16];

	return memcmp(a->octet, none, sizeof(none)) == 0;
}

/* Where @p begins, and where it has ended. */
static int add_prefix(struct route_edges *e, const struct ip_prefix *p)
{
	struct ip_addr next = p->addr;
	unsigned at = p->len;
	int r = add(e, &p->addr);

	if (r < 0 || p->len == 0)
		return r;
	/* One is added to the prefix's last bit, and carried. */
	while (at > 0) {
		uint8_t bit = (uint8_t)(0x80 >> (at - 1) % 8);

		next.octet[(at - 1) / 8] ^= bit;
		if (next.octet[(at - 1) / 8] & bit)
			break;
		at--;
	}
	return is_zero(&next) ? 0 : add(e, &next);
}

static int rule_attr(const struct nlattr *attr, void *to)
{
	const struct nlattr **dst = to;

	if (mnl_attr_get_type(attr) == FRA_DST)
		*dst = attr;
	return MNL_CB_OK;
}

static int add_rule(struct route_edges *e, const struct nlmsghdr *msg)
{
	const struct fib_rule_hdr *rule = mnl_nlmsg_get_payload(msg);
	const struct nlattr *dst = NULL;
	struct ip_prefix p;
	struct ip_addr a;

	if (mnl_nlmsg_get_payload_len(msg) < sizeof(*rule) ||
	    rule->family != (e->family == 4 ? AF_INET : AF_INET6))
		return 0;
	mnl_attr_parse(msg, sizeof(*rule), rule_attr, &dst);
	if (!dst || mnl_attr_get_payload_len(dst) < ip_len(e->family))
		return 0;
	a = ip_from(e->family, mnl_attr_get_payload(dst));
	p = ip_prefix_of(&a, rule->dst_len);
	return add_prefix(e, &p);
}

static int gather(const struct host_net *net, struct route_edges *e)
{
	struct ip_addr none = { .family = (uint8_t)e->family };
	int r = add(e, &none);

	for (size_t i = 0; r == 0 && i < net->route_n; i++)
		if (net->route[i].family == e->family)
			r = add_prefix(e, &net->route[i].dst);
	for (const struct nlmsghdr *m = NULL; r == 0 && (m = host_dump_next(&net->rules, m));)
		r = add_rule(e, m);
	for (size_t i = 0; r == 0 && e->family == 6 && i < ARRAY_LEN(labels); i++) {
		struct ip_prefix p;

		if (ip_prefix_scan(labels[i], &p) == 0)
			r = add_prefix(e, &p);
	}
	return r;
}

static int cmp4(const void *a, const void *b)
{
	return memcmp(a, b, 4);
}

static int cmp6(const void *a, const void *b)
{
	return memcmp(a, b, 16);
}

int route_edges_make(const struct host_net *net, int family, struct route_edges *ret)
{
	struct route_edges e = { .family = family };
	size_t len = ip_len(family), n = 1;
	int r = gather(net, &e);

	if (r < 0) {
		route_edges_done(&e);
		return r;
	}
	qsort(e.octet, e.n, len, family == 4 ? cmp4 : cmp6);
	for (size_t i = 1; i < e.n; i++)
		if (memcmp(e.octet + i * len, e.octet + (n - 1) * len, len) != 0)
			memmove(e.octet + n++ * len, e.octet + i * len, len);
	e.n = n;
	e.answer = calloc(n, sizeof(*e.answer));
	if (!e.answer) {
		route_edges_done(&e);
		return -ENOMEM;
	}
	*ret = e;
	return 0;
}

size_t route_edges_find(const struct route_edges *e, const struct ip_addr *a,
			struct ip_addr *ret_first, struct ip_addr *ret_last)
{
	size_t len = ip_len(e->family), low = 0, high = e->n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(e->octet + middle * len, a->octet, len) <= 0)
			low = middle;
		else
			high = middle;
	}
	*ret_first = ip_from(e->family, e->octet + low * len);
	*ret_last = (struct ip_addr){ .family = (uint8_t)e->family };
	memset(ret_last->octet, 0xff, len);
	if (low + 1 < e->n) {
		/* The one before the next piece's first. */
		memcpy(ret_last->octet, e->octet + (low + 1) * len, len);
		for (size_t i = len; i-- > 0 && ret_last->octet[i]-- == 0;)
			;
	}
	ret_first->zone = ret_last->zone = a->zone;
	return low;
}
