/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /etc/services and /etc/protocols, parted by a NUL. Every name must be ended and on one line. */
#include <stdlib.h>
#include <string.h>

#include "host/services.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(const struct services *s, enum fact_proto proto, int64_t ports)
{
	for (int64_t port = 0; port < ports; port++) {
		const char *name = services_name(s, proto, port);

		if (name && (*name == '\0' || strpbrk(name, " \t\n")))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t *nul = len ? memchr(data, '\0', len) : NULL;
	size_t ports = nul ? (size_t)(nul - data) : len;
	struct services *s;

	if (services_new((struct span){ data, ports }, (struct span){ data + ports, len - ports },
			 &s) < 0)
		return 0;
	check(s, FACT_TCP, 1024);
	check(s, FACT_UDP, 1024);
	check(s, FACT_SCTP, 1024);
	check(s, FACT_RAW, 256);
	services_free(s);
	return 0;
}
