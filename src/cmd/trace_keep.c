/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/trace_keep.h"

#include <stdlib.h>
#include <string.h>

static bool grow(void **list, size_t *room, size_t n, size_t size)
{
	size_t more = MAX(2 * *room, (size_t)16);
	void *wider;

	if (n < *room)
		return true;
	wider = realloc(*list, more * size);
	if (!wider)
		return false;
	*list = wider;
	*room = more;
	return true;
}

/* A copy that lives as long as the facts; NULL, and .failed, without memory. */
static void *part(struct trace_keep *k, const void *from, size_t len)
{
	void *parts = k->part, *copy;

	if (!grow(&parts, &k->part_room, k->part_n, sizeof(*k->part))) {
		k->failed = true;
		return NULL;
	}
	k->part = parts;
	copy = malloc(len);
	if (!copy) {
		k->failed = true;
		return NULL;
	}
	memcpy(copy, from, len);
	k->part[k->part_n++] = copy;
	return copy;
}

static void own(struct trace_keep *k, const struct fact_type *type, void *fact);

static void own_list(struct trace_keep *k, const struct fact_type *type, struct fact_list *l)
{
	char *item;

	if (l->n == 0)
		return;
	item = part(k, l->item, l->n * type->size);
	l->item = item;
	l->n = item ? l->n : 0;
	for (size_t i = 0; i < l->n; i++)
		own(k, type, item + i * type->size);
}

/* @fact is a copy that still points into the one it was made from. */
static void own(struct trace_keep *k, const struct fact_type *type, void *fact)
{
	for (size_t i = 0; i < type->field_n; i++) {
		const struct fact_field *f = &type->field[i];
		void *at = (char *)fact + f->at;
		const char **text = at;

		if (f->kind == FACT_LIST)
			own_list(k, f->sub, at);
		else if (f->kind == FACT_OBJ)
			own(k, f->sub, at);
		else if (f->kind == FACT_TEXT && *text)
			*text = part(k, *text, strlen(*text) + 1);
	}
}

void trace_keep_hop(struct trace_keep *k, const struct fact_hop *hop)
{
	void *list = k->hop;

	if (!grow(&list, &k->hop_room, k->hop_n, sizeof(*k->hop))) {
		k->failed = true;
		return;
	}
	k->hop = list;
	k->hop[k->hop_n] = *hop;
	own(k, &fact_hop, &k->hop[k->hop_n++]);
}

void trace_keep_path(struct trace_keep *k, const struct fact_path *path)
{
	void *list = k->path;

	if (!grow(&list, &k->path_room, k->path_n, sizeof(*k->path))) {
		k->failed = true;
		return;
	}
	k->path = list;
	k->path[k->path_n] = *path;
	own(k, &fact_path, &k->path[k->path_n++]);
}

void trace_keep_mtu(struct trace_keep *k, const struct fact_path_mtu *mtu)
{
	k->mtu = *mtu;
	own(k, &fact_path_mtu, &k->mtu);
	k->has_mtu = true;
}

void trace_keep_clear(struct trace_keep *k)
{
	for (size_t i = 0; i < k->part_n; i++)
		free(k->part[i]);
	k->hop_n = k->path_n = k->part_n = 0;
	k->has_mtu = k->failed = false;
}

void trace_keep_done(struct trace_keep *k)
{
	trace_keep_clear(k);
	free(k->hop);
	free(k->path);
	free(k->part);
	*k = (struct trace_keep){ 0 };
}
