/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order matters: writing ip_forward or forwarding resets other settings, and
 * writing conf/all overwrites each interface's for some keys. So: the general ones, all,
 * default, then the interfaces' own; in each, forwarding first.
 *
 * Three keys would have T's kernel do things of its own while the addresses are made,
 * so they come last (accept_dad, accept_ra) or not at all (addr_gen_mode: T's
 * link-local addresses are the host's, copied).
 */
#include "twin/inside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum rank {
	RANK_SKIP,
	RANK_FORWARD, /* net.ipv4.ip_forward */
	RANK_GENERAL,
	RANK_ALL_FORWARD,
	RANK_ALL,
	RANK_DEFAULT_FORWARD,
	RANK_DEFAULT,
	RANK_LINK_FORWARD,
	RANK_LINK,
	RANK_LATE,
};

/* State, sizes and identities that the kernel keeps for all namespaces or counts by itself. */
static bool is_state(const char *name)
{
	static const char *const names[] = {
		"net.netfilter.nf_conntrack_count", "net.ipv4.tcp_ehash_entries",
		"net.ipv4.tcp_child_ehash_entries", "net.ipv4.udp_hash_entries",
		"net.ipv4.udp_child_hash_entries",  "net.ipv6.conf.all.stable_secret",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* The part behind "net.ipvN.conf." or "net.ipvN.neigh.", or NULL. */
static const char *per_iface(const char *name)
{
	static const char *const trees[] = { "net.ipv4.conf.", "net.ipv6.conf.", "net.ipv4.neigh.",
					     "net.ipv6.neigh." };

	for (size_t i = 0; i < ARRAY_LEN(trees); i++)
		if (strncmp(name, trees[i], strlen(trees[i])) == 0)
			return name + strlen(trees[i]);
	return NULL;
}

static enum rank rank_of(const char *name)
{
	const char *rest = per_iface(name), *key;
	bool forward;

	if (is_state(name))
		return RANK_SKIP;
	if (!rest)
		return strcmp(name, "net.ipv4.ip_forward") == 0 ? RANK_FORWARD : RANK_GENERAL;
	key = strchr(rest, '.');
	if (!key || strcmp(key, ".addr_gen_mode") == 0)
		return RANK_SKIP;
	if (strcmp(key, ".accept_dad") == 0 || strcmp(key, ".accept_ra") == 0)
		return RANK_LATE;
	forward = strcmp(key, ".forwarding") == 0;
	if (strncmp(rest, "all.", 4) == 0)
		return forward ? RANK_ALL_FORWARD : RANK_ALL;
	if (strncmp(rest, "default.", 8) == 0)
		return forward ? RANK_DEFAULT_FORWARD : RANK_DEFAULT;
	return forward ? RANK_LINK_FORWARD : RANK_LINK;
}

/* Tabs and runs of blanks separate the numbers of a value as it pleases the kernel. */
static bool same_value(const char *a, const char *b)
{
	for (;;) {
		a += strspn(a, " \t");
		b += strspn(b, " \t");
		if (!*a || !*b)
			return *a == *b;
		while (*a && *a == *b && !strchr(" \t", *a))
			a++, b++;
		if ((*a && !strchr(" \t", *a)) || (*b && !strchr(" \t", *b)))
			return false;
	}
}

static bool already(const struct fact_sysctl *s, char *buf, size_t len)
{
	return host_sysctl_get(s->name, buf, len) == 0 && same_value(buf, s->value);
}

static void write_one(struct twin *t, const struct fact_sysctl *s)
{
	char now[HOST_SYSCTL_VALUE_MAX] = "?", which[512], means[512];
	int r = host_sysctl_write(s->name, s->value);

	/* Settings that the kernel keeps once for all namespaces are not shown in this one, and
	 * hold in it all the same; an interface's are absent when it is, which is a gap already. */
	if (r >= 0 || r == -ENOENT || already(s, now, sizeof(now)))
		return;
	snprintf(which, sizeof(which), "%s=%s", s->name, s->value);
	snprintf(means, sizeof(means), "in the twin it is %.200s; the host may behave otherwise",
		 now);
	twin_gap(t, "sysctl", which,
		 r == -EACCES || r == -EPERM ? "it cannot be set in a network namespace"
					     : strerror(-r),
		 means);
}

static void write_ranks(struct twin *t, const struct host_sysctl *s, enum rank from, enum rank to)
{
	uint8_t *rank = s ? malloc(s->n + 1) : NULL;

	if (s && !rank)
		twin_gap(t, "sysctl", "all of them", "out of memory",
			 "the twin has the kernel's defaults");
	if (!rank)
		return;
	for (size_t i = 0; i < s->n; i++)
		rank[i] = (uint8_t)rank_of(s->item[i].name);
	for (enum rank now = from; now <= to; now++)
		for (size_t i = 0; i < s->n; i++)
			if (rank[i] == now)
				write_one(t, &s->item[i]);
	free(rank);
}

/* An absent family has no such files, and needs none. */
static void set_all(const char *const *name, size_t n, const char *value)
{
	for (size_t i = 0; i < n; i++)
		host_sysctl_write(name[i], value);
}

void twin_sysctl_early(struct twin *t, const struct host_sysctl *s)
{
	static const char *const zero[] = {
		"net.ipv6.conf.all.accept_dad",
		"net.ipv6.conf.default.accept_dad",
		"net.ipv6.conf.default.accept_ra",
	};
	static const char *const one[] = { "net.ipv6.conf.default.addr_gen_mode" };

	write_ranks(t, s, RANK_FORWARD, RANK_DEFAULT);
	set_all(zero, ARRAY_LEN(zero), "0");
	set_all(one, ARRAY_LEN(one), "1");
}

void twin_sysctl_links(struct twin *t, const struct host_sysctl *s)
{
	write_ranks(t, s, RANK_LINK_FORWARD, RANK_LINK);
}

void twin_sysctl_late(struct twin *t, const struct host_sysctl *s)
{
	static const char *const off[] = { "net.ipv4.icmp_ratelimit", "net.ipv6.icmp.ratelimit" };
	static const char *const endless[] = { "net.ipv4.icmp_msgs_per_sec",
					       "net.ipv4.icmp_msgs_burst" };

	write_ranks(t, s, RANK_LATE, RANK_LATE);
	/* The limiter would hide what the firewall does; what it was is known from the host. */
	set_all(off, ARRAY_LEN(off), "0");
	set_all(endless, ARRAY_LEN(endless), "2000000000");
}

void twin_sysctl_outside(void)
{
	static const char *const quiet[] = {
		"net.ipv6.conf.all.disable_ipv6",
		"net.ipv6.conf.default.disable_ipv6",
	};

	set_all(quiet, ARRAY_LEN(quiet), "1");
}
