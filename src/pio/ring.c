/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pio/ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include "pio/filter.h"
#include "pio/plain.h"
#include "pio/stamp.h"
#include "pio/sumfill.h"
#include "sys/caps.h"
#include "sys/clock.h"

/*
 * Each block that goes over by time may hold one packet only, so that many small blocks bridge a
 * longer pause of ours than few large ones: 256 of them, a quarter of a second at any trickle.
 */
#define BLOCK_LEN  (64u << 10)
#define BLOCKS_MIN 4
#define FRAME_LEN  2048 /* only checked by the kernel; packets of a block are as long as they are */
#define RETIRE_MS  1    /* the shortest there is */
#define STAMP_SLACK \
	(100 * NS_PER_MS) /* by which a stamp may precede the last look at an empty ring */

struct ring {
	int fd;
	struct plain *plain; /* NULL: there is a ring, which all below is about */
	uint8_t *map;
	size_t map_len;
	unsigned blocks, at;     /* .at is the block that is read or waited for */
	unsigned left;           /* packets of it that have not been handed over */
	uint8_t *next;           /* the first of those */
	struct stamp_clocks now; /* when the packets were read */
	uint64_t empty_ns;       /* monotonic; when the ring was last seen empty */
};

static struct tpacket_block_desc *block(const struct ring *r)
{
	return (struct tpacket_block_desc *)(r->map + (size_t)r->at * BLOCK_LEN);
}

/* Nothing that is read now had been handed over when the ring was empty; blocks go over late. */
static uint64_t arrived_ns(const struct ring *r, const struct tpacket3_hdr *h)
{
	uint64_t then_ns = (uint64_t)h->tp_sec * NS_PER_S + h->tp_nsec;

	return stamp_mono(then_ns, &r->now, r->empty_ns - MIN(r->empty_ns, STAMP_SLACK));
}

/* The filter goes first: what arrives before it does would be taken for an answer. */
static int set_filter(int fd, const char *text, struct err *err)
{
	struct filter f;
	struct sock_fprog program;
	int r = filter_compile(text, &f, err);

	if (r < 0)
		return r;
	program = (struct sock_fprog){ f.n, f.insn };
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0)
		r = err_set(err, -errno, "attaching a packet filter: %s", strerror(errno));
	filter_done(&f);
	return r;
}

static int set_ring(struct ring *r, size_t len, struct err *err)
{
	int version = TPACKET_V3, one = 1;
	struct tpacket_req3 req = {
		.tp_block_size = BLOCK_LEN,
		.tp_block_nr = (unsigned)MAX((len ? len : RING_LEN) / BLOCK_LEN, BLOCKS_MIN),
		.tp_frame_size = FRAME_LEN,
		.tp_retire_blk_tov = RETIRE_MS,
	};

	req.tp_frame_nr = BLOCK_LEN / FRAME_LEN * req.tp_block_nr;
	if (setsockopt(r->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) < 0 ||
	    setsockopt(r->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one)) < 0 ||
	    setsockopt(r->fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)) < 0)
		return err_set(err, -errno, "making a ring for packets: %s", strerror(errno));
	r->blocks = req.tp_block_nr;
	r->map_len = (size_t)r->blocks * BLOCK_LEN;
	r->map = mmap(NULL, r->map_len, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, 0);
	if (r->map == MAP_FAILED) {
		r->map = NULL;
		return err_set(err, -errno, "mapping a ring for packets: %s", strerror(errno));
	}
	return 0;
}

static int set_up(struct ring *r, const struct pio_packet_conf *conf, struct err *err)
{
	struct sockaddr_ll where = { .sll_family = AF_PACKET,
				     .sll_protocol = htons(ETH_P_ALL),
				     .sll_ifindex = conf->ifindex };
	int e = set_filter(r->fd, conf->filter, err);

	if (e == 0)
		e = conf->few ? plain_open(r->fd, conf->ring_len, &r->plain, err)
			      : set_ring(r, conf->ring_len, err);
	if (e < 0)
		return e;
	if (bind(r->fd, (struct sockaddr *)&where, sizeof(where)) < 0)
		return err_set(err, -errno, "receiving on interface number %d: %s", conf->ifindex,
			       strerror(errno));
	r->empty_ns = clock_mono_ns();
	return 0;
}

