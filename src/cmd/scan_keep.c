/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/scan_keep.h"

#include <stdlib.h>
#include <string.h>

#define LEAST 256

/* Room for one more; false: no memory. */
static bool grow(void *array, size_t n, size_t *room, size_t size)
{
	void **at = array;
	size_t more = *room ? 2 * *room : LEAST;
	void *p;

	if (n < *room)
		return true;
	p = reallocarray(*at, more, size);
	if (!p)
		return false;
	*at = p;
	*room = more;
	return true;
}

/* Ports in a row mostly have the same texts: @last is the copy made for the one before. */
static const char *copy(struct scan_keep *k, const char *text, const char *last)
{
	char *c;

	if (!text || (last && strcmp(text, last) == 0))
		return text ? last : NULL;
	c = grow(&k->text, k->text_n, &k->text_room, sizeof(*k->text)) ? strdup(text) : NULL;
	if (c)
		k->text[k->text_n++] = c;
	else
		k->failed = true;
	return c;
}

void scan_keep_add(struct scan_keep *k, const struct fact_port *p)
{
	struct fact_port none = { 0 }, *to;
	const struct fact_port *last;

	if (!grow(&k->port, k->n, &k->room, sizeof(*k->port))) {
		k->failed = true;
		return;
	}
	last = k->n > 0 ? &k->port[k->n - 1] : &none;
	to = &k->port[k->n];
	*to = *p;
	to->service = copy(k, p->service, last->service);
	to->reason.kind = copy(k, p->reason.kind, last->reason.kind);
	to->reason.text = copy(k, p->reason.text, last->reason.text);
	k->n++;
}

void scan_keep_clear(struct scan_keep *k)
{
	for (size_t i = 0; i < k->text_n; i++)
		free(k->text[i]);
	k->n = k->text_n = 0;
}

void scan_keep_done(struct scan_keep *k)
{
	scan_keep_clear(k);
	free(k->port);
	free(k->text);
	*k = (struct scan_keep){ 0 };
}
