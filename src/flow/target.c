/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/target.h"

#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "probe/target.h"

#define BUCKETS (FLOW_TARGETS_MAX * 2) /* a power of two */

void flow_targets_done(struct flow_targets *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->item[i].name);
	free(list->item);
	free(list->bucket);
	list->item = NULL;
	list->bucket = NULL;
	list->n = list->room = 0;
}

const char *flow_targets_name(const struct flow_targets *list, size_t i,
			      char buf[static IP_TEXT_LEN])
{
	return list->item[i].name ? list->item[i].name : ip_format(&list->item[i].addr, buf);
}

static int reserve(struct flow_targets *list, size_t more)
{
	size_t room = MAX(list->room, 16);
	struct flow_target *item;

	if (!list->bucket)
		list->bucket = calloc(BUCKETS, sizeof(*list->bucket));
	while (room < list->n + more)
		room *= 2;
	item = list->bucket ? realloc(list->item, room * sizeof(*item)) : NULL;
	if (!item)
		return -ENOMEM;
	list->item = item;
	list->room = room;
	return 0;
}

/* Where @a stands in the table of addresses, or where it belongs. */
static uint32_t *bucket_of(struct flow_targets *list, const struct ip_addr *a)
{
	size_t b = hash(&list->key, (struct span){ a->octet, sizeof(a->octet) }) % BUCKETS;

	for (; list->bucket[b] != 0; b = (b + 1) % BUCKETS) {
		const struct ip_addr *there = &list->item[list->bucket[b] - 1].addr;

		if (ip_eq(there, a) && there->zone == a->zone)
			break;
	}
	return &list->bucket[b];
}

/* Room is there. @name is taken over. */
static void put(struct flow_targets *list, const struct ip_addr *a, char *name)
{
	uint32_t *bucket = bucket_of(list, a);

	if (*bucket != 0) {
		list->repeated++;
		free(name);
		return;
	}
	list->item[list->n] = (struct flow_target){ *a, name };
	*bucket = (uint32_t)++list->n;
}

static int too_many(const char *text, struct err *err)
{
	return err_set(err, -E2BIG, "'%.60s': more than %d addresses in all are a sweep's work",
		       text, FLOW_TARGETS_MAX);
}

/* By name, else by number; 0: neither. A number need not be there (yet): the kernel will tell. */
static uint32_t zone_index(const char *zone)
{
	unsigned long n = if_nametoindex(zone);
	char *end;

	if (n > 0 || zone[0] < '0' || zone[0] > '9')
		return (uint32_t)n;
	n = strtoul(zone, &end, 10);
	return *end != '\0' || n > INT32_MAX ? 0 : (uint32_t)n;
}

/* A link-local address is an address on one link only: which one must be known. */
int flow_target_zone(const char *text, const char *zone, const char *iface, struct ip_addr *a,
		     struct err *err)
{
	bool needs = a->family == 6 && ip_kind(a) == IP_LINK_LOCAL;
	const char *link = zone[0] ? zone : iface;

	if (ip_kind(a) == IP_MULTICAST && a->family == 6 && (a->octet[1] & 0xf) <= 2)
		needs = true; /* interface- and link-local scope, RFC 4291 2.7 */
	if (needs && !link)
		return err_set(err, -EINVAL,
			       "'%.60s' is an address of one link: say which, '%.60s%%eth0' or -I",
			       text, text);
	if (!needs && !zone[0])
		return 0;
	a->zone = zone_index(link);
	if (a->zone == 0)
		return err_set(err, -EINVAL, "'%.60s': there is no interface '%s'", text, link);
	return 0;
}

/* Every address of a prefix or range. */
static int add_range(struct flow_targets *list, const char *text, const struct target *t,
		     struct err *err)
{
	uint64_t count = target_count(t), n;
	enum ip_kind kind = ip_kind(&t->last);
	struct ip_addr first = t->prefix.addr, a;
	struct target_walk w = { 0 };
	int r = flow_target_zone(text, "", list->iface, &first, err);

