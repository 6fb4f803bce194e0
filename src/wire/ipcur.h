/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cursor access to IP addresses, as base/cur.h has it for integers. Pure. */
#pragma once

#include "base/cur.h"
#include "base/ip.h"

/** The next address of @family (4 or 6), consumed; octets zero, and the cursor bad, when cut. */
static inline struct ip_addr get_ip(struct rcur *c, uint8_t family)
{
	struct ip_addr a = { .family = family };

	if (family == 4)
		get_bytes(c, a.octet, 4);
	else
		get_bytes(c, a.octet, 16);
	return a;
}

static inline void put_ip(struct wcur *c, const struct ip_addr *a)
{
	put_bytes(c, a->octet, a->family == 4 ? 4 : 16);
}
