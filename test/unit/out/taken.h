/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sink that keeps what was written, for tests: no file descriptor. */
#pragma once

#include <string.h>

#include "out/sink.h"

struct taken {
	char text[3 * OUT_BUF_LEN + 1]; /* terminated */
	size_t len, calls;
	int fail; /* what the next write returns; 0: it takes all */
	struct out_sink sink;
};

static inline int taken_write(void *to, const char *p, size_t len)
{
	struct taken *t = to;

	t->calls++;
	if (t->fail)
		return t->fail;
	if (len > sizeof(t->text) - 1 - t->len)
		len = sizeof(t->text) - 1 - t->len;
	memcpy(t->text + t->len, p, len);
	t->len += len;
	t->text[t->len] = '\0';
	return 0;
}

/** Empties @t. Returns its sink. */
static inline struct out_sink *taken_anew(struct taken *t)
{
	t->len = t->calls = 0;
	t->fail = 0;
	t->text[0] = '\0';
	out_init(&t->sink, taken_write, t);
	return &t->sink;
}

/** All that was written so far. */
static inline const char *taken_text(struct taken *t)
{
	out_flush(&t->sink);
	return t->text;
}
