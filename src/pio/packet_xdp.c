/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AF_XDP: a program on the interface (packet_xdp_program.h) hands over what may be an answer before
 * the kernel's network code sees it; all else goes its usual way, and what of it passes the packet
 * filter (ARP, neighbour discovery, fragments, …) arrives by a ring as with "packet". Arrivals that
 * the program took did not pass the filter, and their time is the time of reading.
 *
 * The program goes when this process does, however it ends: the kernel ties it to a descriptor. It
 * takes echo replies from other programs of this host while it is there.
 *
 * When a virtual device's ring is full the kernel drops a packet and says so, not which one: as many
 * packets count as not sent, the last of the batch.
 */
#include "pio/packet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "pio/packet_xdp_program.h"
#include "pio/packet_xdp_socket.h"
#include "pio/ring.h"

#define QUEUES_MAX 8          /* what arrives on further queues comes by the ring */
#define RING_SMALL (2u << 20) /* octets */
#define KICKS_MAX  64 /* system calls to get one batch out; what then is left goes with the next */
#define HEAD_AT    2  /* the Ethernet header in its frame, so that the packet is aligned */

struct xdp {
	int epoll, map, program, link; /* -1: not open */
	struct eth_addr mac;
	struct ring *ring; /* what the program lets pass */
	unsigned queues;
	bool armed;   /* .epoll watches the queues */
	bool waiting; /* the last batch may be in the ring still */
	int error;    /* of the ring, to be told when there is nothing else */
	struct pio_slot slot[PIO_PACKET_BATCH];
	uint64_t frame[PIO_PACKET_BATCH]; /* of each slot */
	struct packet_xdp_socket q[QUEUES_MAX];
};

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void xdp_close(void *self)
{
	struct xdp *x = self;

	if (!x)
		return;
	close_fd(x->link);
	for (unsigned i = 0; i < QUEUES_MAX; i++)
		packet_xdp_socket_done(&x->q[i]);
	close_fd(x->program);
	close_fd(x->map);
	close_fd(x->epoll);
	ring_close(x->ring);
	free(x);
}

static unsigned count_queues(const char *iface)
{
	struct ethtool_channels c = { .cmd = ETHTOOL_GCHANNELS };
	struct ifreq q = { .ifr_data = (void *)&c };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	unsigned n = 1;

	if (fd < 0)
		return n;
	memcpy(q.ifr_name, iface, IFNAMSIZ);
	if (ioctl(fd, SIOCETHTOOL, &q) == 0)
		n = c.rx_count + c.combined_count;
	close(fd);
	return MAX(1, MIN(n, QUEUES_MAX));
}

static int load_program(struct xdp *x, const struct pio_packet_conf *conf, struct err *err)
{
	struct bpf_insn insn[PACKET_XDP_PROGRAM_MAX];
	unsigned n;

	x->map = bpf_map_create(BPF_MAP_TYPE_XSKMAP, "sonde", sizeof(int), sizeof(int), QUEUES_MAX,
				NULL);
	if (x->map >= 0) {
		n = packet_xdp_program(insn, &conf->mac, conf->port_first, conf->port_n, x->map);
		x->program = bpf_prog_load(BPF_PROG_TYPE_XDP, "sonde", "GPL", insn, n, NULL);
	}
	if (x->program >= 0)
		return 0;
	if (errno == EPERM)
		return err_set(
			err, -EPERM,
			"back end 'xdp' needs CAP_BPF, CAP_NET_ADMIN and CAP_NET_RAW: run with "
			"sudo");
	return err_set(err, -errno, "back end 'xdp': loading the program: %s", strerror(errno));
}

static int refuse_other(const char *iface, struct err *err)
{
	return err_set(
		err, -EBUSY,
		"back end 'xdp': another XDP program is on %s ('ip link show %s'), take 'packet'",
		iface, iface);
}

static bool other_there(int ifindex)
{
	struct bpf_xdp_query_opts there;

	/* libbpf wants its padding clear too. */
	memset(&there, 0, sizeof(there));
	there.sz = sizeof(there);
	return bpf_xdp_query(ifindex, 0, &there) == 0 && there.attach_mode != XDP_ATTACHED_NONE;
}

/* In the driver where it can, else in the kernel's generic code; never beside another program. */
static int attach(struct xdp *x, int ifindex, const char *iface, struct err *err)
{
	static const unsigned modes[] = { XDP_FLAGS_DRV_MODE, XDP_FLAGS_SKB_MODE };
	struct bpf_link_create_opts opts;
	int r = 0;

	memset(&opts, 0, sizeof(opts));
	opts.sz = sizeof(opts);
	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		opts.flags = modes[i];
		x->link = bpf_link_create(x->program, ifindex, BPF_XDP, &opts);
		if (x->link >= 0)
			return 0;
		r = x->link;
		if (r == -EBUSY || r == -EEXIST)
			return refuse_other(iface, err);
	}
	return err_set(err, r == -EPERM ? -EPERM : -EOPNOTSUPP,
		       "back end 'xdp': attaching to %s: %s, take 'packet'", iface, strerror(-r));
}

