/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames of any octets in any order and time: what all tables of the room hold stays within their bounds, and sums
 * agree. Each frame is: link, way, seconds since the one before, two octets of length, octets.
 */
#include <stdlib.h>

#include "watch/echoes.h"
#include "watch/failures.h"
#include "watch/frags.h"
#include "watch/talkers.h"

#define PLACES 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct room {
	struct frags *frags;
	struct failures *failures;
	struct echoes *echoes;
	struct talkers *talkers;
	uint64_t icmp, errors;
};

static void must(bool held)
{
	if (!held)
		abort();
}

static void check_packet(const struct sight *s)
{
	const struct packet *p = &s->pkt;

	must(p->family == 4 || p->family == 6);
	must(p->l4.p >= p->l3.p && p->l4.p + p->l4.len <= p->l3.p + p->l3.len);
}

static void feed(struct room *r, struct sight *s, struct span frame)
{
	struct sight whole;

	if (sight_read(s, frame) == SIGHT_NOTHING)
		return;
	check_packet(s);
	if (frags_add(r->frags, s, &whole)) {
		must(s->pkt.frag != PACKET_WHOLE && whole.kind == SIGHT_ICMP);
		must(whole.pkt.frag == PACKET_WHOLE || whole.pkt.family == 6);
		check_packet(&whole);
		sight_sum(&whole);
		r->errors += failures_add(r->failures, &whole) != NULL;
	}
	r->errors += failures_add(r->failures, s) != NULL;
	echoes_add(r->echoes, s, NULL);
	echoes_tick(r->echoes, s->t_ns, NULL, NULL);
	talkers_add(r->talkers, &s->pkt.src, s->wire_len);
	r->icmp++;
}

/* Counts of what is remembered are of what was fed. */
static void check_room(const struct room *r)
{
	struct talker top[PLACES + 1];
	size_t n = talkers_top(r->talkers, top, PLACES + 1);
	const struct failure *f;
	struct echo_pair *p;
	uint64_t sum = 0;

	must(n <= PLACES && frags_waiting(r->frags) <= PLACES);
	for (size_t i = 0; i < n; i++) {
		sum += top[i].packets - top[i].error;
		must(top[i].error <= top[i].packets);
		must(i == 0 ||
		     top[i].packets - top[i].error <= top[i - 1].packets - top[i - 1].error);
	}
	must(sum <= r->icmp);
	sum = 0;
	for (uint32_t at = 0; (f = failures_next(r->failures, &at));) {
		must(f->count > 0 && f->offenders > 0 && f->first_ns <= f->last_ns);
		sum += f->count;
	}
	must(sum <= r->errors && failures_groups(r->failures) <= PLACES);
	for (uint32_t at = 0; (p = echoes_next(r->echoes, &at));)
		must(p->replies <= p->requests + 1 && p->rtt.n == p->replies);
	must(echoes_pairs(r->echoes) <= PLACES && echoes_waiting(r->echoes) <= PLACES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct hash_key key = { { 1, 2 } };
	static void *mem[4];
	struct room r = { .icmp = 0 };
	struct sight s = { .t_ns = NS_PER_S };

	if (!mem[0]) {
		mem[0] = malloc(frags_size(PLACES));
		mem[1] = malloc(failures_size(PLACES));
		mem[2] = malloc(echoes_size(PLACES, PLACES));
		mem[3] = malloc(talkers_size(PLACES));
	}
	r.frags = frags_init(mem[0], PLACES, &key);
	r.failures = failures_init(mem[1], PLACES, &key);
	r.echoes = echoes_init(mem[2], PLACES, PLACES, &key);
	r.talkers = talkers_init(mem[3], PLACES, &key);
	while (len >= 5) {
		size_t n = (size_t)(data[3] << 8 | data[4]);
		struct span frame = { data + 5, MIN(n, len - 5) };

		s.link = data[0] % LINK_TYPES;
		s.way = data[1] % SIGHT_WAYS;
		s.t_ns += data[2] * NS_PER_S;
		s.number++;
		s.wire_len = (uint32_t)n;
		feed(&r, &s, frame);
		data += 5 + frame.len;
		len -= 5 + frame.len;
	}
	check_room(&r);
	return 0;
}
