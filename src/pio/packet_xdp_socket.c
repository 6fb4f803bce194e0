/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pio/packet_xdp_socket.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "pio/sumfill.h"
#include "sys/clock.h"
#include "wire/ip4.h"

#define BUSY_TRIES   20
#define BUSY_WAIT_NS 10000000 /* a queue that was just closed is free a moment later */
#define SNDBUF_LEN   (4 << 20)
#define BUDGET_NAME  9 /* XDP_MAX_TX_SKB_BUDGET, Linux 6.17: packets a sendto() sends, else 32 */
#define BUDGET       256

static int make_memory(struct packet_xdp_socket *s, bool sends, struct err *err)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	const struct xsk_umem_config conf = { .fill_size = PACKET_XDP_RING,
					      .comp_size = PACKET_XDP_RING,
					      .frame_size = PACKET_XDP_FRAME };
	int r;

	/* Packet memory is locked; whether that needs the limit raised depends on capabilities. */
	(void)!setrlimit(RLIMIT_MEMLOCK, &all);
	s->memory_len = (size_t)PACKET_XDP_RING * PACKET_XDP_FRAME * (sends ? 2 : 1);
	s->memory = mmap(NULL, s->memory_len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);
	if (s->memory == MAP_FAILED) {
		s->memory = NULL;
		return err_set(err, -ENOMEM, "back end 'xdp': out of memory");
	}
	r = xsk_umem__create(&s->umem, s->memory, s->memory_len, &s->fill, &s->done, &conf);
	if (r < 0)
		return err_set(err, r, "back end 'xdp': registering packet memory: %s%s",
			       strerror(-r), r == -ENOBUFS ? " (ulimit -l)" : "");
	return 0;
}

static int make_socket(struct packet_xdp_socket *s, const char *iface, unsigned queue, bool sends,
		       struct err *err)
{
	const struct timespec wait = { .tv_nsec = BUSY_WAIT_NS };
	const struct xsk_socket_config conf = {
		.rx_size = PACKET_XDP_RING,
		.tx_size = PACKET_XDP_RING,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = XDP_COPY,
	};
	int r = -EBUSY;

	for (unsigned i = 0; i < BUSY_TRIES && r == -EBUSY; i++) {
		if (i > 0)
			nanosleep(&wait, NULL);
		r = xsk_socket__create(&s->xsk, iface, queue, s->umem, &s->rx,
				       sends ? &s->tx : NULL, &conf);
	}
	if (r == -EBUSY)
		return err_set(err, r, "back end 'xdp': another program has queue %u of %s", queue,
			       iface);
	if (r < 0)
		return err_set(err, r, "back end 'xdp': opening a socket on %s: %s", iface,
			       strerror(-r));
	return 0;
}

/* The first half of the memory is for what arrives, the second for what is sent. */
static void give_frames(struct packet_xdp_socket *s, bool sends)
{
	uint32_t at;

	if (xsk_ring_prod__reserve(&s->fill, PACKET_XDP_RING, &at) == PACKET_XDP_RING) {
		for (uint32_t i = 0; i < PACKET_XDP_RING; i++)
			*xsk_ring_prod__fill_addr(&s->fill, at + i) =
				(uint64_t)i * PACKET_XDP_FRAME;
		xsk_ring_prod__submit(&s->fill, PACKET_XDP_RING);
	}
	for (uint64_t i = 0; sends && i < PACKET_XDP_RING; i++)
		s->free[s->free_n++] = (PACKET_XDP_RING + i) * PACKET_XDP_FRAME;
}

