/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/trace_words.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

int trace_words_next(struct trace_words *w, char ret_word[TRACE_WORDS_LEN], struct err *err)
{
	bool comment = false;
	size_t len = 0;

	for (int c; (c = getc_unlocked(w->file)) != EOF;) {
		bool parts = c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';

		comment = (comment || (c == '#' && len == 0)) && c != '\n';
		if (parts && len > 0) {
			ungetc(c, w->file);
			break;
		}
		w->line += c == '\n';
		if (comment || parts)
			continue;
		if (len + 1 == TRACE_WORDS_LEN)
			return err_set(err, -EINVAL, "%s:%u: a word of more than %d octets",
				       w->name, w->line, TRACE_WORDS_LEN - 1);
		ret_word[len++] = (char)c;
		/* A byte order mark, which editors of another system leave. */
		if (w->line == 1 && len == 3 && memcmp(ret_word, "\xef\xbb\xbf", 3) == 0)
			len = 0;
	}
	if (ferror(w->file))
		return err_set(err, -EIO, "reading %s: %s", w->name, strerror(errno));
	ret_word[len] = '\0';
	return len > 0;
}
