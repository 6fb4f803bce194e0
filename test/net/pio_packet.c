/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pio_packet BACKEND IFACE PEERMAC MODE ARGUMENT…: a back end for whole packets against the kernel
 * at the other end, and what came of it, a line each. PEERMAC is "-" on links without. "few-packet"
 * and "few-ip" are those that expect few packets.
 *
 *	ask SRC DST [FILTER]      "echo N", "tcp open N", "tcp closed N", "udp closed N": answers that
 *	                          are right in all: checksums, link address, time; then "other N"
 *	mixed SRC4 DST4 SRC6 DST6 "left N SAID", then "echo N" as ask: families take turns in one batch,
 *	                          the last packet is for an address without a route
 *	arp SRC DST               "arp MAC"
 *	many SRC DST N            "sent N received N drops N"; nanoseconds of a packet on standard error
 *	drops SRC DST N           as many, received at the end by a small ring
 *	listen MS FILTER          "other N": all that arrived until nothing has for MS
 *	count MS FILTER           as listen, then "drops N"
 *	down SRC DST              what send and recv say while IFACE goes down and up again
 *	rtt SRC DST N             "median stamp US read US": until the answer's time, until it is read
 *	open FILTER               whether it opens
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "pio/packet.h"
#include "sys/clock.h"
#include "wire/arp.h"
#include "wire/checksum.h"
#include "wire/icmp4.h"
#include "wire/icmp6.h"
#include "wire/packet.h"
#include "wire/tcp.h"
#include "wire/udp.h"

#define PORT_FIRST 40000
#define PORT_N     1000
#define OPEN       7000 /* the script has somebody listen there */
#define CLOSED     7001
#define MARK       0x5e5e
#define QUIET_MS   300 /* without an answer: the end */
#define SMALL_RING (256u << 10)

static const char ours[] =
	"icmp[icmptype] != 8 and icmp or arp or "
	"(icmp6 and (ip6[40] < 128 or ip6[40] == 129)) or ((tcp or udp) and dst portrange 40000-40999)";

struct run {
	const struct pio_packet_ops *ops;
	void *io;
	char iface[IF_NAMESIZE];
	struct eth_addr peer, mac;
	bool ether, few;
	struct ip_addr src, dst;
	uint64_t begun_ns;
	unsigned echo, open, closed, unreachable, other;
	uint64_t stamp_ns, read_ns;
	char arp[32];
};

static void die(const char *text)
{
	printf("failed: %s\n", text);
	exit(1);
}

static bool scan_mac(const char *text, struct eth_addr *ret)
{
	uint8_t *o = ret->octet;

	return sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", o, o + 1, o + 2, o + 3, o + 4,
		      o + 5) == 6;
}

static int flags_change(const char *iface, bool up)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), r;
	struct ifreq q = { 0 };

	snprintf(q.ifr_name, sizeof(q.ifr_name), "%s", iface);
	ioctl(fd, SIOCGIFFLAGS, &q);
	q.ifr_flags = (short)(up ? q.ifr_flags | IFF_UP : q.ifr_flags & ~IFF_UP);
	r = ioctl(fd, SIOCSIFFLAGS, &q);
	close(fd);
	return r;
}

static void own_mac(struct run *r)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq q = { 0 };

	snprintf(q.ifr_name, sizeof(q.ifr_name), "%s", r->iface);
	ioctl(fd, SIOCGIFHWADDR, &q);
	memcpy(r->mac.octet, q.ifr_hwaddr.sa_data, ETH_ADDR_LEN);
	close(fd);
}

static int open_with(struct run *r, const char *filter, size_t ring_len, struct err *err)
{
	struct pio_packet_conf conf = {
		.ifindex = (int)if_nametoindex(r->iface),
		.ether = r->ether,
		.mac = r->mac,
		.filter = filter,
		.port_first = PORT_FIRST,
		.port_n = PORT_N,
		.few = r->few,
		.ring_len = ring_len,
	};

	return r->ops->open(&conf, &r->io, err);
}

static void open_or_die(struct run *r, const char *filter, size_t ring_len)
{
	struct err err = { "" };

	if (open_with(r, filter, ring_len, &err) < 0)
		die(err.text);
	r->begun_ns = clock_mono_ns();
}

