/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packet sockets: what is sent passes the queueing discipline (a full device says so at once) and
 * what watches outgoing packets. Needs CAP_NET_RAW.
 */
#include "pio/packet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <sys/socket.h>

#include <linux/if_packet.h>

#include "pio/lane.h"
#include "pio/ring.h"
#include "pio/slots.h"
#include "sys/caps.h"

#define SETS       (LANE_DEPTH + 1) /* of slots: as many as the lane has, and one to fill */
#define FULL_NS    20000            /* the other end empties its ring meanwhile */
#define FULL_TRIES 10000            /* then what a full device would not take is lost */
#define SNDBUF_LEN (4 << 20) /* octets; a few thousand packets on their way through a device */

struct packet {
	int fd; /* sends; -1: what receives does */
	int ifindex;
	struct eth_addr mac;
	struct ring *ring; /* receives */
	bool spread;
	struct lane *lane; /* sends too; NULL: not begun, or there is none */
	unsigned set;      /* the one that is filled */
	struct slots slots[SETS];
};

static void packet_close(void *self)
{
	struct packet *p = self;

	if (!p)
		return;
	lane_stop(p->lane);
	ring_close(p->ring);
	if (p->fd >= 0)
		close(p->fd);
	for (unsigned i = 0; i < SETS; i++)
		slots_done(&p->slots[i]);
	free(p);
}

/* Neither is needed to be right. */
static void set_sender(int fd)
{
	int one = 1, len = SNDBUF_LEN;

	(void)!setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one));
	(void)!setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &len, sizeof(len));
}

/* Protocol 0: this socket receives nothing; what is sent has its EtherType in its header. */
static int open_sender(struct packet *p, int ifindex, struct err *err)
{
	struct sockaddr_ll where = { .sll_family = AF_PACKET, .sll_ifindex = ifindex };

	p->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (p->fd < 0 && errno == EPERM)
		return caps_missing("CAP_NET_RAW", "sending packets", err);
	if (p->fd < 0)
		return err_set(err, -errno, "opening a packet socket: %s", strerror(errno));
	set_sender(p->fd);
	if (bind(p->fd, (struct sockaddr *)&where, sizeof(where)) < 0)
		return err_set(err, -errno, "sending on interface number %d: %s", ifindex,
			       strerror(errno));
	return 0;
}

static int packet_open(const struct pio_packet_conf *conf, void **ret_self, struct err *err)
{
	struct packet *p;
	int r;

	if (!conf->ether)
		return err_set(
			err, -EOPNOTSUPP,
			"back end 'packet': interface number %d has no Ethernet headers, take 'ip'",
			conf->ifindex);
	p = calloc(1, sizeof(*p));
	if (!p)
		return err_set(err, -ENOMEM, "opening a packet socket: out of memory");
	p->fd = -1;
	p->mac = conf->mac;
	p->spread = conf->spread && !conf->few;
	r = 0;
	for (unsigned i = 0; r == 0 && i < SETS; i++)
		r = slots_init(&p->slots[i], conf->room);
	if (r < 0)
		err_set(err, r, "opening a packet socket: out of memory");
	p->ifindex = conf->ifindex;
	if (r == 0 && !conf->few)
		r = open_sender(p, conf->ifindex, err);
	if (r == 0)
		r = ring_open(conf, &p->ring, err);
	if (r < 0) {
		packet_close(p);
		return r;
	}
	if (conf->few)
		set_sender(ring_fd(p->ring));
	*ret_self = p;
	return 0;
}

static int packet_fd(void *self)
{
	const struct packet *p = self;

	return ring_fd(p->ring);
}

static unsigned packet_slots(void *self, struct pio_slot **ret_slots, unsigned n)
{
	struct packet *p = self;

	return slots_take(&p->slots[p->set], ret_slots, n);
}

static void write_header(const struct packet *p, struct pio_slot *s)
{
	uint8_t *h = s->p - ETH_HDR_LEN;

	memcpy(h, s->dst.octet, ETH_ADDR_LEN);
	memcpy(h + ETH_ADDR_LEN, p->mac.octet, ETH_ADDR_LEN);
	h[12] = (uint8_t)(s->type >> 8);
	h[13] = (uint8_t)s->type;
}

/* The kernel writes the header: one socket less, whose end would cost a grace period. */
static void write_address(const struct packet *p, struct slots *s, unsigned i)
{
	struct sockaddr_ll *to = &s->to[i].link;

	*to = (struct sockaddr_ll){ .sll_family = AF_PACKET,
				    .sll_protocol = htons(s->slot[i].type),
				    .sll_ifindex = p->ifindex,
				    .sll_halen = ETH_ADDR_LEN };
	memcpy(to->sll_addr, s->slot[i].dst.octet, ETH_ADDR_LEN);
	slots_add(s, i, 0, sizeof(*to));
}

/* In the lane: whoever asked has gone on, so that a full device is waited for here. */
static void send_set(void *self, unsigned set)
{
	const struct timespec wait = { .tv_nsec = FULL_NS };
	struct packet *p = self;
	unsigned failed;
	int why;

	for (unsigned i = 0; !slots_flush(&p->slots[set], p->fd, &failed, &why); i++) {
		if (why != ENOBUFS || i == FULL_TRIES || !slots_keep(&p->slots[set], failed))
			return;
		nanosleep(&wait, NULL);
	}
}

/* Full batches in a row are the sign of a rate that one processor may not reach. */
static bool send_aside(struct packet *p, unsigned n)
{
	if (!p->spread || n < PIO_PACKET_BATCH)
		return false;
	if (!p->lane) {
		p->lane = lane_start(send_set, p);
		p->spread = p->lane != NULL;
	}
	if (!p->lane || !lane_push(p->lane, p->set))
		return false;
	p->set = (p->set + 1) % SETS;
	return true;
}

static unsigned packet_send(void *self, unsigned n, int *ret_errno)
{
	struct packet *p = self;
	struct slots *s = &p->slots[p->set];
	unsigned failed;

	*ret_errno = 0;
	for (unsigned i = 0; i < n; i++) {
		if (s->slot[i].len == 0)
			continue;
		if (p->fd < 0) {
			write_address(p, s, i);
			continue;
		}
		write_header(p, &s->slot[i]);
		slots_add(s, i, ETH_HDR_LEN, 0);
	}
	if (send_aside(p, n))
		return n;
	return slots_flush(s, p->fd < 0 ? ring_fd(p->ring) : p->fd, &failed, ret_errno) ? n
											: failed;
}

static int packet_recv(void *self, unsigned n, void (*each)(void *to, const struct pio_arrival *a),
		       void *to)
{
	struct packet *p = self;

	return ring_recv(p->ring, n, each, to);
}

static unsigned packet_drops(void *self)
{
	struct packet *p = self;

	return ring_drops(p->ring);
}

const struct pio_packet_ops pio_packet_packet = {
	.name = "packet",
	.summary = "packet sockets on Ethernet, received by a ring (needs CAP_NET_RAW)",
	.open = packet_open,
	.close = packet_close,
	.fd = packet_fd,
	.slots = packet_slots,
	.send = packet_send,
	.recv = packet_recv,
	.drops = packet_drops,
};