int ring_open(const struct pio_packet_conf *conf, struct ring **ret, struct err *err)
{
	struct ring *r = calloc(1, sizeof(*r));
	int e;

	if (!r)
		return err_set(err, -ENOMEM, "opening a packet socket: out of memory");
	/* Protocol 0: nothing arrives before bind(). */
	r->fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (r->fd < 0)
		e = errno == EPERM
			    ? caps_missing("CAP_NET_RAW", "receiving packets", err)
			    : err_set(err, -errno, "opening a packet socket: %s", strerror(errno));
	else
		e = set_up(r, conf, err);
	if (e < 0) {
		ring_close(r);
		return e;
	}
	*ret = r;
	return 0;
}

void ring_close(struct ring *r)
{
	if (!r)
		return;
	if (r->map)
		munmap(r->map, r->map_len);
	plain_close(r->plain);
	if (r->fd >= 0)
		close(r->fd);
	free(r);
}

int ring_fd(const struct ring *r)
{
	return r->fd;
}

/* Behind each header stands where the packet came from, aligned. */
static bool read_packet(const struct ring *r, struct tpacket3_hdr *h, struct pio_arrival *ret)
{
	const struct sockaddr_ll *from =
		(const struct sockaddr_ll *)((uint8_t *)h + TPACKET_ALIGN(sizeof(*h)));
	uint8_t *p = (uint8_t *)h + h->tp_net;

	if (!plain_wants(from, h->tp_status, (uint16_t)h->hv1.tp_vlan_tci))
		return false;
	ret->octets = (struct span){ p, h->tp_snaplen };
	ret->type = ntohs(from->sll_protocol);
	ret->src = (struct eth_addr){ 0 };
	if (from->sll_halen == ETH_ADDR_LEN)
		memcpy(ret->src.octet, from->sll_addr, ETH_ADDR_LEN);
	ret->t_ns = arrived_ns(r, h);
	if (h->tp_status & TP_STATUS_CSUMNOTREADY)
		sumfill(p, h->tp_snaplen);
	return true;
}

/* Enter the block that comes next, if the kernel has handed it over. */
static bool enter_block(struct ring *r)
{
	struct tpacket_block_desc *b = block(r);

	if (!(__atomic_load_n(&b->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
		return false;
	r->left = b->hdr.bh1.num_pkts;
	r->next = (uint8_t *)b + b->hdr.bh1.offset_to_first_pkt;
	return true;
}

static void leave_block(struct ring *r)
{
	__atomic_store_n(&block(r)->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	r->at = (r->at + 1) % r->blocks;
	r->next = NULL;
}

/* What an empty ring has to say: that the interface went down is told once. */
static int see_empty(struct ring *r)
{
	int pending = 0;
	socklen_t len = sizeof(pending);

	r->empty_ns = r->now.mono;
	if (getsockopt(r->fd, SOL_SOCKET, SO_ERROR, &pending, &len) < 0)
		return -errno;
	return -pending;
}

int ring_recv(struct ring *r, unsigned n, void (*each)(void *to, const struct pio_arrival *a),
	      void *to)
{
	struct pio_arrival a;
	unsigned got = 0;

	if (r->plain)
		return plain_recv(r->plain, n, each, to);
	r->now = stamp_clocks_read();
	while (got < n) {
		struct tpacket3_hdr *h;

		if (!r->next && !enter_block(r))
			return got ? (int)got : see_empty(r);
		for (; r->left > 0 && got < n; r->left--) {
			h = (struct tpacket3_hdr *)r->next;
			if (read_packet(r, h, &a)) {
				each(to, &a);
				got++;
			}
			r->next += h->tp_next_offset;
		}
		if (r->left == 0)
			leave_block(r);
	}
	return (int)got;
}

unsigned ring_drops(struct ring *r)
{
	struct tpacket_stats_v3 stats = { 0 };
	socklen_t len = sizeof(stats);

	if (getsockopt(r->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len) < 0)
		return 0;
	return stats.tp_drops;
}