/* One packet around a finished message. */
static void put_packet(const struct run *r, struct pio_slot *s, uint8_t proto,
		       const struct wcur *l4)
{
	struct wcur out = wcur(s->p, s->room);
	const struct packet_spec spec = {
		.src = &r->src,
		.dst = &r->dst,
		.proto = proto,
		.ttl = 64,
		.payload = { l4->start, wcur_len(l4) },
	};

	if (packet_build(&spec, &out) < 0)
		die("building a packet");
	s->len = wcur_len(&out);
	s->type = r->dst.family == 4 ? ETH_TYPE_IP4 : ETH_TYPE_IP6;
	s->dst = r->peer;
	s->to = r->dst;
}

static void put_echo(const struct run *r, struct pio_slot *s, uint16_t seq)
{
	static const uint8_t body[56];
	uint8_t buf[128];
	struct wcur l4 = wcur(buf, sizeof(buf));
	const struct icmp4_msg m4 = { 8, 0, icmp4_echo_rest(MARK, seq), { body, sizeof(body) } };
	const struct icmp6_msg m6 = { 128, 0, icmp6_echo_rest(MARK, seq), { body, sizeof(body) } };

	if (r->dst.family == 4) {
		icmp4_build(&m4, &l4);
		put_packet(r, s, IP_PROTO_ICMP4, &l4);
	} else {
		icmp6_build(&m6, &r->src, &r->dst, &l4);
		put_packet(r, s, IP_PROTO_ICMP6, &l4);
	}
}

static void put_syn(const struct run *r, struct pio_slot *s, uint16_t port)
{
	uint8_t buf[64];
	struct wcur l4 = wcur(buf, sizeof(buf));
	const struct tcp_seg seg = {
		.sport = PORT_FIRST, .dport = port, .seq = MARK, .flags = TCP_SYN, .window = 1024
	};

	tcp_build(&seg, &r->src, &r->dst, &l4);
	put_packet(r, s, IP_PROTO_TCP, &l4);
}

static void put_udp(const struct run *r, struct pio_slot *s, uint16_t port)
{
	uint8_t buf[64];
	struct wcur l4 = wcur(buf, sizeof(buf));
	const struct udp_dgram d = { .sport = PORT_FIRST + 1, .dport = port };

	udp_build(&d, &r->src, &r->dst, &l4);
	put_packet(r, s, IP_PROTO_UDP, &l4);
}

static bool right_tcp(const struct packet *p, uint8_t flags)
{
	struct tcp_seg seg;

	return tcp_parse(p->l4, &seg) == 0 && seg.flags == flags && seg.ack == MARK + 1 &&
	       seg.dport == PORT_FIRST &&
	       checksum_pseudo(&p->src, &p->dst, IP_PROTO_TCP, p->l4) == 0;
}

static void judge(struct run *r, const struct packet *p)
{
	struct icmp6_msg m6;
	struct icmp4_msg m4;

	if (p->proto == IP_PROTO_TCP && p->sport == OPEN && right_tcp(p, TCP_SYN | TCP_ACK))
		r->open++;
	else if (p->proto == IP_PROTO_TCP && p->sport == CLOSED && right_tcp(p, TCP_RST | TCP_ACK))
		r->closed++;
	else if (p->proto == IP_PROTO_ICMP4 && icmp4_parse(p->l4, &m4) == 0 && m4.type == 0 &&
		 icmp4_echo_id(&m4) == MARK)
		r->echo++;
	else if (p->proto == IP_PROTO_ICMP6 && icmp6_parse(&p->src, &p->dst, p->l4, &m6) == 0 &&
		 m6.type == 129 && icmp6_echo_id(&m6) == MARK)
		r->echo++;
	else if (p->icmp && p->icmp_type == (p->family == 4 ? 3 : 1) &&
		 p->icmp_code == (p->family == 4 ? 3 : 4))
		r->unreachable++;
	else
		r->other++;
}

static void arrived(void *to, const struct pio_arrival *a)
{
	struct run *r = to;
	struct arp_msg m;
	struct packet p;

	r->stamp_ns = a->t_ns;
	r->read_ns = clock_mono_ns();
	if (a->type == ETH_TYPE_ARP && arp_parse(a->octets, &m) == 0 && m.op == ARP_REPLY) {
		const uint8_t *o = m.sha.octet;

		snprintf(r->arp, sizeof(r->arp), "%02x:%02x:%02x:%02x:%02x:%02x", o[0], o[1], o[2],
			 o[3], o[4], o[5]);
		return;
	}
	if (a->t_ns < r->begun_ns || a->t_ns > r->read_ns ||
	    (r->ether && memcmp(&a->src, &r->peer, sizeof(a->src)) != 0) ||
	    packet_parse_outer(LINK_RAW, a->octets, &p) < 0 || !ip_eq(&p.src, &r->dst) ||
	    a->type != (p.family == 4 ? ETH_TYPE_IP4 : ETH_TYPE_IP6))
		r->other++;
	else
		judge(r, &p);
}

