/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "twin/tun.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/if_tun.h>

#include "sys/ns.h"

static int attach(int fd, const char *name, int index, unsigned type)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN | IFF_NO_PI };

	strncpy(ifr.ifr_name, name, sizeof(ifr.ifr_name) - 1);
	if (ioctl(fd, TUNSETIFINDEX, &index) < 0 || ioctl(fd, TUNSETIFF, &ifr) < 0)
		return -errno;
	/* `meta iiftype` reads it. Of other types IPv6 would derive addresses. */
	if (type == ARPHRD_PPP)
		ioctl(fd, TUNSETLINK, (unsigned long)type);
	return 0;
}

int twin_tun_open(int ns, const char *name, int index, unsigned type, int *ret_fd)
{
	AUTO(ns_leave) struct ns_visit v = ns_visit(ns, NULL);
	int fd, r;

	if (v.r < 0)
		return v.r;
	/* The device will belong to the namespace in which the file was opened. */
	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	r = attach(fd, name, index, type);
	if (r < 0) {
		close(fd);
		return r;
	}
	*ret_fd = fd;
	return 0;
}
