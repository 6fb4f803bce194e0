/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/strings.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_LEN 16384

struct strings_chunk {
	struct strings_chunk *before;
	size_t used, room;
	char text[];
};

static struct strings_chunk *chunk_for(struct strings *s, size_t need)
{
	struct strings_chunk *c = s->last;

	if (c && c->room - c->used >= need)
		return c;
	c = malloc(sizeof(*c) + MAX(need, (size_t)CHUNK_LEN));
	if (!c)
		return NULL;
	*c = (struct strings_chunk){ .before = s->last, .room = MAX(need, (size_t)CHUNK_LEN) };
	s->last = c;
	return c;
}

const char *strings_add(struct strings *s, const char *text, size_t len)
{
	struct strings_chunk *c = chunk_for(s, len + 1);
	char *at;

	if (!c)
		return NULL;
	at = c->text + c->used;
	if (len > 0)
		memcpy(at, text, len);
	at[len] = '\0';
	c->used += len + 1;
	return at;
}

void strings_done(struct strings *s)
{
	while (s->last) {
		struct strings_chunk *before = s->last->before;

		free(s->last);
		s->last = before;
	}
}