/* The descriptor is asked for before each wait: "xdp" watches its queues from then on only. */
static bool readable(struct run *r, int ms)
{
	struct pollfd p = { r->ops->fd(r->io), POLLIN, 0 };

	return poll(&p, 1, ms) > 0;
}

/* Until nothing has come for @ms. */
static void drain(struct run *r, int ms)
{
	while (readable(r, ms)) {
		if (r->ops->recv(r->io, 256, arrived, r) < 0)
			return;
	}
}

static unsigned send_all(struct run *r, unsigned n, int *ret_errno)
{
	return r->ops->send(r->io, n, ret_errno);
}

static void tell(const struct run *r)
{
	printf("echo %u\ntcp open %u\ntcp closed %u\nudp closed %u\nother %u\n", r->echo, r->open,
	       r->closed, r->unreachable, r->other);
}

/* Two of each, one slot passed over. */
static void ask(struct run *r)
{
	struct pio_slot *s;
	int e;

	if (r->ops->slots(r->io, &s, 8) != 8)
		die("slots");
	put_echo(r, &s[0], 1);
	put_syn(r, &s[1], OPEN);
	put_syn(r, &s[3], CLOSED);
	put_udp(r, &s[4], CLOSED);
	put_echo(r, &s[5], 2);
	put_udp(r, &s[7], CLOSED);
	if (send_all(r, 8, &e) != 8 || e != 0)
		die(strerror(e));
	drain(r, QUIET_MS);
	tell(r);
}

/* Answers of the first family are from r->dst; the other's count as "other". */
static void mixed(struct run *r, const char *src6, const char *dst6)
{
	struct run six = *r;
	struct pio_slot *s;
	unsigned left;
	int e;

	if (ip_scan(src6, &six.src) < 0 || ip_scan(dst6, &six.dst) < 0)
		die("arguments");
	r->ops->slots(r->io, &s, 6);
	put_echo(r, &s[0], 1);
	put_echo(&six, &s[1], 2);
	put_echo(&six, &s[2], 3);
	put_echo(r, &s[4], 4);
	six.dst = ip_from(6, (const uint8_t[16]){ 0x3f, 0xfe });
	put_echo(&six, &s[5], 5);
	left = send_all(r, 6, &e);
	printf("left %u %s\n", left, strerror(e));
	drain(r, QUIET_MS);
	printf("echo %u\nother %u\n", r->echo, r->other);
}

static void arp(struct run *r)
{
	struct arp_msg m = { .op = ARP_REQUEST, .sha = r->mac, .spa = r->src, .tpa = r->dst };
	struct pio_slot *s;
	struct wcur out;
	int e;

	r->ops->slots(r->io, &s, 1);
	out = wcur(s->p, s->room);
	arp_build(&m, &out);
	s->len = wcur_len(&out);
	s->type = ETH_TYPE_ARP;
	memset(s->dst.octet, 0xff, ETH_ADDR_LEN);
	send_all(r, 1, &e);
	drain(r, QUIET_MS);
	printf("arp %s\n", r->arp);
}

/* One batch of echo requests. Returns how many of them left. */
static unsigned send_echoes(struct run *r, unsigned n, unsigned seq)
{
	struct pio_slot *s;
	int e;

	n = r->ops->slots(r->io, &s, MIN(n, PIO_PACKET_BATCH));
	for (unsigned i = 0; i < n; i++)
		put_echo(r, &s[i], (uint16_t)(seq + i));
	n = send_all(r, n, &e);
	if (e != 0 && e != ENOBUFS)
		die(strerror(e));
	return n;
}

