/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/sink.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void out_init(struct out_sink *s, int (*write)(void *to, const char *p, size_t len), void *to)
{
	s->write = write;
	s->to = to;
	s->error = 0;
	s->len = 0;
}

int out_flush(struct out_sink *s)
{
	if (s->len > 0 && s->error == 0)
		s->error = s->write(s->to, s->buf, s->len);
	s->len = 0;
	return s->error;
}

void out_put(struct out_sink *s, const char *p, size_t len)
{
	/* Nearly always it fits: a million lines are made of such pieces. */
	if (len < sizeof(s->buf) - s->len) {
		memcpy(s->buf + s->len, p, len);
		s->len += len;
		return;
	}
	while (len > 0) {
		size_t n = MIN(len, sizeof(s->buf) - s->len);

		memcpy(s->buf + s->len, p, n);
		s->len += n;
		p += n;
		len -= n;
		if (s->len == sizeof(s->buf))
			out_flush(s);
	}
}

void out_text(struct out_sink *s, const char *text)
{
	out_put(s, text, strlen(text));
}

void out_char(struct out_sink *s, char c)
{
	if (s->len == sizeof(s->buf))
		out_flush(s);
	s->buf[s->len++] = c;
}

void out_int(struct out_sink *s, int64_t v)
{
	char text[20];
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	size_t at = sizeof(text);

	do {
		text[--at] = (char)('0' + u % 10);
		u /= 10;
	} while (u);
	if (v < 0)
		text[--at] = '-';
	out_put(s, text + at, sizeof(text) - at);
}

void out_printf(struct out_sink *s, const char *fmt, ...)
{
	char text[4096];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n > 0)
		out_put(s, text, MIN((size_t)n, sizeof(text) - 1));
}
