/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * twin_talk IFACE 4|6 stranger|neighbour PROTO/PORT…: builds the twin of the namespace it runs
 * in, with stubs for its sockets, speaks to it from outside through IFACE, and tells what came
 * of it, one line each:
 *
 *	stubs N
 *	gap WHAT, WHICH, WHY
 *	echo answered|silent        what came out at the other end of the cable
 *	icmp seen|unseen            whether a raw socket inside saw the request
 *	tcp/22 syn-ack|rst|silent
 *	udp/53 taken|unreachable|silent
 *	flush BEFORE to AFTER       connections that the twin tracks; for the word "flush" among the ports
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* Before any <linux/…>. */
#include <net/if.h>
#include <netpacket/packet.h>
#include <sys/socket.h>

#include <arpa/inet.h>

#include "host/place.h"
#include "host/sockets.h"
#include "sys/ns.h"
#include "twin/stub.h"
#include "twin/twin.h"
#include "wire/icmp4.h"
#include "wire/icmp6.h"
#include "wire/packet.h"
#include "wire/tcp.h"
#include "wire/udp.h"

#define SOURCE_PORT 40000
#define WAIT_MS     300

struct talk {
	struct twin *t;
	struct twin_stubs *stubs;
	const struct twin_port *port;
	struct host_place where;
	int fd; /* a packet socket in O, or the TUN device's descriptor */
};

static void die(const char *doing, const struct err *err)
{
	printf("failed %s: %s\n", doing, err->text);
	exit(1);
}

static int open_outside(const struct talk *k, struct err *err)
{
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(0x0003 /* ETH_P_ALL */),
		.sll_ifindex = k->port->outside,
	};
	int fd, r;

	if (k->port->kind == TWIN_L3)
		return k->port->tun_fd;
	r = ns_socket(twin_outside_fd(k->t), AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0, &fd, err);
	if (r < 0)
		die("packet socket", err);
	if (bind(fd, (struct sockaddr *)&ll, sizeof(ll)) < 0)
		return -1;
	return fd;
}

static void send_l4(const struct talk *k, uint8_t proto, const struct wcur *l4)
{
	struct eth_addr to, from;
	struct packet_spec spec = {
		.src = &k->where.source,
		.dst = &k->where.addr,
		.proto = proto,
		.ttl = 64,
		.payload = { l4->start, wcur_len(l4) },
	};
	uint8_t frame[512];
	struct wcur out = wcur(frame, sizeof(frame));

	memcpy(to.octet, k->port->mac, sizeof(to.octet));
	memcpy(from.octet, k->port->outside_mac, sizeof(from.octet));
	if (k->port->kind == TWIN_ETHER) {
		spec.eth_dst = &to;
		spec.eth_src = &from;
	}
	if (packet_build(&spec, &out) < 0 || write(k->fd, frame, wcur_len(&out)) < 0)
		printf("failed send: %s\n", strerror(errno));
}

/*
 * The next packet from the twin to the prober that is ICMP or, when @port is not 0, TCP from that port
 * (SYN/ACKs of earlier ports come again after a second). False: none came.
 */
static bool receive(const struct talk *k, uint16_t port, struct packet *ret)
{
	static uint8_t frame[65536];
	struct pollfd p = { .fd = k->fd, .events = POLLIN };

	while (poll(&p, 1, WAIT_MS) > 0) {
		ssize_t n = read(k->fd, frame, sizeof(frame));
		struct span octets = { frame, n > 0 ? (size_t)n : 0 };
		enum link_type link = k->port->kind == TWIN_L3 ? LINK_RAW : LINK_ETHERNET;

		if (n > 0 && packet_parse_outer(link, octets, ret) == 0 &&
		    ip_eq(&ret->src, &k->where.addr) && ip_eq(&ret->dst, &k->where.source) &&
		    (port ? ret->proto == IP_PROTO_TCP && ret->sport == port : ret->icmp))
			return true;
	}
	return false;
}

static void talk_icmp(struct talk *k)
{
	uint8_t buf[64], seen[2048];
	struct wcur out = wcur(buf, sizeof(buf));
	struct icmp4_msg echo4 = { .type = 8, .rest = icmp4_echo_rest(7, 1) };
	struct icmp6_msg echo6 = { .type = 128, .rest = icmp6_echo_rest(7, 1) };
	struct packet pkt;
	struct err err;
	int fd, family = k->where.addr.family;

	if (twin_icmp_open(k->t, family, &fd, &err) < 0)
		die("raw socket", &err);
	if (family == 4)
		icmp4_build(&echo4, &out);
	else
		icmp6_build(&echo6, &k->where.source, &k->where.addr, &out);
	send_l4(k, family == 4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6, &out);
	printf("echo %s\n", receive(k, 0, &pkt) ? "answered" : "silent");
	printf("icmp %s\n", read(fd, seen, sizeof(seen)) > 0 ? "seen" : "unseen");
	close(fd);
}

static void talk_tcp(struct talk *k, uint16_t port)
{
	struct tcp_seg syn = {
		.sport = SOURCE_PORT, .dport = port, .seq = 1, .flags = TCP_SYN, .window = 1024
	};
	uint8_t buf[64];
	struct wcur out = wcur(buf, sizeof(buf));
	struct packet pkt;
	struct tcp_seg answer;
	const char *word = "silent";

	tcp_build(&syn, &k->where.source, &k->where.addr, &out);
	send_l4(k, IP_PROTO_TCP, &out);
	if (receive(k, port, &pkt) && tcp_parse(pkt.l4, &answer) == 0)
		word = answer.flags & TCP_RST ? "rst" : "syn-ack";
	printf("tcp/%u %s\n", port, word);
}

