/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network's kernel settings, /proc/sys/net: read as a list, written to
 * another namespace.
 *
 * Names are those of sysctl(8): the path under /proc/sys with '/' and '.'
 * exchanged, so the interface eth0.100 is "net.ipv4.conf.eth0/100.rp_filter" and
 * the name tells the path without guessing. Secrets (tcp_fastopen_key,
 * stable_secret) are never read.
 */
#pragma once

#include "base/err.h"
#include "fact/audit.h"

#define HOST_SYSCTL_MAX       (1 << 20) /* files; a tree beyond this is cut, .cut says so */
#define HOST_SYSCTL_VALUE_MAX 4096      /* octets of one value; longer ones are left out */
#define HOST_SYSCTL_NAME_MAX  256       /* octets of a name with its end */

struct host_sysctl {
	const struct fact_sysctl *item; /* sorted by name, octet by octet */
	size_t n;
	bool cut;
};

/**
 * Read net/ipv4, net/ipv6, net/netfilter and net/core as the calling thread's
 * namespace shows them. A tree that this kernel lacks is absent, not an error.
 *
 * Returns 0, the list owned by the caller; -errno with @err.
 */
int host_sysctl_read(struct host_sysctl **ret, struct err *err);
void host_sysctl_free(struct host_sysctl *s); /* NULL is fine */
void host_sysctl_freep(struct host_sysctl **s);

/** The value called @name, or NULL. Borrowed from @s. */
const char *host_sysctl_find(const struct host_sysctl *s, const char *name);

/** The same for a setting of one interface: "net.ipv4.conf", "eth0.100", "rp_filter". */
const char *host_sysctl_find_iface(const struct host_sysctl *s, const char *tree, const char *iface,
				   const char *key);

/**
 * Name to path and back: exchange '.' and '/'. @text fits @buf (with its end) or
 * it is an error.
 *
 * Returns 0; -ENAMETOOLONG; -EINVAL when the result would climb ("..") or begin with a slash.
 */
int host_sysctl_swap(const char *text, char buf[static HOST_SYSCTL_NAME_MAX]);

/**
 * Set @name to @value in the calling thread's namespace.
 *
 * Returns 0; -ENOENT: this namespace has no such file; -EACCES, -EPERM: it may not
 * be written here; other -errno: the kernel refuses the value.
 */
int host_sysctl_write(const char *name, const char *value);

/** Read one into @buf (@len octets, always terminated, line end cut). 0 or -errno. */
int host_sysctl_get(const char *name, char *buf, size_t len);
