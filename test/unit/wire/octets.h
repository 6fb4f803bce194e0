/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets as hexadecimal text, for tests: OCTETS(name, "4500 0054 …"). */
#pragma once

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/cur.h"
#include "base/ip.h"
#include "test.h"

/** The octets of @hex, blanks skipped, in @buf; the test fails when they do not fit or are none. */
static inline struct span octets(const char *hex, uint8_t *buf, size_t room)
{
	struct span s = { buf, 0 };
	char pair[3] = "";

	while (*hex) {
		if (*hex == ' ') {
			hex++;
			continue;
		}
		memcpy(pair, hex, 2);
		assert_true(s.len < room);
		buf[s.len++] = (uint8_t)strtoul(pair, NULL, 16);
		hex += 2;
	}
	return s;
}

#define OCTETS(name, hex)                 \
	uint8_t name##_room[sizeof(hex)]; \
	struct span name = octets(hex, name##_room, sizeof(name##_room))

static inline struct ip_addr addr(const char *text)
{
	struct ip_addr a = { 0 };

	assert_int_equal(ip_scan(text, &a), 0);
	return a;
}

static inline bool is_addr(const struct ip_addr *a, const char *text)
{
	struct ip_addr want = addr(text);

	return ip_eq(a, &want);
}

static inline bool same(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static inline struct span written(const struct wcur *c)
{
	return (struct span){ c->start, wcur_len(c) };
}
