/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pio/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pio/pio.h"
#include "wire/checksum.h"
#include "wire/icmp4.h"
#include "wire/ip4.h"

#define MILLION 1000000
#define HOPS    64
#define TYPE4   8 /* echo request; its answer is type 0 */
#define TYPE6   128

struct pending {
	uint64_t at_ns; /* when it arrives; 0: this place is free */
	struct ip_addr from;
	uint32_t len;
	uint8_t octets[PIO_MEM_FRAME_MAX];
};

struct mem {
	struct pio_mem_net net;
	uint64_t draw, lost;
	struct pending pending[PIO_MEM_PENDING];
};

static int mem_open(const struct pio_conf *conf, void **ret_self, struct err *err)
{
	struct mem *m;

	if (!conf->mem)
		return err_set(err, -EINVAL,
			       "the memory back end is for tests: it needs a network");
	m = calloc(1, sizeof(*m));
	if (!m)
		return err_set(err, -ENOMEM, "making a network in memory: out of memory");
	m->net = *conf->mem;
	m->draw = conf->mem->seed;
	*ret_self = m;
	return 0;
}

static void mem_close(void *self)
{
	free(self);
}

static int mem_none(void *self UNUSED)
{
	return -1;
}

/* splitmix64 */
static uint64_t draw(struct mem *m)
{
	uint64_t z = m->draw += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static bool chance(struct mem *m, uint32_t of_a_million)
{
	return draw(m) % MILLION < of_a_million;
}

static struct pending *place(struct mem *m)
{
	for (size_t i = 0; i < PIO_MEM_PENDING; i++) {
		if (m->pending[i].at_ns == 0)
			return &m->pending[i];
	}
	return NULL;
}

/* The answer an echo request gets: its type changed, the checksum made anew. */
static void answer(struct mem *m, struct pending *p, const struct pio_frame *f)
{
	struct span made = { p->octets, f->len };
	uint16_t sum;

	p->at_ns = *m->net.now_ns + m->net.delay_ns + 1;
	if (m->net.jitter_ns > 0)
		p->at_ns += draw(m) % (m->net.jitter_ns + 1);
	p->from = f->peer;
	p->len = f->len;
	memcpy(p->octets, f->p, f->len);
	p->octets[0] = f->peer.family == 4 ? 0 : TYPE6 + 1;
	p->octets[2] = p->octets[3] = 0;
	sum = f->peer.family == 4 ? checksum(made)
				  : checksum_pseudo(&f->peer, &m->net.me, IP_PROTO_ICMP6, made);
	p->octets[2] = (uint8_t)(sum >> 8);
	p->octets[3] = (uint8_t)sum;
}

static void deliver(struct mem *m, const struct pio_frame *f)
{
	unsigned copies = chance(m, m->net.dup) ? 2 : 1;

	if (f->len < ICMP4_MIN_LEN || f->p[0] != (f->peer.family == 4 ? TYPE4 : TYPE6))
		return;
	if (chance(m, m->net.loss))
		copies = 0;
	if (copies == 0)
		m->lost++;
	for (; copies > 0; copies--) {
		struct pending *p = place(m);

		if (p)
			answer(m, p, f);
		else
			m->lost++;
	}
}

static int mem_send(void *self, const struct pio_frame *f, size_t n)
{
	struct mem *m = self;

	for (size_t i = 0; i < n; i++) {
		if (f[i].len > PIO_MEM_FRAME_MAX)
			return i > 0 ? (int)i : -EMSGSIZE;
		deliver(m, &f[i]);
	}
	return (int)n;
}

static struct pending *earliest(const struct mem *m)
{
	const struct pending *first = NULL;

	for (size_t i = 0; i < PIO_MEM_PENDING; i++) {
		const struct pending *p = &m->pending[i];

		if (p->at_ns != 0 && (!first || p->at_ns < first->at_ns))
			first = p;
	}
	return (struct pending *)(uintptr_t)first;
}

static int mem_recv(void *self, struct pio_frame *f, size_t n)
{
	struct mem *m = self;
	size_t got = 0;

	for (; got < n; got++) {
		struct pending *p = earliest(m);
		uint8_t *buf = f[got].p;
		uint32_t room = f[got].room;

		if (!p || p->at_ns > *m->net.now_ns)
			break;
		f[got] = (struct pio_frame){
			.p = buf,
			.len = MIN(p->len, room),
			.room = room,
			.peer = p->from,
			.local = m->net.me,
			.hops = HOPS,
			.t_ns = p->at_ns,
		};
		memcpy(buf, p->octets, f[got].len);
		f[got].icmp = (struct span){ buf, f[got].len };
		p->at_ns = 0;
	}
	return got > 0 ? (int)got : -EAGAIN;
}

uint64_t pio_mem_next(const void *self)
{
	const struct pending *p = earliest(self);

	return p ? p->at_ns : UINT64_MAX;
}

uint64_t pio_mem_lost(const void *self)
{
	const struct mem *m = self;

	return m->lost;
}

const struct pio_ops pio_mem = {
	.name = "mem",
	.summary = "a network in memory, for tests",
	.open = mem_open,
	.close = mem_close,
	.fd = mem_none,
	.id = mem_none,
	.send = mem_send,
	.recv = mem_recv,
};
