/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pio/pio.h"

#include <string.h>

#define BACKEND(name) &pio_##name,
static const struct pio_ops *const backends[] = {
#include "pio/backends.def"
};
#undef BACKEND

const struct pio_ops *pio_at(size_t i)
{
	return i < ARRAY_LEN(backends) ? backends[i] : NULL;
}

const struct pio_ops *pio_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(backends); i++) {
		if (strcmp(backends[i]->name, name) == 0)
			return backends[i];
	}
	return NULL;
}
