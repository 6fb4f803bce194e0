/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/sockets.h"

TEST(sockets_reach_says_how_far_a_bind_lets_others_come)
{
	static const struct {
		const char *addr;
		uint32_t ifindex;
		enum fact_reach want;
	} cases[] = {
		{ "127.0.0.1", 0, FACT_REACH_LOOPBACK },
		{ "127.255.255.254", 0, FACT_REACH_LOOPBACK },
		{ "127.0.0.1", 5, FACT_REACH_LOOPBACK },
		{ "::1", 0, FACT_REACH_LOOPBACK },
		{ "::ffff:127.0.0.1", 0, FACT_REACH_LOOPBACK },
		{ "0.0.0.0", 1, FACT_REACH_LOOPBACK }, /* bound to lo */
		{ "192.0.2.1", 1, FACT_REACH_LOOPBACK },
		{ "fe80::1", 3, FACT_REACH_LINK },
		{ "169.254.1.1", 0, FACT_REACH_LINK },
		{ "255.255.255.255", 0, FACT_REACH_LINK },
		{ "224.0.0.251", 0, FACT_REACH_LINK },
		{ "224.0.1.1", 0, FACT_REACH_IFACE },
		{ "ff01::1", 0, FACT_REACH_LOOPBACK },
		{ "ff02::fb", 0, FACT_REACH_LINK },
		{ "ff12::1", 0, FACT_REACH_LINK }, /* flags do not change the scope */
		{ "ff05::2", 0, FACT_REACH_IFACE },
		{ "192.0.2.1", 0, FACT_REACH_IFACE },
		{ "2001:db8::1", 0, FACT_REACH_IFACE },
		{ "10.0.0.1", 3, FACT_REACH_IFACE },
		{ "::ffff:192.0.2.1", 0, FACT_REACH_IFACE },
		{ "0.0.0.0", 3, FACT_REACH_IFACE },
		{ "::", 3, FACT_REACH_IFACE },
		{ "0.0.0.0", 0, FACT_REACH_ANY },
		{ "::", 0, FACT_REACH_ANY },
		{ "::ffff:0.0.0.0", 0, FACT_REACH_ANY },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ip_addr a;

		CHECK_EQ(ip_scan(cases[i].addr, &a), 0);
		CHECK_EQ(sockets_reach(&a, cases[i].ifindex), cases[i].want);
	}
}

/* A TCP or UDP socket on 127.0.0.1 with a port of the kernel's choice, *@ret_port. */
static int bound(int type, int64_t *ret_port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, type, 0);

	CHECK(fd >= 0);
	CHECK_EQ(bind(fd, (struct sockaddr *)&a, len), 0);
	CHECK_EQ(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	*ret_port = ntohs(a.sin_port);
	return fd;
}

static const struct fact_socket *find(const struct host_sockets *s, enum fact_proto proto,
				      int64_t port)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->item[i].proto == proto && s->item[i].local.port == port)
			return &s->item[i];
	}
	return NULL;
}

TEST(host_sockets_read_shows_this_process)
{
	struct host_sockets_want want = { .processes = true, .names = true };
	AUTO(host_sockets_freep) struct host_sockets *s = NULL;
	int64_t tcp_port, udp_port;
	int tcp = bound(SOCK_STREAM, &tcp_port), udp = bound(SOCK_DGRAM, &udp_port);
	const struct fact_socket *f;
	struct err err;

	CHECK_EQ(listen(tcp, 17), 0);
	CHECK_EQ(host_sockets_read(&want, &s, &err), 0);
	f = find(s, FACT_TCP, tcp_port);
	CHECK(f != NULL);
	CHECK_EQ(f->state, FACT_LISTEN);
	CHECK_EQ(f->family, 4);
	CHECK_EQ(f->reach, FACT_REACH_LOOPBACK);
	CHECK_EQ(f->send_q, 17);
	CHECK_EQ(f->recv_q, 0);
	CHECK_EQ(f->pid, getpid());
	CHECK_STR(f->program, "unit_host");
	CHECK_EQ(f->uid, getuid());
	CHECK(f->iface == NULL);
	f = find(s, FACT_UDP, udp_port);
	CHECK(f != NULL);
	CHECK_EQ(f->state, FACT_UNCONN);
	CHECK_EQ(f->pid, getpid());
	close(tcp);
	close(udp);
}

TEST(host_sockets_read_keeps_to_what_is_wanted)
{
	struct host_sockets_want want = { .protos = HOST_SOCKETS_BIT(FACT_TCP), .listening = true };
	AUTO(host_sockets_freep) struct host_sockets *s = NULL, *six = NULL;
	int64_t tcp_port, idle_port, udp_port;
	int tcp = bound(SOCK_STREAM, &tcp_port), idle = bound(SOCK_STREAM, &idle_port);
	int udp = bound(SOCK_DGRAM, &udp_port);

	CHECK_EQ(listen(tcp, 1), 0);
	CHECK_EQ(host_sockets_read(&want, &s, NULL), 0);
	CHECK(find(s, FACT_TCP, tcp_port) != NULL);
	CHECK(find(s, FACT_TCP, idle_port) == NULL);
	CHECK(find(s, FACT_UDP, udp_port) == NULL);
	CHECK(find(s, FACT_TCP, tcp_port)->user == NULL);
	CHECK_EQ(find(s, FACT_TCP, tcp_port)->pid, FACT_NONE);
	CHECK_EQ(s->unseen, 0);
	want = (struct host_sockets_want){ .family = 6 };
	CHECK_EQ(host_sockets_read(&want, &six, NULL), 0);
	for (size_t i = 0; i < six->n; i++)
		CHECK_EQ(six->item[i].family, 6);
	close(tcp);
	close(idle);
	close(udp);
}

TEST(host_sockets_come_sorted)
{
	struct host_sockets_want want = { 0 };
	AUTO(host_sockets_freep) struct host_sockets *s = NULL;
	int64_t port;
	int fd[8];

	for (size_t i = 0; i < ARRAY_LEN(fd); i++) {
		fd[i] = bound(i % 2 ? SOCK_STREAM : SOCK_DGRAM, &port);
		if (i % 4 == 1)
			CHECK_EQ(listen(fd[i], 1), 0);
	}
	CHECK_EQ(host_sockets_read(&want, &s, NULL), 0);
	CHECK(s->n >= ARRAY_LEN(fd));
	for (size_t i = 1; i < s->n; i++) {
		const struct fact_socket *a = &s->item[i - 1], *b = &s->item[i];
		bool a_passive = a->state == FACT_LISTEN || a->state == FACT_UNCONN;
		bool b_passive = b->state == FACT_LISTEN || b->state == FACT_UNCONN;

		CHECK(a->proto <= b->proto);
		if (a->proto == b->proto)
			CHECK(a_passive >= b_passive);
		if (a->proto == b->proto && a_passive == b_passive)
			CHECK(a->local.port <= b->local.port);
	}
	for (size_t i = 0; i < ARRAY_LEN(fd); i++)
		close(fd[i]);
}

TEST(host_sockets_free_takes_nothing)
{
	host_sockets_free(NULL);
}
