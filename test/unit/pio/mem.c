/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network in memory, and the engine of probe/ping.h run through it to the end. */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pio/mem.h"
#include "pio/pio.h"
#include "probe/ping.h"

#define MS NS_PER_MS
#define T0 (1000 * NS_PER_S)

struct sim {
	uint64_t now;
	struct pio_mem_net net;
	struct ip_addr addr[4];
	struct ping_conf conf;
	struct ping *p;
	void *io;
	uint64_t events[PING_ERROR + 1];
};

static struct sim sim_new(uint32_t count)
{
	struct sim s = { .now = T0 };

	for (uint8_t i = 0; i < ARRAY_LEN(s.addr); i++)
		s.addr[i] = ip4_make(192, 0, 2, (uint8_t)(i + 1));
	s.net = (struct pio_mem_net){ .me = ip4_make(198, 51, 100, 1), .delay_ns = MS, .seed = 7 };
	s.conf = (struct ping_conf){
		.probe = &probe_echo,
		.targets = 1,
		.key = { { 3, 4 } },
		.count = count,
		.size = 56,
		.interval_ns = 10 * MS,
		.spacing_ns = MS / 10,
		.timeout_ns = 100 * MS,
		.stop_ns = PING_NEVER,
		.id4 = PING_ID_FREE,
		.id6 = PING_ID_FREE,
	};
	return s;
}

static void take_all(struct sim *s)
{
	uint8_t buf[PIO_MEM_FRAME_MAX];
	struct pio_frame f = { .p = buf, .room = sizeof(buf) };
	struct ping_event ev;

	while (pio_mem.recv(s->io, &f, 1) == 1) {
		struct ping_arrival in = {
			.kind = PING_MESSAGE,
			.ttl = f.hops,
			.t_ns = f.t_ns,
			.from = f.peer,
			.to = f.local,
			.octets = f.icmp,
		};

		s->events[ping_match(s->p, &in, &ev)]++;
	}
}

static void send_step(struct sim *s, struct ping_step *step)
{
	uint8_t buf[PIO_MEM_FRAME_MAX];
	struct wcur out = wcur(buf, sizeof(buf));
	struct pio_frame f = { .p = buf, .peer = s->addr[step->target] };

	CHECK_EQ(ping_build(s->p, step, s->now, &out), 0);
	f.len = (uint32_t)wcur_len(&out);
	CHECK_EQ(pio_mem.send(s->io, &f, 1), 1);
	ping_sent(s->p, step, s->now);
}

/* The whole run, the clock leaping from one thing that happens to the next. */
static void sim_run(struct sim *s)
{
	struct pio_conf conf = { .family = 4, .mem = &s->net };
	struct ping_step step;
	size_t size;

	s->net.now_ns = &s->now;
	s->conf.addr = s->addr;
	size = ping_size(&s->conf);
	s->p = ping_init(malloc(size), &s->conf, s->now);
	CHECK_EQ(pio_mem.open(&conf, &s->io, NULL), 0);
	for (ping_next(s->p, s->now, &step); step.what != PING_DONE;
	     ping_next(s->p, s->now, &step)) {
		if (step.what == PING_SEND)
			send_step(s, &step);
		else
			s->now = MIN(step.until_ns, pio_mem_next(s->io));
		take_all(s);
	}
}

static void sim_done(struct sim *s)
{
	pio_mem.close(s->io);
	free(s->p);
}

TEST(mem_answers_every_question_when_nothing_is_lost)
{
	struct sim s = sim_new(100);
	struct fact_rtt rtt;

	sim_run(&s);
	CHECK_EQ(ping_target(s.p, 0)->sent, 100);
	CHECK_EQ(ping_target(s.p, 0)->received, 100);
	CHECK_EQ(s.events[PING_REPLY], 100);
	CHECK_EQ(s.events[PING_NOT_OURS] + s.events[PING_FORGED] + s.events[PING_DUPLICATE], 0);
	stats_rtt(&ping_target(s.p, 0)->rtt, &rtt);
	CHECK(rtt.min >= (int64_t)MS && rtt.max <= (int64_t)MS + 1);
	CHECK(s.now >= T0 + 990 * MS && s.now <= T0 + 992 * MS); /* ends with the last answer */
	sim_done(&s);
}

