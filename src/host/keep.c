/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/keep.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_LEN (64u * 1024)

struct keep_block {
	struct keep_block *before;
	size_t used, room;
	_Alignas(max_align_t) uint8_t octet[];
};

static struct keep_block *block_new(struct keep *keep, size_t size)
{
	size_t room = MAX(size, BLOCK_LEN);
	struct keep_block *b = calloc(1, sizeof(*b) + room);

	if (!b) {
		keep->full = true;
		return NULL;
	}
	b->room = room;
	b->before = keep->last;
	keep->last = b;
	return b;
}

/* @len octets at a multiple of @align from the block's begin; not zeroed anew. */
static void *take(struct keep *keep, size_t len, size_t align)
{
	struct keep_block *b = keep->last;
	size_t at = b ? (b->used + align - 1) / align * align : 0;

	if (!b || at > b->room || b->room - at < len) {
		b = block_new(keep, len);
		at = 0;
	}
	if (!b)
		return NULL;
	b->used = at + len;
	return b->octet + at;
}

void *keep_alloc(struct keep *keep, size_t size)
{
	return take(keep, size, _Alignof(max_align_t));
}

const char *keep_text(struct keep *keep, const char *text, size_t len)
{
	char *p = take(keep, len + 1, 1);

	if (!p)
		return "";
	if (len)
		memcpy(p, text, len);
	return p;
}

const char *keep_str(struct keep *keep, const char *text)
{
	return text ? keep_text(keep, text, strlen(text)) : NULL;
}

const char *keep_format(struct keep *keep, const char *fmt, ...)
{
	va_list args, again;
	const char *ret = "";
	int n;

	va_start(args, fmt);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, args);
	if (n >= 0) {
		char *p = take(keep, (size_t)n + 1, 1);

		if (p) {
			vsnprintf(p, (size_t)n + 1, fmt, again);
			ret = p;
		}
	}
	va_end(again);
	va_end(args);
	return ret;
}

void keep_done(struct keep *keep)
{
	while (keep->last) {
		struct keep_block *b = keep->last;

		keep->last = b->before;
		free(b);
	}
	keep->full = false;
}
