/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mplshop A B ADDR4 ADDR6 [OPTION…]: a router that is no kernel's, between the interfaces A (where
 * probes come from) and B. Packets from A lose one of their hops and leave by B; those that have none
 * left are answered with "time exceeded" from ADDR4 or ADDR6 by A. From B to A all passes untouched.
 * It says in its errors what kernels do not say:
 *
 *	--mpls LABEL:TC:TTL[,…]    the label stack, outermost first (RFC 4950)
 *	--iface NAME:INDEX:MTU     the incoming interface, with ADDR4 or ADDR6 (RFC 5837)
 *	--hop-by-hop, --dst-opts   extension headers before the ICMPv6 header
 *	--tos N                    it marks what it forwards, and what it quotes, with this TOS
 *	--quote N                  octets behind the IP header that it quotes, at most (all)
 *
 * Says "ready" when it forwards; SIGTERM ends it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "wire/checksum.h"
#include "wire/icmperr.h"
#include "wire/icmpext.h"
#include "wire/packet.h"

#define FRAME_MAX 65536 /* offloaded ones are long */
#define QUOTE_MAX 512

struct hop {
	struct ip_addr addr4, addr6;
	struct icmpext_label label[ICMPEXT_LABELS_MAX];
	size_t labels;
	struct icmpext_iface iface;
	bool has_iface, hop_by_hop, dst_opts;
	int tos; /* -1: as it is */
	size_t quote;
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "mplshop: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int line_end(const char *name)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int fd, on = 1;

	at.sll_ifindex = (int)if_nametoindex(name);
	if (at.sll_ifindex == 0)
		die(name);
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)) < 0 ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		die(name);
	return fd;
}

static void give(int fd, struct virtio_net_hdr *vnet, const void *frame, size_t len)
{
	struct iovec iov[2] = { { vnet, sizeof(*vnet) }, { (void *)(uintptr_t)frame, len } };

	if (writev(fd, iov, 2) < 0 && errno != ENETDOWN && errno != ENOBUFS)
		die("write");
}

/* The extension structure of an error of @family. */
static struct span extensions(const struct hop *h, int family, uint8_t *buf, size_t len)
{
	uint8_t body[2][256];
	struct wcur out = wcur(buf, len), labels = wcur(body[0], sizeof(body[0]));
	struct wcur iface = wcur(body[1], sizeof(body[1]));
	struct icmpext ext = { 0 };

	if (h->labels > 0) {
		if (icmpext_mpls_build(h->label, h->labels, &labels) < 0)
			die("labels");
		ext.obj[ext.n++] =
			(struct icmpext_obj){ ICMPEXT_MPLS, 1, { body[0], wcur_len(&labels) } };
	}
	if (h->has_iface) {
		struct icmpext_iface told = h->iface;
		struct icmpext_obj *o = &ext.obj[ext.n++];

		told.addr = family == 4 ? h->addr4 : h->addr6;
		o->class_num = ICMPEXT_IFACE;
		if (icmpext_iface_build(&told, &iface, &o->ctype) < 0)
			die("interface");
		o->body = (struct span){ body[1], wcur_len(&iface) };
	}
	if (ext.n == 0)
		return (struct span){ NULL, 0 };
	if (icmpext_build(&ext, &out) < 0)
		die("extensions");
	return (struct span){ buf, wcur_len(&out) };
}

/* An options header that holds nothing but padding. */
static void put_options(struct wcur *out, uint8_t next)
{
	put_u8(out, next);
	put_u8(out, 0);
	put_u8(out, 1); /* PadN, 4 octets */
	put_u8(out, 4);
	put_u32(out, 0);
}

static void answer(const struct hop *h, int fd, const struct packet *p, const uint8_t *frame)
{
	struct virtio_net_hdr none = { 0 };
	uint8_t ext[512], message[2048], reply[2048];
	struct wcur m = wcur(message, sizeof(message)), out = wcur(reply, sizeof(reply));
	const struct ip_addr *from = p->family == 4 ? &h->addr4 : &h->addr6;
	uint8_t proto = p->family == 4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6;
	struct icmperr e = { .family = p->family, .type = p->family == 4 ? 11 : 3 };
	struct packet_spec spec = { .src = from, .dst = &p->src, .ttl = 64 };
	struct eth_addr to, mine;
	size_t head = (size_t)(p->l4.p - p->l3.p);

	e.quote.octets = p->l3;
	if (p->l4.len > h->quote)
		e.quote.octets.len = head + h->quote;
	if (e.quote.octets.len > QUOTE_MAX)
		e.quote.octets.len = QUOTE_MAX;
	e.ext = extensions(h, p->family, ext, sizeof(ext));
	if (p->family == 6 && h->hop_by_hop) {
		put_options(&m, h->dst_opts ? IP_PROTO_DSTOPTS : proto);
		spec.proto = IP_PROTO_HOPOPTS;
	}
	if (p->family == 6 && h->dst_opts)
		put_options(&m, proto);
	if (!(p->family == 6 && h->hop_by_hop))
		spec.proto = p->family == 6 && h->dst_opts ? IP_PROTO_DSTOPTS : proto;
	if (icmperr_build(&e, from, &p->src, &m) < 0)
		die("error message");
	memcpy(&to, frame + 6, sizeof(to));
	memcpy(&mine, frame, sizeof(mine));
	spec.eth_dst = &to;
	spec.eth_src = &mine;
	spec.payload = (struct span){ message, wcur_len(&m) };
	if (packet_build(&spec, &out) < 0)
		die("packet");
	give(fd, &none, reply, wcur_len(&out));
}

