/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "icmp/sysctls.h"

#include <string.h>

#include "icmp/table.h"

size_t icmp_sysctl_count(void)
{
	return icmp_table_sysctl_n;
}

const struct icmp_sysctl *icmp_sysctl_at(size_t i)
{
	return i < icmp_table_sysctl_n ? &icmp_table_sysctl[i] : NULL;
}

/* Do the first @n characters agree? The table's dots may be slashes in @name. */
static bool same(const char *name, const char *row, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (name[i] != row[i] && !(row[i] == '.' && name[i] == '/'))
			return false;
	return true;
}

static bool same_whole(const char *name, const char *row)
{
	size_t n = strlen(row);

	return strlen(name) == n && same(name, row, n);
}

static bool same_pattern(const char *name, const char *row)
{
	const char *star = strchr(row, '*');
	size_t head, tail, len = strlen(name);

	if (!star)
		return false;
	head = (size_t)(star - row);
	tail = strlen(star + 1);
	return len > head + tail && same(name, row, head) &&
	       same(name + len - tail, star + 1, tail);
}

const struct icmp_sysctl *icmp_sysctl_find(const char *name)
{
	for (size_t i = 0; i < icmp_table_sysctl_n; i++) {
		const struct icmp_sysctl *s = &icmp_table_sysctl[i];

		if (same_whole(name, s->name) || (s->alias && same_whole(name, s->alias)))
			return s;
	}
	for (size_t i = 0; i < icmp_table_sysctl_n; i++)
		if (same_pattern(name, icmp_table_sysctl[i].name))
			return &icmp_table_sysctl[i];
	return NULL;
}

static const char *const scope_names[ICMP_SYSCTL_SCOPE_N] = {
	[ICMP_SYSCTL_NETNS] = "netns",
	[ICMP_SYSCTL_INTERFACE] = "interface",
	[ICMP_SYSCTL_GLOBAL] = "global",
};

static const char *const group_names[ICMP_SYSCTL_GROUP_N] = {
	[ICMP_SYSCTL_ECHO] = "echo",
	[ICMP_SYSCTL_ERRORS] = "errors",
	[ICMP_SYSCTL_RATELIMIT] = "ratelimit",
	[ICMP_SYSCTL_REDIRECT] = "redirect",
	[ICMP_SYSCTL_PMTU] = "pmtu",
	[ICMP_SYSCTL_ND] = "nd",
	[ICMP_SYSCTL_MLD] = "mld",
	[ICMP_SYSCTL_SPOOF] = "spoof",
	[ICMP_SYSCTL_SOCKETS] = "sockets",
	[ICMP_SYSCTL_CONNTRACK] = "conntrack",
};

const char *icmp_sysctl_scope_name(enum icmp_sysctl_scope scope)
{
	return (size_t)scope < ICMP_SYSCTL_SCOPE_N ? scope_names[scope] : "?";
}

const char *icmp_sysctl_group_name(enum icmp_sysctl_group group)
{
	return (size_t)group < ICMP_SYSCTL_GROUP_N ? group_names[group] : "?";
}
