/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network is a function: loopback's addresses by the memory back end, nothing leaves. */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "flow/shooter_own.h"
#include "flow/survey_own.h"
#include "pio/packet.h"
#include "sys/clock.h"
#include "wire/packet.h"
#include "wire/udp.h"

#define PORT    9999 /* no payload is known for it: an answer has only ports to show */
#define SLOTS   8192
#define WAITING 1024 /* doubts at once */
#define TRIES   4    /* of a round that nobody answers */
#define T0      (1000 * NS_PER_S)

struct world {
	struct pio_packet_mem mem;
	struct space_range range[4];
	struct space space;
	struct survey_conf conf;
	struct survey s;
	struct survey_group group;
	struct survey_stage stage;
	struct survey_asks asks;
	struct ask ask;
	struct rtt rtt;
	uint64_t now;

	bool answers;    /* whoever is asked answers, each probe once */
	unsigned forged; /* guesses that come with each answer, to other ports of ours */
	unsigned probes, believed;
	uint16_t port[64]; /* of the first probes */
	struct reply first;
};

/* A datagram from @p's target to @dport of ours. */
static void say(const struct packet *p, uint16_t dport, uint64_t now_ns,
		void (*arrive)(void *self, const struct pio_arrival *a), void *self)
{
	static const uint8_t words[] = "hello";
	uint8_t l4[64], ip[128];
	struct wcur udp = wcur(l4, sizeof(l4)), out = wcur(ip, sizeof(ip));
	const struct udp_dgram d = { .sport = PORT,
				     .dport = dport,
				     .payload = { words, sizeof(words) } };
	struct packet_spec spec = { .src = &p->dst, .dst = &p->src, .proto = 17, .ttl = 64 };

	CHECK_EQ(udp_build(&d, &p->dst, &p->src, &udp), 0);
	spec.payload = (struct span){ l4, wcur_len(&udp) };
	CHECK_EQ(packet_build(&spec, &out), 0);
	arrive(self, &(struct pio_arrival){ .octets = { ip, wcur_len(&out) },
					    .type = ETH_TYPE_IP4,
					    .t_ns = now_ns });
}

/* One of ours that no try of the same ask has: those are the ASK_TRIES_MAX next to one another. */
static uint16_t other_port(const struct world *w, uint16_t port, unsigned i)
{
	const struct shot_codec *c = &w->s.shooter->codec;

	return (uint16_t)(c->port_first +
			  (unsigned)(port - c->port_first + ASK_TRIES_MAX + i) % c->port_n);
}

static void world_packet(void *to, struct span octets, uint16_t type UNUSED, uint64_t now_ns,
			 void (*arrive)(void *self, const struct pio_arrival *a), void *self)
{
	struct world *w = to;
	struct packet p;

	CHECK_EQ(packet_parse_outer(LINK_RAW, octets, &p), 0);
	if (w->probes < ARRAY_LEN(w->port))
		w->port[w->probes] = p.sport;
	w->probes++;
	for (unsigned i = 1; w->answers && i <= w->forged; i++)
		say(&p, other_port(w, p.sport, i), now_ns, arrive, self);
	/* Behind them, so that it finds them counted. */
	if (w->answers)
		say(&p, p.sport, now_ns + NS_PER_US, arrive, self);
}

static uint64_t world_clock(void *to)
{
	const struct world *w = to;

	return w->now;
}

static void world_open(struct world *w)
{
	const struct shooter_conf conf = { .backend = "memory", .source_port = -1, .mem = &w->mem };
	const struct ip_addr first = ip4_make(127, 0, 0, 1);
	struct err err = { "" };
	size_t room;

	*w = (struct world){ .now = T0, .answers = true };
	w->mem = (struct pio_packet_mem){ world_packet, world_clock, w };
	w->space = (struct space){ .range = w->range, .room = ARRAY_LEN(w->range) };
	CHECK_EQ(space_add(&w->space, &first, SLOTS, true), 0);
	CHECK_EQ(space_seal(&w->space, NULL, true, &room), 0);
	w->ask = (struct ask){ .kind = ASK_UDP, .port = PORT };
	CHECK_EQ(survey_asks_new(&w->asks, &w->ask, 1), 0);
	rtt_init(&w->rtt);
	w->s.conf = &w->conf;
	w->s.space = &w->space;
	w->s.wait_max_ns = NS_PER_S;
	w->group.slots = SLOTS;
	w->stage.group = &w->group;
	w->stage.slots = SLOTS;
	CHECK_EQ(survey_stage_add(&w->stage, &w->asks, &err), 0);
	w->stage.part[0].rtt = &w->rtt;
	w->stage.part[0].grid_conf = (struct grid_conf){ .slots = SLOTS,
							 .wait_first_ns = 100 * NS_PER_MS,
							 .wait_max_ns = NS_PER_S };
	CHECK_EQ(shooter_open(&conf, &w->s.shooter, &err), 0);
	if (shooter_path(w->s.shooter, &first)->kind != FLOW_PATH_LOCAL)
		test_skip("loopback is down");
	/* Opening a way takes its time: what is sent meanwhile has to be sent again. */
	CHECK_STR(shooter_backend(w->s.shooter, &first), "memory");
	CHECK_EQ(survey_doubts_begin(&w->s), 0);
}

