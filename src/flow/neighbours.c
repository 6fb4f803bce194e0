/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/neighbours.h"

#include <stdlib.h>
#include <string.h>

#define TABLE_N (2 * NEIGHBOURS_MAX) /* half empty: a probe sequence stays short */

struct entry {
	struct ip_addr addr; /* family 0: free */
	struct eth_addr mac;
};

struct neighbours {
	struct hash_key key;
	size_t n;
	struct entry entry[TABLE_N];
};

struct neighbours *neighbours_new(const struct hash_key *key)
{
	/* Fresh pages cost nothing until an address falls into them. */
	struct neighbours *n = calloc(1, sizeof(*n));

	if (n)
		n->key = *key;
	return n;
}

void neighbours_free(struct neighbours *n)
{
	free(n);
}

/* Where @a stands, or the free place where it would. */
static size_t place(const struct neighbours *n, const struct ip_addr *a)
{
	size_t i = hash(&n->key, (struct span){ a->octet, ip_len(a->family) }) % TABLE_N;

	while (n->entry[i].addr.family != 0 &&
	       (!ip_eq(&n->entry[i].addr, a) || n->entry[i].addr.zone != a->zone))
		i = (i + 1) % TABLE_N;
	return i;
}

void neighbours_put(struct neighbours *n, const struct ip_addr *a, const struct eth_addr *mac)
{
	size_t i = place(n, a);

	if (n->entry[i].addr.family == 0 && n->n == NEIGHBOURS_MAX) {
		memset(n->entry, 0, sizeof(n->entry));
		n->n = 0;
		i = place(n, a);
	}
	if (n->entry[i].addr.family == 0)
		n->n++;
	n->entry[i] = (struct entry){ *a, *mac };
}

bool neighbours_find(const struct neighbours *n, const struct ip_addr *a, struct eth_addr *ret_mac)
{
	const struct entry *e = &n->entry[place(n, a)];

	if (e->addr.family == 0)
		return false;
	*ret_mac = e->mac;
	return true;
}
