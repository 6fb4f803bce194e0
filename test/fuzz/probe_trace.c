/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A trace under any replies at any time: counts add up, waits lie ahead, and it ends. Octets: six of
 * configuration, then events of four each until they are used up; then time alone decides.
 */
#include <errno.h>
#include <stdlib.h>

#include "probe/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define T0        1000000
#define STEPS_MAX 20000

struct run {
	struct trace *t;
	struct trace_conf conf;
	uint64_t now_ns, sent;
	bool stopped;
};

static void check_hop(const struct run *r, uint8_t hops, bool done)
{
	const struct trace_hop *h = trace_hop(r->t, hops);
	uint64_t who = h->who_more;
	struct hop_tally tally;

	if ((uint64_t)h->received + h->waiting > h->sent || h->late > h->received ||
	    h->who_n > TRACE_WHO_MAX || (done && !r->stopped && h->waiting > 0))
		abort();
	for (unsigned i = 0; i < h->who_n; i++) {
		const struct trace_who *w = trace_who(r->t, hops, i);

		if (w->received == 0 || w->ext.len > TRACE_EXT_LEN || w->rtt.n != w->received ||
		    (i > 0 && w->received > trace_who(r->t, hops, i - 1)->received))
			abort();
		who += w->received;
	}
	trace_tally(r->t, hops, &tally);
	if (who > h->received || trace_who(r->t, hops, h->who_n) || tally.received > tally.sent ||
	    (tally.answered_bits & ~tally.asked_bits) != 0)
		abort();
}

static void check(const struct run *r, bool done)
{
	uint8_t hops;
	enum trace_end end = trace_end(r->t, &hops);
	int64_t recent[8];

	if (hops > r->conf.last || (done ? end == TRACE_GOING : end != TRACE_GOING))
		abort();
	if (r->conf.rounds > 0 &&
	    (trace_rounds(r->t) > r->conf.rounds || r->sent > r->conf.rounds * 64ull))
		abort();
	for (uint8_t h = 0; h <= TRACE_HOPS_MAX; h++) {
		check_hop(r, h, done);
		if (trace_recent(r->t, h, recent, 8) > MIN(r->conf.recent, 8))
			abort();
	}
}

/* Whatever the engine wants now, @n times at most. Whether it is done. */
static bool go_on(struct run *r, const uint8_t *event, unsigned n)
{
	struct trace_step step;

	while (n-- > 0) {
		trace_next(r->t, r->now_ns, &step);
		if (step.what == TRACE_DONE)
			return true;
		if (step.what == TRACE_WAIT) {
			if (step.until_ns <= r->now_ns)
				abort();
			return false;
		}
		if (step.shot.number == 0 || step.shot.hops < r->conf.first ||
		    step.shot.hops > r->conf.last)
			abort();
		if (event[1] & 1 && event[2] == 0) {
			trace_send_failed(r->t, &step, ENETUNREACH, r->now_ns);
			continue;
		}
		trace_sent(r->t, &step, r->now_ns);
		r->sent++;
	}
	return false;
}

static void reply(struct run *r, const uint8_t *event)
{
	static const uint8_t kinds[] = { REPLY_ERROR, REPLY_ANSWER, REPLY_SYNACK, REPLY_RST };
	static const uint8_t types[] = { 11, 11, 3, 1, 2, 4, 5, 12 };
	const struct hop_reply in = {
		.dst = r->conf.dst,
		.from = event[1] & 0x80 ? r->conf.dst
					: ip4_make(10, 0, event[3] >> 4 & 3, event[3] & 15),
		.ask = r->conf.kind,
		.number = event[2],
		.kind = kinds[event[1] >> 5 & 3 & (event[1] & 0x10 ? 3 : 0)],
		.type = types[event[1] >> 2 & 7],
		.ttl = 60,
		.t_ns = r->now_ns,
		.ext = { event, event[3] & 0x40 ? 4 : 0 },
	};
	uint8_t hops = 99;

	if (trace_match(r->t, &in, &hops) == TRACE_NOT_OURS
		    ? hops != 0
		    : hops < r->conf.first || hops > r->conf.last)
		abort();
}

/* One event: what and how, two values. */
static void happen(struct run *r, const uint8_t *event)
{
	switch (event[0] & 7) {
	case 0:
	case 1:
		r->now_ns += (uint64_t)event[1] * event[2] * 1000;
		break;
	case 2:
		if (event[1] == 0xff && event[2] == 0xff) {
			trace_stop(r->t);
			r->stopped = true;
		} else if (event[1] == 0xfe) {
			trace_reset(r->t, r->now_ns);
		} else if (event[1] == 0xfd) {
			trace_send_later(r->t, event[2] * 1000ull);
		}
		break;
	default:
		reply(r, event);
	}
}

static void end(struct run *r)
{
	static const uint8_t quiet[4];
	struct trace_step step;
	unsigned steps = 0;

	if (r->conf.rounds == 0) {
		trace_stop(r->t);
		r->stopped = true;
	}
	while (!go_on(r, quiet, 1)) {
		trace_next(r->t, r->now_ns, &step);
		if (step.what == TRACE_WAIT)
			r->now_ns = step.until_ns;
		if (++steps > STEPS_MAX)
			abort();
	}
	check(r, true);
	if (!go_on(r, quiet, 1))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct run r = { .now_ns = T0 };
	void *mem;

	if (len < 6)
		return 0;
	r.conf = (struct trace_conf){
		.dst = ip4_make(192, 0, 2, 1),
		.kind = ASK_UDP,
		.first = (data[0] & 7) + 1,
		.last = (data[0] & 7) + 1 + (data[1] & 31),
		.rounds = data[2] & 15,
		.round_ns = data[3] * 1000ull,
		.spacing_ns = data[4] & 15,
		.timeout_ns = data[5] * 100000ull,
		.samples = data[1] >> 5,
		.recent = data[2] >> 4,
	};
	mem = malloc(trace_size(&r.conf));
	if (!mem)
		abort();
	r.t = trace_init(mem, &r.conf, r.now_ns);
	for (size_t at = 6; at + 4 <= len; at += 4) {
		if (go_on(&r, data + at, 1 + (data[at] >> 3)))
			break;
		happen(&r, data + at);
	}
	end(&r);
	free(mem);
	return 0;
}
