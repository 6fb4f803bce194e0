/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pio/icmpsock.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pio/stamp.h"
#include "sys/clock.h"

#define STAMP_AGE_MAX (10 * NS_PER_S) /* an older time stamp is the sign of a clock that was set */

/* One row a socket option; those marked must work for the answers to be right. */
struct option {
	int level, name, value;
	bool must;
};

static int set_all(int fd, const struct option *o, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (setsockopt(fd, o[i].level, o[i].name, &o[i].value, sizeof(o[i].value)) < 0 &&
		    o[i].must)
			return err_set(err, -errno, "setting option %d/%d of a socket: %s",
				       o[i].level, o[i].name, strerror(errno));
	}
	return 0;
}

static int set_options(int fd, const struct pio_conf *c, struct err *err)
{
	int hops = c->hops > 0 ? c->hops : -1; /* -1: the kernel's default, in both families */
	const struct option common[] = {
		{ SOL_SOCKET, SO_TIMESTAMPNS, 1, true },
		{ SOL_SOCKET, SO_RCVBUF, ICMPSOCK_RCVBUF, false },
		{ SOL_SOCKET, SO_RCVBUFFORCE, ICMPSOCK_RCVBUF, false },
	};
	const struct option v4[] = {
		{ IPPROTO_IP, IP_RECVTTL, 1, true },
		{ IPPROTO_IP, IP_PKTINFO, 1, true },
		{ IPPROTO_IP, IP_TTL, hops, c->hops > 0 },
		{ IPPROTO_IP, IP_MULTICAST_TTL, hops, c->hops > 0 },
	};
	const struct option v6[] = {
		{ IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1, true },
		{ IPPROTO_IPV6, IPV6_RECVPKTINFO, 1, true },
		{ IPPROTO_IPV6, IPV6_UNICAST_HOPS, hops, c->hops > 0 },
		{ IPPROTO_IPV6, IPV6_MULTICAST_HOPS, hops, c->hops > 0 },
	};
	int r = set_all(fd, common, ARRAY_LEN(common), err);

	if (r < 0)
		return r;
	return c->family == 4 ? set_all(fd, v4, ARRAY_LEN(v4), err)
			      : set_all(fd, v6, ARRAY_LEN(v6), err);
}

/* Since Linux 5.7 no capability is needed to bind to a device for the first time. */
static int bind_all(int fd, const struct pio_conf *c, struct err *err)
{
	union sockaddr_ip a;
	char text[IP_TEXT_LEN];
	socklen_t len;

	if (c->iface && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, c->iface,
				   (socklen_t)strlen(c->iface) + 1) < 0)
		return err_set(err, errno == EPERM ? -EPERM : -ENODEV,
			       "binding to interface '%s': %s", c->iface, strerror(errno));
	if (c->source.family != c->family)
		return 0;
	len = sockaddr_to(&c->source, 0, &a);
	if (bind(fd, &a.any, len) < 0)
		return err_set(err, errno == EACCES ? -EPERM : -EADDRNOTAVAIL,
			       "sending from %s: %s (it must be an address of this host)",
			       ip_format(&c->source, text), strerror(errno));
	return 0;
}

static int open_socket(const struct pio_conf *conf, int type, int proto, int *ret_fd,
		       struct err *err)
{
	int domain = conf->family == 4 ? AF_INET : AF_INET6;
	int fd = socket(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, proto);
	int r;

	if (fd < 0 && (errno == EPERM || errno == EACCES))
		return -EPERM;
	if (fd < 0)
		return err_set(err, -errno, "opening an %s socket: %s",
			       proto == IPPROTO_UDP ? "UDP"
			       : conf->family == 6  ? "ICMPv6"
						    : "ICMP",
			       strerror(errno));
	r = set_options(fd, conf, err);
	if (r == 0)
		r = bind_all(fd, conf, err);
	if (r < 0) {
		close(fd);
		return r;
	}
	*ret_fd = fd;
	return 0;
}

