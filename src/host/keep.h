/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that is given back all at once, and texts packed into it: what a reader of this
 * host, or an audit, keeps lives in one. Nothing in it moves.
 */
#pragma once

#include "base/base.h"

struct keep_block;

struct keep {
	struct keep_block *last; /* zeroed is an empty one */
	bool full;               /* an allocation failed: the result is worth nothing */
};

/** @size zeroed octets, aligned for anything; NULL, and .full set, when there is no memory. */
void *keep_alloc(struct keep *keep, size_t size);

/** A terminated copy of @len octets; "" (and .full set) when there is no memory. Never NULL. */
const char *keep_text(struct keep *keep, const char *text, size_t len);
const char *keep_str(struct keep *keep, const char *text); /* NULL stays NULL */

/** A terminated text made by printf's rules; "" when there is no memory. */
const char *keep_format(struct keep *keep, const char *fmt, ...) PRINTF_LIKE(2, 3);
void keep_done(struct keep *keep);