static int watch(struct xdp *x, int fd, struct err *err)
{
	struct epoll_event e = { .events = EPOLLIN };

	if (epoll_ctl(x->epoll, EPOLL_CTL_ADD, fd, &e) < 0)
		return err_set(err, -errno, "back end 'xdp': %s", strerror(errno));
	return 0;
}

static int open_queues(struct xdp *x, const char *iface, struct err *err)
{
	int r = 0;

	for (; x->queues < count_queues(iface) && r == 0; x->queues++) {
		struct packet_xdp_socket *q = &x->q[x->queues];
		int fd, key = (int)x->queues;

		r = packet_xdp_socket_init(q, iface, x->queues, x->queues == 0, err);
		if (r < 0)
			return r;
		fd = xsk_socket__fd(q->xsk);
		if (bpf_map_update_elem(x->map, &key, &fd, 0) < 0)
			return err_set(err, -errno, "back end 'xdp': %s", strerror(errno));
	}
	return r;
}

/* The program comes last, when there is somebody to take what it hands over. */
static int set_up(struct xdp *x, const struct pio_packet_conf *conf, struct err *err)
{
	struct pio_packet_conf small = *conf;
	char iface[IF_NAMESIZE] = "";
	int r;

	small.ring_len = RING_SMALL;
	if (!if_indextoname((unsigned)conf->ifindex, iface))
		return err_set(err, -ENODEV, "back end 'xdp': no interface number %d",
			       conf->ifindex);
	if (other_there(conf->ifindex))
		return refuse_other(iface, err);
	x->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (x->epoll < 0)
		return err_set(err, -errno, "back end 'xdp': %s", strerror(errno));
	r = load_program(x, conf, err);
	if (r == 0)
		r = ring_open(&small, &x->ring, err);
	if (r == 0)
		r = watch(x, ring_fd(x->ring), err);
	if (r == 0)
		r = open_queues(x, iface, err);
	return r < 0 ? r : attach(x, conf->ifindex, iface, err);
}

static int xdp_open(const struct pio_packet_conf *conf, void **ret_self, struct err *err)
{
	struct xdp *x;
	int r;

	if (!conf->ether)
		return err_set(
			err, -EOPNOTSUPP,
			"back end 'xdp': interface number %d has no Ethernet headers, take 'ip'",
			conf->ifindex);
	x = calloc(1, sizeof(*x));
	if (!x)
		return err_set(err, -ENOMEM, "back end 'xdp': out of memory");
	x->epoll = x->map = x->program = x->link = -1;
	x->mac = conf->mac;
	libbpf_set_print(NULL);
	r = set_up(x, conf, err);
	if (r < 0) {
		xdp_close(x);
		return r;
	}
	*ret_self = x;
	return 0;
}

/*
 * A socket that is watched costs every packet that arrives a wake-up, whether anybody sleeps or
 * not: queues are watched from the moment somebody is about to wait until the next reception.
 */
static void arm(struct xdp *x, bool armed)
{
	struct epoll_event e = { .events = EPOLLIN };

	for (unsigned i = 0; i < x->queues && armed != x->armed; i++)
		epoll_ctl(x->epoll, armed ? EPOLL_CTL_ADD : EPOLL_CTL_DEL,
			  xsk_socket__fd(x->q[i].xsk), &e);
	x->armed = armed;
}

static int xdp_fd(void *self)
{
	struct xdp *x = self;

	arm(x, true);
	return x->epoll;
}

/* Returns the errno that ended it; 0: all left; EAGAIN: some are waiting. EBUSY is counted. */
static int kick(struct xdp *x, unsigned *ret_dropped)
{
	for (unsigned i = 0; i < KICKS_MAX; i++) {
		if (sendto(xsk_socket__fd(x->q[0].xsk), NULL, 0, MSG_DONTWAIT, NULL, 0) >= 0) {
			x->waiting = false;
			return 0;
		}
		if (errno == EBUSY)
			++*ret_dropped;
		else if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
			return errno;
		packet_xdp_socket_reap(&x->q[0]);
	}
	x->waiting = true;
	return EAGAIN;
}

static unsigned xdp_slots(void *self, struct pio_slot **ret_slots, unsigned n)
{
	struct packet_xdp_socket *q = &((struct xdp *)self)->q[0];
	struct xdp *x = self;
	unsigned dropped = 0;

	packet_xdp_socket_reap(q);
	if (x->waiting)
		kick(x, &dropped);
	n = MIN(n, MIN(q->free_n, PIO_PACKET_BATCH));
	for (unsigned i = 0; i < n; i++) {
		x->frame[i] = q->free[q->free_n - 1 - i];
		x->slot[i] =
			(struct pio_slot){ .p = q->memory + x->frame[i] + HEAD_AT + ETH_HDR_LEN,
					   .room = PIO_PACKET_ROOM };
	}
	*ret_slots = x->slot;
	return n;
}

