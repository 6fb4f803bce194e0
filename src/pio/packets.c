/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pio/packet.h"

#include <string.h>

#define PACKETS(name) &pio_packet_##name,
static const struct pio_packet_ops *const packets[] = {
#include "pio/packets.def"
};
#undef PACKETS

const struct pio_packet_ops *pio_packet_at(size_t i)
{
	return i < ARRAY_LEN(packets) ? packets[i] : NULL;
}

const struct pio_packet_ops *pio_packet_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(packets); i++) {
		if (strcmp(packets[i]->name, name) == 0)
			return packets[i];
	}
	return NULL;
}
