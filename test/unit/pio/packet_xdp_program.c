/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program, run by the kernel on packets of ours: what it takes and what it lets pass. */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/ip.h"
#include "pio/packet_xdp_program.h"
#include "wire/packet.h"

#define FIRST 40000
#define N     1000

static const struct eth_addr mac = { { 2, 0, 0, 0, 0, 1 } }, other = { { 2, 0, 0, 0, 0, 2 } };

/*
 * The program as a descriptor. What it would hand over it drops instead: no socket is there, and
 * the test tells the helper so.
 */
static int load(void)
{
	int map = bpf_map_create(BPF_MAP_TYPE_XSKMAP, "test", sizeof(int), sizeof(int), 1, NULL);
	struct bpf_insn insn[PACKET_XDP_PROGRAM_MAX];
	unsigned n;
	int fd;

	if (map < 0)
		test_skip("needs CAP_BPF and CAP_NET_ADMIN");
	n = packet_xdp_program(insn, &mac, FIRST, N, map);
	CHECK(n > 0 && n <= PACKET_XDP_PROGRAM_MAX);
	for (unsigned i = 0; i < n; i++) {
		if (insn[i].code == (BPF_ALU64 | BPF_MOV | BPF_K) && insn[i].dst_reg == 3)
			insn[i].imm = XDP_DROP;
	}
	fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "test", "GPL", insn, n, NULL);
	close(map);
	CHECK(fd >= 0);
	return fd;
}

static bool taken(int fd, const uint8_t *frame, size_t len)
{
	struct bpf_test_run_opts o;

	memset(&o, 0, sizeof(o));
	o.sz = sizeof(o);
	o.data_in = frame;
	o.data_size_in = (uint32_t)len;
	CHECK_EQ(bpf_prog_test_run_opts(fd, &o), 0);
	CHECK(o.retval == XDP_DROP || o.retval == XDP_PASS);
	return o.retval == XDP_DROP;
}

/* A frame around @l4; returns its length. */
static size_t frame_of(int family, uint8_t proto, const uint8_t *l4, size_t len,
		       uint8_t buf[static 256])
{
	struct ip_addr four = ip4_make(192, 0, 2, 1);
	uint8_t a[16] = { 0x20, 1, 0xd, 0xb8 };
	struct ip_addr six = ip_from(6, a);
	const struct ip_addr *ip = family == 4 ? &four : &six;
	struct packet_spec spec = { .eth_dst = &mac,
				    .eth_src = &other,
				    .src = ip,
				    .dst = ip,
				    .proto = proto,
				    .ttl = 64,
				    .payload = { l4, len } };
	struct wcur out = wcur(buf, 256);

	CHECK_EQ(packet_build(&spec, &out), 0);
	return wcur_len(&out);
}

static bool takes(int fd, int family, uint8_t proto, const uint8_t *l4, size_t len)
{
	uint8_t buf[256];

	return taken(fd, buf, frame_of(family, proto, l4, len, buf));
}

static bool takes_port(int fd, int family, uint8_t proto, uint16_t port)
{
	uint8_t l4[20] = { 0, 53, (uint8_t)(port >> 8), (uint8_t)port };

	return takes(fd, family, proto, l4, sizeof(l4));
}

static bool takes_icmp(int fd, int family, uint8_t type)
{
	uint8_t l4[8] = { type };

	return takes(fd, family, family == 4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6, l4, sizeof(l4));
}

/* An ICMP error of @type that quotes a packet of @proto from @port. */
static bool takes_error(int fd, int family, uint8_t type, uint8_t proto, uint16_t port)
{
	uint8_t quoted[20] = { (uint8_t)(port >> 8), (uint8_t)port, 0, 53 }, inner[256],
		l4[128] = { type };
	size_t len = frame_of(family, proto, quoted, sizeof(quoted), inner) - ETH_HDR_LEN;

	memcpy(l4 + 8, inner + ETH_HDR_LEN, len);
	return takes(fd, family, family == 4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6, l4, 8 + len);
}