static void put_packet(struct xdp *x, unsigned i, struct xdp_desc *d)
{
	uint8_t *h = x->q[0].memory + x->frame[i] + HEAD_AT;

	memcpy(h, x->slot[i].dst.octet, ETH_ADDR_LEN);
	memcpy(h + ETH_ADDR_LEN, x->mac.octet, ETH_ADDR_LEN);
	h[12] = (uint8_t)(x->slot[i].type >> 8);
	h[13] = (uint8_t)x->slot[i].type;
	d->addr = x->frame[i] + HEAD_AT;
	d->len = (uint32_t)x->slot[i].len + ETH_HDR_LEN;
	d->options = 0;
}

/* Put the first @n slots into the ring, unsubmitted. Returns how many packets that are. */
static unsigned put_batch(struct xdp *x, unsigned n)
{
	struct packet_xdp_socket *q = &x->q[0];
	unsigned filled = 0, kept = 0;
	uint32_t at;

	for (unsigned i = 0; i < n; i++)
		filled += x->slot[i].len > 0;
	/* There is room: the ring holds as many as there are frames. */
	if (filled == 0 || xsk_ring_prod__reserve(&q->tx, filled, &at) != filled)
		return 0;
	q->free_n -= n;
	for (unsigned i = 0; i < n; i++) {
		if (x->slot[i].len > 0)
			put_packet(x, i, xsk_ring_prod__tx_desc(&q->tx, at++));
		else
			q->free[q->free_n + kept++] = x->frame[i];
	}
	q->free_n += kept;
	return filled;
}

/*
 * Nothing of the batch has left and the kernel has not looked at the ring: take the batch back, or
 * it would leave, stale, when the interface is up again.
 */
static void take_back(struct xdp *x, unsigned n)
{
	struct packet_xdp_socket *q = &x->q[0];
	uint32_t first = q->tx.cached_prod - n;

	for (unsigned i = 0; i < n; i++)
		q->free[q->free_n++] = xsk_ring_prod__tx_desc(&q->tx, first + i)->addr - HEAD_AT;
	q->tx.cached_prod = first;
	__atomic_store_n(q->tx.producer, first, __ATOMIC_RELEASE);
}

static unsigned xdp_send(void *self, unsigned n, int *ret_errno)
{
	struct xdp *x = self;
	bool was_waiting = x->waiting;
	unsigned dropped = 0, packets = put_batch(x, n);
	int e;

	*ret_errno = 0;
	if (packets == 0)
		return n;
	xsk_ring_prod__submit(&x->q[0].tx, packets);
	x->waiting = true;
	e = kick(x, &dropped);
	if (e != 0 && e != EAGAIN) {
		*ret_errno = e;
		if (!was_waiting && dropped == 0) {
			take_back(x, packets);
			x->waiting = false;
			return 0;
		}
		return n;
	}
	if (dropped == 0)
		return n;
	*ret_errno = ENOBUFS;
	/* As many packets from the end on, slots passed over not counted. */
	for (dropped = MIN(dropped, packets); dropped > 0; n--)
		dropped -= x->slot[n - 1].len > 0;
	return n;
}

static int xdp_recv(void *self, unsigned n, void (*each)(void *to, const struct pio_arrival *a),
		    void *to)
{
	struct xdp *x = self;
	unsigned got = 0;
	int r;

	arm(x, false);
	for (unsigned i = 0; i < x->queues && got < n; i++)
		got += packet_xdp_socket_recv(&x->q[i], n - got, each, to);
	if (got == n)
		return (int)got;
	r = ring_recv(x->ring, n - got, each, to);
	if (r < 0)
		x->error = r;
	else
		got += (unsigned)r;
	if (got > 0 || x->error == 0)
		return (int)got;
	r = x->error;
	x->error = 0;
	return r;
}

static unsigned xdp_drops(void *self)
{
	struct xdp *x = self;
	unsigned n = ring_drops(x->ring);

	for (unsigned i = 0; i < x->queues; i++)
		n += packet_xdp_socket_drops(&x->q[i]);
	return n;
}

const struct pio_packet_ops pio_packet_xdp = {
	.name = "xdp",
	.summary = "AF_XDP sockets on Ethernet, the fastest (needs CAP_BPF and CAP_NET_ADMIN)",
	.open = xdp_open,
	.close = xdp_close,
	.fd = xdp_fd,
	.slots = xdp_slots,
	.send = xdp_send,
	.recv = xdp_recv,
	.drops = xdp_drops,
};
