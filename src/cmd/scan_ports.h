/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which ports to scan: what -p says, "22,80-90,T:1-1000,U:53,snmp", and what is scanned when
 * nobody says.
 */
#pragma once

#include "base/portset.h"
#include "host/services.h"

struct scan_ports {
	struct portset tcp, udp;
	bool says_tcp, says_udp; /* T: or U: stood there */
};

/**
 * Read @text: ports, ranges and names of services, separated by commas; behind "T:" for TCP, behind
 * "U:" for UDP, before either for both. "-" is every port from 1 on.
 *
 * Returns 0; -EINVAL, @ret untouched, @err naming the part and what would be right.
 */
int scan_ports_scan(const char *text, const struct services *names, struct scan_ports *ret,
		    struct err *err);

/** -F: the ports of the list below. */
void scan_ports_fast(struct scan_ports *ret);

/** Without -p: of TCP 1-1023 and the list, of UDP the list. */
void scan_ports_usual(struct scan_ports *ret);

#define SCAN_PORTS_FAST 100 /* of each protocol */

/* Rising. Every one is registered with IANA for a service; which of them to take is our choice. */
extern const uint16_t scan_ports_tcp[SCAN_PORTS_FAST], scan_ports_udp[SCAN_PORTS_FAST];
