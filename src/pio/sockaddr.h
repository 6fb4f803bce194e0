/* SPDX-License-Identifier: GPL-2.0-or-later */
/* struct ip_addr <-> the addresses of the socket calls. */
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/ip.h"

union sockaddr_ip {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/** The address in @a; family 0 when it is of another family. */
struct ip_addr sockaddr_of(const union sockaddr_ip *a);

/** @ip and @port (host order) as the socket calls want them. Returns its length. */
socklen_t sockaddr_to(const struct ip_addr *ip, uint16_t port, union sockaddr_ip *ret_addr);

/** The port in @a, host order (of a ping socket its identifier); 0 when it is of another family. */
uint16_t sockaddr_port(const union sockaddr_ip *a);