static void world_done(struct world *w)
{
	shooter_close(w->s.shooter);
	survey_stage_done(&w->stage);
	survey_asks_done(&w->asks);
	free(w->s.doubts);
}

/* Hand one reply to the doubts, as survey_drive.c does. */
static bool tell(struct world *w, uint32_t slot, const struct reply *r, struct survey_seen *ret)
{
	*ret = (struct survey_seen){ .reply = r, .slot = slot };
	if (!survey_doubt(&w->s, &w->stage, ret, &w->first))
		return false;
	w->believed++;
	w->stage.part[0].cell[slot].state = CELL_ANSWERED;
	w->stage.part[0].cell[slot].kind = ret->reply->kind;
	return true;
}

static void took(void *to, uint16_t source UNUSED, const struct reply *r)
{
	struct world *w = to;
	struct survey_seen seen;
	uint64_t place;

	CHECK(survey_place(&w->s, &r->target, &place));
	CHECK(r->weak);
	tell(w, (uint32_t)place, r, &seen);
}

/* The engine's own probe of @slot. */
static void ask_first(struct world *w, uint32_t slot)
{
	struct shooter_shot shot = { .dst = survey_stage_addr(&w->s, &w->stage, slot),
				     .ask = w->ask };

	CHECK_EQ(shooter_send(w->s.shooter, &shot, 1), 1);
}

static void turn(struct world *w)
{
	shooter_recv(w->s.shooter, took, w);
	survey_doubts_send(&w->s, &w->stage, w->now);
	w->now += NS_PER_MS;
}

/* Rounds until nothing is in doubt any more: the probes that were sent for it. */
static unsigned settle(struct world *w)
{
	unsigned before = w->probes;

	for (unsigned i = 0; i < 4096; i++) {
		turn(w);
		if (i > 1 && !survey_doubts_left(&w->s))
			break;
	}
	CHECK(!survey_doubts_left(&w->s));
	return w->probes - before;
}

TEST(an_answer_that_only_ports_vouch_for_is_asked_for_once_more)
{
	struct world w;
	uint64_t arrived;

	world_open(&w);
	ask_first(&w, 7);
	arrived = w.now;
	w.now += NS_PER_MS;
	shooter_recv(w.s.shooter, took, &w);
	CHECK_EQ(w.believed, 0);
	CHECK(survey_doubts_left(&w.s));
	CHECK_EQ(settle(&w), 1);
	CHECK_EQ(w.believed, 1);
	CHECK_EQ(w.probes, 2);
	CHECK(w.port[0] != w.port[1]); /* whoever guessed one port has not guessed this one */
	/* What is believed is the first answer, with its time. */
	CHECK_EQ(w.first.t_ns, arrived + NS_PER_US);
	CHECK_EQ(w.first.try, 0);
	CHECK_EQ(w.s.counts.forged, 0);
	world_done(&w);
}

TEST(more_rounds_are_asked_for_the_more_forged_ones_come)
{
	static const struct {
		unsigned forged, rounds;
	} cases[] = { { 0, 1 }, { 4, 3 }, { 30, 6 }, { 120, 12 }, { 250, 32 } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world w;

		world_open(&w);
		w.forged = cases[i].forged;
		ask_first(&w, 7);
		CHECK_EQ(settle(&w), cases[i].rounds);
		CHECK_EQ(w.believed, 1);
		CHECK(cases[i].forged == 0 || shooter_forged(w.s.shooter) > 0);
		world_done(&w);
	}
}

static struct reply guess(const struct world *w, uint32_t slot, uint8_t kind)
{
	struct ip_addr target = survey_stage_addr(&w->s, &w->stage, slot);

	return (struct reply){ .target = target,
			       .from = target,
			       .ask = w->ask,
			       .kind = kind,
			       .type = kind == REPLY_ERROR ? 3 : 0,
			       .code = kind == REPLY_ERROR ? 3 : 0,
			       .try = -1,
			       .weak = true,
			       .t_ns = w->now };
}