TEST(packet_xdp_program_takes_our_ports)
{
	int fd = load();

	for (int family = 4; family <= 6; family += 2) {
		for (unsigned i = 0; i < 2; i++) {
			uint8_t proto = i ? IP_PROTO_TCP : IP_PROTO_UDP;

			CHECK(takes_port(fd, family, proto, FIRST));
			CHECK(takes_port(fd, family, proto, FIRST + N - 1));
			CHECK(!takes_port(fd, family, proto, FIRST - 1));
			CHECK(!takes_port(fd, family, proto, FIRST + N));
		}
		CHECK(!takes_port(fd, family, IP_PROTO_SCTP, FIRST));
	}
	close(fd);
}

TEST(packet_xdp_program_takes_icmp_replies_and_no_requests)
{
	static const uint8_t yes4[] = { 0, 14, 16, 18, 43 },
			     no4[] = { 4, 5, 8, 9, 10, 13, 15, 17, 42 };
	static const uint8_t yes6[] = { 129, 140, 161 },
			     no6[] = { 128, 130, 133, 134, 135, 136, 137 };
	int fd = load();

	for (size_t i = 0; i < ARRAY_LEN(yes4); i++)
		CHECK(takes_icmp(fd, 4, yes4[i]));
	for (size_t i = 0; i < ARRAY_LEN(no4); i++)
		CHECK(!takes_icmp(fd, 4, no4[i]));
	for (size_t i = 0; i < ARRAY_LEN(yes6); i++)
		CHECK(takes_icmp(fd, 6, yes6[i]));
	for (size_t i = 0; i < ARRAY_LEN(no6); i++)
		CHECK(!takes_icmp(fd, 6, no6[i]));
	close(fd);
}

TEST(packet_xdp_program_takes_errors_about_our_packets)
{
	int fd = load();

	CHECK(takes_error(fd, 4, 3, IP_PROTO_UDP, FIRST));
	CHECK(takes_error(fd, 4, 11, IP_PROTO_TCP, FIRST + 7));
	CHECK(takes_error(fd, 4, 12, IP_PROTO_ICMP4, 0x0800));
	CHECK(!takes_error(fd, 4, 3, IP_PROTO_UDP, FIRST - 1));
	CHECK(!takes_error(fd, 4, 3, IP_PROTO_SCTP, FIRST));
	CHECK(takes_error(fd, 6, 1, IP_PROTO_UDP, FIRST));
	CHECK(takes_error(fd, 6, 2, IP_PROTO_TCP, FIRST));
	CHECK(takes_error(fd, 6, 3, IP_PROTO_ICMP6, 0x8000));
	CHECK(!takes_error(fd, 6, 4, IP_PROTO_TCP, FIRST + N));
	CHECK(!takes_icmp(fd, 4, 3)); /* nothing quoted */
	CHECK(!takes_icmp(fd, 6, 1));
	close(fd);
}

TEST(packet_xdp_program_lets_the_rest_pass)
{
	uint8_t l4[20] = { 0, 53, FIRST >> 8, FIRST & 0xff }, buf[256];
	size_t len = frame_of(4, IP_PROTO_UDP, l4, sizeof(l4), buf);
	int fd = load();

	CHECK(taken(fd, buf, len));
	buf[20] = 0x20; /* a fragment */
	CHECK(!taken(fd, buf, len));
	buf[20] = 0x40; /* not to be fragmented: the packet as it was */
	CHECK(taken(fd, buf, len));
	buf[14] = 0x44; /* a header that is too short */
	CHECK(!taken(fd, buf, len));
	buf[14] = 0x4f; /* and one that is longer than the packet */
	CHECK(!taken(fd, buf, len));
	buf[14] = 0x45;
	buf[5] ^= 1; /* somebody else's link address */
	CHECK(!taken(fd, buf, len));
	buf[5] ^= 1;
	buf[12] = 0x81; /* a VLAN tag */
	buf[13] = 0x00;
	CHECK(!taken(fd, buf, len));
	buf[12] = 0x08;
	buf[13] = 0x06; /* ARP */
	CHECK(!taken(fd, buf, len));
	close(fd);
}
