/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/live.h"

#include <errno.h>
#include <ifaddrs.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <linux/filter.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include "base/ip.h"
#include "pio/filter.h"
#include "sys/caps.h"
#include "watch/sight.h"

#define BLOCK_LEN (256u << 10) /* holds the longest frame there is */
#define FRAME_LEN 2048         /* only checked by the kernel */
#define RETIRE_MS 50
#define SLL_LEN   16
#define OWN_MAX   256 /* addresses of this host; of further ones what leaves is taken for its own */

struct capture_live {
	int fd;
	const char *const *iface; /* borrowed */
	size_t n;
	unsigned index[CAPTURE_LIVE_IFACES]; /* of .iface; 0: not there now */
	unsigned up;                         /* interfaces watched */
	struct ip_addr own[OWN_MAX];
	size_t own_n;
	uint8_t *map;
	unsigned blocks, at, left; /* .left frames of block .at are to be read */
	uint8_t *next;
	uint64_t number, dropped;
};

static void add_own(struct capture_live *l, const struct sockaddr *a)
{
	if (l->own_n == OWN_MAX)
		return;
	if (a->sa_family == AF_INET)
		l->own[l->own_n++] =
			ip_from(4, &((const struct sockaddr_in *)(const void *)a)->sin_addr);
	else if (a->sa_family == AF_INET6)
		l->own[l->own_n++] =
			ip_from(6, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr);
}

static unsigned count_up(void)
{
	struct if_nameindex *all = if_nameindex();
	unsigned n = 0;

	for (const struct if_nameindex *i = all; i && i->if_index > 0; i++)
		n++;
	if_freenameindex(all);
	return n;
}

unsigned capture_live_look(struct capture_live *l)
{
	struct ifaddrs *all = NULL;

	l->up = 0;
	for (size_t i = 0; i < l->n; i++) {
		l->index[i] = if_nametoindex(l->iface[i]);
		l->up += l->index[i] > 0;
	}
	if (l->n == 0)
		l->up = count_up();
	if (getifaddrs(&all) < 0)
		return l->up;
	l->own_n = 0;
	for (const struct ifaddrs *a = all; a; a = a->ifa_next)
		if (a->ifa_addr)
			add_own(l, a->ifa_addr);
	freeifaddrs(all);
	return l->up;
}

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

static int set_ring(struct capture_live *l, struct err *err)
{
	int version = TPACKET_V3, reserve = SLL_LEN;
	struct tpacket_req3 req = {
		.tp_block_size = BLOCK_LEN,
		.tp_block_nr = CAPTURE_LIVE_RING / BLOCK_LEN,
		.tp_frame_size = FRAME_LEN,
		.tp_frame_nr = CAPTURE_LIVE_RING / FRAME_LEN,
		.tp_retire_blk_tov = RETIRE_MS,
	};

	/* The reserve lies in front of the network header: it is where the cooked one is written. */
	if (setsockopt(l->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) < 0 ||
	    setsockopt(l->fd, SOL_PACKET, PACKET_RESERVE, &reserve, sizeof(reserve)) < 0 ||
	    setsockopt(l->fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)) < 0)
		return err_set(err, -errno, "making a ring for packets: %s", strerror(errno));
	l->blocks = req.tp_block_nr;
	l->map = mmap(NULL, CAPTURE_LIVE_RING, PROT_READ | PROT_WRITE, MAP_SHARED, l->fd, 0);
	if (l->map == MAP_FAILED) {
		l->map = NULL;
		return err_set(err, -errno, "mapping a ring for packets: %s", strerror(errno));
	}
	return 0;
}

static int check_names(struct capture_live *l, struct err *err)
{
	if (l->n > CAPTURE_LIVE_IFACES)
		return err_set(err, -E2BIG, "at most %d interfaces can be named",
			       CAPTURE_LIVE_IFACES);
	for (size_t i = 0; i < l->n; i++)
		if (if_nametoindex(l->iface[i]) == 0)
			return err_set(err, -ENODEV, "there is no interface '%.32s'", l->iface[i]);
	return 0;
}

/* Bound to all interfaces: one that goes away and comes back is seen again. */
static int start(struct capture_live *l, const char *filter, struct err *err)
{
	struct sockaddr_ll all = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int r;

	l->fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd < 0 && errno == EPERM)
		return caps_missing("CAP_NET_RAW", "watching interfaces", err);
	if (l->fd < 0)
		return err_set(err, -errno, "opening a packet socket: %s", strerror(errno));
	r = set_filter(l->fd, filter, err);
	if (r == 0)
		r = set_ring(l, err);
	if (r == 0 && bind(l->fd, (struct sockaddr *)&all, sizeof(all)) < 0)
		r = err_set(err, -errno, "watching interfaces: %s", strerror(errno));
	return r;
}

int capture_live_open(const char *const *iface, size_t n, const char *filter,
		      struct capture_live **ret, struct err *err)
{
	AUTO(capture_live_closep) struct capture_live *l = calloc(1, sizeof(*l));
	int r;

