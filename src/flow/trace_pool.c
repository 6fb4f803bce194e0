/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The targets under way: a bounded number of slots, a heap of when each wants to be asked next, which also
 * makes the order fair (who waits longest comes first), and a table to find one by its address.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow/trace_own.h"

#define POOL_OCTETS (64u << 20) /* engines of all targets under way need no more */
#define POOL_LEAST  16
#define NOT_IN_HEAP UINT32_MAX

int trace_pool_open(struct trace_run *r, struct err *err)
{
	size_t n = r->conf->targets->n, size = trace_step_size(r), most;

	if (size == 0)
		return err_set(err, -EINVAL, "these probes are out of their bounds");
	most = MIN(MAX(POOL_OCTETS / size, (size_t)POOL_LEAST), (size_t)FLOW_TRACE_AT_ONCE);
	r->slot_n = (uint32_t)MIN(n, most);
	r->slot = calloc(r->slot_n, sizeof(*r->slot));
	r->heap = calloc(r->slot_n, sizeof(*r->heap));
	r->free = TRACE_SLOT_NONE;
	memset(r->bucket, 0xff, sizeof(r->bucket));
	if (!r->slot || !r->heap)
		return err_set(err, -ENOMEM, "making room for %u targets: out of memory",
			       r->slot_n);
	return 0;
}

void trace_pool_close(struct trace_run *r)
{
	for (uint32_t i = 0; r->slot && i < r->slot_used; i++) {
		free(r->slot[i].trace);
		free(r->slot[i].mda);
		free(r->slot[i].mtu);
	}
	free(r->slot);
	free(r->heap);
}

static bool earlier(const struct trace_run *r, uint32_t a, uint32_t b)
{
	return r->slot[r->heap[a]].wake_ns < r->slot[r->heap[b]].wake_ns;
}

static void swap(struct trace_run *r, uint32_t a, uint32_t b)
{
	uint32_t was = r->heap[a];

	r->heap[a] = r->heap[b];
	r->heap[b] = was;
	r->slot[r->heap[a]].heap_at = a;
	r->slot[r->heap[b]].heap_at = b;
}

static void sift(struct trace_run *r, uint32_t i)
{
	for (; i > 0 && earlier(r, i, (i - 1) / 2); i = (i - 1) / 2)
		swap(r, i, (i - 1) / 2);
	for (;;) {
		uint32_t least = i;

		for (uint32_t child = 2 * i + 1; child <= 2 * i + 2 && child < r->heap_n; child++) {
			if (earlier(r, child, least))
				least = child;
		}
		if (least == i)
			return;
		swap(r, i, least);
		i = least;
	}
}

static void take_out(struct trace_run *r, struct trace_slot *s)
{
	uint32_t i = s->heap_at;

	if (i == NOT_IN_HEAP)
		return;
	swap(r, i, --r->heap_n);
	s->heap_at = NOT_IN_HEAP;
	if (i < r->heap_n)
		sift(r, i);
}

void trace_pool_wake(struct trace_run *r, struct trace_slot *s, uint64_t when_ns)
{
	s->wake_ns = when_ns;
	if (s->heap_at == NOT_IN_HEAP) {
		s->heap_at = r->heap_n++;
		r->heap[s->heap_at] = (uint32_t)(s - r->slot);
	}
	sift(r, s->heap_at);
}

uint64_t trace_pool_next(const struct trace_run *r)
{
	return r->heap_n > 0 ? r->slot[r->heap[0]].wake_ns : CLOCK_NEVER;
}

struct trace_slot *trace_pool_due(struct trace_run *r, uint64_t now_ns)
{
	struct trace_slot *s;

	if (trace_pool_next(r) > now_ns)
		return NULL;
	s = &r->slot[r->heap[0]];
	take_out(r, s);
	return s;
}

static uint16_t *bucket_of(struct trace_run *r, const struct ip_addr *a)
{
	return &r->bucket[hash(&r->key, (struct span){ a->octet, sizeof(a->octet) }) %
			  TRACE_BUCKETS];
}

/* Addresses of two links are two; a reply by a socket may not tell which link. */
struct trace_slot *trace_pool_find(struct trace_run *r, const struct ip_addr *addr)
{
	for (uint16_t i = *bucket_of(r, addr); i != TRACE_SLOT_NONE; i = r->slot[i].next) {
		struct trace_slot *s = &r->slot[i];

		if (ip_eq(&s->addr, addr) &&
		    (s->addr.zone == addr->zone || s->addr.zone == 0 || addr->zone == 0))
			return s;
	}
	return NULL;
}

static struct trace_slot *slot_take(struct trace_run *r)
{
	struct trace_slot *s;

	if (r->free != TRACE_SLOT_NONE) {
		s = &r->slot[r->free];
		r->free = s->next;
		return s;
	}
	return r->slot_used < r->slot_n ? &r->slot[r->slot_used++] : NULL;
}

int trace_pool_admit(struct trace_run *r, uint64_t now_ns, struct err *err)
{
	const struct flow_targets *all = r->conf->targets;

	while (r->next_target < all->n && r->busy < r->slot_n && !r->stopping) {
		struct trace_slot *s = slot_take(r);
		uint16_t *bucket;

		if (!s)
			return 0;
		*s = (struct trace_slot){ .target = r->next_target,
					  .addr = all->item[r->next_target].addr,
					  .trace = s->trace,
					  .mda = s->mda,
					  .begin_ns = now_ns,
					  .heap_at = NOT_IN_HEAP };
		bucket = bucket_of(r, &s->addr);
		s->next = *bucket;
		*bucket = (uint16_t)(s - r->slot);
		r->busy++;
		r->next_target++;
		if (trace_step_begin(r, s, now_ns) < 0)
			return err_set(err, -ENOMEM, "making room for a target: out of memory");
		trace_pool_wake(r, s, now_ns);
	}
	return 0;
}

void trace_pool_release(struct trace_run *r, struct trace_slot *s)
{
	uint16_t *link = bucket_of(r, &s->addr), i = (uint16_t)(s - r->slot);

	take_out(r, s);
	while (*link != i)
		link = &r->slot[*link].next;
	*link = s->next;
	free(s->mtu);
	s->mtu = NULL;
	s->phase = TRACE_PHASE_FREE;
	s->next = r->free;
	r->free = i;
	r->busy--;
	r->done++;
}
