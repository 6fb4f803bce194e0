/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blast IF GATEWAY-MAC SOURCE FIRST N [--syn PORTS] [--xdp]: the limit of this machine. A bare loop
 * that sends what a prober sends, an echo request to each of N addresses from FIRST on (or a SYN to
 * the ports 1 to PORTS of each), and counts what comes back until nothing has for 50 ms or as much
 * came as was asked. It matches nothing, orders nothing, repeats nothing and remembers nothing.
 *
 * AF_PACKET: sendmmsg past the queueing discipline, a TPACKET_V3 ring. --xdp: AF_XDP for both.
 * Prints: sent, answers, seconds, packets a second.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <xdp/xsk.h>

#define BATCH       64
#define XDP_BATCH   32 /* a kernel's copy mode sends so many at once, not more */
#define FRAME       128
#define BLOCK       (1 << 18)
#define BLOCKS      64
#define XDP_RING    2048
#define XDP_FRAME   2048
#define QUIET_NS    50000000
#define SOURCE_PORT 40000

struct blast {
	int index;
	uint8_t own[6], gateway[6];
	uint32_t source, first; /* host order */
	uint64_t n;
	uint32_t ports; /* 0: echo */
	uint64_t sent, answers;
	int fd;
	uint8_t *ring;
	unsigned block;
	uint8_t *umem;
	struct xsk_socket *xsk;
	struct xsk_umem *area;
	struct xsk_ring_prod fill, tx;
	struct xsk_ring_cons done, rx;
	uint32_t in_flight;
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "blast: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static uint32_t sum(const uint8_t *p, size_t len, uint32_t from)
{
	for (size_t i = 0; i + 1 < len; i += 2)
		from += (uint32_t)p[i] << 8 | p[i + 1];
	return from;
}

static uint32_t fold(uint32_t s)
{
	s = (s & 0xffff) + (s >> 16);
	return (s & 0xffff) + (s >> 16);
}

/* The @i-th question, written to @p. Returns its length. */
static size_t build(const struct blast *b, uint64_t i, uint8_t *p)
{
	uint32_t to = b->first + (uint32_t)(b->ports ? i / b->ports : i);
	size_t len = b->ports ? 40 : 28;
	uint8_t *ip = p + 14, *l4 = ip + 20;

	memset(p, 0, 14 + len);
	memcpy(p, b->gateway, 6);
	memcpy(p + 6, b->own, 6);
	put16(p + 12, ETH_P_IP);
	ip[0] = 0x45;
	put16(ip + 2, (uint32_t)len);
	ip[8] = 64;
	ip[9] = b->ports ? IPPROTO_TCP : IPPROTO_ICMP;
	put32(ip + 12, b->source);
	put32(ip + 16, to);
	put16(ip + 10, ~fold(sum(ip, 20, 0)));
	if (b->ports) {
		put16(l4, SOURCE_PORT);
		put16(l4 + 2, (uint32_t)(i % b->ports) + 1);
		put32(l4 + 4, to);
		l4[12] = 5 << 4;
		l4[13] = 0x02;
		put16(l4 + 14, 1024);
		put16(l4 + 16, ~fold(sum(l4, 20, sum(ip + 12, 8, IPPROTO_TCP + 20))));
	} else {
		l4[0] = 8;
		put16(l4 + 4, SOURCE_PORT);
		put16(l4 + 6, (uint32_t)i);
		put16(l4 + 2, ~fold(sum(l4, 8, 0)));
	}
	return 14 + len;
}

/* Whether the frame @p is an answer: an echo reply, or TCP to our port. */
static bool is_answer(const struct blast *b, const uint8_t *p, size_t len)
{
	if (len < 42 || p[12] != 8 || p[13] != 0)
		return false;
	if (b->ports)
		return p[23] == IPPROTO_TCP && p[36] == SOURCE_PORT >> 8 &&
		       p[37] == (SOURCE_PORT & 0xff);
	return p[23] == IPPROTO_ICMP && p[34] == 0;
}

static void packet_open(struct blast *b)
{
	/* ip, and not what we send ourselves */
	static struct sock_filter code[] = {
		{ BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE) },
		{ BPF_JMP | BPF_JEQ | BPF_K, 2, 0, PACKET_OUTGOING },
		{ BPF_LD | BPF_H | BPF_ABS, 0, 0, 12 },
		{ BPF_JMP | BPF_JEQ | BPF_K, 1, 0, ETH_P_IP },
		{ BPF_RET | BPF_K, 0, 0, 0 },
		{ BPF_RET | BPF_K, 0, 0, FRAME },
	};
	struct sock_fprog filter = { sizeof(code) / sizeof(code[0]), code };
	struct tpacket_req3 ring = { .tp_block_size = BLOCK,
				     .tp_block_nr = BLOCKS,
				     .tp_frame_size = 2048,
				     .tp_frame_nr = BLOCK / 2048 * BLOCKS,
				     .tp_retire_blk_tov = 1 };
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_ALL),
				  .sll_ifindex = b->index };
	int v3 = TPACKET_V3, on = 1;

	b->fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (b->fd < 0 || setsockopt(b->fd, SOL_PACKET, PACKET_VERSION, &v3, sizeof(v3)) < 0 ||
	    setsockopt(b->fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) < 0 ||
	    setsockopt(b->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)) < 0 ||
	    setsockopt(b->fd, SOL_PACKET, PACKET_RX_RING, &ring, sizeof(ring)) < 0 ||
	    bind(b->fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		die("packet socket");
	b->ring = mmap(NULL, (size_t)BLOCK * BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED, b->fd, 0);
	if (b->ring == MAP_FAILED)
		die("ring");
}

