/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pio/plain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <arpa/inet.h>
#include <sys/socket.h>

#include <linux/if_packet.h>

#include "pio/stamp.h"
#include "pio/sumfill.h"

#define BATCH       32
#define PACKET_MAX  65536 /* octets */
#define CONTROL_LEN 256
#define AGE_MAX     (10 * NS_PER_S) /* an older stamp is the sign of a clock that was set */
#define VLAN_ID     0xfff

struct plain {
	int fd; /* borrowed */
	struct mmsghdr m[BATCH];
	struct iovec iov[BATCH];
	struct sockaddr_ll from[BATCH];
	uint8_t control[BATCH][CONTROL_LEN] __attribute__((aligned(8)));
	uint8_t octet[BATCH][PACKET_MAX]; /* of which only what arrives is ever touched */
};

/* Tag 0 is a priority alone (802.1Q, 6.9.1). */
bool plain_wants(const struct sockaddr_ll *from, uint32_t status, uint16_t tci)
{
	if (from->sll_pkttype == PACKET_OUTGOING || from->sll_pkttype == PACKET_OTHERHOST)
		return false;
	return !(status & TP_STATUS_VLAN_VALID) || !(tci & VLAN_ID);
}

int plain_open(int fd, size_t len, struct plain **ret, struct err *err)
{
	struct plain *p = calloc(1, sizeof(*p));
	int one = 1, room = (int)MIN(len ? len : PLAIN_LEN, INT32_MAX / 2);

	if (!p)
		return err_set(err, -ENOMEM, "opening a packet socket: out of memory");
	p->fd = fd;
	/* What the first allows all may have, what the second does, the administrator. */
	(void)!setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	(void)!setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof(one)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one)) < 0) {
		int r = err_set(err, -errno, "setting up a packet socket: %s", strerror(errno));

		plain_close(p);
		return r;
	}
	*ret = p;
	return 0;
}

void plain_close(struct plain *p)
{
	free(p);
}

static void get_ready(struct plain *p, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		p->iov[i] = (struct iovec){ p->octet[i], PACKET_MAX };
		p->m[i].msg_hdr = (struct msghdr){ .msg_name = &p->from[i],
						   .msg_namelen = sizeof(p->from[i]),
						   .msg_iov = &p->iov[i],
						   .msg_iovlen = 1,
						   .msg_control = p->control[i],
						   .msg_controllen = CONTROL_LEN };
	}
}

/* The kernel's word on packet @i: its stamp, and what became of its tag and checksum. */
static void read_control(struct plain *p, unsigned i, uint64_t *ret_then_ns,
			 struct tpacket_auxdata *ret_aux)
{
	struct msghdr *h = &p->m[i].msg_hdr;
	struct timespec t;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS &&
		    c->cmsg_len >= CMSG_LEN(sizeof(t))) {
			memcpy(&t, CMSG_DATA(c), sizeof(t));
			*ret_then_ns = (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
		} else if (c->cmsg_level == SOL_PACKET && c->cmsg_type == PACKET_AUXDATA &&
			   c->cmsg_len >= CMSG_LEN(sizeof(*ret_aux))) {
			memcpy(ret_aux, CMSG_DATA(c), sizeof(*ret_aux));
		}
	}
}

static bool read_packet(struct plain *p, unsigned i, const struct stamp_clocks *now,
			struct pio_arrival *ret)
{
	const struct sockaddr_ll *from = &p->from[i];
	size_t len = MIN(p->m[i].msg_len, PACKET_MAX);
	struct tpacket_auxdata aux = { 0 };
	uint64_t then_ns = now->wall;

	read_control(p, i, &then_ns, &aux);
	if (!plain_wants(from, aux.tp_status, aux.tp_vlan_tci))
		return false;
	*ret = (struct pio_arrival){ .octets = { p->octet[i], len },
				     .type = ntohs(from->sll_protocol),
				     .ifindex = from->sll_ifindex,
				     .t_ns = stamp_mono(then_ns, now,
							now->mono - MIN(now->mono, AGE_MAX)) };
	if (from->sll_halen == ETH_ADDR_LEN)
		memcpy(ret->src.octet, from->sll_addr, ETH_ADDR_LEN);
	if (aux.tp_status & TP_STATUS_CSUMNOTREADY)
		sumfill(p->octet[i], len);
	return true;
}

int plain_recv(struct plain *p, unsigned n, void (*each)(void *to, const struct pio_arrival *a),
	       void *to)
{
	unsigned got = 0;

	while (got < n) {
		unsigned want = MIN(n - got, BATCH);
		struct stamp_clocks now;
		struct pio_arrival a;
		int r;

		get_ready(p, want);
		r = recvmmsg(p->fd, p->m, want, MSG_DONTWAIT, NULL);
		if (r < 0 && errno == EINTR)
			continue;
		/* That the interface went down is told once, by an errno. */
		if (r < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
			return got ? (int)got : -errno;
		if (r <= 0)
			break;
		now = stamp_clocks_read();
		for (unsigned i = 0; i < (unsigned)r; i++) {
			if (read_packet(p, i, &now, &a)) {
				each(to, &a);
				got++;
			}
		}
		if ((unsigned)r < want)
			break;
	}
	return (int)got;
}