	if (!l)
		return err_set(err, -ENOMEM, "watching interfaces: out of memory");
	l->fd = -1;
	l->iface = iface;
	l->n = n;
	r = check_names(l, err);
	if (r == 0)
		capture_live_look(l);
	if (r == 0)
		r = start(l, filter, err);
	if (r < 0)
		return r;
	*ret = l;
	l = NULL;
	return 0;
}

void capture_live_close(struct capture_live *l)
{
	if (!l)
		return;
	if (l->map)
		munmap(l->map, CAPTURE_LIVE_RING);
	if (l->fd >= 0)
		close(l->fd);
	free(l);
}

void capture_live_closep(struct capture_live **l)
{
	capture_live_close(*l);
}

int capture_live_fd(const struct capture_live *l)
{
	return l->fd;
}

static bool is_watched(const struct capture_live *l, unsigned index)
{
	if (l->n == 0)
		return true;
	for (size_t i = 0; i < l->n; i++)
		if (l->index[i] == index)
			return true;
	return false;
}

/* Whether what leaves was made by somebody else: then it came in before. */
static bool is_relayed(const struct capture_live *l, uint16_t type, struct span ip)
{
	struct ip_addr src;

	if (type == ETH_P_IP && ip.len >= 20)
		src = ip_from(4, ip.p + 12);
	else if (type == ETH_P_IPV6 && ip.len >= 40)
		src = ip_from(6, ip.p + 8);
	else
		return false;
	if (ip_kind(&src) == IP_UNSPECIFIED || l->own_n == OWN_MAX)
		return false;
	for (size_t i = 0; i < l->own_n; i++)
		if (ip_eq(&l->own[i], &src))
			return false;
	return true;
}

/* A cooked header in front of @p: nothing of it is read but the EtherType. */
static void put_cooked(uint8_t *p, uint16_t type)
{
	memset(p - SLL_LEN, 0, SLL_LEN - 2);
	p[-2] = (uint8_t)(type >> 8);
	p[-1] = (uint8_t)type;
}

static enum sight_way way_of(uint8_t pkttype)
{
	if (pkttype == PACKET_OUTGOING)
		return SIGHT_OUT;
	return pkttype == PACKET_OTHERHOST ? SIGHT_PASSING : SIGHT_IN;
}

static bool read_frame(struct capture_live *l, struct tpacket3_hdr *h, struct capture_frame *ret)
{
	const struct sockaddr_ll *from =
		(const struct sockaddr_ll *)((uint8_t *)h + TPACKET_ALIGN(sizeof(*h)));
	uint8_t *p = (uint8_t *)h + h->tp_net;
	uint16_t type = ntohs(from->sll_protocol);
	bool out = from->sll_pkttype == PACKET_OUTGOING;
	bool loop = from->sll_hatype == ARPHRD_LOOPBACK;
	uint32_t head = from->sll_hatype == ARPHRD_ETHER || loop ? ETH_HLEN : 0;

	if (!is_watched(l, (unsigned)from->sll_ifindex) || (out && loop))
		return false;
	put_cooked(p, type);
	*ret = (struct capture_frame){
		.octets = { p - SLL_LEN, SLL_LEN + h->tp_snaplen },
		.t_ns = h->tp_sec * NS_PER_S + h->tp_nsec,
		.number = ++l->number,
		.source = (uint32_t)from->sll_ifindex,
		.link = LINK_SLL,
		.way = way_of(from->sll_pkttype),
		.wire_len = h->tp_len + head,
		.again = out && l->n != 1 && is_relayed(l, type, (struct span){ p, h->tp_snaplen }),
	};
	return true;
}

static struct tpacket_block_desc *block(const struct capture_live *l)
{
	return (struct tpacket_block_desc *)(l->map + (size_t)l->at * BLOCK_LEN);
}

/* Into the block that comes next, if the kernel has handed it over; out of the one that was read. */
static bool turn(struct capture_live *l)
{
	struct tpacket_block_desc *b = block(l);

	if (l->next) {
		__atomic_store_n(&b->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
		l->at = (l->at + 1) % l->blocks;
		l->next = NULL;
		b = block(l);
	}
	if (!(__atomic_load_n(&b->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
		return false;
	l->left = b->hdr.bh1.num_pkts;
	l->next = (uint8_t *)b + b->hdr.bh1.offset_to_first_pkt;
	return true;
}

int capture_live_next(struct capture_live *l, struct capture_frame *ret)
{
	for (;;) {
		struct tpacket3_hdr *h;

		if (l->left == 0 && !turn(l))
			return 0;
		if (l->left == 0)
			continue;
		h = (struct tpacket3_hdr *)l->next;
		l->left--;
		l->next += h->tp_next_offset;
		if (read_frame(l, h, ret))
			return 1;
	}
}

uint64_t capture_live_dropped(struct capture_live *l)
{
	struct tpacket_stats_v3 stats = { 0 };
	socklen_t len = sizeof(stats);

	/* Reading begins anew. */
	if (getsockopt(l->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len) == 0)
		l->dropped += stats.tp_drops;
	return l->dropped;
}