TEST(a_guess_that_nobody_confirms_is_given_up_and_counted)
{
	struct survey_seen seen;
	struct world w;
	struct reply r;

	world_open(&w);
	w.answers = false;
	r = guess(&w, 7, REPLY_ANSWER);
	CHECK(!tell(&w, 7, &r, &seen));
	for (unsigned i = 0; i < 10; i++) {
		survey_doubts_send(&w.s, &w.stage, w.now);
		w.now += NS_PER_S;
	}
	CHECK(!survey_doubts_left(&w.s));
	CHECK_EQ(w.s.counts.forged, 1);
	CHECK_EQ(w.believed, 0);
	world_done(&w);
}

TEST(a_flood_of_guesses_takes_no_more_than_its_room)
{
	struct survey_seen seen;
	struct world w;
	uint64_t at_once;

	world_open(&w);
	w.answers = false;
	for (unsigned n = 0; n < 3; n++) {
		for (uint32_t slot = 0; slot < SLOTS; slot++) {
			struct reply r = guess(&w, slot, REPLY_ANSWER);

			CHECK(!tell(&w, slot, &r, &seen));
		}
	}
	/* Those that find no room are forged at once; a guess for what waits is none of another. */
	at_once = w.s.counts.forged;
	CHECK(at_once >= 3 * (SLOTS - WAITING));
	for (unsigned i = 0; i < 1000 && survey_doubts_left(&w.s); i++) {
		survey_doubts_send(&w.s, &w.stage, w.now);
		w.now += 100 * NS_PER_MS;
	}
	CHECK(!survey_doubts_left(&w.s));
	CHECK_EQ(w.believed, 0);
	/* Nor does it make us send without end. */
	CHECK(w.probes > 0 && w.probes <= WAITING * (TRIES + 1));
	CHECK(w.s.counts.forged > at_once && w.s.counts.forged <= at_once + WAITING);
	world_done(&w);
}

TEST(what_has_an_id_is_believed_at_once)
{
	struct survey_seen seen;
	struct world w;
	struct reply r;

	world_open(&w);
	r = guess(&w, 3, REPLY_ANSWER);
	r.weak = false;
	CHECK(tell(&w, 3, &r, &seen));
	CHECK(!survey_doubts_left(&w.s));
	CHECK_EQ(w.probes, 0);
	world_done(&w);
}

/* Confirm an error without a tag for @slot. Returns whether it was believed at once. */
static bool untagged(struct world *w, uint32_t slot)
{
	struct reply r = guess(w, slot, REPLY_ERROR);
	struct survey_seen seen;

	if (tell(w, slot, &r, &seen))
		return true;
	survey_doubts_send(&w->s, &w->stage, w->now);
	CHECK(tell(w, slot, &r, &seen));
	return false;
}

TEST(errors_without_a_tag_are_believed_when_some_were_confirmed)
{
	struct world w;

	world_open(&w);
	w.answers = false;
	for (uint32_t i = 0; i < 4; i++)
		CHECK(!untagged(&w, i));
	CHECK(untagged(&w, 4));
	world_done(&w);
}

TEST(but_not_where_errors_with_one_come)
{
	struct survey_seen seen;
	struct world w;
	struct reply r;

	world_open(&w);
	w.answers = false;
	for (uint32_t i = 0; i < 4; i++)
		CHECK(!untagged(&w, i));
	r = guess(&w, 5, REPLY_ERROR);
	r.weak = false;
	CHECK(tell(&w, 5, &r, &seen));
	CHECK(!untagged(&w, 6));
	/* Nor does such an error say anything about a port that is decided. */
	r = guess(&w, 6, REPLY_ERROR);
	CHECK(!tell(&w, 6, &r, &seen));
	CHECK_EQ(w.s.counts.forged, 1);
	world_done(&w);
}

TEST(a_new_stage_begins_without_doubts)
{
	struct survey_seen seen;
	struct world w;
	struct reply r;

	world_open(&w);
	w.answers = false;
	r = guess(&w, 1, REPLY_ANSWER);
	CHECK(!tell(&w, 1, &r, &seen));
	CHECK(survey_doubts_left(&w.s));
	CHECK_EQ(survey_doubts_begin(&w.s), 0);
	CHECK(!survey_doubts_left(&w.s));
	CHECK_EQ(survey_doubts_send(&w.s, &w.stage, w.now), CLOCK_NEVER);
	CHECK_EQ(w.probes, 0);
	world_done(&w);
}