int icmpsock_open(const struct pio_conf *conf, int type, int *ret_fd, struct err *err)
{
	int proto = conf->family == 4 ? (int)IPPROTO_ICMP : (int)IPPROTO_ICMPV6;

	return open_socket(conf, type, proto, ret_fd, err);
}

int icmpsock_open_udp(const struct pio_conf *conf, int *ret_fd, struct err *err)
{
	return open_socket(conf, SOCK_DGRAM, IPPROTO_UDP, ret_fd, err);
}

int icmpsock_number(int fd, const struct pio_conf *c, struct err *err)
{
	union sockaddr_ip a;
	struct ip_addr any = { .family = (uint8_t)c->family };
	socklen_t len = sockaddr_to(&any, 0, &a);

	if (c->source.family != c->family && bind(fd, &a.any, len) < 0)
		return err_set(err, -errno, "binding a socket: %s", strerror(errno));
	len = sizeof(a);
	if (getsockname(fd, &a.any, &len) < 0)
		return err_set(err, -errno, "asking a socket its number: %s", strerror(errno));
	return sockaddr_port(&a);
}

int icmpsock_want_errors(int fd, int family, struct err *err)
{
	const struct option v4 = { IPPROTO_IP, IP_RECVERR, 1, true };
	const struct option v6 = { IPPROTO_IPV6, IPV6_RECVERR, 1, true };

	return set_all(fd, family == 4 ? &v4 : &v6, 1, err);
}

int icmpsock_send(int fd, const struct pio_frame *f, size_t n)
{
	struct mmsghdr m[PIO_BATCH] = { 0 };
	struct iovec iov[PIO_BATCH];
	union sockaddr_ip to[PIO_BATCH];
	int r;

	n = MIN(n, PIO_BATCH);
	for (size_t i = 0; i < n; i++) {
		iov[i] = (struct iovec){ f[i].p, f[i].len };
		m[i].msg_hdr.msg_iov = &iov[i];
		m[i].msg_hdr.msg_iovlen = 1;
		m[i].msg_hdr.msg_name = &to[i];
		m[i].msg_hdr.msg_namelen = sockaddr_to(&f[i].peer, 0, &to[i]);
	}
	do
		r = sendmmsg(fd, m, (unsigned)n, 0);
	while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r;
}

/* A clock that is set during a run costs at most the one answer that was waiting to be read. */
static uint64_t arrived_ns(const struct timespec *stamp)
{
	uint64_t then_ns = (uint64_t)stamp->tv_sec * NS_PER_S + (uint64_t)stamp->tv_nsec;
	struct stamp_clocks now = stamp_clocks_read();

	return stamp_mono(then_ns, &now, now.mono - MIN(now.mono, STAMP_AGE_MAX));
}

static void read_hops(struct pio_frame *f, const void *data)
{
	int v;

	memcpy(&v, data, sizeof(v));
	f->hops = (int16_t)v;
}

static void read_time(struct pio_frame *f, const void *data)
{
	struct timespec t;

	memcpy(&t, data, sizeof(t));
	f->t_ns = arrived_ns(&t);
}

static void read_local4(struct pio_frame *f, const void *data)
{
	struct in_pktinfo info;

	memcpy(&info, data, sizeof(info));
	f->local = ip_from(4, &info.ipi_addr);
}

static void read_local6(struct pio_frame *f, const void *data)
{
	struct in6_pktinfo info;

	memcpy(&info, data, sizeof(info));
	f->local = ip_from(6, &info.ipi6_addr);
	if (ip_kind(&f->local) == IP_LINK_LOCAL)
		f->local.zone = info.ipi6_ifindex;
}

