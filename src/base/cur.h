/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Octet cursors with a sticky error: read or write as many fields as you like,
 * then look at .bad once. After the first overrun every read yields zero and
 * every write is ignored, so no parser needs a check per field.
 *
 * Pure. Integers are host order here, big-endian (network order) in the octets.
 */
#pragma once

#include <string.h>

#include "base/base.h"

struct rcur {
	const uint8_t *p, *end; /* borrowed */
	bool bad;               /* something was read past the end */
};

struct wcur {
	uint8_t *p, *end, *start; /* borrowed */
	bool bad;                 /* something did not fit */
};

/* Of an empty span that points nowhere too: C allows no arithmetic on NULL, not even + 0. */
static inline struct rcur rcur(struct span s)
{
	const uint8_t *p = s.p ? s.p : (const uint8_t *)"";

	return (struct rcur){ p, p + s.len, false };
}

static inline struct wcur wcur(uint8_t *buf, size_t len)
{
	return (struct wcur){ buf, buf + len, buf, false };
}

/** Octets not read yet; 0 once bad. */
static inline size_t rcur_left(const struct rcur *c)
{
	return c->bad ? 0 : (size_t)(c->end - c->p);
}

/** Octets written so far. */
static inline size_t wcur_len(const struct wcur *c)
{
	return (size_t)(c->p - c->start);
}

/** All that is left, consumed; empty once bad. Borrows from the cursor's buffer. */
static inline struct span rcur_rest(struct rcur *c)
{
	struct span s = { c->p, rcur_left(c) };

	c->p = c->end;
	return s;
}

/** The next @len octets, consumed; empty, and the cursor bad, when there are fewer. */
static inline struct span get_span(struct rcur *c, size_t len)
{
	struct span s = { c->p, len };

	if (rcur_left(c) < len) {
		c->bad = true;
		return (struct span){ c->end, 0 };
	}
	c->p += len;
	return s;
}

static inline uint32_t get_be(struct rcur *c, size_t len)
{
	struct span s = get_span(c, len);
	uint32_t v = 0;

	for (size_t i = 0; i < s.len; i++)
		v = v << 8 | s.p[i];
	return v;
}

static inline uint8_t get_u8(struct rcur *c)
{
	return (uint8_t)get_be(c, 1);
}
static inline uint16_t get_u16(struct rcur *c)
{
	return (uint16_t)get_be(c, 2);
}
static inline uint32_t get_u32(struct rcur *c)
{
	return get_be(c, 4);
}

/** Copy @len octets to @to; zeroes when there are fewer. */
static inline void get_bytes(struct rcur *c, void *to, size_t len)
{
	struct span s = get_span(c, len);

	if (s.len == len && len > 0)
		memcpy(to, s.p, len);
	else if (len > 0)
		memset(to, 0, len);
}

static inline void put_bytes(struct wcur *c, const void *from, size_t len)
{
	if (c->bad || (size_t)(c->end - c->p) < len) {
		c->bad = true;
		return;
	}
	if (len > 0)
		memcpy(c->p, from, len);
	c->p += len;
}

static inline void put_be(struct wcur *c, uint32_t v, size_t len)
{
	uint8_t b[4];

	for (size_t i = 0; i < len; i++)
		b[i] = (uint8_t)(v >> 8 * (len - 1 - i));
	put_bytes(c, b, len);
}

static inline void put_u8(struct wcur *c, uint8_t v)
{
	put_be(c, v, 1);
}
static inline void put_u16(struct wcur *c, uint16_t v)
{
	put_be(c, v, 2);
}
static inline void put_u32(struct wcur *c, uint32_t v)
{
	put_be(c, v, 4);
}