/* A header with its TOS marked and one hop less. */
static void mark(const struct hop *h, const struct packet *p, uint8_t *ip, bool onward)
{
	if (p->family == 4) {
		if (h->tos >= 0)
			ip[1] = (uint8_t)h->tos;
		ip[8] -= onward;
		ip[10] = ip[11] = 0;
		put_u16(&(struct wcur){ ip + 10, ip + 12, ip + 10, false },
			checksum((struct span){ ip, (size_t)(ip[0] & 15) * 4 }));
		return;
	}
	if (h->tos >= 0) {
		ip[0] = (uint8_t)(ip[0] & 0xf0) | (uint8_t)(h->tos >> 4);
		ip[1] = (uint8_t)(ip[1] & 0x0f) | (uint8_t)(h->tos << 4);
	}
	ip[7] -= onward;
}

static void forward(const struct hop *h, int a, int b, bool probe)
{
	static uint8_t frame[FRAME_MAX];
	struct virtio_net_hdr vnet;
	struct iovec iov[2] = { { &vnet, sizeof(vnet) }, { frame, sizeof(frame) } };
	ssize_t n = readv(a, iov, 2);
	struct packet p;
	size_t len, at;

	if (n < (ssize_t)sizeof(vnet))
		return;
	len = (size_t)n - sizeof(vnet);
	if (!probe || packet_parse_outer(LINK_ETHERNET, (struct span){ frame, len }, &p) < 0 ||
	    p.dst.octet[0] == 0xff || (p.family == 6 && p.dst.octet[0] == 0xfe)) {
		give(b, &vnet, frame, len);
		return;
	}
	at = (size_t)(p.l3.p - frame);
	mark(h, &p, frame + at, p.ttl > 1);
	if (p.ttl > 1)
		give(b, &vnet, frame, len);
	else if (p.icmp && icmperr_is(p.family, p.icmp_type))
		return; /* never an error about an error */
	else
		answer(h, a, &p, frame);
}

static void options(struct hop *h, int argc, char **argv)
{
	for (int i = 5; i < argc; i++) {
		const char *v = i + 1 < argc ? argv[i + 1] : "";
		unsigned a, b, c;

		if (!strcmp(argv[i], "--hop-by-hop")) {
			h->hop_by_hop = true;
			continue;
		} else if (!strcmp(argv[i], "--dst-opts")) {
			h->dst_opts = true;
			continue;
		} else if (!strcmp(argv[i], "--mpls")) {
			for (const char *s = v; s && h->labels < ICMPEXT_LABELS_MAX;
			     s = strchr(s, ',') ? strchr(s, ',') + 1 : NULL) {
				if (sscanf(s, "%u:%u:%u", &a, &b, &c) != 3)
					die(v);
				h->label[h->labels++] =
					(struct icmpext_label){ a, (uint8_t)b, !strchr(s, ','),
								(uint8_t)c };
			}
		} else if (!strcmp(argv[i], "--iface")) {
			struct icmpext_iface *f = &h->iface;

			if (sscanf(v, "%63[^:]:%u:%u", f->name, &f->ifindex, &f->mtu) != 3)
				die(v);
			f->has_ifindex = f->has_mtu = h->has_iface = true;
		} else if (!strcmp(argv[i], "--tos")) {
			h->tos = atoi(v) & 255;
		} else if (!strcmp(argv[i], "--quote")) {
			h->quote = (size_t)atoi(v);
		} else {
			fprintf(stderr, "mplshop: no option '%s'\n", argv[i]);
			exit(2);
		}
		i++;
	}
}

int main(int argc, char **argv)
{
	struct hop h = { .tos = -1, .quote = QUOTE_MAX };
	int a, b;

	if (argc < 5 || ip_scan(argv[3], &h.addr4) < 0 || ip_scan(argv[4], &h.addr6) < 0) {
		fprintf(stderr,
			"usage: mplshop A B ADDR4 ADDR6 [OPTION…]; its source says which\n");
		return 2;
	}
	options(&h, argc, argv);
	a = line_end(argv[1]);
	b = line_end(argv[2]);
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		struct pollfd p[2] = { { a, POLLIN, 0 }, { b, POLLIN, 0 } };

		if (poll(p, 2, -1) < 0)
			die("poll");
		if (p[0].revents)
			forward(&h, a, b, true);
		if (p[1].revents)
			forward(&h, b, a, false);
	}
}
