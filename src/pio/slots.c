/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pio/slots.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN 16 /* of a packet, SLOTS_HEAD behind the begin of its buffer */

/* The pages of room that nobody fills cost nothing. */
int slots_init(struct slots *s, size_t room)
{
	s->room = MIN(MAX(room, PIO_PACKET_ROOM), PIO_PACKET_ROOM_MAX);
	s->stride = (SLOTS_HEAD + s->room + ALIGN - 1) / ALIGN * ALIGN;
	s->buf = calloc(PIO_PACKET_BATCH, s->stride);
	return s->buf ? 0 : -ENOMEM;
}

void slots_done(struct slots *s)
{
	free(s->buf);
	s->buf = NULL;
}

unsigned slots_take(struct slots *s, struct pio_slot **ret_slots, unsigned n)
{
	n = MIN(n, PIO_PACKET_BATCH);
	for (unsigned i = 0; i < n; i++)
		s->slot[i] = (struct pio_slot){ .p = s->buf + i * s->stride + SLOTS_HEAD,
						.room = s->room };
	*ret_slots = s->slot;
	return n;
}

void slots_add(struct slots *s, unsigned i, unsigned head, socklen_t name_len)
{
	unsigned m = s->msgs++;

	s->of[m] = (uint8_t)i;
	s->iov[m] = (struct iovec){ s->slot[i].p - head, s->slot[i].len + head };
	s->m[m].msg_hdr = (struct msghdr){ .msg_iov = &s->iov[m], .msg_iovlen = 1 };
	if (name_len > 0) {
		s->m[m].msg_hdr.msg_name = &s->to[i];
		s->m[m].msg_hdr.msg_namelen = name_len;
	}
}

/* The kernel says why a message did not leave only to a call that begins with that message. */
bool slots_flush(struct slots *s, int fd, unsigned *ret_slot, int *ret_errno)
{
	unsigned at = 0, n = s->msgs;

	s->msgs = 0;
	s->flushed = n;
	while (at < n) {
		int r = sendmmsg(fd, s->m + at, n - at, MSG_DONTWAIT);

		if (r > 0) {
			at += (unsigned)r;
			continue;
		}
		if (r < 0 && errno == EINTR)
			continue;
		*ret_slot = s->of[at];
		*ret_errno = r == 0 || errno == EAGAIN || errno == ENOMEM ? ENOBUFS : errno;
		return false;
	}
	return true;
}

bool slots_keep(struct slots *s, unsigned failed)
{
	unsigned n = s->flushed, at = 0;

	while (at < n && s->of[at] != failed)
		at++;
	s->msgs = n - at;
	memmove(s->of, s->of + at, s->msgs * sizeof(*s->of));
	memmove(s->m, s->m + at, s->msgs * sizeof(*s->m));
	return s->msgs > 0;
}
