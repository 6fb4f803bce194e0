/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pio/sockaddr.h"

#include <arpa/inet.h>
#include <string.h>

struct ip_addr sockaddr_of(const union sockaddr_ip *a)
{
	struct ip_addr ip = { 0 };

	if (a->any.sa_family == AF_INET)
		return ip_from(4, &a->v4.sin_addr);
	if (a->any.sa_family != AF_INET6)
		return ip;
	ip = ip_from(6, &a->v6.sin6_addr);
	ip.zone = a->v6.sin6_scope_id;
	return ip;
}

socklen_t sockaddr_to(const struct ip_addr *ip, uint16_t port, union sockaddr_ip *ret_addr)
{
	memset(ret_addr, 0, sizeof(*ret_addr));
	if (ip->family == 4) {
		ret_addr->v4.sin_family = AF_INET;
		ret_addr->v4.sin_port = htons(port);
		memcpy(&ret_addr->v4.sin_addr, ip->octet, 4);
		return sizeof(ret_addr->v4);
	}
	ret_addr->v6.sin6_family = AF_INET6;
	ret_addr->v6.sin6_port = htons(port);
	ret_addr->v6.sin6_scope_id = ip->zone;
	memcpy(&ret_addr->v6.sin6_addr, ip->octet, 16);
	return sizeof(ret_addr->v6);
}

uint16_t sockaddr_port(const union sockaddr_ip *a)
{
	if (a->any.sa_family == AF_INET)
		return ntohs(a->v4.sin_port);
	return a->any.sa_family == AF_INET6 ? ntohs(a->v6.sin6_port) : 0;
}
