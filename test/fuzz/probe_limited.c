/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The limiter-aware engine against an adversary who answers what was asked, what was not, twice,
 * late or never. Each octet is a step: its low bits say what happens, the others to which probe.
 * Whatever it is told, the engine must come to its end, and name only cells that there are.
 */
#include <stdlib.h>
#include <string.h>

#include "probe/limited.h"

#define SLOTS   2
#define ASKS    24
#define SOURCES 3
#define CALLS   200000
#define KEPT    32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct play {
	struct limited *l;
	struct probe_cell cell[SLOTS * ASKS];
	struct probe_shot kept[KEPT];
	unsigned at;
	uint64_t now_ns;
};

static void ask(struct play *p)
{
	struct probe_shot shot[8];
	uint64_t wake_ns;
	unsigned n = limited_next(p->l, p->now_ns, shot, 8, &wake_ns);

	for (unsigned i = 0; i < n; i++) {
		if (shot[i].slot >= SLOTS || shot[i].ask >= ASKS || shot[i].source >= SOURCES ||
		    shot[i].try >= ASK_TRIES_MAX)
			abort();
		p->kept[p->at++ % KEPT] = shot[i];
	}
	if (!n && wake_ns != UINT64_MAX)
		p->now_ns = MAX(p->now_ns, wake_ns);
	else
		p->now_ns += 10000;
}

static void tell(struct play *p, uint8_t octet)
{
	const struct probe_shot *s = &p->kept[octet / 8 % KEPT];
	struct reply r = { .kind = REPLY_ERROR, .type = 3, .code = 3, .t_ns = p->now_ns };

	r.try = (int8_t)s->try;
	switch (octet % 8) {
	case 0:
	case 1:
		ask(p);
		return;
	case 2:
		r.kind = REPLY_ANSWER;
		break;
	case 3:
		r.code = octet / 8;
		r.try = -1;
		break;
	case 4:
		limited_unsent(p->l, s, octet & 8 ? 101 : 0);
		return;
	case 5:
		limited_reply(p->l, octet, octet, octet, octet, &r);
		return;
	case 6:
		limited_loss(p->l, octet / 256.0);
		p->now_ns += octet * NS_PER_MS;
		return;
	default:
		break;
	}
	limited_reply(p->l, s->slot, s->ask, s->source, octet & 128, &r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t family[SLOTS] = { 4, 6 };
	static const bool local[SLOTS] = { true, false };
	static struct ask asks[ASKS];
	struct limited_conf conf = {
		.slots = SLOTS,
		.ask_n = ASKS,
		.ask = asks,
		.sources = SOURCES,
		.family = family,
		.share = 0.95,
		.miss_max = 0.01,
		.tries_max = 10,
		.wait_first_ns = NS_PER_S,
		.wait_min_ns = NS_PER_MS,
		.wait_max_ns = 3 * NS_PER_S,
	};
	struct play p = { .now_ns = NS_PER_S };
	struct pace_conf pace_conf = { 0 };
	struct pace pace;
	struct rtt rtt;
	void *memory;

	if (!len)
		return 0;
	conf.impatient = data[0] & 1;
	conf.local = data[0] & 4 ? local : NULL;
	conf.host_timeout_ns = data[0] & 2 ? 20 * NS_PER_S : 0;
	memory = calloc(1, limited_size(&conf));
	if (!memory)
		abort();
	for (unsigned i = 0; i < ASKS; i++)
		asks[i] = (struct ask){ .kind = ASK_UDP, .port = (uint16_t)(50 + i) };
	pace_init(&pace, &pace_conf, p.now_ns);
	rtt_init(&rtt);
	p.l = limited_init(&conf, memory, p.cell, &pace, &rtt, p.now_ns);
	for (size_t i = 1; i < len; i++)
		tell(&p, data[i]);
	for (unsigned i = 0; !limited_over(p.l); i++) {
		if (i > CALLS)
			abort();
		ask(&p);
	}
	for (unsigned i = 0; i < SLOTS * ASKS; i++) {
		if (p.cell[i].state == CELL_OPEN_QUESTION)
			abort();
	}
	free(memory);
	return 0;
}
