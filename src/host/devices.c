/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/devices.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int add(struct devices *d, uint32_t index)
{
	char text[MAX(IF_NAMESIZE, 16)];
	struct devices_entry *e;

	if (d->n == d->room) {
		size_t room = d->room ? d->room * 2 : 16;

		e = realloc(d->item, room * sizeof(*e));
		if (!e)
			return -ENOMEM;
		d->item = e;
		d->room = room;
	}
	if (!if_indextoname(index, text))
		snprintf(text, sizeof(text), "%u", index);
	e = &d->item[d->n];
	*e = (struct devices_entry){ index, keep_str(d->names, text) };
	if (d->names->full)
		return -ENOMEM;
	d->last = d->n++;
	return 0;
}

int devices_name(struct devices *d, uint32_t index, const char **ret_name)
{
	size_t i = d->last;

	/* Sorted sockets name the same device many times in a row. */
	if (i >= d->n || d->item[i].index != index) {
		for (i = 0; i < d->n && d->item[i].index != index; i++)
			;
		if (i == d->n && add(d, index) < 0)
			return -ENOMEM;
		d->last = i;
	}
	*ret_name = d->item[i].name;
	return 0;
}

void devices_done(struct devices *d)
{
	free(d->item);
	d->item = NULL;
	d->n = d->room = 0;
}
