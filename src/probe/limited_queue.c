/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/limited_own.h"

void limited_list_init(struct limited_list *list)
{
	*list = (struct limited_list){ LIMITED_NONE, LIMITED_NONE, 0 };
}

void limited_list_push(struct limited *l, struct limited_list *list, uint32_t cell)
{
	l->aux[cell].next = LIMITED_NONE;
	if (list->tail == LIMITED_NONE)
		list->head = cell;
	else
		l->aux[list->tail].next = cell;
	list->tail = cell;
	list->n++;
}

uint32_t limited_list_pop(struct limited *l, struct limited_list *list)
{
	uint32_t cell = list->head;

	if (cell == LIMITED_NONE)
		return cell;
	list->head = l->aux[cell].next;
	if (list->head == LIMITED_NONE)
		list->tail = LIMITED_NONE;
	list->n--;
	return cell;
}

uint32_t limited_list_pop_open(struct limited *l, struct limited_list *list)
{
	uint32_t cell;

	do
		cell = limited_list_pop(l, list);
	while (cell != LIMITED_NONE && l->cell[cell].state != CELL_OPEN_QUESTION);
	return cell;
}

void limited_list_prune(struct limited *l, struct limited_list *list)
{
	while (list->head != LIMITED_NONE && l->cell[list->head].state != CELL_OPEN_QUESTION)
		limited_list_pop(l, list);
}

uint32_t limited_fresh(struct limited *l, uint32_t slot)
{
	struct limited_host *h = &l->host[slot];

	while (h->fresh < l->conf.ask_n) {
		uint64_t place = ((uint64_t)h->fresh++ + h->shift) % l->conf.ask_n;
		uint32_t cell = slot * l->conf.ask_n + (uint32_t)permute_at(&l->order, place);

		if (l->cell[cell].state == CELL_OPEN_QUESTION)
			return cell;
	}
	return LIMITED_NONE;
}

static void place(struct limited *l, uint32_t at, uint32_t lane)
{
	l->heap[at] = lane;
	l->lane[lane].heap_at = at;
}

/* Let what stands at @at rise or sink to where it belongs. */
static void settle(struct limited *l, uint32_t at)
{
	uint32_t lane = l->heap[at];
	uint64_t wake_ns = l->lane[lane].wake_ns;

	while (at > 0 && l->lane[l->heap[(at - 1) / 2]].wake_ns > wake_ns) {
		place(l, at, l->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child >= l->heap_n)
			break;
		if (child + 1 < l->heap_n &&
		    l->lane[l->heap[child + 1]].wake_ns < l->lane[l->heap[child]].wake_ns)
			child++;
		if (l->lane[l->heap[child]].wake_ns >= wake_ns)
			break;
		place(l, at, l->heap[child]);
		at = child;
	}
	place(l, at, lane);
}

void limited_wake(struct limited *l, struct limited_source *s, uint64_t wake_ns)
{
	s->wake_ns = wake_ns;
	if (s->heap_at == LIMITED_NONE)
		place(l, l->heap_n++, (uint32_t)(s - l->lane));
	settle(l, s->heap_at);
}

void limited_sleep(struct limited *l, struct limited_source *s)
{
	uint32_t at = s->heap_at;

	if (at == LIMITED_NONE)
		return;
	s->heap_at = LIMITED_NONE;
	l->heap_n--;
	if (at == l->heap_n)
		return;
	place(l, at, l->heap[l->heap_n]);
	settle(l, at);
}