TEST(mem_and_ping_agree_on_what_was_lost)
{
	struct sim s = sim_new(1000);

	s.net.loss = 100000;
	sim_run(&s);
	CHECK_EQ(ping_target(s.p, 0)->received + pio_mem_lost(s.io), 1000);
	CHECK(pio_mem_lost(s.io) > 60 && pio_mem_lost(s.io) < 140);
	sim_done(&s);
}

TEST(mem_doubles_and_ping_counts_each_answer_once)
{
	struct sim s = sim_new(1000);

	s.net.dup = 200000;
	s.net.jitter_ns = 30 * MS; /* and reorders: three intervals */
	sim_run(&s);
	CHECK_EQ(ping_target(s.p, 0)->received, 1000);
	CHECK(ping_target(s.p, 0)->duplicates > 150);
	CHECK(ping_target(s.p, 0)->duplicates < 250);
	CHECK_EQ(s.events[PING_FORGED], 0);
	sim_done(&s);
}

TEST(mem_is_slow_and_ping_says_late)
{
	struct sim s = sim_new(20);

	s.net.delay_ns = 130 * MS;
	sim_run(&s);
	CHECK_EQ(s.events[PING_REPLY], 0);
	CHECK(s.events[PING_LATE] > 0); /* those that came before the last timeout */
	CHECK_EQ(ping_target(s.p, 0)->late, ping_target(s.p, 0)->received);
	sim_done(&s);
}

TEST(mem_everything_at_once_over_many_targets)
{
	struct sim s = sim_new(500);
	uint64_t received = 0;

	s.conf.targets = 4;
	s.net.loss = 50000;
	s.net.dup = 10000;
	s.net.jitter_ns = 20 * MS;
	sim_run(&s);
	for (size_t i = 0; i < 4; i++)
		received += ping_target(s.p, i)->received;
	CHECK_EQ(received + pio_mem_lost(s.io), 2000);
	CHECK_EQ(s.events[PING_NOT_OURS] + s.events[PING_FORGED], 0);
	sim_done(&s);
}

TEST(mem_same_seed_same_run)
{
	struct sim a = sim_new(300), b = sim_new(300);

	a.net.loss = b.net.loss = 300000;
	a.net.jitter_ns = b.net.jitter_ns = 5 * MS;
	sim_run(&a);
	sim_run(&b);
	CHECK_EQ(a.now, b.now);
	CHECK_EQ(ping_target(a.p, 0)->received, ping_target(b.p, 0)->received);
	sim_done(&a);
	sim_done(&b);
}

TEST(mem_needs_a_network_and_bounds_its_messages)
{
	uint64_t now = T0;
	struct pio_mem_net net = { .now_ns = &now };
	struct pio_conf conf = { .family = 4 };
	uint8_t big[PIO_MEM_FRAME_MAX + 1] = { 8 };
	struct pio_frame f = { .p = big, .len = sizeof(big), .peer = ip4_make(1, 2, 3, 4) };
	void *io = NULL;

	CHECK_EQ(pio_mem.open(&conf, &io, NULL), -EINVAL);
	CHECK(io == NULL);
	conf.mem = &net;
	CHECK_EQ(pio_mem.open(&conf, &io, NULL), 0);
	CHECK_EQ(pio_mem.send(io, &f, 1), -EMSGSIZE);
	CHECK_EQ(pio_mem_next(io), UINT64_MAX);
	f.room = sizeof(big);
	CHECK_EQ(pio_mem.recv(io, &f, 1), -EAGAIN);
	f.len = 64;
	for (unsigned i = 0; i <= PIO_MEM_PENDING; i++)
		CHECK_EQ(pio_mem.send(io, &f, 1), 1);
	CHECK_EQ(pio_mem_lost(io), 1); /* the bound */
	CHECK_EQ(pio_mem.fd(io), -1);
	CHECK_EQ(pio_mem.id(io), -1);
	pio_mem.close(io);
	pio_mem.close(NULL);
}
