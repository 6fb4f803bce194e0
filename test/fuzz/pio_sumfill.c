/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checksums are filled in at their place and nowhere else, and doing it again changes nothing. */
#include <stdlib.h>
#include <string.h>

#include "pio/sumfill.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool held)
{
	if (!held)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *once = malloc(len ? len : 1), *twice = malloc(len ? len : 1);
	size_t changed = 0;

	must(once && twice);
	if (len > 0)
		memcpy(once, data, len);
	sumfill(once, len);
	if (len > 0)
		memcpy(twice, once, len);
	sumfill(twice, len);
	must(len == 0 || memcmp(once, twice, len) == 0);
	for (size_t i = 0; i < len; i++)
		changed += once[i] != data[i];
	must(changed <= 2);
	sumfill_seen(twice, len); /* reads and writes nothing outside */
	free(once);
	free(twice);
	return 0;
}
