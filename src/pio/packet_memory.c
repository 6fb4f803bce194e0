/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A network that is a function of a test: see struct pio_packet_mem. Arrivals wait in a heap until
 * their time has come by the test's clock; those with equal times keep the order they came in.
 */
#include "pio/packet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/timerfd.h>

#include "pio/slots.h"
#include "sys/clock.h"

struct waiting {
	struct pio_arrival a; /* .octets.p is owned */
	uint64_t order;
};

struct memory {
	const struct pio_packet_mem *mem;
	int fd; /* a timer: readable when the first arrival's time has come */
	uint64_t armed_ns;
	struct waiting *heap; /* the earliest first */
	size_t n, room;
	uint64_t order;
	unsigned drops;
	struct slots slots;
};

static uint64_t now(const struct memory *m)
{
	return m->mem->clock ? m->mem->clock(m->mem->to) : clock_mono_ns();
}

static bool before(const struct waiting *a, const struct waiting *b)
{
	return a->a.t_ns != b->a.t_ns ? a->a.t_ns < b->a.t_ns : a->order < b->order;
}

static void swap(struct waiting *a, struct waiting *b)
{
	struct waiting w = *a;

	*a = *b;
	*b = w;
}

static void sift_up(struct memory *m, size_t i)
{
	for (; i > 0 && before(&m->heap[i], &m->heap[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&m->heap[i], &m->heap[(i - 1) / 2]);
}

static void sift_down(struct memory *m, size_t i)
{
	for (;;) {
		size_t least = i;

		for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < m->n; child++) {
			if (before(&m->heap[child], &m->heap[least]))
				least = child;
		}
		if (least == i)
			return;
		swap(&m->heap[i], &m->heap[least]);
		i = least;
	}
}

/* A simulated clock is mostly in the past of the real one: the timer then rings at once. */
static void arm(struct memory *m)
{
	uint64_t t = m->n ? MAX(m->heap[0].a.t_ns, 1) : 0;
	struct itimerspec when = { .it_value = { .tv_sec = (time_t)(t / NS_PER_S),
						 .tv_nsec = (long)(t % NS_PER_S) } };

	if (t == m->armed_ns)
		return;
	m->armed_ns = t;
	timerfd_settime(m->fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static bool grow(struct memory *m)
{
	size_t room = m->room ? 2 * m->room : 64;
	struct waiting *heap;

	if (m->n < m->room)
		return true;
	if (room > PIO_MEMORY_PENDING)
		return false;
	heap = realloc(m->heap, room * sizeof(*heap));
	if (!heap)
		return false;
	m->heap = heap;
	m->room = room;
	return true;
}

static void arrive(void *self, const struct pio_arrival *a)
{
	struct memory *m = self;
	uint8_t *octets = malloc(MAX(a->octets.len, 1));

	if (!octets || !grow(m)) {
		free(octets);
		m->drops++;
		return;
	}
	if (a->octets.len > 0)
		memcpy(octets, a->octets.p, a->octets.len);
	m->heap[m->n] = (struct waiting){ *a, m->order++ };
	m->heap[m->n].a.octets.p = octets;
	sift_up(m, m->n++);
}

static void memory_close(void *self)
{
	struct memory *m = self;

	if (!m)
		return;
	for (size_t i = 0; i < m->n; i++)
		free((void *)(uintptr_t)m->heap[i].a.octets.p);
	free(m->heap);
	if (m->fd >= 0)
		close(m->fd);
	slots_done(&m->slots);
	free(m);
}

static int memory_open(const struct pio_packet_conf *conf, void **ret_self, struct err *err)
{
	struct memory *m;

	if (!conf->mem || !conf->mem->packet)
		return err_set(err, -EINVAL,
			       "the memory back end is for tests, which give it a network");
	m = calloc(1, sizeof(*m));
	if (!m)
		return err_set(err, -ENOMEM, "opening a network in memory: out of memory");
	m->mem = conf->mem;
	m->fd = -1;
	if (slots_init(&m->slots, conf->room) < 0) {
		memory_close(m);
		return err_set(err, -ENOMEM, "opening a network in memory: out of memory");
	}
	m->fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (m->fd < 0) {
		int r = err_set(err, -errno, "opening a timer: %s", strerror(errno));

		memory_close(m);
		return r;
	}
	*ret_self = m;
	return 0;
}

static int memory_fd(void *self)
{
	const struct memory *m = self;

	return m->fd;
}

static unsigned memory_slots(void *self, struct pio_slot **ret_slots, unsigned n)
{
	struct memory *m = self;

	return slots_take(&m->slots, ret_slots, n);
}

static unsigned memory_send(void *self, unsigned n, int *ret_errno)
{
	struct memory *m = self;

	*ret_errno = 0;
	for (unsigned i = 0; i < n; i++) {
		const struct pio_slot *s = &m->slots.slot[i];

		if (s->len > 0)
			m->mem->packet(m->mem->to, (struct span){ s->p, s->len }, s->type, now(m),
				       arrive, m);
	}
	arm(m);
	return n;
}

static int memory_recv(void *self, unsigned n, void (*each)(void *to, const struct pio_arrival *a),
		       void *to)
{
	struct memory *m = self;
	uint64_t until = now(m);
	unsigned got = 0;

	for (; got < n && m->n > 0 && m->heap[0].a.t_ns <= until; got++) {
		struct waiting w = m->heap[0];

		m->heap[0] = m->heap[--m->n];
		sift_down(m, 0);
		each(to, &w.a);
		free((void *)(uintptr_t)w.a.octets.p);
	}
	arm(m);
	return (int)got;
}

static unsigned memory_drops(void *self)
{
	struct memory *m = self;
	unsigned drops = m->drops;

	m->drops = 0;
	return drops;
}

uint64_t pio_packet_memory_next(const void *self)
{
	const struct memory *m = self;

	return m->n ? m->heap[0].a.t_ns : UINT64_MAX;
}

const struct pio_packet_ops pio_packet_memory = {
	.name = "memory",
	.summary = "a network that is a function, for tests",
	.open = memory_open,
	.close = memory_close,
	.fd = memory_fd,
	.slots = memory_slots,
	.send = memory_send,
	.recv = memory_recv,
	.drops = memory_drops,
};
