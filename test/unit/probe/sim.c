/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim.h"

#include <errno.h>
#include <stdlib.h>

#define BATCH    64
#define SPIN_MAX 1000 /* calls without progress of the clock */

uint64_t sim_draw(struct sim *s)
{
	s->draws = s->draws * 6364136223846793005 + 1442695040888963407;
	return s->draws >> 33;
}

bool sim_chance(struct sim *s, double p)
{
	return (double)sim_draw(s) < p * (double)(1u << 31);
}

static void swap(struct sim_reply *a, struct sim_reply *b)
{
	struct sim_reply t = *a;

	*a = *b;
	*b = t;
}

static void heap_push(struct sim *s, struct sim_reply r)
{
	size_t i = s->heap_n++;

	if (i == s->heap_room) {
		s->heap_room = s->heap_room ? 2 * s->heap_room : 1024;
		s->heap = realloc(s->heap, s->heap_room * sizeof(*s->heap));
		if (!s->heap)
			abort();
	}
	s->heap[i] = r;
	for (; i > 0 && s->heap[i].t_ns < s->heap[(i - 1) / 2].t_ns; i = (i - 1) / 2)
		swap(&s->heap[i], &s->heap[(i - 1) / 2]);
}

static struct sim_reply heap_pop(struct sim *s)
{
	struct sim_reply top = s->heap[0];
	size_t i = 0;

	s->heap[0] = s->heap[--s->heap_n];
	for (;;) {
		size_t least = i;

		for (size_t c = 2 * i + 1; c <= 2 * i + 2 && c < s->heap_n; c++)
			if (s->heap[c].t_ns < s->heap[least].t_ns)
				least = c;
		if (least == i)
			return top;
		swap(&s->heap[i], &s->heap[least]);
		i = least;
	}
}

/* The time a probe needs to pass the bottleneck; UINT64_MAX: its queue was full. */
static uint64_t pass_bottleneck(struct sim *s)
{
	if (s->cap_pps <= 0)
		return 0;
	s->backlog -= (double)(s->now_ns - s->backlog_ns) * s->cap_pps / 1e9;
	s->backlog = s->backlog < 0 ? 0 : s->backlog;
	s->backlog_ns = s->now_ns;
	if (s->backlog + 1 > s->queue)
		return UINT64_MAX;
	s->backlog++;
	s->backlog_most = s->backlog > s->backlog_most ? s->backlog : s->backlog_most;
	return (uint64_t)(s->backlog / s->cap_pps * 1e9);
}

static uint64_t delay(struct sim *s, uint32_t slot)
{
	uint64_t far = slot * 2654435761u;

	return s->rtt_ns + far * s->spread_ns / UINT32_MAX +
	       (s->jitter_ns ? sim_draw(s) % s->jitter_ns : 0);
}

static void transmit(struct sim *s, const struct probe_shot *shot)
{
	uint8_t kind = s->kind(shot->slot, shot->ask);
	struct sim_reply r = { .slot = shot->slot,
			       .ask = shot->ask,
			       .try = s->tryless ? -1 : (int8_t)shot->try,
			       .kind = kind };
	uint64_t queued = pass_bottleneck(s);
	bool gone = s->vanish_ns && s->now_ns >= s->vanish_ns;

	s->sent++;
	if (kind == REPLY_NONE)
		return;
	s->to_answerers++;
	s->congested += queued == UINT64_MAX;
	if (queued == UINT64_MAX || gone || sim_chance(s, s->loss) || sim_chance(s, s->loss)) {
		s->lost++;
		return;
	}
	r.t_ns = s->now_ns + queued + delay(s, shot->slot);
	heap_push(s, r);
	if (sim_chance(s, s->doubled)) {
		r.t_ns += sim_draw(s) % (1 + s->rtt_ns / 4);
		heap_push(s, r);
	}
}

static void deliver(struct sim *s, struct grid *g)
{
	while (s->heap_n > 0 && s->heap[0].t_ns <= s->now_ns) {
		struct sim_reply r = heap_pop(s);
		struct reply reply = { .kind = r.kind,
				       .try = r.try,
				       .ttl = 64,
				       .type = r.kind == REPLY_ERROR ? 3 : 0,
				       .code = r.kind == REPLY_ERROR ? 13 : 0,
				       .t_ns = r.t_ns };

		grid_reply(g, r.slot, r.ask, r.kind == REPLY_ERROR ? 1 : 0, &reply);
	}
}

static void send_all(struct sim *s, struct grid *g, const struct probe_shot *shot, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		s->now_ns += s->cost_ns ? s->cost_ns : 1000;
		if (s->refuse && sim_draw(s) % s->refuse == 0) {
			s->refused++;
			grid_unsent(g, &shot[i], 0);
		} else {
			transmit(s, &shot[i]);
		}
	}
}

bool sim_run(struct sim *s, struct grid *g, uint64_t until_ns)
{
	struct probe_shot shot[BATCH];
	unsigned idle = 0;

	while (!grid_over(g) && s->now_ns < until_ns) {
		uint64_t wake = UINT64_MAX;
		unsigned n;

		s->calls++;
		deliver(s, g);
		n = grid_next(g, s->now_ns, shot, BATCH, &wake);
		send_all(s, g, shot, n);
		if (n > 0 || grid_over(g) || wake > s->now_ns)
			idle = 0;
		else if (++idle > SPIN_MAX)
			return false;
		if (n > 0)
			continue;
		if (s->heap_n > 0 && s->heap[0].t_ns < wake)
			wake = s->heap[0].t_ns;
		if (wake > s->now_ns)
			s->now_ns = wake < until_ns ? wake : until_ns;
	}
	return grid_over(g);
}

double sim_loss(const struct sim *s)
{
	return s->to_answerers ? (double)s->lost / (double)s->to_answerers : 0;
}

void sim_done(struct sim *s)
{
	free(s->heap);
	s->heap = NULL;
}