struct taken {
	const struct talk *k;
	uint16_t port;
	int n;
};

static void on_datagram(const struct twin_datagram *d, void *to)
{
	struct taken *w = to;

	if (d->from_port != SOURCE_PORT || !ip_eq(&d->from, &w->k->where.source) ||
	    d->socket->local.port != w->port || d->payload.len != sizeof(w->port) ||
	    memcmp(d->payload.p, &w->port, sizeof(w->port)) != 0)
		printf("failed datagram: not what was sent\n");
	w->n++;
}

static void talk_udp(struct talk *k, uint16_t port)
{
	struct udp_dgram probe = { .sport = SOURCE_PORT,
				   .dport = port,
				   .payload = { (const uint8_t *)&port, sizeof(port) } };
	uint8_t buf[64];
	struct wcur out = wcur(buf, sizeof(buf));
	struct taken taken = { k, port, 0 };
	struct packet pkt;
	const char *word = "silent";

	udp_build(&probe, &k->where.source, &k->where.addr, &out);
	send_l4(k, IP_PROTO_UDP, &out);
	if (receive(k, 0, &pkt))
		word = "unreachable";
	if (twin_stubs_drain(k->stubs, on_datagram, &taken) == 1 && taken.n == 1)
		word = "taken";
	printf("udp/%u %s\n", port, word);
}

static int tracked(void)
{
	char text[32] = "-1";

	host_sysctl_get("net.netfilter.nf_conntrack_count", text, sizeof(text));
	return atoi(text);
}

/* A rule that asks for the state makes the twin's kernel track connections. */
static void talk_flush(struct talk *k)
{
	AUTO(ns_leave) struct ns_visit v = ns_visit(twin_inside_fd(k->t), NULL);
	int before;
	struct err err;

	if (v.r < 0 || system("nft add table inet t && nft add chain inet t c "
			      "'{ type filter hook input priority 0; ct state new accept; }'") != 0)
		printf("failed nft\n");
	talk_udp(k, 53);
	before = tracked();
	if (twin_flush_conntrack(k->t, &err) < 0)
		die("flush", &err);
	printf("flush %d to %d\n", before, tracked());
}

static void begin(struct talk *k, const struct host_net *net, const struct host_sockets *sockets,
		  char **argv)
{
	AUTO(host_sysctl_freep) struct host_sysctl *sysctl = NULL;
	int family = atoi(argv[2]), r;
	const struct host_link *link = host_net_link_named(net, argv[1]);
	struct err err;

	if (host_sysctl_read(&sysctl, &err) < 0 || twin_new(net, sysctl, &k->t, &err) < 0)
		die("build", &err);
	if (twin_stubs_open(k->t, sockets->item, sockets->n, &k->stubs, &err) < 0)
		die("stubs", &err);
	k->port = twin_port_named(k->t, argv[1]);
	r = strcmp(argv[3], "stranger") == 0
		    ? host_place_stranger(net, link->index, family, &k->where)
		    : host_place_neighbour(net, link->index, family, &k->where);
	if (r < 0 || !k->port) {
		printf("no place\n");
		exit(0);
	}
	if (twin_add_neighbour(k->t, k->port, &k->where.source, &err) < 0)
		die("neighbour", &err);
	k->fd = open_outside(k, &err);
}

int main(int argc, char **argv)
{
	const struct host_sockets_want want = { .listening = true };
	AUTO(host_net_freep) struct host_net *net = NULL;
	AUTO(host_sockets_freep) struct host_sockets *sockets = NULL;
	AUTO(twin_stubs_closep) struct twin_stubs *stubs = NULL;
	AUTO(twin_freep) struct twin *t = NULL;
	const struct fact_gap *gap;
	struct talk k = { 0 };
	struct err err;
	size_t n;

	if (argc < 4 || host_net_read(&net, &err) < 0 ||
	    host_sockets_read(&want, &sockets, &err) < 0)
		return 2;
	begin(&k, net, sockets, argv);
	t = k.t;
	stubs = k.stubs;
	printf("stubs %zu\n", twin_stubs_count(stubs));
	gap = twin_gaps(t, &n);
	for (size_t i = 0; i < n; i++)
		printf("gap %s, %s, %s\n", gap[i].what, gap[i].which, gap[i].why);
	for (size_t i = 0; i < sockets->n; i++)
		if (!twin_stubs_has(stubs, i))
			printf("without a stub: %s\n", fact_proto_words[sockets->item[i].proto]);
	talk_icmp(&k);
	for (int i = 4; i < argc; i++) {
		uint16_t port = (uint16_t)atoi(argv[i] + 4);

		if (strcmp(argv[i], "flush") == 0)
			talk_flush(&k);
		else if (strncmp(argv[i], "tcp/", 4) == 0)
			talk_tcp(&k, port);
		else
			talk_udp(&k, port);
	}
	if (k.port->kind != TWIN_L3)
		close(k.fd);
	return 0;
}
