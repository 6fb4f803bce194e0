/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "pio/packet.h"
#include "sys/clock.h"

#define T0 (1000 * NS_PER_S)

/* Every packet comes back turned round, @delay later, @copies times, @step apart. */
struct world {
	struct pio_packet_mem mem;
	uint64_t now, delay, step;
	unsigned seen, copies;
	uint16_t type;
	char got[64][8];
	uint64_t got_ns[64];
	unsigned n;
};

static void world_packet(void *to, struct span octets, uint16_t type, uint64_t now_ns,
			 void (*arrive)(void *self, const struct pio_arrival *a), void *self)
{
	struct world *w = to;
	uint8_t back[8] = { 0 };
	struct pio_arrival a = { .octets = { back, octets.len }, .type = type };

	CHECK_EQ(now_ns, w->now);
	for (size_t i = 0; i < octets.len; i++)
		back[i] = octets.p[octets.len - 1 - i];
	w->seen++;
	for (unsigned i = 0; i < w->copies; i++) {
		a.t_ns = now_ns + w->delay + i * w->step;
		arrive(self, &a);
	}
	memset(back, 0, sizeof(back)); /* what arrives is a copy */
}

static uint64_t world_clock(void *to)
{
	const struct world *w = to;

	return w->now;
}

static void keep(void *to, const struct pio_arrival *a)
{
	struct world *w = to;

	CHECK(w->n < 64 && a->octets.len < 8);
	memcpy(w->got[w->n], a->octets.p, a->octets.len);
	w->got[w->n][a->octets.len] = '\0';
	w->type = a->type;
	w->got_ns[w->n++] = a->t_ns;
}

static void *world_open(struct world *w)
{
	struct pio_packet_conf conf = { .mem = &w->mem };
	void *io = NULL;

	w->mem = (struct pio_packet_mem){ world_packet, world_clock, w };
	CHECK_EQ(pio_packet_memory.open(&conf, &io, NULL), 0);
	return io;
}

static void put(struct pio_slot *s, const char *text)
{
	s->len = strlen(text);
	s->type = 0x0800;
	memcpy(s->p, text, s->len);
}

static bool readable(void *io)
{
	struct pollfd p = { pio_packet_memory.fd(io), POLLIN, 0 };

	return poll(&p, 1, 0) == 1;
}

TEST(packet_memory_gives_back_in_the_order_of_times)
{
	struct world w = { .now = T0, .delay = 5, .step = 10, .copies = 2 };
	const struct pio_packet_ops *o = &pio_packet_memory;
	void *io = world_open(&w);
	struct pio_slot *s;
	int e = 99;

	CHECK_EQ(o->slots(io, &s, 3), 3);
	CHECK(s[0].room >= PIO_PACKET_ROOM && s[0].len == 0);
	put(&s[0], "abc");
	put(&s[2], "xyz"); /* slot 1 is passed over */
	CHECK_EQ(pio_packet_memory_next(io), UINT64_MAX);
	CHECK_EQ(o->send(io, 3, &e), 3);
	CHECK_EQ(e, 0);
	CHECK_EQ(w.seen, 2);
	CHECK_EQ(pio_packet_memory_next(io), T0 + 5);
	CHECK_EQ(o->recv(io, 10, keep, &w), 0); /* not yet */
	w.now = T0 + 14;
	CHECK_EQ(o->recv(io, 10, keep, &w), 2);
	w.now = T0 + 15;
	CHECK_EQ(o->recv(io, 1, keep, &w), 1); /* no more than asked for */
	CHECK_EQ(o->recv(io, 10, keep, &w), 1);
	CHECK_STR(w.got[0], "cba");
	CHECK_STR(w.got[1], "zyx");
	CHECK_STR(w.got[2], "cba");
	CHECK_STR(w.got[3], "zyx");
	CHECK_EQ(w.got_ns[1], T0 + 5);
	CHECK_EQ(w.got_ns[3], T0 + 15);
	CHECK_EQ(w.type, 0x0800);
	CHECK_EQ(pio_packet_memory_next(io), UINT64_MAX);
	o->close(io);
}

TEST(packet_memory_is_readable_when_something_arrived)
{
	struct world w = { .now = clock_mono_ns(), .delay = 3600 * NS_PER_S, .copies = 1 };
	const struct pio_packet_ops *o = &pio_packet_memory;
	void *io = world_open(&w);
	struct pio_slot *s;
	int e;

	o->slots(io, &s, 1);
	put(s, "later");
	o->send(io, 1, &e);
	CHECK(!readable(io));
	w.delay = 0;
	o->slots(io, &s, 1);
	put(s, "now");
	o->send(io, 1, &e);
	CHECK(readable(io));
	CHECK_EQ(o->recv(io, 10, keep, &w), 1);
	CHECK_STR(w.got[0], "won");
	CHECK(!readable(io));
	o->close(io); /* one is still on its way */
}

TEST(packet_memory_counts_what_its_bound_loses)
{
	struct world w = { .now = T0, .delay = 1, .copies = 1 };
	const struct pio_packet_ops *o = &pio_packet_memory;
	void *io = world_open(&w);
	struct pio_slot *s;
	int e;

	w.copies = PIO_MEMORY_PENDING + 7;
	o->slots(io, &s, 1);
	put(s, "x");
	CHECK_EQ(o->send(io, 1, &e), 1);
	CHECK_EQ(o->drops(io), 7);
	CHECK_EQ(o->drops(io), 0);
	o->close(io);
}

TEST(packet_memory_needs_a_network)
{
	struct pio_packet_conf conf = { 0 };
	struct err err = { "" };
	void *io = NULL;

	CHECK_EQ(pio_packet_memory.open(&conf, &io, &err), -EINVAL);
	CHECK(io == NULL);
	CHECK_HAS(err.text, "for tests");
}

/* Every octet of packet @n is @n: no slot reaches into another. */
static void swallow(void *to, struct span octets, uint16_t type UNUSED, uint64_t now_ns UNUSED,
		    void (*arrive)(void *self, const struct pio_arrival *a) UNUSED,
		    void *self UNUSED)
{
	struct world *w = to;

	for (size_t i = 0; i < octets.len; i++)
		CHECK_EQ(octets.p[i], w->seen);
	w->seen++;
}

TEST(packet_memory_has_as_much_room_as_is_asked_for)
{
	static const size_t asked[] = { 0, 100, 9000, PIO_PACKET_ROOM_MAX, 100000 };
	const struct pio_packet_ops *o = &pio_packet_memory;

	for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
		struct world w = { .now = T0 };
		const struct pio_packet_mem mem = { swallow, NULL, &w };
		const struct pio_packet_conf conf = { .room = asked[i], .mem = &mem };
		struct pio_slot *s;
		void *io;
		int e;

		CHECK_EQ(o->open(&conf, &io, NULL), 0);
		CHECK_EQ(o->slots(io, &s, PIO_PACKET_BATCH), PIO_PACKET_BATCH);
		CHECK_EQ(s[0].room,
			 MIN(MAX(asked[i], (size_t)PIO_PACKET_ROOM), (size_t)PIO_PACKET_ROOM_MAX));
		for (unsigned n = 0; n < PIO_PACKET_BATCH; n++) {
			CHECK_EQ((uintptr_t)s[n].p % 16, 0);
			memset(s[n].p, (int)n, s[n].room);
			s[n].len = s[n].room;
		}
		CHECK_EQ(o->send(io, PIO_PACKET_BATCH, &e), PIO_PACKET_BATCH);
		CHECK_EQ(w.seen, PIO_PACKET_BATCH);
		o->close(io);
	}
}
