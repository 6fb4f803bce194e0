/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of a file of targets, in their order, however long it is: blanks and line ends of any kind
 * part them, '#' begins a comment, a byte order mark is passed over. As flow/list.h has it, which sorts
 * what it reads.
 */
#pragma once

#include <stdio.h>

#include "base/err.h"

#define TRACE_WORDS_LEN 1024 /* octets of a word, terminator included; a longer one is refused */

struct trace_words {
	FILE *file;       /* borrowed */
	const char *name; /* for messages */
	unsigned line;    /* of the word read last; from 1 */
};

/**
 * The next word.
 *
 * Returns 1; 0: there is none; -EINVAL (too long), -EIO with @err naming file and line.
 */
int trace_words_next(struct trace_words *w, char ret_word[TRACE_WORDS_LEN], struct err *err);
