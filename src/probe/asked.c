/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/asked.h"

void asked_init(struct asked_window *w, struct asked *slot, uint32_t size)
{
	*w = (struct asked_window){ .slot = slot, .size = size };
}

struct asked *asked_at(const struct asked_window *w, size_t lane, uint32_t seq)
{
	return &w->slot[lane * w->size + (seq & (w->size - 1))];
}

struct asked *asked_find(const struct asked_window *w, size_t lane, uint32_t seq, uint32_t bits)
{
	struct asked *s = asked_at(w, lane, seq);

	if (s->seq == 0 || s->state == ASKED_FAILED || ((s->seq ^ seq) & bits) != 0)
		return NULL;
	return s;
}

static void move(struct asked_window *w, struct asked *s, enum asked_state state)
{
	if (s->state == ASKED_WAITING)
		w->waiting--;
	if (state == ASKED_WAITING)
		w->waiting++;
	s->state = (uint32_t)state & 7;
}

void asked_put(struct asked_window *w, size_t lane, const struct asked *question)
{
	struct asked *s = asked_at(w, lane, question->seq);

	move(w, s, (enum asked_state)question->state);
	*s = *question;
}

enum asked_verdict asked_settle(struct asked_window *w, struct asked *s, uint64_t t_ns,
				uint64_t timeout_ns, uint64_t *ret_rtt_ns)
{
	enum asked_state was = (enum asked_state)s->state;

	*ret_rtt_ns = t_ns > s->sent_ns ? t_ns - s->sent_ns : 0;
	if (was == ASKED_NONE || was == ASKED_FAILED)
		return ASKED_UNKNOWN;
	if (was == ASKED_ANSWERED)
		return ASKED_DUPLICATE;
	move(w, s, ASKED_ANSWERED);
	return was == ASKED_LOST || *ret_rtt_ns > timeout_ns ? ASKED_LATE : ASKED_FIRST;
}

void asked_close(struct asked_window *w, struct asked *s, enum asked_state state)
{
	if (s->state == ASKED_WAITING || state == ASKED_NONE)
		move(w, s, state);
}