static void packet_send(struct blast *b, uint64_t total)
{
	static uint8_t frame[BATCH][FRAME];
	struct iovec iov[BATCH];
	struct mmsghdr m[BATCH];
	unsigned n = 0;
	int sent;

	memset(m, 0, sizeof(m));
	for (; n < BATCH && b->sent + n < total; n++) {
		iov[n] = (struct iovec){ frame[n], build(b, b->sent + n, frame[n]) };
		m[n].msg_hdr.msg_iov = &iov[n];
		m[n].msg_hdr.msg_iovlen = 1;
	}
	sent = sendmmsg(b->fd, m, n, 0);
	if (sent > 0)
		b->sent += (unsigned)sent;
	else if (errno != ENOBUFS && errno != EAGAIN)
		die("sending");
}

/* Returns whether something was there. */
static bool packet_take(struct blast *b)
{
	bool any = false;

	for (;;) {
		struct tpacket_block_desc *d = (void *)(b->ring + (size_t)b->block * BLOCK);
		struct tpacket3_hdr *h = (void *)((uint8_t *)d + d->hdr.bh1.offset_to_first_pkt);

		if (!(__atomic_load_n(&d->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
			return any;
		for (unsigned i = 0; i < d->hdr.bh1.num_pkts; i++) {
			b->answers += is_answer(b, (uint8_t *)h + h->tp_mac, h->tp_snaplen);
			h = (void *)((uint8_t *)h + h->tp_next_offset);
		}
		__atomic_store_n(&d->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
		b->block = (b->block + 1) % BLOCKS;
		any = true;
	}
}

/* Frames 0..XDP_RING-1 are for sending, as many after them for what arrives. */
static void xdp_open(struct blast *b, const char *name)
{
	struct xsk_umem_config area = { .fill_size = XDP_RING,
					.comp_size = XDP_RING,
					.frame_size = XDP_FRAME };
	struct xsk_socket_config conf = { .rx_size = XDP_RING,
					  .tx_size = XDP_RING,
					  .xdp_flags = XDP_FLAGS_DRV_MODE,
					  .bind_flags = XDP_COPY };
	size_t size = (size_t)2 * XDP_RING * XDP_FRAME;
	uint32_t at;
	int r = -EBUSY;

	b->umem = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (b->umem == MAP_FAILED ||
	    xsk_umem__create(&b->area, b->umem, size, &b->fill, &b->done, &area) < 0)
		die("AF_XDP memory");
	/* A queue that was just given back is busy for some more ms. */
	for (int i = 0; i < 100 && r == -EBUSY; i++) {
		r = xsk_socket__create(&b->xsk, name, 0, b->area, &b->rx, &b->tx, &conf);
		if (r == -EBUSY)
			usleep(10000);
	}
	errno = -r;
	if (r < 0)
		die("AF_XDP socket");
	if (xsk_ring_prod__reserve(&b->fill, XDP_RING, &at) != XDP_RING)
		die("AF_XDP ring");
	for (uint32_t i = 0; i < XDP_RING; i++)
		*xsk_ring_prod__fill_addr(&b->fill, at + i) = (uint64_t)(XDP_RING + i) * XDP_FRAME;
	xsk_ring_prod__submit(&b->fill, XDP_RING);
	b->fd = xsk_socket__fd(b->xsk);
}

static void xdp_send(struct blast *b, uint64_t total)
{
	uint32_t at, n = xsk_ring_cons__peek(&b->done, XDP_RING, &at);

	xsk_ring_cons__release(&b->done, n);
	b->in_flight -= n;
	n = XDP_RING - b->in_flight;
	n = n < XDP_BATCH ? n : XDP_BATCH;
	n = n < total - b->sent ? n : (uint32_t)(total - b->sent);
	n = xsk_ring_prod__reserve(&b->tx, n, &at);
	for (uint32_t i = 0; i < n; i++) {
		uint64_t where = (b->sent + i) % XDP_RING * XDP_FRAME;
		struct xdp_desc *d = xsk_ring_prod__tx_desc(&b->tx, at + i);

		*d = (struct xdp_desc){ .addr = where };
		d->len = (uint32_t)build(b, b->sent + i, b->umem + where);
	}
	xsk_ring_prod__submit(&b->tx, n);
	b->in_flight += n;
	b->sent += n;
	sendto(b->fd, NULL, 0, MSG_DONTWAIT, NULL, 0);
}

static bool xdp_take(struct blast *b)
{
	uint32_t from, to, n = xsk_ring_cons__peek(&b->rx, XDP_RING, &from);

	/* What the last sendto() left behind leaves with this one. */
	if (b->in_flight)
		sendto(b->fd, NULL, 0, MSG_DONTWAIT, NULL, 0);
	if (n == 0 || xsk_ring_prod__reserve(&b->fill, n, &to) != n)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		const struct xdp_desc *d = xsk_ring_cons__rx_desc(&b->rx, from + i);

		b->answers += is_answer(b, b->umem + d->addr, d->len);
		*xsk_ring_prod__fill_addr(&b->fill, to + i) = d->addr - d->addr % XDP_FRAME;
	}
	xsk_ring_cons__release(&b->rx, n);
	xsk_ring_prod__submit(&b->fill, n);
	return true;
}

static void run(struct blast *b)
{
	uint64_t total = b->ports ? b->n * b->ports : b->n, start_ns = now(), last_ns = start_ns;

	while (b->sent < total || (b->answers < total && now() - last_ns < QUIET_NS)) {
		struct pollfd p = { b->fd, POLLIN, 0 };

		if (b->sent < total) {
			if (b->xsk)
				xdp_send(b, total);
			else
				packet_send(b, total);
			last_ns = now();
		} else if (!b->xsk) {
			poll(&p, 1, 1);
		}
		if (b->xsk ? xdp_take(b) : packet_take(b))
			last_ns = now();
	}
	/* The wait for answers that did not come is not counted. */
	printf("sent=%llu answers=%llu seconds=%.4f pps=%.0f\n", (unsigned long long)b->sent,
	       (unsigned long long)b->answers, (double)(last_ns - start_ns) / 1e9,
	       (double)b->sent / ((double)(last_ns - start_ns) / 1e9));
}

static uint32_t address(const char *text)
{
	struct in_addr a;

	if (inet_pton(AF_INET, text, &a) != 1) {
		fprintf(stderr, "blast: '%s' is no IPv4 address\n", text);
		exit(2);
	}
	return ntohl(a.s_addr);
}

int main(int argc, char **argv)
{
	struct blast b = { 0 };
	struct ifreq q = { 0 };
	bool xdp = false;

	if (argc < 6 ||
	    sscanf(argv[2], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &b.gateway[0], &b.gateway[1],
		   &b.gateway[2], &b.gateway[3], &b.gateway[4], &b.gateway[5]) != 6) {
		fprintf(stderr,
			"usage: blast IF GATEWAY-MAC SOURCE FIRST N [--syn PORTS] [--xdp]\n");
		return 2;
	}
	b.index = (int)if_nametoindex(argv[1]);
	b.source = address(argv[3]);
	b.first = address(argv[4]);
	b.n = strtoull(argv[5], NULL, 10);
	for (int i = 6; i < argc; i++) {
		if (!strcmp(argv[i], "--xdp"))
			xdp = true;
		else if (!strcmp(argv[i], "--syn") && i + 1 < argc)
			b.ports = (uint32_t)strtoul(argv[++i], NULL, 10);
	}
	snprintf(q.ifr_name, sizeof(q.ifr_name), "%s", argv[1]);
	b.fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (b.index == 0 || ioctl(b.fd, SIOCGIFHWADDR, &q) < 0)
		die(argv[1]);
	memcpy(b.own, q.ifr_hwaddr.sa_data, 6);
	close(b.fd);
	if (xdp)
		xdp_open(&b, argv[1]);
	else
		packet_open(&b);
	run(&b);
	if (b.xsk) {
		xsk_socket__delete(b.xsk);
		xsk_umem__delete(b.area);
	}
	return b.answers > 0 ? 0 : 1;
}
