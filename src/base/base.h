/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few words every room uses: spans, array lengths, scope-bound cleanup.
 *
 * Pure: declarations only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)    ((a) < (b) ? (a) : (b))
#define MAX(a, b)    ((a) > (b) ? (a) : (b))

/* Calls f(&variable) when the variable leaves its scope: AUTO(x_freep) struct x *x = NULL; */
#define AUTO(f) __attribute__((cleanup(f)))

#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define UNUSED                 __attribute__((unused))

#define NS_PER_US 1000ull
#define NS_PER_MS 1000000ull
#define NS_PER_S  1000000000ull

/* Octets that somebody else owns; the header that returns one says who. */
struct span {
	const uint8_t *p;
	size_t len; /* octets */
};