/* An ICMP error as the kernel tells it: who said what; the octets are what we had sent. */
static void read_error(struct pio_frame *f, const void *data, size_t offender_len)
{
	struct sock_extended_err e;
	union sockaddr_ip offender = { 0 };

	memcpy(&e, data, sizeof(e));
	if (e.ee_origin != SO_EE_ORIGIN_ICMP && e.ee_origin != SO_EE_ORIGIN_ICMP6)
		return;
	memcpy(&offender, (const uint8_t *)data + sizeof(e), offender_len);
	f->kind = PIO_ERROR;
	f->type = e.ee_type;
	f->code = e.ee_code;
	f->mtu = e.ee_info;
	if (!(e.ee_rfc4884.flags & SO_EE_RFC4884_FLAG_INVALID))
		f->ext_at = e.ee_rfc4884.len;
	f->dst = f->peer;
	f->peer = sockaddr_of(&offender);
}

static void read_error4(struct pio_frame *f, const void *data)
{
	read_error(f, data, sizeof(struct sockaddr_in));
}

static void read_error6(struct pio_frame *f, const void *data)
{
	read_error(f, data, sizeof(struct sockaddr_in6));
}

/* One row a control message: what it is called, how long it must be, who reads it. */
struct control {
	int level, type;
	size_t len;
	void (*read)(struct pio_frame *f, const void *data);
};

static const struct control controls[] = {
	{ SOL_SOCKET, SCM_TIMESTAMPNS, sizeof(struct timespec), read_time },
	{ IPPROTO_IP, IP_TTL, sizeof(int), read_hops },
	{ IPPROTO_IP, IP_PKTINFO, sizeof(struct in_pktinfo), read_local4 },
	{ IPPROTO_IP, IP_RECVERR, sizeof(struct sock_extended_err) + sizeof(struct sockaddr_in),
	  read_error4 },
	{ IPPROTO_IPV6, IPV6_HOPLIMIT, sizeof(int), read_hops },
	{ IPPROTO_IPV6, IPV6_PKTINFO, sizeof(struct in6_pktinfo), read_local6 },
	{ IPPROTO_IPV6, IPV6_RECVERR,
	  sizeof(struct sock_extended_err) + sizeof(struct sockaddr_in6), read_error6 },
};

static void read_control(struct pio_frame *f, const struct cmsghdr *c)
{
	for (size_t i = 0; i < ARRAY_LEN(controls); i++) {
		if (c->cmsg_level == controls[i].level && c->cmsg_type == controls[i].type &&
		    c->cmsg_len >= CMSG_LEN(controls[i].len))
			controls[i].read(f, CMSG_DATA(c));
	}
}

static void fill(struct pio_frame *f, struct mmsghdr *m, const union sockaddr_ip *from)
{
	f->len = MIN(m->msg_len, f->room);
	f->icmp = (struct span){ f->p, f->len };
	f->peer = sockaddr_of(from);
	f->kind = PIO_MESSAGE;
	f->local = f->dst = (struct ip_addr){ 0 };
	f->type = f->code = 0;
	f->mtu = 0;
	f->ext_at = 0;
	f->hops = -1;
	f->verified = false;
	f->t_ns = clock_mono_ns();
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m->msg_hdr); c; c = CMSG_NXTHDR(&m->msg_hdr, c))
		read_control(f, c);
}

int icmpsock_recv(int fd, int flags, struct icmpsock_batch *b, struct pio_frame *f, size_t n)
{
	int r;

	n = MIN(n, PIO_BATCH);
	memset(b->from, 0, n * sizeof(b->from[0]));
	for (size_t i = 0; i < n; i++) {
		b->iov[i] = (struct iovec){ f[i].p, f[i].room };
		b->m[i].msg_hdr = (struct msghdr){
			.msg_name = &b->from[i],
			.msg_namelen = sizeof(b->from[i]),
			.msg_iov = &b->iov[i],
			.msg_iovlen = 1,
			.msg_control = b->control[i],
			.msg_controllen = sizeof(b->control[i]),
		};
	}
	do
		r = recvmmsg(fd, b->m, (unsigned)n, flags | MSG_DONTWAIT, NULL);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	for (int i = 0; i < r; i++)
		fill(&f[i], &b->m[i], &b->from[i]);
	return r > 0 ? r : -EAGAIN;
}
