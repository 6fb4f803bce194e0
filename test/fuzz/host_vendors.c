/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file of blocks of link addresses. Every name must be ended, short, and on one line. */
#include <stdlib.h>
#include <string.h>

#include "host/vendors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span text = { data, len };
	struct vendors *v;

	if (vendors_new(&text, 1, &v) < 0)
		return 0;
	for (unsigned i = 0; i < 0x1000; i++) {
		uint8_t mac[6] = { 0, (uint8_t)(i >> 8), (uint8_t)i, (uint8_t)(i * 7), 0, 0 };
		const char *name = vendors_name(v, mac);

		if (name &&
		    (*name == '\0' || strlen(name) >= VENDORS_NAME_MAX || strpbrk(name, "\t\r\n")))
			abort();
	}
	vendors_free(v);
	return 0;
}
