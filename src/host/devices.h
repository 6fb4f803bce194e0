/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interface numbers to names, in the calling thread's network namespace, each asked once. */
#pragma once

#include "host/keep.h"

struct devices {
	struct keep *names; /* borrowed: where names go */
	struct devices_entry {
		uint32_t index;
		const char *name;
	} * item; /* owned */
	size_t n, room, last;
};

/**
 * The name of interface @index; its number as text when it is gone by now.
 *
 * Returns 0 with *@ret_name owned by d->names; -ENOMEM.
 */
int devices_name(struct devices *d, uint32_t index, const char **ret_name);
void devices_done(struct devices *d);
