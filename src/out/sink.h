/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where text goes: a buffer that empties itself through one function. Writers
 * never see a file descriptor, so they are pure and their tests need none.
 */
#pragma once

#include "base/base.h"

#define OUT_BUF_LEN 65536

struct out_sink {
	/* Take all @len octets; 0 or -errno, after which nothing more is asked of it. */
	int (*write)(void *to, const char *p, size_t len);
	void *to;
	int error;  /* the first -errno of write; sticky */
	size_t len; /* octets in buf */
	char buf[OUT_BUF_LEN];
};

void out_init(struct out_sink *s, int (*write)(void *to, const char *p, size_t len), void *to);
void out_put(struct out_sink *s, const char *p, size_t len);
void out_text(struct out_sink *s, const char *text);
void out_char(struct out_sink *s, char c);
void out_int(struct out_sink *s, int64_t v);

/** printf; one call writes at most 4,095 octets, the rest is cut. */
void out_printf(struct out_sink *s, const char *fmt, ...) PRINTF_LIKE(2, 3);

/** Empty the buffer. Returns 0 or the first error there was. */
int out_flush(struct out_sink *s);
