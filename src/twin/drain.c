/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What arrives at stubs, and what becomes of it. */
#include "twin/stub.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "twin/inside.h"

#define EVENTS     64
#define BATCH      32      /* datagrams in one call */
#define ROUNDS_MAX 1000000 /* a sender that never stops must not keep us for ever */

/* Room for one batch. */
struct batch {
	struct mmsghdr msg[BATCH];
	struct iovec iov[BATCH];
	struct sockaddr_storage from[BATCH];
	uint8_t octets[BATCH][TWIN_DATAGRAM_MAX];
};

struct reader {
	void (*each)(const struct twin_datagram *d, void *to);
	void *to;
	int n;
};

static void sender_of(const struct sockaddr_storage *ss, struct twin_datagram *d)
{
	const struct sockaddr_in *in4 = (const void *)ss;
	const struct sockaddr_in6 *in6 = (const void *)ss;

	if (ss->ss_family == AF_INET) {
		d->from = ip_from(4, &in4->sin_addr);
		d->from_port = ntohs(in4->sin_port);
		return;
	}
	d->from_port = ntohs(in6->sin6_port);
	if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
		d->from = ip_from(4, in6->sin6_addr.s6_addr + 12);
		return;
	}
	d->from = ip_from(6, &in6->sin6_addr);
	d->from.zone = in6->sin6_scope_id;
}

static void prepare(struct batch *b)
{
	for (size_t i = 0; i < BATCH; i++) {
		b->iov[i] = (struct iovec){ b->octets[i], sizeof(b->octets[i]) };
		b->msg[i].msg_hdr = (struct msghdr){
			.msg_name = &b->from[i],
			.msg_namelen = sizeof(b->from[i]),
			.msg_iov = &b->iov[i],
			.msg_iovlen = 1,
		};
	}
}

/* All that waits at one stub. An error that some ICMP message left there is taken with it. */
static void drain_one(const struct twin_stubs *s, size_t at, struct batch *b, struct reader *rd)
{
	int n;

	do {
		prepare(b);
		n = recvmmsg(s->stub[at].fd, b->msg, BATCH, MSG_DONTWAIT, NULL);
		for (int i = 0; i < n; i++) {
			struct twin_datagram d = {
				.socket = &s->socket[s->stub[at].row],
				.payload = { b->octets[i], b->msg[i].msg_len },
			};

			sender_of(&b->from[i], &d);
			rd->each(&d, rd->to);
		}
		rd->n += MAX(n, 0);
	} while (n == BATCH);
}

int twin_stubs_drain(struct twin_stubs *s, void (*each)(const struct twin_datagram *d, void *to),
		     void *to)
{
	struct reader rd = { each, to, 0 };
	struct batch *b = calloc(1, sizeof(*b));
	struct epoll_event ev[EVENTS];
	int n = 1, r = 0;

	if (!b)
		return -ENOMEM;
	for (int round = 0; n > 0 && round < ROUNDS_MAX; round++) {
		n = epoll_wait(s->datagrams, ev, EVENTS, 0);
		if (n < 0)
			r = -errno;
		for (int i = 0; i < n; i++)
			drain_one(s, ev[i].data.u64, b, &rd);
	}
	free(b);
	return r < 0 ? r : rd.n;
}

/* Closed with a reset: nothing lingers in the twin to disturb a later bind. */
static int hang_up_one(int listener)
{
	const struct linger now = { .l_onoff = 1, .l_linger = 0 };
	int fd, n = 0;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		close(fd);
		n++;
	}
	return n;
}

int twin_stubs_hang_up(struct twin_stubs *s)
{
	struct epoll_event ev[EVENTS];
	int n = 1, total = 0;

	for (int round = 0; n > 0 && round < ROUNDS_MAX; round++) {
		n = epoll_wait(s->streams, ev, EVENTS, 0);
		if (n < 0)
			return -errno;
		for (int i = 0; i < n; i++)
			total += hang_up_one(s->stub[ev[i].data.u64].fd);
	}
	return total;
}