	if (r < 0)
		return r;
	if (kind == IP_MULTICAST || kind == IP_BROADCAST || ip_kind(&first) == IP_MULTICAST)
		return err_set(err, -EINVAL,
			       "'%.60s': a range of group addresses; name them one by one", text);
	if (count > FLOW_TARGETS_MAX - list->n)
		return too_many(text, err);
	if (reserve(list, count) < 0)
		return err_set(err, -ENOMEM, "'%.60s': out of memory", text);
	while (target_next(t, &w, &a, &n)) {
		a.zone = first.zone;
		for (; n > 0; n--, a = ip_plus(&a, 1))
			put(list, &a, NULL);
	}
	return 0;
}

static int add_addr(struct flow_targets *list, const char *text, const struct target *t,
		    struct err *err)
{
	struct ip_addr a = t->prefix.addr;
	int r = flow_target_zone(text, t->zone, list->iface, &a, err);
	char *name;

	if (r < 0)
		return r;
	if (ip_kind(&a) == IP_BROADCAST || ip_kind(&a) == IP_UNSPECIFIED)
		return err_set(err, -EINVAL, "'%.60s' is not the address of a host", text);
	if (list->n >= FLOW_TARGETS_MAX)
		return too_many(text, err);
	name = strdup(text);
	if (!name || reserve(list, 1) < 0) {
		free(name);
		return err_set(err, -ENOMEM, "'%.60s': out of memory", text);
	}
	put(list, &a, name);
	return 0;
}

static void free_info(struct addrinfo **info)
{
	if (*info)
		freeaddrinfo(*info);
}

static struct ip_addr addr_of(const struct sockaddr *s)
{
	const struct sockaddr_in *v4 = (const void *)s;
	const struct sockaddr_in6 *v6 = (const void *)s;
	struct ip_addr a;

	if (s->sa_family == AF_INET)
		return ip_from(4, &v4->sin_addr);
	a = ip_from(6, &v6->sin6_addr);
	a.zone = v6->sin6_scope_id;
	return a;
}

/* The first address is the one the resolver would use (RFC 6724). */
int flow_target_resolve(const char *text, int family, struct ip_addr *ret_addr, struct err *err)
{
	static const struct {
		int family, af;
	} families[] = { { 0, AF_UNSPEC }, { 4, AF_INET }, { 6, AF_INET6 } };
	struct addrinfo want = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_IDN };
	AUTO(free_info) struct addrinfo *info = NULL;
	int r;

	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		if (families[i].family == family)
			want.ai_family = families[i].af;
	}
	r = getaddrinfo(text, NULL, &want, &info);
	if (r != 0)
		return err_set(err, -ENOENT, "'%.120s' cannot be resolved: %s", text,
			       r == EAI_SYSTEM ? strerror(errno) : gai_strerror(r));
	*ret_addr = addr_of(info->ai_addr);
	return 0;
}

static int add_name(struct flow_targets *list, const char *text, struct err *err)
{
	struct ip_addr a;
	char *name;
	int r = flow_target_resolve(text, list->family, &a, err);

	if (r < 0)
		return r;
	if (list->n >= FLOW_TARGETS_MAX)
		return too_many(text, err);
	name = strdup(text);
	if (!name || reserve(list, 1) < 0) {
		free(name);
		return err_set(err, -ENOMEM, "'%.60s': out of memory", text);
	}
	put(list, &a, name);
	return 0;
}

int flow_targets_add(struct flow_targets *list, const char *text, struct err *err)
{
	struct target t;
	int r = target_scan(text, &t, err);

	if (r < 0)
		return r;
	if (t.kind == TARGET_NAME)
		return add_name(list, text, err);
	if (list->family != 0 && t.prefix.addr.family != list->family)
		return err_set(err, -EINVAL, "'%.60s' is not IPv%d, which -%d asks for", text,
			       list->family, list->family);
	return target_count(&t) == 1 ? add_addr(list, text, &t, err)
				     : add_range(list, text, &t, err);
}
