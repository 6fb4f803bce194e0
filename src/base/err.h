/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What went wrong, for a person. Text says what was being done, to what, and
 * what would be right. Pure: lives on the caller's stack, never allocates.
 */
#pragma once

#include "base/base.h"

struct err {
	char text[256]; /* always terminated; cut when longer */
};

/**
 * Fill @err (NULL is allowed) and return @code, so that a failure is one line:
 *
 *	return err_set(err, -EINVAL, "%s: not an IPv4 address", arg);
 */
int err_set(struct err *err, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/** Put "context: " in front of the text already in @err; returns @code. */
int err_wrap(struct err *err, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);
