/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forge IF TO-MAC TO FIRST N COUNT: COUNT frames to TO that claim to be answers of the N addresses
 * from FIRST on, of every kind that a prober may wait for: echo replies, SYN-ACKs, resets, UDP
 * datagrams, and ICMP errors that quote a probe. Whoever sends them has not seen the probes: what
 * only the prober knows is random here. As fast as it goes; says how many left.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH 64
#define FRAME 96
#define ETHER 14
#define IP    20

enum kind { ECHO_REPLY, SYN_ACK, RESET, DATAGRAM, QUOTE_ECHO, QUOTE_TCP, QUOTE_UDP, KINDS };

struct forge {
	uint8_t mac[6];
	uint32_t to, first, n; /* host order */
	uint64_t random;
};

/* splitmix64 */
static uint32_t chance(struct forge *f)
{
	uint64_t z = f->random += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (uint32_t)(z >> 32);
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

static uint32_t checksum(const uint8_t *p, size_t len, uint32_t sum)
{
	for (size_t i = 0; i < len; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	return ~((sum & 0xffff) + (sum >> 16));
}

/* An IPv4 header at @p for @len octets behind it. */
static void put_ip(uint8_t *p, uint8_t proto, uint32_t from, uint32_t to, size_t len)
{
	memset(p, 0, IP);
	p[0] = 0x45;
	put16(p + 2, (uint32_t)(IP + len));
	p[8] = 64;
	p[9] = proto;
	put32(p + 12, from);
	put32(p + 16, to);
	put16(p + 10, checksum(p, IP, 0));
}

/* The first octets of a TCP or UDP header: a well-known port there, any port here. */
static void put_ports(struct forge *f, uint8_t *p, int there_first)
{
	static const uint16_t known[] = { 22, 53, 80, 123, 161, 443 };
	uint32_t there = known[chance(f) % 6], here = 1024 + chance(f) % 64512;

	put16(p, there_first ? there : here);
	put16(p + 2, there_first ? here : there);
}

/* An ICMP error at @p, quoting a packet to @about. Returns its length. */
static size_t put_error(struct forge *f, uint8_t *p, uint8_t proto, uint32_t about)
{
	static const uint8_t code[] = { 0, 1, 3, 10, 13 };
	uint8_t *quoted = p + 8 + IP;

	put_ip(p + 8, proto, f->to, about, proto == IPPROTO_UDP ? 8 : 20);
	memset(quoted, 0, 8);
	if (proto == IPPROTO_ICMP)
		quoted[0] = 8;
	else
		put_ports(f, quoted, 0);
	put32(quoted + 4, chance(f));
	p[0] = 3;
	p[1] = code[chance(f) % 5];
	put32(p + 4, 0);
	put16(p + 2, 0);
	put16(p + 2, checksum(p, 8 + IP + 8, 0));
	return 8 + IP + 8;
}

/* The part behind the IP header. Returns its length. */
static size_t put_answer(struct forge *f, uint8_t *p, enum kind kind, uint32_t from)
{
	uint8_t ends[8];

	memset(p, 0, 20);
	put32(ends, from);
	put32(ends + 4, f->to);
	switch (kind) {
	case ECHO_REPLY:
		put32(p + 4, chance(f));
		put16(p + 2, checksum(p, 8, 0));
		return 8;
	case SYN_ACK:
	case RESET:
		put_ports(f, p, 1);
		put32(p + 4, chance(f));
		put32(p + 8, chance(f));
		p[12] = 5 << 4;
		p[13] = kind == SYN_ACK ? 0x12 : 0x14;
		put16(p + 16, checksum(p, 20, ~checksum(ends, 8, IPPROTO_TCP + 20) & 0xffff));
		return 20;
	case DATAGRAM:
		put_ports(f, p, 1);
		put16(p + 4, 16);
		put32(p + 8, chance(f));
		put16(p + 6, checksum(p, 16, ~checksum(ends, 8, IPPROTO_UDP + 16) & 0xffff));
		return 16;
	case QUOTE_ECHO:
		return put_error(f, p, IPPROTO_ICMP, from);
	case QUOTE_TCP:
		return put_error(f, p, IPPROTO_TCP, from);
	case QUOTE_UDP:
		return put_error(f, p, IPPROTO_UDP, from);
	case KINDS:
		break;
	}
	return 0;
}

static size_t put_frame(struct forge *f, uint8_t *p)
{
	static const uint8_t proto[KINDS] = { IPPROTO_ICMP, IPPROTO_TCP,  IPPROTO_TCP, IPPROTO_UDP,
					      IPPROTO_ICMP, IPPROTO_ICMP, IPPROTO_ICMP };
	enum kind kind = (enum kind)(chance(f) % KINDS);
	uint32_t from = f->first + chance(f) % f->n;
	size_t len = put_answer(f, p + ETHER + IP, kind, from);

	memcpy(p, f->mac, 6);
	memcpy(p + 6, "\x02\x00\x5e\x10\x00\x66", 6);
	put16(p + 12, ETHERTYPE_IP);
	put_ip(p + ETHER, proto[kind], from, f->to, len);
	return ETHER + IP + len;
}

static uint64_t send_all(struct forge *f, int fd, uint64_t count)
{
	uint64_t sent = 0;

	while (sent < count) {
		uint8_t frame[BATCH][FRAME];
		struct iovec iov[BATCH];
		struct mmsghdr m[BATCH];
		unsigned n = 0;
		int r;

		memset(m, 0, sizeof(m));
		for (; n < BATCH && sent + n < count; n++) {
			iov[n] = (struct iovec){ frame[n], put_frame(f, frame[n]) };
			m[n].msg_hdr.msg_iov = &iov[n];
			m[n].msg_hdr.msg_iovlen = 1;
		}
		r = sendmmsg(fd, m, n, 0);
		if (r > 0)
			sent += (unsigned)r;
		else if (errno == ENOBUFS || errno == EAGAIN)
			usleep(100);
		else
			break;
	}
	return sent;
}

int main(int argc, char **argv)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = 0 };
	struct forge f = { .random = 1 };
	uint8_t *m = f.mac;
	struct in_addr to, first;
	int fd, one = 1;

	if (argc != 7 ||
	    sscanf(argv[2], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", m, m + 1, m + 2, m + 3, m + 4,
		   m + 5) != 6 ||
	    inet_pton(AF_INET, argv[3], &to) != 1 || inet_pton(AF_INET, argv[4], &first) != 1 ||
	    (f.n = (uint32_t)strtoul(argv[5], NULL, 10)) == 0) {
		fprintf(stderr, "usage: forge IF TO-MAC TO FIRST N COUNT\n");
		return 2;
	}
	f.to = ntohl(to.s_addr);
	f.first = ntohl(first.s_addr);
	at.sll_ifindex = (int)if_nametoindex(argv[1]);
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd < 0 || at.sll_ifindex == 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0) {
		perror("forge");
		return 1;
	}
	/* Past the queueing discipline: twice as many. */
	(void)!setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one));
	printf("forged %llu\n", (unsigned long long)send_all(&f, fd, strtoull(argv[6], NULL, 10)));
	close(fd);
	return 0;
}
