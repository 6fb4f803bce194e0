/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Raw ICMP sockets: everything that comes, errors included, as it came. Needs CAP_NET_RAW.
 *
 * The kernel has checked ICMPv6 checksums before it hands a message over, and fills them in
 * on the way out; for ICMPv4 it does neither (raw(7), RFC 3542 3.1).
 */
#include "pio/pio.h"

#include <errno.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pio/icmpsock.h"
#include "sys/caps.h"
#include "wire/ip4.h"

struct raw {
	int family, fd;
	struct icmpsock_batch batch;
};

static bool accepts(const struct pio_conf *c, unsigned type)
{
	return c->accept[type / 64] >> type % 64 & 1;
}

/* The filter of ICMPv4 knows 32 types only: the others always pass. */
static void filter4(int fd, const struct pio_conf *c)
{
	uint32_t block = 0;

	for (unsigned type = 0; type < 32; type++)
		block |= accepts(c, type) ? 0 : 1u << type;
	setsockopt(fd, SOL_RAW, ICMP_FILTER, &block, sizeof(block));
}

static void filter6(int fd, const struct pio_conf *c)
{
	struct icmp6_filter f;

	ICMP6_FILTER_SETBLOCKALL(&f);
	for (unsigned type = 0; type < 256; type++) {
		if (accepts(c, type))
			ICMP6_FILTER_SETPASS(type, &f);
	}
	setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &f, sizeof(f));
}

static void raw_close(void *self)
{
	struct raw *r = self;

	if (!r)
		return;
	if (r->fd >= 0)
		close(r->fd);
	free(r);
}

static int raw_open(const struct pio_conf *conf, void **ret_self, struct err *err)
{
	struct raw *r = calloc(1, sizeof(*r));
	int e;

	if (!r)
		return err_set(err, -ENOMEM, "opening a raw socket: out of memory");
	r->family = conf->family;
	r->fd = -1;
	e = icmpsock_open(conf, SOCK_RAW, &r->fd, err);
	if (e < 0) {
		raw_close(r);
		return e == -EPERM ? caps_missing("CAP_NET_RAW", "a raw ICMP socket", err) : e;
	}
	if (conf->family == 4)
		filter4(r->fd, conf);
	else
		filter6(r->fd, conf);
	*ret_self = r;
	return 0;
}

static int raw_fd(void *self)
{
	const struct raw *r = self;

	return r->fd;
}

static int raw_id(void *self UNUSED)
{
	return -1;
}

static int raw_send(void *self, const struct pio_frame *f, size_t n)
{
	const struct raw *r = self;

	return icmpsock_send(r->fd, f, n);
}

/* ICMPv4 comes with its IP header; one that contradicts itself leaves an empty message. */
static void strip(struct pio_frame *f)
{
	struct ip4_pkt ip;

	if (ip4_parse((struct span){ f->p, f->len }, &ip) < 0) {
		f->icmp.len = 0;
		return;
	}
	f->icmp = ip.payload;
	f->local = ip.dst;
	f->hops = ip.ttl;
}

static int raw_recv(void *self, struct pio_frame *f, size_t n)
{
	struct raw *r = self;
	int got = icmpsock_recv(r->fd, 0, &r->batch, f, n);

	for (int i = 0; i < got; i++) {
		if (r->family == 4)
			strip(&f[i]);
		else
			f[i].verified = true;
	}
	return got;
}

const struct pio_ops pio_raw = {
	.name = "raw",
	.summary = "raw ICMP sockets (needs CAP_NET_RAW)",
	.open = raw_open,
	.close = raw_close,
	.fd = raw_fd,
	.id = raw_id,
	.send = raw_send,
	.recv = raw_recv,
};
