/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel switches that change ICMP behaviour: what each does, what to set it
 * to, and what surprises. Not here: reading them (host/).
 *
 * The rows are data/icmp_sysctls.tsv; data/README.md explains the columns.
 * Pure: constant tables, all texts are static.
 */
#pragma once

#include "base/base.h"
#include "icmp/registry.h"

enum icmp_sysctl_scope {
	ICMP_SYSCTL_NETNS,     /* one value each network namespace */
	ICMP_SYSCTL_INTERFACE, /* one value each interface */
	ICMP_SYSCTL_GLOBAL,    /* the first network namespace rules all */
	ICMP_SYSCTL_SCOPE_N,
};

enum icmp_sysctl_group {
	ICMP_SYSCTL_ECHO,
	ICMP_SYSCTL_ERRORS,
	ICMP_SYSCTL_RATELIMIT,
	ICMP_SYSCTL_REDIRECT,
	ICMP_SYSCTL_PMTU,
	ICMP_SYSCTL_ND,
	ICMP_SYSCTL_MLD,
	ICMP_SYSCTL_SPOOF,
	ICMP_SYSCTL_SOCKETS,
	ICMP_SYSCTL_CONNTRACK,
	ICMP_SYSCTL_GROUP_N,
};

/* One row. Texts are never NULL and never empty where the comment does not say so. */
struct icmp_sysctl {
	const char *name;  /* dotted; '*' stands for an interface, "all" or "default" */
	const char *alias; /* a second name of the same switch; NULL: it has none */
	uint8_t family;    /* 4, 6, or 46: it works on both */
	enum icmp_sysctl_scope scope;
	enum icmp_sysctl_group group;
	const char *default_kernel;
	const char *fresh_netns; /* as a new network namespace of Linux 6.18 shows it */
	const char *values;      /* which it takes */
	const char *meaning;
	const char *hardened_host;   /* the value advised; NULL: none */
	const char *hardened_router; /* likewise */
	const char *advice;          /* in words; NULL: none */
	const char *cis;             /* section of the CIS benchmark; NULL: not in it */
	const char *gotcha;          /* what surprises; NULL: nothing */
	const char *source;          /* of the row's facts */
	enum icmp_confidence confidence;
};

/** How many rows there are. */
size_t icmp_sysctl_count(void);

/** Row @i, in the table's order; NULL when there is none. */
const struct icmp_sysctl *icmp_sysctl_at(size_t i);

/**
 * The row of @name: dotted as sysctl(8) prints it, or with slashes as the path
 * below /proc/sys. A '*' in a row's name stands for any interface, also one with
 * a dot in its name; a row that says the very name goes first. NULL when no row does.
 */
const struct icmp_sysctl *icmp_sysctl_find(const char *name);

/** The table's word for it; "?" for a value that is none. */
const char *icmp_sysctl_scope_name(enum icmp_sysctl_scope scope);
const char *icmp_sysctl_group_name(enum icmp_sysctl_group group);
