/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A set of port numbers, one bit each, and its text form "22,80-443". Pure.
 */
#pragma once

#include "base/base.h"
#include "base/err.h"

struct portset {
	uint64_t word[1024]; /* bit p%64 of word p/64: port p is in the set */
};

static inline bool portset_has(const struct portset *s, uint16_t port)
{
	return s->word[port / 64] >> port % 64 & 1;
}
static inline void portset_add(struct portset *s, uint16_t port)
{
	s->word[port / 64] |= 1ull << port % 64;
}

/** How many ports are in the set, 0..65536. */
unsigned portset_count(const struct portset *s);

/**
 * The first port at or above @from that is in the set.
 *
 * Returns 0..65535, or -1 when there is none (also for @from > 65535).
 */
int portset_next(const struct portset *s, unsigned from);

/**
 * Read "22", "1-1000", "22,80,8000-8099", "-" (1-65535), "-100", "60000-".
 *
 * Returns 0; -EINVAL, @err saying which part and what would be right, @ret_set untouched.
 */
int portset_scan(const char *text, struct portset *ret_set, struct err *err);

/**
 * Write the set as ranges, "1-21,23-65535"; empty text for the empty set.
 *
 * Returns the length the full text has, as snprintf does; cut (and terminated)
 * when that is @len or more.
 */
size_t portset_format(const struct portset *s, char *buf, size_t len);
