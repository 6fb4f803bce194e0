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
#define PAYLOAD_OCTETS(array)          \
	{                              \
		(array), sizeof(array) \
	}
#define PAYLOAD_TEXT(literal)                                   \
	{                                                       \
		(const uint8_t *)(literal), sizeof(literal) - 1 \
	}

static inline uint16_t payload_u16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/** Whether @s has @what at octet @at. */
static inline bool payload_at_is(struct span s, size_t at, struct span what)
{
	return s.len >= at + what.len && memcmp(s.p + at, what.p, what.len) == 0;
}

/** Whether @s begins with the text @what. */
static inline bool payload_begins(struct span s, const char *what)
{
	return payload_at_is(s, 0, (struct span){ (const uint8_t *)what, strlen(what) });
}

/** Whether @what stands anywhere in @s. */
static inline bool payload_holds(struct span s, struct span what)
{
	for (size_t at = 0; at + what.len <= s.len; at++) {
		if (memcmp(s.p + at, what.p, what.len) == 0)
			return true;
	}
	return false;
}

/** Whether all of @s is ASCII that prints, or line ends and tabs. */
static inline bool payload_prints(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.p[i];

		if ((c < 0x20 || c > 0x7e) && c != '\r' && c != '\n' && c != '\t')
			return false;
	}
	return true;
}

/**
 * The content of the next BER element, which must have @tag and a definite length of at most four
 * octets (ITU-T X.690 8.1.3). On anything else the cursor is bad and the content empty.
 */
static inline struct span payload_ber(struct rcur *c, uint8_t tag)
{
	uint32_t len;

	if (get_u8(c) != tag)
		c->bad = true;
	len = get_u8(c);
	if (len > 0x84)
		c->bad = true;
	else if (len >= 0x80)
		len = get_be(c, len - 0x80);
	return get_span(c, len);
}
