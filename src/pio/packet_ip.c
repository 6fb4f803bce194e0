/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Raw IP sockets that are given the IP header: for links without Ethernet headers, loopback among
 * them, and for whatever the kernel should route, encapsulate or encrypt. Needs CAP_NET_RAW.
 *
 * The kernel fills in the IPv4 header checksum, and an identification or source that is 0 (raw(7)).
 * Firewall rules for output hold: what they drop is EPERM.
 */
#include "pio/packet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "pio/ring.h"
#include "pio/slots.h"
#include "sys/caps.h"

#define SNDBUF_LEN (4 << 20) /* octets */

struct ip {
	int fd4, fd6; /* -1: this kernel has no such family */
	struct ring *ring;
	struct slots slots;
};

static void ip_close(void *self)
{
	struct ip *p = self;

	if (!p)
		return;
	ring_close(p->ring);
	if (p->fd4 >= 0)
		close(p->fd4);
	if (p->fd6 >= 0)
		close(p->fd6);
	slots_done(&p->slots);
	free(p);
}

/* Packets between this host's own addresses are routed over lo whatever interface has them. */
static bool is_loopback(int ifindex)
{
	struct ifreq q = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool loop = false;

	if (fd < 0)
		return false;
	if (if_indextoname((unsigned)ifindex, q.ifr_name))
		loop = ioctl(fd, SIOCGIFFLAGS, &q) == 0 && (q.ifr_flags & IFF_LOOPBACK);
	close(fd);
	return loop;
}

static int open_family(int family, int ifindex, int *ret_fd, struct err *err)
{
	int level = family == AF_INET ? (int)IPPROTO_IP : (int)IPPROTO_IPV6;
	int name = family == AF_INET ? IP_HDRINCL : IPV6_HDRINCL;
	int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW);
	int one = 1, len = SNDBUF_LEN;

	if (fd < 0 && errno == EAFNOSUPPORT)
		return 0;
	if (fd < 0 && errno == EPERM)
		return caps_missing("CAP_NET_RAW", "sending packets", err);
	if (fd < 0)
		return err_set(err, -errno, "opening a raw socket: %s", strerror(errno));
	*ret_fd = fd;
	(void)!setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &len, sizeof(len));
	if (family == AF_INET)
		(void)!setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one));
	if (setsockopt(fd, level, name, &one, sizeof(one)) < 0)
		return err_set(err, -errno, "setting up a raw socket: %s", strerror(errno));
	if (!is_loopback(ifindex) &&
	    setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &ifindex, sizeof(ifindex)) < 0)
		return err_set(err, -errno, "binding a raw socket to interface number %d: %s",
			       ifindex, strerror(errno));
	return 0;
}

static int ip_open(const struct pio_packet_conf *conf, void **ret_self, struct err *err)
{
	struct ip *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return err_set(err, -ENOMEM, "opening a raw socket: out of memory");
	p->fd4 = p->fd6 = -1;
	if (slots_init(&p->slots, conf->room) < 0) {
		ip_close(p);
		return err_set(err, -ENOMEM, "opening a raw socket: out of memory");
	}
	r = open_family(AF_INET, conf->ifindex, &p->fd4, err);
	if (r == 0)
		r = open_family(AF_INET6, conf->ifindex, &p->fd6, err);
	if (r == 0)
		r = ring_open(conf, &p->ring, err);
	if (r < 0) {
		ip_close(p);
		return r;
	}
	*ret_self = p;
	return 0;
}

static int ip_fd(void *self)
{
	const struct ip *p = self;

	return ring_fd(p->ring);
}

static unsigned ip_slots(void *self, struct pio_slot **ret_slots, unsigned n)
{
	struct ip *p = self;

	return slots_take(&p->slots, ret_slots, n);
}

/* Slots from *@at on as long as they are of one family. */
static int gather(struct ip *p, unsigned *at, unsigned n)
{
	struct slots *s = &p->slots;
	uint8_t family = 0;

	for (; *at < n; ++*at) {
		const struct pio_slot *slot = &s->slot[*at];

		if (slot->len == 0)
			continue;
		if (family && slot->to.family != family)
			break;
		family = slot->to.family;
		slots_add(s, *at, 0, sockaddr_to(&slot->to, 0, &s->to[*at].ip));
	}
	return family == 4 ? p->fd4 : p->fd6;
}

static unsigned ip_send(void *self, unsigned n, int *ret_errno)
{
	struct ip *p = self;
	unsigned at = 0, failed;

	*ret_errno = 0;
	while (at < n) {
		int fd = gather(p, &at, n);

		if (p->slots.msgs == 0)
			return n;
		if (fd < 0) {
			failed = p->slots.of[0];
			p->slots.msgs = 0;
			*ret_errno = EAFNOSUPPORT;
			return failed;
		}
		if (!slots_flush(&p->slots, fd, &failed, ret_errno))
			return failed;
	}
	return n;
}

static int ip_recv(void *self, unsigned n, void (*each)(void *to, const struct pio_arrival *a),
		   void *to)
{
	struct ip *p = self;

	return ring_recv(p->ring, n, each, to);
}

static unsigned ip_drops(void *self)
{
	struct ip *p = self;

	return ring_drops(p->ring);
}

const struct pio_packet_ops pio_packet_ip = {
	.name = "ip",
	.summary = "raw IP sockets on any link, received by a ring (needs CAP_NET_RAW)",
	.open = ip_open,
	.close = ip_close,
	.fd = ip_fd,
	.slots = ip_slots,
	.send = ip_send,
	.recv = ip_recv,
	.drops = ip_drops,
};
