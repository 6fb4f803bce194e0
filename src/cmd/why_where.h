/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person may write for a port of a host. Pure but for names of services. */
#pragma once

#include "base/err.h"
#include "host/services.h"

#define WHY_HOST_LEN 256

struct why_where {
	char host[WHY_HOST_LEN]; /* name or address, without brackets */
	uint16_t port;
	uint8_t proto; /* enum fact_proto: TCP or UDP */
	bool both;     /* no protocol was named */
};

/**
 * Read "HOST PORT", "HOST PORT/PROTO", "HOST PROTO/PORT", "HOST:PORT", "[V6]:PORT/PROTO"; the port
 * may be the name of a service. @b is NULL when all stands in @a.
 *
 * Returns 0; -EINVAL, @ret untouched, with @err saying what would be right.
 */
int why_where_scan(const char *a, const char *b, const struct services *names,
		   struct why_where *ret, struct err *err);
