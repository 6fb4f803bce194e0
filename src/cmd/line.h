/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command line as one text, to be shown, kept in a file, typed again: words as a POSIX shell
 * would take them, and back. Only quoting is read, nothing is expanded.
 */
#pragma once

#include "base/err.h"

#define LINE_MAX_LEN (1u << 20) /* octets of a text to be split */

/** "first WORD 'two words'"; @first in front, without quotes (NULL: nothing). Owned by the caller; NULL: no memory. */
char *line_join(const char *first, int argc, const char *const *argv);

struct line {
	char **word; /* NULL at the end */
	int n;
	char *text; /* that the words lie in */
};

/**
 * The words of @text.
 *
 * Returns 0 with @ret for line_done(); -EINVAL: a quote without its end, or too long; -ENOMEM;
 * @err tells, @ret untouched.
 */
int line_split(const char *text, struct line *ret, struct err *err);
void line_done(struct line *l); /* a zeroed one is fine */