int packet_xdp_socket_init(struct packet_xdp_socket *s, const char *iface, unsigned queue,
			   bool sends, struct err *err)
{
	int len = SNDBUF_LEN, budget = BUDGET, r;

	*s = (struct packet_xdp_socket){ 0 };
	r = make_memory(s, sends, err);
	if (r == 0)
		r = make_socket(s, iface, queue, sends, err);
	if (r < 0)
		return r;
	/* Neither is needed to be right. */
	(void)!setsockopt(xsk_socket__fd(s->xsk), SOL_SOCKET, SO_SNDBUFFORCE, &len, sizeof(len));
	(void)!setsockopt(xsk_socket__fd(s->xsk), SOL_XDP, BUDGET_NAME, &budget, sizeof(budget));
	give_frames(s, sends);
	return 0;
}

void packet_xdp_socket_done(struct packet_xdp_socket *s)
{
	if (s->xsk)
		xsk_socket__delete(s->xsk);
	if (s->umem)
		xsk_umem__delete(s->umem);
	if (s->memory)
		munmap(s->memory, s->memory_len);
	*s = (struct packet_xdp_socket){ 0 };
}

/* The kernel names a frame by where the packet in it began. */
static uint64_t frame_of(uint64_t addr)
{
	return addr / PACKET_XDP_FRAME * PACKET_XDP_FRAME;
}

void packet_xdp_socket_reap(struct packet_xdp_socket *s)
{
	uint32_t at;
	unsigned n = xsk_ring_cons__peek(&s->done, PACKET_XDP_RING, &at);

	for (unsigned i = 0; i < n; i++)
		s->free[s->free_n++] = frame_of(*xsk_ring_cons__comp_addr(&s->done, at + i));
	if (n > 0)
		xsk_ring_cons__release(&s->done, n);
}

/*
 * There is no word from the kernel about checksums that were left out, as ring.c has it; but they
 * can be seen.
 */
static void read_packet(uint8_t *p, size_t len, struct pio_arrival *a)
{
	uint8_t proto;

	memcpy(a->src.octet, p + ETH_ADDR_LEN, ETH_ADDR_LEN);
	a->type = (uint16_t)(p[12] << 8 | p[13]);
	p += ETH_HDR_LEN;
	len -= ETH_HDR_LEN;
	a->octets = (struct span){ p, len };
	proto = len < IP4_MIN_LEN ? 0 : a->type == ETH_TYPE_IP4 ? p[9] : p[6];
	if (proto == IP_PROTO_TCP || proto == IP_PROTO_UDP)
		sumfill_seen(p, len);
}

unsigned packet_xdp_socket_recv(struct packet_xdp_socket *s, unsigned n,
				void (*each)(void *to, const struct pio_arrival *a), void *to)
{
	struct pio_arrival a = { .t_ns = clock_mono_ns() };
	uint32_t at, fill;

	n = xsk_ring_cons__peek(&s->rx, n, &at);
	if (n == 0)
		return 0;
	for (unsigned i = 0; i < n; i++) {
		const struct xdp_desc *d = xsk_ring_cons__rx_desc(&s->rx, at + i);

		if (d->len < ETH_HDR_LEN)
			continue;
		read_packet(xsk_umem__get_data(s->memory, d->addr), d->len, &a);
		each(to, &a);
	}
	/* There is room: as many frames as the ring holds are in circulation. */
	if (xsk_ring_prod__reserve(&s->fill, n, &fill) == n) {
		for (unsigned i = 0; i < n; i++) {
			const struct xdp_desc *d = xsk_ring_cons__rx_desc(&s->rx, at + i);

			*xsk_ring_prod__fill_addr(&s->fill, fill + i) = frame_of(d->addr);
		}
		xsk_ring_prod__submit(&s->fill, n);
	}
	xsk_ring_cons__release(&s->rx, n);
	return n;
}

unsigned packet_xdp_socket_drops(struct packet_xdp_socket *s)
{
	struct xdp_statistics st = { 0 };
	socklen_t len = sizeof(st);
	uint64_t before = s->drops;

	if (getsockopt(xsk_socket__fd(s->xsk), SOL_XDP, XDP_STATISTICS, &st, &len) < 0)
		return 0;
	s->drops = st.rx_dropped + st.rx_ring_full;
	return (unsigned)(s->drops - before);
}
