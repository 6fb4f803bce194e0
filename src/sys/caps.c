/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/caps.h"

#include <ctype.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PATH_MAX_SHOWN 128 /* octets; a longer path is shown as "sonde" */

bool caps_has(int cap)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct set[_LINUX_CAPABILITY_U32S_3];

	if (cap < 0 || cap >= 32 * _LINUX_CAPABILITY_U32S_3 || syscall(SYS_capget, &head, set) < 0)
		return false;
	return set[cap / 32].effective >> cap % 32 & 1;
}

/* setcap wants the lower-case name and a real path. */
static void grant(const char *name, char *buf, size_t len)
{
	char path[PATH_MAX_SHOWN], low[64]; /* several capabilities, by commas */
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path));
	size_t i;

	if (n <= 0 || (size_t)n >= sizeof(path))
		n = snprintf(path, sizeof(path), "sonde");
	for (i = 0; i < sizeof(low) - 1 && name[i]; i++)
		low[i] = (char)tolower((unsigned char)name[i]);
	low[i] = '\0';
	snprintf(buf, len, "sudo setcap %s+ep %.*s", low, (int)n, path);
}

int caps_missing(const char *name, const char *doing, struct err *err)
{
	char command[PATH_MAX_SHOWN + 64];

	grant(name, command, sizeof(command));
	return err_set(err, -EPERM, "%s needs %s: run with sudo, or '%s'", doing, name, command);
}

bool caps_root(void)
{
	return geteuid() == 0;
}
