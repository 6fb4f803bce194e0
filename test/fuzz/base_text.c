/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a user may type: addresses, prefixes, port sets. What is read must be written back readable. */
#include <stdlib.h>
#include <string.h>

#include "base/ip.h"
#include "base/portset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[256], back[IP_TEXT_LEN];
	struct ip_prefix p, q;
	struct portset s;
	struct err err;

	len = len < sizeof(text) ? len : sizeof(text) - 1;
	if (len)
		memcpy(text, data, len);
	text[len] = '\0';
	if (ip_prefix_scan(text, &p) == 0) {
		if (ip_prefix_scan(ip_prefix_format(&p, back), &q) < 0 ||
		    !ip_eq(&p.addr, &q.addr) || p.len != q.len)
			abort();
	}
	if (portset_scan(text, &s, &err) == 0) {
		static char ports[1 << 19];
		struct portset t;

		if (portset_format(&s, ports, sizeof(ports)) >= sizeof(ports) ||
		    portset_scan(ports, &t, NULL) < 0 || memcmp(&s, &t, sizeof(s)) != 0)
			abort();
	}
	return 0;
}
