/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The link addresses a survey has heard of: a table from IP address to Ethernet address. The
 * kernel's own table holds a thousand by default, a sweep of a /16 meets 65,536.
 *
 * When it is full everything in it is forgotten: it is a cache, and whoever misses asks again.
 */
#pragma once

#include "base/hash.h"
#include "base/ip.h"
#include "wire/eth.h"

#define NEIGHBOURS_MAX 131072 /* addresses remembered; then it starts anew */

struct neighbours;

/** @key: so that nobody on the link can aim collisions. NULL when there is no memory. */
struct neighbours *neighbours_new(const struct hash_key *key);
void neighbours_free(struct neighbours *n); /* NULL is fine */

/** @a (its zone counts) is at @mac; what was known of it before is replaced. */
void neighbours_put(struct neighbours *n, const struct ip_addr *a, const struct eth_addr *mac);

/** Whether @a is known, and its link address. */
bool neighbours_find(const struct neighbours *n, const struct ip_addr *a, struct eth_addr *ret_mac);
