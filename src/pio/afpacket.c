/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pio/afpacket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#define RCVBUF_LEN   (256 << 20)
#define RING_WAITS   2000 /* of half a millisecond */
#define RING_WAIT_NS 500000

struct afpacket {
	int fd;
	struct mmsghdr in[AFPACKET_BATCH], out[AFPACKET_BATCH];
	struct iovec in_iov[AFPACKET_BATCH], out_iov[AFPACKET_BATCH];
	struct sockaddr_ll from[AFPACKET_BATCH];
	uint8_t frame[AFPACKET_BATCH][AFPACKET_FRAME_MAX];
};

static void set_int(int fd, int level, int name, int value)
{
	/* Each of these only makes things faster or larger; none is needed to be right. */
	(void)!setsockopt(fd, level, name, &value, sizeof(value));
}

int afpacket_take(int fd, struct afpacket **ret, struct err *err)
{
	struct sockaddr_ll all = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	struct afpacket *p = calloc(1, sizeof(*p));
	int one = 1, r = 0;

	if (!p) {
		close(fd);
		return err_set(err, -ENOMEM, "opening a packet socket: out of memory");
	}
	p->fd = fd;
	set_int(fd, SOL_SOCKET, SO_RCVBUF, RCVBUF_LEN);
	set_int(fd, SOL_SOCKET, SO_RCVBUFFORCE, RCVBUF_LEN);
	set_int(fd, SOL_PACKET, PACKET_QDISC_BYPASS, 1);
	if (setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one)) < 0 ||
	    bind(fd, (struct sockaddr *)&all, sizeof(all)) < 0)
		r = -errno;
	if (r < 0) {
		afpacket_close(p);
		return err_set(err, r, "setting up a packet socket: %s", strerror(-r));
	}
	for (size_t i = 0; i < AFPACKET_BATCH; i++) {
		p->in_iov[i] = (struct iovec){ p->frame[i], AFPACKET_FRAME_MAX };
		p->in[i].msg_hdr = (struct msghdr){ .msg_iov = &p->in_iov[i],
						    .msg_iovlen = 1,
						    .msg_name = &p->from[i],
						    .msg_namelen = sizeof(p->from[i]) };
		p->out[i].msg_hdr = (struct msghdr){ .msg_iov = &p->out_iov[i], .msg_iovlen = 1 };
	}
	*ret = p;
	return 0;
}

void afpacket_close(struct afpacket *p)
{
	if (!p)
		return;
	close(p->fd);
	free(p);
}

void afpacket_closep(struct afpacket **p)
{
	afpacket_close(*p);
}

int afpacket_fd(const struct afpacket *p)
{
	return p->fd;
}

/* A full ring shows as ENOBUFS on a veth: the other end's softirq empties it soon. */
static int send_batch(struct afpacket *p, size_t n)
{
	const struct timespec wait = { .tv_nsec = RING_WAIT_NS };
	size_t at = 0;

	for (int waits = 0; at < n;) {
		int r = sendmmsg(p->fd, p->out + at, (unsigned)(n - at), 0);

		if (r > 0) {
			at += (size_t)r;
			continue;
		}
		if (errno == EINTR)
			continue;
		if ((errno != ENOBUFS && errno != EAGAIN) || ++waits > RING_WAITS)
			return -errno;
		nanosleep(&wait, NULL);
	}
	return 0;
}

int afpacket_send(struct afpacket *p, int ifindex, const struct span *frame, size_t n)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = ifindex, .sll_halen = 6 };

	while (n > 0) {
		size_t batch = MIN(n, (size_t)AFPACKET_BATCH);
		int r;

		for (size_t i = 0; i < batch; i++) {
			/* sendmsg does not write through iov_base. */
			p->out_iov[i].iov_base = (void *)(uintptr_t)frame[i].p;
			p->out_iov[i].iov_len = frame[i].len;
			p->out[i].msg_hdr.msg_name = &to;
			p->out[i].msg_hdr.msg_namelen = sizeof(to);
		}
		r = send_batch(p, batch);
		if (r < 0)
			return r;
		frame += batch;
		n -= batch;
	}
	return 0;
}

int afpacket_recv(struct afpacket *p, void (*each)(void *to, int ifindex, struct span frame),
		  void *to)
{
	int got = 0;

	for (;;) {
		int n = recvmmsg(p->fd, p->in, AFPACKET_BATCH, MSG_DONTWAIT, NULL);

		if (n < 0 && errno == EINTR)
			continue;
		/* An interface that went down reports itself once and takes nothing with it. */
		if (n < 0 && errno == ENETDOWN)
			continue;
		if (n < 0)
			return errno == EAGAIN ? got : -errno;
		for (int i = 0; i < n; i++) {
			each(to, p->from[i].sll_ifindex,
			     (struct span){ p->frame[i], p->in[i].msg_len });
			p->in[i].msg_hdr.msg_namelen = sizeof(p->from[i]);
		}
		got += n;
		if (n < AFPACKET_BATCH)
			return got;
	}
}

unsigned afpacket_drops(struct afpacket *p)
{
	struct tpacket_stats stats = { 0 };
	socklen_t len = sizeof(stats);

	if (getsockopt(p->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len) < 0)
		return 0;
	return stats.tp_drops;
}
