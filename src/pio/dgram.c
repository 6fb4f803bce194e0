/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ping sockets: echo and extended echo for users whose group net.ipv4.ping_group_range holds.
 * The kernel chooses the identifier, hands over the answers to it only, and tells ICMP errors
 * through the error queue (icmp(7)).
 */
#include "pio/pio.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pio/icmpsock.h"
#include "sys/caps.h"

#define TRIES_MAX 4 /* an error of an earlier message is told once by an unrelated call */

struct dgram {
	int fd, id;
	struct icmpsock_batch batch;
};

static void dgram_close(void *self)
{
	struct dgram *d = self;

	if (!d)
		return;
	if (d->fd >= 0)
		close(d->fd);
	free(d);
}

static int dgram_open(const struct pio_conf *conf, void **ret_self, struct err *err)
{
	struct dgram *d = calloc(1, sizeof(*d));
	int r;

	if (!d)
		return err_set(err, -ENOMEM, "opening a ping socket: out of memory");
	d->fd = -1;
	r = icmpsock_open(conf, SOCK_DGRAM, &d->fd, err);
	if (r == 0)
		r = d->id = icmpsock_number(d->fd, conf, err);
	if (r >= 0)
		r = icmpsock_want_errors(d->fd, conf->family, err);
	if (r < 0) {
		dgram_close(d);
		return r;
	}
	*ret_self = d;
	return 0;
}

static int dgram_fd(void *self)
{
	const struct dgram *d = self;

	return d->fd;
}

static int dgram_id(void *self)
{
	const struct dgram *d = self;

	return d->id;
}

/* The errno of a send may be news about an earlier message: that news is in the error queue. */
static int dgram_send(void *self, const struct pio_frame *f, size_t n)
{
	const struct dgram *d = self;
	int pending, r = -EAGAIN;
	socklen_t len;

	for (unsigned i = 0; i < TRIES_MAX && r < 0; i++) {
		len = sizeof(pending);
		getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &pending, &len);
		r = icmpsock_send(d->fd, f, n);
		if (r == -EAGAIN || r == -ENOBUFS)
			break;
	}
	return r;
}

/* What the error queue holds besides ICMP errors is this host's own doing, and told by send. */
static int recv_errors(struct dgram *d, struct pio_frame *f, size_t n)
{
	int got = icmpsock_recv(d->fd, MSG_ERRQUEUE, &d->batch, f, n);

	for (int i = 0; i < got; i++) {
		if (f[i].kind != PIO_ERROR)
			f[i].icmp.len = 0;
	}
	return got;
}

static int dgram_recv(void *self, struct pio_frame *f, size_t n)
{
	struct dgram *d = self;
	int got = recv_errors(d, f, n);

	for (unsigned i = 0; i < TRIES_MAX && got < 0; i++) {
		got = icmpsock_recv(d->fd, 0, &d->batch, f, n);
		if (got == -EAGAIN)
			break;
	}
	for (int i = 0; i < got; i++)
		f[i].verified = true;
	return got;
}

const struct pio_ops pio_dgram = {
	.name = "dgram",
	.summary = "ping sockets, for users in net.ipv4.ping_group_range",
	.open = dgram_open,
	.close = dgram_close,
	.fd = dgram_fd,
	.id = dgram_id,
	.send = dgram_send,
	.recv = dgram_recv,
};
