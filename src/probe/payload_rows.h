/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of payloads share: their rows, and what validators say often. Pure.
 */
#pragma once

#include "probe/payload.h"

#define PAYLOAD(name) extern const struct payload payload_##name;
#include "probe/payloads.def"
#undef PAYLOAD

#define PAYLOAD_PORTS(...) ((const uint16_t[]){ __VA_ARGS__, 0 })
#define PAYLOAD_OCTETS(a)      \
	{                      \
		(a), sizeof(a) \
	}

/** Whether @s has @id at octet @at. */
static inline bool payload_id_at(struct span s, size_t at, struct span id)
{
	return s.len >= at + id.len && memcmp(s.p + at, id.p, id.len) == 0;
}