static void many(struct run *r, unsigned n, bool receive)
{
	uint64_t t = clock_mono_ns();
	unsigned sent = 0;

	while (sent < n) {
		sent += send_echoes(r, n - sent, sent);
		if (receive)
			r->ops->recv(r->io, 1024, arrived, r);
	}
	fprintf(stderr, "%.0f ns a packet\n", (double)(clock_mono_ns() - t) / n);
	drain(r, QUIET_MS);
	printf("sent %u received %u drops %u\n", sent, r->echo, r->ops->drops(r->io));
	if (r->other)
		printf("other %u\n", r->other);
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void rtt(struct run *r, unsigned n)
{
	uint64_t *stamp = calloc(n, sizeof(*stamp)), *seen = calloc(n, sizeof(*seen));

	for (unsigned i = 0; i < n; i++) {
		uint64_t t = clock_mono_ns();
		unsigned before = r->echo;

		send_echoes(r, 1, i);
		while (r->echo == before && readable(r, 1000))
			r->ops->recv(r->io, 1, arrived, r);
		stamp[i] = r->stamp_ns - t;
		seen[i] = r->read_ns - t;
	}
	qsort(stamp, n, sizeof(*stamp), by_size);
	qsort(seen, n, sizeof(*seen), by_size);
	printf("median stamp %.0f read %.0f\n", (double)stamp[n / 2] / 1e3,
	       (double)seen[n / 2] / 1e3);
	free(stamp);
	free(seen);
}

static void down(struct run *r)
{
	struct pio_slot *s;
	int e = 0;

	send_echoes(r, 2, 0);
	drain(r, QUIET_MS);
	printf("up: %u\n", r->echo);
	if (flags_change(r->iface, false) < 0)
		die("taking the interface down");
	printf("readable: %d\n", readable(r, 1000));
	printf("recv: %s\n", strerror(-r->ops->recv(r->io, 1, arrived, r)));
	printf("again: %d\n", r->ops->recv(r->io, 1, arrived, r));
	r->ops->slots(r->io, &s, 2);
	put_echo(r, &s[0], 3);
	put_echo(r, &s[1], 4);
	printf("send: %u", send_all(r, 2, &e));
	printf(" %s\n", strerror(e));
	flags_change(r->iface, true);
	r->echo = 0;
	for (int i = 0; i < 20 && r->echo == 0; i++) {
		r->ops->slots(r->io, &s, 1);
		put_echo(r, &s[0], 5);
		send_all(r, 1, &e);
		drain(r, 100);
	}
	printf("up again: %s\n", r->echo > 0 ? "answered" : "silent");
}

static int probe_open(struct run *r, const char *filter)
{
	struct err err = { "" };
	int e = open_with(r, filter, 0, &err);

	printf("%s%s%s\n", e == 0 ? "opens" : strerrorname_np(-e), e < 0 ? ": " : "", err.text);
	return 0;
}

static int go(struct run *r, const char *mode, int argc, char **argv)
{
	const char *filter = strcmp(mode, "ask") == 0 && argc == 3 ? argv[2] : ours;

	if (strcmp(mode, "open") == 0)
		return probe_open(r, argc ? argv[0] : NULL);
	if (strcmp(mode, "listen") == 0 || strcmp(mode, "count") == 0) {
		open_or_die(r, argv[1], 0);
		fprintf(stderr, "ready\n");
		drain(r, atoi(argv[0]));
		printf("other %u\n", r->other);
		if (strcmp(mode, "count") == 0)
			printf("drops %u\n", r->ops->drops(r->io));
		return 0;
	}
	if (argc < 2 || ip_scan(argv[0], &r->src) < 0 || ip_scan(argv[1], &r->dst) < 0)
		die("arguments");
	open_or_die(r, filter, strcmp(mode, "drops") == 0 ? SMALL_RING : 0);
	if (strcmp(mode, "ask") == 0)
		ask(r);
	else if (strcmp(mode, "arp") == 0)
		arp(r);
	else if (strcmp(mode, "mixed") == 0 && argc == 4)
		mixed(r, argv[2], argv[3]);
	else if (strcmp(mode, "down") == 0)
		down(r);
	else if (strcmp(mode, "rtt") == 0)
		rtt(r, (unsigned)atoi(argv[2]));
	else
		many(r, (unsigned)atoi(argv[2]), strcmp(mode, "many") == 0);
	return 0;
}

int main(int argc, char **argv)
{
	struct run r = { 0 };
	int e;

	if (argc < 5)
		return 2;
	r.few = strncmp(argv[1], "few-", 4) == 0;
	r.ops = pio_packet_find(argv[1] + (r.few ? 4 : 0));
	if (!r.ops)
		die("no such back end");
	snprintf(r.iface, sizeof(r.iface), "%s", argv[2]);
	r.ether = scan_mac(argv[3], &r.peer);
	if (r.ether)
		own_mac(&r);
	e = go(&r, argv[4], argc - 5, argv + 5);
	r.ops->close(r.io);
	return e;
}
