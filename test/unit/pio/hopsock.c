/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include "pio/hopsock.h"
#include "sys/clock.h"

#define WAIT_MS 2000

struct seen {
	unsigned n;
	struct pio_hopsock_event last;
	uint8_t octets[64];
	size_t len;
};

static void saw(void *to, const struct pio_hopsock_event *e)
{
	struct seen *s = to;

	s->n++;
	s->last = *e;
	s->len = e->octets.len < sizeof(s->octets) ? e->octets.len : sizeof(s->octets);
	if (s->len > 0)
		memcpy(s->octets, e->octets.p, s->len);
}

static void wait_for(struct pio_hopsock *h, struct seen *s, unsigned n)
{
	uint64_t until = clock_mono_ns() + WAIT_MS * NS_PER_MS;

	while (s->n < n && clock_mono_ns() < until) {
		struct pollfd p = { pio_hopsock_fd(h), POLLIN, 0 };

		poll(&p, 1, 50);
		CHECK(pio_hopsock_take(h, saw, s) >= 0);
	}
	CHECK_EQ(s->n, n);
}

static struct ip_addr loopback(int family)
{
	return family == 4 ? ip4_make(127, 0, 0, 1) : (struct ip_addr){ 6, { [15] = 1 }, 0 };
}

/* A UDP socket on loopback; nobody listens at its port once it is closed. */
static int listener(int family, uint16_t *ret_port)
{
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in a4 = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr *a = family == 4 ? (struct sockaddr *)&a4 : (struct sockaddr *)&a6;
	socklen_t len = family == 4 ? sizeof(a4) : sizeof(a6);
	int fd = socket(family == 4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, a, len) < 0)
		test_skip("no loopback of this family");
	CHECK_EQ(getsockname(fd, a, &len), 0);
	*ret_port = ntohs(family == 4 ? a4.sin_port : a6.sin6_port);
	return fd;
}

static struct pio_hopsock *open_udp(size_t flows)
{
	const struct pio_hopsock_conf conf = { .kind = PIO_HOPSOCK_UDP, .flows = flows };
	struct pio_hopsock *h = NULL;

	CHECK_EQ(pio_hopsock_open(&conf, &h, NULL), 0);
	return h;
}

static void errors_of(int family)
{
	struct pio_hopsock *h = open_udp(3);
	struct pio_hopsock_message m = { .dst = loopback(family),
					 .flow = 2,
					 .hops = 5,
					 .tos = 0x28,
					 .df = true,
					 .octets = { (const uint8_t *)"question", 8 } };
	struct seen s = { 0 };
	int id;

	close(listener(family, &m.port));
	id = pio_hopsock_id(h, family, 2);
	CHECK(id > 0);
	/* The second one meets the news about the first. */
	for (unsigned n = 1; n <= 3; n++) {
		CHECK_EQ(pio_hopsock_send(h, &m), 0);
		if (n != 2)
			wait_for(h, &s, n);
	}
	CHECK(s.last.error);
	CHECK_EQ(s.last.flow, 2);
	CHECK_EQ(s.last.type, family == 4 ? 3 : 1);
	CHECK_EQ(s.last.code, family == 4 ? 3 : 4);
	CHECK_EQ(s.last.port, m.port);
	CHECK_EQ(s.last.mtu, 0);
	CHECK(s.last.ttl > 0);
	CHECK(ip_eq(&s.last.dst, &m.dst) && ip_eq(&s.last.from, &m.dst));
	CHECK_EQ(s.len, 8);
	CHECK_MEM(s.octets, "question", 8);
	CHECK_EQ(s.last.ext.len, 0);
	CHECK(s.last.t_ns <= clock_mono_ns() && s.last.t_ns + 5 * NS_PER_S > clock_mono_ns());
	CHECK_EQ(pio_hopsock_id(h, family, 2), id);
	CHECK_EQ(pio_hopsock_take(h, saw, &s), 0);
	pio_hopsock_close(h);
}

TEST(hopsock_tells_errors_of_its_messages)
{
	errors_of(4);
}

TEST(hopsock_tells_errors_of_ipv6_too)
{
	errors_of(6);
}

TEST(hopsock_sends_with_hops_and_class_and_tells_answers)
{
	struct pio_hopsock *h = open_udp(1);
	struct pio_hopsock_message m = { .dst = loopback(4),
					 .octets = { (const uint8_t *)"question", 8 } };
	int fd = listener(4, &m.port), on = 1;
	struct sockaddr_in from;
	struct seen s = { 0 };

	CHECK_EQ(setsockopt(fd, IPPROTO_IP, IP_RECVTTL, &on, sizeof(on)), 0);
	CHECK_EQ(setsockopt(fd, IPPROTO_IP, IP_RECVTOS, &on, sizeof(on)), 0);
	for (int i = 1; i < 4; i++) {
		uint8_t buf[16], control[128];
		struct iovec iov = { buf, sizeof(buf) };
		struct msghdr q = { &from, sizeof(from), &iov, 1, control, sizeof(control), 0 };
		int ttl = -1, tos = -1;

		m.hops = (uint8_t)(60 + i);
		m.tos = (uint8_t)(8 * i);
		m.df = i != 2;
		CHECK_EQ(pio_hopsock_send(h, &m), 0);
		CHECK_EQ(recvmsg(fd, &q, 0), 8);
		for (struct cmsghdr *c = CMSG_FIRSTHDR(&q); c; c = CMSG_NXTHDR(&q, c)) {
			if (c->cmsg_type == IP_TTL)
				memcpy(&ttl, CMSG_DATA(c), sizeof(ttl));
			if (c->cmsg_type == IP_TOS)
				tos = *CMSG_DATA(c);
		}
		CHECK_EQ(ttl, 60 + i);
		CHECK_EQ(tos, 8 * i);
		CHECK_EQ(ntohs(from.sin_port), pio_hopsock_id(h, 4, 0));
		CHECK_EQ(sendto(fd, "answer", 6, 0, (struct sockaddr *)&from, sizeof(from)), 6);
		wait_for(h, &s, (unsigned)i);
		CHECK(!s.last.error);
		CHECK_EQ(s.last.flow, 0);
		CHECK_EQ(s.last.port, m.port);
		CHECK(ip_eq(&s.last.from, &m.dst) && ip_eq(&s.last.dst, &m.dst));
		CHECK_EQ(s.len, 6);
		CHECK_MEM(s.octets, "answer", 6);
	}
	close(fd);
	pio_hopsock_close(h);
}

TEST(hopsock_refuses_what_it_cannot_send)
{
	static const uint8_t zeros[65600];
	struct pio_hopsock *h = open_udp(2);
	struct pio_hopsock_message m = {
		.dst = loopback(4), .port = 9, .hops = 1, .df = true, .octets = { zeros, 8 }
	};
	int a = pio_hopsock_id(h, 4, 0), b = pio_hopsock_id(h, 4, 1);

	CHECK(a > 0 && b > 0 && a != b);
	CHECK_EQ(pio_hopsock_id(h, 4, 2), -EINVAL);
	CHECK_EQ(pio_hopsock_id(h, 5, 0), -EINVAL);
	m.flow = 2;
	CHECK_EQ(pio_hopsock_send(h, &m), -EINVAL);
	m.flow = 0;
	m.octets.len = sizeof(zeros);
	CHECK_EQ(pio_hopsock_send(h, &m), -EMSGSIZE);
	pio_hopsock_close(h);
	pio_hopsock_close(NULL);
}
